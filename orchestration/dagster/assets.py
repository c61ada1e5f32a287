"""The graph: three sources, a model each for dbt, the checks, the release. Only wiring; the work is in the rooms."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from dagster import (
    AssetCheckEvaluation,
    AssetCheckExecutionContext,
    AssetCheckResult,
    AssetExecutionContext,
    AssetKey,
    AssetObservation,
    BackfillPolicy,
    BetaWarning,
    ConfigurableResource,
    DagsterInstance,
    DagsterRun,
    Failure,
    FreshnessPolicy,
    InitResourceContext,
    MaterializeResult,
    MetadataValue,
    asset,
    multi_asset,
    multi_asset_check,
)
from pydantic import PrivateAttr

from expectations.record import begin_build, record_build
from faults.errors import InputFaults
from faults.told import ToldError
from ingest.landing.load import LoadResult, faults_of_rounds, load_practices, load_registry, load_rounds, load_systems
from orchestration.alerts.ended import Judged
from orchestration.dagster import checks
from orchestration.dagster.dagster_home import forget_old_runs
from orchestration.dagster.dbt import (
    BUILD,
    DBT_PROJECT,
    DbtFailed,
    ModelsNotBuilt,
    failures,
    read_manifest,
    results_text,
)
from orchestration.dagster.findings import told, write_findings
from orchestration.dagster.models import DATA_TEAM, SURVEY_TEAM, model_key, model_nodes, model_specs, selection
from orchestration.dagster.partitions import ROUNDS, rounds_at_fault
from orchestration.dagster.private_errors import step_of
from orchestration.dagster.progress import say_last
from orchestration.dagster.released import pages_of_release, released, said_of_release
from orchestration.dagster.session import Session, refresh_session
from publish.gate.findings import decisions
from publish.gate.refusals import PublishRefused, checks_not_passed, refusals
from publish.releases.mirror import follow
from publish.releases.release import publish
from publish.writing.files import FOLDER
from store.builds import rounds_as_built, rounds_planned
from store.days import local_day
from store.disk import DiskTrouble, trouble_in
from store.fingerprint import code_sha256, source_folders
from store.marts import published_marts
from store.paths import PROJECT_ROOT, DataPaths
from store.warehouse import opened

# The one such thing used is backfill_policy: chosen rounds are read in one run. Versions are pinned.
warnings.filterwarnings("ignore", category=BetaWarning)

PATHS = DataPaths.resolve()
OF_A_SCHEDULE = "dagster/schedule_name"  # a tag that Dagster gives the runs of its schedules
# A schedule reads and publishes everything once a month: see jobs.py.
MONTHLY = FreshnessPolicy.time_window(warn_window=timedelta(days=32), fail_window=timedelta(days=40))
MANIFEST = read_manifest(None, PATHS)


class RefreshResource(ConfigurableResource):  # type: ignore[type-arg]
    """The session of the refresh that the run is part of: it begins with the first step that asks for it, and holds the
    lock until the run has ended."""

    _session: Session | None = PrivateAttr(default=None)
    _until_the_end: ExitStack = PrivateAttr(default_factory=ExitStack)
    _say: Callable[[str], None] = PrivateAttr()

    @contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> "Iterator[RefreshResource]":
        self._say = context.log.warning if context.log else print
        with self._until_the_end:
            yield self
        if context.instance:
            self._say_why(context.instance, context.run)
            self._forget_old_runs(context.instance)

    def _say_why(self, instance: DagsterInstance, run: DagsterRun | None) -> None:
        """What the terminal says of a refresh that published nothing is the last event of its run."""
        if self._session and (said := self._session.ending.said) and run:
            say_last(partial(instance.report_engine_event, said, run))

    def _forget_old_runs(self, instance: DagsterInstance) -> None:
        """At the end of every run, for a server may run for years. It fails none: the next run forgets them."""
        try:
            forget_old_runs(instance, datetime.now(UTC))
        except Exception as error:
            self._say(f"Old runs could not be removed from Dagster's history: {type(error).__name__}.")

    @property
    def session(self) -> Session:
        if self._session is None:
            self._session = self._until_the_end.enter_context(refresh_session(PATHS, self._say))
        return self._session

    @contextmanager
    def step(self, name: str) -> Iterator[Session]:
        """The session, for one step of it."""
        with step_of(self.session, name):
            yield self.session

    def note_error(self, error: BaseException, where: str) -> None:
        """A step failed; one that found another refresh running has no session to tell."""
        if self._session is not None:
            self._session.note_error(error, where)


@asset(
    key=["raw", "registry"],
    config_schema={},
    group_name="sources",
    kinds={"csv"},
    owners=[DATA_TEAM],
    freshness_policy=MONTHLY,
)
def registry(refresh: RefreshResource) -> MaterializeResult:  # type: ignore[type-arg]
    """Municipalities of each division, code lists, population, foreign-language share and changes, as delivered."""
    refresh.session.read.add("registry")
    return _loaded(refresh, "registry", load_registry)


@asset(
    key=["raw", "systems"],
    config_schema={},
    group_name="sources",
    kinds={"excel"},
    owners=[SURVEY_TEAM],
    freshness_policy=MONTHLY,
)
def systems(refresh: RefreshResource) -> MaterializeResult:  # type: ignore[type-arg]
    """The inventory of information systems, as delivered."""
    refresh.session.read.add("systems")
    return _loaded(refresh, "systems", load_systems)


@asset(
    key=["raw", "practices"],
    deps=[registry],
    config_schema={},
    group_name="sources",
    kinds={"csv"},
    owners=[SURVEY_TEAM],
    freshness_policy=MONTHLY,
)
def practices(refresh: RefreshResource) -> MaterializeResult:  # type: ignore[type-arg]
    """Good practices and comments by theme, as delivered, checked against the areas of the registry."""
    refresh.session.read.add("practices")
    return _loaded(refresh, "practices", load_practices)


@asset(
    key=["raw", "responses"],
    config_schema={},
    group_name="sources",
    kinds={"csv"},
    owners=[SURVEY_TEAM],
    metadata={"how a round is added": MetadataValue.path(PROJECT_ROOT / "docs/operating.md")},
    partitions_def=ROUNDS,
    backfill_policy=BackfillPolicy.single_run(),
)
def responses(context: AssetExecutionContext, refresh: RefreshResource) -> MaterializeResult:  # type: ignore[type-arg]
    """The rows and cells of a round's response files as delivered, with the codebook they are read by. Private."""
    return _loaded(refresh, "responses", partial(load_rounds, keys=context.partition_keys), context.partition_keys)


@multi_asset(specs=model_specs(MANIFEST), name="dbt_models", config_schema={}, can_subset=True)
def dbt_models(context: AssetExecutionContext, refresh: RefreshResource) -> Iterator[Any]:
    """Staging, intermediate, marts and the checks made in SQL, each table asked whether it is as it says."""
    with refresh.step("dbt_models") as session:
        paths, nodes, chosen = session.paths, model_nodes(MANIFEST), context.selected_asset_keys
        session.start_judge()
        session.has_built = True
        with opened(paths.warehouse_file) as connection:
            plan = begin_build(connection, paths.dbt_target, is_whole=not context.is_subset)
        dbt = session.start_dbt()
        try:
            for unique_id in dbt.make([*BUILD, *plan, *selection(MANIFEST, chosen)]):
                yield MaterializeResult(asset_key=model_key(nodes[unique_id]))
        except DbtFailed as error:
            if said_of_disk := trouble_in(f"{error}\n{results_text(paths.dbt_target)}", paths):
                raise DiskTrouble(said_of_disk) from None
            said = "\n".join(["dbt could not build everything:", *failures(paths.dbt_target)])
            raise ModelsNotBuilt(said) from None
        finally:
            dbt.end()
            with opened(paths.warehouse_file) as connection:
                record_build(connection, MANIFEST, paths.dbt_target)
        yield from _row_counts(paths, chosen)


TABLE_CHECKS = checks.table_check_specs(MANIFEST)


@multi_asset_check(specs=TABLE_CHECKS, name="expectations", config_schema={}, can_subset=True)
def expectations(
    context: AssetCheckExecutionContext, refresh: RefreshResource
) -> Iterator[AssetCheckResult | AssetCheckEvaluation]:
    """Great Expectations on answers, sources and marts, and the checks made in SQL, as they stand in the warehouse.

    The rounds that were built or read get their results too, each on its own partition."""
    with refresh.step("expectations") as session:
        judged = _judged(session)
        for line in told(session.findings, session.paths):
            context.log.warning(line)
        if judged.against:
            session.note_error(PublishRefused(judged.against))
        read_as_built = session.read & set(judged.as_built)
        selected = [spec for spec in TABLE_CHECKS if spec.key in context.selected_asset_check_keys]
        found: list[AssetCheckResult | AssetCheckEvaluation] = [
            *checks.results_of_rounds(judged, {*judged.built, *read_as_built}, context.instance),
            *checks.results_of_tables(judged, selected, MANIFEST),
            *checks.results_as_declared(judged, MANIFEST, context.instance),
        ]
        yield from found
        if session.ending.said and any(checks.is_grave(each) for each in found):
            raise Failure(session.ending.said, allow_retries=False)


@multi_asset_check(specs=checks.declared_check_specs(MANIFEST), name="as_declared", config_schema={}, can_subset=True)
def as_declared(context: AssetCheckExecutionContext, refresh: RefreshResource) -> Iterator[AssetCheckEvaluation]:
    """What tables say of themselves, as the warehouse stands. In a refresh it comes with the expectations."""
    chosen = {key.asset_key for key in context.selected_asset_check_keys}
    with refresh.step("as_declared") as session:
        for evaluation in checks.results_as_declared(_judged(session), MANIFEST, context.instance):
            if evaluation.asset_key in chosen:
                yield evaluation


@multi_asset_check(specs=checks.round_check_specs(MANIFEST), name="round_checks", config_schema={}, can_subset=True)
def round_checks(context: AssetCheckExecutionContext, refresh: RefreshResource) -> Iterator[AssetCheckEvaluation]:
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
                rounds_planned(connection) if session.has_built else (),
                rounds_as_built(connection),
            )
        session.findings = write_findings(session.paths)
    return session.judged


@asset(
    deps=[AssetKey(["marts", mart.name]) for mart in published_marts()],
    group_name="published",
    kinds={"duckdb"},
    config_schema={},
    owners=[DATA_TEAM, SURVEY_TEAM],
    metadata={
        "results and quality reports": MetadataValue.path(PATHS.current_folder / FOLDER),
        "how the tables are read": MetadataValue.path(PROJECT_ROOT / "docs/reading.md"),
        "how figures are computed": MetadataValue.path(DBT_PROJECT / "METHODS.md"),
    },
    freshness_policy=MONTHLY,
)
def published_release(context: AssetExecutionContext, refresh: RefreshResource) -> MaterializeResult:  # type: ignore[type-arg]
    """The release that BI tools read. It reads the recorded checks itself and refuses: no selection gets round them.

    A schedule's run that found nothing changed leaves the release as it is."""
    with refresh.step("published_release") as session:
        if OF_A_SCHEDULE in context.run.tags and session.unchanged:
            session.note_release(session.unchanged.number)
            _mirror(context, session)
            return MaterializeResult(metadata={"release": session.unchanged.number, "new": False})
        before = released(session.paths)
        release = publish(session.paths, datetime.now(UTC), session.refresh_id)
        session.note_release(release.number)
    _mirror(context, session)
    return MaterializeResult(
        metadata={
            "release": release.number,
            **said_of_release(released(session.paths), before),
            "folder": MetadataValue.path(release.folder),
            **{name: MetadataValue.path(page) for name, page in pages_of_release(session.paths).items()},
            "read it at": MetadataValue.path(session.paths.current),
            "sha256": release.sha256,
        }
    )


def _mirror(context: AssetExecutionContext, session: Session) -> None:
    """A mirror that is behind is told, and fails no run: the release stands."""
    try:
        follow(session.paths, datetime.now(UTC))
    except ToldError as behind:
        context.log.error(str(behind))


def _row_counts(paths: DataPaths, keys: AbstractSet[AssetKey]) -> Iterator[AssetObservation]:
    """How many rows each mart has now: dbt counts none for DuckDB."""
    with opened(paths.warehouse_file, read_only=True) as connection:
        for schema, name in sorted(tuple(key.path) for key in keys if key.path[0] == "marts"):
            row = connection.execute(f'select count(*) from {schema}."{name}"').fetchone()
            assert row is not None
            yield AssetObservation([schema, name], metadata={"dagster/row_count": row[0]})


def _loaded(
    refresh: RefreshResource, name: str, load: Callable[[DataPaths], LoadResult], keys: Sequence[str] = ()
) -> MaterializeResult:  # type: ignore[type-arg]
    with refresh.step(name) as session:
        try:
            result = load(session.paths)
        except InputFaults as found:
            session.note_refused(rounds_at_fault(session.paths, keys, found.faults) if keys else [name])
            every = found.faults if session.asked is None else faults_of_rounds(session.paths, session.asked)
            raise InputFaults(every or found.faults) from None
        session.note_rounds(result.rounds)
        if name in source_folders(session.paths):
            session.note_source(name, result.n_rows)
        return MaterializeResult(metadata={"dagster/row_count": result.n_rows, **result.n_rows_by_table})
