"""What "Add an export format" adds to make_exports.py: the ten answers as the made-up tool writes them."""

from __future__ import annotations

import json

from tests.exports.make_exports import ANSWERS, QUESTIONS, Export, _plain_columns, local, plain


def make_json_lines() -> Export:
    """Codes, as in the plain table."""
    header = ("id", "started", "submitted", "municipality", "role", *QUESTIONS)
    rows = [
        (
            str(each.number), f"{local(each.started_at):%Y-%m-%d %H:%M:%S}",
            f"{local(each.submitted_at):%Y-%m-%d %H:%M:%S}", each.municipality, each.role, each.opinion or "",
            ",".join(each.services), plain(each.staff), plain(each.budget), str(each.since or ""), each.comment or "",
        )
        for each in ANSWERS
    ]  # fmt: skip
    lines = [json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False) + "\n" for row in rows]
    settings = {"format": "json_lines", "timestamp_format": '"%Y-%m-%d %H:%M:%S"'}
    return Export("".join(lines).encode(), "responses.jsonl", settings, _plain_columns(header, ","))
