"""For each check a fault that it must see, and the other checks that cannot but see it too."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.hashes import text_hash
from tests.planted.base import BATTERY, N_MUNICIPALITIES, ROUND, Survey, county_of, figure, is_large

Plant = Callable[[Survey], None]


@dataclass(frozen=True)
class Fault:
    """What is done to a sound survey; `seen_by` are all the checks that fail, the one it is planted for among them."""

    check_id: str
    seen_by: frozenset[str]
    plant: Plant


@dataclass(frozen=True)
class WarehouseFault:
    """What the reader refuses in a file, or only our own fault could bring about: done to the sound survey's tables."""

    statements: tuple[str, ...]
    seen_by: frozenset[str]


FAULTS: dict[str, Fault] = {}
TYPED = ("answers_doubtful_warn",)  # counts every doubtful answer to a question of that severity
# Who did not answer shows in many measures: the more one-sided, the more of them.
LEANING = ("frame_bias_size_class", "partial_r", "r_indicator")
ONE_SIDED = (
    *LEANING, "foreign_language_coverage", "maximal_bias", "population_coverage", "response_cv",
)  # fmt: skip
FROM_SMALL_ONES = (*ONE_SIDED, "frame_bias_population")


def planted(check_id: str, *also: str) -> Callable[[Plant], Plant]:
    def keep(plant: Plant) -> Plant:
        FAULTS[check_id] = Fault(check_id, frozenset({check_id, *also}), plant)
        return plant

    return keep


def without(survey: Survey, indexes: Iterable[int]) -> None:
    """Municipalities that did not answer."""
    gone = set(indexes)
    survey.rows = [row for index, row in enumerate(survey.rows) if index not in gone]
    survey.figures = [figure(survey.survey_id, "answered", "n_responses", str(len(survey.rows)))]


def repeated(survey: Survey, index: int, **changed: str) -> None:
    """One more response of a municipality."""
    survey.rows.append(survey.rows[index] | {"id": f"x{len(survey.rows)}", "person": f"q{len(survey.rows)}"} | changed)
    survey.figures = [figure(survey.survey_id, "answered", "n_responses", str(N_MUNICIPALITIES + 1))]
    survey.codings.append(survey.codings[index] | {"response_id": survey.rows[-1]["id"]})


def name_texts(survey: Survey) -> None:
    """The codings say which text each is of."""
    texts = {row["id"]: row["comments"] for row in survey.rows}
    for row in survey.codings:
        id_ = row["response_id"]
        row["text_hash"] = text_hash(ROUND, id_, "comments", texts[id_])


def sign_off(survey: Survey, *reasons: str | None) -> None:
    """Real answers that were signed off, each time with a reason or without."""
    survey.rounds[ROUND]["is_synthetic"] = False
    survey.signed = reasons


# rows


@planted("quarantined_share", "rows_unknown_municipality")
def _(survey: Survey) -> None:
    survey.settings["limits"]["quarantined_share"] = 0.05
    survey.figures.clear()
    survey.answer("code", "X99", 0, 1)


@planted("rows_unknown_municipality")
def _(survey: Survey) -> None:
    survey.rows.append(survey.rows[0] | {"id": "x", "person": "x", "code": "X99"})


@planted("rows_out_of_frame", "under_coverage")
def _(survey: Survey) -> None:
    survey.rounds[ROUND]["frame"]["scope"] = "mainland"
    survey.figures.clear()


@planted("rows_unreadable")
def _(survey: Survey) -> None:
    survey.rows.append(survey.rows[0] | {"id": "x", "person": "x", "code": "M01", "TOO_MANY": ""})


@planted("rows_not_eligible")
def _(survey: Survey) -> None:
    survey.rounds[ROUND]["eligible"] = "${staff} < 900"
    survey.rows.append(survey.rows[0] | {"id": "x", "person": "x", "staff": "950"})


@planted("rows_empty_row")
def _(survey: Survey) -> None:
    survey.rounds[ROUND]["skip_rows_without"] = ["offers"]
    survey.rows.append(dict.fromkeys(survey.rows[0], "") | {"id": "x", "code": "M01"})


@planted("rows_set_aside_by_value")
def _(survey: Survey) -> None:
    survey.rounds[ROUND]["skip_rows_where"] = {"finished": ["a test"]}
    survey.rows.append(survey.rows[0] | {"id": "x", "person": "x", "finished": "a test"})


@planted("rows_exact_duplicate")
def _(survey: Survey) -> None:
    survey.rows.append(dict(survey.rows[0]))


@planted("rows_superseded_by_same_person")
def _(survey: Survey) -> None:
    earlier = survey.rows[0] | {"id": "x", "started": "2023-01-01 08:00:00", "sent": "2023-01-01 08:09:00"}
    survey.rows.append(earlier)


@planted("rows_withdrawn")
def _(survey: Survey) -> None:
    survey.rows.append(survey.rows[0] | {"id": "x", "person": "x"})
    survey.corrections.append(
        {
            "response_id": "x", "question_id": "", "old_value": "", "new_value": "", "action": "withdraw",
            "reason": "asked for it", "by": "a person", "on": "2023-02-02",
        }
    )  # fmt: skip


@planted("weights_readable")
def _(survey: Survey) -> None:
    survey.answer("weight", "-1", 3)


@planted("unfinished_counted")
def _(survey: Survey) -> None:
    survey.answer("finished", "no", 3)


# frame and duplicates


@planted("roles_known", "groups_of_one")
def _(survey: Survey) -> None:
    survey.with_roles()
    survey.answer("role", "chair", 2)


@planted("groups_of_one")
def _(survey: Survey) -> None:
    survey.with_roles()


@planted("size_class_as_reported")
def _(survey: Survey) -> None:
    survey.answer("size", "large", 1)


@planted("under_coverage")
def _(survey: Survey) -> None:
    survey.rounds[ROUND]["frame"]["scope"] = "mainland"
    without(survey, [N_MUNICIPALITIES - 1])


@planted("responses_per_municipality", "municipalities_reconciled")
def _(survey: Survey) -> None:
    for number in range(5):
        repeated(survey, 4, comments=f"Another comment, number {number}, of the same place")
    survey.figures.clear()


@planted("municipalities_reconciled")
def _(survey: Survey) -> None:
    repeated(survey, 4, comments="Another comment of the same municipality")


@planted("answers_agree_within_municipality", "municipalities_reconciled")
def _(survey: Survey) -> None:
    repeated(survey, 4, kind="bought", comments="Another comment of the same municipality")


# response and representativity


@planted("response_rate", "foreign_language_coverage", "population_coverage")
def _(survey: Survey) -> None:
    """Every second municipality of each county and size class, and one more."""
    without(survey, [0, 1, 2, 3, 4, 5, 12, 13, 14, 15, 16, 17, 18])


@planted("no_empty_county", "dont_know", "frame_bias_county", "partial_r")
def _(survey: Survey) -> None:
    without(survey, [index for index in range(N_MUNICIPALITIES) if county_of(index) == "north"])


@planted("no_empty_size_class", *FROM_SMALL_ONES, "frame_bias_language")
def _(survey: Survey) -> None:
    without(survey, [index for index in range(N_MUNICIPALITIES) if is_large(index)])


@planted("population_coverage", *FROM_SMALL_ONES)
def _(survey: Survey) -> None:
    without(survey, [0, 3, 6, 9, 12, 15])


@planted("foreign_language_coverage", *ONE_SIDED)
def _(survey: Survey) -> None:
    without(survey, [0, 3, 6, 9, 12])


@planted("dispositions_known")
def _(survey: Survey) -> None:
    for item in (*BATTERY, "size"):
        survey.answer(item, "", 1, 4, 8)


@planted("blank_responses", "required_answered")
def _(survey: Survey) -> None:
    for use in survey.columns:
        if not use["question_id"].startswith("_"):
            survey.answer(use["source_column"], "", 3)
    del survey.codings[3]


@planted("break_offs")
def _(survey: Survey) -> None:
    for column in ("staff", "share", "since", "size", *BATTERY, "comments", "system"):
        survey.answer(column, "", 5)
    del survey.codings[5]


@planted("r_indicator", *LEANING)
def _(survey: Survey) -> None:
    without(survey, [0, 3, 6, 9])


@planted("response_cv", *ONE_SIDED)
def _(survey: Survey) -> None:
    without(survey, [0, 3, 6, 9, 12])


@planted("maximal_bias", *ONE_SIDED)
def _(survey: Survey) -> None:
    without(survey, [0, 3, 6, 9, 12])


@planted("partial_r", "r_indicator")
def _(survey: Survey) -> None:
    without(survey, [0, 6, 12])


@planted("frame_bias_population", *FROM_SMALL_ONES)
def _(survey: Survey) -> None:
    without(survey, [0, 3, 6, 9, 12, 15])


@planted("frame_bias_language", *FROM_SMALL_ONES, "no_empty_size_class")
def _(survey: Survey) -> None:
    without(survey, [index for index in range(N_MUNICIPALITIES) if is_large(index)])


@planted("frame_bias_size_class", *LEANING)
def _(survey: Survey) -> None:
    without(survey, [0, 3, 6, 9])


@planted("frame_bias_county", *LEANING)
def _(survey: Survey) -> None:
    without(survey, [2, 4, 8, 10, 14, 16])


@planted("weights_spread", *FROM_SMALL_ONES, "design_effect")
def _(survey: Survey) -> None:
    without(survey, [0, 3, 6, 9, 12, 15, 18])


@planted("design_effect", *FROM_SMALL_ONES, "weights_spread")
def _(survey: Survey) -> None:
    without(survey, [0, 3, 6, 9, 12, 15, 18])


# items


@planted("answers_doubtful_block", "codes_in_list")
def _(survey: Survey) -> None:
    survey.choose("kind")["severity"] = "block"
    survey.answer("kind", "rented", 1)


@planted("answers_doubtful_gate", "codes_in_list")
def _(survey: Survey) -> None:
    survey.choose("kind")["severity"] = "gate"
    survey.answer("kind", "rented", 1)


@planted("answers_doubtful_warn", "codes_in_list")
def _(survey: Survey) -> None:
    survey.answer("kind", "rented", 1)


@planted("answers_doubtful_info", "codes_in_list")
def _(survey: Survey) -> None:
    survey.choose("kind")["severity"] = "info"
    survey.answer("kind", "rented", 1)


@planted("codes_in_list", *TYPED)
def _(survey: Survey) -> None:
    survey.answer("kind", "rented", 1)


@planted("numbers_readable", *TYPED)
def _(survey: Survey) -> None:
    survey.answer("staff", "many", 1)


@planted("numbers_in_range", *TYPED, "implausible_pairs")
def _(survey: Survey) -> None:
    survey.answer("staff", "1001", 1)


@planted("dates_readable", *TYPED)
def _(survey: Survey) -> None:
    survey.answer("since", "last spring", 1)


@planted("constraints_judged")
def _(survey: Survey) -> None:
    survey.choose("share")["constraint"] = ". <= 100 and . <= ${staff} + 100"
    survey.answer("staff", "", 1)


@planted("constraints_hold", *TYPED)
def _(survey: Survey) -> None:
    survey.answer("share", "101", 1)


@planted("exclusive_options_alone", *TYPED)
def _(survey: Survey) -> None:
    survey.answer("means_none", "1", 1)


@planted("routing_followed", *TYPED)
def _(survey: Survey) -> None:
    survey.answer("how", "yes", 1)


@planted("answers_within_soft_bounds")
def _(survey: Survey) -> None:
    survey.answer("staff", "501", 0)


@planted("required_answered")
def _(survey: Survey) -> None:
    survey.answer("offers", "", 1)


@planted("other_texts_belong")
def _(survey: Survey) -> None:
    survey.answer("kind", "", 8)


@planted("system_names_matched")
def _(survey: Survey) -> None:
    survey.answer("system", "Nobody knows it", 1)


@planted("impossible_pairs")
def _(survey: Survey) -> None:
    survey.answer("staff", "0", 0)


@planted("implausible_pairs")
def _(survey: Survey) -> None:
    survey.answer("staff", "450", 1)


@planted("item_nonresponse", "base_jumps_between_questions", "required_answered")
def _(survey: Survey) -> None:
    survey.answer("offers", "", 1, 3, 5, 7, 9, 11, 13)


@planted("base_jumps_between_questions", "item_nonresponse")
def _(survey: Survey) -> None:
    survey.answer("size", "", 1, 3, 5, 7, 9, 11, 13)


@planted("dont_know")
def _(survey: Survey) -> None:
    survey.answer("offers", "dont_know", 1, 3, 7, 9)


@planted("answers_vary", "options_used")
def _(survey: Survey) -> None:
    survey.answer(BATTERY[0], "1")


@planted("options_used")
def _(survey: Survey) -> None:
    survey.choices.append(survey.choices[-1] | {"list_name": "kind", "code": "leased", "sort_order": "4"})


@planted("other_specify")
def _(survey: Survey) -> None:
    survey.answer("kind", "other", 1, 3, 5)
    for index in (1, 3, 5):
        survey.answer("kind_other", f"another kind {index}", index)


# coding


@planted("texts_coded")
def _(survey: Survey) -> None:
    survey.codings.pop()


@planted("codings_current")
def _(survey: Survey) -> None:
    name_texts(survey)
    survey.answer("comments", "What stood here was corrected", 3)


@planted("coders_agree")
def _(survey: Survey) -> None:
    """Of 24 texts the second coder reads money instead of time in three, and time instead of money in two."""
    survey.second_codings = [
        row | {"code": "money" if index in (0, 2, 4) else "time" if index in (1, 3) else row["code"]}
        for index, row in enumerate(survey.codings)
    ]


# behaviour and time


@planted("straight_lining")
def _(survey: Survey) -> None:
    for item in BATTERY:
        survey.answer(item, "2", 3)


@planted("speeding")
def _(survey: Survey) -> None:
    survey.answer("started", "2023-01-04 10:00:00", 3)
    survey.answer("sent", "2023-01-04 10:00:02", 3)


@planted("repeated_texts")
def _(survey: Survey) -> None:
    survey.answer("comments", "The very same words, sent by two", 3, 4)


@planted("submitted_in_field_window")
def _(survey: Survey) -> None:
    survey.answer("started", "2023-02-01 10:00:00", 3)
    survey.answer("sent", "2023-02-01 10:09:30", 3)


@planted("submission_times_readable")
def _(survey: Survey) -> None:
    survey.answer("sent", "yesterday", 3)


@planted("delivery_on_time")
def _(survey: Survey) -> None:
    survey.cards[ROUND]["received_on"] = "2023-03-02"


@planted("form_versions")
def _(survey: Survey) -> None:
    survey.answer("form", "2", 3)


@planted("stale_source")
def _(survey: Survey) -> None:
    survey.rounds[ROUND]["field_window"]["closes_on"] = "2999-12-31"
    survey.rounds[ROUND].pop("delivery")


@planted("source_matches_card")
def _(survey: Survey) -> None:
    survey.cards[ROUND]["sha256"] = {"responses.csv": "0" * 64}


@planted("revision_accepted")
def _(survey: Survey) -> None:
    sign_off(survey, None, "Corrected by the producer")


# drift


@planted("share_change", "distribution_drift", "options_used")
def _(survey: Survey) -> None:
    survey.with_earlier_round()
    survey.answer("kind", "own", *(index for index in range(N_MUNICIPALITIES) if index % 8))


@planted("distribution_drift", "options_used", "share_change")
def _(survey: Survey) -> None:
    survey.with_earlier_round()
    survey.answer("kind", "own", *(index for index in range(N_MUNICIPALITIES) if index % 8))


@planted("wording_unchanged")
def _(survey: Survey) -> None:
    survey.with_earlier_round()
    survey.comparability.append(
        {
            "question_id": "kind", "round_id": ROUND, "earlier_question_id": "kind", "comparability": "similar",
            "reason": "reworded",
        }
    )  # fmt: skip


@planted("panel_overlap")
def _(survey: Survey) -> None:
    survey.with_earlier_round()
    survey.earlier_rows = survey.earlier_rows[:11]


@planted("base_jumps_between_rounds", "base_jumps_between_questions", "item_nonresponse", "required_answered")
def _(survey: Survey) -> None:
    survey.with_earlier_round()
    survey.answer("offers", "", 1, 3, 5, 7, 9, 11, 13)


@planted("response_curve", "dont_know")
def _(survey: Survey) -> None:
    survey.with_earlier_round()
    without(survey, range(0, 12))


# privacy and output


@planted("personal_email")
def _(survey: Survey) -> None:
    survey.answer("comments", "Write to somebody@example.org about it", 3)


@planted("personal_phone")
def _(survey: Survey) -> None:
    survey.answer("comments", "Call 040 123 4567 about it", 3)


@planted("personal_identity_code")
def _(survey: Survey) -> None:
    survey.answer("comments", "The client 131052-308T says so", 3)


@planted("personal_iban")
def _(survey: Survey) -> None:
    survey.answer("comments", "Pay to FI21 1234 5600 0007 85", 3)


@planted("figures_reconciled")
def _(survey: Survey) -> None:
    survey.figures = [figure(survey.survey_id, "answered", "n_responses", "25")]


@planted("figures_right_in_print")
def _(survey: Survey) -> None:
    survey.figures.append(
        figure(survey.survey_id, "wrong", "n_responses", "25", known_discrepancy="1", note="a misprint")
    )


@planted("unreliable_shares")
def _(survey: Survey) -> None:
    survey.settings["limits"]["small_base"] = 20


def spoiled(*statements: str, seen_by: Iterable[str]) -> WarehouseFault:
    return WarehouseFault(statements, frozenset(seen_by))


def in_the_field(survey: Survey) -> None:
    """A round whose files come as they should while it is open."""
    survey.rounds[ROUND]["field_window"]["closes_on"] = "2999-12-31"
    survey.rounds[ROUND].pop("delivery")
    survey.cards[ROUND]["received_on"] = "2999-12-01"


def answered_twice(survey: Survey) -> None:
    """Two of the same role answer in each municipality."""
    survey.with_roles()
    for index in range(N_MUNICIPALITIES):
        repeated(survey, index, comments=f"The second answer of municipality {index}")
    survey.figures.clear()


def signed_without_a_reason(survey: Survey) -> None:
    """The last time; the time before there was one."""
    sign_off(survey, None, "Corrected by the producer", None)


def coded_twice(survey: Survey) -> None:
    """Two read the same in each text; in one of them nothing. Ten wrote none: a text is no question that is skipped."""
    survey.answer("comments", "", *range(14, N_MUNICIPALITIES))
    del survey.codings[14:]
    survey.codings[5]["code"] = ""
    name_texts(survey)
    survey.second_codings = [{**row} for row in survey.codings]


# Sound surveys beside the plain one: there pass the checks for which that one lacks what they need.
SOUND = {
    "in_the_field": Fault("in_the_field", frozenset(), in_the_field),
    "answered_twice": Fault("answered_twice", frozenset({"municipalities_reconciled"}), answered_twice),
    "signed": Fault("signed", frozenset(), signed_without_a_reason),
    "coded_twice": Fault("coded_twice", frozenset(), coded_twice),
}

OF_CLEAN = "survey_id = 'clean' and round_id = '2023'"
IN_THE_WAREHOUSE = {
    "rows_conserved": spoiled(
        f"delete from intermediate.int_responses_disposed where {OF_CLEAN} and response_id = 'r01'",
        seen_by=["rows_conserved"],
    ),
    "response_ids_unique": spoiled(
        f"update intermediate.int_responses_disposed set response_id = 'r02' where {OF_CLEAN} and response_id = 'r01'",
        seen_by=["response_ids_unique"],
    ),
    "deliveries_apart": spoiled(
        "insert into raw.surveys__rows by name select 'clean' as survey_id, '2023' as round_id, file as source_file, "
        "'2' as source_line, 'read' as row_status, 'same' as content_sha256 from (values ('a'), ('b')) as files (file)",
        seen_by=["deliveries_apart"],
    ),
    "corrections_applied": spoiled(
        "insert into raw.codebook__corrections by name select 'clean' as survey_id, '2023' as round_id, "
        "'r01' as response_id, 'staff' as question_id, '99' as old_value, '9' as new_value, 'replace' as action",
        seen_by=["corrections_applied"],
    ),
    "codebook_fits": spoiled(
        f"update raw.codebook__columns set question_id = 'gone' where {OF_CLEAN} and question_id = 'system'",
        seen_by=["codebook_fits"],
    ),
    "frame_complete": spoiled(
        f"update intermediate.int_frame_classified set size_class_id = null where {OF_CLEAN} "
        "and municipality_code = 'M01'",
        seen_by=["frame_complete"],
    ),
    "population_known": spoiled(
        f"update intermediate.int_frame_classified set population = null, size_class_id = null where {OF_CLEAN} "
        "and municipality_code = 'M01'",
        seen_by=["population_known"],
    ),
    "frame_one_county": spoiled(
        "delete from raw.registry__municipality_areas where municipality_code = 'M01' and area_level = 'county'",
        seen_by=["frame_one_county"],
    ),
    "municipalities_not_closed": spoiled(
        f"update intermediate.int_responses_disposed set is_municipality_closed = true where {OF_CLEAN} "
        "and response_id = 'r01'",
        seen_by=["municipalities_not_closed"],
    ),
    "percent_sums": spoiled(
        f"update marts.answer_distribution set pct_sum100 = pct_sum100 + 1 where {OF_CLEAN} and question_id = 'kind' "
        "and unit = 'response' and breakdown = 'all' and answer_code = 'own'",
        seen_by=["percent_sums"],
    ),
    "bases_present": spoiled(
        f"update marts.answer_distribution set base_n = null where {OF_CLEAN} and question_id = 'kind' "
        "and unit = 'response' and breakdown = 'all' and answer_code = 'own'",
        seen_by=["bases_present"],
    ),
    "cells_complete": spoiled(
        f"delete from marts.answer_distribution where {OF_CLEAN} and question_id = 'means' "
        "and unit = 'response' and breakdown = 'all' and answer_code = 'paper'",
        seen_by=["cells_complete"],
    ),
    "delivery_not_shrunk": spoiled(
        "insert into raw.release__rows by name select 'clean' as survey_id, '2023' as round_id from range(6)",
        seen_by=["delivery_not_shrunk"],
    ),
    "responses_kept": spoiled(
        "insert into raw.release__rows values ('clean', '2023', 'the token of one that is gone')",
        seen_by=["responses_kept"],
    ),
    "frozen_verdicts": spoiled(
        f"update raw.release__claims set verdict = 'does_not_hold' where {OF_CLEAN}",
        seen_by=["frozen_verdicts"],
    ),
    "frozen_figures": spoiled(
        f"update raw.release__figures set computed_value = '23' where {OF_CLEAN}",
        seen_by=["frozen_figures"],
    ),
}
