"""How an alert reaches people: by e-mail and by a webhook, as data/alerts.yml says. Passwords are in the environment.

Libraries that talk to servers are loaded when there is something to send.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from faults.errors import Fault, FaultList
from ingest.readers.cells import Address, EnvironmentVariable, Port, Text, Url, refused
from ingest.readers.settings import Settings, read_settings
from store.paths import DataPaths

if TYPE_CHECKING:
    from smtplib import SMTP
    from ssl import SSLContext

SECONDS = 10.0  # how long a server may take to answer
TRIES_AGAIN = 3  # after the first time
PAUSE = 0.5  # seconds before the second repetition; each pause is twice the one before
OVERLOADED = (429, 500, 502, 503, 504)  # what HTTP says of a server that may answer later


@dataclass(frozen=True)
class Alert:
    """One message: as a person reads it, and as a program does."""

    at: datetime
    subject: str
    text: str
    content: Mapping[str, Any]


class NotSent(Exception):
    """A server was reached and did not take an alert, or what it needs to be told is not there."""


def _check_some(addresses: tuple[str, ...]) -> tuple[str, ...]:
    if not addresses:
        raise refused("no-address")
    return addresses


class EmailSettings(Settings):
    """An SMTP server, and who gets mail."""

    host: Text
    """The SMTP server."""
    port: Port
    """Its port."""
    security: Literal["none", "starttls", "tls"] = "starttls"
    """How the connection is kept from others."""
    user: Text | None = None
    """Who logs in; goes with password_variable."""
    password_variable: EnvironmentVariable | None = None
    """The environment variable that holds the password."""
    sender: Address = Field(alias="from")
    """Who the mail is from."""
    to: Annotated[tuple[Address, ...], AfterValidator(_check_some)]
    """Who gets it."""

    @model_validator(mode="after")
    def _check_login(self) -> EmailSettings:
        if (self.user is None) != (self.password_variable is None):
            raise refused("half-a-login")
        if self.user is not None and self.security == "none":
            raise refused("open-login")
        return self

    @property
    def server(self) -> str:
        return f"{self.host}:{self.port}"

    def send(self, alerts: Iterable[Alert]) -> None:
        """Send a mail for each alert. Raises NotSent, and what smtplib raises."""
        import ssl

        unwanted: set[str] = set()
        context = ssl.create_default_context()
        with self._connection(context) as server:
            if self.security == "starttls":
                server.starttls(context=context)
            if self.user is not None and self.password_variable is not None:
                server.login(self.user, _secret(self.password_variable))
            for alert in alerts:
                unwanted |= set(server.send_message(self._mail(alert)))
        if unwanted:
            raise NotSent(f"it takes no mail for {', '.join(sorted(unwanted))}")

    def _connection(self, context: SSLContext) -> SMTP:
        import smtplib

        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=SECONDS)

    def _mail(self, alert: Alert) -> EmailMessage:
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = alert.subject, self.sender, ", ".join(self.to)
        mail["Date"], mail["Message-ID"] = format_datetime(alert.at), make_msgid(domain=self.sender.split("@")[-1])
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(alert.text)
        return mail


class WebhookSettings(Settings):
    """Where each alert is posted as JSON. A URL that is a secret itself is in the environment."""

    url: Url | None = None
    """The URL; either this or url_variable."""
    url_variable: EnvironmentVariable | None = None
    """The environment variable that holds a secret URL."""
    token_variable: EnvironmentVariable | None = None
    """The environment variable that holds a bearer token."""

    @model_validator(mode="after")
    def _check_url(self) -> WebhookSettings:
        if (self.url is None) == (self.url_variable is None):
            raise refused("no-single-url")
        return self

    @property
    def server(self) -> str:
        """Without the path, which may be a secret."""
        return urlsplit(self.url).netloc.split("@")[-1] if self.url else f"${self.url_variable}"

    def send(self, alerts: Iterable[Alert]) -> None:
        """Post each alert, and again while the server is overloaded. Raises NotSent, and what requests raises."""
        import requests
        from requests.adapters import HTTPAdapter
        from urllib3 import Retry

        url = self.url or _secret(str(self.url_variable))
        retry = Retry(
            TRIES_AGAIN, backoff_factor=PAUSE, status_forcelist=OVERLOADED, allowed_methods=("POST",),
            respect_retry_after_header=False, raise_on_status=False,
        )  # fmt: skip
        with requests.Session() as client:
            for scheme in ("http://", "https://"):
                client.mount(scheme, HTTPAdapter(max_retries=retry))
            if self.token_variable is not None:
                client.headers["Authorization"] = f"Bearer {_secret(self.token_variable)}"
            for alert in alerts:
                # Followed to another place, a POST becomes a GET that says nothing.
                answer = client.post(url, json=alert.content, timeout=SECONDS, allow_redirects=False)
                if not 200 <= answer.status_code < 300:
                    raise NotSent(f"it answered {answer.status_code}")


class AlertSettings(Settings):
    """Who is told of what goes wrong: one of the keys, or both. May be left out."""

    email: EmailSettings | None = None
    webhook: WebhookSettings | None = None

    @model_validator(mode="after")
    def _check_somebody(self) -> AlertSettings:
        if {key for key, _ in self.ways()} != self.model_fields_set:
            raise refused("nobody-told")
        return self

    def ways(self) -> Iterator[tuple[str, EmailSettings | WebhookSettings]]:
        """Each way that alerts go, with its key in the file."""
        if self.email is not None:
            yield "email", self.email
        if self.webhook is not None:
            yield "webhook", self.webhook


def read_alert_settings(paths: DataPaths, faults: FaultList) -> AlertSettings | None:
    """Where alerts go; None where nobody wants any, or with faults."""
    read = read_settings(paths.alerts_file, AlertSettings, faults) if paths.alerts_file.exists() else None
    return read[0] if read else None


def alert_faults(paths: DataPaths) -> tuple[Fault, ...]:
    """Every fault of alerts.yml, in the order of its lines."""
    faults = FaultList(paths.shown)
    read_alert_settings(paths, faults)
    return tuple(faults)


def deliver(settings: AlertSettings, alerts: Sequence[Alert], file: str) -> Iterator[str]:
    """Send alerts every way there is; a sentence for each that did not work. `file` is the settings' name."""
    for key, way in settings.ways():
        try:
            way.send(alerts)
        except Exception as error:
            # Whatever a library raises, a refresh is not to fail of it; and its text can hold the URL.
            reason = str(error) if isinstance(error, NotSent) else type(error).__name__
            yield (
                f"{file}, {key}: {way.server} did not take every alert ({len(alerts)} to send): {reason}; "
                f"see `kuntakysely status` for what they are of, and correct {key} or its server."
            )


def _secret(variable: str) -> str:
    value = os.environ.get(variable)
    if not value:
        raise NotSent(f"the environment has no {variable}, which should hold the secret")
    return value
