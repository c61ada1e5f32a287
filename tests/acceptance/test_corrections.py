"""A late answer: the round is made again, and what changed is listed."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from store.paths import DataPaths
from tests.acceptance.project import copy_data, kuntakysely, rows
from tests.pipeline.build import build, build_and_publish, copy_sample, publish_built

ROUND = Path("surveys/sample/rounds/2023")
LATE = "R19;p19;05.03.2023 10:00;002;Johtaja;Pitkä;Eri mieltä;Kyllä;Puhelin;0;0;;Työ;3;2;;Ei;;;;;made up\n"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """The sample survey without its printed figures, published. Not to be changed."""
    paths = copy_sample(tmp_path_factory.mktemp("first"))
    figures = paths.surveys / "sample" / "published_figures.csv"
    figures.write_text(figures.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    return build_and_publish(paths)


@pytest.fixture
def sample(first: DataPaths, tmp_path: Path) -> DataPaths:
    return copy_data(first, tmp_path / "data")


def counts(paths: DataPaths) -> tuple[object, ...]:
    (found,) = rows(paths, "select n_responses, n_municipalities from marts.response_rate where breakdown = 'all'")
    return found


def differences(paths: DataPaths) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(kuntakysely(paths, "diff", "--csv").stdout)))


def test_a_late_answer_is_counted_and_its_changes_are_listed(sample: DataPaths) -> None:
    """Every number of answer_distribution that differs is listed, and none that does not."""
    sql = "select question_key, unit, breakdown_key, level, answer_code, n from marts.answer_distribution"
    before = set(rows(sample, sql))
    n_responses, n_municipalities = counts(sample)
    file = sample.root / ROUND / "responses.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(";;;;\nR16", f";;;;\n{LATE}R16"), encoding="utf-8")
    said = kuntakysely(publish_built(build(sample)), "status").stdout
    assert counts(sample) == (int(str(n_responses)) + 1, n_municipalities)
    found = differences(sample)
    assert f"{len([each for each in found if each['change'] == 'value_changed'])} values changed" in said
    of_rate = {(each["row"], each["column_name"]): (each["old_value"], each["new_value"]) for each in found}
    assert of_rate["breakdown_key=sample/all/all", "n_responses"] == (str(n_responses), str(int(str(n_responses)) + 1))
    assert {each["round_id"] for each in found} <= {"2023", "all"}
    expected = {tuple(map(str, row[:5])) for row in before ^ set(rows(sample, sql))}
    listed = {
        tuple(part.partition("=")[2] for part in each["row"].split(", "))
        for each in found
        if each["table_name"] == "answer_distribution" and each["column_name"] == "n"
    }
    assert expected
    assert listed == expected
