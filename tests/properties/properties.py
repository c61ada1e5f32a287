"""How a property is tried: on examples by hypothesis, and once more with a slip in the code, which it must see."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

N_TRIED_FOR_A_SLIP = 300

Property = Callable[[Any], None]


def holds(prop: Property, examples: SearchStrategy[Any], n_examples: int) -> None:
    """The property holds for so many examples, the same each time. Fails with the smallest one that breaks it.

    `make soak` tries ten times as many.
    """
    n_examples *= 10 if os.environ.get("KUNTAKYSELY_SOAK") else 1
    _tried(prop, examples, n_examples, (Phase.generate, Phase.shrink))()


def is_broken(prop: Property, examples: SearchStrategy[Any], where: str = "") -> None:
    """Some example breaks the property: somebody made a slip, and it is seen where it was made.

    The first few do, and it stops there: the bound is wide because a change of the sample changes every example.
    """
    with pytest.raises(AssertionError, match=f"^{where}"):
        _tried(prop, examples, N_TRIED_FOR_A_SLIP, (Phase.generate,))()


def _tried(
    prop: Property, examples: SearchStrategy[Any], n_examples: int, phases: tuple[Phase, ...]
) -> Callable[[], None]:
    @settings(
        max_examples=n_examples, phases=phases, deadline=None, derandomize=True, database=None,
        report_multiple_bugs=False, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(examples)
    def tried(example: Any) -> None:
        prop(example)

    return tried
