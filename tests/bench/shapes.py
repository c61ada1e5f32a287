"""What so many answers cost as answers to few or many questions, or of few or many municipalities; what texts cost.

Personal data is looked for in each text: that twice as many take twice as long has a goal.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Sequence
from pathlib import Path

from ingest.readers.personal_data import kinds_in
from tests.bench.answers import LINEAR, refreshed
from tests.bench.made import REACHED, TEXT_LENGTH, Survey
from tests.bench.measuring import Cost, imports
from tests.bench.results import Part, Ratio, Row, to_imports
from tests.bench.sizes import WHOLE, Sizes

FIRST = "CPU / the first"
MOST_LINEAR = 1.15


def measure(sizes: Sizes, folder: Path) -> Part:
    """As many answers each time, in another shape; the first is that of the other parts."""
    machine, rows, first = imports(), list[Row](), None
    for name, survey in shapes(sizes).items():
        *_, cost = refreshed(folder / name, survey, sizes.shaped_answers // survey.n_questions, sizes.most_gb_of_shapes)
        first = first or cost
        ratios = to_imports(cost, machine) | {FIRST: Ratio(cost.cpu / first.cpu)}
        rows.append(Row(f"{sizes.shaped_answers:,} answers {name}", cost, ratios))
    return Part("shapes", rows)


def shapes(sizes: Sizes) -> dict[str, Survey]:
    return {
        "to 25 questions of 293 municipalities": Survey(),
        **{f"to {n:,} questions": Survey(n) for n in sizes.questions},
        **{f"of {n:,} municipalities": Survey(n_municipalities=n) for n in sizes.municipalities},
    }


def texts(sizes: Sizes, folder: Path) -> Part:
    machine, rows, looked = imports(), list[Row](), list[Row]()
    goal, first = MOST_LINEAR if sizes.texts == WHOLE.texts else None, None
    for n in sizes.texts:
        _, files, cost = refreshed(folder / str(n), Survey(1, has_comment=True), n, sizes.most_gb_of_shapes)
        name, found = f"{n:,} texts of {TEXT_LENGTH} characters", looking(files)
        first = first or found
        rows.append(Row(name, cost, to_imports(cost, machine)))
        linear = Ratio(found.cpu / (first.cpu * n / sizes.texts[0]), goal)
        looked.append(Row(f"{name}, personal data looked for", found, to_imports(found, machine) | {LINEAR: linear}))
    return Part("texts", [*rows, *looked])


def looking(files: Sequence[Path]) -> Cost:
    """What looking for personal data in all comments of the files costs, with all that it may find."""
    found = [*kinds_in(REACHED)]  # which loads the libraries
    wall, cpu = 0.0, 0.0
    for file in files:
        with file.open(encoding="utf-8", newline="") as handle:
            comments = [row["comment"] for row in csv.DictReader(handle)]
        begun = time.monotonic(), time.process_time()
        found += [kind for comment in comments for kind in kinds_in(comment)]
        wall, cpu = wall + time.monotonic() - begun[0], cpu + time.process_time() - begun[1]
    if len(found) == 1:
        raise ValueError("no personal data was found in the comments")
    return Cost(wall, cpu)
