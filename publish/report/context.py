"""What a release says of a round beside its accuracy: who, what, when, for whom, and how it was made.

A heading on which the release holds nothing has no blocks."""

from __future__ import annotations

from collections import Counter

from publish.report import names
from publish.report.accuracy import describe_figures
from publish.report.blocks import Block, Sentence, Table, Terms, Text
from publish.report.checks import checks_of, describe_checks, findings_table
from publish.report.facts import ALL, RoundFacts, Row
from publish.report.numbers import NONE


def contact(facts: RoundFacts) -> list[Block]:
    say = facts.say
    who = {
        say("Organisation"): facts.said("publisher", facts.survey_id) or NONE,
        say("Funded by"): facts.said("funder", facts.survey_id),
        say("Carried out by"): facts.said("carried_out_by", facts.survey_id),
        say("Sent to"): facts.said("sent_to", facts.survey_id),
    }
    return [Terms({name: said for name, said in who.items() if said})]


def metadata_update(facts: RoundFacts) -> list[Block]:
    made = facts.say("This page is made of the release alone, and anew whenever what it tells has changed.")
    return [Sentence(f"{made} {describe_change(facts)}")]


def describe_change(facts: RoundFacts) -> str:
    """Not which release the page is of: that of a round that has not changed goes from release to release."""
    return facts.say(
        "The figures of the round last changed in release {number} of {day}.",
        number=facts.last_change.number, day=facts.words.day(facts.last_change.day),
    )  # fmt: skip


def presentation(facts: RoundFacts) -> list[Block]:
    say = facts.say
    shown = [facts.code("breakdown", breakdown) for breakdown in facts.response if breakdown != ALL]
    terms = {
        say("Survey"): facts.label("survey", facts.survey_id),
        say("Round"): facts.label("round", facts.key),
        say("Population"): facts.said("population", facts.survey_id) or NONE,
        say("Units"): say("a response; a municipality"),
        say("Questions"): facts.words.count(len(facts.statuses)),
        say("Response rates by"): "; ".join(shown) or NONE,
    }
    note = facts.said("reading_note", facts.key)
    return [Terms(terms), *([Sentence(note)] if note else [])]


def unit_of_measure(facts: RoundFacts) -> list[Block]:
    units = sorted({row["unit_of_measure"] for row in facts.of_survey("dim_question") if row["unit_of_measure"]})
    said = [facts.say("Number of responses or of municipalities, and per cent of them.")]
    said += [facts.say("Questions that ask for a number: {units}.", units=", ".join(units))] if units else []
    return [Sentence(" ".join(said))]


def reference_period(facts: RoundFacts) -> list[Block]:
    window = facts.days(facts.round.get("opens_on"), facts.round.get("closes_on"))
    return [Sentence(facts.say("In the field {days}, both days included.", days=window))]


def confidentiality(facts: RoundFacts) -> list[Block]:
    cells = facts.counted("answer_distribution", "cell_status")
    hidden = sum(n for status, n in cells.items() if status.startswith("hidden"))
    said = [facts.say("The answers are made up, so that no cell needs hiding.")] if not facts.is_protected else []
    if facts.is_synthetic and facts.is_protected:
        said = [facts.say("The answers are made up, and small cells are hidden as if they were real, to show how.")]
    count = facts.words.count
    said.append(facts.say("Published cells: {n}, hidden: {hidden}.", n=count(cells.total()), hidden=count(hidden)))
    return [Sentence(" ".join(said)), *_disclosure(facts), *checks_of(facts, "privacy")]


def _disclosure(facts: RoundFacts) -> list[Block]:
    kinds = names.disclosure(facts.say)
    found = Counter(kinds[row["disclosure"]] for row in facts.of_survey("dim_question"))
    said = facts.count_of(dict(sorted(found.items())))
    return [Sentence(facts.say("Questions by what their answers are: {kinds}.", kinds=said))] if said else []


def release_policy(facts: RoundFacts) -> list[Block]:
    return [Sentence(facts.say("Releases are numbered; a new one is made when inputs or the program have changed."))]


def frequency(facts: RoundFacts) -> list[Block]:
    return [Sentence(facts.say("All rounds of the survey are on the page of all surveys."))]


def accessibility(facts: RoundFacts) -> list[Block]:
    say = facts.say
    terms = {
        say("For DuckDB clients"): say("current.duckdb, schema marts"),
        say("For other tools"): say("the same tables in the folders parquet and csv"),
        say("Documentation"): say("tables and columns have comments in the file; every check ends this page"),
        say("Licence"): facts.survey.get("licence") or NONE,
    }
    return [Terms(terms)]


def assurance(facts: RoundFacts) -> list[Block]:
    found = {"checks": describe_checks(facts, facts.checks), "others": describe_checks(facts, facts.warehouse_checks)}
    said = facts.say("Checks of the round: {checks}. Checks of the whole warehouse: {others}.", **found)
    refused = facts.say("Where a check that blocks fails, or a gate is open, nothing is published.")
    return [Sentence(f"{said} {refused}")]


def assessment(facts: RoundFacts) -> list[Block]:
    return findings_table(facts)


def completeness(facts: RoundFacts) -> list[Block]:
    asked = [question for question, statuses in facts.statuses.items() if set(statuses) - {"not_asked"}]
    n, known = facts.words.count(len(asked)), facts.words.count(len(facts.of_survey("dim_question")))
    return [Sentence(facts.say("Of the {all} questions of the codebook the round asked {n}.", n=n, all=known))]


def timeliness(facts: RoundFacts) -> list[Block]:
    closed = facts.round.get("closes_on")
    said = facts.say(
        "The figures last changed {n} days after the field closed.",
        n=facts.words.count((facts.last_change.day - closed).days),
    ) if closed else None  # fmt: skip
    return [*([Sentence(said)] if said else []), *checks_of(facts, "time")]


def over_time(facts: RoundFacts) -> list[Block]:
    say = facts.say
    rows = [
        (
            facts.label("question", row["question_key"]),
            row["earlier_round_id"],
            Text(facts.code("comparability", row["comparability"]), word=row["comparability"]),
            facts.english(row["reason"]),
        )
        for row in facts.of_round("comparability")
    ]
    columns = (say("question"), say("earlier round"), say("comparability"), say("reason"))
    return [Table(say("Comparability with the round before"), columns, rows)] if rows else []


def with_print(facts: RoundFacts) -> list[Block]:
    """Coherence with what was printed of the survey."""
    say = facts.say
    made_up = say("The answers were calibrated to these figures: a match proves the arithmetic, not the world.")
    said: list[Block] = [Sentence(made_up)] if facts.is_synthetic and facts.figures else []
    columns = (say("printed figure"), say("printed"), say("computed"), say("explanation"))
    rows = [_discrepancy(facts, figure) for figure in facts.figures if figure["status"] != "match"]
    table = Table(say("Printed figures that do not match"), columns, rows, numbers=columns[1:3])
    return [*describe_figures(facts), *said, *([table] if rows else [])]


def _discrepancy(facts: RoundFacts, figure: Row) -> tuple[str, ...]:
    codes = ("statistic", "question_id", "breakdown_id", "answer")
    what = ", ".join(figure[name] for name in codes if figure[name] and figure[name] != ALL)
    values = (facts.words.number(figure["published_value"]), facts.words.number(figure["computed_value"]))
    return (f"{figure['figure_id']}: {what}", *values, facts.english(figure["explanation"]))


def burden(facts: RoundFacts) -> list[Block]:
    n, questions = facts.words.count(facts.round.get("n_responses")), facts.words.count(len(facts.statuses))
    return [Sentence(facts.say("Responses: {n}. Questions: {questions}.", n=n, questions=questions))]


def revision(facts: RoundFacts) -> list[Block]:
    said = facts.say("What was wrong is mended in a new release, whose table release_change tells what differs.")
    return [Sentence(f"{said} {describe_change(facts)}")]


def sources(facts: RoundFacts) -> list[Block]:
    say = facts.say
    rows = [_input(facts, row) for row in facts.tables.by("release_input").get((), []) if _is_of(facts, row)]
    columns = (say("file"), say("kind"), say("rows"), say("producer"), say("licence"))
    return [Table(say("Files"), columns, rows, numbers=columns[2:3])] if rows else []


def _is_of(facts: RoundFacts, row: Row) -> bool:
    return row["survey_id"] in (None, facts.survey_id) and row["round_id"] in (None, facts.round_id)


def _input(facts: RoundFacts, row: Row) -> tuple[str, ...]:
    kind = names.inputs(facts.say).get(row["kind"], row["kind"])
    said = (row["producer"] or NONE, row["licence"] or NONE)
    return (row["source_file"], kind, facts.words.count(row["n_rows"]), *said)


def collection(facts: RoundFacts) -> list[Block]:
    days = [row["submitted_on"] for row in facts.of_round("response_curve")]
    return [Sentence(facts.say("Responses came {days}.", days=facts.days(min(days), max(days))))] if days else []


def validation(facts: RoundFacts) -> list[Block]:
    called = names.families(facts.say)
    families = ", ".join(sorted({called.get(check["family"], check["family"]) for check in facts.checks}))
    said = facts.say("There are checks of these: {families}. Each stands at the end of this page.", families=families)
    return [Sentence(said)] if families else []


def compilation(facts: RoundFacts) -> list[Block]:
    valid = facts.say("Figures count valid answers only; nothing is imputed. Percentages are rounded half up.")
    weighted = facts.say("Weighted shares count size classes as in the frame.")
    return [Sentence(f"{valid} {weighted}")]


def comment(facts: RoundFacts) -> list[Block]:
    made_up = facts.say("This is a demonstration: its answers are made up, and it says nothing of any municipality.")
    return [Sentence(made_up)] if facts.is_synthetic else []
