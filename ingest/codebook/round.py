"""A round as its folder describes it: settings, columns, recodes, members, corrections, decisions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Field

from faults.errors import FaultList
from faults.suggestions import among
from ingest.codebook.conditions import Condition
from ingest.codebook.sign_offs import (
    CODINGS,
    CORRECTIONS,
    MEMBERS,
    REMARKS,
    SECOND_CODINGS,
    SignOff,
    read_sign_offs,
    sign_off_folders,
)
from ingest.codebook.survey import Survey
from ingest.readers import FORMATS, CsvLayout, Layout
from ingest.readers.cells import (
    Code,
    Day,
    Encoding,
    FileName,
    FolderName,
    IsoDate,
    Labels,
    OptionalText,
    People,
    PositiveInt,
    QuestionId,
    Reference,
    Text,
    TimestampFormat,
    Timezone,
    Truth,
    Verbatim,
    refused,
)
from ingest.readers.rows import SourceRow, read_optional_rows, read_rows
from ingest.readers.settings import Settings, SettingsPlaces, read_settings
from ingest.reference.named import Areas, Organisation
from ingest.reference.sources import SourceCard, read_card

IGNORED = "ignored"
NOT_OFFERED = "not offered"  # the source_column of an option that the round did not have
ANY_TEXT = "*"  # what is ticked where the column holds what the respondent wrote
RESERVED_NAMES = {
    "_response_id": "The id of the response, in the round or in its file (response_ids).",
    "_respondent": "The person who answered, kept as a keyed hash: by it responses are duplicates.",
    "_started_at": "When the response was begun; checks look at it.",
    "_submitted_at": "When it was sent: by it one response comes before another.",
    "_completion": "Whether it was finished; completed_values has the words that say so.",
    "_language": "The language that it was given in, kept as delivered.",
    "_weight": "What its provider says that it weighs, a number from 0 to a million; provider_share goes by it.",
    "_form_version": "The version of the form; checks look at it.",
    "_municipality": "The municipality that answers, or a respondent of members.csv.",
    "_role": "The role of the person who answered, of the list of roles in survey.yml.",
}
TIMESTAMP_NAMES = ("_started_at", "_submitted_at")
Delimiter = Literal[";", ",", "\t", "|"]
DecimalSign = Literal[",", "."]
# The forms of an answer to a date question; one that is written year first, 2023-01-31, is read in every round.
DateFormat = Literal["%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%m-%d-%Y", "%d-%m-%Y", "%Y/%m/%d"]
DATE_FORMATS: tuple[str, ...] = get_args(DateFormat)
USUAL_DATE_FORMAT: DateFormat = "%d.%m.%Y"


def _check_format(value: str) -> str:
    if value not in FORMATS:
        raise refused("unknown-value", **among(value, FORMATS))
    return value


FormatName = Annotated[Text, AfterValidator(_check_format)]


class FieldWindow(Settings):
    """Whole local days, inclusive."""

    opens_on: Day
    """The first day."""
    closes_on: Day
    """The last day."""


class Frame(Settings):
    """Which municipalities were asked, and whose population decides their size class.

    An answer from a municipality that had merged before the division is refused, or counted as its successor's."""

    division_date: Day
    """The division of the registry, by its date."""
    population_date: Day
    """The 31 December whose population decides the size classes."""
    scope: Literal["mainland", "all"]
    """Municipalities with is_mainland 1, or all of the division."""
    closed_municipalities: Literal["refuse", "successor"] = "refuse"
    """What becomes of an answer from a municipality that had merged before."""


class Delivery(Settings):
    """When the response files were to come."""

    due_on: Day
    """The day."""


class Weights(Settings):
    """A CSV file in which the provider says what each response weighs: its columns of response ids and of weights."""

    file: FileName
    """The file, beside round.yml."""
    key: Text
    """Its column of response ids."""
    column: Text
    """Its column of weights."""
    encoding: Encoding = "utf-8"
    """Its encoding."""
    delimiter: Delimiter = ","
    """The sign between its columns."""
    decimal_sign: DecimalSign = "."
    """The sign before its decimals."""

    def layout(self) -> CsvLayout:
        """How the file is read: it comes of another hand than the responses."""
        return CsvLayout(self.encoding, self.delimiter)


class RoundSettings(Settings):
    """What is true of a round, and how its response files are written."""

    round_id: FolderName
    """The id of the round: the name of its folder."""
    title: Labels
    """What the round is called."""
    reading_note: Labels | None = None
    """What a reader of its figures has to know."""
    findings: tuple[Labels, ...] = ()
    """Sentences that stand at the top of its page; a release fills in figures that stand in braces."""
    field_window: FieldWindow
    delivery: Delivery | None = None
    stale_after_days: PositiveInt = 7
    """Days after which response files are old while the field is open."""
    timezone: Timezone = "Europe/Helsinki"
    """The zone of times that have none."""
    frame: Frame
    files: tuple[FileName, ...] = Field(min_length=1)
    """The response files, in their order: one may ask more than those before it."""
    format: FormatName
    """The format of the response files."""
    sheet: OptionalText = None
    """The sheet of the workbook."""
    name_row: PositiveInt = 1
    """The row with the names of the columns, counted from 1."""
    first_data_row: PositiveInt = 2
    """The row of the first response."""
    option_row: PositiveInt | None = None
    """The row of options under the names of their questions, which are carried on over blanks."""
    encoding: Encoding = "utf-8"
    """The encoding of the response files."""
    delimiter: Delimiter = ","
    """The sign between columns."""
    decimal_sign: DecimalSign = "."
    """The sign before decimals."""
    timestamp_format: TimestampFormat | None = None
    """How times are written: iso, or a form of Python's strptime."""
    date_format: DateFormat = USUAL_DATE_FORMAT
    """How days are answered; year first is always read."""
    eligible: OptionalText = None
    """The condition of a response that counts."""
    skip_rows_without: tuple[Text, ...] = ()
    """Columns of the export without which a row is no response."""
    skip_rows_where: dict[Text, tuple[Text, ...]] = Field(default_factory=dict)
    """By column of the export the texts that say that a row is no response."""
    completed_values: tuple[Text, ...] | None = None
    """Words of _completion that mean finished."""
    response_ids: Literal["per_round", "per_file"] = "per_round"
    """Whether ids are of the round, or each file counts its own anew."""
    duplicates: Literal["keep_all", "keep_first", "keep_last"] = "keep_all"
    """Which responses of the same _respondent count."""
    duplicates_among: Literal["countable", "all"] = "countable"
    """Whether only responses that would count compete, or all of the same person."""
    weights: Weights | None = None
    is_synthetic: Truth
    """Whether every answer is made up."""

    def layout(self) -> Layout:
        """How the response files are read: those settings that the format uses."""
        layout = FORMATS[self.format].layout
        given = {field.name: getattr(self, field.name) for field in fields(layout)}
        return layout(**{name: value for name, value in given.items() if value is not None})


class ColumnUse(SourceRow):
    """What one column of the export is: an answer, a part of one, a reserved name, or ignored."""

    source_column: Verbatim
    """The column as the export names it; `not offered` for an option that the round did not have."""
    question_id: Reference
    """The question, a reserved name (below), or ignored."""
    part: Reference | None
    """The option that a column of a select_multiple is of; of _municipality, whether it holds the code or the name."""
    ticked: OptionalText
    """The text of a cell that means ticked; * is any text."""
    not_ticked: OptionalText
    """The text of a cell that means not ticked, besides an empty one."""
    list_separator: OptionalText
    """The sign between the options of a select_multiple in one cell."""

    @classmethod
    def verbatim_columns(cls) -> frozenset[str]:
        return frozenset({"source_column", "list_separator"})


class Recode(SourceRow):
    """An odd spelling and the code it stands for. May be left out."""

    list_name: Text
    """The list of choices.csv, the question of type system, _municipality or _role that is spelt so."""
    source_value: Verbatim
    """The spelling, letter by letter."""
    code: Text
    """The code it stands for."""


class Member(SourceRow):
    """A municipality for which a respondent answers that is no municipality of its own (a joint authority), or another
    one. The first of a respondent is where its response stands. May be left out."""

    respondent: Verbatim
    """The respondent, as the column of the municipality names it."""
    municipality_code: Code
    """A municipality that it answers for."""


class Correction(SourceRow):
    """A change to one delivered answer, or the withdrawal of a response, with its reason. May be left out."""

    response_id: Text
    """The response."""
    question_id: OptionalText
    """The question, _municipality or _role; empty where the response is withdrawn."""
    old_value: Verbatim | None
    """The answer as delivered."""
    new_value: Verbatim | None
    """The answer that counts."""
    action: Literal["replace", "withdraw"]
    """Whether an answer is replaced, or the response withdrawn."""
    reason: Text
    """Why it is changed or withdrawn."""
    by: Text
    """Who says so."""
    on: IsoDate
    """The day on which it was decided."""

    @classmethod
    def private_columns(cls) -> frozenset[str]:
        return frozenset({"response_id", "old_value", "new_value"})


class Coding(SourceRow):
    """What a person read in a text: a code of the select_multiple that publishes it; without one, none of them.
    `kuntakysely code` writes it. May be left out."""

    response_id: Text
    """The response."""
    question_id: QuestionId
    """The text that was read."""
    coded_question_id: QuestionId
    """The select_multiple that publishes what was read in it."""
    code: Code | None
    """The code that the text has; empty where it has none of them."""
    by: Text
    """Who coded it."""
    text_hash: OptionalText = None
    """The hash of the text as it was read (ingest/landing/privacy.py), so that another one is known to be another."""

    @property
    def of(self) -> tuple[str, str, str]:
        """The text, and what it is coded as."""
        return self.response_id, self.question_id, self.coded_question_id

    @classmethod
    def optional_columns(cls) -> frozenset[str]:
        return frozenset({"text_hash"})

    @classmethod
    def private_columns(cls) -> frozenset[str]:
        return frozenset({"response_id"})


class Interview(SourceRow):
    """People of one kind of organisation who were interviewed beside the round: where, how many, when, why these and
    what about. Never who: there is no column for a name. May be left out."""

    interview_id: Code
    """The id of the interview."""
    organisation: Organisation
    """The kind of organisation."""
    areas: Areas | None
    """Where its people work."""
    n_people: People | None
    """How many people were interviewed."""
    began_on: IsoDate | None
    """The first day."""
    ended_on: IsoDate | None
    """The last day."""
    chosen: Labels
    """Why these."""
    topics: Labels
    """What about."""
    note: OptionalText
    """A remark on it."""

    @classmethod
    def translated_columns(cls) -> Mapping[str, str]:
        return {"chosen": "chosen", "topics": "topics"}


class Decision(SourceRow):
    """A finding that a person accepts: what the check showed then, who decided it, why, until when. May be left out."""

    check_id: Text
    """The check that fails."""
    observed: Text
    """What it shows, letter by letter."""
    decided_by: Text
    """Who decides: a team."""
    decided_on: IsoDate
    """The day of the decision."""
    valid_until: IsoDate
    """The last day on which it holds."""
    reason: Text
    """Why; published."""


@dataclass(frozen=True)
class Round:
    """One round of a survey. With faults noted it serves further checks only; it must not be loaded.

    Its answers (response files, corrections, codings of both coders, members, weights) are those of the sign-off
    `signed`, or as delivered without one.
    """

    survey_id: str
    folder: Path
    settings: RoundSettings
    places: SettingsPlaces
    columns: Sequence[ColumnUse]
    not_offered: Sequence[ColumnUse]
    recodes: Sequence[Recode]
    corrections: Sequence[Correction]
    codings: Sequence[Coding]
    decisions: Sequence[Decision]
    card: SourceCard | None
    sign_offs: Sequence[SignOff] = ()
    signed: SignOff | None = None
    eligible: Condition | None = None
    members: Sequence[Member] = ()
    interviews: Sequence[Interview] = ()
    second_codings: Sequence[Coding] = ()  # of the same texts by somebody else: they are compared, never counted
    unmatched_share: float = 1  # of the responses may have no weight, where a file has weights

    @property
    def round_id(self) -> str:
        return self.settings.round_id

    @property
    def key(self) -> str:
        """survey/round, as commands and messages name it."""
        return f"{self.survey_id}/{self.round_id}"

    @property
    def columns_file(self) -> Path:
        return self.folder / "columns.csv"

    @property
    def recodes_file(self) -> Path:
        return self.folder / "recodes.csv"

    @property
    def members_file(self) -> Path:
        return self._answers_folder / MEMBERS

    @property
    def corrections_file(self) -> Path:
        return self._answers_folder / CORRECTIONS

    @property
    def codings_file(self) -> Path:
        return self._answers_folder / CODINGS

    @property
    def second_codings_file(self) -> Path:
        return self._answers_folder / SECOND_CODINGS

    @property
    def decisions_file(self) -> Path:
        return self.folder / "decisions.csv"

    @property
    def interviews_file(self) -> Path:
        return self.folder / "interviews.csv"

    @property
    def response_files(self) -> list[Path]:
        return self.signed.response_files if self.signed else [self.folder / name for name in self.settings.files]

    @property
    def weights_file(self) -> Path | None:
        """Of a signed round what was signed, if anything was."""
        if self.signed:
            return self.signed.weights_file
        return self.folder / self.settings.weights.file if self.settings.weights else None

    @property
    def weights_column(self) -> str:
        """What the column of the weights file is called beside those of the response files."""
        weights = self.settings.weights
        return f"{weights.file}: {weights.column}" if weights else ""

    @property
    def _answers_folder(self) -> Path:
        return self.signed.folder if self.signed else self.folder

    @property
    def card_as_read(self) -> SourceCard | None:
        """The card of the round with the hashes of the files that are read: a sign-off has its own."""
        if self.card is None or self.signed is None:
            return self.card
        return self.card.model_copy(update={"sha256": self.card.sha256 | self.signed.card.files})

    @cached_property
    def uses(self) -> Mapping[str, Sequence[ColumnUse]]:
        """The rows of columns.csv by question or reserved name."""
        uses: dict[str, list[ColumnUse]] = {}
        for use in self.columns:
            uses.setdefault(use.question_id, []).append(use)
        return uses

    @cached_property
    def asked(self) -> frozenset[str]:
        """What has answers here: questions and reserved names of columns, and questions that texts were coded as."""
        return frozenset((*self.uses, *(coding.coded_question_id for coding in self.codings)))

    def has_own_codes(self, list_name: str, survey: Survey) -> bool:
        """Whether the round recodes every code of a list: a code then means what the round says, not the codebook."""
        recoded = {each.source_value for each in self.recodes if survey.recoded_list(each.list_name) == list_name}
        return recoded >= survey.codes(list_name)

    @cached_property
    def sources(self) -> Mapping[tuple[str, str], Sequence[ColumnUse]]:
        """The columns of each question, option of a select_multiple and reserved name: a file has one or more of them,
        as forms in several languages and questions that were reworded do."""
        sources: dict[tuple[str, str], list[ColumnUse]] = {}
        for use in self.columns:
            if use.question_id and use.question_id != IGNORED:
                part = "" if use.question_id in RESERVED_NAMES else use.part or ""
                sources.setdefault((use.question_id, part), []).append(use)
        return sources

    def source_column(self, reserved_name: str, header: Collection[str]) -> str | None:
        """The column of a file that holds a reserved name, if any does."""
        uses = self.uses.get(reserved_name, ())
        return next((use.source_column for use in uses if use.source_column in header), None)

    def place_of(self, reserved_name: str, header: Sequence[str]) -> int | None:
        """Where a row of a file has a reserved name, if anywhere."""
        column = self.source_column(reserved_name, header)
        return None if column is None else header.index(column)

    def response_id(self, path: Path, cell: str) -> str:
        """The id of a response of a file, as every table, correction and erasure names it."""
        is_whole = self.settings.response_ids == "per_round" or not cell.strip()
        return cell if is_whole else f"{path.name}:{cell.strip()}"


def read_round(survey_id: str, folder: Path, faults: FaultList, *, as_delivered: bool = False) -> Round | None:
    """A round's own files, each row checked by itself; None when one of them cannot be read at all. Of real answers
    those are read that were signed last, where any were, or those that were delivered."""
    settings = read_settings(folder / "round.yml", RoundSettings, faults)
    columns = read_rows(folder / "columns.csv", ColumnUse, faults)
    recodes = read_optional_rows(folder / "recodes.csv", Recode, faults)
    decisions = read_optional_rows(folder / "decisions.csv", Decision, faults)
    interviews = read_optional_rows(folder / "interviews.csv", Interview, faults)
    card = read_card(folder, faults)
    if settings is None or columns is None or recodes is None or decisions is None or interviews is None:
        _read_remarks(folder, faults)
        return None
    # A line without a source_column is told, and feeds nothing.
    given = [use for use in columns if use.source_column and use.source_column != NOT_OFFERED]
    not_offered = [use for use in columns if use.source_column == NOT_OFFERED]
    signed = [] if settings[0].is_synthetic else read_sign_offs(folder, FaultList() if as_delivered else faults)
    round_ = Round(survey_id, folder, *settings, given, not_offered, recodes, (), (), decisions, card, signed)
    round_ = replace(round_, interviews=interviews)
    return with_answers(round_, signed[-1] if signed and not as_delivered else None, faults)


def delivered_unread(folder: Path) -> list[Path]:
    """The answers that were delivered to a round which is read from a sign-off."""
    read = read_settings(folder / "round.yml", RoundSettings, FaultList()) if sign_off_folders(folder) else None
    if read is None or read[0].is_synthetic:
        return []
    weights = [read[0].weights.file] if read[0].weights else []
    return [folder / name for name in (*read[0].files, *weights, *REMARKS)]


def with_answers(round_: Round, signed: SignOff | None, faults: FaultList) -> Round | None:
    """The round with the answers of one of its sign-offs, or as delivered."""
    chosen = replace(round_, signed=signed)
    remarks = _read_remarks(chosen.corrections_file.parent, faults)
    return None if remarks is None else replace(chosen, **remarks)


def every_version(round_: Round, faults: FaultList) -> list[Round]:
    """The round with the answers as delivered, and with those of each of its sign-offs."""
    versions = [with_answers(round_, signed, faults) for signed in (None, *round_.sign_offs)]
    return [version for version in versions if version is not None]


def _read_remarks(folder: Path, faults: FaultList) -> dict[str, Any] | None:
    """What people wrote about the answers in a folder, by its name in a round; None when a file cannot be read."""
    files: dict[str, tuple[str, type[SourceRow]]] = {
        "corrections": (CORRECTIONS, Correction),
        "codings": (CODINGS, Coding),
        "second_codings": (SECOND_CODINGS, Coding),
        "members": (MEMBERS, Member),
    }
    read = {name: read_optional_rows(folder / file, row_class, faults) for name, (file, row_class) in files.items()}
    return None if None in read.values() else read
