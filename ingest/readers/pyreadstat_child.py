"""The values of an SPSS file, as children.py asks for them in a process of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pyreadstat

from ingest.readers.children import render_number

# SPSS counts seconds from the first day of the Gregorian calendar; what they are is said by the display format alone.
EPOCH = datetime(1582, 10, 14)
DATE_FORMATS = ("DATE", "ADATE", "EDATE", "JDATE", "SDATE")
MOMENT_FORMATS = ("DATETIME", "YMDHMS")
TIME_FORMATS = ("TIME",)


def describe(path: str) -> dict[str, object]:
    """{"names": names, "columns": [[[text, type], ...], ...]} of the variables; a type is text, number or date.

    "wordings" are the labels of the variables that have one, "labels" those of their values, by the text of the value;
    "missing" are the values, found or with a label, that the file declares to be no answer.
    """
    columns, meta = pyreadstat.read_sav(path, output_format="dict", user_missing=True, disable_datetime_conversion=True)

    def described(name: str, values: Iterable[Any]) -> list[tuple[str, str]]:
        display_format, missing = meta.original_variable_types[name] or "", meta.missing_ranges.get(name, ())
        return [describe_value(value, display_format, missing) for value in values]

    def is_missing(name: str, value: Any) -> bool:
        return isinstance(value, float | int) and _is_in(value, meta.missing_ranges.get(name, ()))

    def labelled(name: str) -> Iterable[Any]:
        return meta.variable_value_labels.get(name, {})

    return {
        "names": list(columns),
        "columns": [described(name, values) for name, values in columns.items()],
        "wordings": {name: label for name, label in meta.column_names_to_labels.items() if label},
        "labels": {
            name: dict(zip((text for text, _ in described(name, labels)), labels.values(), strict=True))
            for name, labels in meta.variable_value_labels.items()
        },
        "missing": {
            name: sorted(
                {render_number(float(value)) for value in (*values, *labelled(name)) if is_missing(name, value)}
            )
            for name, values in columns.items()
        },
    }


def describe_value(value: Any, display_format: str, missing: Sequence[Any]) -> tuple[str, str]:
    """A value as text and its type. A code for a missing date is no date."""
    if value is None or value != value:
        return "", "text"
    if isinstance(value, str):
        return value, "text"
    if not _is_in(value, missing):
        text = render_moment(value, display_format.rstrip("0123456789."))
        if text is not None:
            return text, "date"
    return render_number(float(value)), "number"


def _is_in(value: float, missing: Sequence[Any]) -> bool:
    return any(each["lo"] <= value <= each["hi"] for each in missing)


def render_moment(seconds: float, kind: str) -> str | None:
    """Seconds as ISO text where the display format is of a date or a time that Python knows, otherwise None."""
    try:
        moment = EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return None
    if kind in DATE_FORMATS:
        return moment.date().isoformat()
    if kind in MOMENT_FORMATS:
        return moment.isoformat(sep=" ", timespec="seconds")
    is_time = kind in TIME_FORMATS and 0 <= seconds < timedelta(days=1).total_seconds()
    return moment.time().isoformat(timespec="seconds") if is_time else None
