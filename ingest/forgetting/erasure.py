"""A respondent who asks for it is forgotten: in the files, in the warehouse, and in whatever is delivered again.

What makes it last is the tombstone, a keyed hash in the state: a row with that id is kept from the warehouse for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime

from faults.errors import FaultList
from ingest.codebook.round import Round, every_version
from ingest.codebook.sign_offs import CARD_NAME
from ingest.forgetting.rewriting import Change, rewrite
from ingest.landing import privacy
from ingest.landing.inputs import read_inputs, scope_of_rounds
from ingest.landing.responses import ResponseFile, read_responses, respondents
from ingest.landing.weights import lines_of
from ingest.readers import CsvLayout
from ingest.readers.tables import compose
from store import state
from store.paths import DataPaths

Theirs = Sequence[tuple[ResponseFile, list[int]]]  # a file, and the places of their rows


@dataclass
class Erasure:
    """What became of it: how many rows were theirs, in which files there was something of them, and the rows of files
    that no program edits, for a person to take out."""

    n_rows: int = 0
    edited: list[str] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)


class NobodyFound(Exception):
    """No response has the id, and nobody with it was erased before."""


def erase(paths: DataPaths, keys: Sequence[str], name: str, id_: str, now: datetime) -> Erasure:
    """Forget whoever has this id in rounds (survey/round) of one survey, in what was signed of them too; `name` is
    _response_id or _respondent.

    The tombstone comes first: when what follows is cut off, the same call goes on with it. The warehouse is to be built
    anew afterwards. Raises InputFaults and NobodyFound.
    """
    faults = FaultList(paths.shown)
    inputs = read_inputs(paths, scope_of_rounds(paths, keys, faults), faults)
    chosen = [round_ for round_ in inputs.rounds if round_.key in keys]
    versions = [version for round_ in chosen for version in every_version(round_, faults)]
    read = [(round_, read_responses(round_, faults)) for round_ in versions]
    faults.raise_if_any()
    kept, done, is_known = privacy.of_survey(paths, chosen[0].survey_id), Erasure(), False
    for round_, files in read:
        token = kept.token(name, round_.round_id, id_)
        theirs = [(file, kept.rows_of(token, round_, file)) for file in files]
        n_rows = sum(len(places) for _, places in theirs)
        published = [kept.response_tokens(round_, file)[place] for file, places in theirs for place in places]
        with state.opened(paths) as memory:
            if n_rows:
                state.record_tombstone(memory, round_.survey_id, token, now)
            state.forget_published_rows(memory, round_.survey_id, round_.round_id, [token, *published])
        if n_rows:
            _forget(paths, round_, theirs, done)
        done.n_rows += n_rows
        is_known = is_known or n_rows > 0 or token in kept.erased
    if not is_known:
        raise NobodyFound
    return done


def _forget(paths: DataPaths, round_: Round, theirs: Theirs, done: Erasure) -> None:
    """What was written about them goes before the rows: without the rows it would be a fault."""
    ids = {
        row.cells[column].strip()
        for file, places in theirs
        if (column := round_.place_of(privacy.RESPONSE, file.table.header)) is not None
        for row in map(file.table.rows.__getitem__, places)
        if row.problem is None
    }
    for path in (round_.corrections_file, round_.codings_file, round_.second_codings_file):
        if path.is_file() and rewrite(path, CsvLayout(), lambda _, cells: None if compose(cells[0]) in ids else cells):
            done.edited.append(paths.shown(path))
    _forget_members(paths, round_, theirs, ids, done)
    settings, weights = round_.settings.weights, round_.weights_file
    if settings and weights and rewrite(weights, settings.layout(), _without(lines_of(round_, ids))):
        done.edited.append(paths.shown(weights))
    layout = round_.settings.layout()
    for file, places in theirs:
        lines = sorted(file.table.rows.lines[places].tolist())
        if not isinstance(layout, CsvLayout):
            after = f"; then write the new sha256 of the file into {CARD_NAME}" if round_.signed else ""
            done.by_hand += [f"{paths.shown(file.path)}, {file.table.row_word} {line}{after}" for line in lines]
        elif rewrite(file.path, layout, _without(lines)):
            done.edited.append(paths.shown(file.path))


def _forget_members(paths: DataPaths, round_: Round, theirs: Theirs, ids: AbstractSet[str], done: Erasure) -> None:
    """Nor may a line of members.csv be of a respondent who has no response left."""
    left = [file.without(places) for file, places in theirs]
    corrections = [each for each in round_.corrections if each.response_id not in ids]
    gone = {each.respondent for each in round_.members} - respondents(replace(round_, corrections=corrections), left)
    path = round_.members_file
    if gone and rewrite(path, CsvLayout(), lambda _, cells: None if compose(cells[0]) in gone else cells):
        done.edited.append(paths.shown(path))


def _without(lines: Sequence[int]) -> Change:
    return lambda line, cells: None if line in lines else cells
