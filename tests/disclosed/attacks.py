"""Ways to find in a release what it hides, each a function named after what it looks at.

An attacker has the release, the codebook and what was printed. What an attack says it has found is held against the
private warehouse by `truths`: an attack that guesses is no attack.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import isclose, sqrt

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.stats import binom, t

from tests.attacker import attack
from tests.disclosed.release import CODED_AS, SIZE, WHOLE, Pinned, Place, Released, Row

FEW = 12  # numbers, or municipalities, that are looked for one by one
VERY_FEW = 4  # numbers that are found by their squares
CLOSE = 1e-6


# (a) What tests/attacker.py knows, and print in a bad copy.


def counts_and_print(release: Released) -> Iterator[Pinned]:
    """Sums of cells, labels and printed figures, those that are hard to read too where one bears out another.

    Of public facts only bases hide something, which have attacks of their own."""
    for found in attack(release.file, release.folder.parent, only=release.closed):
        for cell, n in found.pinned.items():
            if n or not _is_nobody(release, found.round_id, found.question_id, cell):
                yield Pinned("n", (found.round_id, found.question_id, *cell), n)


def _is_nobody(release: Released, round_id: str, question_id: str, cell: Sequence[str]) -> bool:
    """Whether a zero is in a row that is hidden for its base: that nobody is behind it follows from zeros elsewhere."""
    sql = "select * from marts.answer_distribution where base_n is null"
    same = "round_id = ? and question_id = ? and unit = ? and breakdown = ? and breakdown_id = ?"
    return bool(release.rows(f"{sql} and {same}", round_id, question_id, *cell[:3]))


# (b) A question that was asked of those who answered another one so.

BASES = """
select round_id, question_id, unit, breakdown, breakdown_id, base_n from marts.answer_distribution
union
select round_id, question_id, unit, breakdown, breakdown_id, n from marts.number_summary
union
select round_id, question_id, 'municipality', breakdown, breakdown_id, base_municipalities from marts.inhabitant_share
union
select round_id, question_id, unit, breakdown, breakdown_id, base_n from marts.round_change
"""
HIDDEN = """
select round_id, question_id, unit, breakdown, breakdown_id, level, answer_code from marts.answer_distribution
where cell_status like 'hidden%' and level = 'option'
"""


def bases_of_follow_ups(release: Released) -> Iterator[Pinned]:
    """Its base is how many gave that answer, when none of them left it blank and each municipality answered once."""
    sql = f"""
        select hidden.*, bases.base_n from ({HIDDEN}) as hidden
        inner join ({BASES}) as bases using (round_id, unit, breakdown, breakdown_id)
        where hidden.question_id = ? and hidden.answer_code = ? and bases.question_id = ? and bases.base_n is not null
    """
    for follow_up, filter_id, code in release.follow_ups():
        for row in release.rows(sql, filter_id, code, follow_up):
            place = (row["breakdown"], row["breakdown_id"])
            if row["unit"] == "response" or not release.several(row["round_id"], place):
                yield Pinned("n", _cell(row), row["base_n"])


def statuses_of_follow_ups(release: Released) -> Iterator[Pinned]:
    """Who was not asked gave another answer: statuses other than those of who was not are those who gave this one. A
    text that was coded was written by them alone."""
    sql = """
        select round_id,
            sum(n) filter (status not in ('not_applicable', 'answered_but_not_applicable', 'blank'))::integer as n
        from marts.answer_status_count
        where question_id = ? group by round_id having count(n) = count(*)
    """
    for follow_up, filter_id, code in release.follow_ups():
        for row in release.rows(sql, follow_up):
            if row["n"] < release.n_responses(row["round_id"]):  # else nobody was left out, or it is not told who
                yield from _whole(release, row["round_id"], filter_id, code, row["n"])


FOUND = """
select survey_id, round_id, check_id, part_id, observed from marts.round_quality_detail where part = 'question'
union
select survey_id, round_id, check_id, split_part(found, ': ', 1), split_part(found, ': ', 2)
from (select *, unnest(string_split(observed, '; ')) as found from marts.round_quality)
"""


def checks_of_follow_ups(release: Released) -> Iterator[Pinned]:
    """A check of a question says of how many, or of what share of all responses. A check of all questions says so of
    each that failed."""
    sql = rf"""
        select checks.round_id, rounds.n_responses,
            regexp_extract(checks.observed, ' of (\d+)(, 100.0 %)?$', 1) as n,
            regexp_extract(checks.observed, '^([\d.]+ % to )?([\d.]+) %$', 2) as pct
        from ({FOUND}) as checks inner join marts.dim_round as rounds using (survey_id, round_id)
        where part_id = ? and check_id in (
            'item_nonresponse', 'routing_followed', 'constraints_hold', 'base_jumps_between_rounds', 'texts_coded'
        )
    """
    all_answered = {*release.follow_ups()}
    for follow_up, filter_id, code in all_answered | {*release.asked_of_some()}:
        for row in release.rows(sql, follow_up):
            if row["n"] and int(row["n"]) < row["n_responses"]:
                yield from _whole(release, row["round_id"], filter_id, code, int(row["n"]))
            if row["pct"] and (follow_up, filter_id, code) in all_answered:
                yield from _whole(release, row["round_id"], filter_id, code, _of_share(row))


def _of_share(row: Row) -> int:
    """How many of all responses a percentage with one decimal is."""
    return round(float(row["pct"]) * row["n_responses"] / 100)


def _whole(release: Released, round_id: str, question_id: str, code: str, n: int) -> Iterator[Pinned]:
    """What is said of all responses, where it is hidden."""
    sql = f"{HIDDEN} and round_id = ? and question_id = ? and answer_code = ? and unit = 'response'"
    for row in release.rows(f"{sql} and breakdown = 'all'", round_id, question_id, code):
        yield Pinned("n", _cell(row), n)


def _cell(row: Row) -> tuple[str, ...]:
    names = ("round_id", "question_id", "unit", "breakdown", "breakdown_id", "level", "answer_code")
    return tuple(str(row[name]) for name in names)


def lines_of_codings(release: Released) -> Iterator[Pinned]:
    """A file of codings has a line for each text, where each has one code."""
    sql = (
        "select round_id, n_rows from marts.release_input where source_file like '%/codings.csv' and n_rows is not null"
    )
    for row in release.rows(sql):
        for follow_up, filter_id, code in release.follow_ups():
            if follow_up in CODED_AS.values():
                yield from _whole(release, row["round_id"], filter_id, code, row["n_rows"])


SHARES = """
select round_id, question_id, unit, breakdown, breakdown_id, level, answer_code, weighted_share
from marts.answer_distribution
union
select round_id, question_id, unit, breakdown, breakdown_id, level, answer_code, weighted_share from marts.round_change
union
select earlier_round_id, earlier_question_id, unit, breakdown, breakdown_id, level, answer_code, earlier_weighted_share
from marts.round_change
"""


def shares_in_hidden_cells(release: Released) -> Iterator[Pinned]:
    """A weighted share within one size class is a fraction, and few answered: which one it can be."""
    sql = f"""
        from ({HIDDEN}) inner join ({SHARES})
            using (round_id, question_id, unit, breakdown, breakdown_id, level, answer_code)
        where weighted_share > 0 and weighted_share < 1 and breakdown = 'size_class' and unit = 'response'
    """
    for row in release.rows(sql):
        most = release.n_responses(row["round_id"], ("size_class", row["breakdown_id"]))
        fitting = {
            round(row["weighted_share"] * base)
            for base in range(2, most + 1)
            if isclose(row["weighted_share"] * base, round(row["weighted_share"] * base), abs_tol=CLOSE)
        }
        if len(fitting) == 1:
            yield Pinned("n", _cell(row), fitting.pop())


def estimates_in_hidden_cells(release: Released) -> Iterator[Pinned]:
    """What a printed share comes to for the frame is, within one size class, the share of those who answered."""
    sql = f"""
        select hidden.*, figures.frame_estimate, bases.base_n from ({HIDDEN}) as hidden
        inner join marts.publication_reconciliation as figures
            on hidden.answer_code = figures.answer
            and {" and ".join(f"hidden.{each} = figures.{each}" for each in ROW_OF_A_CLASS)}
        inner join ({BASES}) as bases
            on {" and ".join(f"hidden.{each} = bases.{each}" for each in ROW_OF_A_CLASS if each != "level")}
        where hidden.breakdown = 'size_class' and statistic = 'pct' and frame_estimate is not null
            and bases.base_n is not null
    """
    for row in release.rows(sql):
        yield Pinned("n", _cell(row), round(float(row["frame_estimate"]) / 100 * row["base_n"]))


ROW_OF_A_CLASS = ("round_id", "question_id", "unit", "breakdown", "breakdown_id", "level")


def verdicts_on_closed_questions(release: Released) -> Iterator[Pinned]:
    """Whether print on opinions holds for the frame hangs on who answered alike inside each municipality."""
    sql = "select * from marts.publication_reconciliation where frame_verdict <> 'not_computable' order by all"
    for row in release.rows(sql):
        if row["question_id"] in release.closed:
            yield Pinned("frame_verdict", (row["figure_id"],), row["frame_verdict"])


def verdicts_of_sentences(release: Released) -> Iterator[Pinned]:
    """A sentence of which some figure is about opinions, and that holds for the frame or does not."""
    of = {row["figure_id"] for row in release.table("published_figures.csv") if row["question_id"] in release.closed}
    on_closed = {row["claim_id"] for row in release.table("claims.csv") if of & {*row["figures"].split("+")}}
    for row in release.rows("select * from marts.claim where frame_verdict <> 'not_computable' order by all"):
        if row["claim_id"] in on_closed:
            yield Pinned("claim_frame_verdict", (row["claim_id"],), row["frame_verdict"])


def inhabitants_of_follow_ups(release: Released) -> Iterator[Pinned]:
    """Inhabitants of the municipalities that were asked: which of the populations add up to them."""
    sql = """
        select distinct round_id, breakdown, breakdown_id, base_inhabitants from marts.inhabitant_share
        where question_id = ? and base_inhabitants is not null order by all
    """
    for follow_up, filter_id, code in release.follow_ups():
        for row in release.rows(sql, follow_up):
            members = release.members(row["round_id"], (row["breakdown"], row["breakdown_id"]))
            if filter_id in release.closed and len(members) <= FEW:
                for each, was_asked in _adding_up(members, row["base_inhabitants"]):
                    of = (row["round_id"], filter_id, each["municipality_code"], code)
                    yield Pinned("in_municipality", of, int(was_asked))


def _adding_up(members: Sequence[Row], total: int) -> Iterator[tuple[Row, bool]]:
    """Municipalities of one response that are in all sums of this total, or in none."""
    populations = np.array([each["population"] for each in members])
    ways = np.array([*product((0, 1), repeat=len(members))])
    fitting = ways[ways @ populations == total]
    for place, each in enumerate(members):
        values = {*fitting[:, place].tolist()}
        if len(values) == 1 and each[SIZE] == 1:
            yield each, bool(values.pop())


# (c) A role that two people have.


def sizes_of_small_rows(release: Released) -> Iterator[Pinned]:
    """How many are in a row whose base is hidden: from another question, or as what the other rows leave of all. Of a
    public fact a base is hidden because it is known who answered, not because it is small."""
    hidden = """
        select distinct round_id, question_id, breakdown, breakdown_id from marts.answer_distribution
        where base_n is null and cell_status like 'hidden%' and unit = 'response'
    """
    for row in release.rows(hidden):
        round_id, question_id = row["round_id"], row["question_id"]
        if question_id in release.closed and release.is_answered_by_all(round_id, question_id):
            for n in {*_told_sizes(release, round_id, row["breakdown"], row["breakdown_id"])}:
                yield Pinned("base_n", (round_id, question_id, "response", row["breakdown"], row["breakdown_id"]), n)


def _told_sizes(release: Released, round_id: str, breakdown: str, breakdown_id: str) -> Iterator[int]:
    """What the questions that everybody answered tell of a row."""
    sql = f"select * from ({BASES}) where round_id = ? and unit = 'response' and breakdown = ?"
    by_question: dict[str, dict[str, int | None]] = {}
    for row in release.rows(sql, round_id, breakdown):
        by_question.setdefault(row["question_id"], {})[row["breakdown_id"]] = row["base_n"]
    for question_id, sizes in by_question.items():
        if release.is_answered_by_all(round_id, question_id):
            others = [n for name, n in sizes.items() if name != breakdown_id]
            if (n := sizes[breakdown_id]) is not None:
                yield n
            elif None not in others:
                yield release.n_responses(round_id) - sum(n for n in others if n is not None)


# (d) Numbers of few.


def numbers_of_few(release: Released) -> Iterator[Pinned]:
    """The smallest and the largest number, where extremes, quartiles and total of a few leave no other."""
    bounds = {row["question_id"]: (row["min_value"], row["max_value"]) for row in release.table("questions.csv")}
    for row in _summaries(release, FEW):
        low, high = (float(bound) for bound in bounds[row["question_id"]])
        for rank in {1, row["n"]}:
            if (value := _ranked(row, rank, low, high)) is not None:
                yield _number(row, rank, value)


def spread_of_few(release: Released) -> Iterator[Pinned]:
    """The same, where few whole numbers, none below zero, have this total and this standard deviation."""
    for row in _summaries(release, VERY_FEW):
        total = row["total"] if row["mean"] is None else row["mean"] * row["n"]
        if total is not None and row["sd"] is not None:
            squares = round((row["n"] - 1) * row["sd"] ** 2 + total**2 / row["n"])
            found = {(each[-1], each[0]) for each in _numbers(row["n"], round(total), squares, round(total))}
            for rank, values in ((1, {low for low, _ in found}), (row["n"], {high for _, high in found})):
                if len(values) == 1:
                    yield _number(row, rank, values.pop())


def _summaries(release: Released, few: int) -> list[Row]:
    rows = release.rows("select * from marts.number_summary where n between 1 and ? order by all", few)
    return [row for row in rows if row["question_id"] in release.closed]


def _number(row: Row, rank: int, value: int) -> Pinned:
    names = ("round_id", "question_id", "unit", "breakdown", "breakdown_id")
    return Pinned("number", (*(str(row[name]) for name in names), str(rank)), value)


def _numbers(n: int, total: int, squares: int, most: int) -> Iterator[tuple[int, ...]]:
    """Whole numbers from `most` to zero, the largest first, with this sum and this sum of squares."""
    if n == 1 and 0 <= total <= most and total**2 == squares:
        yield (total,)
    for first in range(min(most, total), -1, -1) if n > 1 else ():
        if (n - 1) * (squares - first**2) >= (total - first) ** 2:
            rest = _numbers(n - 1, total - first, squares - first**2, first)
            yield from ((first, *others) for others in rest)


def _ranked(row: Row, rank: int, low: float, high: float) -> float | None:
    """The one whole number that can be at this rank."""
    n = row["n"]
    told = [(np.ones(n), row["total"]), (np.ones(n) / n, row["mean"])]
    told += [(np.eye(n)[at], row[name]) for at, name in ((0, "min"), (-1, "max"))]
    told += [(_type_7(n, q), row[name]) for name, q in (("quartile_1", 0.25), ("median", 0.5), ("quartile_3", 0.75))]
    lines = [(line, value) for line, value in told if value is not None]
    if not lines:
        return None
    ordered = LinearConstraint(np.diff(np.eye(n), axis=0), 0, np.inf) if n > 1 else None
    equal = LinearConstraint(
        np.array([line for line, _ in lines]), *(np.array([value for _, value in lines]) + by for by in (-1e-7, 1e-7))
    )
    found = []
    for sign in (1, -1):
        done = milp(
            sign * np.eye(n)[rank - 1],
            integrality=np.ones(n),
            bounds=Bounds(low, high),
            constraints=[each for each in (equal, ordered) if each is not None],
        )
        found.append(None if done.x is None else round(done.x[rank - 1]))
    return found[0] if found[0] == found[1] else None


def _type_7(n: int, q: float) -> np.ndarray:
    """What a quantile is made of: two neighbours among the ordered values."""
    below, part = divmod((n - 1) * q, 1)
    line = np.zeros(n)
    line[int(below)] += 1 - part
    line[min(int(below) + 1, n - 1)] += part
    return line


# (e) Municipalities that answered otherwise than in the round before.


def switches(release: Released) -> Iterator[Pinned]:
    """How many came to an answer and how many left it, where the two are not the difference alone."""
    sql = """
        select * from marts.round_change
        where unit = 'municipality' and level = 'option' and base_n = earlier_base_n and n is not null order by all
    """
    for row in release.rows(sql):
        if row["question_id"] in release.closed and _is_panel(release, row):
            at_first = [*_ways(row)]
            ways = [way for way in at_first if _fits_p(row, *way) and _fits_se(row, *way)]
            if len(ways) == 1 < len(at_first):
                place = (row["round_id"], row["question_id"], row["breakdown"], row["breakdown_id"], row["answer_code"])
                for kind, n in zip(("came", "went"), ways[0], strict=True):
                    if 0 < n < release.known.min_municipalities:
                        yield Pinned(kind, place, n)


def _is_panel(release: Released, row: Row) -> bool:
    """Whether the same municipalities answered both times, and all of them this question."""
    place = (row["breakdown"], row["breakdown_id"])
    both = [[each["municipality_code"] for each in release.members(row[name], place)]
            for name in ("round_id", "earlier_round_id")]  # fmt: skip
    return both[0] == both[1] and len(both[0]) == row["base_n"]


def _ways(row: Row) -> Iterator[tuple[int, int]]:
    net = row["n"] - row["earlier_n"]
    for went in range(row["earlier_n"] + 1):
        came = went + net
        if 0 <= came <= row["base_n"] - row["earlier_n"]:
            yield came, went


def _fits_p(row: Row, came: int, went: int) -> bool:
    """McNemar's exact test, and the t of the weighted change, which within a size class is the change as answered."""
    n, error = row["base_n"], _error(row, came, went)
    if row["weighted_p_value"] is not None and error:
        return isclose(row["weighted_p_value"], 2 * t.sf(abs(came - went) / n / error, n - 1), rel_tol=CLOSE)
    if row["p_value"] is None or row["test"] != "mcnemar_exact":
        return True
    return isclose(row["p_value"], min(1, 2 * binom.cdf(min(came, went), came + went, 0.5)), rel_tol=CLOSE)


def _fits_se(row: Row, came: int, went: int) -> bool:
    """Of the change, weighted or not."""
    told, error = (row["weighted_se"] if row["se"] is None else row["se"]), _error(row, came, went)
    return told is None or error is None or isclose(told / 100, error, rel_tol=CLOSE, abs_tol=1e-9)


def _error(row: Row, came: int, went: int) -> float | None:
    """A size class is one stratum: the squares of its municipalities are those that switched."""
    n = row["base_n"]
    if row["breakdown"] != "size_class" or n < 2:
        return None
    change = (came - went) / n
    squares = (came + went - n * change**2) / n**2
    return sqrt(max(0, squares * n / (n - 1)))


def tests_left_out(release: Released) -> Iterator[Pinned]:
    """No test is made of a change without an error: all gave the answer in one round, and nobody in the other. Where
    it is told of other hidden cells which test was made, it is told of these that none was."""
    sql = """
        select *, count(test) over () > 0 as is_told from marts.round_change
        where level = 'option' and n is null qualify is_told and test is null order by all
    """
    for row in release.rows(sql):
        if row["round_id"] in release.responded:
            yield Pinned("all_switched", _cell(row), 1)


# (f) Respondents of one municipality; spread.py has another attack on them.


def units_apart(release: Released) -> Iterator[Pinned]:
    """Responses less municipalities: what the one further respondent of the only such municipality in a row says."""
    sql = """
        select responses.*, responses.n - own.n as n_further, responses.base_n - own.base_n as base_further
        from marts.answer_distribution as responses inner join marts.answer_distribution as own
            using (round_id, question_id, breakdown, breakdown_id, level, answer_code)
        where responses.unit = 'response' and own.unit = 'municipality' and responses.level = 'option' order by all
    """
    one_answer = {name for name, kind in release.known.types.items() if kind == "select_one"}
    for row in release.rows(sql):
        if row["question_id"] in release.closed & one_answer and (row["n_further"], row["base_further"]) == (1, 1):
            several = release.several(row["round_id"], (row["breakdown"], row["breakdown_id"]))
            if [each[SIZE] for each in several] == [2]:
                of = (row["round_id"], row["question_id"], several[0]["municipality_code"])
                yield Pinned("further", of, row["answer_code"])


def few_further_answers(release: Released) -> Iterator[Pinned]:
    """What few, or all, of those said who do not speak for their municipality; not where it was printed."""
    figures = release.table("published_figures.csv") if (release.folder / "published_figures.csv").exists() else []
    printed = {tuple(each[name] for name in BASE_PLACE) for each in figures}
    sql = """
        select responses.*, responses.n - own.n as n_further, responses.base_n - own.base_n as base_further
        from marts.answer_distribution as responses inner join marts.answer_distribution as own
            using (round_id, question_id, breakdown, breakdown_id, level, answer_code)
        where responses.unit = 'response' and own.unit = 'municipality' and responses.level = 'option'
            and responses.base_n > own.base_n and responses.n is not null and own.n is not null
        order by all
    """
    for row in release.rows(sql):
        place = tuple(str(row[name]) for name in BASE_PLACE)
        is_few = 0 < row["n_further"] < release.known.min_responses or row["n_further"] == row["base_further"]
        if row["question_id"] in release.closed and place not in printed and is_few:
            yield Pinned("n", (*place, "option", row["answer_code"]), row["n"])


# Rows by what respondents say.

BASE_PLACE = ("round_id", "question_id", "unit", "breakdown", "breakdown_id")
BASES_OF_ROWS = f"""
    select {", ".join(BASE_PLACE)}, max(base_n) as base from marts.answer_distribution
    where base_n is not null and breakdown <> 'all' group by all order by all
"""


def rows_of_answers(release: Released) -> Iterator[Pinned]:
    """How many gave an answer that is hidden: as many as are in the row that it makes."""
    sql = """
        select round_id, question_id, unit, answer_code from marts.answer_distribution
        where breakdown = 'all' and level = 'option' and cell_status like 'hidden%'
    """
    hidden = {tuple(row.values()) for row in release.rows(sql)}
    for row in release.rows(BASES_OF_ROWS):
        of = (row["round_id"], row["breakdown"], row["unit"])
        is_whole = row["question_id"] == row["breakdown"]
        is_whole = is_whole or release.is_answered_by_all(row["round_id"], row["question_id"])
        if row["breakdown"] in release.closed and is_whole and (*of, row["breakdown_id"]) in hidden:
            yield Pinned("n", (*of, "all", "all", "option", row["breakdown_id"]), row["base"])


def few_left_blank(release: Released) -> Iterator[Pinned]:
    """What few say, or all, who left a question blank: the bases of areas tell who they are."""
    bases: dict[tuple[str, str, str], dict[str, dict[str, int]]] = {}
    for row in release.rows(BASES_OF_ROWS):
        if row["breakdown"] == "role" or row["breakdown"] in release.closed:
            of = bases.setdefault((row["round_id"], row["unit"], row["breakdown"]), {})
            of.setdefault(row["question_id"], {})[row["breakdown_id"]] = row["base"]
    for (round_id, unit, breakdown), by_question in bases.items():
        few = release.known.min_municipalities if unit == "municipality" else release.known.min_responses
        whole = [sizes for name, sizes in by_question.items() if release.is_answered_by_all(round_id, name)]
        for question_id, told in by_question.items() if whole else ():
            blank = {row: whole[0][row] - n for row, n in told.items() if row in whole[0]}
            if blank and max(blank.values()) > 0 and min(blank.values()) < few:
                for row in blank:
                    yield Pinned("base_n", (round_id, question_id, unit, breakdown, row), told[row])


# (g) Conflicts, and what became of checks.

AGREE = "answers_agree_within_municipality"


def conflicts(release: Released) -> Iterator[Pinned]:
    """Of municipalities with several respondents all disagree, or none."""
    sql = """
        select distinct round_id, question_id, breakdown, breakdown_id, n_conflicts from marts.answer_distribution
        where n_conflicts is not null
        union
        select round_id, question_id, breakdown, breakdown_id, n_conflicts from marts.number_summary
        where n_conflicts is not null
        order by all
    """
    for row in release.rows(sql):
        place = (row["breakdown"], row["breakdown_id"])
        yield from _disagree(release, row["round_id"], row["question_id"], place, row["n_conflicts"])


def conflicts_by_check(release: Released) -> Iterator[Pinned]:
    """The check passes: nobody disagrees."""
    sql = "select * from marts.round_quality_detail where check_id = ? and part = 'question' and status = 'pass'"
    for row in release.rows(sql, AGREE):
        yield from _disagree(release, row["round_id"], row["part_id"], WHOLE, 0)


def _disagree(release: Released, round_id: str, question_id: str, place: Place, n: int) -> Iterator[Pinned]:
    several = release.several(round_id, place)
    if (
        question_id in release.closed
        and _all_answered(release, round_id, question_id, place)
        and n in (0, len(several))
    ):
        for each in several:
            yield Pinned("disagrees", (round_id, question_id, each["municipality_code"]), int(n > 0))


def _all_answered(release: Released, round_id: str, question_id: str, place: Place) -> bool:
    """Whether everybody in a row answered a question: nobody left it blank, or its base is all of them."""
    sql = f"select base_n from ({BASES}) where round_id = ? and question_id = ? and unit = 'response'"
    found = release.rows(f"{sql} and breakdown = ? and breakdown_id = ?", round_id, question_id, *place)
    whole = {"base_n": release.n_responses(round_id, place)}
    return release.is_answered_by_all(round_id, question_id) or whole in found


def statuses_of_parts(release: Released, telling: Iterable[str]) -> Iterator[Pinned]:
    """Whether a closed question passed a check of its answers."""
    sql = "select * from marts.round_quality_detail where status in ('pass', 'fail') and part = 'question' order by all"
    for row in release.rows(sql):
        if row["check_id"] in {*telling} and row["part_id"] in release.closed:
            yield Pinned("status_of_part", (row["round_id"], row["check_id"], row["part_id"]), row["status"])


def statuses_of_rounds(release: Released, telling: Iterable[str]) -> Iterator[Pinned]:
    """Whether a round with closed questions passed a check of its answers."""
    sql = "select * from marts.round_quality where status in ('pass', 'fail') order by all"
    for row in release.rows(sql):
        if row["check_id"] in {*telling} and row["round_id"] in release.responded:
            yield Pinned("status_of_round", (row["round_id"], row["check_id"]), row["status"])


# (h) What the release before said.


def old_values(release: Released) -> Iterator[Pinned]:
    """What a cell was in the release before, which is hidden now."""
    hidden = {_cell(row) for row in release.rows(HIDDEN)}
    sql = """
        select * from marts.release_change
        where table_name = 'answer_distribution' and column_name = 'n' and old_value is not null order by all
    """
    for row in release.rows(sql):
        if (cell := _changed(row)) in hidden:
            yield Pinned("n", cell, int(row["old_value"]))


def _changed(row: Row) -> tuple[str, ...]:
    """The cell that a row of release_change is of."""
    named = dict(part.split("=", 1) for part in row["row"].split(", "))
    _, question_id = named["question_key"].split("/")
    _, breakdown, breakdown_id = named["breakdown_key"].split("/")
    place = {"question_id": question_id, "breakdown": breakdown, "breakdown_id": breakdown_id}
    return _cell({**named, **place, "round_id": row["round_id"]})


def values_before_an_erasure(release: Released, round_id: str) -> Iterator[Pinned]:
    """Whatever is told of how a round was when somebody was in it who is not any more."""
    sql = "select * from marts.release_change where round_id = ? and old_value is not null order by all"
    for row in release.rows(sql, round_id):
        yield Pinned("before", (row["table_name"], row["row"], row["column_name"]), row["old_value"])


def answers_of_the_erased(release: Released, round_id: str) -> Iterator[Pinned]:
    """One less gave an answer than in the release before: it is the answer of who was erased."""
    sql = """
        select * from marts.release_change where round_id = ? and table_name = 'answer_distribution'
        and column_name = 'n' and old_value::integer - new_value::integer = 1 order by all
    """
    for row in release.rows(sql, round_id):
        _, question_id, *place, answer = _changed(row)
        if place == ["response", *WHOLE, "option"] and question_id in release.closed:
            yield Pinned("erased", (question_id, answer), 1)
