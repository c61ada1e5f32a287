"""What one more round costs beside few and many, and beside building all of them at once."""

from __future__ import annotations

from pathlib import Path

from tests.bench.made import Survey, prepare, write_round
from tests.bench.measuring import Cost, imports, kuntakysely
from tests.bench.results import Part, Ratio, Row, to_imports
from tests.bench.sizes import WHOLE, Sizes

MOST_TIMES, MOST_OF_ALL = 1.15, 0.25


def measure(sizes: Sizes, folder: Path) -> Part:
    machine, rows = imports(), []
    few, many = ([*built_and_added(sizes, folder / str(n_rounds), n_rounds)] for n_rounds in sizes.rounds)
    is_whole = sizes.rounds == WHOLE.rounds
    for n_rounds, (built, added) in zip(sizes.rounds, (few, many), strict=True):
        rows.append(Row(f"{n_rounds} rounds of {sizes.answers_of_a_round:,} answers at once", built))
        rows.append(Row(f"one more beside {n_rounds}", added, to_imports(added, machine)))
    ratios = {
        "CPU / beside few": Ratio(many[1].cpu / few[1].cpu, MOST_TIMES if is_whole else None),
        "wall / beside few": Ratio(many[1].wall / few[1].wall, MOST_TIMES if is_whole else None),
        "wall / all at once": Ratio(many[1].wall / many[0].wall, MOST_OF_ALL if is_whole else None),
    }
    return Part("rounds", [*rows, Row(f"one more beside {sizes.rounds[1]} again", None, ratios)])


def built_and_added(sizes: Sizes, folder: Path, n_rounds: int) -> tuple[Cost, Cost]:
    """Building n rounds at once, and adding one more."""
    survey = Survey()
    paths, n_responses = prepare(folder, survey), sizes.answers_of_a_round // survey.n_questions
    for number in range(1, n_rounds + 1):
        write_round(paths, survey, number, n_responses)
    built = kuntakysely(paths, "refresh", most_gb=sizes.most_gb)
    write_round(paths, survey, n_rounds + 1, n_responses)
    return built, kuntakysely(paths, "refresh", most_gb=sizes.most_gb)
