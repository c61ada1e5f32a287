"""The hash by which a coding of a synthetic round knows its text, written anew: it is the same everywhere."""

from __future__ import annotations

import hmac


def text_hash(round_id: str, response_id: str, question_id: str, text: str, key: bytes = b"") -> str:
    named = f"text\0{round_id}\0{response_id}\0{question_id}\0{text}"
    return hmac.new(key, named.encode(), "sha256").hexdigest()[:32]
