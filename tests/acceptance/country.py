"""The made-up country of tests/other_country as it goes on: what the people of the recipes would write, finished."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from store.paths import PROJECT_ROOT
from tests.acceptance.project import replace
from tests.deciding import lines

DATA = PROJECT_ROOT / "tests" / "other_country" / "data"
SURVEY = "omavalitsused"
ROUNDS = Path("surveys") / SURVEY / "rounds"
CLOSED, SUCCESSOR = "01424", "01890"
SETTINGS = {
    "2024-01-01": "2025-01-01",
    "2023-12-31": "2024-12-31",
    "scope: all": "scope: all, closed_municipalities: successor",
    "2024-03-": "2025-03-",
    '"2024"': '"2025"',
    "responses.csv": "responses.jsonl",
    "2024. aasta": "2025. aasta",
    "of 2024": "of 2025",
}


def with_a_merger(folder: Path) -> Path:
    """The country a year later: Loksa has become a part of Viimsi, and a round was made on the new division, when the
    tool of the survey had changed."""
    shutil.copytree(DATA, folder)
    registry = folder / "registry"
    shutil.copytree(registry / "2024-01-01", registry / "2025-01-01")
    for card in (registry / "source.yml", registry / "2025-01-01" / "source.yml"):
        card.write_text(card.read_text(encoding="utf-8").partition("sha256:")[0], encoding="utf-8")
    _merge(registry)
    shutil.copytree(folder / ROUNDS / "2024", folder / ROUNDS / "2025")
    for old, new in SETTINGS.items():
        replace(folder / ROUNDS / "2025" / "round.yml", old, new, count=-1)
    responses = folder / ROUNDS / "2025" / "responses.csv"
    replace(responses, ".03.2024", ".03.2025", count=-1)
    replace(responses, "Keila linn;Nõunik;Ei;", "Keila linn;Nõunik;Jah;")
    _as_json_lines(responses)
    return folder


def _as_json_lines(file: Path) -> None:
    """The file as a tool gives it that writes a line of JSON for each response."""
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines(), delimiter=";")
    records = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    file.with_suffix(".jsonl").write_text("".join(records), encoding="utf-8")
    file.unlink()


def _merge(registry: Path) -> None:
    """The files of the registry after the merger; Viimsi has the inhabitants of both."""
    file = registry / "2025-01-01" / "municipalities.csv"
    header, *rows = lines(file)
    _write(file, [header, *(row for row in rows if row[0] != CLOSED)])
    old, new = (next(row for row in rows if row[0] == code) for code in (CLOSED, SUCCESSOR))
    merger = ("2025-01-01", "merger", *old[:3], *new[:3], f"{old[2]} joined {new[2]}")
    names = ("code", "name_et", "name_en")
    columns = ("effective_date", "change_type", *(f"{which}_{name}" for which in ("old", "new") for name in names))
    _write(registry / "changes.csv", [(*columns, "detail"), merger])
    header, *rows = lines(registry / "population.csv")
    people = Counter[str]()
    for code, _, population, _ in rows:
        people[SUCCESSOR if code == CLOSED else code] += int(population)
    later = [(code, "2024", str(n), "2025-01-01") for code, n in people.items()]
    _write(registry / "population.csv", [header, *rows, *later])


def responses(country: Path, round_id: str) -> list[dict[str, str]]:
    """The rows of a round's export, by the names of its columns."""
    (file,) = (country / ROUNDS / round_id).glob("responses.*")
    text = file.read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(text, delimiter=";")) if file.suffix == ".csv" else list(map(json.loads, text))


def municipalities(country: Path, round_id: str, division: str) -> list[str]:
    """The code of each row's municipality on a division, found in the files by hand; "" where it is none."""
    names = {
        name: row[0]
        for file in country.glob("registry/*/municipalities.csv")
        for row in lines(file)
        for name in row[:3]
    }
    names |= {name: code for _, name, code in lines(country / ROUNDS / round_id / "recodes.csv")}
    gone = {CLOSED: SUCCESSOR} if division >= "2025" else {}
    found = [names.get(row["Omavalitsus"], "") for row in responses(country, round_id)]
    return [gone.get(code, code) for code in found]


def service_counts(country: Path, round_id: str) -> Mapping[str, int]:
    """How many answered yes and no to has_service, of the responses that have a municipality."""
    codes = {name: row[1] for row in lines(country / "surveys" / SURVEY / "choices.csv") for name in row[6:8]}
    known = zip(responses(country, round_id), municipalities(country, round_id, "2024"), strict=True)
    return Counter(codes[row["Teenus"]] for row, code in known if code)


def _write(file: Path, rows: list[tuple[str, ...]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows(rows)
