"""RingPlan's texting contacts: the account's phonebook."""

from aiohttp import web

from api.vendors.ringplan import fields
from api.vendors.ringplan.fields import Fields
from api.vendors.ringplan.http import requests, resources
from api.vendors.ringplan.http.authenticated import AuthenticatedRequest, Handler
from engine.features.phonebook.model import EntryFields
from engine.features.phonebook.service import Phonebook


class TextingContactOperations:
    """Adds, finds, shows and changes them."""

    def __init__(self, phonebook: Phonebook) -> None:
        self._phonebook = phonebook

    def operations(self) -> dict[str, Handler]:
        """Return each by its method and path."""
        one = "/texting/contacts/{contact}"
        return {
            "GET /texting/contacts": self.list_all,
            "POST /texting/contacts": self.add,
            f"GET {one}": self.show,
            f"PUT {one}": self.change,
        }

    async def list_all(self, request: AuthenticatedRequest) -> web.Response:
        """List contacts that have a text in their name or number, the oldest first."""
        found = await self._phonebook.search(request.account.id, requests.text(request.http, "search"))
        return web.json_response([resources.phonebook_entry(each) for each in found])

    async def add(self, request: AuthenticatedRequest) -> web.Response:
        """Add a contact; one that is there is answered as it is, with 200."""
        entry, new = await self._phonebook.put(request.account.id, _given(request.fields))
        return web.json_response(resources.phonebook_entry(entry), status=201 if new else 200)

    async def show(self, request: AuthenticatedRequest) -> web.Response:
        """Show a contact."""
        entry = await self._phonebook.get(request.account.id, request.part("contact"))
        return web.json_response(resources.phonebook_entry(entry))

    async def change(self, request: AuthenticatedRequest) -> web.Response:
        """Change the fields of a contact that are named."""
        entry = await self._phonebook.change(request.account.id, request.part("contact"), _given(request.fields))
        return web.json_response(resources.phonebook_entry(entry))


def _given(body: Fields) -> EntryFields:
    names = ("number", "first_name", "last_name")
    return EntryFields(**{name: fields.text_or_none(body, name, 200) for name in names})
