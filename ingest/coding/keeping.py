"""What was read in the texts, kept in codings.csv or second_codings.csv of the round."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ingest.codebook.round import Coding
from ingest.coding.task import Codes, Task
from store.durable import write_whole


@dataclass(frozen=True)
class Kept:
    """How many of the texts of a task are coded now, and how many of them are new, differ from before or have no
    code."""

    n_texts: int
    n_coded: int
    n_new: int
    n_changed: int
    n_none: int


def keep(task: Task, read: Mapping[str, Codes], by: str) -> Kept:
    """Put what was read in place of what the file says of the same texts; all else in it stays."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(Coding.columns())
    writer.writerows(coding.values().values() for coding in _codings(task, read, by))
    write_whole(task.file, written.getvalue().encode())
    before = {response_id: task.coded.get(response_id) for response_id in read}
    return Kept(
        len(task.texts),
        len(task.coded.keys() | read.keys()),
        sum(codes is None for codes in before.values()),
        sum(codes is not None and {*codes} != {*read[response_id]} for response_id, codes in before.items()),
        sum(not codes for codes in read.values()),
    )


def _codings(task: Task, read: Mapping[str, Codes], by: str) -> Iterator[Coding]:
    """Those of other questions first, then texts in the order in which they were delivered, codes in that of the
    list."""
    own = [coding for coding in task.codings if task.is_own(coding) and coding.response_id not in read]
    own += [coding for response_id, codes in read.items() for coding in _of_text(task, response_id, codes, by)]
    order = {response_id: place for place, response_id in enumerate(task.texts)}
    yield from (coding for coding in task.codings if not task.is_own(coding))
    yield from sorted(own, key=lambda coding: order.get(coding.response_id, -1))


def _of_text(task: Task, response_id: str, codes: Codes, by: str) -> Iterator[Coding]:
    """Whoever read the same in the same text before is still named."""
    before = next((each.by for each in task.codings if task.is_own(each) and each.response_id == response_id), by)
    is_same = {*task.coded.get(response_id, ("",))} == {*codes}
    for code in codes or (None,):
        yield Coding(
            line=0, response_id=response_id, question_id=task.question_id,
            coded_question_id=task.coded_as.question_id, code=code, by=before if is_same else by,
            text_hash=task.hash_of(response_id),
        )  # fmt: skip
