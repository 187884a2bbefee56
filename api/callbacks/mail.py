"""Events as mails: one mail an event, in plain text."""

import asyncio
import time
from collections.abc import Iterator
from email.message import EmailMessage, Message
from email.parser import Parser
from email.policy import SMTP
from email.utils import formatdate
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog

from api.callbacks.attempt import AttemptResult, Verdict
from api.callbacks.mail_budget import MailBudget
from api.callbacks.model import DeliveryRow

log = structlog.get_logger(__name__)
MAIL = "message/rfc822"
MAIL_TO = "mailto:"
"""Before the address, in the URL of a delivery that is a mail."""
_KIND = "Carillon-Event"
_PARTIES = ("caller", "sender", "callee", "recipient")  # of calls and of texts
_LONGEST_SUBJECT_PART = 60
MOST_OF_A_LINE = 500
_DEFAULT_PORTS = {"smtp": 25, "smtps": 465}


class BadMailServer(ValueError):
    """The address of the mail server cannot be used."""


class MailServer(NamedTuple):
    """Who takes our mails, and whom they are from. `tls`: from the first byte (smtps); else by STARTTLS if offered."""

    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = None
    tls: bool = False

    @classmethod
    def read(cls, url: str, sender: str) -> "MailServer | None":
        """Read smtp://user:password@host:587 or smtps://…; None for "". Raises BadMailServer."""
        if not url:
            return None
        try:
            parts = urlsplit(url)
            port = parts.port or _DEFAULT_PORTS[parts.scheme]
        except (KeyError, ValueError):
            raise BadMailServer(
                "CARILLON_SMTP_URL must be a URL such as smtp://user:password@host:587 or smtps://host."
            ) from None
        if not parts.hostname or "@" not in sender:
            raise BadMailServer("CARILLON_SMTP_URL needs a host, and CARILLON_SMTP_FROM must be an address.")
        user, password = (None if each is None else unquote(each) for each in (parts.username, parts.password))
        return cls(parts.hostname, port, sender, user, password, parts.scheme == "smtps")


def mail_of(message: dict[str, Any]) -> str:
    """Return a message as a mail without a recipient: its subject line names the event, its text has a field a line."""
    mail = EmailMessage(policy=SMTP.clone(utf8=False))
    data = message["data"]
    about = " to ".join(_short(data[name]) for name in _PARTIES if data.get(name))
    mail["Subject"] = f"{message['type']} {about}".strip()
    mail[_KIND] = message["type"]
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answers it
    lines = [("event", message["type"]), ("id", message["id"]), ("time", message["timestamp"]), *_lines(data)]
    mail.set_content("".join(f"{name}: {value}\n" for name, value in lines))
    return mail.as_string()


def kind_of(text: str) -> str:
    """Return what a mail is about, e.g. call.ended."""
    return str(Parser(policy=SMTP).parsestr(text, headersonly=True).get(_KIND, ""))


class Mailer:
    """Sends mails by the one server of this installation, as many as `budget` permits; None: it has none."""

    def __init__(self, server: MailServer | None, budget: MailBudget | None = None) -> None:
        self._server, self._budget = server, budget or MailBudget()

    async def send(self, delivery: DeliveryRow, total: float) -> AttemptResult:
        """Send a mail once, within `total` seconds. Each attempt has the same Message-ID."""
        begun = time.monotonic()
        verdict, status, error = await self._within_budget(delivery, total)
        return AttemptResult(verdict, status, error, time.monotonic() - begun)

    async def _within_budget(self, delivery: DeliveryRow, total: float) -> tuple[Verdict, int | None, str | None]:
        account, address = delivery.account, delivery.url.removeprefix(MAIL_TO)
        if (refusal := self._budget.take(account, address)) is not None:
            return Verdict.HOPELESS, None, refusal
        verdict = Verdict.FAILED
        try:
            verdict, status, error = await self._send(delivery, total)
        finally:
            if verdict is not Verdict.DELIVERED:
                self._budget.give_back(account, address)
        return verdict, status, error

    async def _send(self, delivery: DeliveryRow, total: float) -> tuple[Verdict, int | None, str | None]:
        server = self._server
        if server is None:
            return Verdict.HOPELESS, None, "This installation sends no mail: CARILLON_SMTP_URL is not set."
        mail = Parser(policy=SMTP).parsestr(delivery.body)
        del mail["To"]  # earlier versions stored it
        mail["To"] = delivery.url.removeprefix(MAIL_TO)
        mail["From"], mail["Message-ID"] = server.sender, f"<{delivery.key}.{delivery.id}@{domain_of(server.sender)}>"
        mail["Date"] = formatdate(delivery.created)
        return await submitted(server, mail, total)


async def submitted(server: MailServer, mail: Message, total: float) -> tuple[Verdict, int | None, str | None]:
    """Hand a mail with its To and From to the server, within `total` seconds; returns what came of it."""
    try:
        async with asyncio.timeout(total):
            _, said = await aiosmtplib.send(
                mail,
                hostname=server.host,
                port=server.port,
                username=server.user,
                password=server.password,
                use_tls=server.tls,
                timeout=total,
            )
    except (aiosmtplib.SMTPResponseException, aiosmtplib.SMTPRecipientsRefused) as error:
        return _refused(error)
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        return Verdict.FAILED, None, f"The mail server could not be used: {error or type(error).__name__}."
    log.debug("a mail was taken", mail=mail["Message-ID"], said=said)
    return Verdict.DELIVERED, 250, None


def _refused(
    error: aiosmtplib.SMTPResponseException | aiosmtplib.SMTPRecipientsRefused,
) -> tuple[Verdict, int | None, str | None]:
    """Read a refusal: a code of 500 and more is for good (RFC 5321 §4.2.1)."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    verdict = Verdict.HOPELESS if error.code >= 500 else Verdict.FAILED
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        verdict = Verdict.FAILED  # the installation's own setting, which can be mended
    return verdict, error.code, f"The mail server answered {error.code} {error.message}."


def domain_of(sender: str) -> str:
    """Return the part behind the @ of an address."""
    return sender.rpartition("@")[2].strip("> ")


def _lines(data: dict[str, Any], within: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the fields of an object by their names, inner ones as outer.inner; what is empty is left out."""
    for name, value in data.items():
        if isinstance(value, dict):
            yield from _lines(value, f"{within}{name}.")
        elif value not in (None, ""):
            yield f"{within}{name}", _short(value, MOST_OF_A_LINE)


def _short(value: Any, most: int = _LONGEST_SUBJECT_PART) -> str:
    """Return a value on one line of a mail."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())
    return line[:most]
