"""RingPlan's extensions: numbers of a company whose phones register here."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from aiohttp import web

from api.vendors.ringplan import fields
from api.vendors.ringplan.errors import Forbidden, Invalid, NotFound
from api.vendors.ringplan.http import extension_fields, extension_pictures, extension_shapes, requests, resources
from api.vendors.ringplan.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.ringplan.http.contacts import KIND as CONTACT
from api.vendors.ringplan.http.extension_fields import WantedExtension
from api.vendors.ringplan.http.extension_settings import KIND, ExtensionSettings
from api.vendors.ringplan.http.extension_shapes import SOFTPHONE, UNASSIGNED
from api.vendors.ringplan.http.requests import Page
from api.vendors.ringplan.ids import instance_of
from engine.features.accounts import Account
from engine.features.details.model import Details
from engine.features.details.service import DetailService
from engine.features.endpoints.model import Extension
from engine.features.endpoints.service import Extensions
from engine.features.errors import NotThere
from engine.features.users.model import User
from engine.features.users.service import UserService
from engine.features.voicemail.service import VoicemailService

BULKS = "/instances/{instance}/bulks/extensions"


class ExtensionOperations:
    """Lists, adds, changes and removes them, and says what phones are set up with.

    `server` is where phones register (host:port), `socket` where browsers connect.
    """

    def __init__(
        self,
        extensions: Extensions,
        settings: ExtensionSettings,
        users: UserService,
        details: DetailService,
        voicemail: VoicemailService,
        server: str,
        socket: str,
    ) -> None:
        self._extensions, self._settings, self._users = extensions, settings, users
        self._details, self._voicemail, self._server, self._socket = details, voicemail, server, socket

    def operations(self) -> dict[str, Handler]:
        """Return each by its method and path."""
        one = f"{BULKS}/{{extension}}"
        return {
            f"GET {BULKS}": self.list_all,
            "GET /instances/{instance}/extensions": self.list_all,
            "GET /account/{contact}/extensions": self.list_of_contact,
            f"POST {BULKS}": self.add,
            f"POST {BULKS}/check": self.check,
            f"GET {one}": self.show,
            f"PUT {one}": self.change,
            f"DELETE {one}": self.remove,
            "GET /phones/qr-config/advanced": self.configuration,
        }

    async def list_all(self, request: AuthenticatedRequest) -> web.Response:
        """List extensions by number, or by their users (`by_user=on`); `search` finds part of what names one."""
        _instance(request, request.part("instance"))
        page = requests.page(request.http, "page_size")
        users = {user.id: user for user in await self._users.list_all(request.account.id)}
        found = self._searched(request, users)
        wanted = _one_of(request, "filter_by", (UNASSIGNED, SOFTPHONE))
        found = await self._of_purpose(request.account, found, wanted)
        if _one_of(request, "by_user", ("on",)):
            found.sort(key=lambda row: (row.owner is None, _named(users.get(row.owner or "")), row.number))
        return await self._listed(request, found, page)

    async def list_of_contact(self, request: AuthenticatedRequest) -> web.Response:
        """List the extensions of a contact."""
        user = await self._users.get(request.account.id, request.part("contact"))
        found = [row for row in self._extensions.all(request.account.id) if row.owner == user.id]
        wanted = _one_of(request, "purpose", (UNASSIGNED, SOFTPHONE))
        found = await self._of_purpose(request.account, found, wanted)
        return await self._listed(request, found, requests.page(request.http, "page_size"))

    async def show(self, request: AuthenticatedRequest) -> web.Response:
        """Show an extension."""
        return await self._shown(request, self._one(request))

    async def add(self, request: AuthenticatedRequest) -> web.Response:
        """Add an extension, whose phone can register at once."""
        request.must_own()
        _instance(request, request.part("instance"))
        added = await self._settings.add(request, extension_fields.read(request.fields, {}))
        return await self._shown(request, added, status=201)

    async def change(self, request: AuthenticatedRequest) -> web.Response:
        """Change an extension: its owner may, and the contact whose it is."""
        row = self._one(request)
        self._must_have(request, row)
        (shown,) = await self._shapes(request, [row])
        wanted = extension_fields.read(request.fields, shown)
        if wanted.user == row.owner:
            wanted = msgspec.structs.replace(wanted, user=None)
        if wanted.number is not None and wanted.number != row.number:
            raise Invalid(f"data.id cannot change: add an extension {wanted.number[:20]} and delete {row.number}.")
        if not request.requester.is_owner and _is_the_owners(wanted):
            raise Forbidden(
                "Only the company's owner may say whose an extension is, where it is, which number its calls show, and "
                "which of them are recorded."
            )
        return await self._shown(request, await self._settings.change(request, row, wanted))

    async def remove(self, request: AuthenticatedRequest) -> web.Response:
        """Remove an extension with its voicemail."""
        request.must_own()
        await self._settings.remove(request, self._one(request))
        return web.Response(status=204)

    async def check(self, request: AuthenticatedRequest) -> web.Response:
        """Whether a user could be given an extension: 400 if it has another one, or the extension is another's."""
        _instance(request, request.part("instance"))
        email, number = fields.text_or_none(request.fields, "email"), fields.text_or_none(request.fields, "id", 20)
        if not email or not number:
            raise Invalid("email and id are needed: the user's address, and the number of the extension.")
        users = {user.id: user for user in await self._users.list_all(request.account.id)}
        for row in self._extensions.all(request.account.id):
            owner = users.get(row.owner or "")
            if owner is None:
                continue
            if owner.email == email.lower() and row.number != number:
                raise Invalid(f"{owner.email} has the extension {row.number} already.")
            if owner.email != email.lower() and row.number == number:
                raise Invalid(f"The extension {number} is assigned to another user already.")
        return web.json_response({"result": True})

    async def configuration(self, request: AuthenticatedRequest) -> web.Response:
        """Say what a softphone is set up with; as a QR code for who accepts a picture only."""
        _instance(request, requests.text(request.http, "instance_uuid"))
        row = self._found(request, requests.text(request.http, "extension_id"))
        self._must_have(request, row)
        shown = extension_shapes.settings(row, server=self._server, socket=self._socket)
        if kind := extension_pictures.accepted(request.http.headers.get("Accept", "")):
            return web.Response(body=extension_pictures.picture(shown["uri"], kind), content_type=kind)
        return web.json_response(shown | {"qr": extension_pictures.data_url(shown["uri"])})

    def _one(self, request: AuthenticatedRequest) -> Extension:
        _instance(request, request.part("instance"))
        return self._found(request, request.part("extension"))

    def _found(self, request: AuthenticatedRequest, id: str) -> Extension:
        try:
            return self._extensions.by_id(request.account.id, id)
        except NotThere:
            raise NotFound(f"The company has no extension {id[:80]}.") from None

    def _must_have(self, request: AuthenticatedRequest, row: Extension) -> None:
        if not _may_have(request, row):
            raise Forbidden("Only the company's owner and the contact whose extension it is may do this.")

    def _searched(self, request: AuthenticatedRequest, users: Mapping[str, User]) -> list[Extension]:
        text = requests.text(request.http, "search").casefold()
        found = self._extensions.all(request.account.id)

        def naming(row: Extension) -> str:
            return f"{row.number} {row.name} {_named(users.get(row.owner or ''))}".casefold()

        return [row for row in found if text in naming(row)] if text else found

    async def _of_purpose(self, account: Account, found: Sequence[Extension], wanted: str) -> list[Extension]:
        if wanted == UNASSIGNED:
            return [row for row in found if row.owner is None]
        if wanted != SOFTPHONE:
            return list(found)
        details = await self._details.of_kind(account.id, KIND)
        return [row for row in found if _purpose(row, details.get(row.id)) == SOFTPHONE]

    async def _listed(self, request: AuthenticatedRequest, found: Sequence[Extension], page: Page) -> web.Response:
        some = found[page.offset :][: page.size]
        return web.json_response(await self._shapes(request, some), headers=page.headers(len(found)))

    async def _shown(self, request: AuthenticatedRequest, row: Extension, status: int = 200) -> web.Response:
        return web.json_response((await self._shapes(request, [row]))[0], status=status)

    async def _shapes(self, request: AuthenticatedRequest, rows: Sequence[Extension]) -> list[resources.Shape]:
        account = request.account
        kept = await self._details.some(account.id, KIND, [row.id for row in rows])
        owners = {row.owner for row in rows if row.owner}
        users = {user.id: user for user in await self._users.list_all(account.id) if user.id in owners}
        known = await self._details.some(account.id, CONTACT, [*users])
        nothing: dict[str, Any] = {"account": account.id, "kind": CONTACT}
        shown = {
            id: resources.contact(account, user, known.get(id) or Details(**nothing, id=id), row=None)
            for id, user in users.items()
        }
        return [
            extension_shapes.extension(
                row,
                kept[row.id].fields if row.id in kept else {},
                box=self._voicemail.box_of_extension(account.id, row.number),
                user=shown.get(row.owner or ""),
                server=self._server,
                secret=_may_have(request, row),
            )
            for row in rows
        ]


def _may_have(request: AuthenticatedRequest, row: Extension) -> bool:
    """Whether the one who asks may see an extension's password."""
    return request.requester.is_owner or (row.owner is not None and row.owner == request.requester.id)


def _is_the_owners(wanted: WantedExtension) -> bool:
    fields = (wanted.user, wanted.location, wanted.outbound_caller, wanted.record_external, wanted.record_internal)
    return any(field is not None for field in fields)


def _instance(request: AuthenticatedRequest, named: str) -> None:
    if named != instance_of(request.account.id):
        raise NotFound(f"The company has no instance {named[:80]}.")


def _one_of(request: AuthenticatedRequest, name: str, known: tuple[str, ...]) -> str:
    found = requests.text(request.http, name)
    if found and found not in known:
        raise Invalid(f"{name} must be {' or '.join(known)} (got {found[:40]!r}).")
    return found


def _purpose(row: Extension, details: Details | None) -> str:
    return extension_shapes.purpose(row, details.fields if details else {})


def _named(user: User | None) -> str:
    return f"{user.name} {user.email}" if user else ""
