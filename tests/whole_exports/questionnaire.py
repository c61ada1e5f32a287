"""One made-up questionnaire in Finnish and Swedish, as the codebooks of three surveys, each with the codes that its tool
would give the answers."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Line = dict[str, str]

# list: code, + for a printed group, * no answer, ! exclusive, and the label in both languages
LISTS = """
yesno: 1 Kyllä|Ja; 2 Ei|Nej; 99* En halua vastata|Vill inte svara
plan: 1+a On, ja se on ajan tasalla|Ja, och den är aktuell; 2+a On, mutta se on vanhentunut|Ja, men den är föråldrad;
 3+b Valmistellaan|Under beredning; 4+b Ei ole|Nej; 98+c En tiedä|Vet inte
scale: 1+a Täysin samaa mieltä|Helt av samma åsikt; 2+a Jokseenkin samaa mieltä|Delvis av samma åsikt;
 3+b Jokseenkin eri mieltä|Delvis av annan åsikt; 4+b Täysin eri mieltä|Helt av annan åsikt; 98+c En osaa sanoa|Kan inte säga;
 99* Ei vastausta|Inget svar
weight: 1 Tärkeä|Viktig; 2 Melko tärkeä|Ganska viktig; 3 Ei tärkeä|Inte viktig; 99* Ei koske kuntaamme|Gäller inte oss
service: 1 Neuvonta ja ohjaus|Rådgivning och handledning; 2 Koulutus, työpajat|Utbildning, verkstäder; 3 Tulkkaus|Tolkning;
 4 Vertaisryhmät|Kamratgrupper; 5! Ei mitään näistä|Inget av dessa; 6 Muu, mikä?|Annat, vad?
channel: 1 Verkkosivut|Webbplats; 2 Sosiaalinen media|Sociala medier; 3 Esitteet|Broschyrer; 99* Ei tietoa|Uppgift saknas
partner: 1 Järjestöt|Organisationer; 2 Seurakunnat|Församlingar; 3 Yritykset|Företag; 4 Oppilaitokset|Läroanstalter;
 5 Muu kumppani|Annan partner
form: 1 Oma yksikkö|Egen enhet; 2 Osana muuta yksikköä|Som en del av en annan enhet; 3 Ostopalvelu|Köptjänst; 4 Muu|Annan
reason: 1 Ei resursseja|Inga resurser; 2 Ei tarvetta|Inget behov; 3 Ei ehditty|Ingen tid
nonumber: -999* Ei tiedossa|Inte känt
role: 1 Johtaja|Direktör; 2 Päällikkö|Chef; 3 Asiantuntija|Sakkunnig
"""
# id, type, list, rule, relevant, constraint, bounds, Finnish, Swedish. A grid's questions are behind its > line.
QUESTIONS = """
consent|select_one|yesno|||||Saako vastauksia käyttää?|Får svaren användas?
unit|select_one|yesno|any_yes||||Onko kunnassanne maahanmuuttoyksikkö?|Har er kommun en invandrarenhet?
plan|select_one|plan|||||Onko kunnassanne kotoutumissuunnitelma?|Har er kommun en integrationsplan?
why|select_one|reason||${plan} != '1'|||Miksi suunnitelma ei ole ajan tasalla?|Varför är planen inte aktuell?
form|select_one|form|latest||||Miten palvelut on järjestetty?|Hur är tjänsterna ordnade?
formtext|text||||||Miten palvelut on järjestetty? Muu|Hur är tjänsterna ordnade? Annan
> res|select_one|scale|||||Resurssit riittävät|Resurserna räcker
1|neuvontaan|till rådgivning
2|koulutukseen|till utbildning
3|tulkkaukseen|till tolkning
4|lasten palveluihin|till tjänster för barn
5|ikäihmisten palveluihin|till tjänster för äldre
6|viestintään|till kommunikation
7|seurantaan|till uppföljning
8|johtamiseen|till ledning
services|select_multiple|service|union||||Mitä palveluja kunnassanne on?|Vilka tjänster har er kommun?
servicetext|text|||selected(${services}, '6')|||Mitä palveluja kunnassanne on? Muu|Vilka tjänster har er kommun? Annat
course|select_one|yesno||selected(${services}, '2')|||Onko koulutus suomeksi?|Är utbildningen på svenska?
many|select_one|yesno||count-selected(${services}) >= 2|||Onko palveluilla yhteinen johto?|Har tjänsterna en gemensam ledning?
channels|select_multiple|channel|latest|${unit} = '1'|||Missä yksikkö tiedottaa?|Var informerar enheten?
partners|select_multiple|partner|||||Keiden kanssa teette yhteistyötä?|Vilka samarbetar ni med?
staff|integer|nonumber||||0..500|Henkilöstön määrä|Antal anställda
volunteers|integer|||${staff} > 0|||Vapaaehtoisten määrä|Antal frivilliga
parttime|integer|||${unit} = '1' and not(${form} = '3')|. <= ${staff}||Osa-aikaisten määrä|Antal deltidsanställda
budget|decimal|nonumber||||0..|Budjetti, miljoonaa euroa|Budget, miljoner euro
purchased|decimal||||. <= ${budget} + 1|0..|Ostot, miljoonaa euroa|Köp, miljoner euro
sharepct|integer||||. >= 0 and . <= 100||Osuus prosentteina|Andel i procent
since|date||||||Mistä alkaen palvelua on ollut?|Sedan när har tjänsten funnits?
planned|date|||${unit} = '2'|||Milloin yksikkö perustetaan?|När grundas enheten?
leader|select_one|yesno|||. != '1' or ${staff} > 0||Onko yksiköllä esihenkilö?|Har enheten en chef?
> imp|select_one|weight|latest||||Kuinka tärkeää on|Hur viktigt är
1|työllistyminen|sysselsättning
2|kielen oppiminen|språkinlärning
3|osallisuus|delaktighet
4|terveys|hälsa
comment|text||||||Muita huomioita|Övriga kommentarer
"""


@dataclass(frozen=True)
class Choice:
    """One answer of a list."""

    code: str
    group: str
    is_missing: bool
    is_exclusive: bool
    fi: str
    sv: str


@dataclass(frozen=True)
class Question:
    """A question as its codebook has it; a question of a grid has the grid's id and its own number."""

    id: str
    type: str
    list_name: str
    rule: str
    relevant: str
    constraint: str
    bounds: str
    fi: str
    sv: str
    grid: str = ""
    number: str = ""


def choices(prefixes: Mapping[str, str]) -> dict[str, list[Choice]]:
    """Every list. `prefixes` is what the tool puts before the codes of a list."""
    found = {}
    for name, line in re.findall(r"^(\w+): (.+(?:\n .+)*)", LISTS, re.MULTILINE):
        parts = re.findall(r"(-?\d+)(\+\w)?(\*)?(!)? ([^|]+)\|([^;]+)", line.replace("\n", ""))
        found[name] = [
            Choice(prefixes.get(name, "") + code, group[1:], bool(missing), bool(alone), fi, sv)
            for code, group, missing, alone, fi, sv in parts
        ]
    return found


def questions(prefixes: Mapping[str, str]) -> list[Question]:
    """Every question, in order; the codes in their conditions have the tool's prefix."""


    def _with_prefix(condition: str, own_list: str) -> str:
        return re.sub(
            r"(\$\{(\w+)\}|\.)([^'$]*)'(\d+)'",
            lambda found: f"{found[1]}{found[3]}'{prefixes.get(lists.get(found[2], own_list), '')}{found[4]}'",
            condition,
        )

    found: list[Question] = []
    lists = {line.split("|")[0].strip("> "): line.split("|")[2] for line in QUESTIONS.split("\n") if line.count("|") > 2}
    grid: Sequence[str] = ()
    for line in QUESTIONS.strip().split("\n"):
        cells = line.split("|")
        if line.startswith(">"):
            grid = cells
        elif len(cells) == 3:
            name, number = grid[0][2:], cells[0]
            labels = [f"{stem} - {item}" for stem, item in zip(grid[-2:], cells[1:], strict=True)]
            found.append(Question(name + number, *grid[1:-2], *labels, name, number))  # type: ignore[call-arg]
        else:
            cells[4], cells[5] = (_with_prefix(text, cells[2]) for text in cells[4:6])
            found.append(Question(*cells))
    return found


def write_codebook(folder: Path, prefixes: Mapping[str, str], settings: str) -> None:
    """survey.yml, questions.csv and choices.csv of a survey."""
    folder.mkdir(parents=True)
    (folder / "survey.yml").write_text(SURVEY.format(survey_id=folder.name, settings=settings), encoding="utf-8")
    _write(folder / "questions.csv", [_question_line(each) for each in questions(prefixes)])
    _write(folder / "choices.csv", [
        {"list_name": name, "code": each.code, "group_code": each.group, "is_missing": str(int(each.is_missing)),
         "is_exclusive": str(int(each.is_exclusive)), "sort_order": str(place), "label_fi": each.fi,
         "label_sv": each.sv} | dict.fromkeys(("group_label_fi", "group_label_sv"), each.group and f"Ryhmä {each.group}")
        for name, found in choices(prefixes).items() for place, each in enumerate(found, 1)
    ])  # fmt: skip


def _question_line(each: Question) -> Line:
    low, _, high = each.bounds.partition("..")
    given = {
        "question_id": each.id, "type": each.type, "list_name": each.list_name, "min_value": low, "max_value": high,
        "relevant": each.relevant, "constraint": each.constraint, "group_id": each.grid, "severity": "info",
        "other_of": {"formtext": "form", "servicetext": "services"}.get(each.id, ""),
        "municipality_rule": each.rule, "label_fi": each.fi, "label_sv": each.sv,
    }  # fmt: skip
    names = ("question_id,type,list_name,unit,min_value,max_value,soft_min,soft_max,required,relevant,constraint,"
             "other_of,group_id,severity,disclosure,municipality_rule,label_fi,label_sv,note")  # fmt: skip
    return {name: given.get(name, "") for name in names.split(",")}


def _write(file: Path, rows: Sequence[Line]) -> None:
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


SURVEY = """
survey_id: {survey_id}
title: {{fi: Keksitty kysely, sv: Påhittad enkät}}
publisher: {{fi: Projekti, sv: Projektet}}
population: {{fi: Kunnat, sv: Kommunerna}}
languages: [fi, sv]
licence: CC0
size_classes:
  - {{id: small, min: 0, max: 9999, label: {{fi: Pienet, sv: Små}}}}
  - {{id: middle, min: 10000, max: 50000, label: {{fi: Keskikokoiset, sv: Mellanstora}}}}
  - {{id: large, min: 50001, label: {{fi: Suuret, sv: Stora}}}}
breakdowns: []
none_ticked: blank
disclosure: {{min_municipalities: 3, min_responses: 5}}
limits: {{quarantined_share: 0.1, small_base: 5}}
{settings}
"""
