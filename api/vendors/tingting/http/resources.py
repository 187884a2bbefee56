"""What TingTing's requests answer: the envelope, and what is in it, with the document's own spellings."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from aiohttp import web

from api.vendors.tingting.ids import CREDIT, DIALECT
from engine.features.accounts import Account
from engine.features.campaigns.contact import Contact, Status
from engine.features.campaigns.model import Campaign
from engine.model.money import MILLION

Shape = dict[str, Any]
STATUSES = {
    Status.NEW: "not started",
    Status.QUEUED: "not started",
    Status.ACTIVE: "dialing",
    Status.RETRY: "unanswered",
    Status.COMPLETED: "completed",
    Status.HUNG_UP: "hungup",
    Status.UNANSWERED: "unanswered",
    Status.BUSY: "unanswered",
    Status.MACHINE: "unanswered",
    Status.FAILED: "failed",
    Status.TERMINATED: "terminated",
    Status.OPTED_OUT: "completed",
    Status.SKIPPED: "failed",
}
"""The word for each status: those of the document (not started, hungup, unanswered, failed, terminated, completed) and
one of the published client, for what goes on."""


def envelope(data: Shape, message: str | None = None, *, status: int = 200, errors: Sequence[str] = ()) -> web.Response:
    """Return a success. A 204, whose answer has a body in the document, is HTTP 200: a real one cannot have one."""
    body = {"status": status, "success": True, "message": message, "errors": list(errors), "data": data}
    return web.json_response(body, status=200 if status == 204 else status)


def credits_of(account: Account, millionths: int) -> int | float:
    """Return money as credits; a whole number where it is one, else with two decimals."""
    price = Decimal(account.settings.get(DIALECT, {}).get("credit", CREDIT[0]))
    credits = (Decimal(millionths) / MILLION / price).quantize(Decimal("0.01"))
    return int(credits) if credits == credits.to_integral_value() else float(credits)


def campaign(found: Campaign, *, tags: bool) -> Shape:
    """Return a campaign; `tags`: with the tags that its message may name, as where campaigns are read."""
    shape: Shape = {
        "id": found.serial,
        "name": found.name,
        "user_phone": [found.options.caller] if found.options.caller else [],
        "services": services_of(found),
        "description": found.description,
    }
    return shape | {"usable_tags": list(found.tags)} if tags else shape


def services_of(found: Campaign) -> str:
    """Return how a campaign reaches its contacts."""
    return "PHONE" if found.kind == "voice" else "SMS"


def number(account: Account, campaign: Campaign, contact: Contact) -> Shape:
    """Return a number of a campaign; before its call, what is held for it counts as consumed."""
    return {
        "id": contact.id,
        "number": int(contact.number),
        "campaing": campaign.name,
        "available_tags": contact.tags,
        "status": STATUSES[contact.status],
        "duration": None if contact.seconds is None else round(contact.seconds),
        "playback": None if contact.playback is None else round(100 * contact.playback),
        "credit_consumed": credits_of(account, consumed(campaign, contact)),
    }


def consumed(campaign: Campaign, contact: Contact) -> int:
    """Return what a contact cost, and what is held for it, in millionths."""
    return contact.price + (campaign.held_each if contact.status.open else 0)
