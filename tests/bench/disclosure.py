"""What hiding costs a round beside few and many rounds, cold and from kept patterns.

Rounds of 25 questions, five of them opinions, with 172 responses are drawn on the frame of the shipped division.
"""

from __future__ import annotations

import csv
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from publish.disclosure import patterns, printed
from publish.disclosure.counts import Question, RoundCounts, Row
from publish.disclosure.rules import Kind, Rule
from store.paths import PROJECT_ROOT
from tests.bench import results
from tests.bench.measuring import Cost
from tests.bench.results import Part, Ratio
from tests.bench.sizes import WHOLE, Sizes

N_RESPONSES, N_QUESTIONS, N_OPINIONS = 172, 25, 5
OPTIONS = ("a", "b", "c", "d", "e")
SHARES = (0.3, 0.3, 0.2, 0.15, 0.05)
LEVELS = ("county", "region", "ely", "urban_rural", "language_status")
MOST_TIMES = 1.3
NOTHING_PRINTED = printed.Printed(pd.DataFrame(columns=["question_id", "statistic", "value"]), {}, frozenset())


def frame() -> list[dict[str, str]]:
    """The rows of breakdowns of each municipality of the mainland, with a size class that follows from its place."""
    with (PROJECT_ROOT / "data/registry/2023-01-01/municipalities.csv").open(encoding="utf-8", newline="") as handle:
        towns = [row for row in csv.DictReader(handle) if row["is_mainland"] == "1"]
    places = []
    for index, town in enumerate(towns):
        size_class = str(min(5, int(np.sqrt(index / 8))))
        union = "large" if int(size_class) > 3 else "small"
        levels = {level: town[f"{level}_code"] for level in LEVELS}
        places.append({"all": "all", "size_class": size_class, "size_class_group": union, **levels})
    return places


def drawn(number: int, n_responses: int, places: list[dict[str, str]]) -> RoundCounts:
    """One round; each municipality's first response is its own."""
    random = np.random.default_rng(number)
    town = random.integers(0, len(places), n_responses)
    is_first = ~pd.Series(town).duplicated().to_numpy()
    rows = sorted({item for index in set(town) for item in places[index].items()})
    is_in = np.array(
        [[places[index].get(breakdown) == row for breakdown, row in rows] for index in town], dtype=np.int64
    )
    counted = pd.Series(town).value_counts()
    responded = pd.DataFrame(
        [(f"{index:03}", *place, n) for index, n in counted.items() for place in places[int(str(index))].items()],
        columns=["municipality_code", "breakdown", "breakdown_id", "n_responses"],
    )
    questions = tuple(
        _question(f"q{k}", "opinion" if k < N_OPINIONS else "public_fact", town, is_in, is_first, rows, random)
        for k in range(N_QUESTIONS)
    )
    return RoundCounts("bench", str(number), Rule(3, 5), questions, responded)


def _question(
    question_id: str,
    kind: Kind,
    town: np.ndarray,
    is_in: np.ndarray,
    is_first: np.ndarray,
    places: list[tuple[str, str]],
    random: np.random.Generator,
) -> Question:
    chosen = np.eye(len(OPTIONS), dtype=np.int64)[random.choice(len(OPTIONS), len(town), p=SHARES)]
    of_towns = pd.DataFrame(chosen).groupby(town).max()
    in_rows = pd.DataFrame(is_in).groupby(town).max().to_numpy()
    n, own, towns = is_in.T @ chosen, is_in[is_first].T @ chosen[is_first], in_rows.T @ of_towns.to_numpy()
    bases, base_towns = is_in.sum(axis=0), in_rows.sum(axis=0)
    rows: list[Row] = [(unit, *place) for unit in ("response", "municipality") for place in places]
    return Question(
        *(question_id, kind, True, tuple(rows), tuple(("option", code) for code in OPTIONS), ()),
        *(np.vstack([n, own]), np.vstack([towns, towns]), np.vstack([n, n])),
        *(np.concatenate([bases, base_towns]), np.tile(base_towns, 2), np.tile(bases, 2)),
    )


def seconds(rounds: list[RoundCounts], folder: Path) -> Cost:
    """Of each round."""
    store, begun = patterns.Store(folder), (time.monotonic(), time.process_time())
    for counts in rounds:
        list(patterns.of_round(counts, NOTHING_PRINTED, store))
    wall, cpu = time.monotonic() - begun[0], time.process_time() - begun[1]
    return Cost(wall / len(rounds), cpu / len(rounds))


def measure(sizes: Sizes, folder: Path) -> Part:
    """Hiding is done in this process, whose memory is not measured."""
    few, many = sizes.hidden_rounds
    places = frame()
    rounds = [drawn(number, N_RESPONSES, places) for number in range(many)]
    first = seconds(rounds[:few], folder / "few")
    all_of_them, again = (seconds(rounds, folder / "many") for _ in range(2))
    goal = MOST_TIMES if sizes.hidden_rounds == WHOLE.hidden_rounds else None
    large = drawn(0, sizes.hidden_responses, places)
    alone = seconds([replace(large, questions=large.questions[:1])], folder / "large")
    of_rounds = f"rounds of {N_RESPONSES} responses to {N_OPINIONS} opinion questions"
    return Part("hiding", [
        results.Row(f"each of {few} {of_rounds}", first),
        results.Row(f"each of {many}", all_of_them, {"CPU / of few": Ratio(all_of_them.cpu / first.cpu, goal)}),
        results.Row(f"each of {many}, from kept patterns", again),
        results.Row(f"one opinion question of {sizes.hidden_responses:,} responses", alone),
    ])  # fmt: skip
