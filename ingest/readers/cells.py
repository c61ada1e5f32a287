"""The kinds of value that configuration and codebook cells may hold. Values stay text: raw tables are text."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, Strict, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from faults.errors import MARK, UNDECIDED


def refused(code: str, **values: object) -> PydanticCustomError:
    """An error that carries a fault of our own through pydantic: its code, and what its words name."""
    return PydanticCustomError("refused", "refused", {"code": code, "values": values})


def _form(pattern: str, code: str) -> AfterValidator:
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if compiled.fullmatch(value) is None:
            raise refused(code)
        return value

    return AfterValidator(check)


def _check_iso_date(value: str) -> str:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value) is None or not _succeeds(date.fromisoformat, value):
        raise refused("wrong-date")
    return value


def _succeeds(function: Callable[[str], object], value: str) -> bool:
    try:
        function(value)
    except (ValueError, LookupError, OSError, re.error):  # strptime makes a pattern of a form, no letter twice
        return False
    return True


def _parse_date(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) and _succeeds(date.fromisoformat, value) else value


def _check_moment(value: str) -> str:
    if re.fullmatch(r"\d{4}-.*Z", value) is None or not _succeeds(datetime.fromisoformat, value):
        raise refused("wrong-time")
    return value


def _empty_flag_is_zero(value: Any) -> Any:
    return "0" if value is None else value


def _check_once(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(values)) < len(values):
        raise refused("repeated-value")
    return values


ONCE = AfterValidator(_check_once)


def _check_by_language(value: Any) -> Any:
    if not isinstance(value, dict):
        raise refused("no-text-by-language")
    return value


def _check_timezone(value: str) -> str:
    if not _succeeds(ZoneInfo, value):
        raise refused("unknown-timezone")
    return value


def _check_url(value: str) -> str:
    if re.match("https?://", value) is None or not _succeeds(lambda url: urlsplit(url).port, value):
        raise refused("wrong-url")
    return value


# Codecs that Python calls encodings, and that are for names of hosts or for its own programs.
_NO_FILE_IS_IN = ("idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7")


def _check_encoding(value: str) -> str:
    is_known = _succeeds(b"x".decode, value) or _succeeds("x".encode, value)
    if not is_known or codecs.lookup(value).name in _NO_FILE_IS_IN:
        raise refused("unknown-encoding")
    return value


ISO_TIMES = "iso"
# An afternoon in a zone that no machine has a name for.
_WRITTEN = datetime(2024, 1, 31, 14, 5, tzinfo=timezone(timedelta(hours=-7)))


def _read_again(form: str) -> None:
    """Raises ValueError unless a moment written in the form is read as the same: its day, and its hour if any."""
    read = datetime.strptime(_WRITTEN.strftime(form), form)
    if read.date() != _WRITTEN.date() or read.hour not in (0, _WRITTEN.hour):
        raise ValueError(form)


def _check_timestamp_format(value: str) -> str:
    if value != ISO_TIMES and not ("%" in value and _succeeds(_read_again, value)):
        raise refused("wrong-timestamp-format")
    return value


# Control characters but tabs and line ends, separators of lines, marks that turn the direction of what is read, and
# halves of characters. Names of columns and answers are data and may hold any of them.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def _check_seen(value: str) -> str:
    if _UNSEEN.search(value) is not None:
        raise refused("unseen-character")
    return value


def _check_decided(value: str) -> str:
    """`kuntakysely new-round` marks what it is unsure of."""
    if value.startswith(MARK):
        raise refused(UNDECIDED, advice="Write what is right." if value == MARK else "")
    return value


def is_valid(kind: Any, text: str) -> bool:
    """Whether a text is a value of one of the kinds below."""
    try:
        TypeAdapter(kind).validate_python(text)
    except ValidationError:
        return False
    return True


Verbatim = Annotated[str, Strict(), Field(min_length=1)]  # as it stands in a file that was delivered
Text = Annotated[Verbatim, AfterValidator(_check_seen), AfterValidator(_check_decided)]
OptionalText = Text | None
LOOKED_UP = "looked up"
Reference = Annotated[Text, LOOKED_UP]  # a name of something that stands elsewhere, looked up by a later check
Labels = Annotated[  # one text in several languages, by language
    dict[str, OptionalText], BeforeValidator(_check_by_language)
]
Id = Annotated[
    Reference,
    _form("[a-z][a-z0-9_]*", "wrong-id"),
]
QuestionId = Id
FolderName = Annotated[
    Reference,
    _form("[0-9A-Za-z][0-9A-Za-z_-]*", "wrong-folder-name"),
]
FileName = Annotated[
    Text,
    _form(r"[^/\\.\n\r\t][^/\\\n\r\t]*", "wrong-file-name"),
]
Code = Annotated[Text, _form(r"\S+", "wrong-code")]
Codes = Annotated[tuple[Code, ...], ONCE]
AreaCode = Annotated[
    Reference,
    _form("[0-9A-Za-z-]+", "wrong-area-code"),
]
MunicipalityCode = Annotated[
    Reference,
    _form("[0-9A-Za-z]+", "wrong-municipality-code"),
]
Flag = Annotated[
    str,
    BeforeValidator(_empty_flag_is_zero),
    _form("[01]", "wrong-flag"),
]
# How long a number may be follows from its type in the warehouse: an integer, a decimal(18, 3) or a decimal(24, 6).
WholeNumber = Annotated[
    Text,
    _form("0|-?[1-9][0-9]{0,8}", "wrong-whole-number"),
]
TilePlace = Annotated[
    Text,
    _form("[1-9]|[12][0-9]|30", "wrong-tile"),
]
Count = Annotated[
    Text,
    _form("[0-9]{1,9}", "wrong-count"),
]
People = Annotated[
    Text,
    _form("[1-9][0-9]{0,8}", "wrong-people"),
]
Number = Annotated[
    Text,
    _form(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", "wrong-number"),
]
Percentage = Annotated[
    Text,
    _form(r"(100|[0-9]{1,2})(\.[0-9]{1,6})?", "wrong-percentage"),
]
Year = Annotated[Text, _form("[12][0-9]{3}", "wrong-year")]
IsoDate = Annotated[Text, AfterValidator(_check_iso_date)]
Timezone = Annotated[Text, AfterValidator(_check_timezone)]
TimestampFormat = Annotated[Text, AfterValidator(_check_timestamp_format)]
Language = Annotated[Text, _form("[a-z]{2}", "wrong-language")]
Languages = Annotated[tuple[Language, ...], Field(min_length=1), ONCE]
Encoding = Annotated[Text, AfterValidator(_check_encoding)]
Sha256 = Annotated[Text, _form("[0-9a-f]{64}", "wrong-hash")]
Day = Annotated[date, Strict(), BeforeValidator(_parse_date)]
Moment = Annotated[Text, AfterValidator(_check_moment)]  # as the program writes it
LARGEST = 999_999_999  # nine digits, as in the tables
PositiveInt = Annotated[int, Strict(), Field(ge=1, le=LARGEST)]
Whole = Annotated[int, Strict(), Field(ge=0, le=LARGEST)]
Share = Annotated[float, Strict(), Field(ge=0, le=1)]
Truth = Annotated[bool, Strict()]
Port = Annotated[int, Strict(), Field(ge=1, le=65535)]
Url = Annotated[Text, AfterValidator(_check_url)]
Address = Annotated[
    Text,
    _form(r"[0-9A-Za-z.!#$%&'*+/=?^_`{|}~-]+@[0-9A-Za-z.-]+", "wrong-address"),
]
EnvironmentVariable = Annotated[
    Text,
    _form("[A-Za-z_][A-Za-z0-9_]*", "wrong-variable"),
]
