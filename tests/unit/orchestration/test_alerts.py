"""Alerts: what is told, to a mail server and a web server that take it, and what is said when they do not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from expectations.results import CheckResult
from faults.errors import Fault, InputFaults
from faults.told import ExitCode
from orchestration.alerts import delivery
from orchestration.alerts.composing import send_alerts
from orchestration.alerts.delivery import alert_faults
from orchestration.alerts.ended import Ending, Judged
from orchestration.commands.refresh import refresh
from orchestration.dagster.dbt import ModelsNotBuilt
from orchestration.dagster.session import Session, refresh_session
from orchestration.dagster.worklist import ToLookAt
from publish.gate.findings import Decided, Verdict
from publish.gate.refusals import Refusal
from store import state
from store.paths import PROJECT_ROOT, DataPaths
from tests.servers import (
    HOST,
    PASSWORD,
    USER,
    Endpoint,
    Mailbox,
    free_port,
    mail_server,
    make_certificate,
    web_server,
)

BEGUN = datetime(2025, 2, 3, 6, 0, tzinfo=UTC)
CHECK = CheckResult(
    "s", "2025", "low", "response", "sql", "response_rate", "gate", "fail", "0.2", "0.3", 1,
    "Few answered", "Harva", "Få",
)  # fmt: skip
PRIVATE = "R17 wrote Matti"
EMAIL = "email:\n  host: {host}\n  port: {port}\n  security: {security}\n  from: k@example.org\n  to: [a@example.org]\n"
LOGIN = f"  user: {USER}\n  password_variable: MAIL_PASSWORD\n"


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    (tmp_path / "data").mkdir()
    return DataPaths(tmp_path / "data")


@pytest.fixture
def mailbox(paths: DataPaths) -> Iterator[Mailbox]:
    with mail_server() as found:
        mail_to(paths, found.port)
        yield found
    assert not any(PRIVATE in text for text in found.texts())


@pytest.fixture
def endpoint(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    monkeypatch.setattr(delivery, "PAUSE", 0)
    with web_server() as found:
        configure(paths, f"webhook:\n  url: {found.url}\n")
        yield found


def configure(paths: DataPaths, text: str) -> None:
    paths.alerts_file.write_text(text, encoding="utf-8")


def mail_to(paths: DataPaths, port: int, security: str = "none", login: str = "") -> None:
    configure(paths, EMAIL.format(host=HOST, port=port, security=security) + login)


def refreshed(
    paths: DataPaths,
    results: Sequence[CheckResult],
    outcome: state.Outcome = "refused",
    decisions: Mapping[state.CheckKey, Verdict] | None = None,
    against: Sequence[Refusal] = (),
) -> Session:
    """A refresh that has ended with these results; what fails is open unless it is decided."""
    with state.opened(paths) as memory:
        refresh_id = state.begin_refresh(memory, BEGUN, "made from")
        outcomes = [
            state.CheckOutcome(r.survey_id, r.round_id, r.check_id, r.status, r.observed, r.n_failed) for r in results
        ]
        state.record_checks(memory, refresh_id, BEGUN.replace(day=3 + refresh_id), outcomes)
        state.end_refresh(memory, refresh_id, BEGUN, outcome)
    keys = {(r.survey_id, r.round_id, r.check_id): "open" if r.status == "fail" else None for r in results}
    decided = {key: Decided(verdict, None, None, None) for key, verdict in (keys | dict(decisions or {})).items()}
    judged = Judged(results, decided, against, (), ())
    findings = [ToLookAt("r.csv:17", "column", PRIVATE, "unknown", PRIVATE)]
    return Session(paths, refresh_id, None, date(2025, 2, 3), Ending(outcome), judged=judged, worklist=findings)


def told(session: Session) -> list[str]:
    """Send the alerts of a refresh; what was said of those that could not be sent."""
    said: list[str] = []
    send_alerts(session, said.append)
    return said


def subjects(mailbox: Mailbox) -> list[str]:
    return [mail["Subject"].removeprefix("kuntakysely: ") for mail in mailbox.mails]


def test_each_round_and_the_whole_warehouse_have_a_message_of_their_own(paths: DataPaths, mailbox: Mailbox) -> None:
    results = [
        CHECK,
        replace(CHECK, check_id="rows_lost", severity="block", observed="7", threshold="0", message_en="Rows are lost"),
        replace(CHECK, round_id="2024"),
        replace(CHECK, survey_id="all", round_id="all", check_id="registry", severity="block"),
        replace(CHECK, check_id="old", severity="warn"),
        replace(CHECK, check_id="right", status="pass"),
        replace(CHECK, check_id="unknown", status="not_computable"),
    ]
    assert told(refreshed(paths, results)) == []
    assert subjects(mailbox) == [
        "1 check newly failing in the whole warehouse",
        "1 check newly failing in s/2024",
        "2 checks newly failing in s/2025",
    ]
    assert mailbox.texts()[2] == (
        f"Refresh 1 of {paths.root.as_posix()}: refused.\n\n"
        "gate check low: observed 0.2, expected 0.3; failing since 2025-02-04 06:00 UTC\n  Few answered\n\n"
        "block check rows_lost: observed 7, expected 0; failing since 2025-02-04 06:00 UTC\n  Rows are lost\n\n"
        "Every check: `kuntakysely status`. The round: `kuntakysely watch s/2025`. "
        "The log of the run: `kuntakysely serve`, Runs.\n"
    )
    assert {(mail["From"], mail["To"]) for mail in mailbox.mails} == {("k@example.org", "a@example.org")}


def test_what_was_told_is_not_repeated_until_it_changes(paths: DataPaths, mailbox: Mailbox) -> None:
    changed = replace(CHECK, observed="0.1")
    told(refreshed(paths, [CHECK]))
    told(refreshed(paths, [CHECK]))
    assert len(mailbox.mails) == 1
    told(refreshed(paths, [changed]))
    assert "observed 0.1, expected 0.3; failing since 2025-02-04 06:00 UTC" in mailbox.texts()[-1]
    told(refreshed(paths, [replace(CHECK, status="pass")], "published"))
    told(refreshed(paths, []))
    told(refreshed(paths, [changed]))
    assert subjects(mailbox) == [
        "1 check newly failing in s/2025",
        "1 check newly failing in s/2025",
        "refresh 5 refused",
        "1 check newly failing in s/2025",
    ]


def test_a_refresh_between_that_judged_nothing_changes_nothing(paths: DataPaths, mailbox: Mailbox) -> None:
    told(refreshed(paths, [CHECK]))
    told(replace(refreshed(paths, []), judged=None, ending=Ending("refused", error="KeyError")))
    told(refreshed(paths, [CHECK]))
    assert subjects(mailbox) == ["1 check newly failing in s/2025", "refresh 2 refused"]


def test_a_refresh_that_was_killed_has_told_nobody(paths: DataPaths, mailbox: Mailbox) -> None:
    refreshed(paths, [CHECK], "running")
    told(refreshed(paths, [CHECK]))
    assert subjects(mailbox) == ["1 check newly failing in s/2025"]


def test_an_accepted_gate_is_told_when_it_is_open_again(paths: DataPaths, mailbox: Mailbox) -> None:
    told(refreshed(paths, [CHECK], "published", {("s", "2025", "low"): "accepted"}))
    assert mailbox.mails == []
    told(refreshed(paths, [CHECK]))
    told(refreshed(paths, [CHECK]))
    assert subjects(mailbox) == ["1 check newly failing in s/2025"]


def test_a_source_that_grows_stale_is_told_once(paths: DataPaths, mailbox: Mailbox) -> None:
    stale = replace(CHECK, check_id="stale_source", severity="warn", observed="2025-01-20")
    told(refreshed(paths, [stale], "published"))
    told(refreshed(paths, [stale], "published"))
    assert len(mailbox.mails) == 1
    told(refreshed(paths, [replace(stale, observed="2025-02-20")], "published"))
    assert len(mailbox.mails) == 2


def test_a_failed_run_says_the_kind_of_error_and_where_to_look(paths: DataPaths, mailbox: Mailbox) -> None:
    with pytest.raises(ValueError), refresh_session(paths, print):
        raise ValueError(PRIVATE)
    assert mailbox.texts() == [
        f"Refresh 1 of {paths.root.as_posix()}: failed.\n\n"
        "Nothing was published: ValueError.\n\nThe log of the run: `kuntakysely serve`, Runs.\n"
    ]


def test_wrong_inputs_and_a_failed_build_are_failed_runs_without_their_texts(
    paths: DataPaths, mailbox: Mailbox
) -> None:
    for error in (InputFaults([Fault("code", "r.csv", "line 17", PRIVATE, PRIVATE, PRIVATE)]), ModelsNotBuilt(PRIVATE)):
        session = replace(refreshed(paths, []), judged=None)
        session.note_error(error)
        session.note_error(RuntimeError(PRIVATE), " in step dbt_models")
        session.note_error(ValueError(PRIVATE), " in step published_release")
        told(session)
    wrong, unbuilt = mailbox.texts()
    assert "`kuntakysely validate` names every fault" in wrong
    assert "refused.\n\nNothing was published: RuntimeError in step dbt_models." in unbuilt


def test_a_release_newly_refused_for_what_no_check_says_is_told_once(paths: DataPaths, mailbox: Mailbox) -> None:
    against = [Refusal("the code changed since the checks ran", "Run `kuntakysely refresh`")]
    sound = replace(CHECK, status="pass")
    told(refreshed(paths, [sound], "published"))
    told(refreshed(paths, [sound], against=against))
    told(refreshed(paths, [sound], against=against))
    assert ["the code changed since the checks ran" in text for text in mailbox.texts()] == [True]


def test_a_sound_refresh_tells_nobody(paths: DataPaths, mailbox: Mailbox) -> None:
    with refresh_session(paths, print) as session:
        session.note_release(1)
    told(refreshed(paths, [replace(CHECK, status="pass")], "published"))
    assert mailbox.mails == []


def test_nothing_is_asked_of_servers_without_the_file(paths: DataPaths) -> None:
    assert told(refreshed(paths, [CHECK])) == []


def test_the_webhook_gets_json(paths: DataPaths, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALERTS_URL", endpoint.url)
    monkeypatch.setenv("ALERTS_TOKEN", "secret")
    configure(paths, "webhook:\n  url_variable: ALERTS_URL\n  token_variable: ALERTS_TOKEN\n")
    assert told(refreshed(paths, [CHECK])) == []
    [post] = endpoint.posts
    assert post.pop("text").startswith(f"Refresh 1 of {paths.root.as_posix()}: refused.")
    assert post == {
        "subject": "kuntakysely: 1 check newly failing in s/2025",
        "refresh": 1,
        "outcome": "refused",
        "round": "s/2025",
        "checks": [
            {
                "check_id": "low",
                "severity": "gate",
                "observed": "0.2",
                "threshold": "0.3",
                "message_en": "Few answered",
                "since": "2025-02-04T06:00:00+00:00",
            }
        ],
    }
    assert endpoint.tokens == ["Bearer secret"]


def test_an_overloaded_server_gets_the_alert_once(paths: DataPaths, endpoint: Endpoint) -> None:
    endpoint.answers = [503, 503]
    assert told(refreshed(paths, [CHECK])) == []
    assert (len(endpoint.posts), endpoint.n_requests) == (1, 3)


@pytest.mark.parametrize(("answers", "last"), [([503] * 4, 503), ([404], 404), ([302], 302)])
def test_a_server_that_does_not_take_it_is_told_of_without_its_path(
    paths: DataPaths, endpoint: Endpoint, answers: list[int], last: int
) -> None:
    endpoint.answers = list(answers)
    [sentence] = told(refreshed(paths, [CHECK]))
    server = endpoint.url.split("/")[2]
    assert sentence == (
        f"data/alerts.yml, webhook: {server} did not take every alert (1 to send): it answered {last}; "
        "see `kuntakysely status` for what they are of, and correct webhook or its server."
    )
    assert (endpoint.posts, endpoint.n_requests) == ([], len(answers))


def test_one_way_that_is_down_does_not_stop_the_other(paths: DataPaths, endpoint: Endpoint) -> None:
    port = free_port()
    email = EMAIL.format(host=HOST, port=port, security="none")
    configure(paths, f"{email}webhook:\n  url: {endpoint.url}\n")
    [sentence] = told(refreshed(paths, [CHECK, replace(CHECK, round_id="2024")]))
    assert sentence.startswith(
        f"data/alerts.yml, email: localhost:{port} did not take every alert (2 to send): ConnectionRefusedError; "
    )
    assert len(endpoint.posts) == 2


def test_a_host_that_cannot_be_one_is_one_sentence(paths: DataPaths) -> None:
    configure(paths, EMAIL.format(host="mail..example", port=25, security="none"))
    [sentence] = told(refreshed(paths, [CHECK]))
    assert "mail..example:25 did not take every alert (1 to send): UnicodeError" in sentence


def test_a_webhook_that_is_down_is_one_sentence(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "PAUSE", 0)
    configure(paths, f"webhook:\n  url: http://user:word@127.0.0.1:{free_port()}/secret-path\n")
    [sentence] = told(refreshed(paths, [CHECK]))
    assert "ConnectionError" in sentence
    assert not re.search("secret-path|word@", sentence)


def test_whom_the_server_does_not_know_is_told(paths: DataPaths, mailbox: Mailbox) -> None:
    mail_to(paths, mailbox.port)
    configure(paths, paths.alerts_file.read_text(encoding="utf-8").replace("[a@", "[gone@example.org, a@"))
    mailbox.unwanted = {"gone@example.org"}
    [sentence] = told(refreshed(paths, [CHECK, replace(CHECK, round_id="2024")]))
    assert "it takes no mail for gone@example.org" in sentence
    assert len(mailbox.mails) == 2


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_encrypted_and_with_a_login(
    paths: DataPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
    with mail_server(certificate, is_tls=security == "tls") as mailbox:
        mail_to(paths, mailbox.port, security, LOGIN)
        [stranger] = told(refreshed(paths, [CHECK]))
        assert "SSLCertVerificationError" in stranger
        assert mailbox.logins == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert told(refreshed(paths, [replace(CHECK, observed="0.1")])) == []
        assert (len(mailbox.mails), mailbox.logins) == (1, [USER])
        monkeypatch.setenv("MAIL_PASSWORD", "wrong")
        [refused] = told(refreshed(paths, [CHECK]))
        assert "SMTPAuthenticationError" in refused
        monkeypatch.delenv("MAIL_PASSWORD")
        [missing] = told(refreshed(paths, [replace(CHECK, observed="0.1")]))
        assert "the environment has no MAIL_PASSWORD" in missing


def test_mail_is_never_sent_open_where_starttls_is_asked_for(paths: DataPaths, mailbox: Mailbox) -> None:
    mail_to(paths, mailbox.port, "starttls")
    [sentence] = told(refreshed(paths, [CHECK]))
    assert "SMTPNotSupportedError" in sentence
    assert mailbox.mails == []


MAIL = EMAIL.format(host="h", port=25, security="none")
FAULTS = {
    "": "line 1: The file holds no keys.",
    "email:\n": "line 1: The value is a group of keys. Expected: the key email or webhook, or both",
    "emial:\n  host: h\n": 'line 1, emial: The key "emial" is not known here. Expected: one of the keys email',
    MAIL.replace("25", "smtp"): 'line 3, email.port: The value is "smtp". Expected: a whole number.',
    MAIL.replace("25", "70000"): "line 3, email.port: The value is the number 70000.",
    MAIL.replace("none", "ssl"): 'line 4, email.security: The value is "ssl". Expected: one of none, starttls, tls.',
    MAIL.replace(
        "[a@", "[a@b, a at "
    ): 'line 6, email.to: The value is "a at example.org". Expected: an e-mail address',
    MAIL.replace("a@example.org", ""): "line 6, email.to: The list is empty. Expected: one address or more.",
    MAIL.replace("  host: h\n", ""): 'line 1, email.host: There is no "host".',
    MAIL + "  password: p\n": 'line 7, email.password: The key "password" is not known here.',
    MAIL + "  user: u\n": "line 1, email: The value is a group of keys. Expected: the keys user and password_variable",
    MAIL
    + LOGIN: "line 1, email: The value is a group of keys. Expected: a password is sent with security starttls or tls.",
    MAIL + "  password_variable: 1 2\n": 'line 7, email.password_variable: The value is "1 2".',
    "webhook:\n  url: example.org\n": 'line 2, webhook.url: The value is "example.org". Expected: a URL',
    "webhook:\n  url: https://[a\n": 'line 2, webhook.url: The value is "https://[a". Expected: a URL',
    "webhook:\n  token_variable: T\n": "line 1, webhook: The value is a group of keys. Expected: either url or",
    "webhook:\n  url: http://a\n  url_variable: A\n": "line 1, webhook: The value is a group of keys. Expected: either",
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_of_the_file_is_one_message(paths: DataPaths, text: str) -> None:
    configure(paths, text)
    [fault] = alert_faults(paths)
    assert str(fault).startswith(f"data/alerts.yml, {FAULTS[text]}")


def test_a_refresh_stops_at_a_fault_of_the_file(paths: DataPaths, capsys: pytest.CaptureFixture[str]) -> None:
    (paths.surveys / "s" / "rounds" / "2025").mkdir(parents=True)
    (paths.surveys / "s" / "rounds" / "2025" / "round.yml").touch()
    configure(paths, "emial:\n")
    assert refresh(paths, None, [], full=False) == ExitCode.WRONG_INPUT
    assert 'data/alerts.yml, line 1, emial: The key "emial" is not known here.' in capsys.readouterr().out
    assert not paths.state.exists()


def test_a_run_of_a_schedule_says_that_it_cannot_tell(paths: DataPaths) -> None:
    configure(paths, "emial:\n")
    [sentence] = told(refreshed(paths, [CHECK]))
    assert sentence.startswith("No alert can be sent. data/alerts.yml, line 1, emial: ")


def test_the_example_of_the_docs_is_sound(paths: DataPaths) -> None:
    text = (PROJECT_ROOT / "docs/operating.md").read_text(encoding="utf-8")
    [example] = re.findall("```yaml\n(email:.*?)```", text, re.DOTALL)
    configure(paths, example)
    assert alert_faults(paths) == ()
