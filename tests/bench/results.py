"""What the bench found: a table per part, whose rows have a cost and ratios, some of them with a goal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field
from typing import Any

from tests.bench.measuring import Cost

CPU, WALL = "CPU / imports", "wall / imports"
DIGITS = {"wall s": 1, "CPU s": 1, "peak GB": 2, "together GB": 2}  # of a cost


@dataclass(frozen=True)
class Ratio:
    """Of two figures of the same run, and the most that it may be."""

    value: float
    goal: float | None = None

    @property
    def is_over(self) -> bool:
        return self.goal is not None and self.value > self.goal

    def __str__(self) -> str:
        value = f"{self.value:.3g}" if self.value < 10 else f"{self.value:,.0f}"
        return value if self.goal is None else f"{value} ({'over' if self.is_over else 'at most'} {self.goal:g})"


@dataclass(frozen=True)
class Row:
    """What one thing cost; without a cost, what follows from those of others."""

    name: str
    cost: Cost | None = None
    ratios: Mapping[str, Ratio] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """One table."""

    title: str
    rows: Sequence[Row]

    @property
    def is_over(self) -> bool:
        return any(ratio.is_over for row in self.rows for ratio in row.ratios.values())

    def cells(self) -> list[list[str]]:
        """The table as texts, its header first. A column that no row fills is left out."""
        labels = list(dict.fromkeys(label for row in self.rows for label in row.ratios))
        header = [self.title, *DIGITS, *labels]
        table = [header, *(_cells(row, labels) for row in self.rows)]
        return [list(row) for row in zip(*(c for c in zip(*table, strict=True) if any(c[1:])), strict=True)]

    def as_json(self) -> dict[str, Any]:
        return {row.name: {"cost": _rounded(row.cost), "ratios": _goals(row.ratios)} for row in self.rows}

    @classmethod
    def of_json(cls, title: str, rows: Mapping[str, Any]) -> Part:
        return cls(title, [
            Row(name, Cost(**row["cost"]) if row["cost"] else None, {k: Ratio(*v) for k, v in row["ratios"].items()})
            for name, row in rows.items()
        ])  # fmt: skip


def _cells(row: Row, labels: Iterable[str]) -> list[str]:
    costs = astuple(row.cost) if row.cost else (0.0,) * len(DIGITS)
    told = [f"{cost:,.{digits}f}" if cost else "" for cost, digits in zip(costs, DIGITS.values(), strict=True)]
    return [row.name, *told, *(str(row.ratios.get(label, "")) for label in labels)]


def _rounded(cost: Cost | None) -> dict[str, float] | None:
    return {name: round(value, 2) for name, value in asdict(cost).items()} if cost else None


def _goals(ratios: Mapping[str, Ratio]) -> dict[str, list[float | None]]:
    return {label: [float(f"{ratio.value:.4g}"), ratio.goal] for label, ratio in ratios.items()}


def to_imports(cost: Cost, imports: Cost, cpu: float | None = None, wall: float | None = None) -> dict[str, Ratio]:
    return {CPU: Ratio(cost.cpu / imports.cpu, cpu), WALL: Ratio(cost.wall / imports.wall, wall)}


def padded(part: Part) -> str:
    """The table for a terminal."""
    cells = part.cells()
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        row[0].ljust(widths[0]) + "".join(f"  {cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))
        for row in cells
    )
