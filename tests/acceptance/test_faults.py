"""Inputs broken by hand: one clear message, the right exit code, and the published release as it was."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.paths import DataPaths
from ingest.warehouse import opened
from tests.acceptance.project import (
    ROUND,
    ROUND_OF_2020,
    SECOND,
    THIRD,
    copy_data,
    kuntakysely,
    replace,
    touch_round,
)

ReleaseOf = Callable[[DataPaths], str]
CONTACT = "Kotoutumisen yhteyshenkilöt on nimetty"
# A missing column, an unclosed quote, a duplicate header: the file, what is altered in it, the file and what is said.
FILE_FAULTS = [
    (ROUND, CONTACT, "Jotain muuta", "columns.csv", f'The column "{CONTACT}" is not in responses.csv.'),
    (SECOND, "KOTO-0010", '"KOTO-0010', "responses.csv", "A quoted field goes on after its closing quote."),
    (ROUND_OF_2020, '"G01Q01"', '"G01Q02"', "responses.csv", 'The column name "G01Q02" appears 2 times.'),
]


def test_faults_of_files_end_with_2_and_are_told_at_once(twice: DataPaths, release_of: ReleaseOf) -> None:
    """Each round has a fault, and one a file that is cut."""
    before = release_of(twice)
    for folder, old, new, *_ in FILE_FAULTS:
        replace(twice.root / folder / "responses.csv", old, new)
    file = twice.root / THIRD / "responses.csv"
    file.write_bytes(file.read_bytes()[:9000])
    done = kuntakysely(twice, "refresh")
    assert (done.returncode, release_of(twice)) == (2, before), done.stdout
    assert "Traceback" not in done.stdout
    for folder, _, _, place, said in [*FILE_FAULTS, (THIRD, "", "", "responses.csv", "cut")]:
        assert re.search(rf"^data/{folder}/{place}, .*{re.escape(said)}", done.stdout, re.MULTILINE), done.stdout


def test_a_registry_fault_ends_with_2_and_keeps_the_last_snapshot(fresh: DataPaths, release_of: ReleaseOf) -> None:
    before = release_of(fresh)
    replace(fresh.registry / "2023-01-01" / "municipalities.csv", "\n020,", "\n20,")
    done = kuntakysely(fresh, "refresh")
    assert (done.returncode, release_of(fresh)) == (2, before)
    assert 'The value is "20"' in done.stdout
    with opened(fresh.warehouse_file, read_only=True) as connection:
        kept = "from raw.registry__municipalities where municipality_code = '020' and division_date = '2023-01-01'"
        assert len(connection.execute(kept).fetchall()) == 1


@pytest.fixture(scope="module")
def refused(published: DataPaths, tmp_path_factory: pytest.TempPathFactory) -> tuple[DataPaths, str]:
    """The data after a refresh that was refused, and what it said.

    One round has an unknown municipality, "72" for "072", and a word that is no option; in the other, municipality 106
    makes an assessment for some of its clients and no more for hardly any."""
    paths = copy_data(published, tmp_path_factory.mktemp("refused") / "data")
    file = paths.root / ROUND / "responses.csv"
    replace(file, ";849;", ";matti.meikalainen@example.fi;")
    for old, new in ((";697;", ";999;"), (";072;", ";72;"), (";Jokseenkin riittävät;", ";Riittää kyllä;")):
        replace(file, old, new)
    file = paths.root / ROUND_OF_2020 / "responses.csv"
    first = file.read_text(encoding="utf-8").splitlines()[1]
    replace(file, first, first.replace('"A1","A3","A3"', '"A1","A2","A3"'))
    done = kuntakysely(paths, "refresh")
    assert done.returncode == 1, done.stdout
    return paths, done.stdout


def test_faults_of_rows_and_cells_are_kept_and_told(
    published: DataPaths, refused: tuple[DataPaths, str], release_of: ReleaseOf
) -> None:
    """Three rows wait, and one answer does not count."""
    paths, said = refused
    assert release_of(paths) == release_of(published)
    assert 'municipality "999" is not in the division' in said
    assert 'if "072" Hailuoto is meant' in said
    assert "expected a code or label of the list sufficiency" in said
    for typed in ("Riittää kyllä", "matti.meikalainen"):
        assert typed not in said, "what a respondent wrote stays on the private side"
    assert "Riittää kyllä" in paths.findings_file.read_text(encoding="utf-8")
    assert "refused" in kuntakysely(paths, "status").stdout
    status = json.loads(kuntakysely(paths, "status", "--json").stdout)
    assert (status["release"]["number"], status["last_refresh"]["outcome"]) == (1, "refused")
    failed = {check["check_id"] for check in status["checks"] if check["status"] == "fail"}
    assert "rows_unknown_municipality" in failed
    assert "block check figures_reconciled of koto_kuntakysely/2023-01" in said
    with opened(paths.warehouse_file, read_only=True) as connection:
        counted = connection.execute(
            "select disposition, count(*) from intermediate.int_responses_disposed where round_id = '2023-01' "
            "group by all order by all"
        ).fetchall()
    assert counted == [("accepted", 169), ("unknown_municipality", 3)]


def test_one_changed_answer_turns_exactly_the_figures_it_touches(refused: tuple[DataPaths, str]) -> None:
    """The share of one option falls and that of the other rises; the ten other figures stay."""
    paths, said = refused
    assert "block check figures_reconciled of owal_tyovoiman_ulkopuolella/2020" in said
    with opened(paths.warehouse_file, read_only=True) as connection:
        compared = connection.execute(
            "select status, list(figure_id order by figure_id) from marts.publication_reconciliation "
            "where round_id = '2020' group by all order by all"
        ).fetchall()
    others = [f"f{number}" for number in range(148, 160) if number not in (155, 157)]
    assert compared == [("match", others), ("mismatch", ["f155", "f157"])]


def test_a_warehouse_that_is_open_elsewhere(fresh: DataPaths, release_of: ReleaseOf) -> None:
    touch_round(fresh)
    before = release_of(fresh)
    look = "import duckdb, sys, time; held = duckdb.connect(sys.argv[1]); print('open', flush=True); time.sleep(60)"
    holder = subprocess.Popen(
        [sys.executable, "-c", look, str(fresh.warehouse_file)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "open\n"
    done = kuntakysely(fresh, "refresh")
    holder.kill()
    holder.wait()
    assert (done.returncode, release_of(fresh)) == (3, before), done.stdout
    assert "is open in another program" in done.stdout
    assert "Traceback" not in done.stdout


def test_a_folder_without_surveys_is_told_and_left_alone(tmp_path: Path) -> None:
    for command_name in ("status", "refresh"):
        done = kuntakysely(DataPaths(tmp_path), command_name)
        assert done.returncode == 2, done.stdout
        assert "surveys" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_rollback_and_back(published: DataPaths, twice: DataPaths, release_of: ReleaseOf) -> None:
    first, second = release_of(published), release_of(twice)
    assert kuntakysely(twice, "rollback").returncode == 0
    assert release_of(twice) == first != second
    unchanged = kuntakysely(twice, "refresh")
    assert "`current` points at release 1, by a rollback" in unchanged.stdout
    assert kuntakysely(twice, "rollback", "2").returncode == 0
    assert release_of(twice) == second
    assert kuntakysely(twice, "rollback", "7").returncode == 2
