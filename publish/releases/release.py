"""A release: a folder built privately, checked, verified, then put in place of the old one by a rename of a link.

A kill at any moment leaves the old release or the new one, whole; the next call finishes or sweeps what is left.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from sqlite3 import Connection

import duckdb

from faults.told import ToldError
from ingest.codebook.rounds import round_keys
from ingest.landing.deliveries import note_published_rows
from publish import catalogue
from publish.disclosure import apply as disclosure
from publish.gate.refusals import RUN_AGAIN, PublishRefused, Refusal, refusals
from publish.releases import changes, folder, old_form, provenance, quality, rounds
from publish.releases.own_tables import OWN_TABLES
from publish.results import sentences
from store import audit, state
from store.days import local_day
from store.disk import disk_watched
from store.durable import sync
from store.fingerprint import code_sha256, file_sha256
from store.lock import publish_lock
from store.marts import Mart, published_marts
from store.paths import DATABASE, PROJECT_ROOT, DataPaths
from store.warehouse import bound, columns_of, table_signature, transaction

KEPT_AFTER_SUPERSEDED = timedelta(days=7)  # a pooled connection may hold it (docs/reading.md)
STORAGE_VERSION = "v1.2.0"  # the oldest DuckDB that reads it
HASH_SHOWN = 8  # digits of its hash in the name of a release

Signatures = dict[str, tuple[int, str]]


class ReleaseUnsound(RuntimeError):
    """A release was built and is not what it was built from: a fault of the program, nothing was published."""


class RollbackRefused(ToldError):
    """There is no such release to go back to."""


@dataclass(frozen=True)
class Release:
    """A release that lies whole in published/releases."""

    number: int
    folder: Path
    sha256: str
    created_at: datetime


def publish(paths: DataPaths, now: datetime, refresh_id: int) -> Release:
    """Publish the marts of the warehouse as a new release and point `current` at it.

    Raises PublishRefused with every reason, RefreshRunning while another process publishes, ReleaseUnsound, and
    DiskTrouble.
    """
    with disk_watched(paths), publish_lock(paths, now), state.opened(paths) as memory:
        _settle(paths, memory, now, "repair")
        release = _build(paths, memory, now)
        state.record_release(memory, _record(release, state.fingerprint_of(memory, refresh_id)))
        with _warehouse(paths) as connection:
            note_published_rows(paths, connection, memory)
        _point(paths, release.folder)
        _settle(paths, memory, now, "publish")
    return release


def rollback(paths: DataPaths, now: datetime, number: int | None = None) -> int:
    """Point `current` at release `number`, or at the one before the current one; the number it points at then.

    Raises RollbackRefused, which lists the releases there are, RefreshRunning while another process publishes, and
    DiskTrouble.
    """
    with disk_watched(paths), publish_lock(paths, now), state.opened(paths) as memory:
        _settle(paths, memory, now, "repair")
        files = state.release_files(paths.releases)
        chosen = _choose(list(files), state.current_release(paths), number)
        _point(paths, files[chosen].parent)
        _settle(paths, memory, now, "rollback")
        audit.record(paths, "rollback", release=chosen, outcome="published")
    return chosen


def repair(paths: DataPaths, now: datetime) -> None:
    """Finish or sweep what a killed publish or rollback left. Does nothing when nothing is left."""
    with publish_lock(paths, now), state.opened(paths) as memory:
        _settle(paths, memory, now, "repair")


def _choose(numbers: list[int], current: int | None, number: int | None) -> int:
    there_are = f"There are: {', '.join(map(str, sorted(numbers))) or 'none'}"
    if number is None:
        earlier = [found for found in numbers if current is not None and found < current]
        if not earlier:
            raise RollbackRefused(f"no release before {current or 'the first'} is left to go back to. {there_are}.")
        return max(earlier)
    if number not in numbers:
        raise RollbackRefused(f"there is no release {number}. {there_are}: name one of them.")
    if number == current:
        raise RollbackRefused(f"release {number} is the current one already. {there_are}.")
    return number


def _record(release: Release, fingerprint: str) -> state.ReleaseRecord:
    return state.ReleaseRecord(release.number, release.folder.name, release.sha256, fingerprint, release.created_at)


def _build(paths: DataPaths, memory: Connection, now: datetime) -> Release:
    """Build the release in a hidden folder, verify it and give it its name; nobody is pointed at it yet."""
    number, earlier = state.next_release_number(memory, paths.releases), _comparable_release(paths, memory)
    building = paths.releases / folder.BUILDING / DATABASE
    with _warehouse(paths) as connection:
        code = code_sha256()
        found = [*refusals(connection, code, local_day(now)), *_lost_rounds(paths, connection)]
        if found:
            raise PublishRefused(found)
        source = catalogue.described(connection, "'source'")
        marts = published_marts()
        disclosure.protect(connection, marts, source, paths.patterns)
        relations = [source[mart.name] for mart in marts]
        contents = changes.Contents(connection, "protected")  # from which the release is copied, as is verified
        is_extended = earlier is not None and _can_be_extended(contents, paths.current, relations)
        building.parent.mkdir(parents=True)
        if is_extended:
            shutil.copyfile(paths.current, building)
        connection.execute(
            f"attach {catalogue.literal(str(building))} as release "
            f"(storage_version '{STORAGE_VERSION}', recovery_mode no_wal_writes)"
        )
        with transaction(connection):
            kept = _kept(connection, source, marts) if is_extended else {}
            expected = _copy_tables(connection, source, marts, kept)
            _fill_own_tables(connection, memory, number, earlier, now, code)
            changes.fill_tables(connection, marts, source, kept)
        changes.fill_changes(contents, paths.current if earlier else None)
        rounds.fill(contents, relations, paths.current if earlier else None)
        expected |= {table.name: table_signature(connection, f"release.marts.{table.name}") for table in OWN_TABLES}
        connection.execute("use memory")
        connection.execute("checkpoint release")
        connection.execute("detach release")
    _verify(building, relations, expected)
    sha256 = file_sha256(building)
    name = f"{number}_{sha256[:HASH_SHOWN]}"
    folder.fill(building.parent, name, paths.current_folder.resolve() if earlier else None)
    return Release(number, folder.give_name(building.parent, name), sha256, now)


def _comparable_release(paths: DataPaths, memory: Connection) -> int | None:
    """The number of the current release, if there is one, it can be read, and nobody was erased since it was made: the
    difference would be their answers."""
    with suppress(duckdb.Error), duckdb.connect(str(paths.current), read_only=True):
        number = state.current_release(paths)
        return None if number in _counting_erased(memory) else number
    return None


def _counting_erased(memory: Connection) -> set[int]:
    """The numbers of the releases from before somebody was erased: they count them."""
    erased_at = state.last_erasure(memory)
    return {each.number for each in state.releases(memory) if erased_at is not None and each.created_at <= erased_at}


def published_rounds(paths: DataPaths) -> set[str]:
    """survey/round of every round in the current release; none of a damaged one, which readers have lost already."""
    if not paths.current.exists():
        return set()
    with suppress(duckdb.Error), duckdb.connect(str(paths.current), read_only=True) as connection:
        return {key for (key,) in connection.execute("select round_key from marts.dim_round").fetchall()}
    return set()


def _lost_rounds(paths: DataPaths, connection: duckdb.DuckDBPyConnection) -> list[Refusal]:
    """Rounds that readers have now, that the new release would lack, and whose folders are still there."""
    if not columns_of(connection, "marts.dim_round"):
        return []
    built = {key for (key,) in connection.execute("select round_key from marts.dim_round").fetchall()}
    lost = sorted((published_rounds(paths) - built) & set(round_keys(paths)))
    return [Refusal(f"round {key} is in the current release and not in the warehouse", RUN_AGAIN) for key in lost]


@contextmanager
def _warehouse(paths: DataPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, read only, as the default catalogue `source` beside which a release can be attached.

    While it is held no other process can write to it: what the gate saw is what is copied.
    """
    if not paths.warehouse_file.is_file():
        raise PublishRefused([Refusal(f"there is no warehouse at {paths.shown(paths.warehouse_file)}", RUN_AGAIN)])
    with duckdb.connect(config={"temp_directory": str(paths.spill)}) as connection:
        try:
            connection.execute(f"attach {catalogue.literal(str(paths.warehouse_file))} as source (read_only)")
        except duckdb.IOException:
            place = paths.shown(paths.warehouse_file)
            advice = "Wait until the program that writes to it ends, or delete it and run `kuntakysely refresh`"
            raise PublishRefused([Refusal(f"{place} cannot be opened for reading", advice)]) from None
        connection.execute("use source")
        bound(connection)
        yield connection


def _can_be_extended(contents: changes.Contents, earlier: Path, relations: Sequence[catalogue.Relation]) -> bool:
    """Whether rounds only come: every row by round of the release `earlier` is in the warehouse as it was.

    Then the new release begins as a copy of it. When anything goes it is written whole, because what is deleted in a
    file can still be read there.
    """
    by_round = {relation.name: relation for relation in relations if relation.is_by_round}
    with duckdb.connect(str(earlier), read_only=True) as release:
        had = catalogue.described(release, "current_database()")
        if [*_storage_faults(release)] or any(had.get(name) != relation for name, relation in by_round.items()):
            return False
    columns = {name: [column.name for column in relation.columns] for name, relation in by_round.items()}
    return changes.rounds_only_come(contents, earlier, columns)


def _kept(
    connection: duckdb.DuckDBPyConnection, source: Mapping[str, catalogue.Relation], marts: Sequence[Mart]
) -> dict[str, int]:
    """Rows of the tables by round in a release that begins as a copy; everything else in it is removed."""
    kept, by_round = {}, {mart.name for mart in marts if source[mart.name].is_by_round}
    for name, relation in catalogue.described(connection, "'release'").items():
        place = f"release.marts.{catalogue.quoted(name)}"
        if name in by_round:
            ((kept[name],),) = connection.execute(f"select count(*) from {place}").fetchall()
        else:
            connection.execute(f"drop {'view' if relation.is_view else 'table'} {place}")
    return kept


def _copy_tables(
    connection: duckdb.DuckDBPyConnection,
    source: Mapping[str, catalogue.Relation],
    marts: Sequence[Mart],
    kept: Mapping[str, int],
) -> Signatures:
    """Make the published tables in `release`, or add rounds to those kept; the signatures of what they hold."""
    connection.execute("create schema if not exists release.marts")
    connection.execute("use release.marts")
    for mart in sorted(marts, key=lambda mart: source[mart.name].is_view):
        relation = source[mart.name]
        try:
            if relation.name not in kept:
                catalogue.create(connection, relation)
        except duckdb.Error as error:
            raise ReleaseUnsound(
                f"marts.{relation.name} cannot be made in the release: {error}\nIts SQL is: {relation.sql}\nWrite it "
                "with names like marts.answer_distribution, without a catalogue, of published tables only."
            ) from error
        if not relation.is_view:
            name = catalogue.quoted(relation.name)
            is_new = f"(survey_id, round_id) not in (select survey_id, round_id from release.marts.{name})"
            connection.execute(
                f"insert into release.marts.{name} from protected.marts.{name} "
                f"where {is_new if relation.name in kept else 'true'} order by {', '.join(mart.key)}"
            )
    connection.execute("use protected")
    signatures = {mart.name: table_signature(connection, f"protected.marts.{mart.name}") for mart in marts}
    connection.execute("use release.marts")
    return signatures


def _fill_own_tables(
    connection: duckdb.DuckDBPyConnection,
    memory: Connection,
    number: int,
    earlier: int | None,
    now: datetime,
    code: str,
) -> None:
    for table in OWN_TABLES:
        catalogue.create_new(connection, table)
    quality.fill(connection, state.first_seen(memory), now)
    sentences.fill(connection)
    provenance.fill(connection, number, earlier, now, code, provenance.code_version(PROJECT_ROOT))


def _verify(file: Path, relations: Sequence[catalogue.Relation], expected: Signatures) -> None:
    """Open the closed file as a reader does and compare it with what it was built from. Raises ReleaseUnsound."""
    faults = [f"{path.name} was left beside it" for path in file.parent.glob(f"{file.name}.*")]
    with duckdb.connect(str(file), read_only=True) as connection:
        faults += [*_foreign_objects(connection), *_storage_faults(connection)]
        found = catalogue.described(connection, "current_database()")
        if set(found) != set(expected):
            faults.append(f"tables differ: {sorted(set(found) ^ set(expected))}")
        faults += [
            f"marts.{name}: {signature} in the release, {expected[name]} in its source"
            for name in sorted(found.keys() & expected.keys())
            if (signature := table_signature(connection, f"marts.{catalogue.quoted(name)}")) != expected[name]
        ]
    faults += [f"{place} has no comment" for relation in found.values() for place in catalogue.undescribed(relation)]
    faults += [
        f"marts.{relation.name} was not made again as it was: types, constraints or comments differ"
        for relation in relations
        if relation.name in found and found[relation.name] != relation
    ]
    if faults:
        raise ReleaseUnsound("\n".join(["the release that was built is not sound, nothing was published:", *faults]))


def _foreign_objects(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Only the schema marts, with nothing in it but tables and views."""
    rows = connection.execute(
        """
        select 'schema ' || schema_name from duckdb_schemas()
        where not internal and database_name = current_database() and schema_name <> 'marts'
        union all
        select 'table ' || schema_name || '.' || table_name from duckdb_tables()
        where not internal and schema_name <> 'marts'
        union all
        select 'view ' || schema_name || '.' || view_name from duckdb_views()
        where not internal and schema_name <> 'marts'
        union all
        select 'sequence ' || sequence_name from duckdb_sequences()
        union all
        select 'type ' || type_name from duckdb_types() where not internal and database_name = current_database()
        """
    ).fetchall()
    return (f"{name} does not belong in a release" for (name,) in rows)


def _storage_faults(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    row = connection.execute(
        "select tags['storage_version'] from duckdb_databases() where database_name = current_database()"
    ).fetchone()
    if row is None or not str(row[0]).startswith(STORAGE_VERSION):
        yield f"it was written for {row and row[0]}, not for {STORAGE_VERSION}"


def _point(paths: DataPaths, to: Path) -> None:
    """Let `current` lead to a release's folder, in one rename; `current.duckdb` leads through it, once and for all."""
    old_form.make_way(paths)
    _link(paths.current_folder, to.relative_to(paths.published))
    _link(paths.current, Path(paths.current_folder.name, DATABASE))


def _link(link: Path, to: Path) -> None:
    """Make `link` a relative symlink, in one rename where it is none to that place."""
    if link.is_symlink() and link.readlink() == to:
        return
    building = link.with_name(f".{link.name}.building")
    building.symlink_to(to)
    building.replace(link)
    sync(link.parent)


def _settle(paths: DataPaths, memory: Connection, now: datetime, cause: state.Cause) -> None:
    """Bring state and old folders in line with where `current` points."""
    _sweep(paths)
    old_form.make_folders(paths)
    _remember_strangers(paths, memory, now)
    files, current = state.release_files(paths.releases), state.current_release(paths) or _last_current(memory)
    if current not in files:
        return
    _point(paths, files[current].parent)
    old_form.clear(paths)
    state.record_current(memory, current, now, cause)
    _remove_expired(paths, memory, now)


def _sweep(paths: DataPaths) -> None:
    """Remove what a killed publish left, and the log that a killed reader leaves who had the right to write.

    With such a log beside it a release shows other rows, or does not open at all.
    """
    logs = [*paths.releases.rglob("*.wal"), paths.current.with_name(f"{paths.current.name}.wal")]
    begun = (f"{name}*" for name in (f".{paths.current_folder.name}", folder.BUILDING, folder.REMOVED))
    places = (paths.published, paths.releases)
    for path in [*logs, *(left for pattern in begun for place in places for left in place.glob(pattern))]:
        folder.remove(path)


def _remember_strangers(paths: DataPaths, memory: Connection, now: datetime) -> None:
    """Releases on disk that the state does not know: it was lost, or a kill came before it was written."""
    known = {record.number for record in state.releases(memory)}
    for number, file in state.release_files(paths.releases).items():
        if number not in known:
            superseded_at = None if number == state.current_release(paths) else now
            state.record_release(
                memory, state.ReleaseRecord(number, file.parent.name, file_sha256(file), "", now, superseded_at)
            )


def _last_current(memory: Connection) -> int | None:
    """The release that was current when someone removed a link."""
    history = state.current_history(memory)
    return history[-1][1] if history else None


def _remove_expired(paths: DataPaths, memory: Connection, now: datetime) -> None:
    """Readers may hold a release for as long as it was superseded less than KEPT_AFTER_SUPERSEDED ago; one from before
    somebody was erased counts them, and goes at once."""
    counting_erased, files = _counting_erased(memory), state.release_files(paths.releases)
    for record in state.releases(memory):
        is_over = record.superseded_at and now - record.superseded_at > KEPT_AFTER_SUPERSEDED
        if record.number in files and record.superseded_at and (is_over or record.number in counting_erased):
            folder.remove(files[record.number].parent)
