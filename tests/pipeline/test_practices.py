"""Practices beside the share that reports them, and interviews beside the answers: another country's, by files only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from store.paths import DataPaths
from store.warehouse import opened
from tests.evidence import COUNTRY, TEXTS, with_evidence
from tests.pipeline.build import build_and_publish

OF_ALL = "unit = 'response' and breakdown = 'all'"


def released(folder: Path, **changed: str) -> DataPaths:
    paths = with_evidence(folder)
    settings = paths.surveys / "omavalitsused" / "survey.yml"
    text = settings.read_text(encoding="utf-8")
    for old, new in changed.items():
        assert old in text
        text = text.replace(old, new)
    settings.write_text(text, encoding="utf-8")
    return build_and_publish(paths)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    paths = released(tmp_path_factory.mktemp("evidence") / "data")
    with opened(paths.current, read_only=True) as connection:
        yield connection


def told(release: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[object, ...]]:
    return release.execute(sql).fetchall()


def test_themes_and_practices_are_in_the_order_and_languages_of_their_files(
    release: duckdb.DuckDBPyConnection,
) -> None:
    assert told(
        release, "select theme_id, theme_kind, label_en, label_fi from marts.dim_theme order by theme_order"
    ) == [
        ("meetings", "practice", "Meetings", None),
        ("guidance", "practice", "Guidance", None),
        ("worries", "comment", "Worries", None),
    ]
    columns = "practice_id, theme_id, who, who_en, rhythm_en, area_level, area_code, evidence, document, place"
    assert told(release, f"select {columns} from marts.practice order by practice_order") == [
        ("weekly", "meetings", "municipality;county", None, "weekly", None, None, "interview", "report", "7"),
        ("desk", "guidance", "municipality", None, None, "municipality", "01784", "survey", "report", None),
        ("forum", "meetings", "state", "county government", None, "county", "TARTU", "forum", "forum", None),
        ("staff", "worries", None, None, None, None, None, "survey", "report", "8"),
    ]
    assert told(
        release,
        "select thing, thing_key, label from marts.label where language = 'et' and "
        "(thing like 'practice%' or thing in ('theme', 'interview_chosen')) and thing_key not in ('desk', 'staff') "
        "order by all",
    ) == [
        ("interview_chosen", "omavalitsused/2024/offices", "loosiga"),
        ("practice", "forum", "Maakonna foorum"),
        ("practice", "weekly", "Iganädalane koosolek"),
        ("practice_rhythm", "weekly", "kord nädalas"),
        ("practice_who", "forum", "maavalitsus"),
        ("theme", "guidance", "Nõustamine"),
        ("theme", "meetings", "Kohtumised"),
        ("theme", "worries", "Mured"),
    ]


def test_what_was_read_in_the_texts_is_counted(release: duckdb.DuckDBPyConnection) -> None:
    """Anew, from what the people of the test wrote."""
    readers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for response, (_, read) in TEXTS.items():
        for question, codes in read.items():
            for code in codes:
                readers[question, code].add(response)
    base = {
        question: set().union(*(who for (of, _), who in readers.items() if of == question)) for question, _ in readers
    }
    found = told(release, f"select question_id, answer_code, n, base_n from marts.practice_support where {OF_ALL}")
    assert {row[:2]: row[2:] for row in found} == {
        (question, code): (len(who), len(base[question])) for (question, code), who in readers.items()
    }


def test_a_theme_or_one_practice_of_it_is_supported(release: duckdb.DuckDBPyConnection) -> None:
    found = told(
        release, f"select answer_code, theme_id, practice_id from marts.practice_support where {OF_ALL} order by all"
    )
    assert found == [("guidance", "guidance", None), ("meetings", "meetings", None), ("staff", "worries", "staff")]


def test_the_labels_of_the_options_are_those_of_the_themes(release: duckdb.DuckDBPyConnection) -> None:
    """Written once, in practices/."""
    sql = """
        select answer_code, label from marts.dim_answer inner join marts.label on answer_key = thing_key
        where thing = 'answer' and language = 'et' and question_id in ('practice_themes', 'worries')
        order by question_id, sort_order
    """
    assert told(release, sql) == [
        ("meetings", "Kohtumised"),
        ("guidance", "Nõustamine"),
        ("staff", "Töötajaid on vähe"),
    ]
    texts = (COUNTRY / "data/surveys/omavalitsused/choices.csv").read_text(encoding="utf-8")
    assert "Kohtumised" not in texts


def test_interviews_say_who_in_kind_and_number_only(release: duckdb.DuckDBPyConnection) -> None:
    columns = "interview_id, organisation, n_people, cast(began_on as varchar), chosen_en, topics_en, note"
    assert told(release, f"select {columns} from marts.interview order by interview_order") == [
        ("offices", "municipality", 4, "2024-03-10", "by lot", "Meetings", None),
        ("counties", "county", None, None, None, None, "Nobody says how many"),
    ]
    assert told(release, "select interview_id, area_level, area_code from marts.interview_area order by all") == [
        ("offices", "county", "TARTU"),
        ("offices", "municipality", "01784"),
    ]


def test_a_printed_sentence_holds_where_all_its_figures_do(release: duckdb.DuckDBPyConnection) -> None:
    verdicts = release.sql("select claim_id, verdict, n_figures from marts.claim order by claim_id").fetchall()
    assert verdicts == [("c1", "holds", 2), ("c2", "holds", 1), ("c3", "not_computable", 0)]
    reasons = "select language, label from marts.label where thing = 'not_computable' order by language"
    assert release.sql(reasons).fetchall() == [("en", "How much is not said"), ("et", "Pole öeldud kui palju")]


def test_what_is_hidden_of_the_question_is_hidden_of_the_theme(tmp_path: Path) -> None:
    paths = released(tmp_path / "data", **{"min_responses: 5": "min_responses: 5, applies_to: synthetic"})
    with opened(paths.current, read_only=True) as connection:
        same = "from marts.practice_support left join marts.answer_distribution as cells using "
        key = "(survey_id, round_id, question_id, answer_code, unit, breakdown, breakdown_id) where level = 'option'"
        cells = told(connection, f"select distinct practice_support.cell_status, cells.cell_status {same} {key}")
        assert {first for first, _ in cells} == {second for _, second in cells}
        assert "hidden_primary" in {first for first, _ in cells}
        hidden = "select n, base_n, pct from marts.practice_support where cell_status like 'hidden%'"
        assert {value for row in told(connection, hidden) for value in row[::2]} == {None}
