"""dbt's documentation says where each published mart goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from publish.releases import exposures
from store.marts import published_marts

QUERIES = 'SQL = "select * from marts.response_rate, marts.nothing"\nROWS = by("claim", "survey_id")\n'


def test_the_exposures_are_those_of_the_marts() -> None:
    written = exposures.FILE.read_text("utf-8")
    assert written == exposures.text(), "run make docs"
    read = {each["name"]: each["depends_on"] for each in YAML(typ="safe").load(written)["exposures"]}
    assert read["release"] == [f"ref('{mart.name}')" for mart in published_marts()]
    assert all(0 < len(read[name]) < len(read["release"]) for name in ("pages_of_results", "quality_reports"))


def test_a_mart_that_is_published_is_in_the_release(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exposures, "published_marts", lambda: published_marts()[1:])
    assert exposures.FILE.read_text("utf-8") != exposures.text()


def test_pages_go_to_the_marts_that_their_code_names(tmp_path: Path) -> None:
    (tmp_path / "reading.py").write_text(QUERIES, "utf-8")
    assert [*exposures.read_in(tmp_path, exposures.IN_SQL)] == ["response_rate"]
    assert [*exposures.read_in(tmp_path, exposures.AS_WORD)] == ["claim"]
