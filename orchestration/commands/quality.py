"""The pages of a round, found in the current release for whoever asks on the command line."""

from __future__ import annotations

import glob
import os
from pathlib import Path

from faults.told import WrongUsage
from publish.releases.release import published_rounds
from publish.report import pages
from publish.writing.files import FOLDER
from publish.writing.rounds import stem
from store.paths import DataPaths

FORMS_OF_RESULTS = ("html", "xlsx")


def page_of_round(paths: DataPaths, name: str, language: str | None, form: str) -> Path:
    """The quality report of survey/round in the current release. Raises WrongUsage with the rounds and forms there
    are."""
    if form not in pages.FORMATS:
        raise WrongUsage(f"There is no format {form}. There are: {', '.join(pages.FORMATS)}. Name one with --format.")
    _check_round(paths, name)
    return _page(paths, f"quality-{stem(name)}", language, form)


def page_of_results(paths: DataPaths, name: str | None, language: str | None, form: str = "html") -> Path:
    """The results of survey/round in a language, or the index of all. Raises WrongUsage with those that there are."""
    if form not in FORMS_OF_RESULTS:
        raise WrongUsage(
            f"There is no format {form}. There are: {', '.join(FORMS_OF_RESULTS)}. Name one with --format."
        )
    if name is not None:
        _check_round(paths, name)
    elif form != "html":
        raise WrongUsage("A workbook is of one round: name it as survey/round.")
    return _page(paths, "index" if name is None else stem(name), language, form)


def _page(paths: DataPaths, stem: str, language: str | None, form: str) -> Path:
    """The page in the language that is asked for, or in the one of whoever asks where there is one in it."""
    folder = paths.current_folder / FOLDER
    there_are = sorted(page.name.split(".")[-2] for page in folder.glob(f"{glob.escape(stem)}.*.{form}"))
    if language and there_are and language not in there_are:
        raise WrongUsage(
            f"There is no page in {language}. There are: {', '.join(there_are)}. Name one with --language."
        )
    wanted = (language, os.environ.get("LANG", "")[:2], "en", *there_are)
    chosen = next((each for each in wanted if each in there_are), "en")
    page = folder / f"{stem}.{chosen}.{form}"
    if not page.is_file():
        raise WrongUsage(f"{paths.shown(page)} is not there. Write the pages anew: kuntakysely refresh.")
    return page.absolute()


def _check_round(paths: DataPaths, name: str) -> None:
    there_are = published_rounds(paths)
    if name not in there_are:
        listed = ", ".join(sorted(there_are)) or "none"
        place = paths.shown(paths.current)
        raise WrongUsage(f"There is no round {name} in {place}. There are: {listed}. Name one of them as survey/round.")
