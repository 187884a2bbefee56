"""The newer API's campaigns, as the published client (tingting 1.0.1) speaks of them."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime

import msgspec
from aiohttp import web

from api.vendors.tingting.errors import Invalid, NotServed
from api.vendors.tingting.fields import Fields
from api.vendors.tingting.http import newer, requests
from api.vendors.tingting.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.tingting.http.files import Files
from api.vendors.tingting.http.voices import LOCALE, VOICES, voice
from engine.features.campaigns.model import Campaign, CampaignChange, Message, NewCampaign, Options, Start
from engine.features.campaigns.service import CampaignService
from engine.features.numbers.sales import NumberSales
from engine.model.moment import moment

PAGE = 100
SCANNED = 1000
"""How many of the account's newest campaigns a search looks through."""
NO_SURVEYS = "Surveys are not served here: only campaigns that speak, play or text one message."


class NewerCampaignOperations:
    """The newer API's operations on campaigns. `clock`: Unix seconds."""

    def __init__(
        self, campaigns: CampaignService, numbers: NumberSales, files: Files, clock: Callable[[], float] = time.time
    ) -> None:
        self._campaigns, self._numbers, self._files, self._clock = campaigns, numbers, files, clock

    def operations(self) -> dict[str, Handler]:
        """Return each by its method and path. The client updates and deletes by POST alike: that is an update."""
        one = "/api/v1/campaign/{campaign}"
        surveys = "/api/v1/campaign/create/{campaign}/survey"
        return {
            "GET /api/v1/campaign": self.list_all,
            "POST /api/v1/campaign/create": self.create,
            f"GET {one}": self.show,
            f"POST {one}": self.update,
            f"PUT {one}": self.update,
            f"PATCH {one}": self.update,
            f"DELETE {one}": self.delete,
            "POST /api/v1/run-campaign/{campaign}": self.run,
            "POST /api/v1/campaign/emergency-stop/{campaign}": self.stop,
            f"GET {surveys}": self.survey,
            f"POST {surveys}": self.survey,
            f"PUT {surveys}": self.survey,
            f"DELETE {surveys}": self.survey,
            "POST /api/v1/run-survey/{campaign}": self.survey,
            "POST /api/v1/test-survey/{number}": self.survey,
        }

    async def list_all(self, request: AuthenticatedRequest) -> web.Response:
        """List or search campaigns, newest first."""
        account, page = request.account.id, requests.page(request.fields, PAGE)
        wanted = _Filter(request.fields)
        if not wanted:
            found = await self._campaigns.page(account, limit=page.size, offset=page.offset)
            count = await self._campaigns.count(account)
        else:
            all_of = [each for each in await self._campaigns.page(account, limit=SCANNED) if wanted.fits(each)]
            all_of = wanted.in_order(all_of)
            found, count = all_of[page.offset : page.offset + page.size], len(all_of)
        results = [newer.campaign(each, await self._campaigns.counts(account, each.id)) for each in found]
        return newer.listed(request, page, count, results)

    async def create(self, request: AuthenticatedRequest) -> web.Response:
        """Make a campaign without numbers."""
        fields = request.fields
        _refuse_unserved(fields)
        name, kind = requests.name_of(fields), requests.kind(fields)
        if name is None or kind is None:
            raise Invalid(f"{'name' if name is None else 'services'} is missing.")
        wanted = NewCampaign(
            name=name,
            kind=kind,
            description=fields.text_or_none("description") or "",
            message=await self._message(request, kind == "voice", Message(locale=LOCALE, voice=VOICES[0].ours)),
            options=Options(caller=await self._caller(request)),
            at=requests.moment(fields, "schedule", request.account, self._clock),
        )
        made = await self._campaigns.create(request.by, request.account.id, wanted)
        return await self._answer(request, made, status=201)

    async def show(self, request: AuthenticatedRequest) -> web.Response:
        """Show a campaign."""
        return await self._answer(request, await self._found(request))

    async def update(self, request: AuthenticatedRequest) -> web.Response:
        """Change a campaign; what is not given stays."""
        fields, found = request.fields, await self._found(request)
        _refuse_unserved(fields)
        kind = requests.kind(fields)
        caller = await self._caller(request)
        message = await self._message(request, (kind or found.kind) == "voice", found.message)
        change = CampaignChange(
            name=requests.name_of(fields),
            kind=kind,
            description=fields.text_or_none("description"),
            message=message,
            options=_with_caller(found.options, caller) if caller else None,
            at=requests.moment(fields, "schedule", request.account, self._clock),
        )
        return await self._answer(
            request, await self._campaigns.update(request.by, request.account.id, found.id, change)
        )

    async def delete(self, request: AuthenticatedRequest) -> web.Response:
        """Delete a campaign."""
        found = await self._found(request)
        await self._campaigns.remove(request.by, request.account.id, found.id)
        return web.Response(status=204)

    async def run(self, request: AuthenticatedRequest) -> web.Response:
        """Start a campaign for its new numbers, now or at `schedule`: the request's, or the campaign's own."""
        found = await self._found(request)
        at = requests.moment(request.fields, "schedule", request.account, self._clock)
        if at is None and found.at is not None and not found.state.busy:
            at = found.at
            if at <= self._clock():
                raise Invalid(
                    f"schedule of the campaign has passed ({moment(at)}): change it, or give run-campaign another one."
                )
        started = await self._campaigns.start(request.by, request.account.id, found.id, Start(at=at))
        return await self._answer(request, started.campaign)

    async def stop(self, request: AuthenticatedRequest) -> web.Response:
        """End a campaign at once."""
        found = await self._found(request)
        return await self._answer(request, await self._campaigns.stop(request.by, request.account.id, found.id))

    async def survey(self, request: AuthenticatedRequest) -> web.Response:
        """Refuse a survey."""
        raise NotServed(NO_SURVEYS)

    async def _found(self, request: AuthenticatedRequest) -> Campaign:
        return await self._campaigns.by_serial(request.account.id, request.number("campaign"))

    async def _answer(self, request: AuthenticatedRequest, found: Campaign, *, status: int = 200) -> web.Response:
        counts = await self._campaigns.counts(request.account.id, found.id)
        return web.json_response(newer.campaign(found, counts), status=status)

    async def _message(self, request: AuthenticatedRequest, voiced: bool, had: Message) -> Message:
        """Return what is played or sent: `message` of a call, `sms_message` of a text; its `category` says which."""
        fields = request.fields
        text = fields.text_or_none(*(("message",) if voiced else ("sms_message", "message")))
        audio = await self._files.audio(request.requester, fields, "campaigns/new") if voiced else None
        category = (fields.text_or_none("category") or "").lower()
        if category and category not in (newer.TEXT.lower(), newer.AUDIO.lower()):
            raise Invalid(f"category must be {newer.TEXT} or {newer.AUDIO} (got {category[:40]!r}).")
        chosen, factor = voice(fields, "voice", "voice_input"), requests.length_factor(fields)
        return Message(
            text=had.text if text is None else text,
            audio=had.audio if audio is None else audio,
            priority="audio" if category == newer.AUDIO.lower() else "text" if category else had.priority,
            locale=LOCALE,
            voice=chosen.ours if chosen else had.voice,
            speed=round(1 / factor, 6) if factor else had.speed,
        )

    async def _caller(self, request: AuthenticatedRequest) -> str | None:
        """Return the number that the first dialer of `user_phone` is; None where none is given."""
        dialer = next(iter(request.fields.items("user_phone")), None)
        if dialer is None:
            return None
        digits = dialer.removeprefix("+")
        owned = {each.number for each in await self._numbers.owned(request.account.id)}
        if digits not in owned:
            raise Invalid(
                "user_phone must be of the account's dialers, as GET /api/v1/active-broker-phone/ lists them"
                f" (got {dialer[:40]!r})."
            )
        return digits


class _Filter:
    """What a search asks for. The client writes a status as its own enumeration does, `CampaignStatus.RUNNING`."""

    def __init__(self, fields: Fields) -> None:
        self._text = (fields.text_or_none("search") or "").lower()
        status = (fields.text_or_none("status") or "").rpartition(".")[2].replace("_", " ").lower()
        if status and status not in {word.lower() for word in newer.STATES.values()}:
            raise Invalid(f"status must be {', '.join(dict.fromkeys(newer.STATES.values()))} (got {status[:40]!r}).")
        self._status = status
        self._drafts = newer.is_true(fields, "draft")
        self._from, self._to = _day(fields, "from_date"), _day(fields, "to_date")
        self._order = (fields.text_or_none("sort_by") or "").lower()

    def __bool__(self) -> bool:
        return bool(self._text or self._status or self._drafts or self._from or self._to or self._order)

    def fits(self, found: Campaign) -> bool:
        """Whether a campaign is asked for."""
        made = datetime.fromtimestamp(found.created, UTC).date()
        return (
            self._text in found.name.lower()
            and self._status in ("", newer.STATES[found.state].lower())
            and not (self._drafts and newer.STATES[found.state] != "Not Started")
            and not (self._from and made < self._from)
            and not (self._to and made > self._to)
        )

    def in_order(self, found: list[Campaign]) -> list[Campaign]:
        """Return campaigns by their names if that is asked for, else as they are: newest first."""
        by_name = self._order.removeprefix("-") == "name"
        oldest_first = self._order in ("created_at", "updated_at", "id", "oldest")
        if by_name:
            return sorted(found, key=lambda each: each.name.lower(), reverse=self._order.startswith("-"))
        return found[::-1] if oldest_first else found


def _day(fields: Fields, name: str) -> date | None:
    text = fields.text_or_none(name, most=40)
    try:
        return None if text is None else date.fromisoformat(text[:10])
    except ValueError:
        raise Invalid(f"{name} must be a date such as 2030-05-09 (got {text!r}).") from None


def _with_caller(options: Options, caller: str) -> Options:
    return msgspec.structs.replace(options, caller=caller)


def _refuse_unserved(fields: Fields) -> None:
    """Refuse what would be promised and not kept."""
    if (fields.text_or_none("services") or "").upper() == "SURVEY":
        raise NotServed(NO_SURVEYS)
    if fields.decimal("credit_limit"):
        raise Invalid("credit_limit is not kept for a campaign: the account's own limits hold for all of them.")
    if fields.items("failover_target"):
        raise Invalid("failover_target is not served: begin the campaign again for numbers of a status.")
