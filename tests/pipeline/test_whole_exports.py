"""Three whole exports of one questionnaire, from new-round on and by files only: every figure is the one that an
independent script computes from the export, the codebook and the registry."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from ruamel.yaml import YAML

from expectations.record import begin_build
from orchestration.dagster.dbt import BUILD
from store.paths import PROJECT_ROOT, DataPaths
from store.warehouse import opened
from tests.acceptance.project import kuntakysely
from tests.deciding import Line, is_marked, lines
from tests.loading import load_all
from tests.pipeline.build import run_dbt
from tests.whole_exports import figures as second_reading
from tests.whole_exports.figures import Figures
from tests.whole_exports.make_exports import (
    LIME_PREFIXES,
    lime_columns,
    make_responses,
    qualtrics_columns,
    write_kobo,
    write_limesurvey,
    write_qualtrics,
)
from tests.whole_exports.questionnaire import write_codebook

MARTS = ("answer_distribution", "answer_status_count", "number_summary", "response_rate")
ROLES = "roles: {list_name: role, lead_order: ['1', '2', '3']}\nmunicipality_rule: lead_role"
FILES = {"qualtrics": "responses.csv", "kobo": "responses.xlsx", "limesurvey": "responses.csv"}
N_DECIDED = {"qualtrics": 28, "kobo": 21, "limesurvey": 35}  # lines that a person wrote, at most

# What a person decides. Of columns.csv, what a column is; of recodes.csv, all that a spelling may stand for: a marked
# line that is not here goes.
COMMON: dict[str, Any] = {
    "title": {"fi": "Keksitty", "sv": "Påhittad"},
    "field_window": {"opens_on": "2023-03-01", "closes_on": "2023-03-31"},
    "is_synthetic": True,
    "timezone": "Europe/Helsinki",
    "producer": "Projekti",
    "licence": "CC0",
    "received_from": "Projekti",
}
FRAME_2023 = {"division_date": "2023-01-01", "population_date": "2022-12-31", "scope": "mainland"}
SETTINGS: dict[str, dict[str, Any]] = {
    "qualtrics": COMMON | {
        "frame": FRAME_2023, "duplicates": "keep_last", "eligible": "${consent} = '1'",
        "skip_rows_where": {"Status": ["Survey Preview"], "Finished": ["False"]},
    },
    "kobo": COMMON | {
        "frame": {"division_date": "2025-01-01", "population_date": "2024-12-31", "scope": "all"},
        "eligible": "${consent} = '1'",
        "skip_rows_where": {"_validation_status": ["validation_status_not_approved"]},
    },
    "limesurvey": COMMON | {
        "frame": FRAME_2023, "duplicates": "keep_first", "eligible": "${consent} = 'A1'",
        "skip_rows_without": ["submitdate"],
    },
}  # fmt: skip
NOT_MARKED = {"ExternalReference": [("_respondent",)]}  # what the draft could not know
COLUMNS: dict[str, dict[str, list[Line]]] = {
    "qualtrics": {"rooli": [("_role",)]},
    "kobo": {"tausta/kuntanumero": [("_municipality", "code")]},
    "limesurvey": {
        "token": [("_respondent",)],
        "rooli": [("_role",)],
        "services[other]": [("services", "SQ006", "*"), ("servicetext",)],
        **{column: [(name,)] for name, column in lime_columns().items() if "[SQ" in column},
    },
}  # fmt: skip
RECODES: dict[str, list[Line]] = {
    "qualtrics": [  # the halves of labels that hold a comma
        *(("service", half, "2") for half in ("Koulutus", "työpajat", "Utbildning", "verkstäder")),
        *(("service", half, "6") for half in ("Muu", "mikä?", "Annat", "vad?")),
    ],
    "kobo": [("_municipality", code.lstrip("0"), code) for code in ("005", "049", "091", "092")],
    "limesurvey": [("_municipality", "Helsingin kaupunki", "091"), ("form", "-oth-", "A4")],
}


def expected(paths: DataPaths, tool: str, file: Path) -> Figures:
    """The figures of the script."""
    rule = "latest" if tool == "kobo" else "lead_role"
    survey = second_reading.read_survey(paths.surveys / tool, paths.registry, rule, SETTINGS[tool])
    if tool == "qualtrics":
        rows = second_reading.read_qualtrics(file, survey, qualtrics_columns())
    elif tool == "kobo":
        rows = second_reading.read_kobo(file, survey)
    else:
        rows = second_reading.read_limesurvey(file, survey, lime_columns())
    return second_reading.compute(survey, rows)


def make_inputs(folder: Path) -> DataPaths:
    """The codebooks, the project's registry, and an export of each tool beside the data folder."""
    paths = DataPaths(folder / "data")
    shutil.copytree(PROJECT_ROOT / "data" / "registry", paths.registry)
    for tool in FILES:
        write_codebook(paths.surveys / tool, LIME_PREFIXES if tool == "limesurvey" else {},
                       "municipality_rule: latest" if tool == "kobo" else ROLES)  # fmt: skip
        (folder / tool).mkdir()
    write_qualtrics(folder / "qualtrics" / "responses.csv", make_responses(1, {}))
    write_kobo(folder / "kobo" / "responses.xlsx", make_responses(2, {}))
    write_limesurvey(folder / "limesurvey" / "responses.csv", make_responses(3, LIME_PREFIXES))
    return paths


def decide(folder: Path, tool: str) -> int:
    """Do what a person does with the draft; how many lines they wrote. A marked column that is not here is ignored."""
    file = folder / "columns.csv"
    header, *drafted = lines(file)
    decided = [header]
    for line in drafted:
        right = COLUMNS[tool].get(line[0], [("ignored",)]) if is_marked(line) else NOT_MARKED.get(line[0], [line[1:]])
        decided += [(line[0], *cells, *[""] * (5 - len(cells))) for cells in right]
    recodes = [line for line in lines(folder / "recodes.csv") if not is_marked(line)]
    recodes += [line for line in RECODES[tool] if line not in recodes]
    n_written = len(set(decided) - set(drafted)) + len(set(recodes) - set(lines(folder / "recodes.csv")))
    for name, written in (("columns.csv", decided), ("recodes.csv", recodes)):
        with (folder / name).open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows(written)
    return n_written + sum(_set(folder / name, SETTINGS[tool]) for name in ("round.yml", "source.yml"))


def _set(file: Path, decided: Mapping[str, Any]) -> int:
    settings = YAML().load(file)
    added = {"round.yml": decided.keys() - {"producer", "licence", "received_from"}, "source.yml": set()}[file.name]
    keys = [key for key in decided if key in settings or key in added]
    n_written = sum(len(decided[key]) if isinstance(decided[key], dict) else 1 for key in keys)
    YAML().dump(dict(settings) | {key: decided[key] for key in keys}, file)
    return n_written


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """The three rounds, drafted, decided, found without a fault and built."""
    paths = make_inputs(tmp_path_factory.mktemp("whole_exports"))
    for tool, name in FILES.items():
        drafted = kuntakysely(paths, "new-round", tool, "2023", str(paths.root.parent / tool / name))
        assert drafted.returncode == 0, drafted.stdout
        n_written = decide(paths.surveys / tool / "rounds" / "2023", tool)
        assert n_written <= N_DECIDED[tool], f"{tool}: {n_written} lines to decide\n{drafted.stdout}"
    assert kuntakysely(paths, "validate").stdout == "0 faults found.\n"
    load_all(paths)
    with opened(paths.warehouse_file) as connection:
        plan = begin_build(connection, paths.dbt_target)
    run_dbt(paths, *BUILD, *plan, "--select", *(f"+{name}" for name in MARTS))
    return paths


@pytest.fixture
def warehouse(paths: DataPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(paths.warehouse_file, read_only=True) as connection:
        yield connection


QUERIES = {
    "disposition": "select disposition, '|', count(*) from intermediate.int_responses_disposed where {of} group by 1",
    "response_rate": """select breakdown, breakdown_id, '|', n_municipalities, n_responses from marts.response_rate
        where {of} and {in_part}""",
    "status": "select question_id, status, '|', n from marts.answer_status_count where {of} and n > 0",
    "answer": """select question_id, unit, breakdown, breakdown_id, level, answer_code, '|', n, base_n
        from marts.answer_distribution where {of} and {in_part}""",
    "number": """select question_id, unit, breakdown, breakdown_id, '|', n, round(mean, 9), total, min, max,
        round(sd, 6) from marts.number_summary where {of} and {in_part} and n > 0""",
}


def published(warehouse: duckdb.DuckDBPyConnection, tool: str) -> Figures:
    """The figures of the product, by the same keys."""
    found: Figures = {}
    part = {"of": f"survey_id = '{tool}'", "in_part": "breakdown in ('all', 'size_class', 'county')"}
    for kind, sql in QUERIES.items():
        for row in warehouse.execute(sql.format(**part)).fetchall():
            at = row.index("|")
            found[(kind, *row[:at])] = row[at + 1 :]
    return found


def different(one: Figures, other: Figures) -> list[tuple[Any, ...]]:
    """What is not the same in both, or not in both."""
    keys = sorted(one.keys() | other.keys())
    return [(key, one.get(key), other.get(key)) for key in keys if one.get(key) != other.get(key)]


@pytest.mark.parametrize("tool", FILES)
def test_every_figure_is_the_one_of_the_script(
    paths: DataPaths, warehouse: duckdb.DuckDBPyConnection, tool: str
) -> None:
    of_script = expected(paths, tool, paths.root.parent / tool / FILES[tool])
    assert different(published(warehouse, tool), of_script) == []
    asked = {question for kind, question, *_ in of_script if kind == "status"}
    statuses = {key[-1] for key in of_script if key[0] == "status"}
    assert len(asked) >= 30 and len(of_script) > 6000
    assert statuses == {
        "valid", "blank", "not_applicable", "declared_missing", "code_not_in_list", "not_a_number", "not_a_date",
        "out_of_range", "constraint_failed", "answered_but_not_applicable",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("tool", "column", "value"),
    [
        ("qualtrics", "Q6_1", "Täysin eri mieltä"),
        ("qualtrics", "Q7", "Tulkkaus"),
        ("qualtrics", "kuntanumero", "905"),
        ("qualtrics", "Status", "Survey Preview"),
        ("kobo", "palvelut/form", 4),
        ("kobo", "palvelut/budget", 4.125),
        ("kobo", "imp/imp1", None),
        ("limesurvey", "channels[SQ001]", "Y"),
        ("limesurvey", "services[other]", ""),
        ("limesurvey", "since", "31.1.2020"),
    ],
)
def test_a_cell_that_is_changed_in_the_export_is_seen(
    paths: DataPaths, warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, tool: str, column: str, value: Any
) -> None:
    changed = tmp_path / FILES[tool]
    shutil.copy(paths.root.parent / tool / FILES[tool], changed)
    change_cell(changed, 28, column, value)
    assert different(published(warehouse, tool), expected(paths, tool, changed))


def change_cell(file: Path, row: int, column: str, value: Any) -> None:
    """Write another value into one cell of an export; the heading is row 1."""
    if file.suffix == ".xlsx":
        book = openpyxl.load_workbook(file)
        place = [cell.value for cell in book.active[1]].index(column)
        assert book.active.cell(row, place + 1).value != value
        book.active.cell(row, place + 1).value = value
        book.save(file)
        return
    text = file.read_text(encoding="utf-8-sig")
    delimiter = csv.Sniffer().sniff(text.splitlines()[0], ",;").delimiter
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    place = rows[0].index(column)
    assert rows[row - 1][place] != value
    rows[row - 1][place] = value
    with file.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, delimiter=delimiter).writerows(rows)
