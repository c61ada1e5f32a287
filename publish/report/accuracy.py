"""Accuracy and reliability of a round: what is under heading 13."""

from __future__ import annotations

from collections import Counter

from publish.report import names
from publish.report.blocks import Bar, Bars, Block, Sentence, Table, Terms
from publish.report.checks import checks_of
from publish.report.facts import ALL, RoundFacts, Row
from publish.report.numbers import NONE, pct_of

WITHOUT_ANSWER = ("blank", "declared_missing")
NOT_ASKED = ("not_asked", "not_applicable")
NO_FAULT = ("valid", *WITHOUT_ANSWER, *NOT_ASKED)
PICTURES = ("size_class", "county")


def overall(facts: RoundFacts) -> list[Block]:
    say, count = facts.say, facts.words.count
    statuses = sum(facts.statuses.values(), Counter())
    said = {say("Responses"): count(facts.round.get("n_responses")), say("Municipalities"): describe_response(facts)}
    if statuses:
        n, asked = statuses["valid"], n_asked(statuses)
        found = {"n": count(n), "asked": count(asked), "pct": facts.share(n, asked)}
        said[say("Valid answers")] = say("{n} of {asked} asked for ({pct})", **found)
    return [Terms(said), *describe_figures(facts)]


def describe_response(facts: RoundFacts) -> str:
    """How many municipalities of the frame answered."""
    whole = next(iter(facts.response.get(ALL, [])), None)
    return _of_frame(facts, whole, with_pct=True) if whole else NONE


def _of_frame(facts: RoundFacts, row: Row, *, with_pct: bool = False) -> str:
    n, of_frame = row["n_municipalities"], row["n_frame"]
    said = facts.say("{n} of {all}", n=facts.words.count(n), all=facts.words.count(of_frame))
    return f"{said} ({facts.share(n, of_frame)})" if with_pct else said


def describe_figures(facts: RoundFacts) -> list[Block]:
    """How the figures of the release stand beside those that were printed."""
    found = Counter(facts.code("figure_match", figure["status"]) for figure in facts.figures)
    said = facts.say("Figures of the release beside the printed ones: {found}.", found=facts.count_of(found))
    return [Sentence(said)] if found else []


def sampling(facts: RoundFacts) -> list[Block]:
    said = [
        facts.say("The round asks every municipality of its frame: there is no sample."),
        facts.say(
            "Those that answered stand for the others of their size class, in an area of their class there, "
            "which is a model; errors and 95 % intervals of each share rest on it."
        ),
    ]
    return [Sentence(" ".join(said)), *_reliable(facts)]


def _reliable(facts: RoundFacts) -> list[Block]:
    """How many shares are within the survey's limits, of municipalities at large and of the frame as it is."""
    at_large, of_frame = (
        Counter({str(value): n for value, n in facts.counted("answer_distribution", column).items()})
        for column in ("is_reliable", "is_reliable_for_frame")
    )
    count = facts.words.count
    found = {"n": count(at_large["True"]), "all": count(at_large.total()), "of_frame": count(of_frame["True"])}
    of_the_frame = facts.say(
        "Of {all} shares, {n} are reliable by the limits of the survey; of this frame, as it was asked, {of_frame}.",
        **found,
    )
    return [Sentence(of_the_frame)] if at_large else []


def coverage(facts: RoundFacts) -> list[Block]:
    say, day, round_ = facts.say, facts.words.day, facts.round
    whole = next(iter(facts.response.get(ALL, [])), {})
    scope = names.scopes(say).get(round_.get("frame_scope", ""), NONE)
    days = [round_.get(name) for name in ("division_date", "population_date")]
    division, population = (day(each) if each else NONE for each in days)
    frame = {
        say("Municipalities in the frame"): f"{facts.words.count(round_.get('n_frame'))} ({scope})",
        say("Municipal division of"): division,
        say("Population of"): population,
        say("Inhabitants in municipalities that responded"): _covered(facts, whole, "population_coverage"),
        say("Speakers of foreign languages in them"): _covered(facts, whole, "foreign_language_coverage"),
    }
    return [Terms(frame), *checks_of(facts, "frame")]


def _covered(facts: RoundFacts, whole: Row, name: str) -> str:
    return facts.words.percent(pct_of(whole.get(name)))


def measurement(facts: RoundFacts) -> list[Block]:
    faults = sum(facts.statuses.values(), Counter())
    found = {facts.code("answer_status", status): n for status, n in sorted(faults.items()) if status not in NO_FAULT}
    n = facts.words.count(n_asked(faults))
    said = facts.say("None of {n} answers asked for is faulty.", n=n) if faults else ""
    if found:
        said = facts.say(
            "Of {n} answers asked for, these are faulty and in no figure: {found}.", n=n, found=facts.count_of(found)
        )
    return [*([Sentence(said)] if said else []), *checks_of(facts, "items", "coding", "duplicates")]


def n_asked(statuses: Counter[str]) -> int:
    """Answers that there could be: the question was asked and applied."""
    return statuses.total() - sum(statuses[status] for status in NOT_ASKED)


def unit_nonresponse(facts: RoundFacts) -> list[Block]:
    pictures = [_bars(facts, breakdown) for breakdown in PICTURES if breakdown in facts.response]
    said = [facts.say("Of the frame, {answered} municipalities responded.", answered=describe_response(facts))]
    if facts.lone_areas:
        said.append(facts.say("Areas of one municipality are left out, because the answers are made up."))
    checks = checks_of(facts, "response", "representativity")
    shown: list[Block] = [Sentence(" ".join(said)), *pictures] if pictures else []
    return [*shown, *checks]


def _bars(facts: RoundFacts, breakdown: str) -> Bars:
    caption = facts.say("Response rate: {breakdown}", breakdown=facts.code("breakdown", breakdown))
    whole = next(iter(facts.response.get(ALL, [])), {"pct": 0, "n_municipalities": 0, "n_frame": 0})
    bars = [_bar(facts, facts.label("breakdown", row["breakdown_key"]), row) for row in facts.response[breakdown]]
    return Bars(caption, bars, _bar(facts, facts.say("the whole frame"), whole))


def _bar(facts: RoundFacts, label: str, row: Row) -> Bar:
    return Bar(label, row["pct"] or 0, facts.words.percent(row["pct"] or 0), _of_frame(facts, row))


def item_nonresponse(facts: RoundFacts) -> list[Block]:
    say = facts.say
    asked = [(question, statuses) for question, statuses in facts.statuses.items() if n_asked(statuses)]
    order = {row["question_id"]: row["sort_order"] for row in facts.of_survey("dim_question")}
    asked.sort(key=lambda found: order.get(found[0], 0))
    columns = (
        say("question"), say("asked"), say("valid"), say("no answer"), say("faulty"), say("item nonresponse")
    )  # fmt: skip
    rows = [_item(facts, *found) for found in asked]
    return [Table(say("Item nonresponse"), columns, rows, numbers=columns[1:])] if rows else []


def _item(facts: RoundFacts, question_id: str, statuses: Counter[str]) -> tuple[str, ...]:
    asked, missing = n_asked(statuses), sum(statuses[status] for status in WITHOUT_ANSWER)
    counts = (asked, statuses["valid"], missing, asked - missing - statuses["valid"])
    label = facts.label("question", f"{facts.survey_id}/{question_id}")
    return (label, *map(facts.words.count, counts), facts.share(missing, asked))


def processing(facts: RoundFacts) -> list[Block]:
    return checks_of(facts, "rows", "source", "expectations", "output")
