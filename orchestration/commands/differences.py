"""What differs between two releases, for people in words: a line by question or table; or everything as CSV."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import duckdb

from faults.suggestions import listed
from faults.told import WrongUsage
from orchestration.dagster.progress import Terminal
from publish.releases.changes import COLUMNS, changes_between
from publish.releases.spreadsheets import write_csv
from store import state
from store.paths import DataPaths

SHOWN = 40  # lines: a screen; --csv has all
SHAPES = ("table_", "column_")  # changes of no round
OF_ALL = {"unit": "response", "breakdown_key": "all/all", "level": "option"}
FIGURES = {"answer_distribution": ("n", "pct"), "number_summary": ("n", "mean", "median")}
VERBS = {"added": "came", "removed": "went"}
Change = Mapping[str, str]
Answers = Mapping[tuple[str, str, str], tuple[int, int]]


class Row(NamedTuple):
    """A row that differs: what tells it apart, without its round, and its values before and after."""

    round: str
    question: str
    table: str
    change: str
    keys: dict[str, str]
    values: dict[str, tuple[str, str]]

    @property
    def is_of_all(self) -> bool:
        """Whether it is of all respondents, and of answers as they were asked."""
        return all(self.keys.get(name, whole) == whole for name, whole in OF_ALL.items())

    @property
    def is_figure(self) -> bool:
        """Whether it is so, and one of the figures that people read first has moved."""
        has_moved = bool(self.values.keys() & FIGURES.get(self.table, ()))
        return self.is_of_all and has_moved and self.change == "value_changed"


def print_differences(paths: DataPaths, old: int | None, new: int | None, console: Terminal) -> None:
    """The differences of release `new` (the current one) from `old` (the one before it). Raises WrongUsage."""
    earlier, later = _chosen(paths, old, new)
    found = _between(paths, earlier, later)
    said = in_words(Counter((kind, round_) for kind, round_, _ in {_counted_once(change) for change in found}))
    console.say(f"Release {later} beside release {earlier}: {said}")
    lines = list(describe_rows(rows_of(found), _answers(state.release_files(paths.releases)[later])))
    for line in lines[:SHOWN]:
        console.say(line)
    if lines:
        more = f"and {len(lines) - SHOWN} more lines; " if len(lines) > SHOWN else ""
        console.say(f"{more}every value: kuntakysely diff {earlier} {later} --csv")


def write_differences(paths: DataPaths, old: int | None, new: int | None, file: TextIO) -> None:
    """The same as CSV, all of them. Raises WrongUsage."""
    changes = _between(paths, *_chosen(paths, old, new))
    write_csv(file, COLUMNS, ([change[name] for name in COLUMNS] for change in changes), "\r\n")


def in_words(counted_by_round: Mapping[tuple[str, str], int]) -> str:
    """A sentence: how many values changed, how many rows and which rounds came and went.

    The number of changes is by kind (value_changed...) and survey/round.
    """
    counted: Counter[str] = Counter()
    for (kind, _), n in counted_by_round.items():
        counted[kind] += n
    rounds = {
        verb: sorted(round_ for kind, round_ in counted_by_round if kind == f"round_{done}")
        for verb, done in (("came", "added"), ("went", "removed"))
    }
    said = [
        f"{n} {noun}{'' if n == 1 else 's'} {verb}"
        for kind, noun, verb in (
            ("value_changed", "value", "changed"), ("row_added", "row", "came"), ("row_removed", "row", "went"),
            ("answers_changed", "question", "with real answers that differ, which are not told"),
            ("table_added", "table", "came"), ("table_removed", "table", "went"),
            ("column_added", "column", "came"), ("column_removed", "column", "went"),
        )
        if (n := counted[kind])
    ]  # fmt: skip
    said += [f"{', '.join(names)} {verb}" for verb, names in rounds.items() if names]
    return f"{'; '.join(said)}." if said else "nothing published differs."


def _chosen(paths: DataPaths, old: int | None, new: int | None) -> tuple[int, int]:
    there_are = sorted(state.release_files(paths.releases))
    later = new if new is not None else state.current_release(paths)
    before = [number for number in there_are if later is not None and number < later]
    earlier = old if old is not None else max(before, default=None)
    if later not in there_are or earlier not in there_are:
        listed = ", ".join(map(str, there_are)) or "none"
        missing = next((n for n in (earlier, later) if n is not None and n not in there_are), None)
        what = f"There is no release {missing}" if missing is not None else "There are no two releases to compare"
        raise WrongUsage(f"{what} under {paths.shown(paths.releases)}. On disk: {listed}. Name two of them.")
    return earlier, later


def _between(paths: DataPaths, earlier: int, later: int) -> list[dict[str, str]]:
    files = state.release_files(paths.releases)
    return changes_between(files[earlier], files[later])


def _round(change: Change) -> str:
    return f"{change['survey_id']}/{change['round_id']}"


def _counted_once(change: Change) -> tuple[str, str, str]:
    """What a sentence counts a change as: a question is in several tables."""
    place = "" if change["change"] == "answers_changed" else f"{change['table_name']} {change['column_name']} "
    return change["change"], _round(change), place + change["row"]


def rows_of(changes: Sequence[Change]) -> list[Row]:
    """The rows that differ, by round, question and table: questions whose figures moved first, rows of none last."""
    rows = [_row(list(of_row)) for _, of_row in groupby(sorted(changes, key=_place), _place)]
    moved = {row[:2] for row in rows if row.is_figure}
    return sorted(rows, key=lambda row: (row.round, not row.question, row[:2] not in moved, *row[1:4]))


def _place(change: Change) -> tuple[str, ...]:
    return tuple(change[name] for name in ("survey_id", "round_id", "table_name", "change", "row"))


def _row(changes: Sequence[Change]) -> Row:
    first = changes[0]
    named = (part.partition("=") for part in first["row"].split(", ") if "=" in part)
    keys = {name: value.removeprefix(f"{first['survey_id']}/") for name, _, value in named}
    question = keys.pop("question_key", "") or keys.pop("question_id", "")
    values = {each["column_name"]: (each["old_value"], each["new_value"]) for each in changes}
    return Row(_round(first), question, first["table_name"], first["change"], keys, values)


def _answers(release: Path) -> Answers:
    """How many gave each answer, and how many percent that is, as published, by round, question and answer in order."""
    with duckdb.connect(str(release), read_only=True) as connection:
        rows = connection.execute(
            "select results.survey_id || '/' || round_id, results.question_id, results.answer_code, n, pct "
            "from marts.answer_distribution as results left join marts.dim_answer using (answer_key) "
            "where unit = 'response' and breakdown = 'all' and results.level = 'option' order by sort_order"
        ).fetchall()
    return {(round_, question, answer): (n, pct) for round_, question, answer, n, pct in rows}


def describe_rows(rows: Sequence[Row], answers: Answers) -> Iterator[str]:
    """A line for each round, and under it one for each question and for each table of no question."""
    for round_, of_round in groupby(rows, lambda row: row.round):
        yield "Of no round" if round_ == "all/all" else round_
        for (question, table), grouped in groupby(of_round, lambda row: (row.question, row.question or row.table)):
            found = list(grouped)
            said = _said_of_question(found, answers) if question else _said_of_table(found)
            yield f"  {question or table}: {said}"


def _said_of_question(rows: Sequence[Row], answers: Answers) -> str:
    if any(row.change == "answers_changed" for row in rows):
        return "differs; of protected answers no more is told"
    places = {code: place for place, (*_, code) in enumerate(key for key in answers if key[:2] == rows[0][:2])}
    rows = sorted(rows, key=lambda row: (row.table, row.change, places.get(row.keys.get("answer_code", ""), 0)))
    figures = ", ".join(_said_of_figure(row, answers) for row in rows if row.is_figure)
    told, more = ([f"{figures}, all respondents"], " more") if figures else ([], "")
    rest = groupby((row for row in rows if not row.is_figure), lambda row: (row.table, row.change))
    return "; ".join([*told, *(_counted(*of, [*found], more) for of, found in rest)])


def _said_of_figure(row: Row, answers: Answers) -> str:
    """What became of an answer among all respondents, or of the numbers they gave."""
    if "answer_code" not in row.keys:
        return ", ".join(f"{name} {_moved(row.values[name])}" for name in FIGURES[row.table] if name in row.values)
    n, pct = answers[row.round, row.question, row.keys["answer_code"]]
    said_n, said_pct = (_moved(row.values["n"]), pct) if "n" in row.values else (n, _moved(row.values["pct"]))
    return f"{row.keys['answer_code']} {_short(said_n)} ({_short(said_pct)} %)"


def _counted(table: str, change: str, rows: Sequence[Row], more: str) -> str:
    """How many more rows differ, and by what; or came, or went."""
    if change != "value_changed":
        return f"{_said_of_kind(change, rows)} in {table}"
    by = dict.fromkeys(row.keys["breakdown_key"].split("/")[0] for row in rows if "breakdown_key" in row.keys)
    by.pop("all", None)
    return f"{_n_rows(len(rows))} {f'by {listed(by)}{more}' if table in FIGURES and by else f'of {table}'}"


def _said_of_table(rows: Sequence[Row]) -> str:
    kinds = ((kind, [*found]) for kind, found in groupby(rows, lambda row: row.change))
    return ", ".join(
        _said_of_values(found) if kind == "value_changed" else _said_of_kind(kind, found) for kind, found in kinds
    )


def _said_of_values(rows: Sequence[Row]) -> str:
    """What became of one row, of all respondents where there is such a one, and how many others differ."""
    first = next((row for row in rows if row.is_of_all), rows[0])
    values = ", ".join(f"{name} {_moved(pair)}" for name, pair in first.values.items())
    more = f"; {_n_rows(len(rows) - 1)} more" if len(rows) > 1 else ""
    return f"{' '.join(first.keys.values())} {values}{more}".strip()


def _said_of_kind(kind: str, rows: Sequence[Row]) -> str:
    """Rows (those of a round, which stand as one), columns or the table itself that came or went."""
    what, _, how = kind.partition("_")
    n = sum(int(value) for row in rows for value in row.values.get("n_rows", ()))
    said = {"table": "", "column": ", ".join(name for row in rows for name in row.values)}.get(what, _n_rows(n))
    return f"{said} {VERBS[how]}".strip()


def _n_rows(n: int) -> str:
    return f"{n} row{'' if n == 1 else 's'}"


def _moved(pair: tuple[str, str]) -> str:
    return " -> ".join(map(_short, pair))


def _short(value: Any) -> str:
    """A value as it is published, but no more decimals than a person reads."""
    text = "nothing" if value is None else str(value)
    return f"{float(text):.2f}" if re.fullmatch(r"-?\d+\.\d{3,}", text) else text


def describe_release(connection: duckdb.DuckDBPyConnection) -> str:
    """What a release changed, in a line; empty for the first, which has nothing before it."""
    (compared_with,) = connection.execute("select compared_with from marts.release").fetchall()[0]
    if compared_with is None:
        return ""
    rows = connection.execute(
        """
        select
            change, survey_id || '/' || round_id,
            case when change = 'answers_changed' then count(distinct "row") else count(*) end
        from marts.release_change
        group by 1, 2
        """
    ).fetchall()
    return f"Since release {compared_with}: {in_words({(kind, round_): n for kind, round_, n in rows})}"
