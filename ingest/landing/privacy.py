"""Who answered is nobody's business: respondent ids become keyed hashes, and who was erased stays away.

The key of a survey lies in the state, outside the warehouse: whoever has the warehouse alone cannot try names out.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.codebook.round import Round
from ingest.landing.responses import ResponseFile, ResponseRow
from ingest.readers import TextRow
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
Places = Mapping[str, int | None]


@dataclass(frozen=True)
class Privacy:
    """The key of one survey, and the tokens of those who were erased from it."""

    key: bytes
    erased: frozenset[str]

    def token(self, name: str, round_id: str, text: str) -> str:
        """The keyed hash of an id. A respondent has one in all rounds of the survey, a response in its own."""
        scope = round_id if name == RESPONSE else ""
        named = f"{name}\0{scope}\0{compose(text.strip())}"
        return hmac.digest(self.key, named.encode(), "sha256").hex()[:TOKEN_LENGTH]

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
        name_of_key = hmac.digest(self.key, b"", "sha256").hex()
        return sha256_of("\n".join([name_of_key, *sorted(self.erased)]))

    def kept(self, round_: Round, file: ResponseFile) -> ResponseFile:
        """A file as the warehouse keeps it: respondents by their tokens, and nothing of who was erased but the row."""
        places = _places(round_, file)
        return replace(file, rows=[self._kept_row(round_, file, row, places) for row in file.rows])

    def response_tokens(self, round_: Round, file: ResponseFile, rows: Sequence[ResponseRow]) -> list[str | None]:
        """The token of each row's response id; None of a row that has none."""
        places = _places(round_, file)
        return [self._token_of_response(round_.round_id, row.row, places) for row in rows]

    def rows_of(self, token: str, round_: Round, file: ResponseFile) -> list[ResponseRow]:
        """The rows of a file whose respondent or response has this token."""
        places = _places(round_, file)
        return [row for row in file.rows if token in self._tokens(round_, file, row.row, places)]

    def _kept_row(self, round_: Round, file: ResponseFile, described: ResponseRow, places: Places) -> ResponseRow:
        row = described.row
        if self.erased and self.erased & self._tokens(round_, file, row, places):
            return ResponseRow(TextRow(row.line, ()), "", "erased")
        described = described._replace(token=self._token_of_response(round_.round_id, row, places))
        place = places[RESPONDENT]
        if row.problem is not None or place is None or not row.cells[place].strip():
            return described
        cells = (*row.cells[:place], self.pseudonym(row.cells[place]), *row.cells[place + 1 :])
        return described._replace(row=row._replace(cells=cells))

    def _token_of_response(self, round_id: str, row: TextRow, places: Places) -> str | None:
        place = places[RESPONSE]
        id_ = "" if row.problem is not None or place is None else row.cells[place].strip()
        return self.token(RESPONSE, round_id, id_) if id_ else None

    def _tokens(self, round_: Round, file: ResponseFile, row: TextRow, places: Places) -> set[str]:
        """The tokens of a row's ids; of a row that does not fit its header any cell may be an id."""

        def texts(name: str, place: int | None) -> Sequence[str]:
            if row.problem is None:
                return () if place is None else (row.cells[place],)
            return [round_.response_id(file.path, cell) if name == RESPONSE else cell for cell in row.cells]

        return {
            self.token(name, round_.round_id, text) for name, place in places.items() for text in texts(name, place)
        }


def _places(round_: Round, file: ResponseFile) -> Places:
    """Where the ids stand in a row of the file; None where the round has none."""
    return {name: round_.place_of(name, file.table.header) for name in (RESPONDENT, RESPONSE)}


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
