"""Coding free text: the sheet and what is read back from it, what is refused, and codings of texts that changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faults.errors import FaultList
from faults.told import WrongUsage
from ingest.codebook.round import Coding
from ingest.coding import keeping
from ingest.coding.keeping import keep
from ingest.coding.sheet import NONE, NONE_LABEL, SHEET, read_sheet, write_sheet
from ingest.coding.task import Codes, Task, find_task
from ingest.forgetting import retention
from ingest.forgetting.erasure import erase
from ingest.landing.privacy import REMOVED, RESPONSE
from store.paths import DataPaths
from store.warehouse import opened
from tests.coding import CODES, TEXTS, Marks, fill, with_texts
from tests.hashes import text_hash
from tests.loading import load_all, validate

KEY, ROUND, QUESTION = "palvelukysely/2024", "2024", "comment"
Edit = Callable[[Path, str, str], None]


@pytest.fixture
def coded(paths: DataPaths) -> DataPaths:
    return with_texts(paths)


def task_of(paths: DataPaths, *, is_second: bool = False) -> Task:
    return find_task(paths, KEY, QUESTION, None, is_second=is_second)


def read_back(paths: DataPaths, marks: Marks, by: str = "N. N.", *, is_second: bool = False) -> list[str]:
    """Write the sheet, fill it and read it; what is wrong with it."""
    sheet, faults, task = (
        paths.root / "sheet.xlsx",
        FaultList(lambda path: path.name),
        task_of(paths, is_second=is_second),
    )
    write_sheet(task, sheet)
    fill(sheet, marks)
    read = read_sheet(task, sheet, faults)
    if not len(faults):
        keep(task, read, by)
    return [str(fault) for fault in faults]


def lines(file: Path) -> list[list[str]]:
    return [line.split(",") for line in file.read_text(encoding="utf-8").splitlines()]


def test_the_sheet_holds_texts_only(coded: DataPaths) -> None:
    sheet = coded.root / "sheet.xlsx"
    write_sheet(task_of(coded), sheet)
    page = openpyxl.load_workbook(sheet).active
    assert page is not None
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows[0] == ["response_id", "text", *CODES, NONE]
    assert {row[0]: row[1] for row in rows[2:]} == TEXTS
    assert {cell.data_type for row in page.iter_rows() for cell in row if cell.value is not None} == {"s"}


def test_what_is_ticked_is_kept_with_the_text_it_is_of(coded: DataPaths, round_folder: Path) -> None:
    marks = {"A1": {"time": "x"}, "A2": {"time": "X", "people": 1}, "A3": {NONE: "1"}}
    assert read_back(coded, marks) == []
    hashes = {id_: text_hash(ROUND, id_, QUESTION, text) for id_, text in TEXTS.items()}
    assert lines(round_folder / "codings.csv") == [
        list(Coding.columns()),
        ["A1", QUESTION, "topics", "time", "N. N.", hashes["A1"]],
        ["A2", QUESTION, "topics", "time", "N. N.", hashes["A2"]],
        ["A2", QUESTION, "topics", "people", "N. N.", hashes["A2"]],
        ["A3", QUESTION, "topics", "", "N. N.", hashes["A3"]],
    ]
    assert validate(coded) == ()


read_codes = st.lists(st.sets(st.sampled_from(CODES[:2])) | st.just({"nothing"}) | st.none(), min_size=3, max_size=3)


def kept_as_read(paths: DataPaths, chosen: list[set[str] | None], before: list[set[str] | None]) -> bool:
    """Whether the files say of each text what was read last, by whoever read it otherwise than the one before."""

    def chosen_of(said: list[set[str] | None]) -> dict[str, Codes]:
        pairs = zip(TEXTS, said, strict=True)
        return {id_: tuple(code for code in CODES if code in codes) for id_, codes in pairs if codes is not None}

    task_of(paths).file.unlink(missing_ok=True)
    for said, by in ((before, "first"), (chosen, "last")):
        keep(task_of(paths), chosen_of(said), by)
    old, new = chosen_of(before), chosen_of(chosen)
    names = {id_: "first" if old.get(id_) == codes else "last" for id_, codes in (old | new).items()}
    names |= dict.fromkeys(old.keys() - new.keys(), "first")
    task = task_of(paths)
    return dict(task.coded) == old | new and {each.response_id: each.by for each in task.codings} == names


ANY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.slow
@ANY
@given(chosen=read_codes, before=read_codes)
def test_the_last_reading_of_each_text_is_kept(
    coded: DataPaths, chosen: list[set[str] | None], before: list[set[str] | None]
) -> None:
    assert kept_as_read(coded, chosen, before)


def _without_none(task: Task, response_id: str, codes: Codes, by: str) -> list[Coding]:
    return [each for each in OF_TEXT(task, response_id, codes, by) if each.code]


def _by_the_last(task: Task, response_id: str, codes: Codes, by: str) -> list[Coding]:
    return [each.model_copy(update={"by": by}) for each in OF_TEXT(task, response_id, codes, by)]


OF_TEXT = keeping._of_text


@pytest.mark.slow
@pytest.mark.parametrize("slip", [_without_none, _by_the_last])
def test_a_slip_in_keeping_is_seen(
    coded: DataPaths, monkeypatch: pytest.MonkeyPatch, slip: Callable[..., list[Coding]]
) -> None:
    monkeypatch.setattr(keeping, "_of_text", slip)
    assert not kept_as_read(coded, [{"time"}, set(), None], [{"time"}, {"people"}, None])


FAULTS = [
    ({"A1": {"time": "?"}}, "cell C3, column time: The mark is neither x nor 1, and the cell is not blank."),
    ({"A1": {}}, "cell F3, column (none): Nothing is ticked in the row."),
    ({"A1": {"time": "x", NONE: "x"}}, 'cell F3, column (none): "(none)" is ticked, and others are ticked too.'),
    ({"A1": {"time": "x", "nothing": "x"}}, 'cell E3, column nothing: "nothing" is ticked, and others are ticked too.'),
    ({"A1": {"text": "Other", "time": "x"}}, "cell B3, column text: The text is not the one that is delivered now."),
    (
        {"A1": {"response_id": "B7", "time": "x"}},
        "cell A3, column response_id: The round has no text of this response now.",
    ),
    (
        {"A2": {"time": "x"}, "A3": {"response_id": "A2", "text": TEXTS["A2"], "time": "x"}},
        "cell A4, column response_id: The response stands on a row before, too.",
    ),
]


@pytest.mark.parametrize(("marks", "said"), FAULTS)
def test_a_fault_of_the_sheet_is_told_and_changes_nothing(coded: DataPaths, marks: Marks, said: str) -> None:
    (fault,) = read_back(coded, marks)
    assert fault.startswith(f"sheet.xlsx, {said} Expected: ")
    assert not any(text in fault for text in TEXTS.values())
    assert not task_of(coded).file.exists()


Rows = list[list[object]]
OWN: list[object] = ["A1", TEXTS["A1"], "x", "X", "1", "y"]  # a row without a blank


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: [[*row, "money"] for row in rows], "Column G is one too many."),
        (lambda rows: [OWN, *rows[2:]], 'Column A is not called "response_id".'),
        (lambda rows: [row[1:] for row in [OWN, *rows]], 'Column A is not called "response_id".'),
        (lambda rows: [["; ".join(map(str, row))] for row in [OWN, *rows]], "The first line came out as one column"),
    ],
    ids=["own column", "no names", "one column less", "another delimiter"],
)
def test_what_stands_in_place_of_the_names_is_not_told(
    coded: DataPaths, change: Callable[[Rows], Rows], said: str
) -> None:
    """It may be what somebody wrote."""
    (fault,) = read_changed(coded, change)[1]
    assert said in fault
    assert not any(text in fault for text in (*TEXTS.values(), "money"))


@pytest.mark.parametrize(
    "change",
    [lambda rows: rows[:1] + rows[2:], lambda rows: [*rows[:1], *rows[:0:-1]]],
    ids=["labels are gone", "labels are last"],
)
def test_no_row_is_lost_where_the_labels_are_not_second(coded: DataPaths, change: Callable[[Rows], Rows]) -> None:
    def ticked(rows: Rows) -> Rows:
        return [*rows[:2], *([*row[:2], "x", "", "", ""] for row in rows[2:])]

    assert read_changed(coded, lambda rows: change(ticked(rows))) == (dict.fromkeys(TEXTS, ("time",)), [])


def test_rows_that_wait_are_one_fault(coded: DataPaths) -> None:
    (fault,) = read_changed(coded, lambda rows: rows)[1]
    assert "cell F3, column (none): Nothing is ticked in the row, nor in 2 further down. " in fault


def read_changed(paths: DataPaths, change: Callable[[Rows], Rows]) -> tuple[dict[str, Codes], list[str]]:
    """What is read of a sheet whose rows were changed, and what is wrong with it."""
    sheet, faults, task = paths.root / "sheet.xlsx", FaultList(lambda path: path.name), task_of(paths)
    write_sheet(task, sheet)
    page = openpyxl.load_workbook(sheet)[SHEET]
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = SHEET
    for row in change([["" if cell is None else cell for cell in row] for row in page.values]):
        book.active.append(row)
    for cell in (cell for row in book.active.iter_rows() for cell in row if cell.value):
        cell.data_type = "s"
    book.save(sheet)
    return read_sheet(task, sheet, faults), [str(fault) for fault in faults]


def test_a_sheet_may_be_a_csv_file(coded: DataPaths) -> None:
    sheet, faults = coded.root / "sheet.csv", FaultList()
    header = ",".join(["response_id", "text", *CODES, NONE])
    sheet.write_text(f"{header}\n,What else?,,,,{NONE_LABEL}\nA2,Time and people,x,1,,\n", encoding="utf-8")
    assert read_sheet(task_of(coded), sheet, faults) == {"A2": ("time", "people")}
    assert not len(faults)


@pytest.mark.slow
def test_a_second_coder_does_not_see_what_the_first_read(coded: DataPaths, round_folder: Path) -> None:
    assert read_back(coded, {"A1": {"time": "x"}}) == []
    assert task_of(coded, is_second=True).coded == {}
    assert read_back(coded, {"A1": {"people": "x"}}, "M. M.", is_second=True) == []
    assert task_of(coded).coded == {"A1": ("time",)}
    assert lines(round_folder / "second_codings.csv")[1][3:5] == ["people", "M. M."]


@pytest.mark.slow
def test_a_text_that_was_changed_is_to_be_coded_anew(coded: DataPaths, round_folder: Path, edit: Edit) -> None:
    assert read_back(coded, {"A1": {"time": "x"}, "A2": {NONE: "x"}}) == []
    assert stale(coded) == {"A1": False, "A2": False}
    edit(round_folder / "responses.csv", TEXTS["A1"], "Enough")
    assert stale(coded) == {"A1": True, "A2": False}
    assert task_of(coded).coded == {"A2": ()}
    header = "response_id,question_id,old_value,new_value,action,reason,by,on"
    correction = f"A2,comment,{TEXTS['A2']},Time,replace,Called,N. N.,2024-02-02"
    (round_folder / "corrections.csv").write_text(f"{header}\n{correction}\n", encoding="utf-8")
    assert stale(coded) == {"A1": True, "A2": True}
    assert task_of(coded).texts == {**TEXTS, "A1": "Enough", "A2": "Time"}


@pytest.mark.slow
def test_a_text_that_is_not_kept_any_more_is_no_other_text(coded: DataPaths, round_folder: Path, edit: Edit) -> None:
    assert read_back(coded, {"A1": {"time": "x"}, "A2": {"time": "x"}}) == []
    edit(round_folder / "responses.csv", TEXTS["A1"], REMOVED)
    assert stale(coded) == {"A1": None, "A2": False}
    assert "A1" not in task_of(coded).texts


@pytest.mark.slow
def test_a_coding_from_before_there_were_hashes_is_current(coded: DataPaths, round_folder: Path) -> None:
    (round_folder / "codings.csv").write_text(
        "response_id,question_id,coded_question_id,code,by\nA1,comment,topics,time,N. N.\n", encoding="utf-8"
    )
    assert stale(coded) == {"A1": None}
    assert task_of(coded).coded == {"A1": ("time",)}
    assert read_back(coded, {"A1": {}}, "M. M.") == []
    (_, line) = lines(round_folder / "codings.csv")
    assert line[4:] == ["N. N.", text_hash(ROUND, "A1", QUESTION, TEXTS["A1"])]


def stale(paths: DataPaths) -> dict[str, bool | None]:
    load_all(paths)
    with opened(paths.warehouse_file, read_only=True) as connection:
        sql = "select response_id, text_hash <> delivered_hash from raw.codebook__codings"
        return dict(connection.execute(sql).fetchall())


def test_hashes_of_real_texts_cannot_be_tried_out(coded: DataPaths, round_folder: Path, edit: Edit) -> None:
    edit(round_folder / "round.yml", "is_synthetic: true", "is_synthetic: false")
    assert read_back(coded, {"A1": {"time": "x"}}) == []
    key = bytes.fromhex((coded.keys / "palvelukysely.key").read_text(encoding="ascii"))
    assert lines(round_folder / "codings.csv")[1][5] == text_hash(ROUND, "A1", QUESTION, TEXTS["A1"], key)


@pytest.mark.slow
def test_who_is_erased_is_in_neither_file(coded: DataPaths, round_folder: Path) -> None:
    for is_second in (False, True):
        assert read_back(coded, {"A1": {"time": "x"}, "A2": {"time": "x"}}, is_second=is_second) == []
    done = erase(coded, [KEY], RESPONSE, "A1", datetime(2026, 5, 1, tzinfo=UTC))
    assert [Path(name).name for name in done.edited] == ["codings.csv", "second_codings.csv", "responses.csv"]
    assert [lines(round_folder / f"{name}codings.csv")[1][0] for name in ("", "second_")] == ["A2", "A2"]
    assert "A1" not in task_of(coded).texts
    assert validate(coded) == ()


@pytest.mark.slow
def test_after_their_time_texts_are_in_no_file_nor_their_hashes(coded: DataPaths, round_folder: Path) -> None:
    """And what was coded and corrected stands as it did."""
    header = "response_id,question_id,old_value,new_value,action,reason,by,on"
    corrected = (
        f"A2,comment,{TEXTS['A2']},Time,replace,Called,N. N.,2024-02-02",
        "A3,staff,40,4,replace,So,N. N.,2024-02-02",
    )
    (round_folder / "corrections.csv").write_text("\n".join([header, *corrected, ""]), encoding="utf-8")
    for is_second in (False, True):
        assert read_back(coded, {"A1": {"time": "x"}, "A2": {NONE: "x"}}, is_second=is_second) == []
    hashes = [line[5] for line in lines(round_folder / "codings.csv")[1:]]
    with (coded.surveys / "palvelukysely" / "survey.yml").open("a", encoding="utf-8") as handle:
        handle.write("retention: {texts_days: 10}\n")
    for each in retention.due(coded, date(2034, 1, 1)):
        retention.remove(coded, each)
    kept = {file.name: file.read_text(encoding="utf-8") for file in round_folder.glob("*.csv")}
    assert not [
        (name, each) for name, text in kept.items() for each in (*TEXTS.values(), ",Time,", *hashes) if each in text
    ]
    assert [line[3:] for line in lines(round_folder / "codings.csv")[1:]] == [["time", "N. N.", ""], ["", "N. N.", ""]]
    assert lines(round_folder / "corrections.csv")[2] == corrected[1].split(",")
    assert validate(coded) == ()
    assert stale(coded) == {"A1": None, "A2": None}


@pytest.mark.parametrize(
    ("question_id", "coded_as", "said"),
    [
        ("coment", None, '"coment" is no text question that palvelukysely/2024 asks. Did you mean "comment"?'),
        (
            "comment",
            "services",
            '"comment" of palvelukysely/2024 is coded as a select_multiple of questions.csv that the round has no '
            'column of, and "services" is none. There are: topics. Name one: --as QUESTION',
        ),
    ],
)
def test_what_cannot_be_coded_is_refused(coded: DataPaths, question_id: str, coded_as: str | None, said: str) -> None:
    with pytest.raises(WrongUsage) as refused:
        find_task(coded, KEY, question_id, coded_as, is_second=False)
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["A1,comment,topics,", "A1,comment,topics,time"], "line 2, column code: The line says that the text has none"),
        (["A1,comment,topics,", "A1,comment,topics,"], "line 2, column code: The line says that the text has none"),
    ],
)
def test_a_text_has_codes_or_none(coded: DataPaths, round_folder: Path, more: list[str], said: str) -> None:
    header = "response_id,question_id,coded_question_id,code,by"
    (round_folder / "second_codings.csv").write_text(
        "\n".join([header, *(f"{line},N. N." for line in more), ""]), encoding="utf-8"
    )
    first, *_ = validate(coded)
    assert said in str(first)
