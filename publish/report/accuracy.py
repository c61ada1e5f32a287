"""Accuracy and reliability of a round: what is under heading 13."""

from __future__ import annotations

from collections import Counter

from publish.report.blocks import Bar, Bars, Block, Sentence, Table, Terms
from publish.report.facts import ALL, RoundFacts, Row
from publish.report.findings import checks_of
from publish.report.numbers import NONE, counted, said_pct, said_share

WITHOUT_ANSWER = ("blank", "declared_missing")
NOT_ASKED = ("not_asked", "not_applicable")
NO_FAULT = ("valid", *WITHOUT_ANSWER, *NOT_ASKED)
PICTURES = {"size_class": "Response rate by size class", "county": "Response rate by county"}
ITEM = ("question", "asked", "valid", "no answer", "faulty", "item nonresponse")


def overall(facts: RoundFacts) -> list[Block]:
    statuses = sum(facts.statuses.values(), Counter())
    said = {"Responses": str(facts.round.get("n_responses", NONE)), "Municipalities": said_response(facts)}
    if statuses:
        asked = n_asked(statuses)
        said["Valid answers"] = f"{statuses['valid']} of {asked} asked for ({said_pct(statuses['valid'], asked)})"
    return [Terms(said), *said_of_figures(facts)]


def said_response(facts: RoundFacts) -> str:
    """How many municipalities of the frame answered."""
    whole = next(iter(facts.response.get(ALL, [])), None)
    return _of_frame(whole) if whole else NONE


def _of_frame(row: Row) -> str:
    return f"{row['n_municipalities']} of {row['n_frame']} ({said_pct(row['n_municipalities'], row['n_frame'])})"


def said_of_figures(facts: RoundFacts) -> list[Block]:
    """How the figures of the release stand beside those that were printed."""
    found = Counter(figure["status"] for figure in facts.figures)
    if not found:
        return [Sentence("The release holds no printed figures to compare the round with.")]
    said = ", ".join(f"{n} {status.replace('_', ' ')}" for status, n in sorted(found.items()))
    return [Sentence(f"Figures of the release beside {counted(found.total(), 'printed figure')}: {said}.")]


def sampling(facts: RoundFacts) -> list[Block]:
    there = (
        "The round asks every municipality of its frame: there is no sample. Those that answered stand for the others"
    )
    said = f"{there} of their size class, in an area of their class there, which is a model; errors and 95 % intervals"
    return [Sentence(f"{said} of each share rest on it."), Sentence(_reliable(facts))]


def _reliable(facts: RoundFacts) -> str:
    """How many shares are within the survey's limits, of municipalities at large and of the frame as it is."""
    at_large, of_frame = (
        Counter({str(value): n for value, n in facts.counted("answer_distribution", column).items()})
        for column in ("is_reliable", "is_reliable_for_frame")
    )
    said = f"Reliable by the limits of the survey: {at_large['True']} of {at_large.total()} shares"
    return f"{said}; of this frame, as it was asked: {of_frame['True']}." if of_frame else f"{said}."


def coverage(facts: RoundFacts) -> list[Block]:
    round_ = facts.round
    whole = next(iter(facts.response.get(ALL, [])), {})
    frame = {
        "Municipalities in the frame": f"{round_.get('n_frame', NONE)} ({round_.get('frame_scope') or NONE})",
        "Municipal division of": str(round_.get("division_date") or NONE),
        "Population of": str(round_.get("population_date") or NONE),
        "Inhabitants in municipalities that responded": said_share(whole.get("population_coverage")),
        "Speakers of foreign languages in them": said_share(whole.get("foreign_language_coverage")),
    }
    return [Terms(frame), *checks_of(facts, "frame")]


def measurement(facts: RoundFacts) -> list[Block]:
    faults = sum(facts.statuses.values(), Counter())
    said = [f"{n} {status.replace('_', ' ')}" for status, n in sorted(faults.items()) if status not in NO_FAULT]
    asked = n_asked(faults)
    sentence = f"Of {asked} answers asked for, these are faulty: {', '.join(said)}; they are in no figure."
    none = f"None of {asked} answers asked for is faulty." if asked else "The release holds no answers of the round."
    return [Sentence(sentence if said else none), *checks_of(facts, "items", "duplicates")]


def n_asked(statuses: Counter[str]) -> int:
    """Answers that there could be: the question was asked and applied."""
    return statuses.total() - sum(statuses[status] for status in NOT_ASKED)


def unit_nonresponse(facts: RoundFacts) -> list[Block]:
    pictures = [
        _bars(facts, breakdown, caption) for breakdown, caption in PICTURES.items() if breakdown in facts.response
    ]
    if not pictures:
        return [Sentence("The release holds no response rates of the round."), *checks_of(facts, *NONRESPONSE)]
    left_out = "Areas of one municipality are left out, because the answers are made up." if facts.lone_areas else ""
    said = f"Of the frame, {said_response(facts)} municipalities responded. {left_out}".rstrip()
    return [Sentence(said), *pictures, *checks_of(facts, *NONRESPONSE)]


NONRESPONSE = ("response", "representativity")


def _bars(facts: RoundFacts, breakdown: str, caption: str) -> Bars:
    whole = next(iter(facts.response.get(ALL, [])), {})
    bars = [
        Bar(
            facts.label("breakdown", row["breakdown_key"]),
            row["pct"] or 0,
            f"{row['n_municipalities']} of {row['n_frame']}",
        )
        for row in facts.response[breakdown]
    ]
    return Bars(caption, bars, whole.get("pct") or 0)


def item_nonresponse(facts: RoundFacts) -> list[Block]:
    asked = [(question, statuses) for question, statuses in facts.statuses.items() if n_asked(statuses)]
    if not asked:
        return [Sentence("The release holds no statuses of answers of the round.")]
    order = {row["question_id"]: row["sort_order"] for row in facts.of_survey("dim_question")}
    asked.sort(key=lambda found: order.get(found[0], 0))
    return [Table("Item nonresponse", ITEM, [_item(facts, *found) for found in asked], numbers=ITEM[1:])]


def _item(facts: RoundFacts, question_id: str, statuses: Counter[str]) -> tuple[str, ...]:
    asked, missing = n_asked(statuses), sum(statuses[status] for status in WITHOUT_ANSWER)
    faulty = asked - missing - statuses["valid"]
    label = facts.label("question", f"{facts.survey_id}/{question_id}")
    return (label, str(asked), str(statuses["valid"]), str(missing), str(faulty), said_pct(missing, asked))


def processing(facts: RoundFacts) -> list[Block]:
    return [*checks_of(facts, "rows", "source", "expectations", "output")] or [
        Sentence("The release holds no checks of how the round was processed.")
    ]
