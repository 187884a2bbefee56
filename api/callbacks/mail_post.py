"""Mails that features send, such as voicemail: by the installation's mail server, as many as subscriptions may send."""

from email.message import EmailMessage

from api.callbacks.attempt import Verdict
from api.callbacks.mail import MailServer, domain_of, submitted
from api.callbacks.mail_budget import MailBudget
from engine.platform.post import NotSent, Refused

SECONDS = 60.0
"""What a mail may take: one with a recording is large."""


class MailPost:
    """Sends them (engine.platform.post.Post)."""

    def __init__(self, server: MailServer, budget: MailBudget | None = None) -> None:
        self._server, self._budget = server, budget or MailBudget()

    async def send(self, account: str, mail: EmailMessage) -> None:
        """Send a mail to its To. The sender is filled in, also behind the name that is its Message-ID.

        Raises NotSent, Refused.
        """
        address, server = str(mail["To"]), self._server
        if (refusal := self._budget.take(account, address)) is not None:
            raise NotSent(refusal)
        name = f"<{mail['Message-ID']}@{domain_of(server.sender)}>"
        del mail["From"], mail["Message-ID"]
        mail["From"], mail["Message-ID"] = server.sender, name
        verdict, error = await self._submitted(account, address, mail)
        if verdict is Verdict.HOPELESS:
            raise Refused(error or "The mail server refused it.")
        if verdict is not Verdict.DELIVERED:
            raise NotSent(error or "The mail server did not take it.")

    async def _submitted(self, account: str, address: str, mail: EmailMessage) -> tuple[Verdict, str | None]:
        verdict = Verdict.FAILED
        try:
            verdict, _, error = await submitted(self._server, mail, SECONDS)
        finally:
            if verdict is not Verdict.DELIVERED:
                self._budget.give_back(account, address)
        return verdict, error


def post_of(server: MailServer | None) -> MailPost | None:
    """Return what sends mails; None where the installation has no mail server."""
    return MailPost(server) if server else None
