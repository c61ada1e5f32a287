"""The gate: each reason for refusing, made by one change to a warehouse that may be published."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest

from publish.gate import refusals
from publish.releases import release
from store import warehouse
from store.paths import DataPaths

CODE = "c0de" * 16
TODAY = date(2026, 11, 22)

REFUSED = {
    "no results at all": ("drop table checks.results", "no table checks.results"),
    "no signatures at all": ("drop table checks.signatures", "no table checks.signatures"),
    "an e-mail address in a text": (
        "update marts.dim_county set id = 'maija.meikalainen@example.org' where id = '005'",
        r"marts\.dim_county, column id: a text looks like personal data \(email\)",
    ),
    "no result of SQL": ("delete from checks.results where tool = 'sql'", "no check of the tool sql"),
    "a table that was not asked": (
        "delete from checks.declared_results where asset = 'dim_round'",
        "was not asked whether",
    ),
    "no result of GX": ("delete from checks.results where tool = 'gx'", "no check of the tool gx"),
    "a round that no check saw": (
        "insert into marts.dim_round values ('koto', '2024-01', 'koto/2024-01', true, false, 1)",
        "round koto/2024-01 has no result of the check rows_conserved",
    ),
    "a round that lacks one check": (
        "delete from checks.results where check_id = 'answers_in_codebook'",
        "round koto/2023-01 has no result of the check answers_in_codebook",
    ),
    "no list of the checks of each round": ("drop table checks.of_each_round", "no table checks.of_each_round"),
    "a blocking check failed": (
        "update checks.results set status = 'fail', n_failed = 3, observed = '3' where check_id = 'rows_conserved'",
        "block check rows_conserved of koto/2023-01 on marts.dim_round: fail, observed 3, expected 0, 3 failed",
    ),
    "a blocking check of GX failed": (
        "update checks.results set status = 'fail' where tool = 'gx'",
        "block check answers_in_codebook",
    ),
    "a blocking check could not be computed": (
        "update checks.results set status = 'not_computable' where check_id = 'rows_conserved'",
        "rows_conserved of koto/2023-01 on marts.dim_round: not_computable",
    ),
    "a gate without a decision": (
        "update checks.results set status = 'fail' where severity = 'gate'",
        "signed_off of koto/2023-01 (.|\n)*\n    signed_off,0,[?],2026-11-22,[?],[?]\n.*reviewed like code",
    ),
    "an unknown severity": (
        "update checks.results set severity = 'blocker' where check_id = 'rows_conserved'",
        "rows_conserved of koto/2023-01 has a severity or status that is not known",
    ),
    "an unknown status": (
        "update checks.results set status = null where check_id = 'answered_late'",
        "answered_late of koto/2023-01 has a severity or status that is not known",
    ),
    "two results under one key": (
        "insert into checks.results from checks.results where check_id = 'answered_late'",
        "answered_late of koto/2023-01 has 2 results under one key",
    ),
    "a row changed after the checks": (
        "update marts.response_rate set n = 9 where id = '005'",
        "marts.response_rate was built after it was checked",
    ),
    "a row added after the checks": (
        "insert into marts.response_rate values ('091', 1, 0.5)",
        "marts.response_rate was built after it was checked",
    ),
    "a view changed after the checks": (
        "create or replace view marts.headline_result as select id, n + 1 as n from marts.answer_distribution",
        "marts.headline_result was built after it was checked",
    ),
    "a table that no check saw": (
        "delete from checks.signatures where table_name = 'marts.system_use'",
        "marts.system_use has no signature",
    ),
    "a table that is not there": (
        "drop table marts.system_use",
        "marts.system_use is to be published and does not",
    ),
    "code that no check saw": (
        "update checks.signatures set code_sha256 = 'beef' where table_name = 'marts.system_use'",
        "the code changed since the checks ran",
    ),
    "a build of some models only": (
        "update checks.builds set n_models_built = 2",
        "the last build made 2 of 3 models",
    ),
    "models of other code": (
        "update checks.builds set code_sha256 = 'beef'",
        "the code changed since the models were built",
    ),
    "models that were never built": ("delete from checks.builds", "the models were never built"),
    "files read after the build": (
        "update raw.ingest__sources set sha256 = 'ff' where kind = 'registry'",
        "files were read after the models were built",
    ),
    "a check of SQL made anew after the others": (
        "update checks.round_checks set check_id = 'other'",
        "checks.round_checks is not as it was when the checks ran",
    ),
    "no input named": ("delete from raw.ingest__sources", "raw.ingest__sources names no input file"),
    "an input outside the data folder": (
        "update raw.ingest__sources set source_file = '/home/anna/areas.csv' where kind = 'registry'",
        "names /home/anna/areas.csv, which is not a path inside the data folder",
    ),
    "a table without a comment": ("comment on table marts.dim_role is null", "marts.dim_role has no comment"),
    "a column without a comment": (
        "comment on column marts.dim_role.share is ' '",
        "marts.dim_role.share has no comment",
    ),
    "a column of a view without a comment": (
        "comment on column marts.headline_result.n is null",
        "marts.headline_result.n has no comment",
    ),
}

DECIDED = """
    insert into raw.codebook__decisions values ('koto', '2023-01', '{check_id}', '0', 'Survey team', '2026-11-01',
    '{valid_until}', 'It is so in print', 'surveys/koto/rounds/2023-01/decisions.csv', 'ab12', '2')
"""
GATE_FAILS = "update checks.results set status = 'fail' where severity = 'gate'; "
ACCEPTED = GATE_FAILS + DECIDED.format(check_id="signed_off", valid_until="2026-11-22")
REFUSED |= {
    "a decision whose day has passed": (
        GATE_FAILS + DECIDED.format(check_id="signed_off", valid_until="2026-11-21"),
        "signed_off of (.|\\n)*its decision held until 2026-11-21: in the data folder, replace line 2 of surveys/koto",
    ),
    "a decision on another value": (
        ACCEPTED + "; update checks.results set observed = '1' where check_id = 'signed_off'",
        "signed_off of (.|\\n)*its decision is of 0, not of what is found now: (.|\\n)*signed_off,1,",
    ),
    "a gate of the whole warehouse": (
        ACCEPTED + "; update checks.results set survey_id = 'all', round_id = 'all' where check_id = 'signed_off'",
        "gate check signed_off of all/all .*Correct the input",
    ),
    "a decision on a block": (
        DECIDED.format(check_id="rows_conserved", valid_until="2026-12-31"),
        r"surveys/koto/rounds/2023-01/decisions.csv, line 2: rows_conserved is a block, and .*Remove the line",
    ),
    "a decision on no check": (
        DECIDED.format(check_id="signed_of", valid_until="2026-12-31"),
        r"decisions.csv, line 2: the round has no check signed_of\. Write signed_off if that is meant",
    ),
    "a decision on nothing like a check": (
        DECIDED.format(check_id="x", valid_until="2026-12-31"),
        r"line 2: the round has no check x\. Remove the line",
    ),
    "no decisions read": ("drop table raw.codebook__decisions", "no table raw.codebook__decisions"),
    "no findings read": ("drop table raw.codebook__findings", "no table raw.codebook__findings"),
    "no history of checks": ("drop table checks.history", "no table checks.history"),
}

NOT_REFUSED = {
    "a gate that is accepted, on its last day": ACCEPTED,
    "a decision on what passes": DECIDED.format(check_id="signed_off", valid_until="2026-01-01"),
    "checks that all pass": "select 1",
    "a warning": "update checks.results set status = 'fail' where severity = 'warn'",
    "a gate that the round cannot compute": (
        "update checks.results set status = 'not_computable' where severity = 'gate'"
    ),
}


def reasons(paths: DataPaths, change: str) -> str:
    """What the gate says after one change to the warehouse."""
    with warehouse.opened(paths.warehouse_file) as connection:
        connection.execute(change)
        found = refusals.refusals(connection, CODE, TODAY)
    return "\n".join(map(str, found))


@pytest.mark.slow
@pytest.mark.parametrize(("change", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(paths: DataPaths, change: str, message: str) -> None:
    assert re.search(message, reasons(paths, change))


@pytest.mark.parametrize("change", NOT_REFUSED.values(), ids=NOT_REFUSED.keys())
def test_not_refused(paths: DataPaths, change: str) -> None:
    assert reasons(paths, change) == ""


def test_contact_of_an_office_that_a_survey_allows_is_no_personal_data(paths: DataPaths) -> None:
    change, message = REFUSED["an e-mail address in a text"]
    allow = "update raw.codebook__surveys set allowed_contacts = '[\"maija.meikalainen@example.org\"]'"
    assert re.search(message, reasons(paths, change))
    assert not re.search("personal data", reasons(paths, allow))


def test_a_refusal_leaves_the_release_as_it_was(released: DataPaths, now: datetime) -> None:
    with warehouse.opened(released.warehouse_file) as connection:
        connection.execute("update checks.results set status = 'fail'")
    before = released.current_folder.resolve()
    with pytest.raises(refusals.PublishRefused):
        release.publish(released, now, refresh_id=2)
    assert list(released.releases.iterdir()) == [before]
    assert released.current_folder.resolve() == before


def test_every_reason_is_told_at_once(paths: DataPaths, now: datetime) -> None:
    with warehouse.opened(paths.warehouse_file) as connection:
        connection.execute("update checks.results set status = 'fail'")
        connection.execute("update marts.system_use set n = 7")
    with pytest.raises(refusals.PublishRefused) as caught:
        release.publish(paths, now, refresh_id=1)
    assert len(caught.value.refusals) == 5
    assert all(refusal.advice for refusal in caught.value.refusals)


def test_changed_code_is_refused(paths: DataPaths, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "code_sha256", lambda: "0" * 64)
    with pytest.raises(refusals.PublishRefused, match="the code changed since the checks ran"):
        release.publish(paths, now, refresh_id=1)


def test_no_warehouse_is_refused(paths: DataPaths, now: datetime) -> None:
    paths.warehouse_file.unlink()
    with pytest.raises(
        refusals.PublishRefused, match=r"there is no warehouse at data/warehouse/private/warehouse\.duckdb"
    ):
        release.publish(paths, now, refresh_id=1)


def test_a_warehouse_that_is_no_database_is_refused(paths: DataPaths, now: datetime) -> None:
    paths.warehouse_file.write_bytes(b"not a database" * 1000)
    with pytest.raises(refusals.PublishRefused, match="cannot be opened for reading"):
        release.publish(paths, now, refresh_id=1)


def test_a_view_that_names_its_catalogue_is_refused(paths: DataPaths, now: datetime) -> None:
    with warehouse.opened(paths.warehouse_file) as connection:
        connection.execute(
            "create or replace view marts.headline_result as select id, n from warehouse.marts.answer_distribution"
        )
    with pytest.raises(refusals.PublishRefused, match="headline_result can be read in the warehouse only"):
        release.publish(paths, now, refresh_id=1)
