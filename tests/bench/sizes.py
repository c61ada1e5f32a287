"""How much each part of the bench makes: the whole, which is kept, and the small, which tries the same code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Two numbers are few and many; where there are more, cost is told against each of them."""

    runs: int  # of the refreshes of the data that ships
    answers: tuple[int, ...]  # of one round
    rounds: tuple[int, int]
    answers_of_a_round: int
    shaped_answers: int  # to so many questions, of so many municipalities
    questions: tuple[int, ...]
    municipalities: tuple[int, ...]
    texts: tuple[int, int]
    hidden_rounds: tuple[int, int]
    hidden_responses: int  # of one question
    most_gb: float = 2.0  # of a refresh with all its processes; it is ended beyond
    most_gb_of_shapes: float = 4.0  # of so many questions, municipalities or texts that no goal tells of them


WHOLE = Sizes(
    runs=3, answers=(100_000, 1_000_000, 10_000_000), rounds=(10, 100), answers_of_a_round=100_000,
    shaped_answers=1_000_000, questions=(10, 100, 1_000), municipalities=(100, 1_000, 10_000, 100_000),
    texts=(200_000, 1_000_000), hidden_rounds=(10, 100), hidden_responses=4_000,
)  # fmt: skip
SMALL = Sizes(
    runs=1, answers=(100_000,), rounds=(2, 4), answers_of_a_round=10_000, shaped_answers=50_000, questions=(100,),
    municipalities=(1_000,), texts=(1_000, 4_000), hidden_rounds=(2, 4), hidden_responses=400,
)  # fmt: skip
