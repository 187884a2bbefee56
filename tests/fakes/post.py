"""A mail server of features: it keeps what it is given, and fails as it is told."""

from email.message import EmailMessage

from engine.platform.post import NotSent, Refused


class FakePost:
    """`mails` in their order. `failures` are raised first, one a mail."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.failures: list[NotSent | Refused] = []

    async def send(self, account: str, mail: EmailMessage) -> None:
        """Keep a mail; raises what comes next of `failures`."""
        if self.failures:
            raise self.failures.pop(0)
        self.mails.append(mail)
