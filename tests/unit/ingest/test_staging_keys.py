"""What staging relies on, keys that stand once and texts that are numbers and days, is what the readers check: no line
that only dbt would stumble over gets past `validate`."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from faults.errors import Fault
from ingest.codebook.round import RoundSettings
from ingest.codebook.survey import SurveySettings
from ingest.landing.columns import paths_of
from store.paths import DataPaths
from tests.broken.make_workbooks import ALPHA, HEADER, sheet_xml, write_workbook
from tests.loading import validate
from tests.rendered import DBT

STAGING = DBT / "models" / "staging"
SURVEY = "surveys/palvelukysely"
ROUND = f"{SURVEY}/rounds/2024"

# The files that raw tables are made of, whose columns keep their names.
FILES = {
    "codebook__choices": f"{SURVEY}/choices.csv",
    "codebook__claims": f"{SURVEY}/claims.csv",
    "codebook__codings": f"{ROUND}/codings.csv",
    "codebook__columns": f"{ROUND}/columns.csv",
    "codebook__comparability": f"{SURVEY}/comparability.csv",
    "codebook__corrections": f"{ROUND}/corrections.csv",
    "codebook__decisions": f"{ROUND}/decisions.csv",
    "codebook__interviews": f"{ROUND}/interviews.csv",
    "codebook__members": f"{ROUND}/members.csv",
    "codebook__plausibility": f"{SURVEY}/plausibility.csv",
    "codebook__published_figures": f"{SURVEY}/published_figures.csv",
    "codebook__questions": f"{SURVEY}/questions.csv",
    "codebook__recodes": f"{ROUND}/recodes.csv",
    "practices__practices": "practices/practices.csv",
    "practices__themes": "practices/themes.csv",
    "codebook__second_codings": f"{ROUND}/second_codings.csv",
    "registry__areas": "registry/areas.csv",
    "registry__changes": "registry/changes.csv",
    "registry__foreign_language_shares": "registry/foreign_language_share.csv",
    "registry__municipalities": "registry/2024-01-01/municipalities.csv",
    "registry__population": "registry/population.csv",
}
CODINGS = "response_id,question_id,coded_question_id,code,by\nA1,comment,services,advice,N. N.\n"
NOT_IN_BASE = {
    **{f"{ROUND}/{name}.csv": CODINGS for name in ("codings", "second_codings")},
    f"{ROUND}/decisions.csv": "check_id,observed,decided_by,decided_on,valid_until,reason\n"
    "roles_known,1,the office,2024-02-02,2024-03-03,Known\n",
    f"{ROUND}/interviews.csv": "interview_id,organisation,areas,n_people,began_on,ended_on,chosen_fi,topics_fi,note\n"
    "offices,municipality,county:01,2,2024-02-02,2024-02-02,,,\n",
    "practices/practices.csv": "practice_id,theme_id,label_fi,organisations,who_fi,rhythm_fi,area,evidence,"
    "document,place\np1,meetings,Tapaaminen,,,,,survey,report,\n",
    "practices/source.yml": "producer: T\nlicence: CC0\nreceived_from: T\nreceived_on: 2024-02-02\n",
    "practices/themes.csv": "theme_id,kind,label_fi\nmeetings,practice,Tapaamiset\n",
    f"{SURVEY}/claims.csv": "survey_id,round_id,claim_id,document,place,language,sentence,is_shortened,figures,"
    "not_computable_fi,not_computable_sv,not_computable_en\npalvelukysely,2024,c1,leaflet,,fi,Riittää,1,f1,,,\n",
    f"{ROUND}/members.csv": "respondent,municipality_code\n020,210\n",
    f"{SURVEY}/comparability.csv": "question_id,round_id,earlier_question_id,comparability,reason\n"
    "staff,2024,,same,Asked as before\n",
}
# The keys of settings that raw tables are made of.
SETTINGS: dict[tuple[str, str], tuple[str | int, ...]] = {
    **{("codebook__surveys", path[-1]): ("survey.yml", *path) for path in paths_of(SurveySettings)},
    **{("codebook__rounds", path[-1]): ("rounds/2024/round.yml", *path) for path in paths_of(RoundSettings)},
    ("codebook__size_classes", "min"): ("survey.yml", "size_classes", 2, "min"),
    ("codebook__size_classes", "max"): ("survey.yml", "size_classes", 1, "max"),
    ("ingest__sources", "received_on"): ("rounds/2024/source.yml", "received_on"),
}
# Counted or written by the program itself; a moment in a response file is a value of a row, which is set aside.
MADE = {
    "ingest__sources.n_rows", "release__figures.computed_value", "release__rows.is_accepted",
    "release__rounds.n_responses",
    "codebook__claims.claim_order", "codebook__claim_figures.figure_order",
    "codebook__columns.source_line", "codebook__members.source_line", "surveys__rows.source_line",
    "surveys__rows.started_at", "surveys__rows.submitted_at", "codebook__breakdowns.sort_order",
    "ingest__sign_offs.signed_on", "ingest__sign_offs.signed_at", "ingest__sign_offs.n_responses_changed",
    "ingest__sign_offs.n_municipalities_changed", "ingest__sign_offs.n_rows_moved",
    "codebook__interviews.sort_order", "practices__practices.sort_order", "practices__themes.sort_order",
    "codebook__questions.sort_order", "codebook__roles.sort_order", "codebook__size_classes.sort_order",
    "codebook__size_class_groups.sort_order", "codebook__sections.sort_order",
}  # fmt: skip

TWO_SECTIONS = """sections:
- {id: a, title: {fi: A, sv: A, en: A}, questions: [satisfied, services]}
- {id: b, title: {fi: B, sv: B, en: B}, questions: [satisfied]}"""

Plant = Callable[[DataPaths], tuple[str, str]]


@pytest.fixture
def root(paths: DataPaths) -> DataPaths:
    paths.practices.mkdir()
    for name, text in NOT_IN_BASE.items():
        (paths.root / name).write_text(text, encoding="utf-8")
    return paths


def found_at(paths: DataPaths, file: str, place: str) -> list[Fault]:
    return [each for each in validate(paths) if each.file.endswith(file) and place in f"{each.place},"]


# Keys.


def doubled_line(file: str) -> Plant:
    def plant(paths: DataPaths) -> tuple[str, str]:
        path = paths.root / file
        lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
        path.write_text("\n".join([*lines, lines[-1], ""]), encoding="utf-8")
        return file, f"line {len(lines) + 1},"

    return plant


def doubled_offer(paths: DataPaths) -> tuple[str, str]:
    """An option that the round did not have, told twice."""
    file = f"{ROUND}/columns.csv"
    with (paths.root / file).open("a", encoding="utf-8") as handle:
        handle.write("not offered,services,advice,,,\n" * 2)
    return file, f"line {len((paths.root / file).read_text(encoding='utf-8').splitlines())},"


def doubled_area(paths: DataPaths) -> tuple[str, str]:
    file = paths.root / ROUND / "interviews.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("county:01", "county:01;county:01"), encoding="utf-8")
    return f"{ROUND}/interviews.csv", "line 2, column areas"


def doubled_in_settings(old: str, new: str, key: str) -> Plant:
    def plant(paths: DataPaths) -> tuple[str, str]:
        path = paths.root / SURVEY / "survey.yml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        return "survey.yml", key

    return plant


def doubled_folder(folder: str, other: str, file: str) -> Plant:
    def plant(paths: DataPaths) -> tuple[str, str]:
        shutil.copytree(paths.root / folder, (paths.root / folder).with_name(other))
        return f"{other}/{file}", "line 1,"

    return plant


def doubled_figure(paths: DataPaths) -> tuple[str, str]:
    file = paths.root / FILES["codebook__claims"]
    file.write_text(file.read_text(encoding="utf-8").replace(",f1,", ",f1+f1,"), encoding="utf-8")
    return "claims.csv", "line 2, column figures"


def doubled_system(*rows: Sequence[str]) -> Plant:
    def plant(paths: DataPaths) -> tuple[str, str]:
        write_workbook(paths.inventory, "systems", sheet_xml([HEADER, ALPHA, *rows]))
        return "inventory.xlsx", "3,"

    return plant


KEYS: dict[str, Plant] = {
    **{f"stg_{table}": doubled_line(file) for table, file in FILES.items()},
    "stg_registry__municipality_areas": doubled_line(FILES["registry__municipalities"]),
    "stg_codebook__claim_figures": doubled_figure,
    "stg_codebook__not_offered": doubled_offer,
    "stg_codebook__interview_areas": doubled_area,
    "stg_codebook__breakdowns": doubled_in_settings("[]", "[satisfied, satisfied]", "breakdowns"),
    "stg_codebook__roles": doubled_in_settings("[director, other]", "[director, other, director]", "roles.lead_order"),
    "stg_codebook__sections": doubled_in_settings("breakdowns: []", f"breakdowns: []\n{TWO_SECTIONS}", "sections"),
    "stg_codebook__size_classes": doubled_in_settings("id: middle", "id: small", "size_classes"),
    "stg_codebook__size_class_groups": doubled_in_settings(
        "members: [small", "members: [small, small", "size_class_groups.members"
    ),
    "stg_codebook__surveys": doubled_folder(SURVEY, "toinen", "survey.yml"),
    "stg_codebook__rounds": doubled_folder(ROUND, "2025", "round.yml"),
    "stg_systems__systems": doubled_system(ALPHA),
    "stg_systems__aliases": doubled_system(("beta", "Beta", "", "ALFA", *ALPHA[4:])),
}
STANDS_TWICE = {
    *("repeated-key", "repeated-id", "repeated-value", "repeated-figure", "in-two-sections"),
    *("wrong-area", "mapped-twice", "wrong-folder", "ambiguous-alias"),
}
# A file and its lines are there once.
OF_FILES = {"stg_ingest__sources", "stg_surveys__cells", "stg_surveys__values", "stg_surveys__rows"}


def models_with_keys() -> set[str]:
    models = (YAML(typ="safe").load(file)["models"][0] for file in STAGING.glob("stg_*.yml"))
    return {model["name"] for model in models if "key" in model.get("config", {}).get("meta", {})}


@pytest.mark.slow
@pytest.mark.parametrize("model", sorted(models_with_keys() - OF_FILES | KEYS.keys()))
def test_what_stands_twice_is_named_with_its_line(root: DataPaths, model: str) -> None:
    file, place = KEYS[model](root)
    assert {each.code for each in found_at(root, file, place)} & STANDS_TWICE


# A merger that stands twice in words of its own, and one that says not of what.
@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("2024-01-01,merger,212,Vanhala,001,Alhola,", "line 3, column old_code"),
        ("2024-01-01,merger,,,001,Alhola,", "line 3, column old_code"),
        ("2024-01-01,merger,213,Uusi,,,", "line 3, column new_code"),
        ("2024-01-01,fusion,213,Uusi,001,Alhola,", "line 3, column change_type"),
    ],
)
def test_municipality_merges_once_and_into_one(paths: DataPaths, line: str, place: str) -> None:
    file = paths.registry / "changes.csv"
    file.write_text(file.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    assert [each.place for each in validate(paths)] == [place]


# Casts.

CAST = re.compile(r"cast\((?:\w+\.|substr\()?(\w+)(?:, 1, 4\))? as (\w+)")
NUMBERS = ("9" * 400, "99999999999999999999", "-" + "9" * 40, "1e5")
WRONG = {
    "integer": NUMBERS,
    "bigint": NUMBERS,
    "double": ("1e999", ".nan", "much"),
    "decimal": (*NUMBERS, "1." + "9" * 400),
    "date": ("9999-99-99", "0000-01-01", "2023-02-29"),
}


def casts() -> list[tuple[str, str, str]]:
    return sorted(
        (file.stem.removeprefix("stg_"), column, kind)
        for file in STAGING.glob("stg_*.sql")
        for column, kind in CAST.findall(file.read_text(encoding="utf-8"))
        if f"{file.stem.removeprefix('stg_')}.{column}" not in MADE
    )


def put(paths: DataPaths, table: str, column: str, value: str) -> tuple[str, str]:
    """The value where the column of the raw table comes from; the file and the place that must be named."""
    if table == "systems__systems":
        changed = dict(zip(HEADER, ALPHA, strict=True)) | {column.removeprefix("in_use_"): value}
        write_workbook(paths.inventory, "systems", sheet_xml([HEADER, list(changed.values())]))
        return "inventory.xlsx", f"cell {chr(ord('A') + list(changed).index(column.removeprefix('in_use_')))}2,"
    if (table, column) in SETTINGS:
        file, *steps = SETTINGS[table, column]
        return put_in_settings(paths, value, str(file), *steps)
    if column == "division_date":
        (paths.registry / "2024-01-01").rename(paths.registry / value)
        return f"registry/{value}", ""
    path = paths.root / FILES[table]
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    if column not in rows[0]:  # it may be left out
        rows = [[*row, "" if number else column] for number, row in enumerate(rows)]
    rows[-1][rows[0].index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return FILES[table], f"line {len(rows)}, column {column}"


def put_in_settings(paths: DataPaths, value: str, file: str, *steps: str | int) -> tuple[str, str]:
    yaml = YAML()
    path = paths.root / SURVEY / file
    content = inner = yaml.load(path)
    for step in steps[:-1]:
        inner = inner.setdefault(step, {}) if isinstance(step, str) else inner[step]
    inner[steps[-1]] = "PLANTED"
    yaml.dump(content, path)
    path.write_text(path.read_text(encoding="utf-8").replace("PLANTED", value), encoding="utf-8")
    line = next(n for n, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if f": {value}" in text)
    return file, f"line {line}, {'.'.join(step for step in steps if isinstance(step, str))}"


@pytest.mark.slow
@pytest.mark.parametrize(("table", "column", "kind"), casts())
def test_value_that_staging_cannot_cast_is_named_with_its_line(
    root: DataPaths, tmp_path: Path, table: str, column: str, kind: str
) -> None:
    for number, value in enumerate(WRONG[kind]):
        shutil.copytree(root.root, tmp_path / str(number))
        paths = DataPaths.resolve(tmp_path / str(number))
        file, place = put(paths, table, column, value)
        assert found_at(paths, file, place) != [], value
