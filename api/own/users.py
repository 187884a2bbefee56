"""Routes of an account's users and their tokens, for the administrator and for the account itself."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from api.own import render
from api.own.access import Caller
from api.own.operations import Body, operation, taking
from api.own.schema.people import ChangedUser, NewToken, NewUser, Tokens, User, Users, UserWithPassword, WantedToken
from engine.features.users import model
from engine.features.users.role import Role
from engine.features.users.service import UserService
from engine.platform.feature import Features

CallerOf = Callable[[web.Request], Awaitable[Caller]]


class UserRoutes:
    """The handlers; `caller_of` returns the account of a request, and its actor."""

    def __init__(self, features: Features, caller_of: CallerOf) -> None:
        self._users, self._caller_of = features[UserService], caller_of

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Every route, below `prefix`. A user is given by its id or its e-mail address."""
        one = prefix + "/users/{user}"
        return [
            web.get(prefix + "/users", self.list_all),
            web.post(prefix + "/users", self.add),
            web.get(one, self.show),
            web.patch(one, self.change),
            web.delete(one, self.remove),
            web.get(one + "/tokens", self.list_tokens),
            web.post(one + "/tokens", self.add_token),
            web.delete(one + "/tokens/{token}", self.remove_token),
        ]

    @operation("listUsers", {200: Users})
    async def list_all(self, request: web.Request) -> web.Response:
        """List the account's users."""
        caller = await self._caller_of(request)
        users = await self._users.list_all(caller.account.id)
        return web.json_response({"users": [shape(user) for user in users]})

    @taking("addUser", NewUser, {201: UserWithPassword}, errors=(409,))
    async def add(self, request: web.Request, body: Body[NewUser]) -> web.Response:
        """Add a user, who is invited by e-mail; the answer shows the password if one was made."""
        caller = await self._caller_of(request)
        added = await self._users.add(caller.by, caller.account.id, _new(await body()))
        shown = shape_with_password(added) | ({"invited": True} if added.invited else {})
        return web.json_response(shown, status=201)

    @operation("getUser", {200: User})
    async def show(self, request: web.Request) -> web.Response:
        """Show a user."""
        caller = await self._caller_of(request)
        return web.json_response(shape(await self._users.get(caller.account.id, request.match_info["user"])))

    @taking("changeUser", ChangedUser, {200: UserWithPassword}, errors=(409,))
    async def change(self, request: web.Request, body: Body[ChangedUser]) -> web.Response:
        """Change a user; the answer shows the password if one was made."""
        caller, user = await self._caller_of(request), request.match_info["user"]
        change = _change(await body())
        changed = await self._users.change(caller.by, caller.account.id, user, change)
        return web.json_response(shape_with_password(changed))

    @operation("removeUser", {204: None}, errors=(409,))
    async def remove(self, request: web.Request) -> web.Response:
        """Remove a user."""
        caller = await self._caller_of(request)
        await self._users.remove(caller.by, caller.account.id, request.match_info["user"])
        return web.Response(status=204)

    @operation("listTokens", {200: Tokens})
    async def list_tokens(self, request: web.Request) -> web.Response:
        """List a user's tokens, without their secrets."""
        caller = await self._caller_of(request)
        tokens = await self._users.tokens(caller.account.id, request.match_info["user"])
        return web.json_response({"tokens": [_entry(token) for token in tokens]})

    @taking("addToken", WantedToken, {201: NewToken})
    async def add_token(self, request: web.Request, body: Body[WantedToken]) -> web.Response:
        """Make a token, which is shown here alone."""
        caller, user = await self._caller_of(request), request.match_info["user"]
        wanted = await body()
        made = await self._users.add_token(caller.by, caller.account.id, user, wanted.name, wanted.seconds)
        return web.json_response(token_shape(made), status=201)

    @operation("removeToken", {204: None})
    async def remove_token(self, request: web.Request) -> web.Response:
        """Delete a token by its id, the part before its dot."""
        caller, user = await self._caller_of(request), request.match_info["user"]
        await self._users.drop_token(caller.by, caller.account.id, user, request.match_info["token"])
        return web.Response(status=204)


def _new(wanted: NewUser) -> model.NewUser:
    return model.NewUser(
        email=wanted.email,
        name=wanted.name,
        role=Role(wanted.role),
        password=wanted.password,
        invite=wanted.invite,
    )


def _change(wanted: ChangedUser) -> model.UserChange:
    return model.UserChange(
        email=wanted.email,
        name=wanted.name,
        role=None if wanted.role is None else Role(wanted.role),
        disabled=wanted.disabled,
        password=wanted.password,
        new_password=wanted.new_password,
    )


def shape(user: model.User) -> render.Shape:
    """A user."""
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "disabled": user.disabled,
        "created": render.moment(user.created),
    }


def token_shape(made: model.NewToken) -> render.Shape:
    """A token that was just made."""
    return {"token": made.token} | _entry(made.entry)


def _entry(entry: model.TokenEntry) -> render.Shape:
    return {
        "id": entry.id,
        "name": entry.name,
        "created": render.moment(entry.created),
        "expires": render.moment(entry.expires),
    }


def shape_with_password(made: model.WithPassword) -> render.Shape:
    """Return a user, with the password that was made for it."""
    return shape(made.user) | ({} if made.password is None else {"password": made.password})
