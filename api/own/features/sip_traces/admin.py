"""The administrator's routes of calls' SIP messages. An account does not see them: they show carriers and addresses."""

from collections.abc import Mapping

from aiohttp import web

from api.own.errors import NotFound
from api.own.features.sip_traces import render
from api.own.features.sip_traces.schema import SipTrace
from api.own.operations import Media, operation
from api.own.services import OwnServices
from engine.features.call_history.views import CallHistory
from engine.features.sip_traces.model import Dialog
from engine.features.sip_traces.pcap import written
from engine.features.sip_traces.service import SipTraces
from engine.model.call import Direction

CAPTURE = Media("The SIP messages as a libpcap file.", ("application/vnd.tcpdump.pcap",))


class SipTracesAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._calls, self._traces = services.features[CallHistory], services.features[SipTraces]

    def routes(self) -> list[web.RouteDef]:
        """Every route of SIP messages."""
        return [web.get("/calls/{call}/sip", self.show), web.get("/calls/{call}/pcap", self.capture)]

    @operation("getSipOfCall", {200: SipTrace})
    async def show(self, request: web.Request) -> web.Response:
        """Show the SIP messages of all legs of a call."""
        dialogs, directions = await self._found(request)
        shown = [render.dialog(one, outbound=directions.get(one.call) is Direction.OUTBOUND) for one in dialogs]
        return web.json_response({"kept_hours": self._traces.hours, "dialogs": shown})

    @operation("capturePcapOfCall", {200: CAPTURE})
    async def capture(self, request: web.Request) -> web.Response:
        """Return the SIP messages of all legs of a call as a capture file."""
        dialogs, _ = await self._found(request)
        messages = [message for dialog in dialogs for message in dialog.messages]
        if not messages:
            raise NotFound("No SIP message of this call is kept.")
        return web.Response(body=written(messages), content_type=CAPTURE.types[0])

    async def _found(self, request: web.Request) -> tuple[list[Dialog], Mapping[str, Direction]]:
        """Return what is kept of a call's whole tree, and each leg's direction."""
        id = request.match_info["call"]
        if lost := await self._calls.unmatched(id):
            return await self._traces.of_unmatched(lost.sip_call_id), {}
        call = await self._calls.get(id)
        if call is None:
            raise NotFound("There is no such call.")
        legs = await self._calls.tree(call.root)
        return await self._traces.of_calls([leg.id for leg in legs]), {leg.id: leg.direction for leg in legs}


ADMIN = SipTracesAdmin
