"""TringMe's voicemails: those of the user whom the cookie names."""

import time
from collections.abc import Callable

import msgspec
from aiohttp import web

from api.vendors.tringme.errors import Invalid
from api.vendors.tringme.http import resources
from api.vendors.tringme.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.tringme.http.users import Users
from engine.features.accounts import Account
from engine.features.errors import NotThere
from engine.features.voicemail.model import Folder, Message
from engine.features.voicemail.service import VoicemailService

PAGE = 100
MOST = 1000
"""How many voicemails are listed: the newest."""
UNKNOWN = "The parameter id is of no voicemail of this user."


class Voicemail(msgspec.Struct, frozen=True, kw_only=True):
    """A voicemail as the document prints it: `recvtime` is the seconds since it came."""

    voicemail: str
    srcphone: str
    recvtime: str


class VoicemailOperations:
    """getvoicemal, as the document spells it, getvoicemail, deletevoicemail."""

    def __init__(self, voicemails: VoicemailService, users: Users, clock: Callable[[], float] = time.time) -> None:
        self._voicemails, self._users, self._clock = voicemails, users, clock

    def operations(self) -> dict[str, Handler]:
        """Return each by its name."""
        return {"getvoicemal": self.list_all, "getvoicemail": self.list_all, "deletevoicemail": self.delete}

    async def list_all(self, request: AuthenticatedRequest) -> web.Response:
        """List the voicemails, the newest first, always as JSON."""
        found: list[Message] = []
        for box in await self._users.boxes(request.account.id, request.user):
            found += await self._of_box(request.account, box)
        newest = sorted(found, key=lambda message: (message.received, message.id), reverse=True)[:MOST]
        return resources.listed([self._shown(message) for message in newest])

    async def delete(self, request: AuthenticatedRequest) -> web.Response:
        """Delete one."""
        id = request.parameters.text("id")
        try:
            message = await self._voicemails.message(request.account.id, id)
        except NotThere:
            raise Invalid(UNKNOWN) from None
        if message.folder is Folder.TRASH or message.box not in await self._users.boxes(
            request.account.id, request.user
        ):
            raise Invalid(UNKNOWN)
        await self._voicemails.delete(request.account.id, id)
        return resources.done()

    async def _of_box(self, account: Account, box: str) -> list[Message]:
        found: list[Message] = []
        while len(found) < MOST:
            before = found[-1].id if found else None
            page = await self._voicemails.messages(account.id, box, before=before, limit=PAGE)
            found += page
            if len(page) < PAGE:
                break
        return found

    def _shown(self, message: Message) -> Voicemail:
        ago = max(0, int(self._clock() - message.received))
        return Voicemail(voicemail=message.id, srcphone=message.caller, recvtime=str(ago))
