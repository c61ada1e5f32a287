"""dbt in a process of its own: python -m orchestration.dagster.dbt_process.

It reads the models while others load, and says so; then it waits for a line with the arguments of a run, and says a
line for each node that it made. The end of its input without a line means that there is nothing to do: what it read is
there for the next. What dbt itself says, which can quote an answer, goes to said.log in its folder.
"""

from __future__ import annotations

import json
import marshal
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from expectations.loading import without
from faults.stopped import clean_up_seldom, end_with_parent
from orchestration.dagster.dbt import (
    BUILD,
    DBT_PROJECT,
    PARSED,
    READ,
    RUN_RESULTS,
    SAID,
    WITHOUT_FILES,
    models_file,
)
from orchestration.dagster.internals import hold_warehouse, lighten, packed, unpacked
from orchestration.engines.spark import at_work
from store.environment import DUCKDB, SPARK, engine, is_duckdb, set_dbt
from store.paths import DataPaths

TOLD, TROUBLE = ("NodeFinished", "PrintEvent"), ("warn", "error")
PARSE = "partial_parse.msgpack"
OF_NODES = ("compiled", "run")  # folders where dbt writes their SQL
READ_MODELS = ("parse", "--no-write-json", "--target")
TARGETS = {DUCKDB: "parse", SPARK: "spark"}  # by which models are read
TABLES = ("table", "incremental")
VIEWS = ("--target", DUCKDB, "--select", "config.materialized:view", "resource_type:seed")


def main() -> int:
    """0 when all was made."""
    clean_up_seldom()
    target = set_dbt(PARSED)
    for folder in (target, PARSED):
        folder.mkdir(exist_ok=True)
    with _apart(target / SAID) as told:
        import dbt.cli.main  # noqa: F401  # while others load

        manifests = {each: _models(target, each) for each in dict.fromkeys((DUCKDB, engine()))}
        print(READ, file=told)
        write_code = lighten()
        import scipy.special  # noqa: F401  # what SQL has no functions for needs it

        line = sys.stdin.readline()
        if not line:
            return 0
        end_with_parent()
        for left in OF_NODES:  # by an earlier run, of models that failed then
            shutil.rmtree(target / left, ignore_errors=True)
        _say_what_is_read()
        with _compiled_once():
            make, arguments = _by_duckdb if is_duckdb() else _by_spark, json.loads(line)
            done, *rest = make(manifests, arguments, told)
        if done.result is not None:
            done.result.write(str(target / RUN_RESULTS))
            for each in done.result:
                if each.status == "error" or WITHOUT_FILES not in arguments:
                    write_code(each.node)
        for each in (done, *rest):
            if each.exception is not None:
                print(each.exception)
        return 0 if all(each.success for each in (done, *rest)) else 1


def _by_duckdb(manifests: Mapping[str, Any], arguments: Sequence[str], told: TextIO) -> list[Any]:
    write_down = hold_warehouse()
    with without("pandas"):  # DuckDB would load it to see whether a parameter is of it
        done = _run(manifests[DUCKDB], arguments, told)
        write_down()
        return [done]


def _by_spark(manifests: Mapping[str, Any], arguments: Sequence[str], told: TextIO) -> list[Any]:
    """The tables that Spark made are brought back; then views and seeds are made where they are now, and what came of
    them there is what counts."""
    nodes = json.loads(models_file(".json").read_text(encoding="utf-8"))["nodes"]
    with at_work(DataPaths.resolve(), is_whole="--full-refresh" in arguments) as bring_back:
        done = _run(manifests[engine()], arguments, told)
        made = {each.node.unique_id for each in done.result or () if each.status == "success"}
        tables = {key for key in made if nodes[key]["config"]["materialized"] in TABLES}
        bring_back(nodes[key] for key in tables)
    with Path(os.devnull).open("w", encoding="utf-8") as untold:
        (views,) = _by_duckdb(manifests, [*BUILD, *VIEWS], untold)
    if done.result is not None:
        of_others = [each for each in done.result if each.node.unique_id not in made - tables]
        done.result.results = [*of_others, *(each for each in views.result or () if each.node.unique_id in made)]
    return [done, views]


def _run(manifest: Any, arguments: Sequence[str], told: TextIO) -> Any:
    from dbt.cli.main import dbtRunner

    return dbtRunner(manifest, [lambda event: _tell(event, told)]).invoke([*arguments, *_places()])


def _models(target: Path, engine: str) -> Any:
    """What dbt knows of the present models: as the last process read them, a fifth of the time, or read now."""
    kept = models_file(".msgpack", engine)
    if not kept.exists():
        _read(target, engine)
    return unpacked(kept.read_bytes())


def _read(target: Path, engine: str) -> None:
    """Read the models and keep what was read, by what it was read of, for all to come: each file whole or not there."""
    from dbt.cli.main import dbtRunner

    parsed = PARSED / f"{engine}_{PARSE}"
    before = ["--partial-parse-file-path", str(parsed)] if parsed.exists() else []
    read = dbtRunner().invoke([*READ_MODELS, TARGETS[engine], *before, *_places()])
    manifest: Any = read.result
    if not read.success:
        sys.exit(1)
    if (target / PARSE).exists():
        shutil.move(target / PARSE, parsed)
    _keep(models_file(".json", engine), lambda file: manifest.write(str(file)))
    _keep(models_file(".msgpack", engine), lambda file: file.write_bytes(packed(manifest)))


def _keep(file: Path, write: Callable[[Path], object]) -> None:
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    write(beside)
    beside.replace(file)
    of_engine = file.name.partition("_")[0]
    for older in {*PARSED.glob(f"{of_engine}_models_*{file.suffix}")} - {file}:
        older.unlink(missing_ok=True)


@contextmanager
def _compiled_once() -> Iterator[None]:
    """Templates of models and macros as Jinja compiled them the last time: a sixth of what dbt does in a build."""
    from dbt_common.clients.jinja import MacroFuzzEnvironment

    file, compiled = models_file(".templates"), MacroFuzzEnvironment.compile
    kept: dict[tuple[str, str], Any] = {}
    with suppress(OSError, EOFError, ValueError, TypeError):  # it is not there, or was torn: they are compiled again
        kept = marshal.loads(file.read_bytes())
    n = len(kept)

    def compile_once(self: Any, source: str, *how: Any) -> Any:
        key = (type(self).__name__, source)
        if key not in kept:
            kept[key] = compiled(self, source, *how)
        return kept[key]

    MacroFuzzEnvironment.compile = compile_once  # type: ignore[assignment, method-assign]
    yield
    if len(kept) > n:
        with suppress(OSError):  # the next build compiles them again
            _keep(file, lambda beside: beside.write_bytes(marshal.dumps(kept)))


def _places() -> list[str]:
    return ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]


@contextmanager
def _apart(log: Path) -> Iterator[TextIO]:
    """Standard output for what is told, and nothing else: whatever libraries print goes to the log."""
    with os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8") as told, log.open("wb") as said:
        for stream in (1, 2):
            os.dup2(said.fileno(), stream)
        yield told
        sys.stdout.flush()


def _say_what_is_read() -> None:
    """dbt makes messages of all it does, four thousand in a build; ours are those of nodes, of print and of trouble."""
    from dbt_common.events.event_manager import EventManager
    from dbt_common.events.event_manager_client import ctx_set_event_manager

    class OfThoseRead(EventManager):
        def fire_event(self, e: Any, level: Any = None, *how: Any, **said: Any) -> None:
            if type(e).__name__ in TOLD or (level or e.level_tag()).value in TROUBLE:
                super().fire_event(e, level, *how, **said)

    ctx_set_event_manager(OfThoseRead())


def _tell(event: Any, told: TextIO) -> None:
    if event.info.name == "NodeFinished" and event.data.run_result.status == "success":
        print(event.data.node_info.unique_id, file=told)


if __name__ == "__main__":
    sys.exit(main())
