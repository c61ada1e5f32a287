"""The rows of a table, column by column: each different cell of a column stands once, and rows say which of them they
have. What is held grows with what differs, and by one to four bytes a cell."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice, repeat
from typing import Any, NamedTuple, TypeVar, overload

import numpy as np

BATCH = 512  # rows that are held as rows: few enough to stay near the processor
T = TypeVar("T")


class TextRow(NamedTuple):
    """One record: where it starts (1-based line or sheet row), its cells as text, and why it does not fit."""

    line: int
    cells: tuple[str, ...]
    types: tuple[str, ...] | None = None
    problem: str | None = None


@dataclass(frozen=True)
class Column:
    """The different cells of a column in the order in which they came, with their types where the file says them, and
    by row which of them it has: in as few bytes as tell so many apart."""

    texts: tuple[str, ...]
    numbers: np.ndarray
    types: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        fewest = np.min_scalar_type(-max(len(self.texts), 1))
        object.__setattr__(self, "numbers", np.asarray(self.numbers).astype(fewest, copy=False))

    def mapped(self, change: Callable[[str], str]) -> Column:
        return self.with_texts(tuple(map(change, self.texts)))

    def with_texts(self, texts: tuple[str, ...]) -> Column:
        """With other texts in the place of its own; equal ones become one."""
        if texts == self.texts:
            return self
        said = [*zip(texts, self.types_or_none(), strict=False)]
        places = {each: place for place, each in enumerate(dict.fromkeys(said))}
        numbers = np.array([places[each] for each in said], int)[self.numbers]
        texts, types = zip(*places, strict=True)
        return Column(texts, numbers, types if self.types else None)

    def of_rows(self, is_kept: np.ndarray) -> Column:
        """With the texts of these rows only."""
        numbers = self.numbers[is_kept]
        used = np.flatnonzero(np.bincount(numbers, minlength=len(self.texts)))
        texts = tuple(self.texts[place] for place in used)
        types = self.types and tuple(self.types[place] for place in used)
        return Column(texts, np.searchsorted(used, numbers), types)

    def types_or_none(self) -> Iterable[str | None]:
        return self.types or repeat(None)

    def holds(self, condition: Callable[[str], bool]) -> np.ndarray:
        """Of which rows the cell meets a condition."""
        found: np.ndarray = np.fromiter(map(condition, self.texts), bool, len(self.texts))[self.numbers]
        return found

    def is_in(self, values: Container[str]) -> np.ndarray:
        return self.holds(lambda text: text.strip() in values)

    def cells(self) -> Iterator[str]:
        return map(self.texts.__getitem__, self.numbers.tolist())

    def cell_types(self) -> Iterator[str]:
        return map((self.types or ()).__getitem__, self.numbers.tolist())


class Columns:
    """Columns in the making."""

    def __init__(self, width: int) -> None:
        self._places: list[defaultdict[Any, int]] = [defaultdict(count().__next__) for _ in range(width)]
        self._numbers = [array("i") for _ in range(width)]

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        for places, numbers, cells in zip(self._places, self._numbers, zip(*rows, strict=True), strict=False):
            numbers.extend(map(places.__getitem__, cells))

    def made(self, is_typed: bool = False) -> tuple[Column, ...]:
        """Of cells that are texts, or texts and types."""
        columns = zip(map(tuple, self._places), map(np.asarray, self._numbers), strict=True)
        if not is_typed:
            return tuple(Column(texts, numbers) for texts, numbers in columns)
        return tuple(Column(*_apart(said, numbers)) for said, numbers in columns)


def _apart(said: Sequence[tuple[str, str]], numbers: np.ndarray) -> tuple[tuple[str, ...], np.ndarray, tuple[str, ...]]:
    return tuple(text for text, _ in said), numbers, tuple(cell_type for _, cell_type in said)


class Rows(Sequence[TextRow]):
    """Rows by their place. A row that does not fit stands apart, and `places` are those of the others."""

    def __init__(
        self, lines: Sequence[int] | np.ndarray, columns: tuple[Column, ...], apart: Mapping[int, TextRow]
    ) -> None:
        self.lines, self.columns, self.apart = np.asarray(lines, np.int64), columns, dict(sorted(apart.items()))
        self.places = np.delete(np.arange(len(lines)), [*self.apart])

    @classmethod
    def of(cls, rows: Iterable[TextRow], width: int) -> Rows:
        columns, lines, apart, is_typed = Columns(width), array("q"), dict[int, TextRow](), False
        source = iter(rows)
        while batch := [*islice(source, BATCH)]:
            apart |= {place: row for place, row in enumerate(batch, len(lines)) if row.problem is not None}
            fitting = [row for row in batch if row.problem is None]
            is_typed = is_typed or any(row.types for row in fitting)
            columns.add([[*zip(row.cells, row.types, strict=True)] if row.types else row.cells for row in fitting])
            lines.extend(row.line for row in batch)
        return cls(lines, columns.made(is_typed), apart)

    def __len__(self) -> int:
        return len(self.lines)

    @overload
    def __getitem__(self, place: int) -> TextRow: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[TextRow]: ...
    def __getitem__(self, place: int | slice) -> TextRow | Sequence[TextRow]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        place = range(len(self))[place]
        if place in self.apart:
            return self.apart[place]
        number = int(np.searchsorted(self.places, place))
        at = [(column, column.numbers[number]) for column in self.columns]
        types = tuple(column.types[number] for column, number in at if column.types)
        return TextRow(int(self.lines[place]), tuple(column.texts[number] for column, number in at), types or None)

    def __iter__(self) -> Iterator[TextRow]:
        cells = zip(*(each.cells() for each in self.columns), strict=True) if self.columns else repeat(())
        types = zip(*(each.cell_types() for each in self.columns), strict=True) if self._is_typed else repeat(None)
        return self.spread(map(TextRow, self.lines[self.places].tolist(), cells, types), self.apart.values())

    @property
    def _is_typed(self) -> bool:
        return any(column.types for column in self.columns)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and [*self] == [*other]

    def problems(self) -> Iterator[str | None]:
        """Why each row does not fit, by place."""
        return self.spread(repeat(None), (row.problem for row in self.apart.values()))

    def mapped(self, change: Callable[[str], str]) -> Rows:
        """With each text changed."""
        apart = {place: row._replace(cells=tuple(map(change, row.cells))) for place, row in self.apart.items()}
        return Rows(self.lines, tuple(column.mapped(change) for column in self.columns), apart)

    def with_columns(self, columns: Sequence[Column]) -> Rows:
        """With other columns in the place of its own."""
        return Rows(self.lines, tuple(columns), self.apart)

    def with_column_at(self, place: int, column: Column) -> Rows:
        return self.with_columns([*self.columns[:place], column, *self.columns[place + 1 :]])

    def with_apart(self, apart: Mapping[int, TextRow]) -> Rows:
        """With further rows that stand apart."""
        if not apart:
            return self
        is_kept = ~np.isin(self.places, [*apart])
        return Rows(self.lines, tuple(each.of_rows(is_kept) for each in self.columns), {**self.apart, **apart})

    def with_column(self, texts: Iterable[str], of_apart: tuple[str, ...] = ()) -> Rows:
        """With one column more of these texts, which rows that stand apart have too where it is said."""
        places: defaultdict[str, int] = defaultdict(count().__next__)
        numbers = np.fromiter(map(places.__getitem__, texts), int, len(self.places))
        column = Column(tuple(places), numbers, ("text",) * len(places) if self._is_typed else None)
        apart = {place: row._replace(cells=row.cells + of_apart) for place, row in self.apart.items()}
        return Rows(self.lines, (*self.columns, column), apart)

    def spread(self, of_fitting: Iterable[T], of_apart: Iterable[T]) -> Iterator[T]:
        """What is said of the rows that fit and of those that stand apart, each in their order, by place."""
        fitting, apart = iter(of_fitting), iter(of_apart)
        if not self.apart:
            return islice(fitting, len(self))
        return (next(apart) if place in self.apart else next(fitting) for place in range(len(self)))
