"""Somebody who has a release, the printed figures and the public codebook, and wants to know what is hidden.

Written apart from publish/disclosure, and shares nothing with it: from the published tables alone it sets up what any
counts must obey, and asks a solver for the least and the most that each hidden cell can be. A cell whose least is its
most is pinned.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from ruamel.yaml import YAML
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

CELL = ["unit", "breakdown", "breakdown_id", "level", "answer"]
Cell = tuple[str, str, str, str, str]
TABLES = {
    "answer_distribution": "select *, level as level_, answer_code as answer_ from marts.answer_distribution",
    "system_use": "select *, 'option' as level_, system_id as answer_ from marts.system_use",
}
FIGURES_TOLD = ("n", "share", "pct", "pct_sum100", "ci_low_counts", "ci_high_counts", "is_reliable",
                "is_reliable_for_frame")  # fmt: skip


# How many points below and above what is printed a share may be.
WITHIN = {
    "half_up_0": (0.5, 0.5), "half_up_1": (0.05, 0.05), "largest_remainder_0": (1.0, 1.0), "words_within_5": (5.5, 5.5),
    "words_nearly": (5.5, 0.5), "words_nearly_all": (15.5, 0.5), "at_least": (0.5, 100.0),
}  # fmt: skip


@dataclass(frozen=True)
class Attack:
    """What became of the hidden cells of one question of one round: how many there are, and which were pinned."""

    table: str
    survey_id: str
    round_id: str
    question_id: str
    n_hidden: int
    pinned: dict[Cell, int]


Line = tuple[Mapping[int, float], float, float]  # of the unknowns by number; the least and the most of their sum


class Equations:
    """Linear constraints on whole numbers that are not negative."""

    def __init__(self, lines: Sequence[Line], size: int) -> None:
        rows, low, high = zip(*lines, strict=True)
        self._size, self._constraints = size, LinearConstraint(_matrix(rows, size), low, high)

    def solve(self, objective: np.ndarray, gap: float = 0.9) -> np.ndarray | None:
        done = milp(
            objective,
            integrality=np.ones(self._size),
            bounds=Bounds(0, np.inf),
            constraints=self._constraints,
            options={"mip_rel_gap": gap, "time_limit": 60},
        )
        if done.x is None:
            assert done.status == 2, done.message
            return None
        return np.round(done.x)


def _matrix(rows: Sequence[Mapping[int, float]], size: int) -> csr_matrix:
    places = [index for index, row in enumerate(rows) for _ in row]
    columns = [column for row in rows for column in row]
    return csr_matrix(([value for row in rows for value in row.values()], (places, columns)), (len(rows), size))


@dataclass(frozen=True)
class Codebook:
    """What anybody can read of a survey: unions of size classes, groups of options, and the rule."""

    unions: Mapping[str, frozenset[str]]
    groups: Mapping[str, Mapping[str, frozenset[str]]]
    types: Mapping[str, str]
    min_municipalities: int
    min_responses: int


def codebook(folder: Path) -> Codebook:
    """Read survey.yml, questions.csv and choices.csv of a survey's folder."""
    settings = YAML(typ="safe").load(folder / "survey.yml")
    with (folder / "choices.csv").open(encoding="utf-8", newline="") as handle:
        choices = list(csv.DictReader(handle))
    with (folder / "questions.csv").open(encoding="utf-8", newline="") as handle:
        questions = list(csv.DictReader(handle))
    groups: dict[str, dict[str, set[str]]] = {}
    for choice in choices:
        if choice["group_code"] and choice["is_missing"] != "1":
            groups.setdefault(choice["list_name"], {}).setdefault(choice["group_code"], set()).add(choice["code"])
    return Codebook(
        {each["id"]: frozenset(each["members"]) for each in settings["size_class_groups"]},
        {
            each["question_id"]: {code: frozenset(of) for code, of in groups.get(each["list_name"], {}).items()}
            for each in questions
        },
        {each["question_id"]: each["type"] for each in questions},
        settings["disclosure"]["min_municipalities"],
        settings["disclosure"]["min_responses"],
    )


def attack(
    release: Path,
    surveys: Path,
    seed: int = 1,
    without: frozenset[str] = frozenset(),
    only: Collection[str] | None = None,
) -> Iterator[Attack]:
    """Attack every question, or `only` these, that has hidden cells in a round of real answers.

    `surveys` is the folder of the codebooks. `without` names knowledge that this attacker lacks: labels, print.
    Printed figures that are hard to read are believed where two of one cell bear each other out, and all of them where
    a check of the release says that every figure is met.
    """
    with duckdb.connect(str(release), read_only=True) as connection:
        rounds = connection.execute(
            "select survey_id, round_id, division_date from marts.dim_round where not is_synthetic order by all"
        ).fetchall()
        for survey_id, round_id, division_date in rounds:
            known = codebook(surveys / survey_id)
            is_met = _is_print_met(connection, survey_id, round_id)
            who = _who(connection, survey_id, round_id, division_date, known)
            for table, sql in TABLES.items():
                cells = connection.execute(
                    f"select * from ({sql}) where survey_id = ? and round_id = ?", [survey_id, round_id]
                ).df()
                cells["level"], cells["answer"] = cells["level_"], cells["answer_"]
                for question_id, of_question in cells.groupby("question_id"):
                    hidden = of_question["cell_status"].str.startswith("hidden")
                    if hidden.any() and (only is None or question_id in only):
                        print_ = {}
                        if "print" not in without:
                            print_ = _printed(surveys / survey_id, round_id, str(question_id), is_met)
                        random, named = np.random.default_rng(seed), str(question_id)
                        by_print: set[Cell] = set()
                        if print_:
                            nothing = of_question.assign(cell_status="hidden_primary")
                            by_print = {*Given(nothing, who, known, named, print_, None).pinned(random)}
                        labels = None if "labels" in without else by_print
                        pinned = Given(of_question, who, known, named, print_, labels).pinned(random)
                        yield Attack(table, survey_id, round_id, str(question_id), int(hidden.sum()), pinned)


def told_of_hidden(release: Path) -> list[tuple[str, str, int]]:
    """(table, column, number): figures that stand in a hidden cell, or that add up hidden cells of size classes."""
    found = []
    with duckdb.connect(str(release), read_only=True) as connection:
        for table, answer in (("answer_distribution", "(level, answer_code)"), ("system_use", "system_id")):
            key = f"survey_id, round_id, question_id, unit, {answer}"
            columns = connection.execute(
                "select column_name from duckdb_columns() where schema_name = 'marts' and table_name = ? and "
                "regexp_matches(data_type, 'INT|DOUBLE|DECIMAL|BOOLEAN') "
                "and column_name not in ('base_n', 'is_synthetic')",
                [table],
            ).fetchall()
            for (column,) in columns:
                is_hidden = "cell_status like 'hidden%'"
                if column not in FIGURES_TOLD:
                    of_class = f"select ({key}) from marts.{table} where {is_hidden} and breakdown = 'size_class'"
                    is_hidden += f" or ({key}) in ({of_class})"
                sql = f"select count({column}) from marts.{table} where {is_hidden}"
                row = connection.execute(sql).fetchone()
                if row and row[0]:
                    found.append((table, str(column), int(row[0])))
    return found


def _who(
    connection: duckdb.DuckDBPyConnection, survey_id: str, round_id: str, division_date: object, known: Codebook
) -> list[tuple[frozenset[tuple[str, str]], int, int]]:
    """Kinds of municipalities that answered: the rows they are in, responses of each, how many there are."""
    frame = connection.execute(
        "select * from marts.frame_municipality where survey_id = ? and round_id = ? and n_responses > 0",
        [survey_id, round_id],
    ).df()
    levels = connection.execute("select * from marts.dim_municipality where division_date = ?", [division_date]).df()
    merged = frame[["municipality_code", "size_class_id", "n_responses"]].merge(levels, on="municipality_code")
    kinds: dict[tuple[frozenset[tuple[str, str]], int], int] = {}
    for row in merged.to_dict("records"):
        places = {("all", "all"), ("size_class", row["size_class_id"])}
        places |= {("size_class_group", union) for union, of in known.unions.items() if row["size_class_id"] in of}
        for column, value in row.items():
            if str(column).endswith("_code") and column != "municipality_code" and isinstance(value, str):
                places.add((str(column).removesuffix("_code"), value))
        key = (frozenset(places), int(row["n_responses"]))
        kinds[key] = kinds.get(key, 0) + 1
    return [(places, n, count) for (places, n), count in sorted(kinds.items(), key=str)]


def _is_print_met(connection: duckdb.DuckDBPyConnection, survey_id: str, round_id: str) -> bool:
    sql = "select status from marts.round_quality where check_id = ? and survey_id = ? and round_id = ?"
    return connection.execute(sql, ["figures_reconciled", survey_id, round_id]).fetchall() == [("pass",)]


def _printed(folder: Path, round_id: str, question_id: str, is_met: bool) -> dict[Cell, list[dict[str, str]]]:
    """The printed figures of a question by cell; where all of them are met, all are as good as easy to read."""
    found: dict[Cell, list[dict[str, str]]] = {}
    with (folder / "published_figures.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            is_sound = not row["known_discrepancy"]
            if is_sound and row["round_id"] == round_id and row["question_id"] == question_id:
                cell = (row["unit"], row["breakdown"], row["breakdown_id"], row["level"], row["answer"])
                found.setdefault(cell, []).append(row | ({"figure_status": "published"} if is_met else {}))
    return found


def _borne_out(figures: list[dict[str, str]], base: object) -> list[dict[str, str]]:
    """Those that are easy to read; of the others a number and a percentage of it that agree."""
    sound = [figure for figure in figures if figure["figure_status"] != "reading_uncertain"]
    hard = {figure["statistic"]: figure for figure in figures if figure not in sound}
    if {"n", "pct"} <= {*hard} and not pd.isna(base):  # type: ignore[call-overload]
        least, most = Given._print(hard["pct"], int(base))  # type: ignore[call-overload]
        if least <= float(hard["n"]["value"]) <= most:
            sound += hard.values()
    return sound


class Given:
    """Everything that is known of one question, as equations."""

    def __init__(
        self,
        cells: pd.DataFrame,
        who: list[tuple[frozenset[tuple[str, str]], int, int]],
        known: Codebook,
        question_id: str,
        printed: Mapping[Cell, list[dict[str, str]]],
        by_print: set[Cell] | None,
    ) -> None:
        """`by_print` are the cells that print alone tells; without them labels are not looked at."""
        self.known, self.who, self.by_print = known, who, by_print
        self.is_one_answer = known.types[question_id] != "select_multiple"
        self.cells: dict[Cell, dict[str, object]] = {
            tuple(str(row[name]) for name in CELL): row  # type: ignore[misc]
            for row in cells.to_dict("records")
        }
        self.options = sorted({cell[4] for cell in self.cells if cell[3] == "option"})
        self.groups = {code: sorted(of & {*self.options}) for code, of in known.groups.get(question_id, {}).items()}
        self.names: dict[tuple[object, ...], int] = {}
        self.lines: list[Line] = []
        self.sums = {cell: self._sum(*cell) for cell in self.cells}
        self._limits()
        self._own_breakdowns()
        self._bases()
        self._told(printed)
        self._joined(printed)
        self._ranks(printed)
        self._rest(printed)
        self._above(printed)

    def name(self, *key: object) -> int:
        return self.names.setdefault(key, len(self.names))

    def say(self, row: Mapping[int, float], low: float, high: float) -> None:
        self.lines.append((dict(row), low, high))

    @property
    def areas(self) -> set[str]:
        return {breakdown for places, _, _ in self.who for breakdown, _ in places}

    def _parts(self, unit: str, breakdown: str, row: str) -> Iterator[tuple[object, ...]]:
        """What a row of a breakdown is the sum of."""
        if breakdown in self.areas:
            for kind, (places, n, _) in enumerate(self.who):
                if (breakdown, row) in places:
                    yield ("own", kind)
                    if unit == "response" and n > 1:
                        yield ("more", kind)
        else:
            yield ("said", unit, breakdown, row)

    def _sum(self, unit: str, breakdown: str, row: str, level: str, answer: str) -> dict[int, float]:
        of = self.groups[answer] if level == "group" and self.is_one_answer else [answer]
        kind = "group" if level == "group" and not self.is_one_answer else "option"
        return {self.name(*part, kind, each): 1.0 for part in self._parts(unit, breakdown, row) for each in of}

    def _base(self, unit: str, breakdown: str, row: str) -> dict[int, float]:
        parts = self._parts(unit, breakdown, row)
        if self.is_one_answer:
            return {self.name(*part, "option", each): 1.0 for part in parts for each in self.options}
        return {self.name(*part, "base", ""): 1.0 for part in parts}

    def _limits(self) -> None:
        """Nobody answers more often than asked."""
        for kind, (_, n, count) in enumerate(self.who):
            for part, most in (("own", count), ("more", (n - 1) * count)):
                if self.is_one_answer:
                    self.say({self.name(part, kind, "option", each): 1 for each in self.options}, 0, most)
                else:
                    self.say({self.name(part, kind, "base", ""): 1}, 0, most)
        if not self.is_one_answer:
            for key in [key for key in list(self.names) if key[-2] != "base"]:
                self.say({self.names[key]: 1, self.name(*key[:-2], "base", ""): -1}, -np.inf, 0)
            for key in [key for key in list(self.names) if key[-2] == "group"]:
                options = [self.name(*key[:-2], "option", each) for each in self.groups[str(key[-1])]]
                for option in options:
                    self.say({self.names[key]: -1, option: 1}, -np.inf, 0)
                self.say({self.names[key]: 1, **dict.fromkeys(options, -1.0)}, -np.inf, 0)

    def _own_breakdowns(self) -> None:
        """By role and by answer the rows add up to no more than all."""
        said: dict[tuple[str, str, str, str], list[int]] = {}
        for (unit, breakdown, _, level, answer), row in self.sums.items():
            if breakdown not in self.areas and (level == "option" or not self.is_one_answer):
                said.setdefault((unit, breakdown, level, answer), []).extend(row)
        for (unit, _, level, answer), columns in said.items():
            line = dict.fromkeys(columns, 1.0)
            for column in self._sum(unit, "all", "all", level, answer):
                line[column] = -1.0
            self.say(line, -np.inf, 0)
        if all(n == 1 for _, n, _ in self.who):  # then the two units are one
            for (unit, breakdown, row, level, answer), line in self.sums.items():
                other = self.sums.get(("response", breakdown, row, level, answer))
                if unit == "municipality" and breakdown not in self.areas and other is not None:
                    self.say({**line, **dict.fromkeys(other, -1.0)}, 0, 0)

    def _bases(self) -> None:
        for cell in {cell[:3]: cell for cell in self.cells}.values():
            base = self.cells[cell]["base_n"]
            if not pd.isna(base):  # type: ignore[call-overload]
                self.say(self._base(*cell[:3]), float(base), float(base))  # type: ignore[arg-type]

    def _told(self, printed: Mapping[Cell, list[dict[str, str]]]) -> None:
        rows: dict[tuple[str, ...], list[Cell]] = {}
        for cell in self.cells:
            rows.setdefault(cell[:4], []).append(cell)
        for cell, row in self.cells.items():
            if row["cell_status"] in ("shown", "zero"):
                self.say(self.sums[cell], float(row["n"]), float(row["n"]))  # type: ignore[arg-type]
                continue
            low, high = 0.0, np.inf
            if self.by_print is not None and self._label_tells(rows[cell[:4]], self.by_print):
                low, high = self._label(cell)
            base = self.cells[cell]["base_n"]
            for figure in _borne_out(printed.get(cell, []), base):
                least, most = self._print(figure, 0 if pd.isna(base) else int(base))  # type: ignore[arg-type, call-overload]
                low, high = max(low, least), min(high, most)
            if low > 0 or np.isfinite(high):
                self.say(self.sums[cell], low, high)

    def _label_tells(self, row: list[Cell], by_print: set[Cell]) -> bool:
        """The label of a row that is hidden whole says nothing; what print tells is told there all the same."""
        return any(
            self.cells[cell]["cell_status"] == "hidden_complementary"
            or (self.cells[cell]["cell_status"] == "shown" and cell not in by_print)
            for cell in row
        )

    def _label(self, cell: Cell) -> tuple[float, float]:
        if self.cells[cell]["cell_status"] == "hidden_primary":
            return 1.0, np.inf
        return 0.0, np.inf

    @staticmethod
    def _print(figure: Mapping[str, str], base: int) -> tuple[float, float]:
        if figure["statistic"] == "n":
            return float(figure["value"]), np.inf if figure["rounding"] == "at_least" else float(figure["value"])
        if figure["statistic"] != "pct" or not base:
            return 0.0, np.inf
        value = float(figure["value"])
        below, above = WITHIN[figure["rounding"]]
        counts = [n for n in range(base + 1) if value - below - 1e-9 <= 100 * n / base <= value + above + 1e-9]
        return (float(counts[0]), float(counts[-1])) if counts else (0.0, np.inf)

    def _joined(self, printed: Mapping[Cell, list[dict[str, str]]]) -> None:
        """Options that print counts together: each unit once, so that of a select_multiple it is no sum."""
        for cell, figures in printed.items():
            parts = [(*cell[:4], code) for code in cell[4].split("+")]
            if cell in self.cells or not self.sums.keys() >= {*parts}:
                continue
            base = self.cells[parts[0]]["base_n"]
            for figure in _borne_out(figures, base):
                least, most = self._print(figure, 0 if pd.isna(base) else int(base))  # type: ignore[arg-type, call-overload]
                self.say(self._together(cell), least, most)

    def _together(self, cell: Cell) -> dict[int, float]:
        codes = [each for code in cell[4].split("+") for each in self.groups.get(code, [code])]
        if self.is_one_answer:
            return dict.fromkeys((each for code in codes for each in self._sum(*cell[:3], "option", code)), 1.0)
        found: dict[int, float] = {}
        for part in self._parts(*cell[:3]):
            together = self.name(*part, "joined", cell[4])
            options = [self.name(*part, "option", each) for each in codes]
            for option in options:
                self.say({together: -1, option: 1}, -np.inf, 0)
            self.say({together: 1, **dict.fromkeys(options, -1.0)}, -np.inf, 0)
            self.say({together: 1, self.name(*part, "base", ""): -1}, -np.inf, 0)
            found[together] = 1.0
        return found

    def _rest(self, printed: Mapping[Cell, list[dict[str, str]]]) -> None:
        """A share that is above, or below, that of the other rows of its breakdown together."""
        for cell, figures in printed.items():
            for figure in [each for each in figures if each["figure_status"] != "reading_uncertain"]:
                if figure["statistic"] in ("more_than_rest", "less_than_rest") and cell in self.cells:
                    sign = 1.0 if figure["statistic"] == "more_than_rest" else -1.0
                    inside = self.known.unions.get(cell[2], frozenset({cell[2]}))
                    among = "size_class" if cell[1] == "size_class_group" else cell[1]
                    others = [
                        other
                        for other in self.cells
                        if (other[0], *other[3:]) == (cell[0], *cell[3:])
                        and other[1] == among
                        and other[2] not in inside
                    ]
                    self._exceeds(cell, others, sign, figure["value"] == "1")

    def _exceeds(self, cell: Cell, others: list[Cell], sign: float, is_so: bool) -> None:
        bases = [self.cells[each]["base_n"] for each in (cell, *others)]
        if any(pd.isna(base) for base in bases):  # type: ignore[call-overload]
            return
        own, rest = float(bases[0]), float(sum(bases[1:]))  # type: ignore[arg-type]
        line = dict.fromkeys(self.sums[cell], sign * rest)
        for column in [column for other in others for column in self.sums[other]]:
            line[column] = line.get(column, 0.0) - sign * own
        self.say(line, *((1, np.inf) if is_so else (-np.inf, 0)))

    def _above(self, printed: Mapping[Cell, list[dict[str, str]]]) -> None:
        """An answer that more gave than each of others."""
        for cell, figures in printed.items():
            for figure in [each for each in figures if each["figure_status"] != "reading_uncertain"]:
                if figure["statistic"] == "above_each" and figure["value"] == "1" and cell in self.cells:
                    for code in figure["than"].split("+"):
                        line = dict.fromkeys(self.sums[cell], 1.0)
                        for column in self.sums[(*cell[:4], code)]:
                            line[column] = line.get(column, 0.0) - 1.0
                        self.say(line, 1, np.inf)

    def _ranks(self, printed: Mapping[Cell, list[dict[str, str]]]) -> None:
        """The largest and the smallest share among the size classes."""
        for cell, figures in printed.items():
            for figure in [each for each in figures if each["figure_status"] != "reading_uncertain"]:
                if figure["statistic"] in ("is_max", "is_min") and figure["value"] == "1" and cell in self.cells:
                    sign = 1.0 if figure["statistic"] == "is_max" else -1.0
                    inside = self.known.unions.get(cell[2], frozenset({cell[2]}))
                    for other in self.cells:
                        same = (other[0], *other[3:]) == (cell[0], *cell[3:])
                        if same and other[1] == "size_class" and other[2] not in inside:
                            self._beats(cell, other, sign)

    def _beats(self, cell: Cell, other: Cell, sign: float) -> None:
        bases = [float(self.cells[each]["base_n"]) for each in (cell, other)]  # type: ignore[arg-type]
        line = dict.fromkeys(self.sums[cell], sign * bases[1])
        for column in self.sums[other]:
            line[column] = line.get(column, 0.0) - sign * bases[0]
        if min(bases) > 0:
            self.say(line, 0, np.inf)

    def pinned(self, random: np.random.Generator) -> dict[Cell, int]:
        """The hidden cells that can have one value only."""
        hidden = [cell for cell in self.cells if str(self.cells[cell]["cell_status"]).startswith("hidden")]
        size = len(self.names)
        equations, sums = Equations(self.lines, size), _matrix([self.sums[each] for each in hidden], size)
        seen, still = list[np.ndarray](), np.ones(len(hidden), dtype=bool)

        def look(objective: np.ndarray, gap: float) -> None:
            nonlocal still
            found = equations.solve(objective, gap)
            assert found is not None, "what is published contradicts itself"
            seen.append(np.round(sums @ found))
            still &= seen[-1] == seen[0]

        def pushed() -> np.ndarray:
            weights = random.choice([-1.0, 1.0], len(hidden)) * random.uniform(0.5, 1.5, len(hidden))
            return np.asarray(sums.T @ np.where(still, weights, 0.0))

        for gap in (0.5, 0.0):
            n_before = None
            while still.any() and still.sum() != n_before:
                n_before, objective = still.sum(), pushed()
                look(objective, gap)
                look(-objective, gap)
        # Were another value of any possible, the most or the least of the last sum would differ.
        return {hidden[place]: int(seen[0][place]) for place in np.flatnonzero(still)}
