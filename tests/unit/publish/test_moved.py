"""What differs between two versions of a round, row by row: six responses of five municipalities in two counties."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb
import pytest

from publish.disclosure import moved
from publish.disclosure.moved import compare

pytestmark = pytest.mark.slow

OF_ROUND = "'s' as survey_id, '1' as round_id"
CODEBOOK = """
create schema raw; create schema intermediate;
create table raw.codebook__surveys as select 's' as survey_id, '2' as min_municipalities, '3' as min_responses;
create table raw.codebook__roles as select 's' as survey_id, role as role_id, place as sort_order
    from (values ('mayor', '1'), ('clerk', '2')) as roles (role, place);
create table raw.codebook__breakdowns as select 's' as survey_id, 'form' as question_id;
create table raw.codebook__questions as select 's' as survey_id, * from (values
    ('happy', 'select_one', 'opinion'), ('means', 'select_multiple', null), ('cost', 'integer', 'opinion'),
    ('form', 'select_one', 'public_fact'), ('ill', 'select_one', 'personal'), ('text', 'text', 'opinion')
) as questions (question_id, type, disclosure);
"""
# response, municipality, role_order, what each question says
Response = tuple[str, str, int, dict[str, str]]
SAID: list[Response] = [
    (f"r{number}", f"m{min(number, 5)}", 1 if number == 1 else 2,
     {"happy": "yes", "cost": "10", "form": "long" if number < 4 else "short", "ill": "no", "text": "",
      "means.phone": "true", "means.web": "false"})
    for number in range(1, 7)
]  # fmt: skip
Change = Callable[[list[Response]], list[Response]]


def answered(number: int, question: str, answer: str) -> Change:
    return lambda said: [
        (id_, place, role, answers | {question: answer}) if id_ == f"r{number}" else (id_, place, role, answers)
        for id_, place, role, answers in said
    ]


def warehouse(file: Path, said: Iterable[Response]) -> Path:
    with duckdb.connect(str(file)) as connection:
        connection.execute(CODEBOOK)
        connection.execute(
            "create table intermediate.int_frame_broken_down as "
            f"select {OF_ROUND}, 'm' || n as municipality_code, 'all' as breakdown, 'all' as breakdown_id "
            f"from range(1, 6) as m (n) union all select {OF_ROUND}, 'm' || n, 'county', "
            "case when n < 3 then 'north' else 'south' end from range(1, 6) as m (n)"
        )
        connection.execute(
            "create table intermediate.int_answers_by_unit (survey_id varchar, round_id varchar, unit varchar, "
            "response_id varchar, municipality_code varchar, question_id varchar, question_type varchar, "
            "part varchar, code varchar, number_value decimal(24, 6), is_ticked boolean, role_order integer, "
            "unit_id varchar)"
        )
        rows = [row for response in said for row in answer_rows(*response)]
        connection.executemany(f"insert into intermediate.int_answers_by_unit values ({', '.join('?' * 13)})", rows)
        connection.execute(  # the first response of a municipality speaks for it
            "insert into intermediate.int_answers_by_unit select * replace ('municipality' as unit, "
            "municipality_code as unit_id) from intermediate.int_answers_by_unit where response_id in "
            "(select min(response_id) from intermediate.int_answers_by_unit group by municipality_code)"
        )
    return file


def answer_rows(id_: str, place: str, role: int, answers: dict[str, str]) -> Iterable[tuple[object, ...]]:
    for name, said in answers.items():
        question, _, part = name.partition(".")
        number = said if question == "cost" else None
        ticked = said == "true" if part else None
        code = (part if ticked else None) if part else said if number is None and question != "text" else None
        yield ("s", "1", "response", id_, place, question, "", part, code, number, ticked, role, id_)


def found(tmp_path: Path, change: Change) -> moved.Moved:
    before, after = tmp_path / "before.duckdb", tmp_path / "after.duckdb"
    return compare(warehouse(before, SAID), warehouse(after, change(SAID)), "s", "1")


def rows(told: moved.Moved) -> set[str]:
    return {f"{row.question_id} {row.breakdown} {row.breakdown_id} {row.n_responses}" for row in told.rows}


CHANGES: dict[str, tuple[Change, set[str]]] = {
    "an answer": (
        answered(6, "happy", "no"),
        {"happy all all 1", "happy county south 1", "happy role clerk 1", "happy form short 1"},
    ),
    "a number": (
        answered(1, "cost", "11"),
        {"cost all all 1", "cost county north 1", "cost role mayor 1", "cost form long 1"},
    ),
    "an option": (
        answered(1, "means.web", "true"),
        {"means all all 1", "means county north 1", "means role mayor 1", "means form long 1"},
    ),
    "a role": (
        lambda said: [(*said[0][:2], 2, said[0][3]), *said[1:]],
        {f"{question} {row} 1" for question in ("happy", "cost", "means")
         for row in ("all all", "county north", "role mayor", "role clerk", "form long")}
        | {"ill role mayor 1", "ill role clerk 1"},
    ),
    "a municipality": (
        lambda said: [(said[0][0], "m3", *said[0][2:]), *said[1:]],
        {f"{question} {row} 1" for question in ("happy", "cost", "means")
         for row in ("all all", "county north", "county south", "role mayor", "form long")}
        | {"ill all all 1", "ill county north 1", "ill county south 1", "ill form long 1"},
    ),
    "a response that is gone": (
        lambda said: said[1:],
        {f"{question} {row} 1" for question in ("happy", "cost", "means", "ill")
         for row in ("all all", "county north", "role mayor", "form long")},
    ),
    # Nobody's answer to other questions changed: the rows by form are others all the same.
    "the row it is in": (
        answered(1, "form", "short"),
        {f"{question} form {row} 1" for question in ("happy", "cost", "means", "ill") for row in ("long", "short")},
    ),
    "a personal answer": (answered(1, "ill", "yes"), set()),
    "nothing": (lambda said: said, set()),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_rows_that_move_by_few_are_named(tmp_path: Path, name: str) -> None:
    change, expected = CHANGES[name]
    told = found(tmp_path, change)
    assert rows(told) == expected
    assert (told.n_responses, told.is_few) == ((0, False) if name == "nothing" else (1, True))


def test_a_row_that_moves_by_enough_is_not_named(tmp_path: Path) -> None:
    """Three responses of three municipalities; in the south there are two of them, of two."""

    def change(said: list[Response]) -> list[Response]:
        for number in (2, 3, 4):
            said = answered(number, "happy", "no")(said)
        return said

    told = found(tmp_path, change)
    assert (told.n_responses, told.n_municipalities, told.is_few) == (3, 3, False)
    assert rows(told) == {"happy county north 1", "happy county south 2", "happy form long 2", "happy form short 1"}


def test_enough_responses_of_one_municipality_are_few(tmp_path: Path) -> None:
    """Five and six are of one municipality; with a third of it, three responses move, and one municipality."""
    more: Response = ("r7", "m5", 2, SAID[5][3])

    def change(said: list[Response]) -> list[Response]:
        return answered(5, "happy", "no")(answered(6, "happy", "no")([*said, more]))

    told = found(tmp_path, change)
    assert "happy all all 3" in rows(told)


def test_enough_responses_that_turn_one_answer_of_a_municipality_are_few(tmp_path: Path) -> None:
    """Of three municipalities three responses and more change; of two of them it is not the one that speaks."""
    more: list[Response] = [(f"r{n}", place, 2, SAID[5][3]) for n, place in ((8, "m3"), (9, "m4"))]

    def change(said: list[Response]) -> list[Response]:
        for number in (5, 8, 9):
            said = answered(number, "happy", "no")(said)
        return said

    before, after = warehouse(tmp_path / "1.duckdb", [*SAID, *more]), tmp_path / "2.duckdb"
    told = compare(before, warehouse(after, change([*SAID, *more])), "s", "1")
    assert rows(told) >= {"happy all all 1", "happy county south 1"}
    assert rows(compare(before, before, "s", "1")) == set()


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ("any_value(role_order)", "a role"),
        ("any_value(municipality_code)", "a municipality"),
        ("coalesce(code, number_value::varchar, is_ticked::varchar)", "an option"),
        ("number_value::varchar", "a number"),
    ],
)
def test_a_comparison_that_forgets_something_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rule: str, name: str
) -> None:
    change, expected = CHANGES[name]
    assert rule in moved.SAID
    monkeypatch.setattr(moved, "SAID", moved.SAID.replace(rule, "null"))
    assert rows(found(tmp_path, change)) != expected
