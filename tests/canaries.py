"""Texts that must not get out, planted in the answers, and the search for them in everything that was written."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import duckdb

from store.paths import DataPaths
from tests.acceptance.project import ROUND, SURVEY_OF_2020, SURVEY_OF_HIDING, copy_inputs

# A person who is made up, in fields that forms have: plain letters, so that no writing of them looks otherwise.
CANARIES = {
    "name": "Kanaria Lintunen",
    "email": "kanaria.lintunen@example.org",
    "token": "canary-token-5f1c9a",
    "text": "Soita Kanarialle 040 7654321 tai 131052-308T",
    "practice": "Hyva kaytanto: kanarian oma tili FI21 1234 5600 0007 85",
    "system": "Kanarian oma taulukko",
    "response": "KANARIA-0010",
}
NEIGHBOUR = "Naapurin kanaria 050 7654321"  # stays when the canary is erased
FIELDS = {
    "Vastaus-ID": "response",
    "Roolit ja vastuut, vapaa kommentti": "text",
    "Hyviä käytäntöjä yhdyspintatyöhön kotoutumisen edistämisessä": "practice",
    "Käytössä olevan tietojärjestelmän nimi": "system",
}
PLACE = 9  # of the canary among the responses
COLUMNS = {"Vastaajan nimi": "ignored", "Sähköposti": "_respondent", "Avain": "ignored"}


def copy_planted(folder: Path) -> DataPaths:
    """The inputs of one survey with canaries, without printed figures."""
    paths = copy_inputs(folder)
    for other in (SURVEY_OF_2020, SURVEY_OF_HIDING):
        shutil.rmtree(paths.root / other)
    figures = paths.surveys / "koto_kuntakysely" / "published_figures.csv"
    figures.write_text(figures.read_text(encoding="utf-8").splitlines(keepends=True)[0], encoding="utf-8")
    figures.with_name("claims.csv").unlink()
    plant(paths)
    return paths


def plant(paths: DataPaths) -> None:
    """Give the round columns that hold people, and make one response the canary's, with what it was coded as."""
    folder = paths.root / ROUND
    with (folder / "columns.csv").open("a", encoding="utf-8") as handle:
        handle.writelines(f"{column},{question},,,,\n" for column, question in COLUMNS.items())
    header, *rows = _read(folder / "responses.csv")
    people = [["", f"person{number}@example.org", ""] for number in range(len(rows))]
    people[PLACE] = [CANARIES["name"], CANARIES["email"], CANARIES["token"]]
    codings = folder / "codings.csv"
    of_canary = codings.read_text(encoding="utf-8").replace(f"\n{rows[PLACE][0]},", f"\n{CANARIES['response']},")
    codings.write_text(of_canary, encoding="utf-8")
    rows[PLACE] = [CANARIES.get(FIELDS.get(name, ""), cell) for name, cell in zip(header, rows[PLACE], strict=True)]
    written = [[*row, *person] for row, person in zip(rows, people, strict=True)]
    _write(folder / "responses.csv", [[*header, *COLUMNS], *written])


def plant_everywhere(paths: DataPaths) -> None:
    """Put the canary's text into every other cell of its response, and into the municipality of another: a response
    without a municipality is not looked at further."""
    file = paths.root / ROUND / "responses.csv"
    header, *rows = _read(file)
    kept = {*FIELDS, *COLUMNS, "Kuntanumero"}
    rows[PLACE + 1][header.index("Kuntanumero")] = NEIGHBOUR
    rows[PLACE] = [
        cell if name in kept else f"{CANARIES['text']} ({number})"
        for number, (name, cell) in enumerate(zip(header, rows[PLACE], strict=True))
    ]
    _write(file, [header, *rows])


def _read(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.reader(handle, delimiter=";"))


def _write(file: Path, rows: Iterable[Iterable[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\n").writerows(rows)
    file.write_text(text.getvalue(), encoding="utf-8-sig")


def found_in(files: Iterable[Path], canaries: Iterable[str] = (*CANARIES.values(),)) -> Iterator[tuple[str, str]]:
    """File and canary, for each file that holds one: in its bytes, or in a table that it stores packed."""
    looked_for = [*canaries]
    for file in files:
        content, packed = file.read_bytes(), _packed(file, looked_for)
        for canary in looked_for:
            if canary in packed or any(each in content for each in (canary.encode(), canary.encode("utf-16-le"))):
                yield file.as_posix(), canary


def _packed(file: Path, canaries: list[str]) -> set[str]:
    """The canaries in the rows of a database or a Parquet file, each table read once for all of them, and in the parts
    of a workbook."""
    if file.suffix == ".parquet":
        with duckdb.connect() as connection:
            return _in_table(connection, f"read_parquet('{file}')", canaries)
    if file.suffix == ".duckdb":
        with duckdb.connect(str(file), read_only=True) as connection:
            names = "select schema_name, table_name from duckdb_tables() where not internal"
            tables = connection.execute(names).fetchall()
            return set().union(*(_in_table(connection, f'"{schema}"."{name}"', canaries) for schema, name in tables))
    if file.suffix == ".xlsx":
        with zipfile.ZipFile(file) as parts:
            content = b"".join(map(parts.read, parts.namelist())).decode()
        return {canary for canary in canaries if escape(canary) in content}
    return set()


def _in_table(connection: duckdb.DuckDBPyConnection, table: str, canaries: list[str]) -> set[str]:
    sql = f"""
        with lines as materialized (select t::varchar as line from {table} as t)
        select canary from (select unnest(?) as canary)
        where exists (select 1 from lines where contains(line, canary))
    """
    return {canary for (canary,) in connection.execute(sql, [canaries]).fetchall()}


def written_outside(paths: DataPaths) -> list[Path]:
    """Every file that the project wrote, but those of the private folder."""
    made = [paths.warehouse, paths.state, paths.published]
    files = (file for folder in made for file in folder.rglob("*") if file.is_file() and not file.is_symlink())
    return sorted(file for file in files if paths.private not in file.parents)


def written_inside(paths: DataPaths) -> list[Path]:
    """Every file of the private folder."""
    return sorted(file for file in paths.private.rglob("*") if file.is_file())
