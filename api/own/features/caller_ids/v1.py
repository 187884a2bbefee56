"""Caller ids of an account."""

from aiohttp import web

from api.own import render
from api.own.access import Caller, CallerOf
from api.own.features.caller_ids.schema import (
    CodeAnswer,
    NewCode,
    Preference,
    SentCode,
    VerifiedCallerId,
    VerifiedCallerIds,
)
from api.own.operations import Body, operation, taking
from api.own.services import OwnServices
from engine.features.caller_ids import model
from engine.features.caller_ids.model import WantedCode
from engine.features.caller_ids.service import CallerIds as CallerIdService


class CallerIdRoutes:
    """The handlers; `caller_of` says whose caller ids a request is about, and who asks."""

    def __init__(self, services: OwnServices, caller_of: CallerOf) -> None:
        self._caller_of, self._ids = caller_of, services.features[CallerIdService]

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Every route, below `prefix`."""
        one = prefix + "/caller-ids/{number}"
        return [
            web.get(prefix + "/caller-ids", self.list_all),
            web.post(prefix + "/caller-ids", self.send),
            web.post(one + "/verify", self.answer),
            web.patch(one, self.prefer),
            web.delete(one, self.remove),
        ]

    @operation("listCallerIds", {200: VerifiedCallerIds})
    async def list_all(self, request: web.Request) -> web.Response:
        """List the numbers of others that the account proved to be its own, the default one first."""
        caller = await self._caller_of(request)
        found = await self._ids.list_all(caller.account.id)
        own = await self._ids.default_of(caller.account.id, caller.user.id) if caller.user else None
        return web.json_response({"caller_ids": [_shown(each) for each in found], "default_of_user": own})

    @taking("sendCallerIdCode", NewCode, {202: SentCode}, errors=(402, 403, 409))
    async def send(self, request: web.Request, body: Body[NewCode]) -> web.Response:
        """Send a code to a number, by a text or a call, to prove that it is the account's own."""
        caller, given = await self._caller_of(request), await body()
        wanted = WantedCode(
            number=given.number,
            how=given.how,
            message=given.message,
            locale=given.locale,
            user=_user(caller),
            make_default=given.make_default,
            again=given.again,
        )
        sent = await self._ids.send(caller.account, wanted)
        shown = {"number": sent.number, "how": sent.how, "expires": render.moment(sent.expires)}
        return web.json_response(shown | {"tries": sent.tries, "sent": sent.sent}, status=202)

    @taking("verifyCallerId", CodeAnswer, {200: VerifiedCallerId}, errors=(403, 409))
    async def answer(self, request: web.Request, body: Body[CodeAnswer]) -> web.Response:
        """Prove a number by the code that was sent to it; the account may show it from then on."""
        caller, number = await self._caller_of(request), request.match_info["number"]
        proved = await self._ids.answer(caller.by, caller.account, (await body()).code, number=number)
        return web.json_response(_shown(proved))

    @taking("changeCallerId", Preference, {204: None})
    async def prefer(self, request: web.Request, body: Body[Preference]) -> web.Response:
        """Show a caller id by default, or not any more; another one that is the default stays it."""
        caller, number = await self._caller_of(request), request.match_info["number"]
        change = self._ids.prefer if (await body()).default else self._ids.unprefer
        await change(caller.by, caller.account, number, _user(caller))
        return web.Response(status=204)

    @operation("removeCallerId", {204: None})
    async def remove(self, request: web.Request) -> web.Response:
        """Take a caller id away: the account may not show it any more."""
        caller = await self._caller_of(request)
        await self._ids.remove(caller.by, caller.account, request.match_info["number"])
        return web.Response(status=204)


def _user(caller: Caller) -> str:
    return caller.user.id if caller.user else ""


def _shown(row: model.CallerId) -> render.Shape:
    return {"number": row.number, "verified": render.moment(row.verified), "default": row.default}


ROUTES = CallerIdRoutes
