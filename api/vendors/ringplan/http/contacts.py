"""RingPlan's contacts: the users of a company."""

import time

from aiohttp import web

from api.vendors.ringplan import fields
from api.vendors.ringplan.auth import primary_of
from api.vendors.ringplan.errors import Forbidden, Invalid
from api.vendors.ringplan.fields import Fields
from api.vendors.ringplan.http import requests, resources
from api.vendors.ringplan.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.ringplan.http.companies import KIND as COMPANY
from api.vendors.ringplan.ids import DIALECT
from engine.features.accounts import Account
from engine.features.accounts.model import actor_of
from engine.features.details.model import Details, checked
from engine.features.details.service import DetailService
from engine.features.errors import NotThere
from engine.features.users.invitation import Invitation
from engine.features.users.invitations import Invitations
from engine.features.users.model import NewUser, User, UserChange
from engine.features.users.role import Role
from engine.features.users.service import UserService
from engine.platform.settings_cache import SettingsCache

KIND = f"{DIALECT} contact"
_OURS = ("id", "company_id", "created", "updated", "extension", "invitation", "last_enter", "activated")


class ContactOperations:
    """Lists, adds, changes and removes them."""

    def __init__(
        self, users: UserService, invitations: Invitations, details: DetailService, cache: SettingsCache
    ) -> None:
        self._users, self._invitations, self._details, self._cache = users, invitations, details, cache

    def operations(self) -> dict[str, Handler]:
        """Return each by its method and path."""
        one = "/company/contacts/{contact}"
        return {
            "GET /company/contacts": self.list_all,
            "POST /company/contacts": self.add,
            f"GET {one}": self.show,
            f"PATCH {one}": self.change,
            f"DELETE {one}": self.remove,
        }

    async def list_all(self, request: AuthenticatedRequest) -> web.Response:
        """List contacts by their e-mail addresses; 204 if none is found (as the document has it)."""
        page = requests.page(request.http, "items_per_page")
        first_name, email = (requests.text(request.http, name).lower() for name in ("first_name", "work_email"))
        details = await self._details.of_kind(request.account.id, KIND)
        invitations = await self._invitations.of_account(request.account.id)
        found = [
            self._shape(request.account, user, details.get(user.id), invitations.get(user.id))
            for user in await self._all(request.account)
            if not email or user.email == email
        ]
        found = [each for each in found if not first_name or str(each["first_name"]).lower() == first_name]
        if not found:
            return web.Response(status=204)
        return web.json_response(found[page.offset :][: page.size], headers=page.headers(len(found)))

    async def show(self, request: AuthenticatedRequest) -> web.Response:
        """Show a contact."""
        return await self._shown(request.account, await self._one(request))

    async def add(self, request: AuthenticatedRequest) -> web.Response:
        """Add a contact, who may not change what belongs to the company, and invite it by e-mail."""
        request.must_own()
        kept = _kept(request.fields)
        email = fields.text_or_none(fields.inner(request.fields, "contacts"), "email")
        if not email:
            raise Invalid("contacts.email is missing: a contact has an e-mail address.")
        company = await self._details.get(request.account.id, COMPANY, request.account.id)
        name = resources.company_name(request.account, company.fields)
        wanted = NewUser(email=email, name=_name(request.fields, ""), role=Role.MEMBER, company=name)
        made = await self._users.add(request.by, request.account.id, wanted)
        await self._details.merge(request.account.id, KIND, made.user.id, kept)
        return await self._shown(request.account, made.user, status=201)

    async def change(self, request: AuthenticatedRequest) -> web.Response:
        """Change a contact: its own user may, and the company's owner."""
        user = await self._one(request)
        if not request.requester.is_owner and request.requester.id != user.id:
            raise Forbidden("Only the contact itself and the company's owner may change it.")
        kept = _kept(request.fields)
        if user.id != request.account.id:
            user = await self._change_user(request, user)
        await self._details.merge(request.account.id, KIND, user.id, kept)
        return await self._shown(request.account, user)

    async def remove(self, request: AuthenticatedRequest) -> web.Response:
        """Remove a contact, and answer what it was."""
        request.must_own()
        user = await self._one(request)
        shown = await self._shown(request.account, user)
        if user.id == request.account.id:
            raise Forbidden("The company's primary user cannot be removed.")
        await self._users.remove(request.by, request.account.id, user.id)
        await self._details.remove(request.account.id, KIND, user.id)
        return shown

    async def _change_user(self, request: AuthenticatedRequest, user: User) -> User:
        """Change what the platform knows of a user: its name, its address, whether it may sign in."""
        activated = request.fields.get("activated")
        if activated is not None and not isinstance(activated, bool):
            raise Invalid("activated must be true or false.")
        if activated is not None and activated == user.disabled and not request.requester.is_owner:
            raise Forbidden("Only the company's owner may activate a contact, or disable one.")
        name = _name(request.fields, user.name)
        email = fields.text_or_none(fields.inner(request.fields, "contacts"), "email")
        change = UserChange(
            email=email if email and email.lower() != user.email else None,
            name=name if name != user.name else None,
            disabled=None if activated is None or not request.requester.is_owner else not activated,
        )
        if change == UserChange():
            return user
        # Who changes only itself needs no role for it: a member may say its own name and address.
        by = request.by if request.requester.is_owner else actor_of(request.account)
        return (await self._users.change(by, request.account.id, user.id, change)).user

    async def _all(self, account: Account) -> list[User]:
        """Return the users; a company without an owner is its own primary user."""
        users = await self._users.list_all(account.id)
        return users if primary_of(users) else [_itself(account), *users]

    async def _one(self, request: AuthenticatedRequest) -> User:
        account, id = request.account, request.part("contact")
        if id == account.id and not primary_of(await self._users.list_all(account.id)):
            return _itself(account)
        user = await self._users.get(account.id, id)
        if user.id != id:  # it was named by its e-mail address
            raise NotThere(f"The company has no contact {id[:80]}.")
        return user

    async def _shown(self, account: Account, user: User, status: int = 200) -> web.Response:
        details = await self._details.get(account.id, KIND, user.id)
        invitation = await self._invitations.of_user(user.id)
        return web.json_response(self._shape(account, user, details, invitation), status=status)

    def _shape(
        self, account: Account, user: User, details: Details | None, invitation: Invitation | None
    ) -> resources.Shape:
        row = next(iter(self._cache.extensions_of(account.id, user.id)), None)
        details = details or Details(account=account.id, kind=KIND, id=user.id)
        shown = None if invitation is None else resources.invitation(invitation, time.time())
        return resources.contact(account, user, details, row, shown)


def _kept(given: Fields) -> Fields:
    """Return what is kept of a contact's fields beside what the platform knows; raises InvalidSetting, Invalid."""
    for name in ("first_name", "last_name", "title", "timezone"):
        fields.text_or_none(given, name, 100)
    kept = fields.without(given, *_OURS)
    fields.inner(kept, "address")
    if contacts := fields.inner(kept, "contacts"):
        kept["contacts"] = fields.without(contacts, "email")
    return checked(kept)


def _name(given: Fields, before: str) -> str:
    """Return a user's name of the two parts of it, of which one may be as it was."""
    had_first, _, had_last = before.partition(" ")
    first, last = (fields.text_or_none(given, name, 50) for name in ("first_name", "last_name"))
    return f"{had_first if first is None else first} {had_last if last is None else last}".strip()


def _itself(account: Account) -> User:
    """Return the primary user of a company without an owner: the company."""
    return User(id=account.id, account=account.id, email="", name="", role=Role.OWNER, created=account.created)
