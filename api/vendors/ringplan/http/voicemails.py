"""RingPlan's voicemails: the messages of the account's boxes, with links to their sounds."""

import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from api.files import File
from api.vendors.ringplan.errors import Invalid, NotFound
from api.vendors.ringplan.http import requests, resources
from api.vendors.ringplan.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.ringplan.http.resources import Shape
from api.vendors.ringplan.ids import DIALECT
from engine.features.errors import NotThere
from engine.features.voicemail.model import Box, Message
from engine.features.voicemail.service import VoicemailService
from engine.media import LinkError, Links
from engine.media.recordings import CONTENT_TYPES
from engine.platform.settings_cache import SettingsCache
from engine.tasks.secret import Seal

MOST = 10_000
"""Messages that are looked at, the newest ones: more are in no account's boxes at once."""
LINK_SECONDS = 24 * 3600.0
LINK_PATH = "/voicemail/audio/{token}/{name}"
_LONGEST = 40


class VoicemailLinks:
    """Makes links to sounds, and serves what is behind them: who has the link needs no key.

    `base` is the public URL. `clock`: Unix seconds.
    """

    def __init__(
        self, voicemail: VoicemailService, seal: Seal | None, base: str, clock: Callable[[], float] = time.time
    ) -> None:
        secret = seal.digest(f"{DIALECT} voicemail", "links") if seal else secrets.token_hex(32)
        self._voicemail, self._base, self._clock = voicemail, base, clock
        self._links = Links(secret, clock)

    def of(self, message: Message, name: str) -> str:
        """Return a link to a message's sound that is good for a day."""
        token = self._links.sign(message.id, self._clock() + LINK_SECONDS)
        return self._base + LINK_PATH.replace("{token}", token).replace("{name}", name)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer what a link leads to; it does not count as heard by that."""
        try:
            sound = await self._voicemail.sound(None, self._links.verify(request.match_info["token"]))
        except LinkError as error:
            raise NotFound(f"{error} List the voicemails again.") from None
        except NotThere as error:
            raise NotFound(str(error)) from None
        return File(sound.path, headers={"Content-Type": CONTENT_TYPES[sound.format], "Cache-Control": "private"})


class VoicemailOperations:
    """Lists them."""

    def __init__(self, voicemail: VoicemailService, cache: SettingsCache, links: VoicemailLinks) -> None:
        self._voicemail, self._cache, self._links = voicemail, cache, links

    def operations(self) -> dict[str, Handler]:
        """Return each by its method and path."""
        return {"GET /voicemail/messages": self.list_all}

    async def list_all(self, request: AuthenticatedRequest) -> web.Response:
        """List messages, the newest first unless `sort` says otherwise; those in the trash are left out."""
        http, account = request.http, request.account
        page, order = requests.page(http, "per_page"), requests.sorting(http, resources.VOICEMAIL_FIELDS)
        since, until = requests.moment(http, "from_date"), requests.moment(http, "to_date", end=True)
        source, destination = (_extension(http, f"extension_{name}") for name in ("source", "destination"))
        found = await self._voicemail.messages(account.id, caller=source, since=since, until=until, limit=MOST)
        boxes = {box.id: box for box in await self._voicemail.boxes(account.id)}
        shown = [self._shape(each, boxes) for each in found if each.box in boxes]
        if destination is not None:
            shown = [each for each in shown if each["extension_destination"] == int(destination)]
        for name, backwards in reversed(order):
            shown.sort(key=lambda each: _key(each, name), reverse=backwards)
        return web.json_response(shown[page.offset :][: page.size], headers=page.headers(len(shown)))

    def _shape(self, message: Message, boxes: Mapping[str, Box]) -> Shape:
        box = boxes[message.box]
        number = box.extension or box.number
        caller = self._cache.extension(message.account, message.caller) if message.caller else None
        name = f"{message.file}.{message.format}"
        return resources.voicemail(message, box, number, source=caller, link=self._links.of(message, name), file=name)


def _key(shape: Shape, name: str) -> tuple[bool, Any]:
    """Return what a field is sorted by: what is null comes last."""
    return shape[name] is None, shape[name] if shape[name] is not None else 0


def _extension(request: web.Request, name: str) -> str | None:
    text = requests.text(request, name)
    if text and not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise Invalid(f"{name} must be the number of an extension (got {text[:_LONGEST]!r}).")
    return text or None
