"""How the figures of a page were made, in a paragraph each; METHODS.md has the formulas."""

from __future__ import annotations

from collections.abc import Iterator

from publish.results.reading import RoundResults
from publish.writing.words import Words

METHODS = (
    "Counts and bases", "Shares and percentages", "Weighted share", "Intervals", "Areas", "Reliability", "Hidden cells",
)  # fmt: skip


def how_made(results: RoundResults, words: Words) -> Iterator[tuple[str, str]]:
    """The name and the text of each paragraph."""
    say = words.say
    yield say("Who was asked"), _asked(results, words)
    text = say(
        "A figure counts either responses or municipalities; the page says which. By municipality each counts once, "
        "with one answer: where several answered for it, a rule of the question decides which answer is the "
        "municipality's. The answer of a joint authority is that of those members who did not answer themselves."
    )
    yield say("Responses and municipalities"), text
    text = say(
        "A percentage is of those who answered the question; don't know is an answer, a blank is none. It is rounded "
        "half up, so that the answers to a question need not add up to 100. Where several answers could be given they "
        "may add up to more."
    )
    yield say("Percentages"), text
    text = say(
        "Intervals (95 %) say where a share may lie when size classes weigh as among all municipalities that were "
        "asked; the interval of an area speaks of its own municipalities only. A star marks a share that is unsure: it "
        "rests on few answers, or its interval is wide."
    )
    yield say("How sure the shares are"), text
    yield say("Hidden figures"), _hidden(results, words)
    text = say(
        "The files are kept as they were delivered. An answer that cannot be read, or is not among those to choose "
        "from, counts in no figure; a correction is written down with its reason. The quality report has every check "
        "of the round and what came of it."
    )
    yield say("Corrections and quality"), text
    if results.round["is_synthetic"]:
        text = say(
            "The answers of this round are made up. They were made to agree with what is printed of the survey, where "
            "anything is; all else in them is invented. They show how figures are made, and say nothing of any "
            "municipality."
        )
        yield say("Demonstration"), text


def _asked(results: RoundResults, words: Words) -> str:
    a_round = results.round
    return words.say(
        "The survey went to {asked} municipalities; {responses} responses from {answered} of them count. "
        "Municipalities were not drawn by lot: each decided itself whether to answer. They are those of the division "
        "of {division}; size classes are by the population of {population}.",
        asked=words.count(a_round["n_frame"]),
        responses=words.count(a_round["n_responses"]),
        answered=words.count(a_round["n_municipalities"]),
        division=words.day(a_round["division_date"]),
        population=words.day(a_round["population_date"]),
    )


def _hidden(results: RoundResults, words: Words) -> str:
    if not results.round["is_protected"]:
        return words.say("The answers are made up, so that nothing needs to be hidden.")
    if results.round["is_synthetic"]:
        return words.say("The answers are made up; small figures are hidden as those of real answers are, to show how.")
    return words.say(
        "So that nobody can be recognised, a figure is hidden when too few municipalities or responses stand behind "
        "it, and with it as many others as it takes that it cannot be worked out. What people wrote in their own words "
        "is not published."
    )
