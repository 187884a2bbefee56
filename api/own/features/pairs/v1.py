"""Pairs of an account: placed, listed, shown, cancelled."""

from typing import Any, cast

from aiohttp import web

from api.own.access import Caller, CallerOf
from api.own.bodies import number_as_read, number_of
from api.own.callers import shown_caller
from api.own.features.pairs import render
from api.own.features.pairs.schema import NewPair, Pair, Pairs
from api.own.operations import Body, operation, taking
from api.own.scheduled import time_of
from api.own.schema.engine_tasks import check_seconds, engine_tasks
from api.own.schema.queries import PAGE
from api.own.services import OwnServices
from engine.features.pairs import model
from engine.features.pairs.commands import CancelPair, PlacePair
from engine.features.pairs.model import WantedPair
from engine.features.pairs.service import PairService


class PairRoutes:
    """The handlers; `caller_of` says whose pairs a request is about, and who asks."""

    def __init__(self, services: OwnServices, caller_of: CallerOf) -> None:
        self._services, self._caller_of = services, caller_of
        self._pairs = services.features[PairService]

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Every route, below `prefix`."""
        one = prefix + "/pairs/{pair}"
        return [
            web.get(prefix + "/pairs", self.list_all),
            web.post(prefix + "/pairs", self.place),
            web.get(one, self.show),
            web.delete(one, self.cancel),
        ]

    @operation("listPairs", {200: Pairs}, query=PAGE)
    async def list_all(self, request: web.Request) -> web.Response:
        """List the account's pairs, newest first."""
        account = (await self._caller_of(request)).account
        limit, before = number_of(request, "limit", 100), request.query.get("before")
        found = await self._pairs.page(account.id, limit, before)
        return web.json_response({"pairs": [render.pair(row) for row in found]})

    @taking("placePair", NewPair, {201: Pair}, errors=(402, 403))
    async def place(self, request: web.Request, body: Body[NewPair]) -> web.Response:
        """Call two parties one after the other and connect them, now or at a time; the answer comes at once."""
        caller, given = await self._caller_of(request), await body()
        at = None if given.at is None else time_of(given.at)
        shown = await shown_caller(self._services, caller, given.caller)
        wanted = _wanted(given, caller.account.country, shown)
        placed = await self._services.engine.submit(PlacePair(account=caller.account.id, wanted=wanted, at=at))
        await self._note(caller, "pair.placed" if at is None else "pair.scheduled", placed)
        return web.json_response(render.pair(placed), status=201)

    @operation("getPair", {200: Pair})
    async def show(self, request: web.Request) -> web.Response:
        """Show a pair."""
        account = (await self._caller_of(request)).account
        return web.json_response(render.pair(await self._pairs.get(account.id, request.match_info["pair"])))

    @operation("cancelPair", {200: Pair}, errors=(409,))
    async def cancel(self, request: web.Request) -> web.Response:
        """End a pair, whatever its state; one that is ended in the answer had not begun, and nobody is called."""
        caller = await self._caller_of(request)
        command = CancelPair(account=caller.account.id, pair=request.match_info["pair"])
        cancelled = await self._services.engine.submit(command)
        await self._note(caller, "pair.cancelled", cancelled)
        return web.json_response(render.pair(cancelled))

    async def _note(self, caller: Caller, what: str, row: model.Pair) -> None:
        """Write down what a user did; what programs do is in the calls' timelines alone."""
        if caller.user:
            after: dict[str, Any] = {"first": row.first, "second": row.second, "at": row.at}
            log, account = self._services.platform.audit, caller.account.id
            await log.note(caller.by, account=account, what=what, subject=row.id, after=after)


def _wanted(given: NewPair, country: str, shown: str | None) -> WantedPair:
    check_seconds(ring_seconds=given.ring_seconds, max_seconds=given.max_seconds)
    return WantedPair(
        first=number_as_read(given.first, country),
        second=number_as_read(given.second, country),
        caller=shown,
        second_caller=None if given.second_caller is None else number_as_read(given.second_caller, country),
        private=given.private,
        greeting=cast("Any", engine_tasks(given.greeting, country, "$.greeting")),
        ringback=given.ringback,
        music=given.music,
        ring_seconds=given.ring_seconds,
        max_seconds=given.max_seconds,
    )


ROUTES = PairRoutes
