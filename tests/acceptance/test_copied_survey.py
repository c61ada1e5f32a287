"""A survey copied under a new id is files only: ids, codes, size classes and the tool differ, and no figure does."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from store.fingerprint import code_files, combined_sha256
from store.paths import PROJECT_ROOT, DataPaths
from tests.acceptance.copied_survey import Names, Original, is_of_scheme, name_anew, read_original, write_copy
from tests.acceptance.project import ROUND, SURVEY_OF_2020, SURVEY_OF_HIDING, copy_inputs
from tests.acceptance.project import replace as replace_text
from tests.demonstration import read
from tests.pipeline.build import build_and_publish, without_pages

ORIGINAL, COPY, MUTANT = "koto_kuntakysely", "kopioitu_kysely", "muunnettu_kysely"
MARTS = (
    "answer_distribution", "headline_result", "response_rate", "system_use", "number_summary", "answer_status_count",
    "publication_reconciliation", "frame_municipality", "dim_round",
)  # fmt: skip
# The survey asks for no number: the number of the municipality is made an answer as well.
NUMBER = {
    "question_id": "municipality_number", "type": "integer", "severity": "warn", "label_fi": "Kuntanumero",
    "label_sv": "Kommunnummer", "label_en": "Number of the municipality",
}  # fmt: skip
COUNTS = (
    ("answer_distribution", "n"), ("answer_distribution", "base_n"), ("response_rate", "n_frame"),
    ("response_rate", "n_municipalities"), ("response_rate", "n_responses"), ("system_use", "n"),
    ("number_summary", "n"),
)  # fmt: skip
# Size classes are strata: finer ones weigh municipalities otherwise, and rightly.
BY_SIZE_CLASS = {
    "weighted_share", "se", "ci_low", "ci_high", "se_fpc", "ci_low_fpc", "ci_high_fpc", "deff", "is_reliable",
    "is_reliable_for_frame", "frame_estimate", "frame_low", "frame_high", "frame_verdict",
}  # fmt: skip
COUNTED = ("question_id", "unit", "level", "answer_code", "system_id", "breakdown_id")
Figure = dict[str, Any]


@dataclass(frozen=True)
class Copied:
    """The release that holds all of them, and how they are named."""

    paths: DataPaths
    original: Original
    names: Names

    def rows(self, mart: str, survey_id: str) -> list[Figure]:
        """What a table says of a survey. Keys are the ids once more."""
        with duckdb.connect(str(self.paths.current), read_only=True) as connection:
            found = connection.execute(f"select * from marts.{mart} where survey_id = ?", [survey_id])
            columns = [column for column, *_ in found.description or ()]
            rows = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
        compared = [
            name for name in columns if name != "survey_id" and name[-4:] != "_key" and name not in BY_SIZE_CLASS
        ]
        return [{name: row[name] for name in compared} for row in rows]

    def expected(self, mart: str) -> Counter[tuple[Any, ...]]:
        """The rows of the original as the copy names things."""
        rows = [row for row in self.rows(mart, ORIGINAL) if not is_of_scheme(row)]
        return counted([self._as_answered(mart, self.names.renamed(row)) for row in rows])

    def _as_answered(self, mart: str, row: Figure) -> Figure:
        """Where the original has an empty cell, the copy has a code that means no answer."""
        listed = {self.names.questions[question] for question in self.names.list_of}
        is_left_open = mart == "answer_status_count" and row["status"] == "blank" and row["question_id"] in listed
        return row | {"status": "declared_missing"} if is_left_open else row

    def found(self, mart: str, survey_id: str) -> Counter[tuple[Any, ...]]:
        """The rows of the copy, without those of its finer size classes."""
        rows = [row for row in self.rows(mart, survey_id) if row.get("breakdown") != "size_class"]
        return counted([row | self._coarser(row) for row in rows])

    def _coarser(self, row: Figure) -> Figure:
        is_classed = "size_class_id" in row
        return {"size_class_id": self.names.size_classes[self.names.finer[row["size_class_id"]]]} if is_classed else {}


def counted(rows: list[Figure]) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(sorted(row.items())) for row in rows)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Copied:
    """The original, its copy and a copy with one response altered, published by the code as it is."""
    paths = copy_inputs(tmp_path_factory.mktemp("copied") / "data")
    for other in (SURVEY_OF_2020, SURVEY_OF_HIDING):
        shutil.rmtree(paths.root / other)
    ask_for_a_number(paths)
    leave_out_what_was_coded(paths)
    original = read_original(paths.surveys / ORIGINAL, ROUND.name)
    names = name_anew(original)
    write_copy(original, names, paths.surveys / COPY, n_wrong=2)
    write_copy(altered(original, paths), names, paths.surveys / MUTANT, n_wrong=12)
    code = code_of_the_project()
    with without_pages():
        build_and_publish(paths)
    assert code_of_the_project() == code
    return Copied(paths, original, names)


def code_of_the_project() -> str:
    """One hash over every file of the product, and over every .py and .sql of the tests."""
    tests = [path for path in sorted((PROJECT_ROOT / "tests").rglob("*")) if path.suffix in (".py", ".sql")]
    return combined_sha256(PROJECT_ROOT, [*code_files(), *tests])


def ask_for_a_number(paths: DataPaths) -> None:
    column = {"source_column": "Kuntanumero", "question_id": NUMBER["question_id"]}
    for file, row in ((f"surveys/{ORIGINAL}/questions.csv", NUMBER), (f"{ROUND}/columns.csv", column)):
        append(paths.root / file, row)


def leave_out_what_was_coded(paths: DataPaths) -> None:
    """It is of no column that another tool could write, and its options are no file's of the survey; with it go the
    sentences, of which one rests on it."""
    survey, codings = paths.surveys / ORIGINAL, paths.root / ROUND / "codings.csv"
    (survey / "claims.csv").unlink()
    figures = survey / "published_figures.csv"
    for question in {row["coded_question_id"] for row in read(codings)}:
        lines = figures.read_text(encoding="utf-8").splitlines(keepends=True)
        figures.write_text("".join(line for line in lines if f",{question}," not in line), encoding="utf-8")
        (of_question,) = [row for row in read(survey / "questions.csv") if row["question_id"] == question]
        for file, start in (("questions.csv", question), ("choices.csv", of_question["list_name"])):
            lines = (survey / file).read_text(encoding="utf-8").splitlines(keepends=True)
            kept = [line for line in lines if not line.startswith(f"{start},")]
            (survey / file).write_text("".join(kept), encoding="utf-8")
        replace_text(survey / "survey.yml", f", {question}]", "]")
    codings.unlink()


def append(file: Path, row: Mapping[str, str]) -> None:
    columns = list(read(file)[0])
    with file.open("a", encoding="utf-8", newline="") as handle:
        csv.DictWriter(handle, columns, restval="", lineterminator="\n").writerow(row)


def altered(original: Original, paths: DataPaths) -> Original:
    """One response is of a municipality that was silent and answers otherwise; the print is told to be wrong."""
    column = original.column_of
    opinion, comment, system = (column[name] for name in ("resources_sufficient", "role_comments", "case_system_name"))
    times = Counter(row["Kunta"] for row in original.responses)
    chosen = next(row for row in original.responses if times[row["Kunta"]] > 1 and row[opinion] and row[system])
    silent = next(row["name_fi"] for row in municipalities(paths) if row["name_fi"] not in times)
    other = next(row[opinion] for row in original.responses if row[opinion] not in ("", chosen[opinion]))
    changes = {"Kunta": silent, opinion: other, system: "Ei mikään näistä", "Kuntanumero": "1000"}
    changes[comment] = "" if chosen[comment] else "Ei lisättävää."
    return replace(
        original,
        responses=[row | changes if row is chosen else row for row in original.responses],
        figures=[row | {"base_n": "", "known_discrepancy": "One response is altered"} for row in original.figures],
    )


def municipalities(paths: DataPaths) -> list[dict[str, str]]:
    """Those of the mainland on the division of the round."""
    rows = read(paths.registry / "2023-01-01" / "municipalities.csv")
    return [row for row in rows if row["is_mainland"] == "1"]


def summed(rows: list[Figure], column: str) -> Counter[tuple[Any, ...]]:
    """A count by what it is of."""
    sums: Counter[tuple[Any, ...]] = Counter()
    for row in rows:
        sums[tuple(row.get(name) for name in COUNTED)] += row[column]
    return sums


def statuses(copied: Copied, survey_id: str) -> dict[str, str]:
    """How each printed figure compares with the computed one."""
    return {row["figure_id"]: row["status"] for row in copied.rows("publication_reconciliation", survey_id)}


@pytest.mark.parametrize("mart", MARTS)
def test_the_copy_has_every_row_of_the_original(copied: Copied, mart: str) -> None:
    assert copied.expected(mart)
    assert copied.found(mart, COPY) == copied.expected(mart)


def test_only_finer_classes_and_ranks_are_on_one_side(copied: Copied) -> None:
    """What the comparison leaves out: rows of the classes that only the copy has, and the print's ranks of classes."""
    for mart, _ in COUNTS:
        finer = {row["breakdown_id"] for row in copied.rows(mart, COPY) if row["breakdown"] == "size_class"}
        assert (mart, finer) == (mart, set(copied.names.finer))
    of_scheme = {row["figure_id"] for row in copied.original.figures if is_of_scheme(row)}
    assert of_scheme
    assert statuses(copied, ORIGINAL).keys() - statuses(copied, COPY).keys() == of_scheme


@pytest.mark.parametrize(("mart", "column"), COUNTS)
def test_finer_classes_add_up_to_the_classes(copied: Copied, mart: str, column: str) -> None:
    names = copied.names
    whole = [names.renamed(row) for row in copied.rows(mart, ORIGINAL) if row["breakdown"] == "size_class"]
    finer = [
        row | {"breakdown_id": names.size_classes[names.finer[row["breakdown_id"]]]}
        for row in copied.rows(mart, COPY)
        if row["breakdown"] == "size_class"
    ]
    assert len(finer) == 2 * len(whole)
    assert summed(finer, column) == summed(whole, column)


def test_one_response_that_is_altered_is_seen(copied: Copied) -> None:
    """Only the frame does not depend on what was answered."""
    equal = {mart for mart in MARTS if copied.found(mart, MUTANT) == copied.expected(mart)}
    assert equal == {"frame_municipality"}


def test_a_print_that_an_altered_response_does_not_meet_is_seen(copied: Copied) -> None:
    print_of_copy, print_of_mutant = statuses(copied, COPY), statuses(copied, MUTANT)
    moved = {figure for figure, status in print_of_mutant.items() if status != print_of_copy[figure]}
    assert {(print_of_copy[figure], print_of_mutant[figure]) for figure in moved} == {("match", "known_discrepancy")}
