"""What a person decides of a drafted survey and its round."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.deciding import is_marked, lines

DECIDED: dict[str, Any] = {
    "title": "Keksitty", "publisher": "Projekti", "population": "Kunnat", "licence": "CC0",
    "size_classes": [{"id": "all_sizes", "min": 0, "label": "Kaikki koot"}],
    "municipality_rule": "latest",
    "disclosure": {"min_municipalities": 3, "min_responses": 5},
    "limits": {"quarantined_share": 0.1, "small_base": 5},
    "field_window": {"opens_on": "2023-03-01", "closes_on": "2023-03-31"}, "is_synthetic": True,
    "frame": {"division_date": "2023-01-01", "population_date": "2022-12-31", "scope": "all"},
    "timezone": "Europe/Helsinki", "producer": "Projekti", "received_from": "Projekti",
}  # fmt: skip
IN_EACH = ("title", "publisher", "population", "size_classes")


def decide(folder: Path) -> None:
    """Decide what is marked in the settings of a drafted folder, a text in each of its languages, and that questions
    are opinions; of tables nothing else may be marked."""
    for file in folder.glob("*.yml"):
        settings = YAML().load(file)
        languages = settings.get("languages") or [*settings.get("title", {})]
        for key in [key for key, value in settings.items() if "?" in str(value)]:
            settings[key] = _in_each(DECIDED[key], languages) if key in IN_EACH else DECIDED[key]
        YAML().dump(settings, file)
    for file in folder.glob("*.csv"):
        header, *rows = lines(file)
        place = header.index("disclosure") if "disclosure" in header else None
        decided = [(*row[:place], "opinion", *row[place + 1 :]) if place else row for row in rows]
        assert [row for row in decided if is_marked(row)] == []
        with file.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows([header, *decided])


def _in_each(value: Any, languages: list[str]) -> Any:
    if isinstance(value, list):
        return [each | {"label": dict.fromkeys(languages, each["label"])} for each in value]
    return dict.fromkeys(languages, value)
