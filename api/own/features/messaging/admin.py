"""The administrator's routes of texts: those of all accounts, SMSCs, routes, keywords, rates."""

from typing import Annotated, Any

import msgspec
from aiohttp import web

from api import bodies
from api.own.access import Caller
from api.own.admin.rates import LARGEST_FILE, SECONDS_FOR_A_FILE
from api.own.bodies import number_of, time_of
from api.own.destinations import leads_to
from api.own.errors import BadRequest
from api.own.features.messaging import admin_schema, render
from api.own.features.messaging.admin_schema import (
    ChangedSmsc,
    Keyword,
    Keywords,
    MessageRates,
    NewKeyword,
    NewRoute,
    NewSmsc,
    Route,
    Routes,
    Smsc,
    Smscs,
    UnmatchedMessages,
)
from api.own.features.messaging.schema import SINCE, MessageHistory, Messages
from api.own.features.messaging.v1 import FILTERS, MessageRoutes, history, listed
from api.own.operations import Body, Media, Parameter, operation, taking
from api.own.schema.fields import says
from api.own.schema.queries import ACCOUNT, PAGE
from api.own.schema.system import LoadedRates, RemovedRates
from api.own.services import OwnServices
from engine.features.destinations.registry import Destinations
from engine.features.messaging import model
from engine.features.messaging.configuration.keywords import Keywords as KeywordService
from engine.features.messaging.configuration.rates import MessageRates as RateService
from engine.features.messaging.configuration.smscs import Smscs as SmscService
from engine.features.messaging.receiving.unmatched import UnmatchedMessages as UnmatchedService
from engine.features.messaging.service import MessageService
from engine.platform import audit

FILE = Media("Rates of texts as CSV in UTF-8, at most 32 MiB: prefix, price of a part, currency.", ("text/csv",))
PREFIX = Parameter(name="prefix", kind=Annotated[str, says(admin_schema.PREFIX)])


class MessagesAdmin:
    """The handlers of texts: an account's below /accounts/{account}, and all accounts'."""

    def __init__(self, services: OwnServices) -> None:
        self._services, self._messages = services, services.features[MessageService]

    def routes(self) -> list[web.RouteDef]:
        """Every route of texts."""
        return [
            *MessageRoutes(self._services, self._caller).routes("/accounts/{account}"),
            web.get("/messages", self.list_all),
            web.get("/messages/unmatched", self.unmatched),
            web.get("/messages/{message}", self.show),
            web.delete("/messages/{message}", self.cancel),
        ]

    @operation("listAllMessages", {200: Messages}, query=(ACCOUNT, *FILTERS))
    async def list_all(self, request: web.Request) -> web.Response:
        """List texts of all accounts, newest first."""
        found = await listed(self._services, request, await self._services.account_of(request))
        return web.json_response({"messages": [render.message(row, self._name(row)) for row in found]})

    @operation("listUnmatchedMessages", {200: UnmatchedMessages}, query=(SINCE, *PAGE))
    async def unmatched(self, request: web.Request) -> web.Response:
        """List the newest texts that reached no number of an account."""
        since, limit = time_of(request, "since"), number_of(request, "limit", 100)
        service = self._services.features[UnmatchedService]
        found = await service.page(since=since, before=request.query.get("before"), limit=limit)
        return web.json_response({"messages": [render.unmatched(row) for row in found]})

    @operation("getAnyMessage", {200: MessageHistory})
    async def show(self, request: web.Request) -> web.Response:
        """Show all that is known of a text of any account."""
        found = await self._messages.get(None, request.match_info["message"])
        return web.json_response(await history(self._services, found, self._name(found)))

    @operation("cancelAnyMessage", {204: None}, errors=(409,))
    async def cancel(self, request: web.Request) -> web.Response:
        """Cancel a text of any account of which no part has left yet."""
        await self._messages.cancel(None, request.match_info["message"])
        return web.Response(status=204)

    async def _caller(self, request: web.Request) -> Caller:
        return Caller(await self._services.account_named(request.match_info["account"]), audit.ADMIN)

    def _name(self, row: model.Message) -> str:
        owner = self._services.cache.find(row.account)
        return owner.name if owner else row.account


class SmscsAdmin:
    """The handlers of SMSCs and routes."""

    def __init__(self, services: OwnServices) -> None:
        self._smscs = services.features[SmscService]

    def routes(self) -> list[web.RouteDef]:
        """Every route of SMSCs."""
        one = "/smscs/{name}"
        return [
            web.get("/smscs", self.list_all),
            web.post("/smscs", self.add),
            web.get("/smscs/routes", self.list_routes),
            web.get(one, self.show),
            web.patch(one, self.change),
            web.delete(one, self.remove),
            web.post(one + "/routes", self.put_route),
            web.delete(one + "/routes", self.remove_route),
        ]

    @operation("listSmscs", {200: Smscs})
    async def list_all(self, request: web.Request) -> web.Response:
        """List the SMSCs, and how the links to them stand."""
        return web.json_response({"smscs": [render.smsc(view) for view in await self._smscs.list()]})

    @taking("addSmsc", NewSmsc, {201: Smsc}, errors=(409,))
    async def add(self, request: web.Request, body: Body[NewSmsc]) -> web.Response:
        """Add an SMSC, with the prefixes that it carries; a link is made at once."""
        given = await body()
        smsc = model.Smsc(
            name=given.name,
            host=given.host,
            port=given.port,
            system_id=given.user,
            password=given.password,
            per_second=given.per_second,
            settings=msgspec.json.encode(given.settings).decode(),
            disabled=given.disabled,
            country=given.country,
        )
        view = await self._smscs.add(audit.ADMIN, smsc, given.prefixes, given.priority)
        return web.json_response(render.smsc(view), status=201)

    @operation("getSmsc", {200: Smsc})
    async def show(self, request: web.Request) -> web.Response:
        """Show an SMSC."""
        return web.json_response(render.smsc(await self._smscs.show(request.match_info["name"])))

    @taking("changeSmsc", ChangedSmsc, {200: Smsc}, errors=(409,))
    async def change(self, request: web.Request, body: Body[ChangedSmsc]) -> web.Response:
        """Change an SMSC; its link is made anew."""
        fields: dict[str, Any] = {
            name: value for name, value in msgspec.structs.asdict(await body()).items() if value is not msgspec.UNSET
        }
        if "user" in fields:
            fields["system_id"] = fields.pop("user")
        return web.json_response(render.smsc(await self._smscs.change(audit.ADMIN, request.match_info["name"], fields)))

    @operation("removeSmsc", {204: None}, errors=(409,))
    async def remove(self, request: web.Request) -> web.Response:
        """Remove an SMSC with its routes."""
        await self._smscs.remove(audit.ADMIN, request.match_info["name"])
        return web.Response(status=204)

    @operation("listMessageRoutes", {200: Routes})
    async def list_routes(self, request: web.Request) -> web.Response:
        """List which SMSC carries texts to which numbers."""
        return web.json_response({"routes": [render.route(row) for row in await self._smscs.routes()]})

    @taking("putMessageRoute", NewRoute, {201: Route}, errors=(409,))
    async def put_route(self, request: web.Request, body: Body[NewRoute]) -> web.Response:
        """Let an SMSC carry texts to a prefix, or change the priority of that."""
        given = await body()
        name = request.match_info["name"]
        wanted = model.MessageRoute(prefix=given.prefix, smsc=name, account=given.account, priority=given.priority)
        return web.json_response(render.route(await self._smscs.put_route(audit.ADMIN, wanted)), status=201)

    @operation("removeMessageRoute", {204: None}, query=(PREFIX, ACCOUNT), errors=(409,))
    async def remove_route(self, request: web.Request) -> web.Response:
        """Let an SMSC not carry a prefix any more, for an account or (without one) for everybody."""
        account, prefix = request.query.get("account", ""), request.query.get("prefix", "")
        await self._smscs.remove_route(audit.ADMIN, account, prefix, request.match_info["name"])
        return web.Response(status=204)


class KeywordsAdmin:
    """The handlers of keywords, and of rates of texts."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services
        self._keywords, self._rates = services.features[KeywordService], services.features[RateService]

    def routes(self) -> list[web.RouteDef]:
        """Every route of keywords and rates."""
        return [
            web.get("/keywords", self.list_all),
            web.post("/keywords", self.add),
            web.delete("/keywords/{number}/{word}", self.remove),
            web.get("/message-rates", self.list_rates),
            web.put("/message-rates", self.load_rates),
            web.delete("/message-rates", self.clear_rates),
        ]

    @operation("listKeywords", {200: Keywords}, query=(ACCOUNT,))
    async def list_all(self, request: web.Request) -> web.Response:
        """List the keywords of numbers, all or those of an account."""
        account = await self._services.account_of(request)
        found = await self._keywords.list(account.id if account else None)
        return web.json_response({"keywords": [render.keyword(view) for view in found]})

    @taking("addKeyword", NewKeyword, {201: Keyword}, errors=(409,))
    async def add(self, request: web.Request, body: Body[NewKeyword]) -> web.Response:
        """Let texts to a number that begin with a word lead to an application, an extension or a user."""
        given = await body()
        where = leads_to(self._services.features[Destinations], given.to)
        view = await self._keywords.add(audit.ADMIN, given.number, given.word, given.account, where)
        return web.json_response(render.keyword(view), status=201)

    @operation("removeKeyword", {204: None})
    async def remove(self, request: web.Request) -> web.Response:
        """Remove a keyword of a number."""
        await self._keywords.remove(audit.ADMIN, request.match_info["number"], request.match_info["word"])
        return web.Response(status=204)

    @operation("listMessageRates", {200: MessageRates}, query=(ACCOUNT,))
    async def list_rates(self, request: web.Request) -> web.Response:
        """List what texts cost, by prefix."""
        found = await self._rates.list(await self._services.account_of(request))
        return web.json_response({"rates": [render.rate(each) for each in found]})

    @operation("loadMessageRates", {200: LoadedRates}, query=(ACCOUNT,), body=FILE, errors=(409,))
    async def load_rates(self, request: web.Request) -> web.Response:
        """Replace the rates of texts by those of a CSV file; a file with one wrong line changes nothing."""
        try:
            text = (await bodies.read(request, LARGEST_FILE, SECONDS_FOR_A_FILE)).decode()
        except UnicodeDecodeError as error:
            raise BadRequest("The file is not UTF-8 text.") from error
        account = await self._services.account_of(request)
        return web.json_response({"loaded": await self._rates.load(audit.ADMIN, text, account)})

    @operation("clearMessageRates", {200: RemovedRates}, query=(ACCOUNT,), errors=(409,))
    async def clear_rates(self, request: web.Request) -> web.Response:
        """Remove the rates of texts, an account's own or (without one) the general ones."""
        account = await self._services.account_of(request)
        return web.json_response({"removed": await self._rates.clear(audit.ADMIN, account)})


class MessagingAdmin:
    """All of them."""

    def __init__(self, services: OwnServices) -> None:
        self._nouns = (MessagesAdmin(services), SmscsAdmin(services), KeywordsAdmin(services))

    def routes(self) -> list[web.RouteDef]:
        """Every route."""
        return [route for noun in self._nouns for route in noun.routes()]


ADMIN = MessagingAdmin
