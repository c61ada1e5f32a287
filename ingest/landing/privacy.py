"""Who answered is nobody's business: respondent ids become keyed hashes, and who was erased stays away.

The key of a survey lies in the state, outside the warehouse: whoever has the warehouse alone cannot try names out.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Container
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import repeat

from ingest.codebook.round import Round
from ingest.landing.responses import ResponseFile
from ingest.readers.tables import compose
from store import state
from store.durable import write_whole
from store.fingerprint import sha256_of
from store.paths import DataPaths

KEY_BYTES = 32  # as many as the hash has
TOKEN_LENGTH = 32  # hexadecimal digits, half of the hash: 128 bits are met by chance by nobody
REMOVED = "(removed)"  # stands where a text was that is not kept any more
RESPONDENT, RESPONSE = "_respondent", "_response_id"
PSEUDONYM = re.compile(rf"keyed:[0-9a-f]{{{TOKEN_LENGTH}}}")


@dataclass(frozen=True)
class Privacy:
    """The key of one survey, and the tokens of those who were erased from it."""

    key: bytes
    erased: frozenset[str]

    def token(self, name: str, round_id: str, text: str) -> str:
        """The keyed hash of an id. A respondent has one in all rounds of the survey, a response in its own."""
        scope = round_id if name == RESPONSE else ""
        return self._hash(f"{name}\0{scope}\0{compose(text.strip())}")[:TOKEN_LENGTH]

    def _hash(self, named: str) -> str:
        """The keyed hash of a text. The key is taken in once: of a million ids that is half of the time."""
        hashed = self._keyed.copy()
        hashed.update(named.encode())
        return hashed.hexdigest()

    @cached_property
    def _keyed(self) -> hmac.HMAC:
        return hmac.new(self.key, digestmod="sha256")

    def pseudonym(self, respondent: str) -> str:
        """What is kept instead of a respondent's id; of what is one already, the same."""
        known = respondent.strip()
        return known if PSEUDONYM.fullmatch(known) else f"keyed:{self.token(RESPONDENT, '', known)}"

    def text_hash(self, round_: Round, response_id: str, question_id: str, text: str) -> str | None:
        """What tells a text of a response from another one, and cannot be tried out: codings are kept with it. Texts of
        a synthetic round are no secret, and their hashes are the same wherever they are made. None of a text that is
        not kept any more: it is no other one."""
        named = "\0".join(("text", round_.round_id, response_id, question_id, compose(text.strip())))
        key = b"" if round_.settings.is_synthetic else self.key
        return None if text == REMOVED else hmac.digest(key, named.encode(), "sha256").hex()[:TOKEN_LENGTH]

    @property
    def sha256(self) -> str:
        """A hash of what decides how rows are kept; not of the key itself."""
        return sha256_of("\n".join([self._hash(""), *sorted(self.erased)]))

    def kept(self, round_: Round, file: ResponseFile) -> ResponseFile:
        """A file as the warehouse keeps it: respondents by their tokens, and nothing of who was erased but the row."""
        erased = self._rows_with(self.erased, round_, file) if self.erased else ()
        file = file.without(erased)
        place = round_.place_of(RESPONDENT, file.table.header)
        if place is None:
            return file
        hashed = file.table.rows.columns[place].mapped(lambda text: self.pseudonym(text) if text.strip() else text)
        return replace(file, table=replace(file.table, rows=file.table.rows.with_column_at(place, hashed)))

    def response_tokens(self, round_: Round, file: ResponseFile) -> list[str | None]:
        """The token of each row's response id; None of a row that has none."""
        place, rows = round_.place_of(RESPONSE, file.table.header), file.table.rows
        if place is None:
            return [None] * len(rows)
        column = rows.columns[place]
        tokens = [self.token(RESPONSE, round_.round_id, text) if text.strip() else None for text in column.texts]
        return [*rows.spread(map(tokens.__getitem__, column.numbers.tolist()), repeat(None))]

    def rows_of(self, token: str, round_: Round, file: ResponseFile) -> list[int]:
        """The places of the rows of a file whose respondent or response has this token."""
        return self._rows_with({token}, round_, file)

    def _rows_with(self, wanted: Container[str], round_: Round, file: ResponseFile) -> list[int]:
        """Of a row that does not fit its header any cell may be an id."""
        rows, found = file.table.rows, set[int]()
        for name in (RESPONDENT, RESPONSE):
            of_name = partial(self._is_one_of, wanted, name, round_.round_id)
            place = round_.place_of(name, file.table.header)
            if place is not None:
                found |= {*rows.places[rows.columns[place].holds(of_name)].tolist()}
            for at, row in rows.apart.items():
                ids = (round_.response_id(file.path, cell) if name == RESPONSE else cell for cell in row.cells)
                found |= {at for each in ids if of_name(each)}
        return sorted(found)

    def _is_one_of(self, wanted: Container[str], name: str, round_id: str, text: str) -> bool:
        return self.token(name, round_id, text) in wanted


def of_survey(paths: DataPaths, survey_id: str) -> Privacy:
    """What is kept apart for a survey; its key is made when it has none."""
    with state.opened(paths) as memory:
        return Privacy(_key(paths, survey_id), frozenset(state.tombstones(memory, survey_id)))


def _key(paths: DataPaths, survey_id: str) -> bytes:
    """The key of a survey. It is written whole or not at all: a part of one would be another key."""
    file = paths.keys / f"{survey_id}.key"
    if not file.is_file():
        file.parent.mkdir(mode=0o700, exist_ok=True)
        write_whole(file, secrets.token_hex(KEY_BYTES).encode("ascii"))
    return bytes.fromhex(file.read_text(encoding="ascii"))
