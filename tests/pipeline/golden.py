"""The golden tables: what the sample survey, with its planted errors, gives. `make golden` rewrites them."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path

import duckdb

from orchestration.dagster.findings import write_findings
from store.paths import DataPaths
from store.warehouse import opened
from tests.pipeline.build import build, copy_sample

FOLDER = Path(__file__).parents[1] / "golden"
NARROW = "breakdown in ('all', 'size_class', 'size_class_group', 'role', 'kind_of_form')"
ESTIMATED = "weighted_share se ci_low ci_high se_fpc ci_low_fpc ci_high_fpc ci_low_counts ci_high_counts deff"
ESTIMATES = ", ".join(f"round({name}, 6) as {name}" for name in ESTIMATED.split())
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
    "response_rate": f"select * from marts.response_rate where {NARROW}",
    "response_curve": "select day, submitted_on, n_responses, n_responses_so_far, n_municipalities_so_far "
    "from marts.response_curve",
    "municipalities_silent": "select municipality_code from intermediate.int_municipalities_silent",
    "faults_located": "select municipality_code, response_id, question_id, place, reason "
    "from intermediate.int_faults_located",
    "answer_distribution": "select unit, question_id, breakdown, breakdown_id, level, answer_code, n, base_n, pct, "
    f"pct_sum100, n_conflicts, {ESTIMATES}, is_reliable, cell_status from marts.answer_distribution where {NARROW}",
    "inhabitant_share": "select question_id, breakdown, breakdown_id, level, answer_code, base_inhabitants, "
    "base_municipalities, round(inhabitant_share, 6) as inhabitant_share, round(se_fpc, 6) as se_fpc, is_dominated, "
    f"is_reliable from marts.inhabitant_share where {NARROW}",
    "answer_status_count": "select question_id, status, n from marts.answer_status_count",
    "system_use": "select unit, breakdown, breakdown_id, system_id, n, base_n, pct "
    f"from marts.system_use where {NARROW}",
    "number_summary": "select unit, question_id, breakdown, breakdown_id, n, mean, median, quartile_1, quartile_3, "
    f"total, is_reliable, unit_of_measure, cell_status from marts.number_summary where {NARROW}",
    "publication_reconciliation": "select figure_id, published_value, computed_value, status, explanation "
    "from marts.publication_reconciliation",
    "checks": "select check_id, tool, severity, status, observed, threshold, n_failed from checks.results "
    "where tool <> 'dbt' and survey_id <> 'all'",
}
FINDINGS = "findings"
NAMES = (*TABLES, FINDINGS)


def golden_text(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """One golden table as CSV, rows in order of their content."""
    found = connection.execute(f"from ({TABLES[table]}) order by all")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column[0] for column in found.description or []])
    writer.writerows(found.fetchall())
    return text.getvalue()


def golden_texts(paths: DataPaths) -> dict[str, str]:
    """Every golden table of a built warehouse."""
    with opened(paths.warehouse_file, read_only=True) as connection:
        texts = {table: golden_text(connection, table) for table in TABLES}
    write_findings(paths)
    return texts | {FINDINGS: paths.findings_file.read_text(encoding="utf-8")}


def main() -> None:
    """Write the golden tables anew."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for table, text in golden_texts(build(copy_sample(Path(folder)))).items():
            (FOLDER / f"{table}.csv").write_text(text, encoding="utf-8")
            print(f"{table}: {len(text.splitlines()) - 1} rows")
    from orchestration.definitions import defs

    keys = sorted(key.to_user_string() for key in defs.resolve_all_asset_keys())
    (FOLDER / "asset_keys.json").write_text(json.dumps(keys, indent=1) + "\n", encoding="utf-8")
    print(f"Written to {FOLDER}: read the diff before you commit it")


if __name__ == "__main__":
    main()
