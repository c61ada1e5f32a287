"""A joint authority answers for municipalities: counted once by response, and once for each of them by municipality."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import sqrt
from pathlib import Path

import duckdb
import pytest

from store.paths import DataPaths
from store.warehouse import opened
from tests.pipeline.build import build_anew, copy_sample

ROUND = Path("surveys/sample/rounds/2023")
AUTHORITY, SPELLED, JOINT = "Etelän yhtymä", "Etelän kuntayht.", "R20"
# 020 was silent; 005 and 090 answered some of the questions themselves. 002, for which 004 answers too, did to all.
MEMBERS = f"respondent,municipality_code\n{AUTHORITY},020\n{AUTHORITY},005\n004,002\n004,090\n"
CLASSES = {"001": 0, "020": 0, "002": 1, "003": 1, "004": 2, "005": 2, "090": 2}
QUESTIONS = ("opinion", "named", "system_in_use", "reason_to_use", "kind_of_form")
Cluster = tuple[int, str]  # class, and the municipality or the response


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    paths = copy_sample(tmp_path_factory.mktemp("members"))
    (paths.root / ROUND / "members.csv").write_text(MEMBERS, encoding="utf-8")
    cells = [JOINT, "p20", "16.02.2023 10:00", SPELLED, "Johtaja", "Pitkä", "Osin samaa mieltä", "Kyllä", "Puhelin"]
    cells += ["0", "0", "", "Työ", "3", "1", "", "Kyllä", "Kirja", "Kyllä", "", "", "made up"]
    with (paths.root / ROUND / "responses.csv").open("a", encoding="utf-8") as handle:
        handle.write(";".join(cells) + "\n")
    with (paths.root / ROUND / "recodes.csv").open("a", encoding="utf-8") as handle:
        handle.write(f"_municipality,{SPELLED},{AUTHORITY}\n")
    return build_anew(paths)


@pytest.fixture
def connection(paths: DataPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(paths.warehouse_file, read_only=True) as opened_connection:
        yield opened_connection


def answers(connection: duckdb.DuckDBPyConnection, question_id: str) -> dict[str, tuple[str, str]]:
    """The answer of each municipality, and the response that gave it."""
    sql = "select unit_id, code, response_id from intermediate.int_answers_by_unit where unit = 'municipality'"
    found = connection.execute(f"{sql} and question_id = ?", [question_id]).fetchall()
    assert len({code for code, *_ in found}) == len(found)
    return {municipality: (code, response) for municipality, code, response in found}


def test_each_member_is_answered_for_and_its_own_answer_goes_first(connection: duckdb.DuckDBPyConnection) -> None:
    opinion, named = answers(connection, "opinion"), answers(connection, "named")
    assert opinion["020"] == opinion["005"] == ("partly", JOINT)
    assert opinion["090"] == ("not", "R10")
    assert named["020"] == ("yes", JOINT)
    assert named["005"] == ("no", "R06")
    assert named["090"] == named["004"]
    assert {opinion["002"][1], opinion["004"][1]} == {"R03", "R15"}


def test_a_response_counts_once_where_it_stands(connection: duckdb.DuckDBPyConnection) -> None:
    sql = "select response_id, municipality_code from intermediate.int_answers_by_unit where unit = 'response'"
    found = connection.execute(f"{sql} and question_id = 'named' and response_id in (?, 'R05')", [JOINT]).fetchall()
    assert sorted(found) == [("R05", "004"), (JOINT, "020")]


def test_nobody_is_counted_twice(connection: duckdb.DuckDBPyConnection) -> None:
    sql = "select n_frame, n_municipalities, n_responses from marts.response_rate where breakdown = 'all'"
    (frame, municipalities, responses), *_ = connection.execute(sql).fetchall()
    accepted = "select count(*) from intermediate.int_responses_disposed where disposition = 'accepted'"
    assert (frame, municipalities, (responses,)) == (7, 7, connection.execute(accepted).fetchone())
    sql = "select max(n_municipalities_so_far), max(n_responses_so_far) from marts.response_curve"
    assert connection.execute(sql).fetchone() == (7, responses - 1)  # one has no readable time
    assert connection.execute("select count(*) from intermediate.int_municipalities_silent").fetchone() == (0,)
    sql = "select max(base_municipalities) from marts.inhabitant_share where question_id = 'opinion'"
    assert connection.execute(sql).fetchone() == (7,)
    too_many = "select count(*) from marts.answer_distribution where unit = 'municipality' and base_n > 7"
    assert connection.execute(too_many).fetchone() == (0,)


@pytest.mark.parametrize("question_id", QUESTIONS)
def test_errors_take_those_who_share_an_answer_for_one(connection: duckdb.DuckDBPyConnection, question_id: str) -> None:
    """Against the formula, written anew: 1e-9."""
    given = answers(connection, question_id)
    sql = """select answer_code, weighted_share, se, se_fpc from marts.answer_distribution where question_id = ?
        and unit = 'municipality' and breakdown = 'all' and level = 'option'"""
    told = connection.execute(sql, [question_id]).fetchall()
    assert told
    for code, *figures in told:
        assert figures == pytest.approx(estimated(given, code), abs=1e-9, nan_ok=True), code


def test_the_sample_has_clusters_of_several(connection: duckdb.DuckDBPyConnection) -> None:
    """Two of one class share an answer to this question, so that it matters what is a cluster."""
    given = answers(connection, "system_in_use")
    assert given["020"][1] == given["005"][1] == JOINT and given["004"][1] == given["090"][1] != JOINT
    apart = {code: (answer, code) for code, (answer, _) in given.items()}
    assert estimated(given, "yes")[1] != pytest.approx(estimated(apart, "yes")[1], abs=1e-3)


def estimated(given: Mapping[str, tuple[str, str]], code: str) -> list[float | None]:
    """Weighted share, its error and its error in the frame."""
    strata = collapsed({(CLASSES[each], given[each][1]) for each in given})
    frame, answered = ([0] * 3, [0] * 3)
    for each, number in CLASSES.items():
        frame[strata[number]] += 1
        answered[strata[number]] += each in given
    weight = [n_frame / n if n else 0 for n_frame, n in zip(frame, answered, strict=True)]
    total = sum(weight[strata[CLASSES[each]]] for each in given)
    share = sum(weight[strata[CLASSES[each]]] for each, (said, _) in given.items() if said == code) / total
    scores: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for each, (said, _) in given.items():
        stratum = strata[CLASSES[each]]
        scores[stratum][given[each][1]] += weight[stratum] * ((said == code) - share) / total
    if share in (0, 1) or any(len(each) < 2 for each in scores.values()):
        return [share, None, None]
    parts = {stratum: spread([*each.values()]) for stratum, each in scores.items()}
    open_part = {stratum: 1 - answered[stratum] / frame[stratum] for stratum in parts}
    return [share, sqrt(sum(parts.values())), sqrt(sum(part * open_part[at] for at, part in parts.items()))]


def collapsed(clusters: set[Cluster]) -> Sequence[int]:
    """The stratum of each class: itself with two clusters, or the nearest smaller one that has, or the next larger."""
    sizes = [sum(number == each for number, _ in clusters) for each in range(3)]
    good = [number for number, size in enumerate(sizes) if size >= 2]
    return [max((each for each in good if each <= number), default=min(good, default=0)) for number in range(3)]


def spread(scores: Sequence[float]) -> float:
    mean = sum(scores) / len(scores)
    return len(scores) / (len(scores) - 1) * sum((score - mean) ** 2 for score in scores)
