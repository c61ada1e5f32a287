"""A parser that takes too much is ended, and the file that made it do so has a fault of its own kind."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from faults.errors import FaultList
from ingest.readers import SheetLayout, children, read_table
from tests.broken.make_workbooks import sheet_xml, write_workbook

SHARED = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def write_repeating(path: Path, characters: int, cells: int) -> None:
    """A small workbook with one long text that many cells show: each is a copy to the parser."""
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(2, cells + 2))
    text = f'<sst xmlns="{SHARED}"><si><t>{"ä" * characters}</t></si></sst>'
    write_workbook(path, "s", sheet_xml([("a",)], rows), {"xl/sharedStrings.xml": text})
    relations = "xl/_rels/workbook.xml.rels"
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    more = f'<Relationship Id="r9" Type="{kind}" Target="sharedStrings.xml"/></Relationships>'
    members[relations] = members[relations].replace(b"</Relationships>", more.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(
    ("limits", "codes"),
    [
        (children.LIMITS._replace(memory_bytes=300 * 1024**2), {"parser-out-of-memory", "parser-killed"}),
        (children.LIMITS._replace(cpu_seconds=0), {"parser-out-of-time"}),
        (children.LIMITS._replace(seconds=0), {"parser-out-of-time"}),
        (children.LIMITS._replace(output_bytes=10_000), {"parser-output-too-large"}),
        (children.LIMITS, set()),
    ],
    ids=["memory", "cpu", "seconds", "output", "none"],
)
def test_parser_is_ended(
    tmp_path: Path, faults: FaultList, monkeypatch: pytest.MonkeyPatch, limits: children.Limits, codes: set[str]
) -> None:
    monkeypatch.setattr(children, "LIMITS", limits)
    path = tmp_path / "a.xlsx"
    write_repeating(path, 100_000, 6_000 if limits.memory_bytes < 1024**3 else 2)
    table = read_table(path, SheetLayout("s"), faults)
    assert {fault.code for fault in faults} <= codes
    assert (table is None) is bool(codes) is bool(len(faults))


def test_parser_killed_from_outside() -> None:
    with pytest.raises(children.ParserFailed) as failure:
        children._raise_if_failed(-9)
    assert failure.value.words and failure.value.words.code == "parser-killed"
    assert "SIGKILL" in str(failure.value)
