"""The result of one check, whoever made it: dbt's models, Great Expectations or what a table says of itself."""

from __future__ import annotations

from dataclasses import dataclass, fields

import pyarrow as pa


@dataclass(frozen=True)
class CheckResult:
    """One result: what was checked, how grave a failure is, what was seen. No value of an answer."""

    survey_id: str
    round_id: str
    check_id: str
    family: str
    tool: str
    asset: str
    severity: str
    status: str
    observed: str
    threshold: str
    n_failed: int
    message_en: str
    message_fi: str
    message_sv: str
    definition: str = ""
    formula: str = ""


COLUMNS = tuple(field.name for field in fields(CheckResult))
SCHEMA = pa.schema([(name, pa.int64() if name == "n_failed" else pa.string()) for name in COLUMNS])
