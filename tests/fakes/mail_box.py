"""A customer's mail server: aiosmtpd, which keeps what it takes and refuses as it is told."""

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session


class MailBox:
    """`refusals` are answered first, one a mail, e.g. "450 try later".

    `to`: the one address whose mails it keeps and refuses; it takes those to others and drops them. None: all.
    """

    def __init__(self, port: int = 0, to: str | None = None) -> None:
        self.to = to
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.arrived: asyncio.Queue[EmailMessage] = asyncio.Queue()
        self.refusals: list[str] = []
        self.port = port

    async def __aenter__(self) -> "MailBox":
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, loop=loop), "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: Any) -> None:
        self._server.close()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a mail (aiosmtpd's hook)."""
        if self.to is not None and envelope.rcpt_tos != [self.to]:
            return "250 dropped"
        if self.refusals:
            return self.refusals.pop(0)
        assert isinstance(envelope.content, bytes)
        mail = cast(EmailMessage, message_from_bytes(envelope.content, policy=policy.default))
        self.mails.append(mail)
        self.recipients.append(list(envelope.rcpt_tos))
        self.arrived.put_nowait(mail)
        return "250 taken"

    async def next(self, to: str = "", seconds: float = 30.0) -> EmailMessage:
        """Wait for one more mail, or for one more to an address: what other tests left behind is not waited for."""
        async with asyncio.timeout(seconds):
            while True:
                mail = await self.arrived.get()
                if to in ("", mail["To"]):
                    return mail
