"""The microdata that R estimated from, as the tables that the models read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests import rendered as project
from tests.rendered import DBT, Slip, make, rendered

HERE = Path(__file__).parent
CLASSES = ("alle_5000", "5000_10000", "10001_20000", "20001_50000", "50001_100000", "yli_100000")
ROUND = "'survey' as survey_id, 'round' as round_id"
MUNICIPALITY = "mun_id::varchar as municipality_code"
BREAKDOWNS = {"all": "'all'", "size_class": "size_class", "county": "county"}
ROUNDS = ("first", "second")
UNITS = {"response": "resp_id", "municipality": "mun_id"}
BY_MUNICIPALITY, BY_RESPONSE = "microdata_municipality.csv", "microdata_respondent.csv"
CLUSTERS = (
    "int_responses_weighed",
    "int_meanings_counted",
    "int_answers_grouped",
    "int_bases_clustered",
    "int_answers_clustered",
    "int_frame_answered",
    "int_strata_collapsed",
)
STRATA = ("int_bases_stratified", "int_answers_stratified")
SUMS = ("int_answer_bases", "int_answer_cube")
CHANGES = (
    "int_realigned_clustered",
    "int_changes_clustered",
    "int_pairs_weighted",
    "int_pairs_stratified",
    "int_changes_stratified",
    "int_changes_weighed",
    "int_changes_estimated",
)
SHARES = ("int_units_broken_down", "int_conflicts_counted", "int_answer_shares", "int_shares_estimated")
ESTIMATES = (*CLUSTERS, *STRATA, *SUMS, *SHARES)


def read(name: str) -> str:
    """A CSV of this folder."""
    return project.read(HERE / name)


def prepare(connection: duckdb.DuckDBPyConnection, file: str, slip: Slip | None = None) -> None:
    """Frame, codebook, and the answers of a file to q1 (0, 1) and q2 (1 to 4). R took counties as domains of the whole
    frame, which areas are not: strata are of all."""
    prepare_of(connection, read("frame.csv"), read(file), ("q1", "q2"), slip=slip)


def prepare_of(
    connection: duckdb.DuckDBPyConnection,
    frame: str,
    answers: str,
    questions: Sequence[str],
    areas: Collection[str] = (),
    weight: str = "null",
    slip: Slip | None = None,
) -> None:
    """The same of any two relations: each row of answers is a response, and the first of a municipality is the
    municipality's. `areas` are the breakdowns that stand on their own frame; `weight` is the column of answers that
    says what a response weighs, if any does."""
    tables = {
        "int_responses_disposed": f"select {ROUND}, resp_id::varchar as row_key, resp_id::varchar as response_id, "
        "'accepted' as disposition, "
        f"{weight}::decimal(24, 6) as provider_weight, false as is_weight_wrong from {answers}",
        "int_frame_classified": f"select {ROUND}, {MUNICIPALITY}, size_class as size_class_id, population from {frame}",
        **_codebook(frame),
        "int_frame_broken_down": " union all ".join(
            f"select {ROUND}, {MUNICIPALITY}, '{name}' as breakdown, {column} as breakdown_id, "
            f"'{name if name in areas else 'all'}' as strata_of from {frame} where {column} is not null"
            for name, column in BREAKDOWNS.items()
        ),
        "int_answers_by_unit": " union all ".join(_answers(answers, question) for question in questions),
        "int_municipality_answers_resolved": "from int_answers_by_unit where unit = 'municipality'",
        "int_numbers_grouped": "select survey_id, round_id, question_id, unit, municipality_code, 0 as least, "
        "0 as greatest from int_answers_by_unit where number_value is not null",
        "int_units_grouped": "select distinct survey_id, round_id, unit, unit_id, municipality_code, "
        "'all' as breakdown, 'all' as breakdown_id from int_answers_by_unit",
        "int_meanings_given": "select response_id as row_key, question_id || '/' || code as meaning_id "
        "from int_answers_by_unit where unit = 'response'",
        "int_meanings_judged": "select distinct question_id || '/' || code as meaning_id, survey_id, round_id, "
        "question_id, question_type, part, code, 'valid' as answer_status "
        "from int_answers_by_unit where unit = 'response'",
        "int_answer_levels": "select distinct survey_id, question_id, question_type, 'option' as answer_level, "
        "code as answer_code, code as option_code, cast(code as integer) as sort_order, false as is_missing "
        "from int_answers_by_unit",
        "int_questions_in_round": f"select distinct {ROUND}, false as is_synthetic, question_id, question_type, "
        "true as is_asked from int_answer_levels",
        "int_breakdowns_in_round": f"select distinct {ROUND}, breakdown, breakdown_id, true as has_municipalities, "
        "true as is_of_municipality "
        "from int_frame_broken_down",
        "raw__ingest__rounds_to_build": f"select {ROUND}",
    }
    for name, sql in tables.items():
        connection.execute(f"create or replace table {name} as {sql}")
    make(connection, *ESTIMATES, slip=slip)


def _codebook(frame: str) -> dict[str, str]:
    order = "".join(f"when '{name}' then {place} " for place, name in enumerate(CLASSES, start=1))
    return {
        "stg_codebook__size_classes": "select distinct 'survey' as survey_id, size_class as size_class_id, "
        f"case size_class {order} end as sort_order from {frame} where size_class is not null",
        "t_quantiles": f"from read_csv('{DBT}/seeds/t_quantiles.csv')",
        "stg_codebook__not_offered": "select '' as survey_id, '' as round_id, '' as question_id, '' as part limit 0",
        "stg_codebook__surveys": "select 'survey' as survey_id, 20 as small_base, 0.1 as half_width",
    }


def _answers(answers: str, question: str) -> str:
    return " union all ".join(
        f"select distinct on (unit_id) {ROUND}, '{unit}' as unit, {unit_id}::varchar as unit_id, {MUNICIPALITY}, "
        f"municipality_code as cluster_code, '{question}' as question_id, "
        f"'select_one' as question_type, '' as part, {question}::varchar as code, "
        f"resp_id::varchar as response_id, null::boolean as is_ticked, null::double as number_value "
        f"from {answers} where {question} is not null"
        for unit, unit_id in UNITS.items()
    )


def take_whole_sample(connection: duckdb.DuckDBPyConnection, file: str) -> None:
    """Strata of everybody in a file, whether or not they answered the question."""
    connection.execute(
        f"""
        update int_strata_collapsed
        set n_clusters = sampled.n, n_municipalities = sampled.n, weight = n_frame / sampled.n
        from (select size_class, count(distinct mun_id) as n from {read(file)} group by size_class) as sampled,
            int_frame_classified as frame
        where sampled.size_class = frame.size_class_id
            and frame.municipality_code = int_strata_collapsed.municipality_code
        """
    )


def count_as_one_stratum(connection: duckdb.DuckDBPyConnection, n_sampled: int) -> None:
    """A simple random sample of municipalities that was weighted by size class afterwards."""
    factor, open_part = rendered(
        f"{{{{ stratum_factor({n_sampled}, 'weight') }}}}|"
        f"{{{{ finite_population({n_sampled}, '(select count(*) from int_frame_classified)') }}}}"
    ).rsplit("|", 1)
    connection.execute(f"update int_bases_stratified set factor = {factor}, finite_population = {open_part}")


@dataclass(frozen=True)
class Pair:
    """Two rounds, the first and the second: who answered what, and the frame with its classes, as relations."""

    answers: tuple[str, str] = (read(BY_RESPONSE), read("microdata_second_round.csv"))
    frames: tuple[str, str] = (read("frame.csv"), read("frame.csv"))


def prepare_pair(connection: duckdb.DuckDBPyConnection, slip: Slip | None = None, pair: Pair | None = None) -> None:
    """Answers to q1 in two rounds, up to the estimated changes."""
    pair = pair or Pair()
    tables = {
        "int_pairs_to_build": "select 'survey' as survey_id, 'q1' as question_id, 'second' as round_id, "
        "'second' as frame_round_id, 'q1' as earlier_question_id, 'first' as earlier_round_id, "
        "'first' as earlier_frame_round_id, 'same' as comparability, true as is_synthetic, date '2023-01-01' "
        "as division_date",
        "answers": " union all ".join(
            f"select distinct on (unit_id) 'survey' as survey_id, '{name}' as round_id, '{name}' as frame_round_id, "
            f"'{unit}' as unit, {unit_id}::varchar as unit_id, 'q1' as question_id, {MUNICIPALITY}, "
            f"municipality_code as successor_code, q1::varchar as code from {answers} where q1 is not null"
            for name, answers in zip(ROUNDS, pair.answers, strict=True)
            for unit, unit_id in UNITS.items()
        ),
        "int_answers_realigned": "from answers where unit = 'municipality'",
        "int_answers_grouped": " union all ".join(
            "select survey_id, round_id, question_id, unit, 'all' as breakdown, 'all' as breakdown_id, "
            f"municipality_code, '{level}' as answer_level, {code} as answer_code, count(*) as n "
            "from answers where unit = 'response' group by all"
            for level, code in (("option", "code"), ("base", "'base'"))
        ),
        "stg_codebook__rounds": "select distinct survey_id, round_id, date '2023-01-01' as division_date from answers",
        "int_municipality_successors": "select distinct date '2023-01-01' as division_date, municipality_code, "
        "division_date as later_division_date, municipality_code as successor_code from answers",
        "int_frame_broken_down": " union all ".join(
            f"select 'survey' as survey_id, '{name}' as round_id, {MUNICIPALITY}, '{breakdown}' as breakdown, "
            f"{column} as breakdown_id from {frame} where {column} is not null"
            for name, frame in zip(ROUNDS, pair.frames, strict=True)
            for breakdown, column in BREAKDOWNS.items()
        ),
        "int_answer_levels": "select 'survey' as survey_id, 'q1' as question_id, 'option' as answer_level, "
        "unnest(['0', '1']) as answer_code, answer_code as option_code, false as is_missing",
        **_codebook(pair.frames[0]),
    }
    for name, sql in tables.items():
        connection.execute(f"create or replace table {name} as {sql}")
    make(connection, *CHANGES, slip=slip)
