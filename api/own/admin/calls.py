"""Routes of calls of all accounts: list, show, place, hang up, export; and of speech to play in them."""

import csv
import io
import re
import struct
from pathlib import Path

from aiohttp import web

from api.own import render, scheduled
from api.own.admin import unmatched
from api.own.bodies import number_of, switch_of, time_of
from api.own.calls import placed
from api.own.errors import BadRequest, NotFound
from api.own.operations import Body, Media, operation, taking
from api.own.schema.calls import NewCall, ScheduledCall, ScheduledCallList
from api.own.schema.queries import ACCOUNT, LIMIT, LIVE, LOCALE, PAGE, SINCE, TEXT
from api.own.schema.system import AnyCall, AnyCalls, AnyTimeline
from api.own.services import OwnServices
from api.own.timeline import timeline
from engine.commands import HangUpCall
from engine.features.call_history.views import CallHistory
from engine.features.scheduled_calls.service import ScheduledCalls
from engine.model.call import Call
from engine.model.verstat import fields_of

COLUMNS = (
    "id", "root", "account", "direction", "caller", "callee", "state", "created", "answered", "ended", "seconds",
    "cause", "sip_status", "hung_up_by", "price", "currency", "trunk", "sip_call_id", "application",
    "origin", "application_name", "verified", "attestation",
)  # fmt: skip
RECORDS = Media("Call records as CSV, newest first.", ("text/csv",))
SPEECH = Media("The text, spoken.", ("audio/wav",))
_FORMULA = re.compile(r"[=+\-@\t\r]")
_PLAIN = re.compile(r"[+-]?[0-9.]+")
_SPEECH_RATE = 16_000


class CallsAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._services, self._calls = services, services.features[CallHistory]

    def routes(self) -> list[web.RouteDef]:
        """Every route of calls."""
        one = "/calls/{call}"
        return [
            web.get("/calls", self.list_all),
            web.get("/calls/export", self.export),
            web.post("/accounts/{account}/calls", self.place),
            web.get("/calls/scheduled", self.scheduled),
            web.delete("/calls/scheduled/{call}", self.cancel_scheduled),
            web.get(one, self.show),
            web.delete(one, self.hang_up),
            web.get("/speech", self.speech),
        ]

    @operation("listCalls", {200: AnyCalls}, query=(ACCOUNT, LIVE, SINCE, *PAGE))
    async def list_all(self, request: web.Request) -> web.Response:
        """List calls, newest first.

        Without an account, calls that reached no number are included.
        """
        account = await self._services.account_of(request)
        live, since = switch_of(request, "live"), time_of(request, "since")
        limit, before = number_of(request, "limit", 50), request.query.get("before")
        rows = await self._calls.page_with_unmatched(
            account=account.id if account else None, live=live, since=since, limit=limit, before=before
        )
        shapes = [self._shape(row) if isinstance(row, Call) else unmatched.shape(row) for row in rows]
        return web.json_response({"calls": shapes})

    @operation("getCall", {200: AnyTimeline})
    async def show(self, request: web.Request) -> web.Response:
        """Show all that is known of a call."""
        id = request.match_info["call"]
        if lost := await self._calls.unmatched(id):
            return web.json_response(unmatched.timeline_of(lost))
        call = await self._call(request)
        shown = await timeline(self._services, call)
        return web.json_response(shown | {"call": self._shape(call)})

    @taking("placeCall", NewCall, {201: (AnyCall, ScheduledCall)}, errors=(402, 403))
    async def place(self, request: web.Request, body: Body[NewCall]) -> web.Response:
        """Place a call for an account, or schedule it if it has a time."""
        account = await self._services.account_named(request.match_info["account"])
        wanted = await body()
        command = placed(wanted, account)
        if wanted.at is not None:
            made = await scheduled.schedule(self._services, account, command, wanted.at)
            return web.json_response(scheduled.shape(self._services, made, named=True), status=201)
        call = await self._services.engine.submit(command)
        return web.json_response(self._shape(call), status=201)

    @operation("listScheduledCalls", {200: ScheduledCallList}, query=(ACCOUNT, LIMIT))
    async def scheduled(self, request: web.Request) -> web.Response:
        """List scheduled calls, the next one first, and those that were refused."""
        found = await scheduled.listed(self._services, request, await self._services.account_of(request))
        return web.json_response({"calls": [scheduled.shape(self._services, call, named=True) for call in found]})

    @operation("cancelScheduledCall", {204: None})
    async def cancel_scheduled(self, request: web.Request) -> web.Response:
        """Cancel a scheduled call."""
        await self._services.features[ScheduledCalls].cancel(None, request.match_info["call"])
        return web.Response(status=204)

    @operation("hangUpCall", {204: None})
    async def hang_up(self, request: web.Request) -> web.Response:
        """End a call now."""
        call = await self._call(request)
        await self._services.engine.submit(HangUpCall(account=call.account, call=call.id))
        return web.Response(status=204)

    @operation("exportCalls", {200: RECORDS}, query=(ACCOUNT, SINCE))
    async def export(self, request: web.Request) -> web.StreamResponse:
        """Export call records as CSV, newest first."""
        account, since = await self._services.account_of(request), time_of(request, "since")
        response = web.StreamResponse(headers={"Content-Type": "text/csv; charset=utf-8"})
        await response.prepare(request)
        await response.write(_line(list(COLUMNS)))
        async for call in self._calls.every(account=account.id if account else None, since=since):
            verstat = fields_of(call.verstat) or dict.fromkeys(("verified", "attestation"))
            shape = verstat | self._shape(call)
            await response.write(_line([_cell(shape[name]) for name in COLUMNS]))
        await response.write_eof()
        return response

    @operation("speak", {200: SPEECH}, query=(TEXT, LOCALE))
    async def speech(self, request: web.Request) -> web.Response:
        """Speak a text."""
        text = request.query.get("text", "")
        if not text:
            raise BadRequest("There is no text to speak.")
        prompt = await self._services.platform.prompts.say(text, locale=request.query.get("locale", ""))
        samples = Path(prompt.path + ".sln16").read_bytes()  # noqa: ASYNC240 - a small file that was just written
        return web.Response(body=_wave(samples), content_type="audio/wav")

    async def _call(self, request: web.Request) -> Call:
        call = await self._calls.get(request.match_info["call"])
        if call is None:
            raise NotFound("There is no such call.")
        return call

    def _shape(self, call: Call) -> render.Shape:
        account = self._services.cache.find(call.account)
        return self._services.call(call) | {"account": account.name if account else call.account}


def _cell(value: object) -> str:
    """Return a value for a spreadsheet, in which a caller's name must not be a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if _FORMULA.match(text) and not _PLAIN.fullmatch(text) else text


def _line(fields: list[str]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written).writerow(fields)
    return written.getvalue().encode()


def _wave(samples: bytes) -> bytes:
    """Return 16-bit mono samples as a WAV."""
    layout = struct.pack("<IHHIIHH", 16, 1, 1, _SPEECH_RATE, 2 * _SPEECH_RATE, 2, 16)
    body = b"WAVEfmt " + layout + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(body)) + body
