"""Makes the inputs of the corpus that are not kept as files: odd bytes, links, bombs, and tables of odd cells.

Each function lays one input over a copy of `_base` and `_wide`; the folder of its name says what must come of it.
"""

from __future__ import annotations

import io
import json
import os
import struct
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat

from tests.broken.make_workbooks import HEADER, INVENTORY, sheet_xml, write_workbook

ROUND = Path("surveys/palvelukysely/rounds/2024")
CSV, XLSX, SAV, JSON = (ROUND / f"responses.{suffix}" for suffix in ("csv", "xlsx", "sav", "json"))
COLUMNS = (
    "Vastausnumero", "Lähetetty", "Kuntanumero", "Tehtävä", "Palvelut riittävät", "Neuvonta", "Koulutus", "Henkilöstö",
    "Kommentti", "Budjetti", "Alkaen",
)  # fmt: skip
GOOD = ("08.01.2024 09.15", "001", "Johtaja", "Täysin samaa mieltä", "x", "", "55", "", "1.5", "1.1.2020")

Make = Callable[[Path], None]
MADE: dict[str, Make] = {}


def made(make: Make) -> Make:
    MADE[make.__name__] = make
    return make


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{old} is not in {file.name}"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def settings(root: Path, **changed: str) -> None:
    """Other lines of round.yml, each in place of the one that is there or at the end."""
    file = root / ROUND / "round.yml"
    kept = [line for line in file.read_text(encoding="utf-8").splitlines() if line.partition(":")[0] not in changed]
    added = [f"{key}: {value}" for key, value in changed.items()]
    file.write_text("\n".join([*kept, *added, ""]), encoding="utf-8")


def row(number: int = 1, **cells: str) -> tuple[str, ...]:
    """A good row in which some cells, by name of their column, are others."""
    values = dict(zip(COLUMNS, (f"A{number}", *GOOD), strict=True)) | cells
    return tuple(values[name] for name in COLUMNS)


def as_text(rows: Sequence[Sequence[str]], line_end: str = "\n") -> str:
    """Rows under the header, cells in quotes where they need them."""

    def cell(text: str) -> str:
        needs = any(sign in text for sign in ';"\n\r')
        return '"' + text.replace('"', '""') + '"' if needs else text

    return "".join(";".join(map(cell, each)) + line_end for each in (COLUMNS, *rows))


def write(root: Path, content: str | bytes, encoding: str = "utf-8") -> None:
    """The response file."""
    (root / CSV).write_bytes(content if isinstance(content, bytes) else content.encode(encoding))


def cells(name: str, column: str, *texts: str) -> None:
    """An input whose rows differ in one column."""

    def make(root: Path) -> None:
        write(root, as_text([row(number, **{column: text}) for number, text in enumerate(texts, start=1)]))

    MADE[name] = make


# Odd texts in cells: none is repaired, each row says what became of it.

cells("cells_code_without_zeros", "Kuntanumero", "20", "5", "1", "020.0", "20,0")
cells("cells_code_look_alike_digits", "Kuntanumero", "٠٢٠", "０２０", "⁰²⁰", "O20", "0Z0", "𝟎𝟐𝟎")
cells("cells_code_spaces", "Kuntanumero", " 020 ", "\u00a0020", "020\t", "0 20", "\u2003020", "0\u00a020")
cells("cells_code_unseen", "Kuntanumero", "020\u200b", "\u2066020\u2069", "020\u202e", "\ufeff020", "02\u00ad0")
cells("cells_code_unknown", "Kuntanumero", "900", "", "Kivilahti", "212", "../020", "=HYPERLINK(0)")
cells("cells_name_combining", "Palvelut riittävät", "Eri mielta\u0308", "Eri mielt\u00e4", "Eri mieltä", "eri mieltä")
cells("cells_name_homoglyph", "Palvelut riittävät", "Еri mieltä", "Eri\u00a0mieltä", "Eri mi\u200beltä", "Eri  mieltä")
cells("cells_name_bidi", "Palvelut riittävät", "\u202eätleim irE", "\u200fEri mieltä", "Eri mieltä\u200e")
cells("cells_number_signs", "Henkilöstö", "-0", "+5", "--5", "5-", "−5", "-1", "501", "0005")
cells("cells_number_exponent", "Henkilöstö", "1e2", "1E2", "1e999", "-1e-9", "1d2")
cells("cells_number_hexadecimal", "Henkilöstö", "0x1F", "0b11", "0o17", "1F", "#1F")
cells("cells_number_huge", "Henkilöstö", "9" * 15, "9" * 16, "9" * 400, "9" * 5000, "1." + "0" * 400)
cells("cells_number_words", "Henkilöstö", "NaN", "Infinity", "-inf", "NULL", "None", "true", "n. 20", "12 hlö")
cells("cells_number_look_alike", "Henkilöstö", "１２", "١٢", "²", "½", "Ⅻ", "１２.0", "1２")
cells("cells_number_grouped", "Henkilöstö", "1 000", "1\u00a0000", "1\u202f0", "1_0", "1,000", "1.000", "1'0")
cells("cells_number_decimals", "Budjetti", "1,5", "1.5", "0.1234567", ".5", "5.", "1.2.3", "-1", "0x1p3", "1e1")
cells("cells_number_formula", "Budjetti", "=1+1", "+1+1", "-1+1", "@SUM(1)", "=cmd|' /C calc'!A0", "\t=1")
cells("cells_date_not_there", "Alkaen", "30.2.2024", "29.2.2023", "29.2.2024", "31.4.2024", "2024-02-30", "2024-13-01")
cells("cells_date_serial", "Alkaen", "45292", "45292.5", "60", "0", "-1")
cells("cells_date_far", "Alkaen", "0000-01-01", "1.1.0000", "9999-12-31", "31.12.9999", "1.1.10000", "29.2.1900")
cells("cells_date_other_forms", "Alkaen", "1.1.24", "1/2/2024", "2024-W01-1", "2024001", "1. tammikuuta 2024", "1.1.")
cells("cells_date_look_alike", "Alkaen", "٣١.١.٢٠٢٤", "１.1.2024", "1․1․2024", "1.1.2024\u200b")
cells(
    "cells_time_not_there", "Lähetetty", "31.03.2024 03.30", "27.10.2024 03.30", "30.02.2024 10.00", "08.01.2024 24.0"
)
cells("cells_time_far", "Lähetetty", "01.01.0000 00.00", "01.01.0001 00.00", "31.12.9999 23.59", "08.01.0024 09.15")
cells("cells_time_look_alike", "Lähetetty", "٠٨.٠١.٢٠٢٤ ٠٩.١٥", "０８.01.2024 09.15", "45292.5", "08.01.2024 09.15.60")
cells("cells_line_breaks", "Kommentti", "a\nb", "a\r\nb", "a\rb", "a\u0085b", "a\u2028b", "a\x0bb", "a\x0cb")
cells("cells_control_characters", "Kommentti", "\x1b[31mred\x1b[0m", "\x07\x08\x7f", "\x9b2J", "\x1b]0;title\x07")
cells("cells_statements", "Kommentti", "'; drop table raw.surveys__rows; --", "{{ 7 * 7 }}", "{% raw %}", "$(id)", "%s")
cells("cells_markup", "Kommentti", "<script>alert(1)</script>", "[red]x[/red]", "{0.__class__}", "${satisfied}", "`id`")
cells("cells_long_text", "Kommentti", "ä" * 200_000, "🏛️" * 10, "e" + "\u0301" * 500)
cells("cells_repeated_id", "Vastausnumero", "A1", "A1", "", "")


# Encodings and line ends.


def encoded(name: str, encoding: str, declared: str | None = None, mark: bytes = b"", text: str | None = None) -> None:
    """An input in an encoding that round.yml declares, or another than it declares."""

    def make(root: Path) -> None:
        settings(root, encoding=declared or encoding)
        write(root, mark + (text or as_text([row(Kommentti="Ääkköset – “ja” €")])).encode(encoding))

    MADE[name] = make


PLAIN = as_text([row(Kommentti="Ääkköset")])
encoded("encoding_utf_8_with_mark_declared", "utf-8", "utf-8-sig", b"\xef\xbb\xbf")
encoded("encoding_utf_8_two_marks", "utf-8", "utf-8-sig", b"\xef\xbb\xbf\xef\xbb\xbf")
encoded("encoding_utf_16_le", "utf-16-le", "utf-16", b"\xff\xfe")
encoded("encoding_utf_16_be", "utf-16-be", "utf-16", b"\xfe\xff")
encoded("encoding_utf_16_undeclared", "utf-16-le", "utf-8", b"\xff\xfe")
encoded("encoding_utf_16_odd_byte", "utf-16-le", "utf-16", b"\xff\xfe\x00")
encoded("encoding_utf_32", "utf-32", "utf-32")
encoded("encoding_utf_32_as_utf_16", "utf-32-le", "utf-16", b"\xff\xfe\x00\x00")
encoded("encoding_cp1252", "cp1252")
encoded("encoding_latin_1", "latin-1", text=PLAIN)
encoded("encoding_cp1252_undeclared", "cp1252", "utf-8")
encoded("encoding_utf_8_as_cp1252", "utf-8", "cp1252")
encoded("encoding_ebcdic", "cp037", "utf-8", text=PLAIN)
encoded("encoding_for_programs", "utf-8", "unicode_escape")
encoded("encoding_unknown", "utf-8", "utf-9")


@made
def encoding_mixed(root: Path) -> None:
    write(root, as_text([row(Kommentti="ä")]).encode() + ";".join(row(2, Kommentti="ä")).encode("latin-1") + b"\n")


@made
def encoding_half_a_character(root: Path) -> None:
    write(root, as_text([row(Kommentti="ok")]).replace("ok", "\\").encode().replace(b"\\", b"\xed\xa0\x80"))


def line_ends(name: str, *ends: str) -> None:
    def make(root: Path) -> None:
        lines = as_text([row(number) for number in range(1, len(ends))]).splitlines()
        write(root, "".join(line + end for line, end in zip(lines, ends, strict=True)))

    MADE[name] = make


line_ends("line_ends_cr", "\r", "\r")
line_ends("line_ends_crlf", "\r\n", "\r\n")
line_ends("line_ends_mixed", "\n", "\r\n", "\r", "\n")
line_ends("line_ends_nel", "\n", "\u0085", "\n")
line_ends("line_ends_line_separator", "\n", "\u2028", "\n")
line_ends("line_ends_empty_lines", "\n", "\n\n\n", "\n")


@made
def rows_cut_and_long(root: Path) -> None:
    write(root, as_text([row(1), row(2)[:4], (*row(3), "extra"), (*row(4), ""), row(5)]))


@made
def rows_nothing_but_header(root: Path) -> None:
    write(root, as_text([]))


@made
def rows_only_line_ends(root: Path) -> None:
    write(root, "\n\n\n")


@made
def rows_sides_of_separator(root: Path) -> None:
    write(root, as_text([row(1)]) + "sep=;\n" + ";" * 10 + "\n")


@made
def header_of_statements(root: Path) -> None:
    """A name of a column is data, however it reads."""
    name = "x\"'; drop table t; -- {{ 7 * 7 }} <script> $(id) {0.__class__} [red] \x1b[31m"
    (root / ROUND / "columns.csv").open("a", encoding="utf-8").write('"' + name.replace('"', '""') + '",ignored,,,,\n')
    lines = as_text([row(1)]).splitlines()
    write(root, f'{lines[0]};"' + name.replace('"', '""') + f'"\n{lines[1]};=1+1\n')


@made
def header_unmapped_control_characters(root: Path) -> None:
    write(root, as_text([row(1)]).replace("Alkaen", "Alkaen;\x1b[2J\x07evil\u202e", 1))


@made
def header_unseen_character(root: Path) -> None:
    write(root, as_text([row(1)]).replace("Alkaen", "Alk\u200baen", 1))


@made
def header_combining(root: Path) -> None:
    write(root, as_text([row(1)]).replace("Tehtävä", "Tehta\u0308va\u0308", 1))


# Files that are no files, links and names.


@made
def file_is_a_folder(root: Path) -> None:
    (root / CSV).unlink()
    (root / CSV).mkdir()


@made
def file_is_a_pipe(root: Path) -> None:
    (root / CSV).unlink()
    os.mkfifo(root / CSV)


@made
def file_settings_is_a_pipe(root: Path) -> None:
    (root / ROUND / "round.yml").unlink()
    os.mkfifo(root / ROUND / "round.yml")


@made
def file_inventory_is_a_folder(root: Path) -> None:
    (root / INVENTORY).unlink()
    (root / INVENTORY).mkdir()


def linked(name: str, target: str, file: Path = CSV) -> None:
    def make(root: Path) -> None:
        (root / file).unlink(missing_ok=True)
        (root / file).symlink_to(target)

    MADE[name] = make


linked("link_out_of_the_folder", "/etc/passwd")
linked("link_to_a_device", "/dev/zero")
linked("link_to_itself", "responses.csv")
linked("link_to_nothing", "nothing.csv")
linked("link_of_settings_out", "/etc/hostname", ROUND / "round.yml")


@made
def link_beside(root: Path) -> None:
    (root / CSV).rename(root / ROUND / "delivered.csv")
    (root / CSV).symlink_to("delivered.csv")


@made
def link_of_folders_in_a_ring(root: Path) -> None:
    (root / ROUND / "again").symlink_to("..")
    (root / ROUND / "more").symlink_to("../..")


@made
def file_too_large(root: Path) -> None:
    with (root / CSV).open("ab") as handle:
        handle.truncate(200 * 1024**2 + 1)


@made
def file_workbook_too_large(root: Path) -> None:
    with (root / INVENTORY).open("ab") as handle:
        handle.truncate(100 * 1024**2 + 1)


def named(name: str, file_name: str, written: str | None = None) -> None:
    """An input whose response file has an odd name; where the name cannot be, there is no such file."""

    def make(root: Path) -> None:
        settings(root, files=f"[{written or json.dumps(file_name)}]")
        if written is None:
            (root / CSV).rename(root / ROUND / file_name)

    MADE[name] = make


named("name_of_signs", "-rf $(touch x) '\"; drop table t; {{ 7 * 7 }} [red] %s.csv")
named("name_unseen", "a\u202evsc.csv")
named("name_with_line_end", "a.csv", '"a\\nb.csv"')
named("name_with_escape", "a.csv", '"\\e[31ma.csv"')
named("name_with_nul", "a.csv", '"a\\0b.csv"')
named("name_half_a_character", "a.csv", '"\\udcff.csv"')
named("name_too_long", "a.csv", "a" * 300 + ".csv")
named("name_leads_out", "a.csv", "../../../../../etc/passwd")


@made
def name_of_bytes(root: Path) -> None:
    """A file that nobody names: its name is not even text."""
    Path(os.fsdecode(os.fsencode(root / ROUND) + b"/\xff\xfe.txt")).write_text("x", encoding="utf-8")


@made
def folder_of_statements(root: Path) -> None:
    folder = root / "surveys" / "$(touch x) {{ 7 * 7 }} '; drop table t; [red]\x1b[31m"
    (root / "surveys/palvelukysely").rename(folder)


# YAML.

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


def yaml(name: str, text: str, file: Path = ROUND / "round.yml") -> None:
    """An input with more lines in a YAML file."""

    def make(root: Path) -> None:
        with (root / file).open("a", encoding="utf-8") as handle:
            handle.write(text)

    MADE[name] = make


SURVEY_YML = Path("surveys/palvelukysely/survey.yml")
yaml("yaml_alias_bomb", BOMB)
yaml("yaml_alias_bomb_of_survey", BOMB, SURVEY_YML)
yaml("yaml_alias_of_itself", "note: &n [*n]\n")
yaml("yaml_alias_unknown", "note: *nobody\n")
yaml("yaml_python_object", "note: !!python/object/apply:os.system ['touch pwned']\n")
yaml("yaml_python_name", "note: !!python/name:os.system x\n")
yaml("yaml_own_tag", "note: !secret x\n")
yaml("yaml_set", "note: !!set {x, y}\n")
yaml("yaml_deep", "note: " + "[" * 50_000 + "\n")
yaml("yaml_deep_keys", "".join(f"{' ' * depth}k:\n" for depth in range(400)))
yaml("yaml_too_large", "# " + "x" * 200_000 + "\n")
yaml("yaml_two_documents", "---\nround_id: x\n")
yaml("yaml_huge_number", f"name_row: {'9' * 5000}\n")
yaml("yaml_infinite_number", "stale_after_days: 1e999\n")
yaml("yaml_negative_number", "name_row: -1\n")
yaml("yaml_no_number", "stale_after_days: .nan\n")
yaml("yaml_large_character", 'sheet: "\\Uffffffff"\n')
yaml("yaml_half_a_character", 'sheet: "\\ud800"\n')
yaml("yaml_control_character", 'sheet: "\\e[31m"\n')
yaml("yaml_direction_mark", 'sheet: "a\\u202eb"\n')
yaml("yaml_repeated_key", "format: xlsx\n")
yaml("yaml_tab", "\tsheet: x\n")
yaml("yaml_list_as_key", "? [a, b]\n: 1\n")


@made
def yaml_not_utf_8(root: Path) -> None:
    with (root / SURVEY_YML).open("ab") as handle:
        handle.write("# ä\n".encode("latin-1"))


@made
def yaml_date_not_there(root: Path) -> None:
    replace(root / ROUND / "round.yml", "opens_on: 2024-01-08", "opens_on: 2024-02-30")


@made
def yaml_is_empty(root: Path) -> None:
    (root / ROUND / "round.yml").write_bytes(b"")


@made
def yaml_label_turns_direction(root: Path) -> None:
    replace(root / ROUND / "round.yml", "fi: Palvelukysely 2024", 'fi: "Palvelu\\u202e2024"')


@made
def codebook_label_with_escape(root: Path) -> None:
    replace(root / "surveys/palvelukysely/questions.csv", "Services are sufficient", "Services\x1b[2J are sufficient")


@made
def codebook_empty_file(root: Path) -> None:
    (root / "surveys/palvelukysely/choices.csv").write_bytes(b"")


@made
def registry_empty_file(root: Path) -> None:
    (root / "registry/areas.csv").write_bytes(b"")


@made
def registry_unseen_code(root: Path) -> None:
    replace(root / "registry/2024-01-01/municipalities.csv", "020,", "０２０,")


@made
def registry_cut_line(root: Path) -> None:
    replace(root / "registry/population.csv", "020,2023,4800,2024-01-01", "020,2023")


# JSON.

JSON_COLUMNS = "ResponseId,_response_id\nRespondentId,ignored\nRespondentEmail,ignored\nResponseLanguageId,ignored\n"
JSON_NAMES = {"kunta": "_municipality,code", "tyytyvaisyys": "satisfied,", "henkilosto": "staff,"}
RESPONSE = {
    "ResponseId": "A1", "ResponseDate": "2024-01-08T09:15:00",
    "RespondentAnswers": [
        {"QuestionId": "kunta", "QuestionAnswers": [{"OptionAnswer": "001"}]},
        {"QuestionId": "tyytyvaisyys", "QuestionAnswers": [{"OptionAnswer": "Eri mieltä"}]},
        {"QuestionId": "henkilosto", "QuestionAnswers": [{"OptionAnswer": "5"}]},
    ],
}  # fmt: skip
EXPORT = json.dumps({"SurveyAnswers": [RESPONSE], "Paging": {"TotalCount": 1}}, ensure_ascii=False)


def write_columns(root: Path, lines: str) -> None:
    header = "source_column,question_id,part,ticked,not_ticked,list_separator\n"
    filled = "".join(line + "," * (5 - line.count(",")) + "\n" for line in lines.splitlines())
    (root / ROUND / "columns.csv").write_text(header + filled, encoding="utf-8")


def json_export(name: str, text: str | bytes) -> None:
    def make(root: Path) -> None:
        settings(root, files="[responses.json]", format="webropol_json", timestamp_format='"%Y-%m-%dT%H:%M:%S"')
        questions = "".join(f"{name},{use}\n" for name, use in JSON_NAMES.items())
        write_columns(root, JSON_COLUMNS + "ResponseDate,_submitted_at\n" + questions)
        (root / JSON).write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))

    MADE[name] = make


json_export("json_whole", EXPORT)
json_export("json_deep", '{"SurveyAnswers": ' + "[" * 100_000)
json_export("json_deep_and_whole", '{"SurveyAnswers": ' + "[" * 100_000 + "]" * 100_000 + "}")
json_export("json_repeated_key", EXPORT.replace('"ResponseId": "A1"', '"ResponseId": "A0", "ResponseId": "A1"'))
json_export("json_numbers", EXPORT.replace('"5"', "1e999").replace('"001"', "020"))
json_export("json_number_as_written", EXPORT.replace('"5"', "5.10"))
json_export("json_huge_number", EXPORT.replace('"5"', "9" * 5000))
json_export("json_not_a_number", EXPORT.replace('"5"', "NaN"))
json_export("json_infinity", EXPORT.replace('"5"', "-Infinity"))
json_export("json_truth", EXPORT.replace('"5"', "true"))
json_export("json_nul", EXPORT.replace('"5"', '"5\\u0000"'))
json_export("json_half_a_character", EXPORT.replace('"5"', '"\\ud800"'))
json_export("json_escaped", EXPORT.replace('"5"', '"\\u0035"').replace("Eri mieltä", "Eri mielta\\u0308"))
json_export("json_two_values", EXPORT + EXPORT)
json_export("json_cut", EXPORT[:-40])
json_export("json_empty", "")
json_export("json_only_null", "null")
json_export("json_fewer_than_promised", EXPORT.replace('"TotalCount": 1', '"TotalCount": 2'))
json_export("json_huge_promise", EXPORT.replace('"TotalCount": 1', f'"TotalCount": {"9" * 400}'))
json_export("json_prototype", EXPORT.replace('"Paging"', '"__proto__": {"x": 1}, "__class__": "os", "Paging"'))


# Workbooks.

SHEET = "Vastaukset"
BOOK_COLUMNS = "id,_response_id\nkunta,_municipality,code\nmielipide,satisfied\nmaara,staff\nraha,budget\nalkaen,since"
BOOK_HEADER = ("id", "kunta", "mielipide", "maara", "raha", "alkaen")


def cell_xml(reference: str, inner: str, kind: str = "") -> str:
    return f'<c r="{reference}"{kind}>{inner}</c>'


def text_xml(reference: str, text: str) -> str:
    return cell_xml(reference, f"<is><t>{text}</t></is>", ' t="inlineStr"')


def book(name: str, more: str, members: Mapping[str, str] | None = None, change: Callable[[str], str] = str) -> None:
    """A workbook of responses: a good row, and under it `more` as XML."""

    def make(root: Path) -> None:
        settings(root, files="[responses.xlsx]", format="xlsx", sheet=SHEET)
        write_columns(root, BOOK_COLUMNS)
        sheet = change(sheet_xml([BOOK_HEADER, ("A1", "001", "Eri mieltä", 5)], more))
        write_workbook(root / XLSX, SHEET, sheet, members)

    MADE[name] = make


def book_row(**columns: str) -> str:
    """The XML of row 3; a cell is given by the letter of its column."""
    return f'<row r="3">{text_xml("A3", "A2")}{"".join(columns.values())}</row>'


LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefghi", "bcdefghij", strict=True))
    + "]>"
)
STYLES = {
    "xl/styles.xml": '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
}
book("book_number_for_code", book_row(b=cell_xml("B3", "<v>20</v>")))
book("book_formula_with_value", book_row(b=text_xml("B3", "020"), d=cell_xml("D3", "<f>1+1</f><v>2</v>")))
book("book_formula_without_value", book_row(b=text_xml("B3", "020"), d=cell_xml("D3", "<f>1+1</f>")))
book("book_formula_from_outside", book_row(b=cell_xml("B3", '<f>WEBSERVICE("http://x")</f><v>020</v>', ' t="str"')))
book("book_formula_as_text", book_row(b=text_xml("B3", "020"), c=text_xml("C3", "=1+1")))
book("book_error_cell", book_row(b=text_xml("B3", "020"), d=cell_xml("D3", "<v>#DIV/0!</v>", ' t="e"')))
book("book_truth_cell", book_row(b=text_xml("B3", "020"), d=cell_xml("D3", "<v>1</v>", ' t="b"')))
book("book_serial_date", book_row(b=text_xml("B3", "020"), f=cell_xml("F3", "<v>45292</v>")))
book("book_date_cell", book_row(b=text_xml("B3", "020"), f=cell_xml("F3", "<v>45292</v>", ' s="1"')), STYLES)
book("book_date_before_all", book_row(b=text_xml("B3", "020"), f=cell_xml("F3", "<v>-5</v>", ' s="1"')), STYLES)
book("book_date_60", book_row(b=text_xml("B3", "020"), f=cell_xml("F3", "<v>60</v>", ' s="1"')), STYLES)
book("book_huge_number", book_row(b=text_xml("B3", "020"), d=cell_xml("D3", "<v>1e308</v>")))
book("book_number_of_halves", book_row(b=text_xml("B3", "020"), d=cell_xml("D3", "<v>0.1</v>")))
book("book_nul", book_row(b=text_xml("B3", "020"), c=text_xml("C3", "_x0000_")))
book("book_value_beside", book_row(b=text_xml("B3", "020"), g=text_xml("G3", "beside")))
book("book_far_cell", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
book("book_far_row", '<row r="1048576"><c r="A1048576"><v>1</v></c></row>')
book("book_far_columns", '<row r="3"><c r="XFE3"><v>1</v></c></row>')
book("book_row_out_of_order", '<row r="2"><c r="B2"><v>7</v></c></row>')
book("book_entity", "", change=lambda sheet: f'<!DOCTYPE w [<!ENTITY a "b">]>{sheet}')
book("book_laughs", "", change=lambda sheet: LAUGHS + sheet)
book("book_outside_entity", "", change=lambda sheet: f'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>{sheet}')
book("book_entity_elsewhere", "", {"xl/theme.bin": '<!DOCTYPE w [<!ENTITY a "b">]>'})
book("book_name_leads_out", "", {"../../outside.xml": "<x/>"})
book("book_name_absolute", "", {"/etc/outside.xml": "<x/>"})
book("book_name_backslash", "", {"xl\\..\\outside.xml": "<x/>"})
book("book_too_many_files", "", {f"xl/media/{number}.txt": "" for number in range(2_001)})
book("book_cut_sheet", "", change=lambda sheet: sheet[: len(sheet) // 2])
book("book_without_sheet_data", "", change=lambda _: "<worksheet/>")


@made
def book_in_utf_16(root: Path) -> None:
    """The far cell, where only one who reads UTF-16 sees it."""
    MADE["book_far_cell"](root)
    rewrite(root / XLSX, lambda name, content: content.decode().encode("utf-16") if "sheet1" in name else content)


@made
def book_sheet_of_another_name(root: Path) -> None:
    """The far cell, in a file that does not look like a sheet."""
    MADE["book_far_cell"](root)
    rewrite(
        root / XLSX,
        lambda _, content: content.replace(b"worksheets/sheet1.xml", b"media/picture.png"),
        lambda name: name.replace("worksheets/sheet1.xml", "media/picture.png"),
    )


@made
def book_inflating(root: Path) -> None:
    """Some 300 kB that unpack to 300 MB of spaces, between the cells and after the last."""
    MADE["book_number_for_code"](root)
    add_member(root / XLSX, "xl/media/blank.xml", (b" " * 1024**2 for _ in range(300)))


@made
def book_inflating_too_far(root: Path) -> None:
    MADE["book_number_for_code"](root)
    add_member(root / XLSX, "xl/media/blank.xml", (b" " * 1024**2 for _ in range(40)))
    content = bytearray((root / XLSX).read_bytes())
    place = content.rindex(b"PK\1\2")  # its entry in the directory of the archive says that it is larger than it is
    content[place + 24 : place + 28] = struct.pack("<I", 2 * 1024**3)
    (root / XLSX).write_bytes(content)


@made
def book_lying_size(root: Path) -> None:
    """The sheet says that it unpacks to ten bytes."""
    MADE["book_number_for_code"](root)
    content = bytearray((root / XLSX).read_bytes())
    place = content.rindex(b"xl/worksheets/sheet1.xml") - 46
    content[place + 24 : place + 28] = struct.pack("<I", 10)
    (root / XLSX).write_bytes(content)


@made
def book_nested_archive(root: Path) -> None:
    MADE["book_number_for_code"](root)
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.xml", b" " * 1024**2)
    add_member(root / XLSX, "xl/embeddings/inner.zip", [inner.getvalue()])


@made
def book_same_file_twice(root: Path) -> None:
    MADE["book_number_for_code"](root)
    with zipfile.ZipFile(root / XLSX) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    with warnings.catch_warnings(action="ignore"):
        add_member(root / XLSX, "xl/worksheets/sheet1.xml", [sheet.replace(b"001", b"005")])


def instead_of_book(name: str, content: bytes) -> None:
    def make(root: Path) -> None:
        MADE["book_number_for_code"](root)
        (root / XLSX).write_bytes(content)

    MADE[name] = make


OLD_FORM = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
instead_of_book("book_empty", b"")
instead_of_book("book_of_old_form", OLD_FORM + bytes(2048))
instead_of_book("book_encrypted", OLD_FORM + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(2048))
instead_of_book("book_is_html", b"<html><table><tr><td>id</td></tr></table></html>")
instead_of_book("book_is_csv", b"id;kunta\nA1;001\n")
instead_of_book("book_empty_archive", b"PK\5\6" + bytes(18))


@made
def book_with_password(root: Path) -> None:
    """A member that says it is encrypted."""
    MADE["book_number_for_code"](root)
    content = bytearray((root / XLSX).read_bytes())
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        place = content.index(mark)
        content[place + offset] |= 1
    (root / XLSX).write_bytes(content)


def rewrite(
    path: Path, change: Callable[[str, bytes], bytes], rename: Callable[[str], str] = lambda name: name
) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(rename(name), change(name, content))


def add_member(path: Path, name: str, pieces: Any) -> None:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as member:
        for piece in pieces:
            member.write(piece)


@made
def inventory_formula(root: Path) -> None:
    rows = sheet_xml([HEADER], '<row r="2"><c r="A2" t="str"><f>1+1</f><v>alpha</v></c><c r="B2"><f>1+1</f></c></row>')
    write_workbook(root / INVENTORY, "systems", rows)


# SPSS files.

SAV_COLUMNS = "id,_response_id\nkunta,_municipality,code\nmielipide,satisfied\nmaara,staff\n"
SAV_ROWS = {
    "id": ["A1", "A2", "A3"], "kunta": ["001", "020", "20"], "mielipide": ["Eri mieltä", "Täysin samaa mieltä", ""],
    "maara": [5.0, 5.5, None],
}  # fmt: skip


def sav(name: str, change: Callable[[bytearray], bytes | bytearray], **form: Any) -> None:
    def make(root: Path) -> None:
        settings(root, files="[responses.sav]", format="sav")
        write_columns(root, SAV_COLUMNS)
        pyreadstat.write_sav(pd.DataFrame(SAV_ROWS), root / SAV, **form)
        (root / SAV).write_bytes(change(bytearray((root / SAV).read_bytes())))

    MADE[name] = make


def saying(place: int, number: int) -> Callable[[bytearray], bytearray]:
    """The header with another number."""

    def change(content: bytearray) -> bytearray:
        content[place : place + 4] = struct.pack("<i", number)
        return content

    return change


ELEMENTS, COMPRESSION, CASES = 68, 72, 80
sav("sav_whole", bytearray)
sav("sav_whole_bytecode", bytearray, row_compress=True)
sav("sav_whole_packed", bytearray, compress=True)
sav("sav_fewer_cases_told", saying(CASES, 1))
sav("sav_fewer_cases_told_bytecode", saying(CASES, 1), row_compress=True)
sav("sav_fewer_cases_told_packed", saying(CASES, 1), compress=True)
sav("sav_more_cases_told", saying(CASES, 4))
sav("sav_huge_number_of_cases", saying(CASES, 2**31 - 1))
sav("sav_unknown_number_of_cases", saying(CASES, -1))
sav("sav_negative_number_of_cases", saying(CASES, -5))
sav("sav_fewer_variables_told", saying(ELEMENTS, 1))
sav("sav_more_variables_told", saying(ELEMENTS, 2**31 - 1))
sav("sav_unknown_packing", saying(COMPRESSION, 7))
sav("sav_other_packing_told", saying(COMPRESSION, 1))
sav("sav_unknown_order", saying(64, 99))
sav("sav_unknown_record", saying(176, 77))
sav("sav_long_label_told", saying(176 + 8, 1))
sav("sav_cut_in_header", lambda content: content[:100])
sav("sav_cut_in_variables", lambda content: content[:200])
sav("sav_cut_in_cases", lambda content: content[:-4])
sav("sav_cut_of_a_case", lambda content: content[:-8])
sav("sav_cut_packed", lambda content: content[:-30], compress=True)
sav("sav_more_behind", lambda content: content + bytes(8))
sav("sav_portable", lambda _: b"ASCII SPSS PORT FILE".ljust(200))
sav("sav_empty", lambda _: b"")
sav("sav_not_text", lambda content: content.replace("mieltä".encode(), b"mielt\xff\xfe"))
