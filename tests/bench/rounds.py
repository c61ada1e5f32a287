"""What one more round costs beside few and many, and beside building all of them at once."""

from __future__ import annotations

from pathlib import Path

from tests.bench.made import Survey, prepare, write_round
from tests.bench.measuring import Cost, imports, kuntakysely
from tests.bench.results import Part, Ratio, Row, to_imports
from tests.bench.sizes import WHOLE, Sizes

MOST_TIMES, MOST_OF_ALL = 1.15, 0.25


def measure(sizes: Sizes, folder: Path) -> Part:
    machine, rows = imports(), list[Row]()
    few, many = (built_and_added(sizes, folder / str(n_rounds), n_rounds) for n_rounds in sizes.rounds)
    beside = {few[1]: {}, many[1]: to_few(sizes, few[1], many)}
    for n_rounds, (built, added) in zip(sizes.rounds, (few, many), strict=True):
        rows.append(Row(f"{n_rounds} rounds of {sizes.answers_of_a_round:,} answers at once", built))
        rows.append(Row(f"one more beside {n_rounds}", added, to_imports(added, machine) | beside[added]))
    return Part("rounds", rows)


def to_few(sizes: Sizes, few: Cost, many: tuple[Cost, Cost]) -> dict[str, Ratio]:
    """One more round beside many, as ratios to one more beside few and to all at once."""
    built, added = many
    times, of_all = (MOST_TIMES, MOST_OF_ALL) if sizes.rounds == WHOLE.rounds else (None, None)
    return {
        "CPU / beside few": Ratio(added.cpu / few.cpu, times),
        "wall / beside few": Ratio(added.wall / few.wall, times),
        "wall / all at once": Ratio(added.wall / built.wall, of_all),
    }


def built_and_added(sizes: Sizes, folder: Path, n_rounds: int) -> tuple[Cost, Cost]:
    """Building n rounds at once, and adding one more."""
    survey = Survey()
    paths, n_responses = prepare(folder, survey), sizes.answers_of_a_round // survey.n_questions
    for number in range(1, n_rounds + 1):
        write_round(paths, survey, number, n_responses)
    built = kuntakysely(paths, "refresh", most_gb=sizes.most_gb)
    write_round(paths, survey, n_rounds + 1, n_responses)
    return built, kuntakysely(paths, "refresh", most_gb=sizes.most_gb)
