"""A round while it is in the field: how it is answered and what was found, and the lists of whom to remind and what to
ask again. All of it is read from the private warehouse, as the last refresh left it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple, TextIO

import duckdb
from rich import box
from rich.columns import Columns
from rich.progress_bar import ProgressBar
from rich.table import Column, Table

from faults.errors import counted
from faults.told import WrongUsage
from orchestration.dagster.progress import STYLES, Terminal
from publish.gate.findings import findings_sql
from publish.gate.refusals import SEVERITIES
from publish.releases.spreadsheets import write_csv
from store.paths import DataPaths
from store.warehouse import WarehouseDamaged, columns_of, opened

DAYS_SHOWN = 31  # a month
BAR_WIDTH = 40  # characters
WIDTH_WITH_BARS = 70  # narrower terminals have no room for a bar beside the numbers
NEEDED = (
    "marts.dim_round",
    "marts.response_curve",
    "intermediate.int_municipalities_silent",
    "intermediate.int_faults_located",
    "checks.results",
    "checks.history",
)
MADE_UP = "The answers of this round are made up, and so is which municipalities have answered."


class Watched(NamedTuple):
    """A round as it stands, and the frame of the round before it."""

    survey_id: str
    round_id: str
    title: str
    is_synthetic: bool
    opens_on: date
    closes_on: date
    n_frame: int
    n_responses: int
    n_municipalities: int
    round_before: str | None
    n_frame_before: int | None

    @property
    def key(self) -> dict[str, str]:
        return {"survey": self.survey_id, "round": self.round_id}


class Day(NamedTuple):
    """A day on which answers came, and how far the round before had come on the same day of its field window."""

    day: int
    submitted_on: date
    n_responses: int
    n_responses_so_far: int
    n_municipalities_so_far: int
    n_municipalities_before: int


class Area(NamedTuple):
    """A size class or a county, with how many of its municipalities answered."""

    label: str
    n_frame: int
    n_municipalities: int


class Found(NamedTuple):
    """A check that fails."""

    check_id: str
    severity: str
    message: str
    observed: str
    decision: str


WATCHED = """
    select survey_id, round_id, coalesce(title_en, title_fi, title_sv, round_id), is_synthetic, opens_on, closes_on,
        n_frame, n_responses, n_municipalities, lag(round_id) over before, lag(n_frame) over before
    from marts.dim_round
    window before as (partition by survey_id order by sort_order)
    order by survey_id, sort_order
"""
DAYS = """
    select day, submitted_on, n_responses, n_responses_so_far, n_municipalities_so_far, coalesce((
        select max(before.n_municipalities_so_far)
        from marts.response_curve as before
        where before.survey_id = $survey and before.round_id = $before and before.day <= curve.day
    ), 0)
    from marts.response_curve as curve
    where survey_id = $survey and round_id = $round
    order by day
"""
AREAS = """
    select coalesce(label_en, label_fi, label_sv, breakdown_id), n_frame, n_municipalities
    from marts.response_rate
    inner join marts.dim_breakdown using (survey_id, breakdown, breakdown_id)
    where survey_id = $survey and round_id = $round and breakdown = $breakdown and n_frame > 0
    order by sort_order, breakdown_id
"""
FINDINGS = f"""
    select check_id, severity, message_en, observed, decision
    from ({findings_sql()})
    where survey_id = $survey and round_id = $round and status = 'fail'
    order by check_id
"""
MISSING = """
    select coalesce(county.label_fi, county.label_en, frame.county_code) as county,
        coalesce(size_class.label_fi, size_class.label_en, frame.size_class_id) as size_class,
        municipality_code, name_fi, name_sv, frame.population
    from intermediate.int_municipalities_silent
    inner join marts.frame_municipality as frame using (survey_id, round_id, municipality_code)
    inner join marts.dim_municipality using (division_date, municipality_code)
    left join marts.dim_breakdown as county
        on county.survey_id = frame.survey_id and county.breakdown = 'county'
        and county.breakdown_id = frame.county_code
    left join marts.dim_breakdown as size_class
        on size_class.survey_id = frame.survey_id and size_class.breakdown = 'size_class'
        and size_class.breakdown_id = frame.size_class_id
    where frame.survey_id = $survey and frame.round_id = $round
    order by county.sort_order, frame.county_code, size_class.sort_order, municipality_code
"""
# Swedish alone (2) or as the language of the majority (3), in Statistics Finland's classification.
FAULTS = """
    select municipality_code, coalesce(case when is_swedish then name_sv else name_fi end, name_en) as municipality,
        case when is_swedish then 'sv' else 'fi' end as language, response_id,
        coalesce(case when is_swedish then label_sv else label_fi end, label_en) as question, place, reason as sentence
    from intermediate.int_faults_located as faults
    inner join marts.dim_round using (survey_id, round_id)
    left join (
        select *, coalesce(language_status_code in ('2', '3'), false) as is_swedish from marts.dim_municipality
    ) using (division_date, municipality_code)
    left join marts.dim_question using (survey_id, question_id)
    where survey_id = $survey and round_id = $round
    order by municipality_code nulls last, dim_question.sort_order nulls first, place
"""


def print_watch(paths: DataPaths, name: str, today: date, console: Terminal) -> None:
    """How the round `name` (survey/round) stands on the day `today`. Raises WrongUsage and WarehouseHeld."""
    with _watched(paths, name) as (connection, watched):
        days = _days(connection, watched)
        areas = {breakdown: _areas(connection, watched, breakdown) for breakdown in ("size_class", "county")}
        found = [Found(*row) for row in connection.execute(FINDINGS, watched.key | {"today": today}).fetchall()]
    for line in _said_of_round(watched, today):
        console.say(line)
    _print_curve(watched, days, console)
    console.print(Columns(_area_table(breakdown, rows) for breakdown, rows in areas.items() if rows))
    for line in _said_of_empty(areas):
        console.say(line)
    _print_findings(found, console)


def write_missing(paths: DataPaths, name: str, file: TextIO, aside: TextIO) -> None:
    """The municipalities that have not answered, as CSV; what it is goes to `aside`. Raises as print_watch does."""
    _write(paths, name, MISSING, file, aside, "who has not answered")


def write_faults(paths: DataPaths, name: str, file: TextIO, aside: TextIO) -> None:
    """What to ask the municipalities again, as CSV; what it is goes to `aside`. Raises as print_watch does."""
    _write(paths, name, FAULTS, file, aside, "which answers are doubtful")


def _write(paths: DataPaths, name: str, sql: str, file: TextIO, aside: TextIO, what: str) -> None:
    with _watched(paths, name) as (connection, watched):
        found = connection.execute(sql, watched.key)
        header = [column[0] for column in found.description or []]
        rows = found.fetchall()
    if "response_id" in header:
        by_id = header.index("response_id")
        rows.sort(key=lambda row: (row[0] is None, row[0], counted(row[by_id] or "")))
    print(f"Private, not to be published: {what} in {name}.", file=aside)
    if watched.is_synthetic:
        print(MADE_UP, file=aside)
    write_csv(file, header, rows)


@contextmanager
def _watched(paths: DataPaths, name: str) -> Iterator[tuple[duckdb.DuckDBPyConnection, Watched]]:
    """The private warehouse and a round of it, by name (survey/round)."""
    with _warehouse(paths) as connection:
        there_are = {f"{row[0]}/{row[1]}": Watched(*row) for row in connection.execute(WATCHED).fetchall()}
        if name not in there_are:
            raise WrongUsage(
                f"There is no round {name} in the private warehouse. Expected SURVEY/ROUND, one of: "
                f"{', '.join(there_are) or 'none'}. A new round comes with kuntakysely refresh."
            )
        yield connection, there_are[name]


@contextmanager
def _warehouse(paths: DataPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    shown, advice = paths.shown(paths.warehouse_file), "Build it: kuntakysely refresh."
    if not paths.warehouse_file.exists():
        raise WrongUsage(f"There is no {shown} yet. {advice}")
    try:
        with opened(paths.warehouse_file, read_only=True) as connection:
            if missing := [table for table in NEEDED if not columns_of(connection, table)]:
                raise WrongUsage(f"{shown} has no table {', '.join(missing)}: it is not built to its end. {advice}")
            yield connection
    except WarehouseDamaged as error:
        raise WrongUsage(f"{error}. {advice}") from None


def _days(connection: duckdb.DuckDBPyConnection, watched: Watched) -> list[Day]:
    parameters = watched.key | {"before": watched.round_before}
    return [Day(*row) for row in connection.execute(DAYS, parameters).fetchall()]


def _areas(connection: duckdb.DuckDBPyConnection, watched: Watched, breakdown: str) -> list[Area]:
    return [Area(*row) for row in connection.execute(AREAS, watched.key | {"breakdown": breakdown}).fetchall()]


def _said_of_round(watched: Watched, today: date) -> Iterator[str]:
    yield f"{watched.survey_id}/{watched.round_id}: {watched.title}"
    if watched.is_synthetic:
        yield MADE_UP
    yield f"In the field {watched.opens_on} to {watched.closes_on}: {_said_of_field(watched, today)}."
    yield (
        f"{watched.n_responses} responses from {watched.n_municipalities} of {watched.n_frame} municipalities, "
        f"{_rate(watched.n_municipalities, watched.n_frame)}."
    )


def _said_of_field(watched: Watched, today: date) -> str:
    if today < watched.opens_on:
        return f"opens in {_in_days((watched.opens_on - today).days)}"
    if today > watched.closes_on:
        return f"closed {_in_days((today - watched.closes_on).days)} ago"
    return f"{_in_days((watched.closes_on - today).days + 1)} left, today among them"


def _print_curve(watched: Watched, days: Sequence[Day], console: Terminal) -> None:
    """The response rate day by day as bars, beside the round before where there is one."""
    if not days:
        console.say("No response has a time of submission: there is no response curve.")
        return
    is_wide = console.width >= WIDTH_WITH_BARS
    headings, n_cells = (("day", "", "responses", "so far"), 2) if is_wide else (("day", "", "came"), 1)
    table = Table(
        *headings, title="Response rate by day", title_justify="left", box=box.HEAVY_HEAD if is_wide else None
    )
    for round_id in filter(None, (watched.round_id, watched.round_before)):
        for heading, width in ((round_id, None), ("", BAR_WIDTH))[:n_cells]:
            table.add_column(heading, max_width=width, overflow="fold")
    for day in days[-DAYS_SHOWN:]:
        counts = (day.day, day.submitted_on, day.n_responses, day.n_responses_so_far)[: len(headings)]
        picture = _picture(day.n_municipalities_so_far, watched.n_frame)[:n_cells]
        before = _picture(day.n_municipalities_before, watched.n_frame_before)[:n_cells] if watched.round_before else ()
        table.add_row(*map(str, counts), *picture, *before)
    console.print(table)
    if len(days) > DAYS_SHOWN:
        console.say(f"and {_in_days(len(days) - DAYS_SHOWN)} with responses before them.")


def _picture(n: int, n_frame: int | None) -> tuple[str, ProgressBar]:
    return _rate(n, n_frame), ProgressBar(total=n_frame or 1, completed=n)


def _area_table(breakdown: str, areas: Sequence[Area]) -> Table:
    table = Table(Column(breakdown.replace("_", " "), overflow="fold"), "answered", "")
    for area in areas:
        n = f"{area.n_municipalities} of {area.n_frame}"
        table.add_row(area.label, n, _rate(area.n_municipalities, area.n_frame))
    return table


def _said_of_empty(areas: dict[str, list[Area]]) -> Iterator[str]:
    for breakdown, rows in areas.items():
        empty = [area.label for area in rows if area.n_municipalities == 0]
        if empty:
            yield f"No answer from {breakdown.replace('_', ' ')}: {'; '.join(empty)}."


def _print_findings(found: Sequence[Found], console: Terminal) -> None:
    still_open = [check for check in found if check.decision != "accepted"]
    console.say(f"Open findings: {len(still_open)}. Accepted: {len(found) - len(still_open)}.")
    for check in sorted(still_open, key=lambda check: SEVERITIES.index(check.severity)):
        said = f"{check.severity}: {check.check_id}: {check.message} (found: {check.observed})"
        console.say(said, STYLES.get(check.severity))


def _rate(n: int, n_frame: int | None) -> str:
    """A percentage, rounded half up as those that are published."""
    return f"{(200 * n + n_frame) // (2 * n_frame)} %" if n_frame else ""


def _in_days(n: int) -> str:
    return f"{n} day{'' if n == 1 else 's'}"
