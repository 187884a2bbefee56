"""RingPlan's objects: every documented field, and what else a program gave."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from api.vendors.ringplan.auth import Requester
from api.vendors.ringplan.ids import instance_of
from engine.features.accounts import Account
from engine.features.details.model import Details, Fields, merged
from engine.features.endpoints.model import Extension
from engine.features.locations.model import Location
from engine.features.messaging.model import Direction, State
from engine.features.messaging.threads.model import Thread, ThreadText, ThreadView
from engine.features.numbers.phone_numbers import national
from engine.features.phonebook.model import PhonebookEntry
from engine.features.users.invitation import Invitation
from engine.features.users.invitation import State as InvitationState
from engine.features.users.model import User
from engine.features.voicemail.model import Box
from engine.features.voicemail.model import Message as VoicemailMessage

Shape = dict[str, Any]
DIRECT = "direct"
"""The type of conversations between two numbers: the only one there is."""
STREET: Mapping[str, Any] = {"name": None, "number": None, "type": None}
ADDRESS: Mapping[str, Any] = {
    **dict.fromkeys(("address2", "city", "country", "number", "state")), "street": STREET, "zip": None,
}  # fmt: skip
COMPANY: Mapping[str, Any] = {
    "address": ADDRESS,
    "affiliate": False,
    **dict.fromkeys(("billing_email", "description", "email", "emergency_contact_number")),
    "fax": None,
    "onboarding": True,
    **dict.fromkeys(("partner_id", "phone", "revenue", "website")),
}
CONTACT: Mapping[str, Any] = {
    "address": ADDRESS,
    "birthdate": None,
    "contacts": {"email": None, "fax": None, "phones": dict.fromkeys(("home", "mobile", "other", "work"))},
    "description": None,
    "extension": dict.fromkeys(("id", "description", "name", "number")),
    "invitation": dict.fromkeys(("accepted_at", "expired_at", "issued_at", "status")),
    **dict.fromkeys(("last_enter", "primary_agent")),
    "timezone": "UTC",
    "title": None,
}
LOCATION: Mapping[str, Any] = {
    "address2": None,
    "building": {"type": None, "value": None},
    **dict.fromkeys(("callerid", "city", "country")),
    "e911_provisioned": False,
    **dict.fromkeys(("email", "fax", "latitude", "longitude", "phone", "state")),
    "street": STREET,
    "zip": None,
}

_INVITATION: Mapping[InvitationState, str] = {
    InvitationState.WAITING: "pending",
    InvitationState.SENT: "pending",
    InvitationState.ACCEPTED: "accepted",
    InvitationState.EXPIRED: "expired",
    InvitationState.FAILED: "failed",
}


def date(at: float | None) -> str | None:
    """Return a moment (Unix seconds) as the document's samples write it; None for none."""
    return None if not at else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def company(account: Account, details: Details, employees: int) -> Shape:
    """A company: an account with what its programs keep of it."""
    own = {
        "id": account.id,
        "created": date(account.created),
        "status": "disabled" if account.disabled else "active",
        "updated": date(details.updated or account.created),
    }
    defaults = {"name": account.name, "employees": employees}
    return own | merged({**COMPANY, **defaults}, details.fields) | own


def contact(
    account: Account, user: User, details: Details, row: Extension | None, invitation: Shape | None = None
) -> Shape:
    """A contact: a user with what programs keep of it; `row`: its extension."""
    first, _, last = user.name.partition(" ")
    own = {
        "id": user.id,
        "activated": not user.disabled,
        "company_id": account.id,
        "created": date(user.created),
        "updated": date(details.updated or user.created),
    }
    shape = merged({**CONTACT, "first_name": first, "last_name": last.strip()}, details.fields) | own
    shape["contacts"] = shape["contacts"] | {"email": user.email or None}
    if invitation is not None:
        shape["invitation"] = invitation
    if row is not None:
        shape["extension"] = {"id": row.id, "description": None, "name": row.name, "number": int(row.number)}
    return shape


def invitation(found: Invitation, now: float) -> Shape:
    """The invitation of a contact; `now` in Unix seconds."""
    return {
        "accepted_at": date(found.accepted),
        "expired_at": date(found.expires),
        "issued_at": date(found.issued),
        "status": _INVITATION[found.state(now)],
    }


def location(row: Location) -> Shape:
    """A location; its PBX is the company's one instance."""
    own = {"id": row.id, "company_id": row.account, "name": row.name, "pbx_id": instance_of(row.account)}
    return own | merged({**LOCATION}, row.fields) | own


def instance(requester: Requester, name: str, host: str) -> Shape:
    """The company's instance: this installation, as phones reach it (`host`: an address or a name)."""
    account = requester.account
    return {
        "_id": account.id,
        "id": account.id,
        "uuid": instance_of(account.id),
        "accountcode": account.name,
        "channel_driver": "chan_pjsip",
        "company_id": account.id,
        "company_name": name,
        "external_domain": host,
        "fqdn": host,
        "hostname": host,
        "internal_domain": host,
        "ip": host,
        "proxy_ip": host,
    }


def phonebook_entry(entry: PhonebookEntry) -> Shape:
    """A texting contact: an entry of the account's phonebook."""
    return {
        "id": entry.id,
        "company_id": entry.account,
        "first_name": entry.first_name,
        "last_name": entry.last_name,
        "number": f"+{entry.number}",
    }


def texting_number(account: Account, number: str, owners: Sequence[str], *, international: bool) -> Shape:
    """A texting number with the e-mail addresses of its owners."""
    return {
        "id": number,
        "company_id": account.id,
        "number": f"+{number}" if international else national(number),
        "ownership": list(owners),
    }


def text(thread: Thread, entry: PhonebookEntry | None, row: ThreadText, files: Mapping[str, Shape]) -> Shape:
    """A message; what is beyond the document is what its published web clients read.

    `files`: those of texts by their ids; the ones that were deleted are missing.
    """
    message = row.message
    came = message.direction is Direction.IN
    return {
        "id": message.id,
        "campaign_info": {"name": None},
        "conversation_id": thread.id,
        "conversation_type": DIRECT,
        "created_at": date(message.created),
        "direction": "inbound" if came else "outbound",
        "files": [files[id] for id in message.files if id in files],
        "frm": _number(message.sender),
        "is_read": row.read,
        "is_visible": True,
        "source_conversation_type": DIRECT,
        "stamp_id": str(uuid5(NAMESPACE_URL, message.id)),
        "success": message.state not in (State.FAILED, State.EXPIRED),
        "text": message.text,
        "timezone": "UTC",
        "to": _number(message.recipient),
        "contact": None if entry is None else phonebook_entry(entry),
    }


def conversation(view: ThreadView, entry: PhonebookEntry | None, files: Mapping[str, Shape]) -> Shape:
    """A conversation: the thread of two numbers; `entry` is whose the other one is."""
    thread = view.thread
    known = [] if entry is None else [phonebook_entry(entry)]
    last = None if view.last is None else text(thread, entry, view.last, files)
    return {
        "id": thread.id,
        "company_id": thread.account,
        "contact_id": entry.id if entry else None,
        "contactinfo": known[0] if known else None,
        "contactsinfo": known,
        "conversation_type": DIRECT,
        "countunreadmessages": view.unread,
        "from_number": national(thread.ours),
        "has_direct_msg": True,
        "has_hidden_msg": False,
        "last_message_created_at": last["created_at"] if last else None,
        "lastmessage": last,
        "last_msg": last,
        "recipients": [entry.id] if entry else [],
        "timezone": "UTC",
        "unread_msg_count": view.unread,
        "updated_at": date(thread.updated),
    }


VOICEMAIL_FIELDS = (
    *("_id", "extension_destination", "extension_source", "source_representation_name", "time_received"),
    "voicemail_email",
)
"""The fields that a list of voicemails can be sorted by."""


def voicemail(
    message: VoicemailMessage, box: Box, number: str, *, source: Extension | None, link: str, file: str
) -> Shape:
    """A voicemail in the box of an extension (its `number`). `source`: the extension that left it; None: no own one."""
    return {
        "_id": message.id,
        "id": message.id,
        "company_id": message.account,
        "extension_destination": int(number),
        "extension_destination_id": number,
        "extension_source": int(source.number) if source else None,
        "pbx": instance_of(message.account),
        "source_representation_name": source.name if source else (None if message.withheld else message.caller),
        "time_received": date(message.received),
        "voicemail_email": box.email or None,
        "voicemail_file": {
            "id": message.id,
            "duration": round(message.seconds, 3),
            "link": link,
            "name": file,
            "size": message.bytes,
        },
    }


def _number(number: str) -> str:
    return f"+{number}" if number.isdigit() else number


def company_name(account: Account, fields: Fields) -> str:
    """Return the name that a company gave itself, else the account's."""
    return str(fields.get("name") or account.name)
