"""All suites on the warehouse as it stands: verdicts become check results, and the tables are signed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import groupby

import duckdb
import pandas as pd

from expectations import answers, tables
from expectations.profiles import answer_profile, table_profile
from expectations.record import CHECKS_OF_OTHERS, record_gx
from expectations.results import CheckResult
from expectations.rules import ALL, CAN_FAIL, Rule
from expectations.run import Verdict, judge, rows_of
from store.builds import PLANNED

FAMILY = "expectations"
MESSAGES = {
    answers.IN_CODEBOOK: (
        "Answers to {question} outside the codebook: see intermediate.int_answers_doubtful",
        "Kysymyksen {question} vastauksia koodikirjan ulkopuolelta: taulu intermediate.int_answers_doubtful",
        "Svar på frågan {question} utanför kodboken: se tabellen intermediate.int_answers_doubtful",
    ),
    answers.AGREEMENT: (
        "The status that SQL gives an answer and the verdict of Great Expectations must name the same answers",
        "SQL:n antaman tilan ja Great Expectationsin tuomion on osuttava samoihin vastauksiin",
        "Det tillstånd som SQL ger ett svar och Great Expectations bedömning ska peka ut samma svar",
    ),
    tables.EXPECTATIONS: (
        "Values, forms and ranges of {asset} are as declared",
        "Taulun {asset} arvot, muodot ja vaihteluvälit ovat kuten on sovittu",
        "Värden, former och intervall i tabellen {asset} är så som angetts",
    ),
    CAN_FAIL: (
        "Every expectation rejects a row made to break it",
        "Jokainen odotus hylkää rivin, joka on tehty rikkomaan sen",
        "Varje förväntan underkänner en rad som gjorts för att bryta mot den",
    ),
}


def check_warehouse(connection: duckdb.DuckDBPyConnection) -> list[CheckResult]:
    """Judge the answers of the rounds that were built, registry, inventory and every mart; record the results and sign
    what was judged."""
    marts = published_tables(connection)
    results = [*_answer_results(connection), *_table_results(connection, [*tables.RAW_TABLES, *marts])]
    record_gx(connection, results, [*marts, *CHECKS_OF_OTHERS])
    return results


def published_tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The tables and views of schema marts, by name."""
    found = connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'marts' union all "
        "select view_name from duckdb_views() where schema_name = 'marts' order by 1"
    )
    return [f"marts.{name}" for (name,) in found.fetchall()]


def _answer_results(connection: duckdb.DuckDBPyConnection) -> list[CheckResult]:
    profile = answer_profile(connection)
    silent = _silent_rounds(connection)
    profile = profile[profile["judged_value"].notna()]
    if profile.empty:
        return silent
    rules = answers.rules(answers.asked_questions(connection), profile)
    _require_every_question(rules, profile)
    verdicts = judge(rules, profile)
    by_question = [v for v in verdicts if v.rule.check_id == answers.IN_CODEBOOK]
    agreement = [v for v in verdicts if v.rule.check_id == answers.AGREEMENT]
    rows = rows_of(profile)
    return [
        *silent,
        *(
            _question_result(group, rows(group[0].rule))
            for group in _grouped(by_question, "survey_id", "round_id", "question_id")
        ),
        *(_agreement_result(group, rows) for group in _grouped(agreement, "survey_id", "round_id")),
        *(_can_fail_result(group) for group in _grouped(verdicts, "survey_id", "round_id")),
    ]


def _require_every_question(rules: list[Rule], profile: pd.DataFrame) -> None:
    """A question whose answers have a value to judge and no rule would pass unseen."""
    ruled = {
        (rule.survey_id, rule.round_id, rule.question_id) for rule in rules if rule.check_id == answers.IN_CODEBOOK
    }
    profile = profile[profile["answer_status"] != "not_asked"]
    asked = {tuple(key) for key in profile[["survey_id", "round_id", "question_id"]].drop_duplicates().to_numpy()}
    if missing := sorted(asked - ruled):
        raise ValueError(f"The suite is empty for {', '.join('/'.join(key) for key in missing)}")


def _silent_rounds(connection: duckdb.DuckDBPyConnection) -> list[CheckResult]:
    """Rounds without an answer that a codebook can judge: that is said."""
    found = connection.execute(
        f"select survey_id, round_id from {PLANNED} except "
        "select survey_id, round_id from checks.answer_profile where judged_value is not null order by all"
    ).fetchall()
    words = (
        "There is no answer that the codebook can judge",
        "Ei vastauksia, joita koodikirja voi arvioida",
        "Det finns inget svar som kodboken kan bedöma",
    )
    return [
        CheckResult(
            survey_id, round_id, check_id, FAMILY, "gx", answers.ASSET, "info", "not_computable", "0 answers", "0", 0,
            *words,
        )
        for survey_id, round_id in found
        for check_id in (answers.IN_CODEBOOK, answers.AGREEMENT)
    ]  # fmt: skip


def _table_results(connection: duckdb.DuckDBPyConnection, names: list[str]) -> list[CheckResult]:
    rules = tables.table_rules(connection, names)
    profile = table_profile(connection, tables.profiled_columns(rules))
    verdicts = judge(rules, profile)
    broken = [rule for verdict in _failed(verdicts) for rule in tables.narrowed(verdict.rule)]
    narrow = [verdict.rule.asset for verdict in judge(broken, profile) if not verdict.passed] if broken else []
    judged = Counter(place.split(":")[0] for rule in rules for place in rule.condition["place"])
    results = [_table_result(table, judged[table], narrow.count(table)) for table in names]
    return [*results, _can_fail_result(verdicts)]


def _grouped(verdicts: Iterable[Verdict], *by: str) -> Iterable[list[Verdict]]:
    def key(verdict: Verdict) -> tuple[str, ...]:
        return tuple(getattr(verdict.rule, name) for name in by)

    return (list(group) for _, group in groupby(sorted(verdicts, key=key), key=key))


def _question_result(verdicts: list[Verdict], rows: pd.DataFrame) -> CheckResult:
    is_outside = rows["answer_status"].isin(set(answers.GIVEN) - {"valid", "declared_missing"})
    n, n_outside = int(rows["n"].sum()), int(rows.loc[is_outside, "n"].sum())
    check_id = f"{answers.IN_CODEBOOK}.{verdicts[0].rule.question_id}"
    return _result(check_id, verdicts, f"{n_outside} of {n} answers", n_outside)


def _agreement_result(verdicts: list[Verdict], rows: Callable[[Rule], pd.DataFrame]) -> CheckResult:
    failed = _failed(verdicts)
    n_failed = int(pd.concat(rows(verdict.rule) for verdict in failed)["n"].sum()) if failed else 0
    return _result(answers.AGREEMENT, verdicts, f"{len(verdicts)} expectations", n_failed)


def _table_result(table: str, n_expectations: int, n_broken: int) -> CheckResult:
    asset = table.split(".")[1]
    words = [text.format(asset=asset) for text in MESSAGES[tables.EXPECTATIONS]]
    return CheckResult(
        ALL, ALL, f"{tables.EXPECTATIONS}.{asset}", FAMILY, "gx", asset, "block", "fail" if n_broken else "pass",
        f"{n_expectations} expectations", "0", n_broken, *words,
    )  # fmt: skip


def _can_fail_result(verdicts: list[Verdict]) -> CheckResult:
    blunt = [v for v in verdicts if not v.can_fail or not v.n_judged]
    rule = verdicts[0].rule
    return CheckResult(
        rule.survey_id, rule.round_id, CAN_FAIL, FAMILY, "gx", rule.asset, "block", "fail" if blunt else "pass",
        f"{len(verdicts) - len(blunt)} of {len(verdicts)}", "all", len(blunt), *MESSAGES[CAN_FAIL],
    )  # fmt: skip


def _failed(verdicts: list[Verdict]) -> list[Verdict]:
    return [verdict for verdict in verdicts if not verdict.passed]


def _result(check_id: str, verdicts: list[Verdict], observed: str, n_failed: int) -> CheckResult:
    rule = verdicts[0].rule
    failed = bool(_failed(verdicts))
    words = [text.format(question=rule.question_id) for text in MESSAGES[rule.check_id]]
    return CheckResult(
        rule.survey_id, rule.round_id, check_id, FAMILY, "gx", rule.asset, rule.severity,
        "fail" if failed else "pass", observed, "none outside", max(n_failed, 1) if failed else 0, *words,
    )  # fmt: skip
