"""What so many answers cost as answers to few or many questions, or of few or many municipalities; what texts cost.

Personal data is looked for in each text: that twice as many take twice as long has a goal.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from ingest.readers.personal_data import kinds_in
from tests.bench.answers import LINEAR, N_SMALL, refreshed
from tests.bench.made import TEXT_LENGTH, Survey
from tests.bench.measuring import Cost, imports
from tests.bench.results import CPU, Part, Ratio, Row, to_imports
from tests.bench.sizes import WHOLE, Sizes

FIRST = "CPU / the first"
MOST_LINEAR = 1.15


def questions(sizes: Sizes, folder: Path) -> Part:
    shapes = {f"to {n:,} questions": Survey(n) for n in sizes.questions}
    return Part("questions", _rows(sizes, folder, shapes.items()))


def municipalities(sizes: Sizes, folder: Path) -> Part:
    shapes = {f"of {n:,} municipalities": Survey(n_municipalities=n) for n in sizes.municipalities}
    return Part("municipalities", _rows(sizes, folder, shapes.items()))


def _rows(sizes: Sizes, folder: Path, shapes: Iterable[tuple[str, Survey]]) -> list[Row]:
    """Each shape with as many answers."""
    machine, rows = imports(), list[Row]()
    for name, survey in shapes:
        *_, cost = refreshed(folder / name, survey, sizes.shaped_answers // survey.n_questions, sizes.most_gb)
        first = rows[0].cost if rows and rows[0].cost else cost
        ratios = to_imports(cost, machine) | {FIRST: Ratio(cost.cpu / first.cpu)}
        rows.append(Row(f"{sizes.shaped_answers:,} answers {name}", cost, ratios))
    return rows


def texts(sizes: Sizes, folder: Path) -> Part:
    machine, survey = imports(), Survey(1, has_comment=True)
    *_, small = refreshed(folder / "small", survey, N_SMALL, sizes.most_gb)
    read, looked = list[Cost](), list[Cost]()
    for n in sizes.texts:
        _, files, cost = refreshed(folder / str(n), survey, n, sizes.most_gb)
        read.append(cost.beyond(small))
        looked.append(looking(files))
    goal = MOST_LINEAR if sizes.texts == WHOLE.texts else None
    rows = [
        Row(f"{n:,} texts of {TEXT_LENGTH} characters, {what}", cost,
            {CPU: Ratio(cost.cpu / machine.cpu), LINEAR: Ratio(cost.cpu / (several[0].cpu * n / sizes.texts[0]), most)})
        for what, several, most in (("beyond a few", read, None), ("personal data looked for", looked, goal))
        for n, cost in zip(sizes.texts, several, strict=True)
    ]  # fmt: skip
    return Part("texts", rows)


def looking(files: Sequence[Path]) -> Cost:
    """What looking for personal data in all comments of the files costs, with all that it may find."""
    found: list[str] = []
    wall, cpu = 0.0, 0.0
    for file in files:
        with file.open(encoding="utf-8", newline="") as handle:
            comments = [row["comment"] for row in csv.DictReader(handle)]
        begun = time.monotonic(), time.process_time()
        found += [kind for comment in comments for kind in kinds_in(comment)]
        wall, cpu = wall + time.monotonic() - begun[0], cpu + time.process_time() - begun[1]
    if not found:
        raise ValueError("no personal data was found")
    return Cost(wall, cpu)
