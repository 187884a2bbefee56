"""What an invitation is: plain types."""

from enum import StrEnum
from typing import NamedTuple

import msgspec

from engine.features.errors import FeatureError

SECONDS = 7 * 86_400.0
"""How long the link of an invitation is good for."""

NO_MAIL_SERVER = "This installation sends no mails: set CARILLON_SMTP_URL and CARILLON_SMTP_FROM."


class NoMailServer(FeatureError):
    """The installation sends no mails."""


class LinkNotValid(Exception):
    """The link of an invitation was used, has expired, was replaced by a later one, or never was."""


class State(StrEnum):
    """What became of an invitation."""

    WAITING = "waiting"
    """Its mail was not sent yet."""
    SENT = "sent"
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    """Its link is not valid any more: its time is up, or the user's password or address was changed."""
    FAILED = "failed"
    """Its mail was refused, or not taken for five days."""


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """The last invitation of a user (its id). Times in Unix seconds.

    `company` and `inviter` are the names in the mail. `issued` and `expires` are those of the link, whose token's
    digest is `digest`; None: no link is open. `error` says why the mail was given up. `work` is the due work that
    sends it: earlier work sends nothing any more.
    """

    user: str
    account: str
    email: str
    company: str
    inviter: str
    issued: float
    expires: float
    digest: str | None = None
    sent: float | None = None
    accepted: float | None = None
    error: str | None = None
    work: str = ""

    def state(self, now: float) -> State:
        """Return what became of it, at a time (Unix seconds)."""
        if self.accepted is not None:
            return State.ACCEPTED
        if self.error is not None:
            return State.FAILED
        if self.sent is None:
            return State.WAITING
        return State.SENT if self.digest and self.expires > now else State.EXPIRED


class Invited(NamedTuple):
    """Whom an open link is for: the names of the company and of the account, and the user's address."""

    company: str
    account: str
    email: str
