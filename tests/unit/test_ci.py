"""The workflow of a public forge: well formed by its schema, pinned, and runs what a person runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from check_jsonschema import main
from click.testing import CliRunner
from dockerfile_parse import DockerfileParser
from ruamel.yaml import YAML

from store.paths import PROJECT_ROOT

WORKFLOW = PROJECT_ROOT / ".github" / "workflows" / "ci.yml"
SCHEMAS = ("vendor.github-workflows", "custom.github-workflows-require-timeout")
PINNED = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}")
ADDRESS = re.compile(r"//|index|registry|token|secret", re.IGNORECASE)


def base_image() -> str:
    """The image of the container file whole: with make, a C compiler and git."""
    with (PROJECT_ROOT / "orchestration" / "unattended" / "Containerfile").open("rb") as file:
        return str(DockerfileParser(fileobj=file).baseimage).replace("-slim", "")


def faults_of(file: Path) -> list[str]:
    """What is wrong with a workflow, by its schema and by our own rules."""
    found = [
        schema for schema in SCHEMAS if CliRunner().invoke(main, ["--builtin-schema", schema, str(file)]).exit_code
    ]
    text = file.read_text("utf-8")
    workflow = YAML(typ="safe").load(text)
    jobs = workflow["jobs"].values()
    steps = [step for job in jobs for step in job["steps"]]
    used = [step["uses"] for step in steps if "uses" in step]
    return [
        *found,
        *(f"not pinned: {action}" for action in used if not PINNED.fullmatch(action)),
        *(f"an address or a secret: {line}" for line in text.splitlines() if ADDRESS.search(line)),
        *(["not .ci/run"] if [step["run"] for step in steps if "run" in step] != [".ci/run"] else []),
        *(["another image"] if {job.get("container", {}).get("image") for job in jobs} != {base_image()} else []),
        *(["may write"] if workflow.get("permissions") != {"contents": "read"} else []),
    ]


def test_the_workflow_is_well_formed() -> None:
    assert faults_of(WORKFLOW) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.replace("runs-on:", "run-on:"), SCHEMAS[0]),
        (lambda t: t.replace("    timeout-minutes: 180\n", ""), SCHEMAS[1]),
        (lambda t: re.sub(r"@[0-9a-f]{40}", "@v7", t), "not pinned: actions/checkout@v7"),
        (lambda t: t.replace("run: .ci/run", "run: make quick"), "not .ci/run"),
        (lambda t: t.replace("python:3.11", "python:3.12"), "another image"),
        (lambda t: t.replace("contents: read", "contents: write"), "may write"),
        (
            lambda t: t.replace("    steps:", "    env: {UV_INDEX_URL: simple}\n    steps:"),
            "an address or a secret:     env: {UV_INDEX_URL: simple}",
        ),
    ],
)
def test_a_workflow_that_is_wrong_is_seen(
    tmp_path: Path, change: Callable[[str], str], said: str, record_property: Callable[[str, Any], None]
) -> None:
    """The mutants."""
    mutant = tmp_path / "ci.yml"
    mutant.write_text(change(WORKFLOW.read_text("utf-8")), "utf-8")
    assert said in faults_of(mutant)
    record_property("tried", ["wrong workflows", "seen", 1])
