"""The graph: three sources, a model each for dbt, the checks, the release. Only wiring; the work is in the rooms."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import dagster as dg

from faults.errors import InputFaults
from faults.told import ToldError
from ingest.landing.load import LoadResult, faults_of_rounds, load_practices, load_registry, load_rounds, load_systems
from orchestration.alerts.ended import Judged
from orchestration.dagster import checks
from orchestration.dagster.building import make_models
from orchestration.dagster.dagster_home import forget_old_runs
from orchestration.dagster.dbt import DBT_PROJECT, Manifest
from orchestration.dagster.internals import OF_A_SCHEDULE, add_event
from orchestration.dagster.models import DATA_TEAM, SURVEY_TEAM, model_key, model_nodes, model_specs, selection
from orchestration.dagster.partitions import ROUNDS, rounds_at_fault
from orchestration.dagster.private_errors import run_step
from orchestration.dagster.progress import say_last
from orchestration.dagster.release_facts import describe_release, pages_of_release, read_facts
from orchestration.dagster.session import Session, refresh_session
from orchestration.dagster.worklist import describe_new, write_worklist
from orchestration.engines import lake
from publish.gate.findings import decisions
from publish.gate.refusals import PublishRefused, checks_not_passed, refusals
from publish.releases.mirror import follow
from publish.releases.release import publish
from publish.writing.files import FOLDER
from store.builds import rounds_as_built
from store.days import local_day
from store.environment import engine
from store.fingerprint import code_sha256
from store.marts import published_marts
from store.paths import PROJECT_ROOT, DataPaths
from store.warehouse import opened

# The one such thing used is backfill_policy: chosen rounds are read in one run. Versions are pinned.
warnings.filterwarnings("ignore", category=dg.BetaWarning)

OF_MANY: dict[str, Any] = {"config_schema": {}, "can_subset": True}
# A schedule reads and publishes everything once a month: see jobs.py.
MONTHLY = dg.FreshnessPolicy.time_window(warn_window=timedelta(days=32), fail_window=timedelta(days=40))

source = partial(dg.asset, config_schema={}, group_name="sources", freshness_policy=MONTHLY)


class Refresh:
    """The session of the refresh that the run is part of: it begins with the first step that asks for it, and holds the
    lock until the run has ended."""

    def __init__(self, paths: DataPaths, manifest: Manifest, context: dg.InitResourceContext) -> None:
        self.manifest = manifest
        self._paths, self._run = paths, context.run
        self._say: Callable[[str], None] = context.log.warning if context.log else print
        self._session: Session | None = None
        self.until_the_end = ExitStack()

    def say_why(self, instance: dg.DagsterInstance) -> None:
        """What the terminal says of a refresh that published nothing is the last event of its run."""
        if self._session and (said := self._session.ending.said) and self._run:
            say_last(partial(add_event, instance, self._run, said))

    def forget_old_runs(self, instance: dg.DagsterInstance) -> None:
        """At the end of every run, for a server may run for years. It fails none: the next run forgets them."""
        try:
            forget_old_runs(instance, datetime.now(UTC))
        except Exception as error:
            self._say(f"Old runs could not be removed from Dagster's history: {type(error).__name__}.")

    @property
    def session(self) -> Session:
        if self._session is None:
            self._session = self.until_the_end.enter_context(refresh_session(self._paths, self._say))
        return self._session

    @contextmanager
    def step(self, name: str) -> Iterator[Session]:
        """The session, for one step of it."""
        with run_step(self.session, name):
            yield self.session

    def note_error(self, error: BaseException, where: str) -> None:
        """A step failed; one that found another refresh running has no session to tell."""
        if self._session is not None:
            self._session.note_error(error, where)


Running = dg.ResourceParam[Refresh]


def refresh_resource(paths: DataPaths, manifest: Manifest) -> dg.ResourceDefinition:
    """The refresh of a data folder that each run is part of."""

    @dg.resource(config_schema={})
    def refresh(context: dg.InitResourceContext) -> Iterator[Refresh]:
        running = Refresh(paths, manifest, context)
        with running.until_the_end:
            yield running
        if context.instance:
            running.say_why(context.instance)
            running.forget_old_runs(context.instance)

    return refresh


@source(key=["raw", "registry"], kinds={"csv"}, owners=[DATA_TEAM])
def registry(refresh: Running) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Municipalities of each division, code lists, population, foreign-language share and changes, as delivered."""
    return _loaded(refresh, "registry", load_registry)


@source(key=["raw", "systems"], kinds={"excel"}, owners=[SURVEY_TEAM])
def systems(refresh: Running) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """The inventory of information systems, as delivered."""
    return _loaded(refresh, "systems", load_systems)


@source(key=["raw", "practices"], deps=[registry], kinds={"csv"}, owners=[SURVEY_TEAM])
def practices(refresh: Running) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Good practices and comments by theme, as delivered, checked against the areas of the registry."""
    return _loaded(refresh, "practices", load_practices)


@source(
    key=["raw", "responses"],
    kinds={"csv"},
    owners=[SURVEY_TEAM],
    freshness_policy=None,
    metadata={"how a round is added": dg.MetadataValue.path(PROJECT_ROOT / "docs/operating.md")},
    partitions_def=ROUNDS,
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def responses(context: dg.AssetExecutionContext, refresh: Running) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """The rows and cells of a round's response files as delivered, with the codebook they are read by. Private."""
    return _loaded(refresh, "responses", partial(load_rounds, keys=context.partition_keys), context.partition_keys)


def dbt_models(context: dg.AssetExecutionContext, refresh: Running) -> Iterator[Any]:
    """Staging, intermediate, marts and the checks made in SQL, each table asked whether it is as it says."""
    with refresh.step("dbt_models") as session:
        paths, manifest, chosen = session.paths, refresh.manifest, context.selected_asset_keys
        nodes = model_nodes(manifest)
        with opened(paths.warehouse_file) as connection:
            lake.begin(connection, paths, is_whole=not context.is_subset)
        selected, is_whole = selection(manifest, chosen), not context.is_subset
        for unique_id in make_models(session, manifest, selected, is_whole=is_whole, say=context.log.info):
            yield dg.MaterializeResult(asset_key=model_key(nodes[unique_id]))
        with opened(paths.warehouse_file, read_only=True) as connection:
            lake.end(connection, paths)
        yield from _row_counts(paths, chosen)


def expectations(
    context: dg.AssetCheckExecutionContext, refresh: Running
) -> Iterator[dg.AssetCheckResult | dg.AssetCheckEvaluation]:
    """Great Expectations on answers, sources and marts, and the checks made in SQL, as they stand in the warehouse.

    The rounds that were built or read get their results too, each on its own partition."""
    with refresh.step("expectations") as session:
        judged = _judged(session)
        for line in describe_new(session.worklist, session.paths):
            context.log.warning(line)
        if judged.against:
            session.note_error(PublishRefused(judged.against))
        read_as_built = session.read & set(judged.as_built)
        specs = checks.table_check_specs(refresh.manifest)
        selected = [spec for spec in specs if spec.key in context.selected_asset_check_keys]
        found: list[dg.AssetCheckResult | dg.AssetCheckEvaluation] = [
            *checks.results_of_rounds(judged, {*judged.built, *read_as_built}, context.instance),
            *checks.results_of_tables(judged, selected, refresh.manifest),
            *checks.results_as_declared(judged, refresh.manifest, context.instance),
        ]
        yield from found
        if session.ending.said and any(checks.is_grave(each) for each in found):
            raise dg.Failure(session.ending.said, allow_retries=False)


def as_declared(context: dg.AssetCheckExecutionContext, refresh: Running) -> Iterator[dg.AssetCheckEvaluation]:
    """What tables say of themselves, as the warehouse stands. In a refresh it comes with the expectations."""
    chosen = {key.asset_key for key in context.selected_asset_check_keys}
    with refresh.step("as_declared") as session:
        for evaluation in checks.results_as_declared(_judged(session), refresh.manifest, context.instance):
            if evaluation.asset_key in chosen:
                yield evaluation


def round_checks(context: dg.AssetCheckExecutionContext, refresh: Running) -> Iterator[dg.AssetCheckEvaluation]:
    """The checks of chosen rounds again, as the warehouse stands. In a refresh they come with the expectations."""
    chosen = {key.name for key in context.selected_asset_check_keys}
    with refresh.step("round_checks") as session:
        judged = _judged(session)
        keys = {*judged.built, *judged.as_built} & set(context.op_execution_context.partition_keys)
        for evaluation in checks.results_of_rounds(judged, keys, context.instance):
            if evaluation.check_name in chosen:
                yield evaluation


def _judged(session: Session) -> Judged:
    """The warehouse as it stands, judged once in a session."""
    if session.judged is None:
        session.judge()
        with opened(session.paths.warehouse_file) as connection:
            results = checks.recorded_results(connection)
            session.remember(results, connection)
            today = local_day(datetime.now(UTC))
            session.judged = Judged(
                results,
                decisions(connection, today),
                refusals(connection, code_sha256(), today) if any(checks_not_passed(connection, today)) else (),
                session.built,
                rounds_as_built(connection),
            )
        session.worklist = write_worklist(session.paths)
    return session.judged


def published_release(context: dg.AssetExecutionContext, refresh: Running) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """The release that BI tools read. It reads the recorded checks itself and refuses: no selection gets round them.

    A schedule's run that found nothing changed leaves the release as it is."""
    with refresh.step("published_release") as session:
        if OF_A_SCHEDULE in context.run.tags and session.unchanged:
            session.note_release(session.unchanged.number)
            _mirror(context, session)
            return dg.MaterializeResult(metadata={"release": session.unchanged.number, "new": False})
        before = read_facts(session.paths)
        release = publish(session.paths, datetime.now(UTC), session.refresh_id)
        session.note_release(release.number)
    _mirror(context, session)
    return dg.MaterializeResult(
        metadata={
            "release": release.number,
            **describe_release(read_facts(session.paths), before),
            "engine": engine(),
            "folder": dg.MetadataValue.path(release.folder),
            **{name: dg.MetadataValue.path(page) for name, page in pages_of_release(session.paths).items()},
            "read it at": dg.MetadataValue.path(session.paths.current),
            "sha256": release.sha256,
        }
    )


def models(manifest: Manifest) -> dg.AssetsDefinition:
    """The step that makes the models."""
    return dg.multi_asset(specs=model_specs(manifest), **OF_MANY)(dbt_models)


def all_checks(manifest: Manifest) -> dg.AssetChecksDefinition:
    """The step that judges all that was made."""
    return dg.multi_asset_check(specs=checks.table_check_specs(manifest), **OF_MANY)(expectations)


def checks_again(manifest: Manifest) -> list[dg.AssetChecksDefinition]:
    """The steps by which a person has some checks told again: they are judged with all others."""
    return [
        dg.multi_asset_check(specs=checks.declared_check_specs(manifest), **OF_MANY)(as_declared),
        dg.multi_asset_check(specs=checks.round_check_specs(manifest), **OF_MANY)(round_checks),
    ]


def release(paths: DataPaths) -> dg.AssetsDefinition:
    """The step that publishes."""
    return dg.asset(
        deps=[dg.AssetKey(["marts", mart.name]) for mart in published_marts()],
        group_name="published",
        kinds={"duckdb"},
        config_schema={},
        owners=[DATA_TEAM, SURVEY_TEAM],
        metadata={
            "results and quality reports": dg.MetadataValue.path(paths.current_folder / FOLDER),
            "how the tables are read": dg.MetadataValue.path(PROJECT_ROOT / "docs/reading.md"),
            "how figures are computed": dg.MetadataValue.path(DBT_PROJECT / "METHODS.md"),
        },
        freshness_policy=MONTHLY,
    )(published_release)


def _mirror(context: dg.AssetExecutionContext, session: Session) -> None:
    """A mirror that is behind is told, and fails no run: the release stands."""
    try:
        follow(session.paths, datetime.now(UTC))
    except ToldError as behind:
        context.log.error(str(behind))


def _row_counts(paths: DataPaths, keys: AbstractSet[dg.AssetKey]) -> Iterator[dg.AssetObservation]:
    """How many rows each mart has now: dbt counts none for DuckDB."""
    with opened(paths.warehouse_file, read_only=True) as connection:
        for schema, name in sorted(tuple(key.path) for key in keys if key.path[0] == "marts"):
            row = connection.execute(f'select count(*) from {schema}."{name}"').fetchone()
            assert row is not None
            yield dg.AssetObservation([schema, name], metadata={"dagster/row_count": row[0]})


def _loaded(
    refresh: Running, name: str, load: Callable[[DataPaths], LoadResult], keys: Sequence[str] = ()
) -> dg.MaterializeResult:  # type: ignore[type-arg]
    with refresh.step(name) as session:
        try:
            result = load(session.paths)
        except InputFaults as found:
            session.note_refused(rounds_at_fault(session.paths, keys, found.faults) if keys else [name])
            every = found.faults if session.asked is None else faults_of_rounds(session.paths, session.asked)
            raise InputFaults(every or found.faults) from None
        session.note_load(name, result)
        return dg.MaterializeResult(metadata={"dagster/row_count": result.n_rows, **result.n_rows_by_table})
