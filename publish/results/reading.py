"""What a page tells of a round, read from the release alone: questions, their answers and how sure each share is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, Literal

import duckdb

from publish.writing.rounds import LastChange, languages_of, last_changes

Row = Mapping[str, Any]
Shape = Literal["scale", "one", "many"]
NAMES_FIRST = ("fi", "en", "sv")  # where a survey has no label in the language of the page

# The unit in which all respondents are told; counties are frames of their own, counted in municipalities.
CELLS = """
    select
        cells.question_id, cells.question_key, cells.answer_key, cells.breakdown_key, cells.level, cells.breakdown,
        cells.answer_code, cells.breakdown_id,
        cells.unit, answers.is_dont_know, cells.n, cells.base_n, cells.pct, cells.cell_status, cells.is_reliable,
        cells.is_reliable_for_frame, cells.ci_low, cells.ci_high, cells.ci_low_fpc, cells.ci_high_fpc
    from marts.answer_distribution as cells
    inner join marts.dim_answer as answers using (answer_key)
    inner join marts.dim_question as questions on cells.question_key = questions.question_key
    inner join marts.dim_breakdown as breakdowns using (breakdown_key)
    inner join (select distinct survey_id, round_id, question_id, unit from marts.headline_result) as headline
        on (cells.survey_id, cells.round_id, cells.question_id)
        = (headline.survey_id, headline.round_id, headline.question_id)
    where
        cells.survey_id = ? and cells.round_id = ? and cells.cell_status <> 'not_asked'
        and cells.unit = case when cells.breakdown = 'county' then 'municipality' else headline.unit end
        and cells.breakdown in ('all', 'size_class', 'size_class_group', 'county')
    order by
        questions.sort_order, cells.level desc, breakdowns.breakdown_order, breakdowns.sort_order, answers.sort_order
"""
# What tables of a page hold, each by survey and round.
ROWS = {
    "form": """
        select questions.question_id, questions.question_key, questions.section_id
        from marts.dim_question as questions
        inner join marts.dim_round using (survey_id)
        where survey_id = ? and round_id = ?
        order by questions.sort_order
    """,
    "systems": """
        select used.*, dim_system.system_name
        from marts.system_use as used
        inner join marts.dim_system using (system_id)
        where survey_id = ? and round_id = ? and unit = 'response' and breakdown = 'all' and n > 0
        order by question_key, n desc, system_name
    """,
    "numbers": """
        select numbers.*
        from marts.number_summary as numbers
        inner join marts.dim_breakdown as breakdowns using (breakdown_key)
        where
            numbers.survey_id = ? and round_id = ? and unit = 'municipality' and cell_status <> 'not_asked'
            and numbers.breakdown in ('all', 'size_class')
        order by question_key, breakdown_order, breakdowns.sort_order
    """,
    "changes": """
        select changes.*
        from marts.round_change as changes
        inner join marts.dim_answer as answers using (answer_key)
        inner join marts.dim_question as questions on changes.question_key = questions.question_key
        where
            changes.survey_id = ? and round_id = ? and unit = 'municipality' and breakdown = 'all'
            and changes.level = 'option' and delta is not null
        order by questions.sort_order, answers.sort_order
    """,
    "findings": "from marts.finding where survey_id = ? and round_id = ? order by finding_number",
    "curve": "from marts.response_curve where survey_id = ? and round_id = ? order by submitted_on",
    "areas": """
        select rows.breakdown_key, counties.area_key, counties.tile_column, counties.tile_row
        from marts.dim_breakdown as rows
        inner join marts.dim_county as counties on rows.breakdown_id = counties.county_code
        inner join marts.dim_round as rounds using (survey_id)
        where rows.breakdown = 'county' and survey_id = ? and round_id = ?
    """,
    "printed": """
        from marts.publication_reconciliation where survey_id = ? and round_id = ? order by document, figure_id
    """,
    "sentences": """
        select sentences.*, claims.verdict, claims.frame_verdict as verdict_of_frame
        from marts.printed_sentence as sentences
        inner join marts.claim as claims using (survey_id, round_id, claim_id)
        where survey_id = ? and round_id = ?
        order by claim_order
    """,
    "figures_of_sentences": """
        select rests.claim_id, figures.*
        from marts.claim_figure as rests
        inner join marts.publication_reconciliation as figures using (survey_id, round_id, figure_id)
        where survey_id = ? and round_id = ?
        order by claim_id, figure_order
    """,
    "practices": """
        select practice.*
        from marts.practice
        inner join marts.dim_theme using (theme_id)
        where theme_id in (
            select theme_id from marts.practice_support
            where survey_id = ? and round_id = ? and cell_status <> 'not_asked'
        )
        order by theme_order, practice_order
    """,
    "support": """
        select distinct theme_id, practice_id, question_id, practice_order
        from marts.practice_support
        left join marts.practice using (theme_id, practice_id)
        where survey_id = ? and round_id = ? and breakdown = 'all' and cell_status <> 'not_asked'
        order by practice_order
    """,
    "interviews": "from marts.interview where survey_id = ? and round_id = ? order by interview_order",
    "interview_areas": """
        from marts.interview_area where survey_id = ? and round_id = ? order by interview_id, area_level, area_code
    """,
}
CODES = "select code_list, code, label_fi, label_sv, label_en from marts.dim_code"
LABELS = "select thing, thing_key, map_from_entries(list((language, label))) as texts from marts.label group by all"


@dataclass(frozen=True)
class Cell:
    """The share of one answer in one row."""

    answer: str
    is_dont_know: bool
    n: int | None
    pct: int | None
    status: str
    low: float | None
    high: float | None
    is_reliable: bool
    answer_key: str = ""

    @property
    def is_hidden(self) -> bool:
        return self.status.startswith("hidden")


@dataclass(frozen=True)
class Bars:
    """The answers of one row of a breakdown, in the order of the form."""

    label: str
    base_n: int | None
    cells: Sequence[Cell]
    breakdown: str = "all"
    key: str = ""


@dataclass(frozen=True)
class Question:
    """A closed question as it is shown. `rows` are those of each breakdown; the one of all respondents is `whole`."""

    question_id: str
    wording: str
    shape: Shape
    unit: str
    rows: Mapping[str, Sequence[Bars]]
    grouped: Mapping[str, Sequence[Bars]]
    is_ordered: bool = False

    @property
    def told(self) -> Mapping[str, Sequence[Bars]]:
        """The rows as grouped in print where they are."""
        return self.grouped or self.rows

    @cached_property
    def whole(self) -> Bars:
        return self.rows["all"][0]

    @cached_property
    def answers(self) -> Sequence[str]:
        return [cell.answer for cell in self.whole.cells]

    @cached_property
    def headlines(self) -> Sequence[Cell]:
        """The answers given most often, as grouped in print where they are; don't know is none. Nothing where an answer
        is hidden, which could be given as often."""
        cells = self.told["all"][0].cells
        told = [cell for cell in cells if not cell.is_dont_know and cell.n]
        most = max((cell.n or 0 for cell in told), default=0)
        return [] if any(cell.is_hidden for cell in cells) else [cell for cell in told if cell.n == most]


class Labels:
    """The names of things in a language; in the first that there is where the survey has none in it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, language: str) -> None:
        self.language = language
        codes = connection.execute(CODES).fetchall()
        self._codes = {(name, code): {"fi": fi, "sv": sv, "en": en} for name, code, fi, sv, en in codes}
        self._labels = {(thing, key): texts for thing, key, texts in connection.execute(LABELS).fetchall()}

    def of(self, thing: str, key: str) -> str:
        """The label of a thing by its key; nothing where there is none."""
        texts = self._labels.get((thing, key), {})
        order = (*NAMES_FIRST, *sorted(texts))
        return texts.get(self.language) or next((texts[other] for other in order if texts.get(other)), "")

    def of_code(self, code_list: str, code: str) -> str:
        """What a code of the published tables means; the code itself where it means nothing."""
        texts = self._codes.get((code_list, code), {})
        return texts.get(self.language) or texts.get("en") or code

    def codes(self, code_list: str) -> Iterator[tuple[str, str]]:
        """The codes of a list, each with what it means."""
        yield from ((code, self.of_code(code_list, code)) for name, code in self._codes if name == code_list)


class RoundResults:
    """What the release says of a round, in one language. `read` may remember what it has read for another."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, labels: Labels, survey_id: str, round_id: str,
        read: Callable[..., list[Row]] | None = None,
    ) -> None:  # fmt: skip
        self.labels, self.survey_id, self.round_id = labels, survey_id, round_id
        self._connection, self._key, self._read = connection, [survey_id, round_id], read or read_rows

    def of_survey(self, thing: str) -> str:
        return self.labels.of(thing, self.survey_id)

    @cached_property
    def round(self) -> Row:
        return self._rows("select * from marts.dim_round where survey_id = ? and round_id = ?", self._key)[0]

    @cached_property
    def last_change(self) -> LastChange:
        return last_changes(self._connection)[self.survey_id, self.round_id]

    @cached_property
    def languages(self) -> Sequence[str]:
        return languages_of(self._connection)[self.survey_id]

    @cached_property
    def licence(self) -> str:
        return str(
            self._rows("select licence from marts.dim_survey where survey_id = ?", [self.survey_id])[0]["licence"]
        )

    @cached_property
    def response(self) -> Sequence[Row]:
        """Response rates, in the order of the breakdowns."""
        return self._rows(
            "select rates.* from marts.response_rate as rates inner join marts.dim_breakdown as rows "
            "using (breakdown_key) where rates.survey_id = ? and rates.round_id = ? "
            "order by rows.breakdown_order, rows.sort_order",
            self._key,
        )

    @cached_property
    def cells(self) -> Sequence[Row]:
        """The answers to closed questions, in the order of the form."""
        return self._rows(CELLS, self._key)

    @cached_property
    def questions(self) -> Sequence[Question]:
        types = {row["question_key"]: row for row in self._rows("from marts.dim_question", [])}
        found = groupby(self.cells, key=lambda row: row["question_key"])
        return [self._question(key, types[key], list(rows)) for key, rows in found]

    def _question(self, key: str, asked: Row, rows: Sequence[Row]) -> Question:
        levels = {level: self._bars([row for row in rows if row["level"] == level]) for level in ("option", "group")}
        shape: Shape = "many" if asked["question_type"] == "select_multiple" else "scale" if levels["group"] else "one"
        unit = next(row["unit"] for row in rows if row["breakdown"] == "all")
        return Question(
            rows[0]["question_id"], self.labels.of("question", key), shape, unit, levels["option"], levels["group"],
            asked["is_ordered"],
        )  # fmt: skip

    def _bars(self, rows: Sequence[Row]) -> dict[str, list[Bars]]:
        found: dict[str, list[Bars]] = {}
        for (breakdown, key), each_row in groupby(rows, key=lambda row: (row["breakdown"], row["breakdown_key"])):
            read = list(each_row)
            cells = [self._cell(each) for each in read]
            bars = Bars(self.labels.of("breakdown", key), read[0]["base_n"], cells, breakdown, key)
            found.setdefault(breakdown, []).append(bars)
        return found

    def _cell(self, row: Row) -> Cell:
        is_area = row["breakdown"] == "county"
        low, high = ("ci_low_fpc", "ci_high_fpc") if is_area else ("ci_low", "ci_high")
        return Cell(
            self.labels.of("answer", row["answer_key"]), row["is_dont_know"], row["n"], row["pct"], row["cell_status"],
            row[low], row[high], bool(row["is_reliable_for_frame" if is_area else "is_reliable"]), row["answer_key"],
        )  # fmt: skip

    @cached_property
    def figures_alone(self) -> Sequence[Row]:
        """The printed figures that no printed sentence rests on."""
        told = {row["figure_id"] for row in self.rows_of("figures_of_sentences")}
        return [row for row in self.rows_of("printed") if row["figure_id"] not in told]

    def rows_of(self, name: str) -> Sequence[Row]:
        """The rows of one of ROWS."""
        return self._rows(ROWS[name], self._key)

    def _rows(self, sql: str, values: Sequence[object]) -> list[Row]:
        return self._read(self._connection, sql, tuple(values))


def read_rows(connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[object] = ()) -> list[Row]:
    """The rows of a query, by column."""
    read = connection.execute(sql, list(values))
    names = [name for name, *_ in read.description or []]
    return [dict(zip(names, row, strict=True)) for row in read.fetchall()]
