"""The headings of the European statistical system's quality reports (SIMS 2.0), and what fills each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from publish.report import accuracy, context
from publish.report.blocks import Block, Page, Section
from publish.report.checks import all_checks, findings
from publish.report.facts import RoundFacts
from publish.report.names import Say

Filling = Callable[[RoundFacts], list[Block]]


def _nothing(_: RoundFacts) -> list[Block]:
    return []


def headings(say: Say) -> Sequence[tuple[str, str, Filling]]:
    """Number and title of each heading, and what fills it."""
    return [
        ("1", say("Contact"), context.contact),
        ("2", say("Metadata update"), context.metadata_update),
        ("3", say("Statistical presentation"), context.presentation),
        ("4", say("Unit of measure"), context.unit_of_measure),
        ("5", say("Reference period"), context.reference_period),
        ("6", say("Institutional mandate"), _nothing),
        ("7", say("Confidentiality"), context.confidentiality),
        ("8", say("Release policy"), context.release_policy),
        ("9", say("Frequency of dissemination"), context.frequency),
        ("10", say("Accessibility and clarity"), context.accessibility),
        ("11", say("Quality management"), _nothing),
        ("11.1", say("Quality assurance"), context.assurance),
        ("11.2", say("Quality assessment"), context.assessment),
        ("12", say("Relevance"), _nothing),
        ("12.1", say("User needs"), _nothing),
        ("12.2", say("User satisfaction"), _nothing),
        ("12.3", say("Completeness"), context.completeness),
        ("13", say("Accuracy and reliability"), _nothing),
        ("13.1", say("Overall accuracy"), accuracy.overall),
        ("13.2", say("Sampling error"), accuracy.sampling),
        ("13.3", say("Non-sampling error"), _nothing),
        ("13.3.1", say("Coverage error"), accuracy.coverage),
        ("13.3.2", say("Measurement error"), accuracy.measurement),
        ("13.3.3", say("Nonresponse error"), _nothing),
        ("13.3.3.1", say("Unit nonresponse"), accuracy.unit_nonresponse),
        ("13.3.3.2", say("Item nonresponse"), accuracy.item_nonresponse),
        ("13.3.4", say("Processing error"), accuracy.processing),
        ("14", say("Timeliness and punctuality"), _nothing),
        ("14.1", say("Timeliness"), context.timeliness),
        ("14.2", say("Punctuality"), _nothing),
        ("15", say("Coherence and comparability"), _nothing),
        ("15.1", say("Comparability, geographical"), _nothing),
        ("15.2", say("Comparability over time"), context.over_time),
        ("15.3", say("Coherence with printed figures"), context.with_print),
        ("16", say("Cost and burden"), context.burden),
        ("17", say("Data revision"), context.revision),
        ("18", say("Statistical processing"), _nothing),
        ("18.1", say("Source data"), context.sources),
        ("18.2", say("Frequency of data collection"), _nothing),
        ("18.3", say("Data collection"), context.collection),
        ("18.4", say("Data validation"), context.validation),
        ("18.5", say("Data compilation"), context.compilation),
        ("18.6", say("Adjustment"), _nothing),
        ("19", say("Comment"), context.comment),
    ]


def page_of(facts: RoundFacts) -> Page:
    """The quality report of a round. A heading under which nothing stands, nor under those below it, is only named."""
    all_of_form = [Section(number, title, fill(facts)) for number, title, fill in headings(facts.say)]
    told = [section.number for section in all_of_form if section.blocks]
    kept = [section for section in all_of_form if any(f"{number}.".startswith(f"{section.number}.") for number in told)]
    annex = Section("", facts.say("Checks and their definitions"), all_checks(facts))
    return Page(
        title=facts.label("survey", facts.survey_id),
        round_title=facts.label("round", facts.key),
        is_synthetic=facts.is_synthetic,
        made_from=context.describe_change(facts),
        summary=_summary(facts),
        sections=[*kept, annex],
        left_out=[f"{section.number} {section.title}" for section in all_of_form if section not in kept],
    )


def _summary(facts: RoundFacts) -> dict[str, str]:
    say, count, failed = facts.say, facts.words.count, findings(facts)
    n_open = sum((check.get("decision") or "open") == "open" for check in failed)
    return {
        say("municipalities responded"): accuracy.describe_response(facts),
        say("responses"): count(facts.round.get("n_responses")),
        say("in the field"): facts.days(facts.round.get("opens_on"), facts.round.get("closes_on")),
        say("findings"): say("{n} ({open} open)", n=count(len(failed)), open=count(n_open)),
    }
