"""What differs between two releases, for people: a table by round, then the values; or everything as CSV."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TextIO

import duckdb
from rich.console import Console
from rich.table import Table

from faults.told import WrongUsage
from publish.releases.changes import COLUMNS, changes_between
from publish.releases.spreadsheets import write_csv
from store import state
from store.paths import DataPaths

SHOWN = 40
SHAPES = ("table_", "column_")  # changes of no round
Change = Mapping[str, str]


def print_differences(paths: DataPaths, old: int | None, new: int | None, console: Console) -> None:
    """The differences of release `new` (the current one) from `old` (the one before it). Raises WrongUsage."""
    earlier, later = _chosen(paths, old, new)
    found = _between(paths, earlier, later)
    said = in_words(Counter((kind, round_) for kind, round_, _ in {_counted_once(change) for change in found}))
    console.print(f"Release {later} beside release {earlier}: {said}", highlight=False)
    if any(not each["change"].startswith(SHAPES) for each in found):
        console.print(_by_round(found))
    lines = [_line(list(changes)) for _, changes in groupby(found, key=_row)]
    for line in lines[:SHOWN]:
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    if len(lines) > SHOWN:
        more = f"and {len(lines) - SHOWN} more rows: kuntakysely diff {earlier} {later} --csv"
        console.print(more, highlight=False, soft_wrap=True)


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


def _by_round(changes: Sequence[Change]) -> Table:
    table = Table(
        "table",
        "round",
        "values changed",
        "rows came",
        "rows went",
        "questions not told",
        title="Differences",
        title_justify="left",
    )
    counted: dict[tuple[str, str], Counter[str]] = {}
    for change in [each for each in changes if not each["change"].startswith(SHAPES)]:
        place = counted.setdefault((change["table_name"], _round(change)), Counter())
        place["came"] += int(change["new_value"]) if change["change"] in ("row_added", "round_added") else 0
        place["went"] += int(change["old_value"]) if change["change"] in ("row_removed", "round_removed") else 0
        place["changed"] += change["change"] == "value_changed"
        place["not told"] += change["change"] == "answers_changed"
    for (name, round_), n in sorted(counted.items()):
        table.add_row(name, round_, *(str(n[kind]) for kind in ("changed", "came", "went", "not told")))
    return table


def _round(change: Change) -> str:
    return f"{change['survey_id']}/{change['round_id']}"


def _counted_once(change: Change) -> tuple[str, str, str]:
    """What a sentence counts a change as: a question is in several tables."""
    place = "" if change["change"] == "answers_changed" else f"{change['table_name']} {change['column_name']} "
    return change["change"], _round(change), place + change["row"]


def _row(change: Change) -> tuple[str, ...]:
    return tuple(change[name] for name in ("table_name", "survey_id", "round_id", "change", "row"))


def _line(changes: Sequence[Change]) -> str:
    """What became of one row: its values before and after."""
    table, survey, _, change, row = _row(changes[0])
    if change.startswith(SHAPES):
        names = [each["column_name"] for each in changes if change.startswith("column_")]
        return f"{table}: {change.replace('_', ' ')}{' ' * bool(names)}{', '.join(names)}"
    keys = [part.partition("=")[2].removeprefix(f"{survey}/") for part in row.split(", ")] if "=" in row else [row]
    values = [f"{each['column_name']} {each['old_value']} -> {each['new_value']}" for each in changes]
    said = ", ".join(values) if change == "value_changed" else change.replace("_", " ")
    return f"{table} {_round(changes[0])} {' '.join(keys)}: {said}"


def said_of_release(connection: duckdb.DuckDBPyConnection) -> str:
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
