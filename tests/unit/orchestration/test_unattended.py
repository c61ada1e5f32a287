"""Units and container file: that they are well formed, closed, and name what is there."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import click
import pytest
from dockerfile_parse import DockerfileParser
from typer.main import get_command

from orchestration.commands.cli import app
from store.paths import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "orchestration" / "unattended"
UNITS = sorted([*FOLDER.glob("*.service"), *FOLDER.glob("*.timer")])
CONTAINERFILE = FOLDER / "Containerfile"
PROGRAM = "/opt/kuntakysely/.venv/bin/kuntakysely"
OF_THE_SYSTEM = {"/usr/bin/find"}

# What systemdlint says of every unit and what is not so: 0077 lets nobody in, few services delegate, and since
# systemd 244 a service of type oneshot may be tried again.
NOT_SO = ("Security.UMaskOW", "Security.Delegate", "Restart can't be set when Type=oneshot")

CLOSED = {
    "User=kuntakysely",
    "UMask=0077",
    "NoNewPrivileges=yes",
    "CapabilityBoundingSet=",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "RestrictNamespaces=yes",
    "SystemCallFilter=@system-service",
    "Restart=on-failure",
}

# Those of the reference: the parser takes any word for an instruction.
INSTRUCTIONS = re.compile(
    "ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|"
    "WORKDIR"
)
PINNED = re.compile(r"[\w.\-/]+:\d+\.\d+\.\d+[\w.\-]*")


def unit_faults(*files: Path) -> list[str]:
    """What systemdlint finds wrong with the form of units."""
    done = subprocess.run(
        [sys.executable, "-m", "systemdlint", "--norootfs", "--nodropins", *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
    )
    said = (done.stdout + done.stderr).splitlines()
    assert all(re.match(r".+:\d+:\w+ \[\w+(\.\w+)?\]", line) for line in said), said
    assert (done.returncode, bool(said)) in {(0, False), (1, True)}, said
    return [line for line in said if not any(each in line for each in NOT_SO)]


def settings(unit: Path) -> list[str]:
    return [line for line in unit.read_text(encoding="utf-8").splitlines() if line and line[0] not in "#["]


def commands(unit: Path) -> Iterator[list[str]]:
    for line in settings(unit):
        if line.startswith("Exec"):
            yield shlex.split(line.partition("=")[2].lstrip("-@+!:"))


def command_faults(name: str, arguments: list[str]) -> list[str]:
    """Whether our command line knows the command and takes the arguments."""
    group = get_command(app)
    assert isinstance(group, click.Group) or hasattr(group, "commands")
    if name not in group.commands:  # type: ignore[attr-defined]
        return [f"there is no command {name}"]
    try:
        group.commands[name].make_context(name, list(arguments))  # type: ignore[attr-defined]
    except Exception as error:
        return [f"{name}: {error}"]
    return []


def test_units_are_well_formed(record_property: Callable[[str, Any], None]) -> None:
    assert [unit.name for unit in UNITS] == [
        "kuntakysely-backup.service",
        "kuntakysely-backup.timer",
        "kuntakysely.service",
    ]
    assert unit_faults(*UNITS) == []
    record_property("tried", ["systemd units", "well formed", len(UNITS)])


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.suffix == ".service"], ids=lambda unit: unit.stem)
def test_a_unit_starts_what_there_is_and_is_closed(unit: Path) -> None:
    assert set(settings(unit)) >= CLOSED
    found = list(commands(unit))
    assert found[0][0] == PROGRAM
    assert {program for program, *_ in found} <= {PROGRAM, *OF_THE_SYSTEM}
    assert [
        fault for program, *rest in found if program == PROGRAM for fault in command_faults(rest[0], rest[1:])
    ] == []
    assert not [line for line in settings(unit) if "PASSWORD" in line.upper()]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("NoNewPrivileges=", "NoNewPriviliges=", "NoNewPriviliges is not supported"),
        ("Restart=on-failure", "Restart=sometimes", "InvalidValue] - Restart=sometimes"),
        ("[Service]", "[Servise]", "not supported in section Servise"),
        ("User=kuntakysely", "User kuntakysely", "SyntaxError"),
    ],
)
def test_a_unit_that_is_wrong_is_seen(
    tmp_path: Path, old: str, new: str, said: str, record_property: Callable[[str, Any], None]
) -> None:
    """The mutants: systemd itself would pass over a misspelt line, and protect nothing."""
    text = (FOLDER / "kuntakysely.service").read_text(encoding="utf-8")
    assert old in text
    mutant = tmp_path / "kuntakysely.service"
    mutant.write_text(text.replace(old, new), encoding="utf-8")
    assert any(said in fault for fault in unit_faults(mutant))
    record_property("tried", ["wrong units and container files", "seen", 1])


@pytest.mark.parametrize(("name", "arguments"), [("server", []), ("serve", ["--host", "0.0.0.0"]), ("backup", [])])
def test_a_command_that_is_not_there_is_seen(name: str, arguments: list[str]) -> None:
    assert command_faults(name, arguments) != []


def container_faults(text: str) -> list[str]:
    """What is wrong with a container file, by its own rules and by ours."""
    lines = [
        line for line in DockerfileParser(fileobj=BytesIO(text.encode())).structure if line["instruction"] != "COMMENT"
    ]
    found = [
        f"no instruction: {line['instruction']}" for line in lines if not INSTRUCTIONS.fullmatch(line["instruction"])
    ]
    found += ["it does not begin with FROM"] if lines[0]["instruction"] != "FROM" else []
    values: dict[str, list[str]] = {}
    for line in lines:
        values.setdefault(line["instruction"], []).append(line["value"])
    found += [f"not pinned: {base}" for base in values.get("FROM", []) if not PINNED.fullmatch(base)]
    for value in values.get("COPY", []) + values.get("ADD", []):
        *sources, _ = [word for word in value.split() if not word.startswith("--")]
        found += [f"not there: {each}" for each in sources if not (PROJECT_ROOT / each).exists()]
        found += [f"private: {each}" for each in sources if Path(each).parts[:1] in ((), ("data",), ("..",))]
    for value in values.get("RUN", []):
        for each in re.findall(r"pip install[^&|;]*", value):
            if "--require-hashes" not in each and not {"--no-deps", "--no-index"} <= set(each.split()):
                found.append(f"without hashes: {each}")
    if not values.get("USER") or values["USER"][-1].split(":")[0] in ("root", "0"):
        found.append("it runs as root")
    program, arguments = (_words(values, name, found) for name in ("ENTRYPOINT", "CMD"))
    if program == ["kuntakysely"] and arguments:
        found += command_faults(arguments[0], arguments[1:])
    else:
        found.append(f"it does not start kuntakysely: {program} {arguments}")
    return found


def _words(values: dict[str, list[str]], name: str, found: list[str]) -> list[str]:
    """A list of words starts the program itself, text a shell that no signal passes."""
    try:
        words = json.loads(values.get(name, [""])[-1])
    except ValueError:
        found.append(f"{name} is no list of words")
        return []
    return list(words)


def test_the_container_file_is_well_formed(record_property: Callable[[str, Any], None]) -> None:
    assert container_faults(CONTAINERFILE.read_text(encoding="utf-8")) == []
    record_property("tried", ["container files", "well formed", 1])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("STOPSIGNAL", "STOPSIGNALS", "no instruction: STOPSIGNALS"),
        ("COPY requirements.lock", "COPPY requirements.lock", "no instruction: COPPY"),
        ("COPY publish", "COPY publishing", "not there: publishing"),
        ("COPY publish", "COPY data", "private: data"),
        ("COPY publish ", "COPY . ", "private: ."),
        (":3.11.14-slim-bookworm", ":latest", "not pinned"),
        ("--require-hashes ", "", "without hashes"),
        ("USER kuntakysely\n", "", "it runs as root"),
        ('ENTRYPOINT ["kuntakysely"]', "ENTRYPOINT kuntakysely", "ENTRYPOINT is no list of words"),
        ('["serve",', '["server",', "there is no command server"),
    ],
)
def test_a_container_file_that_is_wrong_is_seen(
    old: str, new: str, said: str, record_property: Callable[[str, Any], None]
) -> None:
    text = CONTAINERFILE.read_text(encoding="utf-8")
    assert old in text
    assert any(fault.startswith(said) for fault in container_faults(text.replace(old, new)))
    record_property("tried", ["wrong units and container files", "seen", 1])


def test_the_page_names_what_is_there() -> None:
    """Files and commands of the page beside them."""
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`kuntakysely (\w+)", page))
    assert named >= {"serve", "backup", "restore", "refresh", "audit"}
    assert named <= set(get_command(app).commands)  # type: ignore[attr-defined]
    assert all((PROJECT_ROOT / file).exists() for file in re.findall(r"orchestration/unattended/\w+(?=\s)", page))
