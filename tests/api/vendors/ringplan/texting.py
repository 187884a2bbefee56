"""Texts that come in, and what the document's objects have."""

from sqlalchemy import Connection

from engine.features.messaging.model import Direction, Message, State
from engine.features.messaging.store import messages
from engine.features.messaging.threads.service import opened
from tests.api.vendors.ringplan.conftest import OURS, THEIRS, Served

CONVERSATION = {
    "id", "company_id", "contact_id", "contactinfo", "contactsinfo", "conversation_type", "countunreadmessages",
    "from_number", "has_direct_msg", "has_hidden_msg", "last_message_created_at", "lastmessage", "recipients",
    "timezone", "unread_msg_count", "updated_at",
}  # fmt: skip
MESSAGE = {
    "id", "campaign_info", "conversation_id", "conversation_type", "created_at", "direction", "files", "frm",
    "is_read", "is_visible", "source_conversation_type", "stamp_id", "success", "text", "timezone", "to",
}  # fmt: skip


async def came(served: Served, text: str, *, sender: str = THEIRS, at: float = 1000.0) -> str:
    """Store a text that came in, with its thread; returns the thread's id."""

    def unit(conn: Connection) -> str:
        message = Message(
            id=f"message-{at:g}", account=served.id, direction=Direction.IN, sender=sender, recipient=OURS, text=text,
            state=State.RECEIVED, created=at,
        )  # fmt: skip
        messages.insert(conn, message)
        return opened(conn, served.id, OURS, sender, at)[0].id

    return await served.platform.writer.write(unit)
