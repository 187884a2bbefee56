"""Texts of an account: sent, listed, shown, cancelled; its rules, and who gets none."""

from aiohttp import web

from api.own import render as own
from api.own.access import Caller, CallerOf
from api.own.bodies import number_as_read, number_of, time_of
from api.own.errors import BadRequest
from api.own.features.messaging import render
from api.own.features.messaging.schema import (
    AFTER,
    DIRECTION,
    NUMBER,
    SINCE,
    STATE,
    USER,
    ChangedTexting,
    Message,
    MessageHistory,
    Messages,
    NewMessage,
    NewOptOut,
    OptOut,
    OptOuts,
    Texting,
)
from api.own.idempotency import HEADER, once_of
from api.own.operations import Body, operation, taking
from api.own.scheduled import time_of as when
from api.own.schema.queries import LIMIT, PAGE
from api.own.services import OwnServices
from engine.commands import NumberRefused
from engine.features.accounts import Account
from engine.features.messaging import model
from engine.features.messaging.commands import SendMessage
from engine.features.messaging.configuration.rules import RulesChange, TextingSettings
from engine.features.messaging.model import Direction, State
from engine.features.messaging.service import MessageService
from engine.features.users.service import UserService

FILTERS = (DIRECTION, NUMBER, STATE, SINCE, USER, *PAGE)


class MessageRoutes:
    """The handlers; `caller_of` says whose texts a request is about, and who asks."""

    def __init__(self, services: OwnServices, caller_of: CallerOf) -> None:
        self._services, self._caller_of = services, caller_of
        self._messages, self._texting = services.features[MessageService], services.features[TextingSettings]

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Every route, below `prefix`."""
        one = prefix + "/messages/{message}"
        return [
            web.get(prefix + "/messages", self.list_all),
            web.post(prefix + "/messages", self.send),
            web.get(one, self.show),
            web.delete(one, self.cancel),
            web.get(prefix + "/opt-outs", self.opt_outs),
            web.post(prefix + "/opt-outs", self.opt_out),
            web.delete(prefix + "/opt-outs/{number}", self.opt_in),
            web.get(prefix + "/texting", self.rules),
            web.patch(prefix + "/texting", self.change_rules),
        ]

    @operation("listMessages", {200: Messages}, query=FILTERS)
    async def list_all(self, request: web.Request) -> web.Response:
        """List the account's texts, newest first."""
        account = (await self._caller_of(request)).account
        found = await listed(self._services, request, account)
        return web.json_response({"messages": [render.message(row) for row in found]})

    @taking("sendMessage", NewMessage, {201: Message}, headers=(HEADER,), errors=(402, 403, 409))
    async def send(self, request: web.Request, body: Body[NewMessage]) -> web.Response:
        """Send a text, now or at a time; the answer comes at once, while it is queued."""
        caller = await self._caller_of(request)
        given = await body()
        once, wanted = once_of(request, given), self._wanted(given, caller.account)
        sent = await self._services.engine.submit(SendMessage(account=caller.account.id, message=wanted, once=once))
        if caller.user:
            await self._note(caller, "message.sent", sent)
        return web.json_response(render.message(sent), status=201)

    @operation("getMessage", {200: MessageHistory})
    async def show(self, request: web.Request) -> web.Response:
        """Show all that is known of a text."""
        account = (await self._caller_of(request)).account
        found = await self._messages.get(account.id, request.match_info["message"])
        return web.json_response(await history(self._services, found))

    @operation("cancelMessage", {204: None}, errors=(409,))
    async def cancel(self, request: web.Request) -> web.Response:
        """Cancel a text of which no part has left yet."""
        caller = await self._caller_of(request)
        cancelled = await self._messages.cancel(caller.account.id, request.match_info["message"])
        if caller.user:
            await self._note(caller, "message.cancelled", cancelled)
        return web.Response(status=204)

    @operation("listOptOuts", {200: OptOuts}, query=(LIMIT, AFTER))
    async def opt_outs(self, request: web.Request) -> web.Response:
        """List the numbers that get no texts of the account, because they sent STOP or were added."""
        account = (await self._caller_of(request)).account
        after, limit = request.query.get("after", ""), number_of(request, "limit", 100)
        found = await self._texting.opt_outs(account.id, after=after, limit=limit)
        return web.json_response({"opt_outs": [render.opt_out(row) for row in found]})

    @taking("addOptOut", NewOptOut, {201: OptOut}, errors=(409,))
    async def opt_out(self, request: web.Request, body: Body[NewOptOut]) -> web.Response:
        """Let a number get no texts of the account any more."""
        caller = await self._caller_of(request)
        row = await self._texting.opt_out(caller.by, caller.account, (await body()).number)
        return web.json_response(render.opt_out(row), status=201)

    @operation("removeOptOut", {204: None})
    async def opt_in(self, request: web.Request) -> web.Response:
        """Let a number get the account's texts again."""
        caller = await self._caller_of(request)
        await self._texting.opt_in(caller.by, caller.account, request.match_info["number"])
        return web.Response(status=204)

    @operation("getTexting", {200: Texting})
    async def rules(self, request: web.Request) -> web.Response:
        """Show what the account has set for its texts."""
        account = (await self._caller_of(request)).account
        return web.json_response(render.rules(await self._texting.rules(account.id)))

    @taking("changeTexting", ChangedTexting, {200: Texting}, errors=(409,))
    async def change_rules(self, request: web.Request, body: Body[ChangedTexting]) -> web.Response:
        """Change what the account has set for its texts."""
        caller, given = await self._caller_of(request), await body()
        change = RulesChange(sender=given.sender, per_second=given.per_second, stop_words=given.stop_words)
        return web.json_response(render.rules(await self._texting.change(caller.by, caller.account, change)))

    def _wanted(self, given: NewMessage, account: Account) -> model.NewMessage:
        application = None
        if given.application is not None:
            application = self._services.cache.application_named(account.id, given.application)
            if application is None:
                raise BadRequest(f"The account has no application {given.application!r}.")
        return model.NewMessage(
            to=number_as_read(given.to, account.country),
            text=given.text,
            sender=_sender(given.sender, account.country),
            at=None if given.at is None else when(given.at),
            valid_seconds=given.valid_seconds,
            application=application.id if application else None,
            files=given.files,
        )

    async def _note(self, caller: Caller, what: str, row: model.Message) -> None:
        """Write down what a user did; what programs do is in the texts' histories alone."""
        log, account = self._services.platform.audit, caller.account.id
        await log.note(caller.by, account=account, what=what, subject=row.id, after={"recipient": row.recipient})


async def listed(services: OwnServices, request: web.Request, account: Account | None) -> list[model.Message]:
    """Return the texts that a request asks for, of an account or of all; raises BadRequest, NotThere."""
    return await services.features[MessageService].page(
        account.id if account else None,
        direction=_direction(request.query.get("direction")),
        number=_digits(request.query.get("number"), account),
        states=_states(request.query.get("state")),
        since=time_of(request, "since"),
        user=await _user(services, request.query.get("user"), account),
        before=request.query.get("before"),
        limit=number_of(request, "limit", 100),
    )


async def history(services: OwnServices, row: model.Message, account: str | None = None) -> own.Shape:
    """Return all that is known of a text, with its account's name if that is given."""
    messages = services.features[MessageService]
    return {
        "message": render.message(row, account),
        "parts": [render.part(part) for part in await messages.parts(row.id)],
        "events": [own.event(event) for event in await messages.events(row.id)],
        "callbacks": [own.delivery(each) for each in await services.delivery.of_subject(row.id)],
    }


def _sender(text: str | None, country: str) -> str | None:
    """Read a sender; what is no number stays as it is, and is refused as no number of the account."""
    try:
        return number_as_read(text, country) if text else None
    except NumberRefused:
        return text


def _direction(text: str | None) -> Direction | None:
    try:
        return Direction(text) if text else None
    except ValueError:
        raise BadRequest("direction must be in or out.") from None


async def _user(services: OwnServices, name: str | None, account: Account | None) -> str | None:
    """Return the id of the user whose inbox is asked for; raises BadRequest, NotThere."""
    if not name:
        return None
    if account is None:
        raise BadRequest("user must be given with the account that it is of.")
    return (await services.features[UserService].get(account.id, name)).id


def _states(text: str | None) -> tuple[State, ...]:
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    try:
        return tuple(State(name) for name in names)
    except ValueError:
        raise BadRequest(f"state must be one of {', '.join(State)}, several with commas.") from None


def _digits(text: str | None, account: Account | None) -> str | None:
    """Read a number as the account writes it; what is none, such as a sender of letters, stays."""
    if not text:
        return None
    written = text.strip()
    try:
        return number_as_read(written, account.country) if account else written.removeprefix("+")
    except NumberRefused:
        return written


ROUTES = MessageRoutes
