"""The headings of the European statistical system's quality reports (SIMS 2.0), and what fills each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from publish.report import accuracy, context
from publish.report.blocks import Block, Page, Section
from publish.report.facts import RoundFacts
from publish.report.findings import all_checks, findings
from publish.report.numbers import NONE, said_days, said_time

Filling = Callable[[RoundFacts], list[Block]]


def _nothing(subject: str) -> Filling:
    return lambda _: context.nothing_on(subject)


def _only_headings(_: RoundFacts) -> list[Block]:
    return []


HEADINGS: Sequence[tuple[str, str, Filling]] = (
    ("1", "Contact", context.contact),
    ("2", "Metadata update", context.metadata_update),
    ("3", "Statistical presentation", context.presentation),
    ("4", "Unit of measure", context.unit_of_measure),
    ("5", "Reference period", context.reference_period),
    ("6", "Institutional mandate", _nothing("legal acts or agreements behind the survey")),
    ("7", "Confidentiality", context.confidentiality),
    ("8", "Release policy", context.release_policy),
    ("9", "Frequency of dissemination", context.frequency),
    ("10", "Accessibility and clarity", context.accessibility),
    ("11", "Quality management", _only_headings),
    ("11.1", "Quality assurance", context.assurance),
    ("11.2", "Quality assessment", context.assessment),
    ("12", "Relevance", _only_headings),
    ("12.1", "User needs", _nothing("what users need")),
    ("12.2", "User satisfaction", _nothing("how satisfied users are")),
    ("12.3", "Completeness", context.completeness),
    ("13", "Accuracy and reliability", _only_headings),
    ("13.1", "Overall accuracy", accuracy.overall),
    ("13.2", "Sampling error", accuracy.sampling),
    ("13.3", "Non-sampling error", _only_headings),
    ("13.3.1", "Coverage error", accuracy.coverage),
    ("13.3.2", "Measurement error", accuracy.measurement),
    ("13.3.3", "Nonresponse error", _only_headings),
    ("13.3.3.1", "Unit nonresponse", accuracy.unit_nonresponse),
    ("13.3.3.2", "Item nonresponse", accuracy.item_nonresponse),
    ("13.3.4", "Processing error", accuracy.processing),
    ("14", "Timeliness and punctuality", _only_headings),
    ("14.1", "Timeliness", context.timeliness),
    ("14.2", "Punctuality", _nothing("a day on which the round was to be published")),
    ("15", "Coherence and comparability", _only_headings),
    ("15.1", "Comparability, geographical", _nothing("the same survey in other countries")),
    ("15.2", "Comparability over time", context.over_time),
    ("15.3", "Coherence with printed figures", context.with_print),
    ("16", "Cost and burden", context.burden),
    ("17", "Data revision", context.revision),
    ("18", "Statistical processing", _only_headings),
    ("18.1", "Source data", context.sources),
    ("18.2", "Frequency of data collection", _nothing("how often the survey is to be made")),
    ("18.3", "Data collection", context.collection),
    ("18.4", "Data validation", context.validation),
    ("18.5", "Data compilation", context.compilation),
    ("18.6", "Adjustment", _nothing("adjusted figures")),
    ("19", "Comment", context.comment),
)
ANNEX = "Checks and their definitions"


def page_of(facts: RoundFacts) -> Page:
    """The quality report of a round."""
    sections = [Section(number, title, fill(facts)) for number, title, fill in HEADINGS]
    return Page(
        titles=facts.labels("survey", facts.survey_id) or {"en": facts.survey_id},
        round_titles=facts.labels("round", facts.key) or {"en": facts.round_id},
        is_synthetic=facts.is_synthetic,
        made_from=f"Release {facts.release['number']} of {said_time(facts.release['created_at'])}",
        summary=_summary(facts),
        sections=[*sections, Section("", ANNEX, all_checks(facts))],
    )


def _summary(facts: RoundFacts) -> dict[str, str]:
    failed = findings(facts)
    n_open = sum((check.get("decision") or "open") == "open" for check in failed)
    return {
        "municipalities responded": accuracy.said_response(facts),
        "responses": str(facts.round.get("n_responses", NONE)),
        "in the field": said_days(facts.round.get("opens_on"), facts.round.get("closes_on")),
        "findings": f"{len(failed)} ({n_open} open)",
    }
