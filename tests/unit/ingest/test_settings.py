"""What a YAML file of settings is told: the key, the value as it is written, and what would be right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import Field

from faults.errors import FaultList
from faults.suggestions import nearest
from ingest.codebook.round import RoundSettings
from ingest.codebook.survey import SurveySettings
from ingest.readers.cells import Labels, PositiveInt, Text, Truth
from ingest.readers.settings import Settings, read_settings
from store.paths import DataPaths
from tests.loading import validate

Edit = Callable[[Path, str, str], None]


class Inner(Settings):
    first: PositiveInt
    second: Text
    third: Text = "3"


class Example(Settings):
    name: Text = "x"
    words: tuple[Text, ...] = ()
    rows: dict[Text, tuple[Text, ...]] = Field(default_factory=dict)
    label: Labels = Field(default_factory=dict)
    inner: Inner | None = None
    many: tuple[Inner, ...] = ()
    is_on: Truth = False


def told(tmp_path: Path, faults: FaultList, text: str) -> list[str]:
    file = tmp_path / "example.yml"
    file.write_text(text, encoding="utf-8")
    read_settings(file, Example, faults)
    return [f"{fault.place}: {fault.found} {fault.expected} {fault.advice}" for fault in faults]


@pytest.mark.parametrize(
    ("text", "place", "written", "kind"),
    [
        ("name: False", "line 1, name", "False", "true or false"),
        ("name:    0   # none", "line 1, name", "0", "a number"),
        ("name: 007", "line 1, name", "007", "a number"),
        ("words: [a, 1.0, b]", "line 1, words", "1.0", "a number"),
        ("words:\n  - a\n  - true", "line 3, words", "true", "true or false"),
        ("rows: {Status: [False]}", "line 1, rows.Status", "False", "true or false"),
        ("rows:\n  Status: ['0', 'x']\n  Finished:\n    - -1", "line 4, rows.Finished", "-1", "a number"),
        ("\n\nname:\n  1e3", "line 3, name", "1e3", "a number"),
        ("label: {fi: 2024, en: '2024'}", "line 1, label.fi", "2024", "a number"),
    ],
)
def test_text_that_yaml_reads_as_something_else_is_told_as_it_is_written(
    tmp_path: Path, faults: FaultList, text: str, place: str, written: str, kind: str
) -> None:
    expected = f'{place}: The value is {written}, which YAML reads as {kind}. Text. Write it in quotes: "{written}".'
    assert told(tmp_path, faults, text) == [expected]


def test_value_under_a_key_that_is_no_text_is_told_without_its_spelling(tmp_path: Path, faults: FaultList) -> None:
    assert told(tmp_path, faults, "rows: {1: [False]}") == [
        "line 1, rows.1: The value is false. Text. Put the value in quotes."
    ]


def test_advice_to_quote_helps(tmp_path: Path, faults: FaultList) -> None:
    assert told(tmp_path, faults, 'rows: {Status: ["False", "0"]}\nname: "007"\nwords: [2023-01-31, no, yes]') == []


def test_date_in_place_of_a_text_is_read_as_it_is_written(tmp_path: Path, faults: FaultList) -> None:
    file = tmp_path / "example.yml"
    file.write_text("name: 2023-1-31\nwords: [2023-01-31, 2023-99-99]", encoding="utf-8")
    read = read_settings(file, Example, faults)
    assert read is not None
    assert (read[0].name, read[0].words) == ("2023-1-31", ("2023-01-31", "2023-99-99"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("inner: 7", "The value is the number 7. The keys first, second, each with a value."),
        ("many: [{first: 1, second: a}, b]", 'The value is "b". The keys first, second, each with a value.'),
        ("label: x", 'The value is "x". A text in each language. Write it as {fi: Kaikki, en: All}.'),
        ("inner: {first: 0, second: a}", "The value is the number 0. A number that is 1 at least. Correct it."),
        (
            "inner: {first: 99999999999, second: a}",
            "The value is the number 99999999999. A number that is 999999999 at most.",
        ),
        ("is_on: 'yes'", 'The value is "yes". True or false. Write true or false, without quotes.'),
        ("inner: {first: 1, secnd: a}", 'Did you mean "second"?'),
    ],
)
def test_sentence_says_what_would_be_right(tmp_path: Path, faults: FaultList, text: str, sentence: str) -> None:
    assert any(sentence in line for line in told(tmp_path, faults, text))


def test_group_of_keys_names_its_keys(paths: DataPaths, edit: Edit) -> None:
    round_yml = paths.root / "surveys/palvelukysely/rounds/2024/round.yml"
    edit(round_yml, "{division_date: 2024-01-01, population_date: 2023-12-31, scope: mainland}", "2024-01-01")
    (fault,) = validate(paths)
    assert (fault.place, fault.expected) == (
        "line 5, frame",
        "The keys division_date, population_date, scope, each with a value.",
    )


@pytest.mark.parametrize(
    ("file", "before", "key"),
    [("survey.yml", "languages:", "funder"), ("rounds/2024/round.yml", "timezone:", "reading_note")],
)
def test_text_that_need_not_be_there_is_in_every_language_where_it_is(
    paths: DataPaths, edit: Edit, file: str, before: str, key: str
) -> None:
    settings = paths.root / "surveys/palvelukysely" / file
    edit(settings, before, f"{key}: {{fi: Kunnat, sv: Kommunerna, en: Municipalities}}\n{before}")
    assert validate(paths) == ()
    edit(settings, "sv: Kommunerna, ", "")
    (fault,) = validate(paths)
    assert (fault.code, fault.place.partition(", ")[2]) == ("missing-language", f"{key}.sv")


# Near names. Who writes the key on the left means the one on the right, or none that is there.
HINTS = {
    "titel": "title", "license": "licence", "language": "languages", "publishers": "publisher", "roled": "roles",
    "size_class": "size_classes", "size_classes_groups": "size_class_groups", "size_class_group": "size_class_groups",
    "none_tick": "none_ticked", "limit": "limits", "municipal_rule": "municipality_rule", "disclosures": "disclosure",
    "breakdown": "breakdowns", "all_labels": "all_label",
    "unions": None, "size_class_unions": None, "groups": None, "name": None, "questions": None, "choices": None,
    "privacy": None, "lead_role": None, "reports": None,
}  # fmt: skip
ROUND_HINTS = {
    "file": "files", "frames": "frame", "delimeter": "delimiter", "date_formats": "date_format",
    "time_stamp_format": "timestamp_format", "synthetic": "is_synthetic", "duplicate": "duplicates",
    "first_data_rows": "first_data_row", "skip_row_without": "skip_rows_without", "decimal_sing": "decimal_sign",
    "skip_rows_wher": "skip_rows_where", "header_row": None, "separator": None, "opens": None, "division": None,
    "weights_column": None,
}  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), HINTS.items())
def test_hint_of_a_survey_is_what_was_meant_or_none(written: str, meant: str | None) -> None:
    assert nearest(written, SurveySettings.model_fields) == meant


@pytest.mark.parametrize(("written", "meant"), ROUND_HINTS.items())
def test_hint_of_a_round_is_what_was_meant_or_none(written: str, meant: str | None) -> None:
    assert nearest(written, RoundSettings.model_fields) == meant


@pytest.mark.parametrize(
    ("written", "choices", "meant"),
    [
        ("Täysin eri mieltä", ["Täysin samaa mieltä", "Jokseenkin eri mieltä"], None),
        ("Jokseenkn samaa mieltä", ["Jokseenkin samaa mieltä", "Jokseenkin eri mieltä"], "Jokseenkin samaa mieltä"),
        ("2023-01", ["2021-01", "2023-02"], None),
        ("name_se", ["name_sv", "area_code"], "name_sv"),
        ("2023-1", ["2023-01", "2023-11"], "2023-01"),
        ("personel", ["public_fact", "opinion", "personal"], "personal"),
    ],
)
def test_word_that_is_another_word_is_no_slip_of_the_pen(written: str, choices: list[str], meant: str | None) -> None:
    assert nearest(written, choices) == meant
