"""A made-up questionnaire in Finnish and Swedish, and its codebook with the codes that a tool gives to the answers."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

Line = dict[str, str]
Prefixes = Mapping[str, str]  # what a tool puts before the codes of a list

# A list: code, + and its printed group, * no answer, ! exclusive; then the label in both languages.
LISTS = """
yesno: 1 Kyllä|Ja; 2 Ei|Nej; 99* En halua vastata|Vill inte svara
plan: 1+a On, ja se on ajan tasalla|Ja, och den är aktuell; 2+a On, mutta se on vanhentunut|Ja, men den är föråldrad;
 3+b Valmistellaan|Under beredning; 4+b Ei ole|Nej; 98+c En tiedä|Vet inte
scale: 1+a Täysin samaa mieltä|Helt av samma åsikt; 2+a Jokseenkin samaa mieltä|Delvis av samma åsikt;
 3+b Jokseenkin eri mieltä|Delvis av annan åsikt; 4+b Täysin eri mieltä|Helt av annan åsikt;
 98+c En osaa sanoa|Kan inte säga; 99* Ei vastausta|Inget svar
weight: 1 Tärkeä|Viktig; 2 Melko tärkeä|Ganska viktig; 3 Ei tärkeä|Inte viktig; 99* Ei koske meitä|Gäller inte oss
service: 1 Neuvonta ja ohjaus|Rådgivning och handledning; 2 Koulutus, työpajat|Utbildning, verkstäder;
 3 Tulkkaus|Tolkning; 4 Vertaisryhmät|Kamratgrupper; 5! Ei mitään näistä|Inget av dessa; 6 Muu, mikä?|Annat, vad?
channel: 1 Verkkosivut|Webbplats; 2 Sosiaalinen media|Sociala medier; 3 Esitteet|Broschyrer;
 99* Ei tietoa|Uppgift saknas
partner: 1 Järjestöt|Organisationer; 2 Seurakunnat|Församlingar; 3 Yritykset|Företag; 4 Oppilaitokset|Läroanstalter;
 5 Muu kumppani|Annan partner
form: 1 Oma yksikkö|Egen enhet; 2 Osana muuta yksikköä|Del av en annan enhet; 3 Ostopalvelu|Köptjänst; 4 Muu|Annan
reason: 1 Ei resursseja|Inga resurser; 2 Ei tarvetta|Inget behov; 3 Ei ehditty|Ingen tid
nonumber: -999* Ei tiedossa|Inte känt
role: 1 Johtaja|Direktör; 2 Päällikkö|Chef; 3 Asiantuntija|Sakkunnig
"""
# id, type, list, rule, relevant, constraint, bounds, Finnish, Swedish; a grid's questions are behind its > line.
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
many|select_one|yesno||count-selected(${services}) >= 2|||Onko palveluilla sama johto?|Har tjänsterna samma ledning?
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
COLUMNS = (  # of questions.csv
    "question_id,type,list_name,unit,min_value,max_value,soft_min,soft_max,required,relevant,constraint,other_of,"
    "group_id,severity,disclosure,municipality_rule,label_fi,label_sv,note"
)
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


def choices(prefixes: Prefixes) -> dict[str, list[Line]]:
    """The lines of choices.csv, by their list."""
    found = {}
    for name, line in re.findall(r"^(\w+): (.+(?:\n .+)*)", LISTS, re.MULTILINE):
        parts = re.findall(r"(-?\d+)(\+\w)?(\*)?(!)? ([^|]+)\|([^;]+)", line.replace("\n", ""))
        found[name] = [
            {
                "list_name": name, "code": prefixes.get(name, "") + code, "group_code": group[1:],
                "is_missing": str(len(missing)), "is_exclusive": str(len(alone)), "sort_order": str(place),
                "label_fi": fi, "label_sv": sv, "group_label_fi": group and f"Ryhmä {group[1:]}",
                "group_label_sv": group and f"Grupp {group[1:]}",
            }
            for place, (code, group, missing, alone, fi, sv) in enumerate(parts, 1)
        ]  # fmt: skip
    return found


def questions(prefixes: Prefixes) -> list[Line]:
    """The lines of questions.csv."""
    found: list[Line] = []
    grid: Sequence[str] = ()
    for cells in (line.split("|") for line in QUESTIONS.strip().split("\n")):
        if cells[0].startswith(">"):
            grid = [cells[0][2:], *cells[1:]]
        elif len(cells) == 3:
            labels = [f"{stem} - {item}" for stem, item in zip(grid[-2:], cells[1:], strict=True)]
            found.append(_question([grid[0] + cells[0], *grid[1:-2], *labels]) | {"group_id": grid[0]})
        else:
            found.append(_question(cells))
    prefix = {each["question_id"]: prefixes.get(each["list_name"], "") for each in found}
    for each in found:
        for name in ("relevant", "constraint"):  # a code is of the question before it
            each[name] = re.sub(
                r"(\$\{(\w+)\}|\.)([^'$]*)'(\d+)'",
                lambda part, own=each["question_id"]: f"{part[1]}{part[3]}'{prefix[part[2] or own]}{part[4]}'",
                each[name],
            )
    return found


def _question(cells: Sequence[str]) -> Line:
    names = (
        "question_id",
        "type",
        "list_name",
        "municipality_rule",
        "relevant",
        "constraint",
        "",
        "label_fi",
        "label_sv",
    )
    line = dict.fromkeys(COLUMNS.split(","), "") | {"severity": "info"} | dict(zip(names, cells, strict=True))
    line["min_value"], _, line["max_value"] = line.pop("").partition("..")
    return line | {"other_of": {"formtext": "form", "servicetext": "services"}.get(cells[0], "")}


def write_codebook(folder: Path, prefixes: Prefixes, settings: str) -> None:
    """survey.yml, questions.csv and choices.csv of a survey."""
    folder.mkdir(parents=True)
    (folder / "survey.yml").write_text(SURVEY.format(survey_id=folder.name, settings=settings), encoding="utf-8")
    options = [line for found in choices(prefixes).values() for line in found]
    for name, rows in (("questions.csv", questions(prefixes)), ("choices.csv", options)):
        with (folder / name).open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
