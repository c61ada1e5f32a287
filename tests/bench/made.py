"""Made-up surveys of any size: a codebook, a registry of so many municipalities and rounds of so many responses.

All of it follows from numbers, and DuckDB writes it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from store.paths import PROJECT_ROOT, DataPaths

INPUTS = ("surveys", "registry", "systems", "practices")
OPTIONS = ("yes", "rather_yes", "rather_no", "no", "dont_know")
LANGUAGES = ("fi", "sv", "en")
WORDS = ["kunta", "palvelu", "neuvonta", "kieli", "koulutus", "yhteistyö", "alue", "asukas", "tuki", "järjestö"]
REACHED = "puh. 040 123 4567"  # stands in one text of ten: what looks like personal data costs more to look at
TEXT_LENGTH = 200
DIVISION = "2023-01-01"
MOST_ROWS = 400_000  # of a file, so that none is larger than may be opened
SURVEY = """survey_id: bench
title: {fi: Mittaus, sv: Mätning, en: Bench}
publisher: {fi: Keksitty, sv: Påhittad, en: Made up}
population: {fi: Kunnat, sv: Kommuner, en: Municipalities}
languages: [fi, sv, en]
licence: CC BY 4.0
size_classes:
  - {id: small, min: 0, max: 9999, label: {fi: Pieni, sv: Liten, en: Small}}
  - {id: large, min: 10000, label: {fi: Suuri, sv: Stor, en: Large}}
municipality_rule: latest
disclosure: {min_municipalities: 3, min_responses: 5}
limits: {quarantined_share: 0.05, small_base: 20}
"""
ROUND = """round_id: "{round_id}"
title: {{fi: Mittaus, sv: Mätning, en: Bench}}
field_window: {{opens_on: 2023-01-01, closes_on: 2023-01-31}}
frame: {{division_date: 2023-01-01, population_date: 2022-12-31, scope: mainland}}
files: [{files}]
format: csv
timestamp_format: "%Y-%m-%d %H:%M:%S"
is_synthetic: true
"""
CARD = """producer: The kuntakysely project
licence: CC BY 4.0
received_from: Made by the bench
received_on: 2023-02-01
"""
RESPONSES = """
with codes as (
    select list(municipality_code order by municipality_code) as codes
    from read_csv('{municipalities}', all_varchar = true) where is_mainland = '1'
)
select
    'r' || row as id,
    '2023-01-' || lpad((row % 28 + 1)::varchar, 2, '0') || ' 10:00:00' as at,
    codes[(row * 13 + {number}) % len(codes) + 1] as code,
    {answers}
from range({first}, {last}) as t (row), codes, (select {options} as options, {words} as words)
"""
ANSWER = "options[(row * 7 + {question} * 3 + {number} + row // 11) % 5 + 1] as {name}"
TEXT = f"""left(
    if(row % 10 = 0, '{REACHED} ', '') || array_to_string([
        words[(hash(row, {{number}}, place) % len(words))::bigint + 1] for place in range(40)
    ], ' '), {TEXT_LENGTH}) as comment"""


@dataclass(frozen=True)
class Survey:
    """What is made: rounds of so many closed questions, with a comment or without, on the registry that ships or on
    one of so many municipalities."""

    n_questions: int = 25
    has_comment: bool = False
    n_municipalities: int | None = None

    @property
    def questions(self) -> list[str]:
        return [f"q{number:02}" for number in range(1, self.n_questions + 1)]

    @property
    def columns(self) -> list[str]:
        return [*self.questions, "comment"] if self.has_comment else self.questions


def copy_inputs(paths: DataPaths, names: Iterable[str] = INPUTS) -> None:
    for name in names:
        shutil.copytree(PROJECT_ROOT / "data" / name, paths.root / name)


def prepare(folder: Path, survey: Survey) -> DataPaths:
    """A data folder with registry and codebook, without a round."""
    paths = DataPaths(folder)
    if survey.n_municipalities is None:
        copy_inputs(paths, ("registry", "systems"))
    else:
        write_registry(paths, survey.n_municipalities)
    write_codebook(paths, survey)
    return paths


def write_registry(paths: DataPaths, n: int) -> None:
    """Municipalities of 100 to 100,000 inhabitants in as many counties as each has municipalities."""
    division = paths.registry / DIVISION
    division.mkdir(parents=True)
    for folder in (paths.registry, division):
        (folder / "source.yml").write_text(CARD, encoding="utf-8")
    n_counties = round(n**0.5)
    names = "{0} as name_fi, {0} as name_sv, {0} as name_en"
    code, county = "printf('%06d', row)", f"printf('%04d', row % {n_counties})"
    _copy(
        f"select 'county' as area_level, {county} as area_code, {names.format(county)}, 1 as is_counted "
        f"from range({n_counties}) as t (row)",
        paths.registry / "areas.csv",
    )
    _copy(
        f"select {code} as municipality_code, {names.format(code)}, 1 as is_mainland, {county} as county_code "
        f"from range({n}) as t (row)",
        division / "municipalities.csv",
    )
    _copy(
        f"select {code} as municipality_code, 2022 as year, 100 + row * 7919 % 99900 as population, "
        f"'{DIVISION}' as municipal_division from range({n}) as t (row)",
        paths.registry / "population.csv",
    )


def write_codebook(paths: DataPaths, survey: Survey) -> None:
    """Closed questions of one list of five options, and a comment where there is one."""
    folder = paths.surveys / "bench"
    folder.mkdir(parents=True)
    (folder / "survey.yml").write_text(SURVEY, encoding="utf-8")
    columns = (
        "question_id,type,list_name,unit,min_value,max_value,soft_min,soft_max,required,relevant,constraint,other_of,"
        "group_id,severity,disclosure,municipality_rule,label_fi,label_sv,label_en,note"
    )
    kinds = dict.fromkeys(survey.questions, ("select_one,scale", "public_fact"))
    kinds |= {"comment": ("text,", "personal")}
    rows = [f"{n},{kinds[n][0]},,,,,,,,,,,warn,{kinds[n][1]},,{n},{n},{n}," for n in survey.columns]
    (folder / "questions.csv").write_text("\n".join([columns, *rows, ""]), encoding="utf-8")
    labels = [f"{name}_{language}" for name in ("label", "group_label") for language in LANGUAGES]
    header = ",".join(["list_name,code,group_code,is_missing,is_exclusive,sort_order", *labels])
    choices = [f"scale,{code},,0,0,{order},{code},{code},{code},,," for order, code in enumerate(OPTIONS, start=1)]
    (folder / "choices.csv").write_text("\n".join([header, *choices, ""]), encoding="utf-8")


def write_round(paths: DataPaths, survey: Survey, number: int, n_responses: int) -> list[Path]:
    """One round: its answers follow from its number. Its files."""
    round_id = f"{number:03}"
    folder = paths.surveys / "bench" / "rounds" / round_id
    folder.mkdir(parents=True)
    files = {first: f"responses_{first // MOST_ROWS}.csv" for first in range(0, n_responses, MOST_ROWS)}
    (folder / "round.yml").write_text(ROUND.format(round_id=round_id, files=", ".join(files.values())), "utf-8")
    (folder / "source.yml").write_text(CARD, encoding="utf-8")
    mapped = [("id", "_response_id", ""), ("at", "_submitted_at", ""), ("code", "_municipality", "code")]
    mapped += [(name, name, "") for name in survey.columns]
    uses = [f"{column},{question},{part},,," for column, question, part in mapped]
    header = "source_column,question_id,part,ticked,not_ticked,list_separator"
    (folder / "columns.csv").write_text("\n".join([header, *uses, ""]), encoding="utf-8")
    for first, name in files.items():
        _copy(responses(paths, survey, number, range(first, min(first + MOST_ROWS, n_responses))), folder / name)
    return [folder / name for name in files.values()]


def responses(paths: DataPaths, survey: Survey, number: int, rows: range) -> str:
    """The rows of responses, as SQL."""
    answers = [ANSWER.format(question=k, number=number, name=name) for k, name in enumerate(survey.questions)]
    answers += [TEXT.format(number=number)] if survey.has_comment else []
    return RESPONSES.format(
        municipalities=paths.registry / DIVISION / "municipalities.csv", answers=",\n    ".join(answers), number=number,
        first=rows.start, last=rows.stop, options=list(OPTIONS), words=WORDS,
    )  # fmt: skip


def _copy(query: str, file: Path) -> None:
    duckdb.sql(f"copy ({query}) to '{file}' (header)")
