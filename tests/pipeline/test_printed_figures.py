"""Printed figures of several answers together, in words, and of a row against the rest, beside the sample's own."""

from __future__ import annotations

import csv

import pytest

from store.paths import DataPaths
from store.warehouse import opened
from tests.pipeline.build import build_anew, copy_sample

ALL, CLASS, UNION, FORM = ("all", "all"), "size_class", "size_class_group", "kind_of_form"
AGREE, FULLY_PARTLY, PHONE = (
    ("opinion", "group", "agree"),
    ("opinion", "option", "fully+partly"),
    ("channels", "option", "phone"),
)
WORK, HOME = ("topics", "option", "work"), ("topics", "option", "home")
WORK_HOME = ("topics", "option", "work+home")
MATCH, MISMATCH, NOT_COMPUTABLE = "match", "mismatch", "not_computable"
# What is printed (statistic, answer, unit, row, value, rounding), and what comes of it (status, computed, its base).
FIGURES = {
    # 5 of 9 responses agree fully or partly, 2 of 9 in part, 4 of 9 not.
    "options": ("pct", FULLY_PARTLY, "response", ALL, "56", "half_up_0", MATCH, 56, 9),
    "one decimal": ("pct", FULLY_PARTLY, "response", ALL, "55.6", "half_up_1", MATCH, 55.6, 9),
    "groups": ("n", ("opinion", "group", "agree+disagree"), "response", ALL, "9", "", MATCH, 9, 9),
    "in a row": ("n", FULLY_PARTLY, "response", (CLASS, "middle"), "3", "", MATCH, 3, 5),
    "nobody": ("n", FULLY_PARTLY, "response", (FORM, "short"), "0", "", MATCH, 0, 4),
    "about half": ("pct", FULLY_PARTLY, "response", ALL, "51", "words_within_5", MATCH, 56, 9),
    "a third": ("pct", FULLY_PARTLY, "response", ALL, "33", "words_within_5", MISMATCH, 56, 9),
    # 6 responses ticked work and 3 home: 8 in all ticked one of them.
    "ticked": ("n", WORK_HOME, "response", ALL, "8", "", MATCH, 8, 8),
    "ticked, summed": ("n", WORK_HOME, "response", ALL, "9", "", MISMATCH, 8, 8),
    "ticked by municipality": ("n", WORK_HOME, "municipality", ALL, "5", "", MATCH, 5, 5),
    "not asked": ("n", ("dropped", "option", "yes+no"), "response", ALL, "9", "", NOT_COMPUTABLE, None, None),
    "no answer": ("n", ("opinion", "option", "fully+99"), "response", ALL, "9", "", NOT_COMPUTABLE, None, None),
    # By form 5 of 5 agree on the long one, 0 of 4 on the short one; of the large 1 of 2, of the others 4 of 7.
    "more": ("more_than_rest", AGREE, "response", (FORM, "long"), "1", "", MATCH, 1, 5),
    "not more": ("more_than_rest", AGREE, "response", (CLASS, "large"), "1", "", MISMATCH, 0, 2),
    "denied": ("more_than_rest", AGREE, "response", (CLASS, "large"), "0", "", MATCH, 0, 2),
    "less": ("less_than_rest", AGREE, "response", (CLASS, "large"), "1", "", MATCH, 1, 2),
    "not less": ("less_than_rest", AGREE, "response", (FORM, "long"), "1", "", MISMATCH, 0, 5),
    "a union": ("more_than_rest", AGREE, "response", (UNION, "up_to_middle"), "1", "", MATCH, 1, 7),
    "together": ("less_than_rest", FULLY_PARTLY, "response", (FORM, "short"), "1", "", MATCH, 1, 4),
    "the most": ("is_max", FULLY_PARTLY, "response", (CLASS, "middle"), "1", "", MATCH, 1, 5),
    # The phone is ticked by 2 of 4 in the large class, and by 2 of 4 outside it.
    "even, not more": ("more_than_rest", PHONE, "response", (CLASS, "large"), "1", "", MISMATCH, 0, 4),
    "even, not less": ("less_than_rest", PHONE, "response", (CLASS, "large"), "1", "", MISMATCH, 0, 4),
    # Of 9 responses 5 agree fully or partly (56 %), 2 in part; work is ticked by 6, the phone by 4, home by 3.
    "nearly 60": ("pct", FULLY_PARTLY, "response", ALL, "60", "words_nearly", MATCH, 56, 9),
    "nearly 61": ("pct", FULLY_PARTLY, "response", ALL, "61", "words_nearly", MATCH, 56, 9),
    "nearly 62": ("pct", FULLY_PARTLY, "response", ALL, "62", "words_nearly", MISMATCH, 56, 9),
    "nearly 55": ("pct", FULLY_PARTLY, "response", ALL, "55", "words_nearly", MISMATCH, 56, 9),
    "nearly all": ("pct", FULLY_PARTLY, "response", (FORM, "long"), "100", "words_nearly_all", MATCH, 100, 5),
    "not nearly all": ("pct", FULLY_PARTLY, "response", ALL, "100", "words_nearly_all", MISMATCH, 56, 9),
    "at least 56": ("pct", FULLY_PARTLY, "response", ALL, "56", "at_least", MATCH, 56, 9),
    "at least 57": ("pct", FULLY_PARTLY, "response", ALL, "57", "at_least", MISMATCH, 56, 9),
    "at least 5": ("n", FULLY_PARTLY, "response", ALL, "5", "at_least", MATCH, 5, 9),
    "at least 6": ("n", FULLY_PARTLY, "response", ALL, "6", "at_least", MISMATCH, 5, 9),
    "differs": ("differs", AGREE, "response", (FORM, "all"), "1", "", MATCH, 1, 9),
    "does not differ": ("differs", AGREE, "response", (FORM, "all"), "0", "", MISMATCH, 1, 9),
    "work above": ("above_each", WORK, "response", ALL, "1", "", MATCH, 1, 8, "home"),
    "home above": ("above_each", HOME, "response", ALL, "1", "", MISMATCH, 0, 8, "work"),
    "not above itself": ("above_each", HOME, "response", ALL, "0", "", MATCH, 0, 8, "work"),
    "of nobody": ("more_than_rest", ("topics", "option", "work"), "response", ("county", "90"), "1", "",
                  NOT_COMPUTABLE, None, None),
    "less of nobody": ("less_than_rest", ("topics", "option", "work"), "response", ("county", "90"), "1", "",
                       NOT_COMPUTABLE, None, None),
}  # fmt: skip


def printed_anew(paths: DataPaths) -> DataPaths:
    file = paths.surveys / "sample" / "published_figures.csv"
    header = next(csv.reader(file.read_text(encoding="utf-8").splitlines()))
    header.insert(header.index("answer") + 1, "than")
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, header, restval="", lineterminator="\n")
        writer.writeheader()
        for name, (statistic, answer, unit, row, value, rounding, _, _, _, *than) in FIGURES.items():
            line = {
                "survey_id": "sample",
                "round_id": "2023",
                "figure_id": name.replace(" ", "_"),
                "document": "report",
            }
            line |= dict(zip(("question_id", "level", "answer"), answer, strict=True))
            line |= dict(zip(("breakdown", "breakdown_id"), row, strict=True))
            line |= {"statistic": statistic, "unit": unit, "value": value, "rounding": rounding}
            line |= {"than": than[0]} if than else {}
            writer.writerow(line | {"figure_status": "published"})
    return paths


@pytest.fixture(scope="module")
def reconciled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, float | None, int | None]]:
    paths = build_anew(printed_anew(copy_sample(tmp_path_factory.mktemp("printed"))))
    sql = "select figure_id, status, computed_value::double, computed_base_n from marts.publication_reconciliation"
    with opened(paths.warehouse_file, read_only=True) as connection:
        return {
            figure_id: (status, value, base) for figure_id, status, value, base in connection.execute(sql).fetchall()
        }


@pytest.mark.parametrize("name", FIGURES)
def test_printed_figure(name: str, reconciled: dict[str, tuple[str, float | None, int | None]]) -> None:
    assert reconciled[name.replace(" ", "_")] == FIGURES[name][6:9]
