"""The texts that respondents wrote and people code, as they stand: delivered, and corrected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from ingest.codebook.round import Coding, Round
from ingest.landing.privacy import Privacy
from ingest.landing.responses import ResponseFile, ResponseRow, columns_in, rows_by_id


def texts_of(round_: Round, files: Sequence[ResponseFile], question_id: str) -> dict[str, str]:
    """The text of each response that may count, in the order of the files; empty where nothing was written."""
    withdrawn = {each.response_id for each in round_.corrections if each.action == "withdraw"}
    return {
        id_: _text(round_, question_id, id_, *same[0])
        for id_, same in rows_by_id(round_, files).items()
        if same[0][1].status == "read" and id_ not in withdrawn
    }


def _text(round_: Round, question_id: str, id_: str, file: ResponseFile, row: ResponseRow) -> str:
    """What the columns of the question hold; of several that are filled, all of it."""
    cells = dict(zip(file.table.header, row.row.cells, strict=True))
    corrected = {
        (each.old_value or "").strip(): (each.new_value or "").strip()
        for each in round_.corrections
        if (each.response_id, each.question_id, each.action) == (id_, question_id, "replace")
    }
    found = [cells[name].strip() for name in columns_in(file.table, round_.uses.get(question_id, ()))]
    return " <> ".join(dict.fromkeys(filter(None, (corrected.get(each, each) for each in found))))


def hashes_of_texts(round_: Round, files: Sequence[ResponseFile], kept: Privacy) -> Callable[[Coding], str | None]:
    """The hash of the text that a coding is of, as the text stands now; None where there is none to be compared."""
    texts = cache(lambda question_id: texts_of(round_, files, question_id))

    def hash_of(coding: Coding) -> str | None:
        text = texts(coding.question_id).get(coding.response_id)
        return None if text is None else kept.text_hash(round_, coding.response_id, coding.question_id, text)

    return hash_of
