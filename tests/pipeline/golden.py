"""The golden tables: what the sample survey, with its planted errors, gives. `make golden` rewrites them."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path

import duckdb

from orchestration.dagster.worklist import write_worklist
from store.marts import Mart, published_marts
from store.paths import DataPaths
from store.warehouse import opened
from tests.pipeline.build import build, copy_sample

FOLDER = Path(__file__).parents[1] / "golden"
NARROW = "breakdown in ('all', 'size_class', 'size_class_group', 'role', 'kind_of_form')"
TABLES = {
    "responses_disposed": "select response_id, municipality_code, role_id, disposition, submitted_at "
    "from intermediate.int_responses_disposed",
    "rows_quarantined": "select row_id, disposition, reason from intermediate.int_rows_quarantined",
    "answers_judged": "select response_id, question_id, part, raw_value, code, number_value, date_value, answer_status "
    "from intermediate.int_answers_judged",
    "answers_doubtful": "select row_id, source_column, part, raw_value, answer_status, advice "
    "from intermediate.int_answers_doubtful",
    "answers_by_municipality": "select unit_id as municipality_code, question_id, part, code, number_value "
    "from intermediate.int_answers_by_unit where unit = 'municipality'",
    "questions": "select question_id, question_type, list_name, unit_of_measure, other_of, group_id, "
    "municipality_rule, disclosure from marts.dim_question",
    "municipalities_silent": "select municipality_code from intermediate.int_municipalities_silent",
    "faults_located": "select municipality_code, response_id, question_id, place, reason "
    "from intermediate.int_faults_located",
    "checks": "select check_id, tool, severity, status, observed, threshold, n_failed from checks.results "
    "where survey_id <> 'all'",
}
FINDINGS = "findings"
MARTS = {mart.name: mart for mart in published_marts() if "is_synthetic" in mart.columns}
NAMES = (*TABLES, *MARTS, FINDINGS)


def mart_sql(connection: duckdb.DuckDBPyConnection, mart: Mart) -> str:
    """The keys and figures of a mart that carries any, numbers to six decimals, in breakdowns that can be read."""
    types = connection.execute(
        "select column_name, data_type from duckdb_columns() where schema_name = 'marts' and table_name = ? "
        "order by column_index",
        [mart.name],
    ).fetchall()
    told = [(name, kind) for name, kind in types if mart.columns[name].kind != "label" and not name.endswith("_key")]
    columns = [f"round({name}, 6) as {name}" if kind == "DOUBLE" else name for name, kind in told]
    where = f" where {NARROW}" if "breakdown" in mart.columns else ""
    return f"select {', '.join(columns)} from marts.{mart.name}{where}"


def golden_text(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """One golden table as CSV, rows in order of their content."""
    sql = TABLES.get(table) or mart_sql(connection, MARTS[table])
    found = connection.execute(f"from ({sql}) order by all")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column[0] for column in found.description or []])
    writer.writerows(found.fetchall())
    return text.getvalue()


def golden_texts(paths: DataPaths) -> dict[str, str]:
    """Every golden table of a built warehouse."""
    with opened(paths.warehouse_file, read_only=True) as connection:
        texts = {table: golden_text(connection, table) for table in (*TABLES, *MARTS)}
    write_worklist(paths)
    return texts | {FINDINGS: paths.findings_file.read_text(encoding="utf-8")}


def main() -> None:
    """Write the golden tables anew."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for table, text in golden_texts(build(copy_sample(Path(folder)))).items():
            (FOLDER / f"{table}.csv").write_text(text, encoding="utf-8")
            print(f"{table}: {len(text.splitlines()) - 1} rows")
    from orchestration.definitions import defs

    keys = sorted(key.to_user_string() for key in defs().resolve_all_asset_keys())
    (FOLDER / "asset_keys.json").write_text(json.dumps(keys, indent=1) + "\n", encoding="utf-8")
    print(f"Written to {FOLDER}: read the diff before you commit it")


if __name__ == "__main__":
    main()
