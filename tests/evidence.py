"""The made-up country of tests/other_country with what lies beside answers: practices by theme, texts that people coded
into them, interviews and printed sentences. Nothing but files."""

from __future__ import annotations

import shutil
from pathlib import Path

from store.paths import PROJECT_ROOT, DataPaths

COUNTRY = PROJECT_ROOT / "tests" / "other_country"
ROUND = Path("surveys/omavalitsused/rounds/2024")
# Questions without labels of their options: these stand in practices/ alone.
QUESTIONS = """\
good_practices,text,,,,,,,,,,,,warn,personal,,Head tavad,Good practices,
practice_themes,select_multiple,practice_theme,,,,,,,,,,,warn,opinion,union,Teemad,Themes of practices,
worries,select_multiple,theme_worries,,,,,,,,,,,warn,opinion,union,Mured,Worries,
"""
# An option of another question that is called as a theme is: it tells of no practice.
CHOICES = "channel,guidance,,0,0,4,Nõustaja,Guide,,\n"
# By response: what was written, and what a person read in it.
TEXTS = {
    "V01": ("Koosolek igal nädalal ja nõustamislaud", {"practice_themes": ("meetings", "guidance")}),
    "V03": ("Koosolek kord kuus", {"practice_themes": ("meetings",)}),
    "V06": ("Töötajaid on vähe", {"worries": ("staff",)}),
    "V10": ("Nõustamine raamatukogus", {"practice_themes": ("guidance",)}),
    "V12": ("Meie koosolek", {"practice_themes": ("meetings",)}),
}
INTERVIEWS = """\
interview_id,organisation,areas,n_people,began_on,ended_on,chosen_et,chosen_en,topics_et,topics_en,note
offices,municipality,municipality:01784;county:TARTU,4,2024-03-10,2024-03-12,loosiga,by lot,Kohtumised,Meetings,
counties,county,,,,,,,,,Nobody says how many
"""
# What was printed in sentences: figures that are there already, a word, and what no figure says.
FIGURES = (
    "omavalitsused,2024,half,made-up report,pct,has_service,option,yes,response,all,all,50,,at_least,published,,\n"
)
CLAIMS = """\
survey_id,round_id,claim_id,document,place,language,sentence,is_shortened,figures,not_computable_et,not_computable_en
omavalitsused,2024,c1,made-up report,3,et,Neli maakonda; teenus on 57 protsendil,0,counties+service,,
omavalitsused,2024,c2,made-up report,3,et,Vähemalt pooltel on teenus,1,half,,
omavalitsused,2024,c3,made-up report,4,en,Services vary much,0,,Pole öeldud kui palju,How much is not said
"""


def with_evidence(folder: Path) -> DataPaths:
    """The country's data folder, with all of it."""
    shutil.copytree(COUNTRY / "data", folder)
    shutil.copytree(COUNTRY / "practices", folder / "practices")
    _append(folder / "surveys/omavalitsused/questions.csv", QUESTIONS)
    _append(folder / "surveys/omavalitsused/choices.csv", CHOICES)
    _append(folder / ROUND / "columns.csv", "Head tavad,good_practices,,,,\n")
    _write_texts(folder / ROUND / "responses.csv")
    (folder / ROUND / "codings.csv").write_text(codings(), encoding="utf-8")
    (folder / ROUND / "interviews.csv").write_text(INTERVIEWS, encoding="utf-8")
    _append(folder / "surveys/omavalitsused/published_figures.csv", FIGURES)
    (folder / "surveys/omavalitsused/claims.csv").write_text(CLAIMS, encoding="utf-8")
    return DataPaths(folder)


def codings() -> str:
    lines = [
        f"{response},good_practices,{question},{code},The tests"
        for response, (_, read) in TEXTS.items()
        for question, codes in read.items()
        for code in codes
    ]
    return "\n".join(["response_id,question_id,coded_question_id,code,by", *lines, ""])


def _write_texts(file: Path) -> None:
    header, *rows = file.read_text(encoding="utf-8").splitlines()
    written = [f"{row};{TEXTS.get(row.partition(';')[0], ('', {}))[0]}" for row in rows]
    file.write_text("\n".join([f"{header};Head tavad", *written, ""]), encoding="utf-8")


def _append(file: Path, lines: str) -> None:
    with file.open("a", encoding="utf-8") as handle:
        handle.write(lines)
