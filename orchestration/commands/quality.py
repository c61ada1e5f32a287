"""The quality report of a round, found in the current release for whoever asks on the command line."""

from __future__ import annotations

from pathlib import Path

from faults.told import WrongUsage
from publish.releases.release import published_rounds
from publish.report import pages
from store.paths import DataPaths


def page_of_round(paths: DataPaths, name: str, form: str) -> Path:
    """The page of survey/round in the current release. Raises WrongUsage with the rounds and forms there are."""
    there_are = published_rounds(paths)
    if form not in pages.FORMATS:
        raise WrongUsage(f"There is no format {form}. There are: {', '.join(pages.FORMATS)}. Name one with --format.")
    if name not in there_are:
        listed = ", ".join(sorted(there_are)) or "none"
        place = paths.shown(paths.current)
        raise WrongUsage(f"There is no round {name} in {place}. There are: {listed}. Name one of them as survey/round.")
    page = paths.current_folder / pages.FOLDER / pages.file_name(name, form)
    if not page.is_file():
        raise WrongUsage(f"{paths.shown(page)} is not there. Write the pages anew: kuntakysely refresh.")
    return page
