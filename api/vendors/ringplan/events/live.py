"""What live sockets receive: our events of threads and of users' statuses, by the names of RingPlan's document."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple

from api.vendors.ringplan.http.conversation_shapes import ConversationShapes
from api.vendors.ringplan.http.resources import date
from engine.events import Event
from engine.features.errors import NotThere
from engine.features.messaging.threads.events import (
    ThreadOpened,
    ThreadRemoved,
    ThreadTextAdded,
    ThreadTextsHidden,
    ThreadTextsRead,
)
from engine.features.messaging.threads.service import ThreadService
from engine.features.statuses.events import UserStatusChanged

CHAT_NEW, CHAT_DELETE = "texting.chat.new", "texting.chat.delete"
MESSAGE_NEW, MESSAGE_DELETE = "texting.message.new", "texting.message.delete"
MARK_AS_READ = "texting.message.markAsRead"
STATUS = "user_status_updated"
WANTED = ("thread.*", "user.status")
"""Our events (engine.platform.catalogue) that they are made of."""


class Emitted(NamedTuple):
    """One event for sockets: its name and data, and the company's number (digits) whose owners receive it; None: all
    of the company do.
    """

    name: str
    data: dict[str, Any]
    number: str | None


class CompanyEvents:
    """Reads what an event is about, as it is now."""

    def __init__(self, threads: ThreadService, shapes: ConversationShapes) -> None:
        self._threads, self._shapes = threads, shapes

    async def emitted(self, event: Event) -> Sequence[Emitted]:
        """Return what sockets receive of an event: nothing of what was removed since."""
        try:
            return [each async for each in self._emitted(event)]
        except NotThere:
            return ()

    async def _emitted(self, event: Event) -> AsyncIterator[Emitted]:
        account, thread = event.account, event.subject
        if isinstance(event, ThreadOpened):
            view = await self._threads.view(account, thread)
            (shown,) = await self._shapes.conversations(account, [view])
            yield Emitted(CHAT_NEW, shown, event.ours)
        elif isinstance(event, ThreadRemoved):
            yield Emitted(CHAT_DELETE, {"id": thread}, event.ours)
        elif isinstance(event, ThreadTextAdded):
            text = await self._threads.text(account, thread, event.message)
            (shown,) = await self._shapes.messages(account, thread, [text])
            yield Emitted(MESSAGE_NEW, shown, event.ours)
        elif isinstance(event, ThreadTextsRead) and event.read:
            read = {"conversation_id": thread, "messagesIds": list(event.messages), "timezone": "UTC"}
            yield Emitted(MARK_AS_READ, read, event.ours)
        elif isinstance(event, ThreadTextsHidden):
            for message in event.messages:
                yield Emitted(MESSAGE_DELETE, {"id": message, "conversation_id": thread}, event.ours)
        elif isinstance(event, UserStatusChanged):
            yield Emitted(STATUS, _status(event), None)


def _status(event: UserStatusChanged) -> dict[str, Any]:
    at = date(event.at)
    return {
        "company_id": event.account,
        "user_id": event.subject,
        "user_email": event.email,
        "status": {"status": event.status, "action_type": event.set_by},
        "id": event.status_id,
        "created_at": at,
        "updated_at": at,
        "deleted_at": None,
    }
