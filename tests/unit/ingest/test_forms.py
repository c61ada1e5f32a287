"""Words of a form in the codebook: its languages, its names and its conditions."""

from __future__ import annotations

import pytest

from ingest.codebook.expressions import Vocabulary
from ingest.proposals.conditions import LIMESURVEY, XLSFORM, translated
from ingest.proposals.form import Asked
from ingest.proposals.headers import as_id
from ingest.proposals.languages import language_code


@pytest.mark.parametrize(
    ("name", "code"),
    [("Suomi (fi)", "fi"), ("fi", "fi"), ("FI", "fi"), ("Finnish", "fi"), ("suomi", "fi"), ("English (en_GB)", "en"),
     ("Northern Sami (se)", "se"), ("Klingonish", None)],
)  # fmt: skip
def test_languages(name: str, code: str | None) -> None:
    assert language_code(name) == code


@pytest.mark.parametrize(
    ("name", "found"),
    [("Q1", "q1"), ("has-service", "has_service"), ("a__b_", "a__b_"), ("1a", "q_1a"), ("_x", "x"), ("Ikä", "ika"),
     ("ignored", "q_ignored"), ("impact[SQ001]", "impact_sq001")],
)  # fmt: skip
def test_ids(name: str, found: str) -> None:
    assert as_id(name) == found == as_id(found)


KINDS = {"one": "select_one", "many": "select_multiple", "n": "integer", "day": "date", "words": "text"}
KNOWN = Vocabulary(
    {name: Asked(name, kind, {}, "l" if kind.startswith("select") else "") for name, kind in KINDS.items()},
    {"l": frozenset({"1", "2", "yes"})},
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""), ("true()", ""),
        ("${one} = 'yes'", "${one} = 'yes'"),
        ("${ONE}=1", "${one}='1'"),
        ("2 != ${one}", "'2' != ${one}"),
        ("${n} > '5' or ${ n } = 10", "${n} > 5 or ${n} = 10"),
        (". >= 0 and . <= 100", ". >= 0 and . <= 100"),
        ("selected(${many}, 1)", "selected(${many}, '1')"),
        ("not(selected(${many}, 'yes'))", "not(selected(${many}, 'yes'))"),
        ("count-selected(${many}) >= 2", "count-selected(${many}) >= 2"),
        ("string-length(${words}) > 0", "${words} != ''"),
        ("${one} = ‘yes’\nand ${n} > 1", "${one} = 'yes' and ${n} > 1"),
        ("${day} > '2020-01-31'", "${day} > '2020-01-31'"),
    ],
)  # fmt: skip
def test_conditions_of_an_xlsform(text: str, said: str) -> None:
    assert translated(text, XLSFORM, KNOWN, "n") == (said, "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("regex(., '^[0-9]+$')", "A form of text cannot be checked here"),
        ("${day} <= today()", "Write a fixed day"),
        ("${one} = 'maybe'", "is not a code of the list l"),
        ("${gone} = 1", 'There is no question "gone"'),
        ("${many} = 'yes'", "Use selected(${many}, 'code')"),
        ("if(${n} > 1, 2, 3) = 2", "if(a, b, c) is"),
        ("${n}", "There is a value where a condition is needed"),
    ],
)
def test_a_condition_that_cannot_be_said_is_marked_as_it_was(text: str, reason: str) -> None:
    said, why = translated(text, XLSFORM, KNOWN, "n")
    assert said == f"?{text}"
    assert reason in why


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1", ""),
        ('((one.NAOK == "yes"))', "((${one} = \"yes\"))"),
        ('(many_1.NAOK == "Y") && (n.NAOK > 3)', "(selected(${many}, '1')) and (${n} > 3)"),
        ('one.NAOK == "1" || !is_empty(words.NAOK)', "${one} = \"1\" or ${words} != ''"),
        ('one.NAOK == "yes" and floor(n.NAOK) > 2', '?one.NAOK == "yes" and floor(n.NAOK) > 2'),
    ],
)  # fmt: skip
def test_conditions_of_limesurvey(text: str, said: str) -> None:
    assert translated(text, LIMESURVEY, KNOWN, None)[0] == said
