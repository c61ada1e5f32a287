"""The command line: kuntakysely. Thin: each command calls one room and turns what it says into an exit code."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from faults.errors import FaultList, visible_lines, wrapped
from faults.stopped import Stopped, came, clean_up_seldom, listen
from faults.told import ExitCode, ToldError, WrongUsage
from publish.reading.limits import MEMORY_MB, SECONDS, Limits
from store.disk import STANDS, disk_trouble
from store.environment import DATA, DUCKDB, ENGINE, ENGINES, set_data_folder, set_engine
from store.paths import DataPaths

if TYPE_CHECKING:
    from ingest.proposals.writing import Draft


class Commands(TyperGroup):
    """All end alike when somebody ends them; typer itself would end without a word."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.Exit:
            raise
        except (Exception, KeyboardInterrupt) as error:
            if not (came() or isinstance(error, KeyboardInterrupt)):
                raise
            raise Stopped(came() or signal.SIGINT, STANDS) from None


# Plain help: the other takes as long to load as an answer may take, and cuts long words.
WIDEST_HELP = 100  # columns
app = typer.Typer(
    cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None,
    context_settings={"terminal_width": min(get_terminal_size().columns, WIDEST_HELP)},
)  # fmt: skip


def command(name: str | None = None, *, example: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A command of that name (or the function's own), whole in the list of commands, with an example under its help."""

    def add(function: Callable[..., None]) -> Callable[..., None]:
        return app.command(name, short_help=function.__doc__, epilog=f"Example: kuntakysely {example}")(function)

    return add


def say(text: str, *, err: bool = False) -> None:
    """As a console does (orchestration/dagster/progress.py), before any is loaded."""
    shown, stream = visible_lines(text), sys.stderr if err else sys.stdout
    typer.echo(wrapped(shown, get_terminal_size().columns) if stream.isatty() else shown, err=err)


def _tell_version(is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import version

        typer.echo(f"kuntakysely {version('kuntakysely')}")
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Which version this is.")
    ] = False,
) -> None:
    """A warehouse for surveys of municipalities."""


def _everywhere(data: Path | None) -> Path | None:
    """Processes that are started, and an error that nobody foresaw, find the data folder too."""
    if data is not None:
        set_data_folder(data.resolve())
    return data


Language = Annotated[str | None, typer.Option(help="fi, sv, en or another of the survey's.")]
Data = Annotated[
    Path | None,
    typer.Option("--data", callback=_everywhere, help=f"The data folder; default data/ of the project or ${DATA}."),
]


@command(example="refresh --survey koto_kuntakysely --round 2023-01")
def refresh(
    survey: Annotated[str | None, typer.Option(help="Only rounds of this survey.")] = None,
    rounds: Annotated[list[str] | None, typer.Option("--round", help="Only this round; may be repeated.")] = None,
    full: Annotated[bool, typer.Option(help="Build everything anew.")] = False,
    engine: Annotated[
        str | None, typer.Option(help=f"What runs the models: {', '.join(ENGINES)}; default ${ENGINE} or {DUCKDB}.")
    ] = None,
    data: Data = None,
) -> None:
    """Ingest, build, check and publish, through Dagster."""
    from orchestration.commands.answered import remembered_answer

    paths = DataPaths.resolve(data)
    if engine:
        set_engine(engine)
    if not (survey or rounds or full) and (answer := remembered_answer(paths)):
        say(answer)
        return
    from orchestration.commands.refresh import refresh as run

    raise typer.Exit(run(paths, survey, rounds or [], full=full))


@command(example="validate koto_kuntakysely/2023-01")
def validate(
    what: Annotated[str | None, typer.Argument(metavar="[SURVEY[/ROUND]]", help="All when left out.")] = None,
    data: Data = None,
) -> None:
    """Read codebooks and inputs and report every fault at once, and what else to know of them. Writes nothing."""
    from ingest.landing.load import examine
    from orchestration.alerts.delivery import alert_faults
    from publish.releases.mirror import publishing_faults

    paths = DataPaths.resolve(data)
    survey, _, round_id = (what or "").partition("/")
    found = examine(paths, survey or None, round_id or None)
    faults = (*found, *alert_faults(paths), *publishing_faults(paths))
    for each in (*faults, *found.notes):
        say(f"{each}\n")
    say(f"{len(faults)} fault{'' if len(faults) == 1 else 's'} found.")
    raise typer.Exit(ExitCode.WRONG_INPUT if faults else ExitCode.DONE)


@command("new-round", example="new-round koto_kuntakysely 2026-01 export.xlsx")
def new_round(
    survey: Annotated[str, typer.Argument(help="A survey that has a folder.")],
    round_id: Annotated[str, typer.Argument(metavar="ROUND", help="The id of the new round.")],
    file: Annotated[Path, typer.Argument(help="The export file: .csv, .xlsx, .sav, or Webropol's .json.")],
    data: Data = None,
) -> None:
    """Make the folder of a new round from an export file; what is unsure is marked with ?, for you to decide."""
    from datetime import date

    from ingest.proposals.folder import draft_round

    paths = DataPaths.resolve(data)
    faults = FaultList(paths.shown)
    _say_draft(draft_round(paths, survey, round_id, file, date.today(), faults), faults, paths)


@command("new-survey", example="new-survey my_survey form.xlsx")
def new_survey(
    survey: Annotated[str, typer.Argument(help="The id of the new survey.")],
    file: Annotated[
        Path,
        typer.Argument(
            help="XLSForm (.xlsx), LimeSurvey structure (.txt), SPSS file (.sav) or Qualtrics export (.csv)."
        ),
    ],
    language: Annotated[
        str | None, typer.Option(help="The language of wordings for which the file names none, as fi.")
    ] = None,
    data: Data = None,
) -> None:
    """Make the folder of a new survey from the file of its form; what is unsure is marked with ?, for you to decide."""
    from ingest.proposals.codebook import draft_survey

    paths = DataPaths.resolve(data)
    faults = FaultList(paths.shown)
    _say_draft(draft_survey(paths, survey, file, language, faults), faults, paths)


def _say_draft(draft: Draft | None, faults: FaultList, paths: DataPaths) -> None:
    from orchestration.commands.report import describe_draft

    for fault in faults:
        say(f"{fault}\n")
    if draft is None:
        raise typer.Exit(ExitCode.WRONG_INPUT)
    say(describe_draft(draft, paths))


@command(example="status --all")
def status(
    whole: Annotated[bool, typer.Option("--all", help="Name every open finding, not only what is new.")] = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    data: Data = None,
) -> None:
    """Releases, rounds, the last result of every check and what is decided of it."""
    from dataclasses import replace
    from datetime import UTC, datetime

    from orchestration.commands.report import as_json, print_status, read_sign_offs, read_status
    from orchestration.dagster.progress import terminal
    from store import audit

    paths = DataPaths.resolve(data)
    now = datetime.now(UTC)
    found = replace(
        read_status(paths, now), audit_faults=list(map(str, audit.faults(paths))), sign_offs=read_sign_offs(paths, now)
    )
    if json:
        typer.echo(as_json(found))
    else:
        print_status(found, paths, terminal(), is_whole=whole)


@command(example="watch koto_kuntakysely/2023-01 --missing > remind.csv")
def watch(
    name: Annotated[str, typer.Argument(metavar="SURVEY/ROUND", help="A round that was built.")],
    missing: Annotated[bool, typer.Option("--missing", help="Who has not answered, as CSV. Private.")] = False,
    faults: Annotated[bool, typer.Option("--faults", help="What to ask again, as CSV. Private.")] = False,
    data: Data = None,
) -> None:
    """Response so far and open findings of a round; or whom to remind, or what to ask again."""
    from datetime import UTC, datetime

    from orchestration.commands.watch import print_watch, write_faults, write_missing
    from orchestration.dagster.progress import terminal
    from store.days import local_day

    paths = DataPaths.resolve(data)
    if missing and faults:
        raise WrongUsage("--missing and --faults are two lists: ask for one of them at a time.")
    if missing:
        write_missing(paths, name, sys.stdout, sys.stderr)
    elif faults:
        write_faults(paths, name, sys.stdout, sys.stderr)
    else:
        print_watch(paths, name, local_day(datetime.now(UTC)), terminal())


@command(example="quality koto_kuntakysely/2023-01 --language fi --format md --print")
def quality(
    name: Annotated[str, typer.Argument(metavar="SURVEY/ROUND", help="A round of the current release.")],
    language: Language = None,
    form: Annotated[str, typer.Option("--format", help="html or md.")] = "html",
    print_page: Annotated[bool, typer.Option("--print", help="The page itself, to standard output.")] = False,
    data: Data = None,
) -> None:
    """The quality report of a round: where its page lies, or the page itself."""
    from orchestration.commands.quality import page_of_round

    paths = DataPaths.resolve(data)
    page = page_of_round(paths, name, language, form)
    typer.echo(page.read_text(encoding="utf-8") if print_page else paths.shown(page))


@command(example="report koto_kuntakysely/2023-01 --language fi --open")
def report(
    name: Annotated[str | None, typer.Argument(metavar="[SURVEY/ROUND]", help="All when left out.")] = None,
    language: Language = None,
    form: Annotated[str, typer.Option("--format", help="html, or xlsx: the workbook of a round.")] = "html",
    is_opened: Annotated[bool, typer.Option("--open", help="Open it.")] = False,
    data: Data = None,
) -> None:
    """The results of a round for people to look at: the address of its page, or of the index of all pages."""
    from orchestration.commands.quality import page_of_results

    page = page_of_results(DataPaths.resolve(data), name, language, form)
    typer.echo(page.as_uri())
    if is_opened:
        typer.launch(page.as_uri())


@command(example='sql --csv "select answer_en, n, pct from headline_result" > answer.csv')
def sql(
    query: Annotated[str | None, typer.Argument(help="One statement that reads; - or nothing: standard input.")] = None,
    csv: Annotated[bool, typer.Option("--csv", help="As CSV.")] = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Rows at most; default 1,000, with --csv and --json 1,000,000.")
    ] = None,
    release: Annotated[int | None, typer.Option(help="An earlier release; the current one when left out.")] = None,
    seconds: Annotated[int, typer.Option(min=1, max=86_400, help="Time that the query may take.")] = SECONDS,
    memory: Annotated[int, typer.Option(min=64, max=1_000_000, help="Memory in MB that it may take.")] = MEMORY_MB,
    data: Data = None,
) -> None:
    """Ask a release in SQL: its tables are there, and nothing else."""
    from orchestration.commands.sql import answer_query, query_of
    from orchestration.dagster.progress import terminal

    if csv and json:
        raise WrongUsage("--csv and --json are two forms: ask for one of them.")
    form = "csv" if csv else "json" if json else "table"
    asked = query_of(query, sys.stdin)
    paths, limits = DataPaths.resolve(data), Limits(seconds, memory)
    raise typer.Exit(answer_query(paths, asked, release, form, limits, limit, terminal()))


@command(example="diff 1 2 --csv > differences.csv")
def diff(
    old: Annotated[int | None, typer.Argument(help="A release; the one before NEW when left out.")] = None,
    new: Annotated[int | None, typer.Argument(help="A release; the current one when left out.")] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Every difference, as CSV.")] = False,
    data: Data = None,
) -> None:
    """Every published value that differs between two releases."""
    from orchestration.commands.differences import print_differences, write_differences
    from orchestration.dagster.progress import terminal

    paths = DataPaths.resolve(data)
    if csv:
        write_differences(paths, old, new, sys.stdout)
    else:
        print_differences(paths, old, new, terminal())


@command(example="rollback 1")
def rollback(
    release: Annotated[int | None, typer.Argument(help="Its number; the one before the current when left out.")] = None,
    data: Data = None,
) -> None:
    """Point `current` at an earlier release."""
    from datetime import UTC, datetime

    from publish.releases.mirror import follow
    from publish.releases.release import rollback as point_back
    from store.lock import refresh_lock

    paths, now = DataPaths.resolve(data), datetime.now(UTC)
    with refresh_lock(paths, now):  # a refresh that runs would publish, and undo it, in a moment
        number = point_back(paths, now, release)
    say(f"{paths.shown(paths.current)} points at release {number}. A refresh with new inputs publishes again.")
    follow(paths, datetime.now(UTC))


@command("sign-off", example="sign-off my_survey/2026 --by 'The survey team' --why 'All files came'")
def sign_off(
    name: Annotated[str, typer.Argument(metavar="SURVEY/ROUND", help="A round of real answers whose field closed.")],
    by: Annotated[
        str | None, typer.Option("--by", help="The team that signs; else the user who runs this. It is not published.")
    ] = None,
    why: Annotated[str, typer.Option("--why", help="Why the answers are final as they are.")] = "The field has closed",
    accept: Annotated[
        str | None,
        typer.Option(
            "--accept", help="Why a change by few is right all the same. It is published: personal data is refused."
        ),
    ] = None,
    data: Data = None,
) -> None:
    """Keep the answers of a closed round as they are now: releases are made of what was signed last."""
    from orchestration.commands.signing import sign_off as sign
    from orchestration.dagster.progress import terminal

    raise typer.Exit(sign(DataPaths.resolve(data), name, by, why, accept, terminal()))


@command(example="code koto_kuntakysely/2023-01 role_comments --read sheet.xlsx --by 'The survey team'")
def code(
    name: Annotated[str, typer.Argument(metavar="SURVEY/ROUND", help="A round, as it is delivered now.")],
    question: Annotated[str, typer.Argument(help="The text question.")],
    coded_as: Annotated[
        str | None, typer.Option("--as", metavar="QUESTION", help="What it is coded as, where there are several.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--read", metavar="FILE", help="Read a sheet (.xlsx or .csv) back.")
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="WHO", help="Who coded; else the user who runs this. Not published.")
    ] = None,
    second: Annotated[
        bool, typer.Option("--second", help="For a second coder, who does not see what the first one read.")
    ] = False,
    data: Data = None,
) -> None:
    """Write the private sheet in which a person codes the texts of a question, or read what was ticked in it back."""
    from orchestration.commands.coding import code as run
    from orchestration.dagster.progress import terminal

    raise typer.Exit(run(DataPaths.resolve(data), name, question, coded_as, file, by, terminal(), is_second=second))


@command(example="erase my_survey/2026 R123")
def erase(
    of: Annotated[str, typer.Argument(metavar="SURVEY[/ROUND]", help="A round; with --person a survey.")],
    id_: Annotated[str, typer.Argument(metavar="ID", help="As the delivered file has it; - reads it from input.")],
    person: Annotated[bool, typer.Option("--person", help="The id of a person, in all rounds of the survey.")] = False,
    data: Data = None,
) -> None:
    """Remove a respondent for good, from the files too, and publish without them."""
    from orchestration.commands.forgetting import erase_respondent

    known = sys.stdin.readline() if id_ == "-" else id_
    raise typer.Exit(erase_respondent(DataPaths.resolve(data), of, known, is_person=person))


@command(example="retention --apply")
def retention(
    apply: Annotated[bool, typer.Option("--apply", help="Take them out. Without it nothing is changed.")] = False,
    data: Data = None,
) -> None:
    """Texts and ids of people that have been kept for longer than survey.yml says."""
    from orchestration.commands.forgetting import apply_retention

    raise typer.Exit(apply_retention(DataPaths.resolve(data), is_dry=not apply))


@command(example="backup /media/backups/kuntakysely.tar.gz")
def backup(
    to: Annotated[Path, typer.Argument(metavar="FILE.tar.gz", help="A new file, or a folder to put one into.")],
    data: Data = None,
) -> None:
    """Save what cannot be made again: inputs and state. The file has answers and keys in it: keep it private."""
    from datetime import UTC, datetime

    from store.backup import backup as save

    made = save(DataPaths.resolve(data), to, datetime.now(UTC))
    say(f"{made.file}: {made.n_files} files, as of release {made.last_release}.")


@command(example="restore /media/backups/kuntakysely.tar.gz")
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE.tar.gz", help="A backup.")],
    last_release: Annotated[
        int | None, typer.Option(help="The last release readers have seen, where it is later than the backup.")
    ] = None,
    data: Data = None,
) -> None:
    """Put a backup into a data folder that is empty or missing; a refresh makes the rest."""
    from datetime import UTC, datetime

    from store.backup import restore as put_back

    paths = DataPaths.resolve(data)
    found = put_back(paths, file, datetime.now(UTC), last_release)
    say(
        f"{paths.root}: {found.n_files} files as of {found.made_at:%Y-%m-%d %H:%M} UTC. `kuntakysely refresh` builds "
        f"the warehouse and publishes release {found.last_release + 1}."
    )


@command("audit", example="audit --verify")
def audit_log(
    verify: Annotated[bool, typer.Option("--verify", help="Whether a line was changed or taken away.")] = False,
    data: Data = None,
) -> None:
    """What was done to the data, by whom and when."""
    from orchestration.commands.report import describe_audit, print_audit
    from orchestration.dagster.progress import terminal

    paths = DataPaths.resolve(data)
    if not verify:
        print_audit(paths, terminal())
        return
    is_whole, said = describe_audit(paths)
    say(said)
    raise typer.Exit(ExitCode.DONE if is_whole else ExitCode.WRONG_INPUT)


@command(example="serve --port 3001")
def serve(port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 3000, data: Data = None) -> None:
    """Dagster's web interface on 127.0.0.1, with its schedules and its sensor running."""
    from orchestration.commands.serve import serve as run

    raise typer.Exit(run(DataPaths.resolve(data), port))


def main() -> None:
    """The console script: errors that a person can act on are said in words, without a trace."""
    listen()
    clean_up_seldom()
    try:
        app()
    except Exception as error:
        said, code = (str(error), error.exit_code) if isinstance(error, ToldError) else (_told(error), ExitCode.REFUSED)
        with suppress(OSError):
            say(said, err=True)
        sys.exit(code)


def _told(error: Exception) -> str:
    """What a person is told of any other error."""
    from orchestration.dagster.private_errors import keep_private

    paths = DataPaths.resolve()
    with suppress(OSError):
        if said := disk_trouble(error, paths):
            return said
    return keep_private(paths, error)


if __name__ == "__main__":
    main()
