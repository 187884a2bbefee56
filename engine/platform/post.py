"""Whatever sends mails, as far as features need it."""

from email.message import EmailMessage
from typing import Protocol


class NotSent(Exception):
    """A mail was not taken now; a later attempt may succeed. The message says why."""


class Refused(Exception):
    """A mail was refused for good (RFC 5321 section 4.2.1: a code of 500 and more). The message says why."""


class Post(Protocol):
    """Sends mails by the installation's mail server."""

    async def send(self, account: str, mail: EmailMessage) -> None:
        """Send a mail of an account to its To; From is filled in. Raises NotSent, Refused."""
