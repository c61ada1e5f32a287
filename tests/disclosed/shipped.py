"""The surveys that ship, marked as real and signed off, with an opinion as a further breakdown. The answers stay made
up."""

from __future__ import annotations

from pathlib import Path

from ingest.codebook.rounds import round_keys
from store.paths import DataPaths
from tests.acceptance.project import ROUND, SURVEY_OF_2020, copy_inputs, replace
from tests.signing import sign

KOTO, OWAL = ROUND.parts[1], SURVEY_OF_2020.name
OPINIONS = {KOTO: "resources_sufficient", OWAL: "transfer_problems"}
BREAKDOWNS = {KOTO: "clients_per_year", OWAL: "respondent_form, responsibility"}


def write(folder: Path) -> DataPaths:
    """Their inputs, in a new folder."""
    paths = copy_inputs(folder)
    for file in paths.surveys.glob("*/rounds/*/round.yml"):
        replace(file, "is_synthetic: true", "is_synthetic: false")
    for survey_id, known in BREAKDOWNS.items():
        more = f"breakdowns: [{known}, {OPINIONS[survey_id]}]"
        replace(paths.surveys / survey_id / "survey.yml", f"breakdowns: [{known}]", more)
    for key in round_keys(paths):
        sign(paths, key)
    return paths
