"""Nothing is lost or counted twice: the rows, answers and shares of any round, and municipalities that merge."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import strategies as st

from ingest.landing.load import load_registry
from store.paths import DataPaths
from tests.acceptance.project import replace
from tests.loading import load_all
from tests.properties.deliveries import HEADER, ROUND, Row, Table, add_round, deliver, prepare, tables
from tests.properties.models import built, needed
from tests.properties.properties import Property, holds, is_broken
from tests.rendered import Slip

N_EXAMPLES = 4
EARLIER, LATER = "2023-01-01", "2025-01-01"
FOLLOW_UP = "after_mergers"
MUNICIPALITIES = ("001", "002", "003", "004", "005", "020", "090")
MAY_CLOSE = ("002", "003", "004", "020", "090")
PLACE, TIME = HEADER.index("Kunta"), HEADER.index("Lähetetty")

LOST_ROWS = Slip("int_responses_disposed", "left join matched", "inner join matched")
COPIES_ACCEPTED = Slip("int_rows_identified", "numbered.content_copy > 1 as", "false as")
MISSING_IN_BASE = Slip(
    "int_answers_grouped", "answer_status = 'valid'", "answer_status in ('valid', 'declared_missing')"
)
COUNTED_TWICE = Slip("int_answers_clustered", "else answers.n end", "else 2 * answers.n end")
BOTH_COUNTED = Slip("int_answers_realigned", "where municipality_rank = 1", "")
NOT_MOVED = Slip(
    "int_municipality_successors", "mergers.new_code as successor_code", "mergers.old_code as successor_code"
)


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """The sample's round, and another two years later, on a division of its own."""
    paths = prepare(tmp_path_factory.mktemp("conserved"))
    settings = add_round(paths, FOLLOW_UP) / "round.yml"
    replace(settings, "{opens_on: 2023-02-01, closes_on: 2023-02-28}", "{opens_on: 2025-02-01, closes_on: 2025-02-28}")
    replace(settings, f"division_date: {EARLIER}", f"division_date: {LATER}")
    shutil.copytree(paths.registry / EARLIER, paths.registry / LATER)
    load_all(paths)
    return paths


def rows_conserved(paths: DataPaths, slip: Slip | None = None) -> Property:
    """Every row read has one disposition, and what is accepted is what is counted; a response counts once."""

    models = needed("int_responses_disposed", "response_rate", slip=slip)

    def prop(table: Table) -> None:
        deliver(paths, {ROUND: [table]})
        with built(paths, models) as connection:
            disposed = connection.execute(
                "select disposition, response_id from intermediate.int_responses_disposed where round_id = ?", [ROUND]
            ).fetchall()
            counted = connection.execute(
                "select n_responses from marts.response_rate where round_id = ? and breakdown = 'all'", [ROUND]
            ).fetchall()
        accepted = [response_id for disposition, response_id in disposed if disposition == "accepted"]
        assert len(disposed) == len(table) - 1
        assert len(set(accepted)) == len(accepted)
        assert counted == [(len(accepted),)]

    return prop


def shares_whole(paths: DataPaths, slip: Slip | None = None) -> Property:
    """The options of a question with one answer share out its base, on each level and in both roundings."""

    models = needed("answer_distribution", "dim_question", slip=slip)

    def prop(table: Table) -> None:
        deliver(paths, {ROUND: [table]})
        with built(paths, models) as connection:
            found = connection.execute(_SHARES, [ROUND]).fetchall()
        assert found
        for question, n, base_n, share, pct_sum100 in found:
            assert (question, n, round(share, 12), pct_sum100) == (question, base_n, 1, 100)

    return prop


_SHARES = """
    select question_id, sum(n), max(base_n), sum(share), sum(pct_sum100)
    from marts.answer_distribution
    inner join marts.dim_question using (survey_id, question_id)
    where round_id = ? and question_type = 'select_one' and base_n > 0
    group by question_id, unit, breakdown, breakdown_id, level
    having level = 'option' or question_id = 'opinion'
"""


@st.composite
def misfits(draw: st.DrawFn) -> Table:
    """As tables, and with rows among them that are cut short, too long, empty or without an id."""
    header, *rows = draw(tables())
    for row in draw(st.lists(st.sampled_from(rows), max_size=4)):
        misfit = draw(st.sampled_from([row[:-1], row[:3], (*row, "more"), ("", *row[1:]), ("",) * len(row)]))
        rows.insert(draw(st.integers(0, len(rows))), misfit)
    return [header, *rows]


@st.composite
def mergers(draw: st.DrawFn) -> tuple[Table, Mapping[str, str]]:
    """Rows that answered, and which municipalities have joined which: not into one that is gone itself.

    Each response has a time of its own: what a row says decides between equal times, and that is not conserved.
    """
    closed = draw(st.lists(st.sampled_from(MAY_CLOSE), unique=True, min_size=1, max_size=4))
    left = [code for code in MUNICIPALITIES if code not in closed]
    successors = {code: draw(st.sampled_from(left)) for code in closed}
    header, *rows = draw(tables())
    codes = draw(st.lists(st.sampled_from(MUNICIPALITIES), min_size=len(rows), max_size=len(rows)))
    minutes = draw(st.permutations(range(len(rows))))
    times = [f"02.02.2023 10:{minute:02}" for minute in minutes]
    given = dict(zip(dict.fromkeys(row[0] for row in rows), zip(codes, times, strict=True), strict=False))
    return [header, *(_placed(row, *given[row[0]]) for row in rows)], successors


def _placed(row: Row, code: str, time: str) -> Row:
    cells = list(row)
    cells[PLACE], cells[TIME] = code, time
    return tuple(cells)


def mergers_conserve(paths: DataPaths, slip: Slip | None = None) -> Property:
    """A round that is told on the later division is what its answers given there would be: no change at all."""

    models = needed("round_change", slip=slip)

    def prop(example: tuple[Table, Mapping[str, str]]) -> None:
        (header, *rows), successors = example
        merge(paths, successors)
        moved = [_placed(row, successors.get(row[PLACE], row[PLACE]), row[TIME]) for row in rows]
        deliver(paths, {ROUND: [[header, *rows]], FOLLOW_UP: [[header, *moved]]})
        with built(paths, models) as connection:
            found = connection.execute(_CHANGES).fetchall()
        assert {unit for unit, *_ in found} == {"response", "municipality"}
        assert [row for row in found if row[4:6] != row[6:8]] == []

    return prop


_CHANGES = """
    select unit, question_id, breakdown, breakdown_id, n, base_n, earlier_n, earlier_base_n
    from marts.round_change
    where base_n > 0 or earlier_base_n > 0
    order by all
"""


def merge(paths: DataPaths, successors: Mapping[str, str]) -> None:
    """Make the later division the earlier one after these mergers, and read the registry."""
    with (paths.registry / EARLIER / "municipalities.csv").open(encoding="utf-8", newline="") as handle:
        header, *rows = csv.reader(handle)
    _write(paths, f"{LATER}/municipalities.csv", [header, *(row for row in rows if row[0] not in successors)])
    changes = [["2024-01-01", "merger", old, old, new, new, "made up"] for old, new in successors.items()]
    header = ["effective_date", "change_type", "old_code", "old_name_fi", "new_code", "new_name_fi", "detail"]
    _write(paths, "changes.csv", [header, *changes])
    load_registry(paths)


def _write(paths: DataPaths, name: str, rows: Sequence[Sequence[str]]) -> None:
    with (paths.registry / name).open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows(rows)


def test_rows_in_are_rows_out(paths: DataPaths) -> None:
    holds(rows_conserved(paths), misfits(), N_EXAMPLES)


@pytest.mark.parametrize("slip", [LOST_ROWS, COPIES_ACCEPTED])
def test_a_row_lost_or_counted_twice_is_seen(paths: DataPaths, slip: Slip) -> None:
    is_broken(rows_conserved(paths, slip), misfits())


def test_shares_sum_to_one(paths: DataPaths) -> None:
    holds(shares_whole(paths), tables(), N_EXAMPLES)


@pytest.mark.parametrize("slip", [MISSING_IN_BASE, COUNTED_TWICE])
def test_a_base_or_count_of_others_is_seen(paths: DataPaths, slip: Slip) -> None:
    is_broken(shares_whole(paths, slip), tables())


def test_a_merger_conserves_counts(paths: DataPaths) -> None:
    holds(mergers_conserve(paths), mergers(), N_EXAMPLES)


@pytest.mark.parametrize("slip", [BOTH_COUNTED, NOT_MOVED])
def test_a_merger_that_counts_wrongly_is_seen(paths: DataPaths, slip: Slip) -> None:
    is_broken(mergers_conserve(paths, slip), mergers())
