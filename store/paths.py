"""The data root and every path derived from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from store.environment import data_folder

PROJECT_ROOT = Path(__file__).resolve().parents[1]
DATABASE = "current.duckdb"  # of every release: clients name the catalogue by it


@dataclass(frozen=True)
class DataPaths:
    """Every folder and file under one data root. Nothing is created by looking."""

    root: Path

    @classmethod
    def resolve(cls, given: str | Path | None = None) -> DataPaths:
        """The data root: the one given, else $KUNTAKYSELY_DATA, else data/ of this project."""
        chosen = given or data_folder() or PROJECT_ROOT / "data"
        return cls(Path(chosen).resolve())

    @property
    def surveys(self) -> Path:
        return self.root / "surveys"

    @property
    def registry(self) -> Path:
        return self.root / "registry"

    @property
    def inventory(self) -> Path:
        return self.root / "systems" / "inventory.xlsx"

    @property
    def practices(self) -> Path:
        """Good practices by theme; optional."""
        return self.root / "practices"

    @property
    def alerts_file(self) -> Path:
        """Who is told of what goes wrong; optional."""
        return self.root / "alerts.yml"

    @property
    def publishing_file(self) -> Path:
        """Where else the current release is put; optional."""
        return self.root / "publishing.yml"

    @property
    def warehouse(self) -> Path:
        """Private and rebuildable: may be deleted at any time."""
        return self.root / "warehouse"

    @property
    def private(self) -> Path:
        """What respondents wrote lies here, and in nothing else that is made of the inputs."""
        return self.warehouse / "private"

    @property
    def warehouse_file(self) -> Path:
        return self.private / "warehouse.duckdb"

    @property
    def lake(self) -> Path:
        """What an engine other than DuckDB writes here; its tables too, where no other place is named for them."""
        return self.private / "lake"

    @property
    def findings_file(self) -> Path:
        return self.private / "findings.csv"

    @property
    def coding(self) -> Path:
        """Sheets of texts for people to code."""
        return self.private / "coding"

    @property
    def errors_file(self) -> Path:
        """The texts of errors that nobody foresaw."""
        return self.private / "errors.log"

    @property
    def spill(self) -> Path:
        """Where DuckDB puts what does not fit into memory."""
        return self.private / "spill"

    @property
    def patterns(self) -> Path:
        """What is hidden of each question of real answers, by the content that it follows from."""
        return self.warehouse / "disclosure"

    @property
    def dbt_target(self) -> Path:
        """Here too: dbt keeps the text of a database error, which can quote a value."""
        return self.private / "dbt"

    @property
    def state(self) -> Path:
        """Private and not rebuildable: ledger, history, release numbers, keys, tombstones, Dagster's home."""
        return self.root / "state"

    @property
    def state_file(self) -> Path:
        return self.state / "state.sqlite"

    @property
    def keys(self) -> Path:
        """The keys that respondents' ids are hashed with, one per survey."""
        return self.state / "keys"

    @property
    def lock_file(self) -> Path:
        return self.state / "refresh.lock"

    @property
    def audit_file(self) -> Path:
        """Who did what to the data and when, line by line."""
        return self.state / "audit.jsonl"

    @property
    def dagster_home(self) -> Path:
        return self.state / "dagster"

    @property
    def published(self) -> Path:
        return self.root / "published"

    @property
    def releases(self) -> Path:
        return self.published / "releases"

    @property
    def current(self) -> Path:
        """What DuckDB clients open: a symlink to the file in `current_folder`."""
        return self.published / DATABASE

    @property
    def current_folder(self) -> Path:
        """The symlink to the folder of the current release: its file, parquet/, csv/ and report/."""
        return self.published / "current"

    def shown(self, path: Path) -> str:
        """A path as messages show it: relative to the data root's parent where it lies inside."""
        base = self.root.parent
        return path.relative_to(base).as_posix() if path.is_relative_to(base) else path.as_posix()

    def prepare_private(self) -> None:
        """Make warehouse/, its private folder and state/ for their owner only."""
        for folder in (self.warehouse, self.private, self.state):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
