"""RingPlan's faxes: messages that came in, that go out, and that are scheduled; statistics, numbers, destinations."""

import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

from api.vendors.ringplan.errors import Invalid, NotAcceptable, NotFound
from api.vendors.ringplan.fields import text, text_or_none
from api.vendors.ringplan.http import fax_fields, fax_shapes, requests
from api.vendors.ringplan.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.ringplan.http.resources import Shape
from engine.features.errors import InvalidNumber, NotThere
from engine.features.fax.boxes import KIND, FaxBoxes, emails_of
from engine.features.fax.listing import Listing
from engine.features.fax.model import LONGEST_AHEAD, Fax, NewFax, NotSendable, State, Way
from engine.features.fax.service import FaxService
from engine.features.numbers.phone_numbers import normalise
from engine.platform.settings_cache import SettingsCache

_FAILED, _WAITING = frozenset({State.FAILED}), frozenset({State.QUEUED})


class FaxOperations:
    """Serves them."""

    def __init__(
        self,
        service: FaxService,
        boxes: FaxBoxes,
        cache: SettingsCache,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._faxes, self._boxes, self._cache, self._clock = service, boxes, cache, clock

    def operations(self) -> dict[str, Handler]:
        """Return each by its method and path."""
        one = "{message}"
        return {
            "POST /fax/destinations": self.add_destination,
            "GET /fax/messages/inbound": self.list_inbound,
            f"PATCH /fax/messages/inbound/{one}": self.change_inbound,
            f"DELETE /fax/messages/inbound/{one}": self.remove_inbound,
            "GET /fax/messages/outbound": self.list_outbound,
            "POST /fax/messages/outbound": self.send,
            f"PUT /fax/messages/outbound/{one}": self.change_failed,
            f"DELETE /fax/messages/outbound/{one}": self.remove_outbound,
            f"POST /fax/messages/outbound/{one}/retry": self.retry,
            "GET /fax/messages/scheduled": self.list_scheduled,
            "POST /fax/messages/scheduled": self.schedule,
            f"PUT /fax/messages/scheduled/{one}": self.change_scheduled,
            f"DELETE /fax/messages/scheduled/{one}": self.remove_scheduled,
            "GET /fax/statistics": self.statistics,
            "GET /fax/numbers": self.numbers,
        }

    async def add_destination(self, request: AuthenticatedRequest) -> web.Response:
        """Add a destination, unless the company has one with the same addresses."""
        emails = fax_fields.emails(request.fields)
        if not emails:
            raise Invalid("emails is missing: the addresses that faxes are sent on to.")
        wanted = emails_of(emails)
        same = next((box for box in self._boxes.all(request.account.id) if set(box.emails) == set(wanted)), None)
        if same is not None:
            return web.json_response(fax_shapes.destination(same))
        made = await self._boxes.add(request.by, request.account.id, "", wanted)
        return web.json_response(fax_shapes.destination(made), status=201)

    async def list_inbound(self, request: AuthenticatedRequest) -> web.Response:
        """List faxes that came in and are not hidden."""
        known = None if requests.switch(request.http, "undefined") is not False else True
        return await self._listed(request, "inbound", read=requests.switch(request.http, "is_read"), known=known)

    async def list_outbound(self, request: AuthenticatedRequest) -> web.Response:
        """List faxes that are sent, were sent, or have failed."""
        return await self._listed(request, "outbound")

    async def list_scheduled(self, request: AuthenticatedRequest) -> web.Response:
        """List faxes that wait for their time."""
        return await self._listed(request, "scheduled")

    async def send(self, request: AuthenticatedRequest) -> web.Response:
        """Send a fax at once, whatever `send_at` says."""
        return await self._send(request, fax_fields.wanted(request.fields))

    async def schedule(self, request: AuthenticatedRequest) -> web.Response:
        """Have a fax sent at a time."""
        at = self._time(text(request.fields, "send_at", 40))
        return await self._send(request, fax_fields.wanted(request.fields, at))

    async def _send(self, request: AuthenticatedRequest, wanted: NewFax) -> web.Response:
        try:
            sent = await self._faxes.send(request.account, wanted)
        except NotThere:
            raise _no_file(wanted.file) from None
        return web.json_response(self._message(request, sent), status=201)

    def _time(self, given: str) -> float:
        """Return when a fax is to be sent; raises Invalid."""
        at, now = requests.moment_of(given, "send_at"), self._clock()
        if not now < at <= now + LONGEST_AHEAD:
            days = f"{LONGEST_AHEAD / 86400:g}"
            raise Invalid(f"send_at must be a time to come, within {days} days (got {given!r}).")
        return at

    def _message(self, request: AuthenticatedRequest, fax: Fax) -> Shape:
        return fax_shapes.message(fax, request.account.country)

    async def change_inbound(self, request: AuthenticatedRequest) -> web.Response:
        """Change what is noted of a fax that came in."""
        id = (await self._found(request, Way.IN)).id
        given: dict[str, Any] = fax_fields.noted(request.fields)
        for name, column in (("is_read", "read"), ("is_hidden", "hidden")):
            value = request.fields.get(name)
            if value is not None and not isinstance(value, bool):
                raise Invalid(f"{name} must be true or false.")
            if value is not None:
                given[column] = value
        return web.json_response(self._message(request, await self._faxes.mark(request.account.id, id, **given)))

    async def change_failed(self, request: AuthenticatedRequest) -> web.Response:
        """Change a fax that has failed, before it is sent again."""
        return await self._change(request, _FAILED, {})

    async def change_scheduled(self, request: AuthenticatedRequest) -> web.Response:
        """Change a fax that waits for its time."""
        fax = await self._scheduled(request)
        at = text_or_none(request.fields, "send_at", 40)
        try:
            return await self._change(request, _WAITING, {"at": self._time(at)} if at else {})
        except NotAcceptable:  # its call has begun meanwhile
            raise _not_scheduled(fax.id) from None

    async def retry(self, request: AuthenticatedRequest) -> web.Response:
        """Send a fax again that has failed."""
        id = (await self._found(request, Way.OUT)).id
        try:
            again = await self._faxes.retry(request.account.id, id)
        except NotSendable as error:
            raise NotAcceptable(str(error)) from error
        return web.json_response(self._message(request, again), status=202)

    async def remove_inbound(self, request: AuthenticatedRequest) -> web.Response:
        """Delete a fax that came in."""
        return await self._remove(request, await self._found(request, Way.IN))

    async def remove_outbound(self, request: AuthenticatedRequest) -> web.Response:
        """Delete a fax that was sent, or has failed."""
        return await self._remove(request, await self._found(request, Way.OUT))

    async def remove_scheduled(self, request: AuthenticatedRequest) -> web.Response:
        """Take a fax back that waits for its time."""
        fax = await self._scheduled(request)
        try:
            return await self._remove(request, fax)
        except NotAcceptable:
            raise _not_scheduled(fax.id) from None

    async def statistics(self, request: AuthenticatedRequest) -> web.Response:
        """Count the company's faxes; those that are hidden came in too."""
        shown, hidden, out = await self._faxes.counts(request.account.id)
        return web.json_response({"inbound": shown + hidden, "inbound_hidden": hidden, "outbound": out})

    async def numbers(self, request: AuthenticatedRequest) -> web.Response:
        """List the company's numbers that receive faxes."""
        rows, country = self._cache.numbers(request.account.id), request.account.country
        leading = [row.number for row in rows if row.leads_to and row.leads_to.kind == KIND]
        return web.json_response(sorted(fax_shapes.number(each, country) for each in leading))

    async def _listed(
        self, request: AuthenticatedRequest, part: str, *, read: bool | None = None, known: bool | None = None
    ) -> web.Response:
        http, account = request.http, request.account
        page = requests.page(http, "per_page")
        names = _SORTED_IN if part == "inbound" else _SORTED
        order = [(names[name], backwards) for name, backwards in requests.sorting(http, names)]
        since, until = requests.moment(http, "start_date"), requests.moment(http, "end_date", end=True)
        if since is not None and until is not None and until <= since:  # as in the document's own samples
            since, until = requests.moment(http, "end_date"), requests.moment(http, "start_date", end=True)
        wanted = Listing(
            part=part, since=since, until=until, number=_number(request), name=requests.text(http, "name"),
            subject=requests.text(http, "subject"), search=requests.text(http, "search"), read=read, known=known,
        )  # fmt: skip
        found, count = await self._faxes.listed(account.id, wanted, order, limit=page.size, offset=page.offset)
        return web.json_response([self._message(request, fax) for fax in found], headers=page.headers(count))

    async def _change(
        self, request: AuthenticatedRequest, states: frozenset[State], given: dict[str, Any]
    ) -> web.Response:
        id = (await self._found(request, Way.OUT)).id
        fields = request.fields
        given |= fax_fields.noted(fields) | fax_fields.cover(fields)
        for name, to in (("to", "to"), ("from", "sender")):
            if (value := text_or_none(fields, name, 40)) is not None:
                given[to] = value
        if "file" in fields:
            given["file"] = fax_fields.file(fields)
        if "emails" in fields:
            given["emails"] = fax_fields.emails(fields)
        try:
            changed = await self._faxes.change(request.account, id, given, states=states)
        except NotSendable as error:
            raise NotAcceptable(str(error)) from error
        except NotThere:
            if "file" in given:
                raise _no_file(given["file"]) from None
            raise
        return web.json_response(self._message(request, changed))

    async def _remove(self, request: AuthenticatedRequest, fax: Fax) -> web.Response:
        try:
            await self._faxes.remove(request.account.id, fax.id)
        except NotSendable as error:
            raise NotAcceptable(str(error)) from error
        return web.Response(status=204)

    async def _found(self, request: AuthenticatedRequest, way: Way) -> Fax:
        id = request.part("message")
        try:
            fax = await self._faxes.get(request.account.id, id)
        except NotThere:
            fax = None
        if fax is None or fax.way is not way:
            raise NotFound(f"The company has no such fax message: {id[:80]}.")
        return fax

    async def _scheduled(self, request: AuthenticatedRequest) -> Fax:
        fax = await self._found(request, Way.OUT)
        if fax.state is not State.QUEUED or fax.call or fax.at <= fax.created:
            raise _not_scheduled(fax.id)
        return fax


_SORTED = {
    "created_at": "created", "from": "own", "from_name": "from_name", "is_read": "read", "pages": "pages",
    "subject": "subject", "to": "number", "to_name": "to_name", "send_at": "at", "status": "state",
}  # fmt: skip
"""The fields that a list of faxes can be sorted by, and what each is here."""
_SORTED_IN = {name: field for name, field in _SORTED.items() if name != "send_at"} | {"from": "number", "to": "own"}
_NO_NUMBER = "-"
"""Matches no number."""


def _number(request: AuthenticatedRequest) -> str | None:
    """Return the number of the query in digits; None: there is none."""
    given = requests.text(request.http, "number")
    try:
        return normalise(given, request.account.country) if given else None
    except InvalidNumber:
        return _NO_NUMBER


def _no_file(id: str) -> Invalid:
    return Invalid(f"file must be a file of the company, of POST /files (got {id[:80]!r}).")


def _not_scheduled(id: str) -> NotFound:
    return NotFound(f"The company has no such scheduled fax message: {id}.")
