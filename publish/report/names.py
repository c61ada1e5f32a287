"""What the codes are called that the release names in no table of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Say = Callable[[str], str]


def severities(say: Say) -> Mapping[str, str]:
    return {"block": say("blocks"), "gate": say("gate"), "warn": say("warning"), "info": say("note")}


def statuses(say: Say) -> Mapping[str, str]:
    return {"pass": say("passed"), "fail": say("failed"), "not_computable": say("not computable")}


def decisions(say: Say) -> Mapping[str, str]:
    return {"open": say("open"), "accepted": say("accepted"), "fixed": say("mended")}


def families(say: Say) -> Mapping[str, str]:
    return {
        "behaviour": say("behaviour of respondents"),
        "coding": say("coded texts"),
        "drift": say("drift between rounds"),
        "duplicates": say("duplicates"),
        "expectations": say("a second opinion on the answers"),
        "frame": say("the frame"),
        "items": say("questions"),
        "output": say("the published tables"),
        "privacy": say("privacy"),
        "representativity": say("representativity"),
        "response": say("response"),
        "rows": say("rows"),
        "source": say("files"),
        "time": say("time"),
    }


def disclosure(say: Say) -> Mapping[str | None, str]:
    named = {"public_fact": say("public facts"), "opinion": say("opinions"), "personal": say("personal")}
    return named | {None: say("not said")}


def inputs(say: Say) -> Mapping[str, str]:
    return {
        "codebook": say("codebook"),
        "responses": say("response file"),
        "registry": say("registry"),
        "systems": say("system inventory"),
        "practices": say("practices"),
    }


def scopes(say: Say) -> Mapping[str, str]:
    return {"mainland": say("mainland"), "all": say("the whole country")}
