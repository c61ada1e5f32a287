"""The answers of one round built apart from the warehouse, to be compared and thrown away."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from expectations.record import begin_build
from ingest.codebook.rounds import SIGNED_OFF, SURVEY_FILES, files_of_round, round_folder, split_key
from ingest.codebook.sign_offs import sign_off_folders
from ingest.landing.load import load_registry, load_rounds, load_systems
from orchestration.dagster.dbt import BUILD, Dbt
from store import state
from store.fingerprint import source_folders
from store.paths import DataPaths
from store.warehouse import opened

PREFIX = "signing_"
COMPARED = ("--select", "+int_answers_by_unit", "+int_frame_broken_down")


@contextmanager
def trial(paths: DataPaths, key: str) -> Iterator[DataPaths]:
    """A data folder with the inputs of one round (survey/round) as they are delivered now. It is private, and goes
    whatever happens; one that was left by a process that was killed goes first: the caller holds the refresh lock."""
    paths.prepare_private()
    for left in paths.private.glob(f"{PREFIX}*"):
        shutil.rmtree(left)
    with TemporaryDirectory(prefix=PREFIX, dir=paths.private) as folder:
        apart = DataPaths(Path(folder) / "data")
        _copy_inputs(paths, key, apart)
        _copy_what_is_kept_of_people(paths, split_key(key)[0], apart)
        yield apart


def _copy_inputs(paths: DataPaths, key: str, apart: DataPaths) -> None:
    for folder in filter(Path.is_dir, source_folders(paths).values()):
        shutil.copytree(folder, apart.root / folder.name)
    there = round_folder(apart, key)
    there.mkdir(parents=True)
    for file in files_of_round(paths, key):
        if file.parent == round_folder(paths, key):
            shutil.copy(file, there)
    survey_id, _ = split_key(key)
    for file in (paths.surveys / survey_id / name for name in SURVEY_FILES):
        if file.is_file():
            shutil.copy(file, apart.surveys / survey_id)


def _copy_what_is_kept_of_people(paths: DataPaths, survey_id: str, apart: DataPaths) -> None:
    """Who was erased is not counted, and the key is what they are known by."""
    apart.prepare_private()
    own = paths.keys / f"{survey_id}.key"
    if own.is_file():
        apart.keys.mkdir(mode=0o700)
        shutil.copy(own, apart.keys)
    with state.opened(paths) as memory, state.opened(apart) as copy:
        for token in state.tombstones(memory, survey_id):
            state.record_tombstone(copy, survey_id, token, datetime.now(UTC))


def add_signed(paths: DataPaths, key: str, apart: DataPaths) -> None:
    """Let the round be read from its last sign-off."""
    last = sign_off_folders(round_folder(paths, key))[-1]
    shutil.copytree(last, round_folder(apart, key) / SIGNED_OFF / last.name)


def build(apart: DataPaths, key: str) -> Path:
    """Build the answers of the round; the warehouse file. Raises InputFaults, and DbtFailed, whose text can quote an
    answer."""
    apart.warehouse_file.unlink(missing_ok=True)
    load_registry(apart)
    load_systems(apart)
    load_rounds(apart, [key])
    with opened(apart.warehouse_file) as connection:
        plan = begin_build(connection, apart.dbt_target)
    dbt = Dbt(apart)
    try:
        list(dbt.make([*BUILD, *plan, *COMPARED]))
    finally:
        dbt.end()
    return apart.warehouse_file
