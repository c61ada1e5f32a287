"""Rounds of two surveys: a refresh that is refused for many reasons at once, what opens the gate, and a refresh of some
rounds, which neither loses the others nor vouches for them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from dagster import DagsterInstance

from ingest.codebook.rounds import round_keys
from ingest.landing.replacements import rounds_to_read
from store.paths import DataPaths
from store.warehouse import opened
from tests.acceptance.project import (
    ROUND,
    ROUND_OF_2020,
    SECOND,
    SURVEY_OF_2020,
    THIRD,
    copy_data,
    kuntakysely,
    replace,
    rows,
    touch_round,
)
from tests.demonstration import read

ReleaseOf = Callable[[DataPaths], str]
DECISIONS = ROUND / "decisions.csv"
BLANK = "tyhja_kysely"
FAULT = (";Aloitusaika;", ";Lähetysaika;")
ALL = [("2023-01", 172), ("2023-02", 172), ("2023-03", 172)]


def rounds(paths: DataPaths) -> list[tuple[object, ...]]:
    """What readers have of the three rounds of one survey."""
    return rows(
        paths, "select round_id, n_responses from marts.dim_round where survey_id = 'koto_kuntakysely' order by all"
    )


@pytest.fixture(scope="module")
def refused(published_twice: DataPaths, tmp_path_factory: pytest.TempPathFactory) -> tuple[DataPaths, str]:
    """The data after the refresh, and what it said. Not to be changed."""
    paths = copy_data(published_twice, tmp_path_factory.mktemp("refused") / "data")
    harm_rows(paths.root / ROUND / "responses.csv")
    change_an_answer(paths.root / ROUND_OF_2020 / "responses.csv")
    rename_a_question(paths)
    replace(paths.root / DECISIONS, "figures_right_in_print,2,", "figures_right_in_print,1,")
    done = kuntakysely(paths, "refresh", "--round", ROUND.name, "--round", ROUND_OF_2020.name)
    assert done.returncode == 1, done.stdout
    return paths, done.stdout


def harm_rows(file: Path) -> None:
    """An unknown municipality, "72" for "072", a word that is no option, and an address."""
    replace(file, ";849;", ";matti.meikalainen@example.fi;")
    for old, new in ((";697;", ";999;"), (";072;", ";72;"), (";Jokseenkin riittävät;", ";Riittää kyllä;")):
        replace(file, old, new)


def change_an_answer(file: Path) -> None:
    """The first that makes an initial assessment for hardly any makes it for some."""
    header, *lines = (line.split(",") for line in file.read_text(encoding="utf-8").splitlines())
    place = header.index('"G04Q09"')
    first = next(cells for cells in lines if cells[place] == '"A3"')
    replace(file, ",".join(first), ",".join([*first[:place], '"A2"', *first[place + 1 :]]))


def rename_a_question(paths: DataPaths) -> None:
    """A question gets another id, and only one of the three rounds says so: the answers of the others would vanish."""
    survey = paths.surveys / "koto_kuntakysely"
    of_survey = [survey / name for name in ("survey.yml", "questions.csv", "published_figures.csv")]
    for file in (*of_survey, paths.root / ROUND / "round.yml", paths.root / ROUND / "columns.csv"):
        replace(file, "contact_named", "contact_known", count=-1)


def test_all_rounds_are_published(published_twice: DataPaths) -> None:
    assert rounds(published_twice) == ALL


def test_nothing_is_published(
    published_twice: DataPaths, refused: tuple[DataPaths, str], release_of: ReleaseOf
) -> None:
    paths, _ = refused
    assert release_of(paths) == release_of(published_twice)
    assert "refused" in kuntakysely(paths, "status").stdout
    status = json.loads(kuntakysely(paths, "status", "--json").stdout)
    assert (status["release"]["number"], status["last_refresh"]["outcome"]) == (2, "refused")
    failed = {check["check_id"] for check in status["checks"] if check["status"] == "fail"}
    assert "rows_unknown_municipality" in failed
    new = {(check["round_id"], check["check_id"]) for check in status["checks"] if check["is_new"]}
    assert (ROUND.name, "rows_unknown_municipality") in new and (ROUND.name, "item_nonresponse") not in new


def test_faults_of_rows_and_cells_are_kept_and_told(refused: tuple[DataPaths, str]) -> None:
    """Three rows wait, and one answer does not count."""
    paths, said = refused
    assert 'municipality "999" is not in the division' in said
    assert 'has the digits of "072" Hailuoto' in said
    assert "expected a code or label of the list sufficiency" in said
    for typed in ("Riittää kyllä", "matti.meikalainen"):
        assert typed not in said, "what a respondent wrote stays on the private side"
    assert "Riittää kyllä" in paths.findings_file.read_text(encoding="utf-8")
    assert "block check figures_reconciled of koto_kuntakysely/2023-01" in said
    with opened(paths.warehouse_file, read_only=True) as connection:
        counted = connection.execute(
            "select disposition, count(*) from intermediate.int_responses_disposed where round_id = '2023-01' "
            "group by all order by all"
        ).fetchall()
    assert counted == [("accepted", 169), ("unknown_municipality", 3)]


def test_one_changed_answer_turns_exactly_the_figures_it_touches(refused: tuple[DataPaths, str]) -> None:
    """The share of one option falls and that of the other rises; the other figures stay."""
    paths, said = refused
    assert "block check figures_reconciled of owal_tyovoiman_ulkopuolella/2020" in said
    with opened(paths.warehouse_file, read_only=True) as connection:
        compared = connection.execute(
            "select status, list(figure_id order by figure_id) from marts.publication_reconciliation "
            "where round_id = '2020' group by all order by all"
        ).fetchall()
    touched = ["f155", "f157"]
    others = {row["figure_id"] for row in read(paths.root / SURVEY_OF_2020 / "published_figures.csv")} - {*touched}
    assert compared == [("match", sorted(others)), ("mismatch", touched)]


def test_a_codebook_changed_for_one_round_does_not_empty_the_others(refused: tuple[DataPaths, str]) -> None:
    paths, said = refused
    for other in (SECOND, THIRD):
        assert f"block check codebook_fits of koto_kuntakysely/{other.name}" in said
    assert rounds(paths) == ALL


@pytest.fixture(scope="module")
def reopened(
    published_twice: DataPaths, refused: tuple[DataPaths, str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[DataPaths, str]:
    """The inputs as they were and the decision that the refusal gives, two rounds of the four refreshed, and what that
    said. All four were edited, and the last of one survey is faulty."""
    paths = copy_data(refused[0], tmp_path_factory.mktemp("reopened") / "data")
    shutil.copytree(published_twice.surveys, paths.surveys, dirs_exist_ok=True)
    decide(paths, line_given(refused[1]))
    replace(paths.root / ROUND_OF_2020 / "source.yml", "producer: ", "producer: Another ")
    for folder in (ROUND, SECOND, THIRD):
        touch_round(paths, folder)
    replace(paths.root / THIRD / "responses.csv", *FAULT)
    add_survey_of_one_blank_response(paths)
    done = kuntakysely(paths, "refresh", "--round", ROUND.name, "--round", ROUND_OF_2020.name, "--round", "2020_empty")
    assert done.returncode == 0, done.stdout
    return paths, done.stdout


def add_survey_of_one_blank_response(paths: DataPaths) -> None:
    """A municipality sent the form and answered nothing; another round has not a single response."""
    survey, other = paths.root / SURVEY_OF_2020, paths.surveys / BLANK
    shutil.copytree(survey, other)
    replace(other / "survey.yml", f"survey_id: {survey.name}", f"survey_id: {BLANK}")
    (other / "claims.csv").unlink()
    for file, n_lines in ((other / "published_figures.csv", 1), (other / "rounds" / "2020" / "responses.csv", 2)):
        lines = file.read_text(encoding="utf-8-sig").splitlines(keepends=True)[:n_lines]
        file.write_text("".join(lines), encoding="utf-8-sig" if n_lines > 1 else "utf-8")
    header, first = (other / "rounds" / "2020" / "responses.csv").read_text(encoding="utf-8-sig").splitlines()
    id_, *_, made_up = first.split(",")
    blank = [id_, '"2020-01-02 10:00:00"', *4 * ['""'], '"106"', *(header.count(",") - 7) * ['""'], made_up]
    (other / "rounds" / "2020" / "responses.csv").write_text(f"{header}\n{','.join(blank)}\n", encoding="utf-8-sig")
    shutil.copytree(other / "rounds" / "2020", other / "rounds" / "2020_empty")
    replace(other / "rounds" / "2020_empty" / "round.yml", 'round_id: "2020"', "round_id: 2020_empty")
    (other / "rounds" / "2020_empty" / "responses.csv").write_text(f"{header}\n", encoding="utf-8-sig")


def test_a_response_that_answers_nothing_is_counted_and_stops_no_refresh(reopened: tuple[DataPaths, str]) -> None:
    found = rows(
        reopened[0],
        f"select round_id, n_responses, n_municipalities from marts.dim_round where survey_id = '{BLANK}' order by all",
    )
    assert found == [("2020", 1, 1), ("2020_empty", 0, 0)]
    checked = rows(
        reopened[0],
        "select round_id, status, observed from marts.round_quality "
        f"where survey_id = '{BLANK}' and check_id = 'blank_responses' order by all",
    )
    assert checked == [("2020", "fail", "1 of 1"), ("2020_empty", "not_computable", "0 of 0")]


def line_given(said: str) -> str:
    """The line of a decision that a refusal gives."""
    assert "its decision is of 1, not of what is found now" in said
    assert f"replace line 2 of {DECISIONS.as_posix()} by" in said
    line = re.search("^ +(figures_right_in_print,2,.*)$", said, re.MULTILINE)
    assert line, said
    return line[1]


def decide(paths: DataPaths, line: str) -> None:
    file = paths.root / DECISIONS
    header = file.read_text(encoding="utf-8").splitlines()[0]
    file.write_text(f"{header}\n{line}\n", encoding="utf-8")
    assert kuntakysely(paths, "validate").stdout.count('The value is "?".') == 3, "a person has to decide"
    file.write_text(f"{header}\n{line.replace('?', '2099-12-30')}\n", encoding="utf-8")


def test_a_gate_opens_with_the_line_that_its_refusal_gives(
    refused: tuple[DataPaths, str], reopened: tuple[DataPaths, str], release_of: ReleaseOf
) -> None:
    """The decision that ships is of 2 wrong figures. One of 1 accepts nothing; the line from the terminal does."""
    paths, _ = reopened
    assert release_of(paths) != release_of(refused[0])
    accepted = rows(
        paths,
        "select survey_id, round_id, decision, decided_until::varchar from marts.round_quality "
        "where check_id like 'figures_right%' and round_id in ('2023-01', '2020') order by all",
    )
    assert accepted == [
        ("koto_kuntakysely", "2023-01", "accepted", "2099-12-30"),
        ("owal_tyovoiman_ulkopuolella", "2020", None, None),
        (BLANK, "2020", None, None),
    ], "a decision is of one round"
    assert kept_history(paths) == [("fail", 4)], "of the releases that were there, the refusal and the new release"


def kept_history(paths: DataPaths) -> list[tuple[object, ...]]:
    """What became of the figures that cannot be right, over the refreshes."""
    with opened(paths.warehouse_file, read_only=True) as connection:
        return connection.execute(
            "select status, count(distinct refresh_id) from checks.history where check_id = 'figures_right_in_print' "
            "and survey_id = 'koto_kuntakysely' and round_id = '2023-01' group by all"
        ).fetchall()


def test_the_last_event_of_the_run_is_what_the_terminal_said(refused: tuple[DataPaths, str]) -> None:
    paths, said = refused
    assert said.endswith(f"\n{last_event(paths)}\n")


def last_event(paths: DataPaths) -> str:
    """What Dagster's page of the last run ends with."""
    with DagsterInstance.from_config(str(paths.dagster_home)) as instance:
        [last] = instance.get_run_records(limit=1)
        return instance.all_logs(last.dagster_run.run_id)[-1].message


def test_a_refresh_of_some_rounds_keeps_the_others_and_does_not_vouch_for_them(
    reopened: tuple[DataPaths, str], tmp_path: Path
) -> None:
    """The others are still to do, and a full refresh of one does them too."""
    paths, said = copy_data(reopened[0], tmp_path / "data"), reopened[1]
    of_blank = f"{BLANK}/2020, {BLANK}/2020_empty"
    assert f"Refreshing koto_kuntakysely/2023-01, owal_tyovoiman_ulkopuolella/2020, {of_blank}\n" in said
    assert rounds(paths) == ALL
    left = ["koto_kuntakysely/2023-02", "koto_kuntakysely/2023-03"]
    assert list(rounds_to_read(paths, round_keys(paths))) == left
    add_draft(paths)
    done = kuntakysely(paths, "refresh")
    assert done.returncode == 2, "one of them is faulty"
    assert done.stdout.endswith(f"\n{last_event(paths)}\n"), "every fault of all rounds that were asked for"
    assert "Left out: koto_kuntakysely/2023-04 is a draft: 1 value waits in round.yml" in done.stdout
    replace(paths.root / THIRD / "responses.csv", *reversed(FAULT))
    done = kuntakysely(paths, "refresh", "--full", "--round", "2023-01")
    assert done.returncode == 0, done.stdout
    assert rounds(paths) == ALL
    assert "Nothing has changed" in kuntakysely(paths, "refresh").stdout


def add_draft(paths: DataPaths) -> None:
    """A round that nobody has decided on yet."""
    folder = paths.root / SECOND.with_name("2023-04")
    shutil.copytree(paths.root / SECOND, folder)
    replace(folder / "round.yml", "2023-02", "2023-04")
    replace(folder / "round.yml", "is_synthetic: true", "is_synthetic: '?'")


def test_a_round_that_is_not_there(published_twice: DataPaths) -> None:
    done = kuntakysely(published_twice, "refresh", "--round", "2023-01", "--round", "nope")
    assert (done.returncode, "No round */nope" in done.stdout) == (2, True)
