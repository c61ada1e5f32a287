"""What a release says of a round beside its accuracy: who, what, when, for whom, and how it was made."""

from __future__ import annotations

from collections import Counter

from publish.report.accuracy import said_of_figures
from publish.report.blocks import Block, Sentence, Table, Terms
from publish.report.facts import ALL, RoundFacts, Row
from publish.report.findings import checks_of, findings_table, said_of_checks
from publish.report.numbers import NONE, counted, in_helsinki, said_days, said_time

COMPARED = ("question", "earlier round", "comparability", "reason")
CHANGE = ("table", "changes")
DISCREPANCY = ("printed figure", "printed", "computed", "explanation")
INPUT = ("file", "kind", "rows", "producer", "licence")
WHO = {"Funded by": "funder", "Carried out by": "carried_out_by", "Sent to": "sent_to"}
ROUND = ("round", "in the field", "responses", "municipalities", "answers")


def nothing_on(subject: str) -> list[Block]:
    return [Sentence(f"The release holds nothing on {subject}.")]


def contact(facts: RoundFacts) -> list[Block]:
    terms = {"Organisation": _said(facts, "publisher", facts.survey_id) or NONE}
    terms |= {name: said for name, thing in WHO.items() if (said := _said(facts, thing, facts.survey_id))}
    return [Terms(terms), *nothing_on("a contact person or an address")]


def _said(facts: RoundFacts, thing: str, key: str) -> str | None:
    """What the survey or round says of a thing; None where it says nothing."""
    return facts.label(thing, key) if facts.labels(thing, key) else None


def metadata_update(facts: RoundFacts) -> list[Block]:
    made = said_time(facts.release["created_at"])
    return [Sentence(f"This page was made with release {facts.release['number']} of {made} and from it alone.")]


def presentation(facts: RoundFacts) -> list[Block]:
    shown = [breakdown.replace("_", " ") for breakdown in facts.response if breakdown != ALL]
    terms = {"Survey": facts.label("survey", facts.survey_id), "Round": facts.label("round", facts.key)}
    population = _said(facts, "population", facts.survey_id) or NONE
    terms |= {"Population": population, "Units": "a response; a municipality"}
    terms |= {"Questions": str(len(facts.statuses)), "Response rates by": ", ".join(shown) or NONE}
    note = _said(facts, "reading_note", facts.key)
    return [Terms(terms), *([Sentence(note)] if note else [])]


def unit_of_measure(facts: RoundFacts) -> list[Block]:
    units = sorted({row["unit_of_measure"] for row in facts.of_survey("dim_question") if row["unit_of_measure"]})
    numbers = f" Questions that ask for a number: {', '.join(units)}." if units else ""
    return [Sentence(f"Number of responses or of municipalities, and per cent of them.{numbers}")]


def reference_period(facts: RoundFacts) -> list[Block]:
    window = said_days(facts.round.get("opens_on"), facts.round.get("closes_on"))
    return [Sentence(f"In the field {window}, both days included.")]


def confidentiality(facts: RoundFacts) -> list[Block]:
    cells = facts.counted("answer_distribution", "cell_status")
    hidden = sum(n for status, n in cells.items() if status.startswith("hidden"))
    why = ""
    if facts.is_synthetic and facts.is_protected:
        why = "The answers are made up, and small cells are hidden as if they were real, to show how. "
    elif not facts.is_protected:
        why = "The answers are made up, so that no cell needs hiding. "
    said = f"{why}Of {counted(cells.total(), 'published cell')}, {hidden} hidden."
    return [Sentence(said), *_disclosure(facts), *checks_of(facts, "privacy")]


def _disclosure(facts: RoundFacts) -> list[Block]:
    found = Counter(row["disclosure"] for row in facts.of_survey("dim_question"))
    said = ", ".join(f"{n} {kind.replace('_', ' ')}" for kind, n in sorted(found.items()))
    return [Sentence(f"Questions by disclosure: {said}.")] if said else []


def release_policy(facts: RoundFacts) -> list[Block]:
    number, earlier = facts.release["number"], facts.release["compared_with"]
    after = f", after release {earlier}" if earlier else ", the first that readers had"
    return [Sentence(f"Published in release {number}{after}."), *nothing_on("a release calendar")]


def frequency(facts: RoundFacts) -> list[Block]:
    rounds = sorted(facts.of_survey("dim_round"), key=lambda row: row.get("sort_order") or 0)
    return [Table("Rounds of the survey in the release", ROUND, [_round(row) for row in rounds], numbers=ROUND[2:4])]


def _round(row: Row) -> tuple[str, ...]:
    return (
        row["round_id"],
        said_days(row.get("opens_on"), row.get("closes_on")),
        str(row.get("n_responses", NONE)),
        f"{row.get('n_municipalities', NONE)} of {row.get('n_frame', NONE)}",
        "made up" if row["is_synthetic"] else "given",
    )


def accessibility(facts: RoundFacts) -> list[Block]:
    terms = {
        "For DuckDB clients": "data/published/current.duckdb, schema marts",
        "For other tools": "the same tables in data/published/current/parquet/ and data/published/current/csv/",
        "Documentation": "tables and columns have comments in the file; checks and their formulas end this page",
        "Licence": facts.survey.get("licence") or NONE,
    }
    return [Terms(terms)]


def assurance(facts: RoundFacts) -> list[Block]:
    return [
        Sentence(
            f"Of the round, {said_of_checks(facts.checks)}; of the whole warehouse, "
            f"{said_of_checks(facts.warehouse_checks)}. A failed block or open gate keeps a release from readers."
        )
    ]


def assessment(facts: RoundFacts) -> list[Block]:
    return findings_table(facts)


def completeness(facts: RoundFacts) -> list[Block]:
    known = facts.of_survey("dim_question")
    asked = [question for question, statuses in facts.statuses.items() if set(statuses) - {"not_asked"}]
    return [Sentence(f"The round asked {len(asked)} of {counted(len(known), 'question')} of the codebook.")]


def timeliness(facts: RoundFacts) -> list[Block]:
    closed = facts.round.get("closes_on")
    days = (in_helsinki(facts.release["created_at"]).date() - closed).days if closed else None
    said = (
        f"This release was made {counted(days, 'day')} after the field closed on {closed}." if days is not None else ""
    )
    return [*([Sentence(said)] if said else nothing_on("the field window")), *checks_of(facts, "time")]


def over_time(facts: RoundFacts) -> list[Block]:
    rows = [
        (
            facts.label("question", row["question_key"]),
            row["earlier_round_id"],
            row["comparability"],
            row["reason"] or NONE,
        )
        for row in facts.of_round("comparability")
    ]
    if not rows:
        return [Sentence("The release holds no earlier round of the survey to compare this one with.")]
    return [Table("Comparability with the round before", COMPARED, rows, words=("comparability",))]


def with_print(facts: RoundFacts) -> list[Block]:
    """Coherence with what was printed of the survey."""
    odd = [figure for figure in facts.figures if figure["status"] != "match"]
    made_up = "The answers were calibrated to these figures: a match proves the arithmetic, not the world."
    said: list[Block] = [Sentence(made_up)] if facts.is_synthetic and facts.figures else []
    rows = [_discrepancy(figure) for figure in odd]
    table = Table("Printed figures that do not match", DISCREPANCY, rows, numbers=DISCREPANCY[1:3])
    return [*said_of_figures(facts), *said, *([table] if rows else [])]


def _discrepancy(figure: Row) -> tuple[str, ...]:
    names = ("statistic", "question_id", "breakdown_id", "answer")
    what = ", ".join(figure[name] for name in names if figure[name] and figure[name] != ALL)
    values = (_plain(figure["published_value"]), _plain(figure["computed_value"]))
    return (f"{figure['figure_id']}: {what}", *values, figure["explanation"] or NONE)


def _plain(value: object) -> str:
    """A decimal without the zeros at its end."""
    text = NONE if value is None else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def burden(facts: RoundFacts) -> list[Block]:
    said = f"{facts.round.get('n_responses', NONE)} responses to {counted(len(facts.statuses), 'question')}."
    return [Sentence(said), *nothing_on("costs or the time that answering took")]


def revision(facts: RoundFacts) -> list[Block]:
    earlier = facts.release["compared_with"]
    if earlier is None:
        return [Sentence("There is no earlier release to compare this one with.")]
    found = facts.counted("release_change", "table_name")
    if not found:
        return [Sentence(f"Nothing published about the round differs from release {earlier}.")]
    rows = [(name, str(n)) for name, n in sorted(found.items())]
    return [Table(f"What differs from release {earlier}", CHANGE, rows, numbers=CHANGE[1:])]


def sources(facts: RoundFacts) -> list[Block]:
    rows = [_input(row) for row in facts.tables.by("release_input").get((), []) if _is_of(facts, row)]
    return [Table("Files", INPUT, rows, numbers=("rows",))] if rows else nothing_on("the files of the round")


def _is_of(facts: RoundFacts, row: Row) -> bool:
    return row["survey_id"] in (None, facts.survey_id) and row["round_id"] in (None, facts.round_id)


def _input(row: Row) -> tuple[str, ...]:
    values = (row["source_file"], row["kind"], row["n_rows"], row["producer"], row["licence"])
    return tuple(NONE if value is None else str(value) for value in values)


def collection(facts: RoundFacts) -> list[Block]:
    days = [row["submitted_on"] for row in facts.of_round("response_curve")]
    return [Sentence(f"Responses came {min(days)} to {max(days)}.")] if days else nothing_on("when responses came")


def validation(facts: RoundFacts) -> list[Block]:
    families = sorted({check["family"] for check in facts.checks if check["family"]})
    return [Sentence(f"Checks of {', '.join(families)}: each with its definition at the end of this page.")]


def compilation(_: RoundFacts) -> list[Block]:
    said = "Figures count valid answers only; nothing is imputed. Weighted shares count size classes as in the frame."
    return [Sentence(f"{said} Percentages are rounded half up.")]


def comment(facts: RoundFacts) -> list[Block]:
    made_up = "This is a demonstration: its answers are made up, and it says nothing of any municipality."
    return [Sentence(made_up)] if facts.is_synthetic else nothing_on("anything else about the round")
