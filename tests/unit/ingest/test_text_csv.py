"""CSV: what is text stays as it was written, and nothing that is wrong passes in silence."""

from __future__ import annotations

import csv
import gc
import io
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from faults.errors import FaultList
from ingest.readers import CsvLayout, TextTable, plain_csv, read_table, text_csv
from ingest.readers.tables import compose

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


def read(content: bytes, layout: CsvLayout | None = None) -> tuple[TextTable | None, list[str]]:
    faults = FaultList()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(content)
        table = read_table(path, layout or CsvLayout(), faults)
    return table, [fault.code for fault in faults]


@st.composite
def without_quotes(draw: st.DrawFn) -> tuple[str, str, int, int, int]:
    """A text, its delimiter, how many lines stand above the rows, how many columns there are, and in blocks of how many
    bytes it is read."""
    width, delimiter = draw(st.integers(0, 3)), draw(st.sampled_from([";", ",", "\t"]))
    cells = st.text(st.sampled_from("ab \t\x85\u2028\ufeffä"), max_size=3)
    rows = draw(st.lists(st.lists(cells, min_size=width, max_size=width), max_size=12))
    line_end = draw(st.sampled_from(["\n", "\r\n", "\r", "\n\r"]))
    text = line_end.join(map(delimiter.join, rows)) + draw(st.sampled_from(["", line_end]))
    return text, delimiter, draw(st.integers(1, 2)), width, draw(st.sampled_from([16, 24, 4096]))


def read_both_ways(given_: tuple[str, str, int, int, int], read_plain: Any) -> tuple[Any, Any]:
    """What Arrow makes of a text, None where it leaves it, and what comes of its lines one by one."""
    text, delimiter, n_above, width, block = given_
    lines = iter(text_csv._Records(text, delimiter))
    header = tuple("abc"[:width])
    one_by_one = text_csv._table(header, chain([*islice(lines, n_above)][n_above:], lines))
    plain = read_plain(text, delimiter, n_above, width, block)
    return (None if plain is None else (header, plain)), one_by_one


@settings(max_examples=300, deadline=None)
@given(without_quotes())
def test_arrow_reads_what_lines_hold_one_by_one(given_: tuple[str, str, int, int, int]) -> None:
    plain, one_by_one = read_both_ways(given_, plain_csv.read_plain)
    event("by Arrow" if plain else "line by line")
    assert plain in (None, one_by_one)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("ignore_empty_lines=False", "ignore_empty_lines=True"),
        ("n_skipped + 1, n_skipped + 1", "n_skipped, n_skipped"),
        ("cells.combine_chunks()", "cells.chunk(0)"),
    ],
)
def test_what_arrow_reads_otherwise_is_seen(right: str, wrong: str) -> None:
    source = Path(plain_csv.__file__).read_text(encoding="utf-8")
    assert right in source
    mutant: dict[str, Any] = {"__name__": "mutant"}
    exec(source.replace(right, wrong), mutant)

    @settings(max_examples=5000, deadline=None, database=None, phases=[Phase.generate])
    @given(without_quotes())
    def is_same(given_: tuple[str, str, int, int, int]) -> None:
        plain, one_by_one = read_both_ways(given_, mutant["read_plain"])
        assert plain in (None, one_by_one)

    with pytest.raises((AssertionError, BaseExceptionGroup)):
        is_same()


@pytest.mark.parametrize("text", ['a,b\n"1",2\n', "a,b\n1\n", "a,b\n1,2,3\n"])
def test_what_is_not_plain_is_left(text: str) -> None:
    assert plain_csv.read_plain(text, ",", 1, 2) is None
    assert plain_csv.read_plain("a,b\n1,2\n", ",", 1, 2) is not None


def test_threads_of_arrow_hold_nothing_of_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a process that ends while one of them lets go of it is aborted after it has done its work."""
    text, held, read_csv = "a,b\n" + "1,2\n" * 100_000, [], plain_csv.csv.read_csv

    def observed(*arguments: Any) -> Any:
        held.append(pa.total_allocated_bytes() - before)
        return read_csv(*arguments)

    monkeypatch.setattr(plain_csv.csv, "read_csv", observed)
    before = pa.total_allocated_bytes()
    assert plain_csv.read_plain(text, ",", 1, 2) is not None
    assert held[0] >= len(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_that_is_cut_in_a_character_is_not_told_to_be_in_another_encoding(encoding: str) -> None:
    _, codes = read("a,b\n1,–".encode(encoding)[:-1], CsvLayout(encoding))
    assert codes == ["cut-row"]


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b'a,b\n"1",2\n', b'a,b\n"1,2\n', b""])
def test_a_text_that_was_read_is_let_go(content: bytes) -> None:
    """At once, not when somebody looks for what nothing refers to: a round has many files."""
    gc.collect()
    gc.disable()
    try:
        read(content)
        assert not any(isinstance(each, text_csv._Records) for each in gc.get_objects())
    finally:
        gc.enable()


@pytest.mark.parametrize("n_texts", [1, 2, 128, 129, 255, 256, 257, 32768, 32769])
def test_as_many_texts_as_come_are_told_apart(n_texts: int) -> None:
    """A cell takes as few bytes as its column needs: at each limit there is one text more."""
    texts = [str(number) for number in range(n_texts)]
    table, codes = read("\n".join(["a,b", *(f"{text},x" for text in [*texts, *texts]), ""]).encode())
    assert table is not None and not codes
    first, second = table.rows.columns
    assert [*first.cells()] == [*texts, *texts]
    assert second.numbers.itemsize == 1
    assert table.rows[-1].cells == (texts[-1], "x")


@given(st.lists(st.tuples(CELLS, CELLS), max_size=8), st.sampled_from([";", ",", "\t", "|"]))
def test_every_text_survives(rows: list[tuple[str, str]], delimiter: str) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("first", "second"), *rows])
    table, codes = read(written.getvalue().encode(), CsvLayout(delimiter=delimiter))
    assert not codes
    assert table is not None
    assert [row.cells for row in table.rows] == [tuple(map(compose, row)) for row in rows]


def test_a_letter_and_its_mark_are_one_sign_and_no_sign_becomes_a_delimiter() -> None:
    """U+037E is canonically a semicolon: composed before the row is cut apart, it would cut it."""
    table, codes = read("Tehta\u0308va\u0308;b\na\u030a\u037e;c\n".encode(), CsvLayout(delimiter=";"))
    assert not codes
    assert table is not None
    assert (table.header, table.rows[0].cells) == (("Tehtävä", "b"), ("å;", "c"))


@given(st.from_regex(r"0[0-9]{2}", fullmatch=True), st.from_regex(r"[0-9]{1,3},[0-9]", fullmatch=True))
def test_leading_zeros_and_decimal_commas_survive(code: str, number: str) -> None:
    table, _ = read(f"code;number\n{code};{number}\n".encode(), CsvLayout(delimiter=";"))
    assert table is not None
    assert table.rows[0].cells == (code, number)


@pytest.mark.parametrize("word", ["NA", "null", "None", "", "2024-01-01", "1.2.2025", "=1+1", "TRUE", "1e5", " x "])
def test_no_word_means_anything(word: str) -> None:
    table, _ = read(f"a,b\n{word},1\n".encode())
    assert table is not None
    assert table.rows[0].cells == (word, "1")


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"a,b\n1,2\n3,4\n", [2, 3]),
        (b"a,b\r\n1,2\r\n3,4\r\n", [2, 3]),
        (b'a,b\n"1\n1",2\n3,4\n', [2, 4]),
        (b"a,b\n\n3,4\n", [2, 3]),
        (b"a,b\n3,4", [2]),
    ],
)
def test_rows_know_the_line_where_they_begin(content: bytes, lines: list[int]) -> None:
    table, codes = read(content)
    assert table is not None
    assert [row.line for row in table.rows] == lines
    assert not codes


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"a,b\n1\n2,3\n", "1 fields where the header has 2"),
        (b"a,b\n1,2,3\n", "3 fields where the header has 2"),
        (b"a,b\n1,2,\n3,4\n", "3 fields where the header has 2"),
        (b"a,b\n1,2,x\n3,4,\n", "3 fields where the header has 2"),
        (b"a,b\n1,2,\n3,4,\n", None),
        (b"a,b,\n1,2\n3,4\n", None),
        (b"a,b,c\n1,2\n3,4\n", "2 fields where the header has 3"),
        (b"a,b\n1,2\n", None),
        (b"a,b\n\n", None),
    ],
)
def test_row_that_does_not_fit_is_kept_with_its_problem(content: bytes, problem: str | None) -> None:
    table, codes = read(content)
    assert table is not None
    assert table.rows[0].problem == problem
    assert not codes


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"\xef\xbb\xbfa,b\n", "byte-order-mark"),
        ("ä,b\n".encode("cp1252"), "undecodable-bytes"),
        ("a,b\n".encode("utf-16"), "bytes-of-utf-16"),
        (b"a,b\n1,\0\n", "nul-character"),
        (b'a,b\n1,"2\n', "unclosed-quote"),
        (b'a,b\n1,"2"3\n', "stray-quote"),
        (b"a,b\n1,2\n3", "cut-row"),
        ("a,b\n1,ä".encode()[:-1], "cut-row"),
    ],
)
def test_broken_file_is_refused(content: bytes, code: str) -> None:
    _, codes = read(content)
    assert codes == [code]


def test_long_answers_are_read() -> None:
    table, codes = read(b"a\n" + b"x" * 200_000 + b"\n")
    assert table is not None
    assert len(table.rows[0].cells[0]) == 200_000
    assert not codes


def test_names_and_data_may_begin_lower() -> None:
    table, _ = read(b"Survey of services\nq1;q2\nQuestion one;Question two\n1;2\n", CsvLayout("utf-8", ";", 2, 4))
    assert table is not None
    assert table.header == ("q1", "q2")
    assert [(row.line, row.cells) for row in table.rows] == [(4, ("1", "2"))]


def test_encoding_is_the_one_that_was_named() -> None:
    table, _ = read("ä\nö\n".encode("cp1252"), CsvLayout("cp1252"))
    assert table is not None
    assert table.header == ("ä",)
    assert table.rows[0].cells == ("ö",)


def test_a_column_is_named_by_its_place_or_told_from_one_of_the_same_name() -> None:
    content = b"P;;P (2);P;(column 6);;P;\n1;;2;3;4;x;5;\n1;;2;3;4;;5;\n"
    table, codes = read(content, CsvLayout(delimiter=";"))
    assert table is not None and not codes
    named = table.named_apart()
    assert named.header == ("P", "(column 2)", "P (2)", "P (3)", "(column 6)", "(column 6) (2)", "P (4)", "(column 8)")
    assert named.spare == {"(column 2)", "(column 8)"}
    assert named.without_spare().rows[0].cells == ("1", "2", "3", "4", "x", "5")


def test_options_stand_under_blanks() -> None:
    content = b"Id,Q1,,,Q2,\n,Response,Other,Third,Open-Ended Response,\n1,a,b,c,d,\n"
    table, _ = read(content, CsvLayout(option_row=2, first_data_row=3))
    assert table is not None
    assert table.header == ("Id", "Q1", "Q1 [Other]", "Q1 [Third]", "Q2", "")
    assert [row.problem for row in table.rows] == [None]


def test_a_wide_table_is_named_fast() -> None:
    names = [f"group/question {number}" for number in range(350)]
    content = ",".join([*names, *names, *[""] * 9_000]).encode() + b"\n"
    table, _ = read(content + b"," * 9_699 + b"\n")
    assert table is not None
    assert len(set(table.named_apart().header)) == 9_700
    assert len(table.named_apart().spare) == 9_000
