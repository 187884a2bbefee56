"""The texts of campaigns: each is accepted in the transaction that looks once more whether it may be."""

from sqlalchemy import Connection

from engine.commands import CallBarred
from engine.features.campaigns import claiming, template
from engine.features.campaigns.contact import Status
from engine.features.campaigns.live import GONE
from engine.features.campaigns.model import Campaign
from engine.features.campaigns.store import contacts
from engine.features.campaigns.store.contacts import Row
from engine.features.messaging.model import NewMessage
from engine.features.messaging.service import MessageService
from engine.platform.platform import Platform

ORIGIN = "campaign"
"""Of the texts: who wrote them (engine.features.messaging.model.Message.origin)."""


class Texting:
    """Sends a contact its text."""

    def __init__(self, platform: Platform, messages: MessageService) -> None:
        self._writer, self._clock, self._messages = platform.writer, platform.clock, messages

    async def send(self, campaign: Campaign, row: Row) -> None:
        """Queue a contact's text under the id that it was claimed with; raises CommandRefused, UnknownTag."""
        text = template.filled(campaign.message.text, row.tags)
        wanted = NewMessage(to=row.number, text=text, sender=campaign.options.caller)

        def also(conn: Connection) -> None:
            found = contacts.get(conn, row.account, row.id)
            if found is None or (found.call, found.status) != (row.call, Status.ACTIVE):
                raise CallBarred(GONE)
            if why := claiming.barred(conn, found, self._clock()):
                raise CallBarred(why)

        await self._messages.send(campaign.account, wanted, origin=ORIGIN, id=row.call, also=also)

    def is_there(self, conn: Connection, message: str) -> bool:
        """Whether there is a text of this id."""
        return self._messages.is_there(conn, message)

    async def cancel(self, account: str, message: str) -> None:
        """Take a text back that has not left; raises NotThere, StillUsed."""
        await self._messages.cancel(account, message)
