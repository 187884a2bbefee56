"""Passcodes of an account, and what it has set for them."""

import msgspec
from aiohttp import web

from api.own.access import Caller, CallerOf
from api.own.bodies import number_of
from api.own.features.passcodes import render
from api.own.features.passcodes.schema import (
    NewPasscode,
    NewPasscodeSettings,
    Passcode,
    PasscodeAgain,
    PasscodeAnswer,
    Passcodes,
    PasscodeSettings,
)
from api.own.operations import Body, operation, taking
from api.own.schema.queries import PAGE
from api.own.services import OwnServices
from engine.features.passcodes import model
from engine.features.passcodes.model import WantedPasscode
from engine.features.passcodes.sending import PasscodeSending
from engine.features.passcodes.service import PasscodeService
from engine.features.users.errors import NotPermitted
from engine.tasks.secret import Secret


class PasscodeRoutes:
    """The handlers; `caller_of` says whose passcodes a request is about, and who asks."""

    def __init__(self, services: OwnServices, caller_of: CallerOf) -> None:
        self._caller_of = caller_of
        self._passcodes, self._sending = services.features[PasscodeService], services.features[PasscodeSending]

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Every route, below `prefix`."""
        one, settings = prefix + "/passcodes/{passcode}", prefix + "/passcode-settings"
        return [
            web.get(prefix + "/passcodes", self.list_all),
            web.post(prefix + "/passcodes", self.send),
            web.get(one, self.show),
            web.post(one + "/resend", self.resend),
            web.post(one + "/verify", self.verify),
            web.get(settings, self.settings),
            web.put(settings, self.set),
            web.post(settings + "/resume", self.resume),
        ]

    @operation("listPasscodes", {200: Passcodes}, query=PAGE)
    async def list_all(self, request: web.Request) -> web.Response:
        """List the account's passcodes, newest first."""
        account = (await self._caller_of(request)).account
        limit, before = number_of(request, "limit", 100), request.query.get("before")
        found = await self._passcodes.page(account.id, limit=limit, before=before)
        return web.json_response({"passcodes": [render.passcode(row) for row in found]})

    @taking("sendPasscode", NewPasscode, {202: Passcode}, errors=(402, 403, 429))
    async def send(self, request: web.Request, body: Body[NewPasscode]) -> web.Response:
        """Send a code to a number, by a text or a call, so that a person can prove that the number is theirs."""
        caller, given = await self._caller_of(request), await body()
        wanted = WantedPasscode(
            number=given.number,
            way=given.way,
            code=None if given.code is None else Secret(given.code),
            length=given.length,
            message=given.message,
            locale=given.locale,
            voice=given.voice,
            sender=given.sender,
            valid_seconds=given.valid_seconds,
            fallback_seconds=given.fallback_seconds,
            address=given.address,
        )
        sent = await self._passcodes.send(caller.account, wanted)
        return web.json_response(render.passcode(sent.passcode), status=202)

    @operation("getPasscode", {200: Passcode})
    async def show(self, request: web.Request) -> web.Response:
        """Show a passcode."""
        account = (await self._caller_of(request)).account
        return web.json_response(render.passcode(await self._passcodes.get(account.id, _id(request))))

    @taking("resendPasscode", PasscodeAgain, {202: Passcode}, errors=(402, 403, 409, 429))
    async def resend(self, request: web.Request, body: Body[PasscodeAgain]) -> web.Response:
        """Send the same code again; it may be answered as long as a new one, and the tries that are left stay."""
        caller, given = await self._caller_of(request), await body()
        sent = await self._passcodes.resend(caller.account.id, _id(request), given.way)
        return web.json_response(render.passcode(sent.passcode), status=202)

    @taking("verifyPasscode", PasscodeAnswer, {200: Passcode}, errors=(403, 409))
    async def verify(self, request: web.Request, body: Body[PasscodeAnswer]) -> web.Response:
        """Compare what a person answered with the code; five answers are taken."""
        caller, given = await self._caller_of(request), await body()
        verified = await self._passcodes.verify(caller.account.id, _id(request), given.code)
        return web.json_response(render.passcode(verified))

    @operation("getPasscodeSettings", {200: PasscodeSettings})
    async def settings(self, request: web.Request) -> web.Response:
        """Show what the account has set for its passcodes, and whether sending is stopped."""
        account = (await self._caller_of(request)).account
        return web.json_response(render.sending(await self._sending.get(account.id)))

    @taking("setPasscodeSettings", NewPasscodeSettings, {200: PasscodeSettings}, errors=(403,))
    async def set(self, request: web.Request, body: Body[NewPasscodeSettings]) -> web.Response:
        """Set what counts for the account's passcodes; only a person may, not a program."""
        caller, given = await self._caller_of(request), await body()
        _check_person(caller)
        settings = model.PasscodeSettings(**msgspec.structs.asdict(given))
        return web.json_response(render.sending(await self._sending.set(caller.by, caller.account.id, settings)))

    @operation("resumePasscodes", {200: PasscodeSettings}, errors=(403,))
    async def resume(self, request: web.Request) -> web.Response:
        """Let passcodes be sent again after they were stopped; only a person may, not a program."""
        caller = await self._caller_of(request)
        _check_person(caller)
        return web.json_response(render.sending(await self._sending.resume(caller.by, caller.account.id)))


def _id(request: web.Request) -> str:
    return request.match_info["passcode"]


def _check_person(caller: Caller) -> None:
    """Refuse a program's key: an attacker who has it must not lift the limits."""
    if caller.by.kind not in ("user", "admin"):
        raise NotPermitted("Limits of passcodes are set by an owner or admin of the account, signed in with a token.")


ROUTES = PasscodeRoutes
