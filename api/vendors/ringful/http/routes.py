"""Ringful's paths: `/<Method>/apikey/<key>`, the method in any case, GET or POST."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiohttp import web

from api.accounts import Accounts
from api.callbacks.callback import Callback, form
from api.callbacks.model import DeliveryRow
from api.errors import sentence_of, status_of
from api.guess_throttle import Guesses, ShownCredential
from api.ports import CommandTaker
from api.recordings import Recordings
from api.vendors.ringful.auth import DIALECT, authenticate
from api.vendors.ringful.errors import RingfulError, RingfulUnauthorized, render
from api.vendors.ringful.events import callbacks
from api.vendors.ringful.http.calls import AuthenticatedRequest, CallOperations, Handler
from api.vendors.ringful.http.conferences import ConferenceOperations
from api.vendors.ringful.http.requests import Pairs, Parameters, read_pairs
from engine.commands import CommandRefused
from engine.events import AnyEvent
from engine.features.accounts import Account
from engine.features.call_history.views import CallHistory
from engine.model.call_data import CallData


def operations(calls: CallOperations, conferences: ConferenceOperations) -> dict[str, Handler]:
    """Return every method by its name in lower case, with the aliases that the document's own slips ask for."""
    return {
        "call": calls.call,
        "hangup": calls.hang_up,
        "play": calls.play,
        "record": calls.record,
        "stoprecord": calls.stop_record,
        "recordstop": calls.stop_record,
        "waitfortone": calls.wait_for_tone,
        "starttonedetector": calls.start_tone_detector,
        "starttonedector": calls.start_tone_detector,
        "stoptonedetector": calls.stop_tone_detector,
        "stoptonedector": calls.stop_tone_detector,
        "confcall": conferences.conf_call,
        "startconf": conferences.start_conf,
        "joinconf": conferences.join_conf,
        "leaveconf": conferences.leave_conf,
        "hangupconf": conferences.hang_up_conf,
        "queryconf": conferences.query_conf,
        "sendreceivesms": calls.message,
        "sendrecivesms": calls.message,
        "sendsms": calls.message,
    }


class Ringful:
    """The Ringful dialect (api.vendors.vendor.Vendor)."""

    name = DIALECT
    paths = re.compile(r"/[^/]*/apikey(/|$)", re.IGNORECASE)

    def __init__(
        self,
        engine: CommandTaker,
        calls: CallHistory,
        accounts: Accounts,
        recordings: Recordings,
        guesses: Guesses | None = None,
    ) -> None:
        self._accounts, self._recordings, self._guesses = accounts, recordings, guesses or Guesses()
        self._operations = operations(CallOperations(engine), ConferenceOperations(engine, calls))

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """One route for all methods, by GET and POST."""
        path = f"/{{method:(?i:{'|'.join(self._operations)})}}/apikey/{{key}}"
        return [web.get(path, self._answer, allow_head=False), web.post(path, self._answer)]

    def render_error(self, status: int, sentence: str) -> web.Response:
        """An error as text."""
        return render(status, sentence)

    def inbound_data(self, settings: Mapping[str, Any]) -> CallData | None:
        """The application's inboundUrl hears of its calls."""
        url = settings.get("inboundUrl")
        return CallData(dialect=DIALECT, address=str(url)) if url else None

    async def callbacks(self, event: AnyEvent, data: CallData) -> Sequence[Callback]:
        """One form by POST for an event of the document, and for our two additions unless they are switched off."""
        fields = callbacks.fields(event, data, self._recordings.url)
        if fields is None:
            return ()
        if fields["action"] in callbacks.ADDITIONS and not await self._wanted(event.account, fields["action"]):
            return ()
        return (form(data.address, fields),)

    async def sign(self, delivery: DeliveryRow, attempt: int) -> Mapping[str, str]:
        """Ringful signs no callback."""
        return {}

    def heard(self, delivery: DeliveryRow, reply: bytes) -> str:
        """Ringful reads no answer."""
        return ""

    async def _wanted(self, account_id: str, addition: str) -> bool:
        account = await self._accounts.get(account_id)
        return account is None or account.settings.get(DIALECT, {}).get(addition, "on") != "off"

    async def _answer(self, request: web.Request) -> web.Response:
        operation = self._operations[request.match_info["method"].lower()]
        try:
            pairs = await read_pairs(request)
            account = await self._authenticated(request, pairs)
            return await operation(AuthenticatedRequest(account, Parameters(pairs, account)))
        except RingfulError as error:
            return render(error.status, str(error))
        except CommandRefused as refusal:
            return render(status_of(refusal), sentence_of(refusal))

    async def _authenticated(self, request: web.Request, pairs: Pairs) -> Account:
        key = request.match_info["key"]
        with self._guesses.attempt(
            request, ShownCredential(DIALECT, key), wrong=lambda error: isinstance(error, RingfulUnauthorized)
        ):
            return await authenticate(self._accounts, key, pairs)
