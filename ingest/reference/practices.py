"""Good practices and comments that were told of, by theme. The themes, and what each holds, are lists of choices too: a
question that texts are coded into borrows them, so that a practice stands beside the share that reports it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from faults.errors import FaultList
from faults.suggestions import among, quoted
from ingest.readers.cells import Code, Labels, OptionalText, QuestionId, Text
from ingest.readers.personal_data import check_rows
from ingest.readers.rows import SourceRow, check_unique, read_rows
from ingest.reference.named import Areas, Organisations, areas_in, check_areas, check_translated
from ingest.reference.registry import Registry
from ingest.reference.sources import SourceFile, describe_files, read_card
from store.paths import DataPaths

THEMES = "practice_theme"  # the list of choices whose options are the themes of practices
OF_A_THEME = "theme_"  # how the list of the practices of one theme begins


class Theme(SourceRow):
    """A theme of practices, or of comments. The folder may be left out."""

    theme_id: QuestionId
    """The id of the theme; `theme_<id>` is the list of its practices."""
    kind: Literal["practice", "comment"]
    """Whether it is of practices or of comments."""
    labels: Labels
    """What the theme is called, in every language."""

    @classmethod
    def translated_columns(cls) -> Mapping[str, str]:
        return {"labels": "label"}

    @property
    def code(self) -> str:
        return self.theme_id

    @property
    def list_name(self) -> str | None:
        """The list of choices that the theme is an option of: a theme of comments is in none."""
        return THEMES if self.kind == "practice" else None


class Practice(SourceRow):
    """A practice or comment: whose it is, in more words than the codes have where these are known, how often, where,
    and what says so."""

    practice_id: Code
    """The id of the practice."""
    theme_id: QuestionId
    """Its theme."""
    labels: Labels
    """The practice in a sentence, in every language."""
    organisations: Organisations | None
    """Whose it is, by kinds of organisations."""
    who: Labels
    """Whose it is, in more words."""
    rhythms: Labels
    """How often."""
    area: Areas | None
    """Where, as one area."""
    evidence: Literal["interview", "survey", "forum"]
    """What tells of it."""
    document: Text
    """The document that it is known from."""
    place: OptionalText
    """The page or place in the document."""

    @classmethod
    def translated_columns(cls) -> Mapping[str, str]:
        return {"labels": "label", "who": "who", "rhythms": "rhythm"}

    @property
    def code(self) -> str:
        return self.practice_id

    @property
    def list_name(self) -> str:
        """The list of choices that the practice is an option of: each theme has one."""
        return f"{OF_A_THEME}{self.theme_id}"


@dataclass(frozen=True)
class Practices:
    """All themes and practices, in the order of their files."""

    themes_file: Path
    practices_file: Path
    themes: Sequence[Theme] = ()
    practices: Sequence[Practice] = ()
    sources: Sequence[SourceFile] = ()

    def options_of(self, list_name: str) -> list[tuple[Path, Theme | Practice]]:
        """The options of a list of choices, each with the file that it stands in."""
        files = ((self.themes_file, self.themes), (self.practices_file, self.practices))
        return [(file, option) for file, options in files for option in options if option.list_name == list_name]


def is_list_of_practices(list_name: str) -> bool:
    return list_name == THEMES or list_name.startswith(OF_A_THEME)


def read_practices(paths: DataPaths, registry: Registry | None, faults: FaultList) -> Practices | None:
    """The practices with all their checks, or None when a row cannot be read: with other faults they serve further
    checks only. Without their folder there are none."""
    files = (paths.practices / "themes.csv", paths.practices / "practices.csv")
    if not paths.practices.exists():
        return Practices(*files)
    n_before = len(faults)
    themes = read_rows(files[0], Theme, faults)
    languages = list(themes[0].labels) if themes else []
    practices = read_rows(files[1], Practice, faults, languages=languages)
    is_whole = len(faults) == n_before  # or what borrows of them would be told of what a lost row has
    card = read_card(paths.practices, faults)
    if themes is None or practices is None:
        return None
    counts = dict(zip(files, (len(themes), len(practices)), strict=True))
    read = Practices(*files, themes, practices, describe_files(counts, "practices", card))
    _check_themes(read, faults)
    _check_practices(read, registry, languages, faults)
    return read if is_whole else None


def _check_themes(read: Practices, faults: FaultList) -> None:
    check_unique(read.themes_file, read.themes, ("theme_id",), faults)
    check_rows(read.themes_file, read.themes, None, faults)
    for theme in read.themes:
        check_translated(read.themes_file, theme, "labels", list(theme.labels), faults, is_needed=True)


def _check_practices(read: Practices, registry: Registry | None, languages: Sequence[str], faults: FaultList) -> None:
    path, themes = read.practices_file, list(dict.fromkeys(theme.theme_id for theme in read.themes))
    check_unique(path, read.practices, ("practice_id",), faults)
    check_rows(path, read.practices, None, faults)
    for row in read.practices:
        if row.theme_id and row.theme_id not in themes:
            found = f"There is no theme {quoted(row.theme_id)}."
            faults.add("unknown-theme", path, row.at("theme_id"), found, **among(row.theme_id, themes))
        check_translated(path, row, "labels", languages, faults, is_needed=True)
        check_translated(path, row, "who", languages, faults)
        check_translated(path, row, "rhythms", languages, faults)
        check_areas(path, row, "area", registry, faults)
        if len(areas_in(row.area)) > 1:
            faults.add("wrong-number-of-areas", path, row.at("area"), f"The value is {quoted(row.area or '')}.")
