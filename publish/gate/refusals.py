"""The gate: reads what the checks wrote in the private warehouse and says why a release is refused."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from faults.suggestions import nearest
from ingest.readers.personal_data import kinds_in, may_be_personal
from publish.catalogue import Relation, described, quoted, undescribed
from publish.gate.declared import undeclared
from publish.gate.findings import decisions_made, findings_sql, how_to_accept
from store.marts import published_marts
from store.warehouse import columns_of, table_signature

TOOLS = ("sql", "gx")
SEVERITIES = ("block", "gate", "warn", "info")
STATUSES = ("pass", "fail", "not_computable")
# What checks.results is made of, beside what Great Expectations wrote with its signatures. The gate says itself what
# must be signed: it does not take the word of those who sign.
MUST_BE_SIGNED = ("checks.round_checks", "checks.declared_results")
RUN_AGAIN = "Run `kuntakysely refresh`"
CORRECT = "Correct the input that the check names and run `kuntakysely refresh`"


@dataclass(frozen=True)
class Refusal:
    """One reason why a release is refused, and what to do about it. Both are sentences without their full stop."""

    reason: str
    advice: str

    def __str__(self) -> str:
        return f"{self.reason}. {self.advice}."


class PublishRefused(Exception):
    """Nothing was published; every reason is in `refusals`."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__("\n".join(["nothing was published:", *(f"- {refusal}" for refusal in self.refusals)]))


NEEDED = (
    "checks.results",
    "checks.declared_results",
    "checks.history",
    "checks.signatures",
    "checks.builds",
    "checks.of_each_round",
    "raw.ingest__sources",
    "raw.codebook__decisions",
    "raw.codebook__findings",
    "raw.codebook__surveys",
)


def refusals(connection: duckdb.DuckDBPyConnection, code_sha256: str, today: date) -> list[Refusal]:
    """Every reason against publishing; an empty list opens the gate.

    The connection's default catalogue is the warehouse. Reads the tables of NEEDED and the marts themselves; decisions
    hold as of `today`.
    """
    missing = [table for table in NEEDED if not columns_of(connection, table)]
    if missing:
        return [Refusal(f"the warehouse has no table {', '.join(missing)}", RUN_AGAIN)]
    relations, names = described(connection, "current_database()"), [mart.name for mart in published_marts()]
    return [
        *_build_faults(connection, code_sha256),
        *_tools_without_results(connection),
        *_malformed_results(connection),
        *checks_not_passed(connection, today),
        *_unsound_decisions(connection),
        *_rounds_not_checked(connection),
        *_unsound_inputs(connection),
        *(Refusal(*each) for each in undeclared(connection, relations)),
        *_tables_not_as_checked(connection, relations, names, code_sha256),
        *_personal_data(connection, relations, names),
    ]


def _build_faults(connection: duckdb.DuckDBPyConnection, code_sha256: str) -> Iterator[Refusal]:
    """A build of some models leaves the others, and the checks that are models, on older data."""
    _, sources_now = table_signature(connection, "raw.ingest__sources")
    rows = connection.execute(
        "select n_models, n_models_built, code_sha256, sources_hash from checks.builds"
    ).fetchall()
    for n_models, n_built, code, sources in rows:
        if sources != sources_now:
            yield Refusal("files were read after the models were built: the models do not hold them", RUN_AGAIN)
        if n_built < n_models:
            yield Refusal(f"the last build made {n_built} of {n_models} models: the others are older", RUN_AGAIN)
        if code != code_sha256:
            yield Refusal("the code changed since the models were built", RUN_AGAIN)
    if not rows:
        yield Refusal("the models were never built", RUN_AGAIN)


def _tools_without_results(connection: duckdb.DuckDBPyConnection) -> Iterator[Refusal]:
    found = {tool for (tool,) in connection.execute("select distinct tool from checks.results").fetchall()}
    for tool in TOOLS:
        if tool not in found:
            yield Refusal(f"no check of the tool {tool} has left a result in checks.results", RUN_AGAIN)


def _malformed_results(connection: duckdb.DuckDBPyConnection) -> Iterator[Refusal]:
    """A severity or status that is not known would otherwise pass unseen; a key must name one result."""
    rows = connection.execute(
        """
        select survey_id, round_id, check_id, count(*), bool_and(severity in ? and status in ?) is true
        from checks.results
        group by survey_id, round_id, check_id
        order by all
        """,
        [list(SEVERITIES), list(STATUSES)],
    ).fetchall()
    for survey_id, round_id, check_id, n_results, is_known in rows:
        place = f"check {check_id} of {survey_id}/{round_id}"
        if n_results > 1 or None in (survey_id, round_id, check_id):
            yield Refusal(f"{place} has {n_results} results under one key", "Give each check a check_id of its own")
        if not is_known:
            yield Refusal(
                f"{place} has a severity or status that is not known",
                f"Use the severities {', '.join(SEVERITIES)} and the statuses {', '.join(STATUSES)}",
            )


def checks_not_passed(connection: duckdb.DuckDBPyConnection, today: date) -> Iterator[Refusal]:
    """Blocks that did not pass, and gates that failed and are not accepted."""
    rows = connection.execute(
        f"""
        select survey_id, round_id, check_id, asset, severity, status, observed, threshold, n_failed, message_en
        from ({findings_sql()})
        where (severity = 'block' and status is distinct from 'pass') or (severity = 'gate' and decision = 'open')
        order by severity, survey_id, round_id, check_id
        """,
        {"today": today},
    ).fetchall()
    made = decisions_made(connection)
    for survey_id, round_id, check_id, asset, severity, status, observed, threshold, n_failed, message in rows:
        can_be_accepted = severity == "gate" and round_id != "all"
        yield Refusal(
            f"{severity} check {check_id} of {survey_id}/{round_id} on {asset}: {status}, observed {observed}, "
            f"expected {threshold}, {n_failed} failed: {(message or '').rstrip('.')}",
            how_to_accept((survey_id, round_id, check_id), observed, made, today) if can_be_accepted else CORRECT,
        )


def _unsound_decisions(connection: duckdb.DuckDBPyConnection) -> Iterator[Refusal]:
    """A decision on nothing is a slip of the pen: whoever wrote it believes that something is accepted."""
    known = {
        (survey_id, round_id, check_id): severity
        for survey_id, round_id, check_id, severity in connection.execute(
            "select survey_id, round_id, check_id, severity from checks.results"
        ).fetchall()
    }
    for key, made in decisions_made(connection).items():
        survey_id, round_id, check_id = key
        if key not in known:
            of_round = [check for survey, round_, check in known if (survey, round_) == (survey_id, round_id)]
            near = nearest(check_id, of_round)
            advice = f"Write {near} if that is meant, or remove the line" if near else "Remove the line"
            yield Refusal(f"{made.place}: the round has no check {check_id}", advice)
        elif known[key] == "block":
            yield Refusal(
                f"{made.place}: {check_id} is a block, and a block cannot be accepted",
                "Remove the line and correct the input that the check names",
            )


def _rounds_not_checked(connection: duckdb.DuckDBPyConnection) -> Iterator[Refusal]:
    """A check that vanished for a round, from SQL or from the suite, would otherwise pass unseen."""
    if not columns_of(connection, "marts.dim_round"):
        return
    rows = connection.execute(
        """
        select survey_id, round_id, check_id from marts.dim_round cross join checks.of_each_round
        except select survey_id, round_id, check_id from checks.results
        order by all
        """
    ).fetchall()
    for survey_id, round_id, check_id in rows:
        yield Refusal(f"round {survey_id}/{round_id} has no result of the check {check_id}", RUN_AGAIN)


def _unsound_inputs(connection: duckdb.DuckDBPyConnection) -> Iterator[Refusal]:
    rows = connection.execute("select source_file from raw.ingest__sources order by all").fetchall()
    if not rows:
        yield Refusal("raw.ingest__sources names no input file", RUN_AGAIN)
    for (source_file,) in rows:
        if source_file.startswith(("/", "~")) or ".." in source_file.split("/") or "\\" in source_file:
            yield Refusal(
                f"raw.ingest__sources names {source_file}, which is not a path inside the data folder",
                "Keep every input under the data folder",
            )


def _tables_not_as_checked(
    connection: duckdb.DuckDBPyConnection,
    relations: Mapping[str, Relation],
    expected_tables: Sequence[str],
    code_sha256: str,
) -> Iterator[Refusal]:
    rows = connection.execute("select table_name, n_rows, content_hash, code_sha256 from checks.signatures").fetchall()
    if any(code != code_sha256 for *_, code in rows):
        yield Refusal("the code changed since the checks ran", RUN_AGAIN)
    for table in expected_tables:
        name = f"marts.{table}"
        signed = {(n_rows, content) for signed_name, n_rows, content, _ in rows if signed_name == name}
        if table not in relations:
            yield Refusal(f"{name} is to be published and does not exist", RUN_AGAIN)
            continue
        for place in undescribed(relations[table]):
            yield Refusal(f"{place} has no comment", "Describe it in the model's YAML file")
        if signed:
            yield from _signature_faults(connection, name, signed)
        else:
            yield Refusal(f"{name} has no signature in checks.signatures: it was not checked", RUN_AGAIN)
    yield from _sources_not_as_checked(connection, [(name, (n, content)) for name, n, content, _ in rows])


def _personal_data(
    connection: duckdb.DuckDBPyConnection, relations: Mapping[str, Relation], tables: Sequence[str]
) -> Iterator[Refusal]:
    """Texts of tables to be published in which somebody can be reached or recognised; views show no others."""
    allowed = _allowed_contacts(connection)
    found = {name: relations[name] for name in tables if name in relations and not relations[name].is_view}
    texts = [(table, each.name) for table in found for each in found[table].columns if each.data_type == "VARCHAR"]
    for table, column in texts:
        values = connection.execute(
            f"select distinct {quoted(column)} from marts.{quoted(table)} where {may_be_personal(quoted(column))}"
        ).fetchall()
        kinds = sorted({kind for (value,) in values for kind in kinds_in(value, allowed)})
        if kinds:
            yield Refusal(
                f"marts.{table}, column {column}: a text looks like personal data ({', '.join(kinds)})",
                "Find it in the warehouse, and take it out of the input that it comes from",
            )


def _allowed_contacts(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute("select allowed_contacts from raw.codebook__surveys").fetchall()
    return [contact for (contacts,) in rows for contact in json.loads(contacts)]


def _sources_not_as_checked(
    connection: duckdb.DuckDBPyConnection, signed: Sequence[tuple[str, tuple[int, str]]]
) -> Iterator[Refusal]:
    """What else the checks rest on: the results of other tools."""
    for table in MUST_BE_SIGNED:
        found = table_signature(connection, table) if columns_of(connection, table) else None
        if [signature for name, signature in signed if name == table] != [found]:
            yield Refusal(f"{table} is not as it was when the checks ran", RUN_AGAIN)


def _signature_faults(
    connection: duckdb.DuckDBPyConnection, name: str, signed: set[tuple[int, str]]
) -> Iterator[Refusal]:
    try:
        found = table_signature(connection, name)
    except duckdb.BinderException:
        yield Refusal(
            f"{name} can be read in the warehouse only, not in a file of another name",
            "Write its SQL with names like marts.answer_distribution, without a catalogue",
        )
        return
    if signed != {found}:
        yield Refusal(f"{name} was built after it was checked: its content is not what the checks saw", RUN_AGAIN)
