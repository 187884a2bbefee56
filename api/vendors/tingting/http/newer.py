"""How TingTing's newer API, `/api/v1`, shows campaigns and their numbers: as the published client reads them."""

from collections.abc import Sequence

from aiohttp import web

from api.vendors.tingting.fields import Fields
from api.vendors.tingting.http import resources
from api.vendors.tingting.http.authenticated import AuthenticatedRequest
from api.vendors.tingting.http.requests import Page
from api.vendors.tingting.http.resources import Shape
from api.vendors.tingting.http.voices import voice_id
from engine.features.accounts import Account
from engine.features.campaigns.contact import Contact, Status
from engine.features.campaigns.model import Campaign, Counts, State
from engine.model.moment import moment

STATES = {
    State.DRAFT: "Not Started",
    State.SCHEDULED: "Scheduled",
    State.RUNNING: "Running",
    State.PAUSED: "Running",
    State.STOPPED: "Terminated",
    State.ENDED: "Completed",
}
TEXT, AUDIO = "Text", "Audio"


def campaign(found: Campaign, counts: Counts) -> Shape:
    """Return a campaign. `lengthFactor` is the name that the client reads, `length_factor` the one that it writes."""
    message, voiced = found.message, found.kind == "voice"
    factor = round(1 / message.speed, 3)
    return {
        "id": found.serial,
        "name": found.name,
        "services": resources.services_of(found),
        "status": STATES[found.state],
        "sms_message": "" if voiced else message.text,
        "message": message.text if voiced else "",
        "description": found.description,
        "schedule": moment(found.at) if found.at else None,
        "audio_file": message.audio or None,
        "bulk_file": None,
        "category": AUDIO if message.audio and not message.spoken else TEXT,
        "user_phone": [int(found.options.caller)] if found.options.caller else [],
        "campaign_action_count": counts.contacts,
        "progress_percent": progress(counts),
        "updated_at": moment(found.ended or found.started or found.created),
        "credit_limit": 0,
        "voice": voice_id(message.voice),
        "draft": found.state is State.DRAFT,
        "failover_target": [],
        "length_factor": factor,
        "lengthFactor": factor,
    }


def progress(counts: Counts) -> int:
    """Return of how many percent of a campaign's numbers it is known what became of them."""
    waiting = sum(count for status, count in counts.by_status.items() if status.open or status is Status.NEW)
    return round(100 * (counts.contacts - waiting) / counts.contacts) if counts.contacts else 0


def contact(account: Account, campaign: Campaign, found: Contact) -> Shape:
    """Return a number of a campaign."""
    consumed = resources.credits_of(account, resources.consumed(campaign, found))
    voiced = campaign.kind == "voice"
    return {
        "id": found.id,
        "number": found.number,
        "status": resources.STATUSES[found.status],
        "call_duration": "" if found.seconds is None else str(round(found.seconds)),
        "playback": "" if found.playback is None else str(round(100 * found.playback)),
        "credit_consumed": consumed if voiced else 0,
        "credit_consumed_SMS": 0 if voiced else consumed,
        "carrier": "other",
        "attributes": found.tags,
    }


def listed(request: AuthenticatedRequest, page: Page, count: int, results: Sequence[Shape]) -> web.Response:
    """Return a page of a list, with links to its neighbours."""
    after = page.number + 1 if page.offset + len(results) < count else None
    before = page.number - 1 if page.number > 1 else None
    return web.json_response(
        {"count": count, "next": _link(request, after), "previous": _link(request, before), "results": list(results)}
    )


def is_true(fields: Fields, name: str) -> bool:
    """Whether a field says yes, as JSON or as a form has it."""
    return str(fields.raw(name)).lower() in ("true", "1", "on")


def _link(request: AuthenticatedRequest, page: int | None) -> str | None:
    return None if page is None else str(request.http.url.update_query(page=page))
