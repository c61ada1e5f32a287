"""Makes the workbooks and SPSS files of the fault corpus, the same each time: python tests/broken/make_workbooks.py."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

CORPUS = Path(__file__).parent
INVENTORY = Path("systems/inventory.xlsx")
RESPONSES = Path("surveys/palvelukysely/rounds/2024/responses.xlsx")
SPSS_FILE = CORPUS.parent / "exports" / "spss_sav" / "responses.sav"
HEADER = ("id", "name", "vendor", "aliases", "kind", "from", "to", "is_fictional", "note")
ALPHA = ("alpha", "Alpha", "", "Alfa;Alpha 2", "municipal", "2019-01-01", "", "1", "")
SUCCESSOR = HEADER.index("to") + 1  # where the column stands that an inventory may have
BETA = ("beta", "Beta", "Firma Oy", "", "state", "", "2025-12-31", "1", "")

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

Cell = str | int


def sheet_xml(rows: Sequence[Sequence[Cell]], more: str = "") -> str:
    """A sheet: text as inline strings, numbers as numbers, empty text left out; `more` goes after the rows."""
    lines = [
        f'<row r="{line}">' + "".join(_cell_xml(line, number, value) for number, value in enumerate(row)) + "</row>"
        for line, row in enumerate(rows, start=1)
    ]
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}{more}</sheetData></worksheet>'


def _cell_xml(line: int, number: int, value: Cell) -> str:
    reference = f"{chr(ord('A') + number)}{line}"
    if isinstance(value, int):
        return f'<c r="{reference}"><v>{value}</v></c>'
    return f'<c r="{reference}" t="inlineStr"><is><t>{escape(value)}</t></is></c>' if value else ""


def write_workbook(path: Path, sheet_name: str, sheet: str, more: Mapping[str, str] | None = None) -> None:
    """A workbook of one sheet; `more` are further members by name."""
    members = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{sheet_name}" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" '
        f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
        **(more or {}),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)


def inventory(fault: str, rows: Sequence[Sequence[Cell]], sheet_name: str = "systems") -> None:
    """The inventory of one folder of the corpus."""
    write_workbook(CORPUS / fault / INVENTORY, sheet_name, sheet_xml(rows))


def successors(alpha: str, beta: str) -> list[tuple[str, ...]]:
    """The rows of an inventory with the column successor."""
    rows = {HEADER: "successor", ALPHA: alpha, BETA: beta}
    return [(*row[:SUCCESSOR], successor, *row[SUCCESSOR:]) for row, successor in rows.items()]


def make_all() -> None:
    """Every workbook of the corpus."""
    good = sheet_xml([HEADER, ALPHA, BETA])
    inventory("_base", [HEADER, ALPHA, BETA])
    inventory("inventory_unknown_sheet", [HEADER, ALPHA], "system")
    inventory("inventory_number_cell", [HEADER, ALPHA, (20, *BETA[1:])])
    inventory("inventory_repeated_id", [HEADER, ALPHA, ("alpha", *BETA[1:])])
    inventory("inventory_ambiguous_alias", [HEADER, ALPHA, (*BETA[:3], "ALFA", *BETA[4:])])
    inventory("inventory_missing_column", [HEADER[:-1], ALPHA[:-1]])
    inventory("inventory_wrong_kind", [HEADER, ALPHA, (*BETA[:4], "national", *BETA[5:])])
    inventory("inventory_dates_out_of_order", [HEADER, (*ALPHA[:6], "2018-12-31", *ALPHA[7:])])
    inventory("inventory_unknown_successor", successors("betta", "gammadelta"))
    inventory("inventory_successor_of_itself", successors("beta", "alpha"))
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    write_workbook(CORPUS / "workbook_far_cell" / INVENTORY, "systems", sheet_xml([HEADER, ALPHA], far))
    entity = '<!DOCTYPE worksheet [<!ENTITY lol "lol">]>'
    write_workbook(CORPUS / "workbook_entity" / INVENTORY, "systems", entity + good)
    outside = {"../outside.xml": "<outside/>"}
    write_workbook(CORPUS / "workbook_name_leads_out" / INVENTORY, "systems", good, outside)
    write_workbook(CORPUS / "workbook_damaged_sheet" / INVENTORY, "systems", good[: len(good) // 2])
    answers = sheet_xml([("Vastausnumero", "Kuntanumero", "Palvelut riittävät"), ("A1", "001", "Eri mieltä")])
    write_workbook(CORPUS / "workbook_responses_unmapped_column" / RESPONSES, "Vastaukset", answers)
    whole = SPSS_FILE.read_bytes()
    for fault, content in (("sav_damaged", whole[:-50]), ("sav_other_columns", whole), ("round_unused_sheet", whole)):
        (CORPUS / fault / RESPONSES.with_suffix(".sav")).write_bytes(content)


if __name__ == "__main__":
    make_all()
