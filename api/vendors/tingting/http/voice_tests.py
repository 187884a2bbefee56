"""TingTing's tests of a voice: a link to what is spoken, which is good for an hour."""

import json
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

from api.vendors.tingting.errors import NotFound
from api.vendors.tingting.fields import Fields
from api.vendors.tingting.http import requests, resources
from api.vendors.tingting.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.tingting.http.voices import LOCALE, VOICES, voice
from engine.features.campaigns.service import CampaignService
from engine.features.speech.service import SpeechService
from engine.tasks.secret import SEALED, Seal, Unreadable

LINK_SECONDS = 3600.0
LONGEST_TEXT = 600
PATH = "/api/system/test/voice/{token}/voice.wav"


class SpokenLinks:
    """Makes links to spoken texts, and serves what is behind them: the text itself is sealed in the link.

    `base` is the public URL. `clock`: Unix seconds.
    """

    def __init__(self, speech: SpeechService, seal: Seal, base: str, clock: Callable[[], float] = time.time) -> None:
        self._speech, self._seal, self._base, self._clock = speech, seal, base, clock

    async def made(self, account: str, text: str, voice: str, length_factor: float) -> str:
        """Speak a text and return a link to it; raises what `SpeechService.speak` raises."""
        await self._spoken(account, text, voice, length_factor)
        content = [account, text, voice, length_factor, self._clock() + LINK_SECONDS]
        token = self._seal.close(json.dumps(content, ensure_ascii=False)).removeprefix(SEALED)
        return self._base + PATH.replace("{token}", token)

    async def serve(self, request: web.Request) -> web.Response:
        """Answer what a link leads to; who has the link needs no token."""
        try:
            content: list[Any] = json.loads(self._seal.open(SEALED + request.match_info["token"]))
            account, text, voice, length_factor, expires = content
        except (Unreadable, ValueError):
            raise NotFound("There is no such audio.") from None
        if expires <= self._clock():
            raise NotFound("This link has expired: test the voice again.")
        sound = await self._spoken(account, text, voice, length_factor)
        return web.Response(body=sound, content_type="audio/wav", headers={"Cache-Control": "private"})

    async def _spoken(self, account: str, text: str, voice: str, length_factor: float) -> bytes:
        spoken = await self._speech.speak(
            account, text, locale=LOCALE, voice=voice, length_factor=length_factor, format="wav"
        )
        return spoken.sound


class VoiceOperations:
    """test/voice, and the newer API's voice-models and test-speak."""

    def __init__(self, links: SpokenLinks, campaigns: CampaignService) -> None:
        self._links, self._campaigns = links, campaigns

    def operations(self) -> dict[str, Handler]:
        """Return each by its method and path."""
        return {
            "POST /api/system/test/voice": self.test,
            "GET /api/v1/voice-models": self.voices,
            "POST /api/v1/test-speak/riri/{campaign}": self.test_campaign,
        }

    async def test(self, request: AuthenticatedRequest) -> web.Response:
        """Speak a message; the document does not show the answer."""
        text = request.fields.text("message", most=LONGEST_TEXT)
        url = await self._link(request, text)
        return resources.envelope({"audio": url, "voice_input": _named(request.fields)}, "Voice tested successfully.")

    async def voices(self, request: AuthenticatedRequest) -> web.Response:
        """List the voices."""
        shown = [
            {"id": each.id, "voice_display_name": each.shown, "voice_internal_name": each.name, "is_premium": False}
            for each in VOICES
        ]
        return web.json_response(shown)

    async def test_campaign(self, request: AuthenticatedRequest) -> web.Response:
        """Speak a message, or that of the campaign; the answer is the link alone, which the client returns as text."""
        found = await self._campaigns.by_serial(request.account.id, request.number("campaign"))
        text = request.fields.text_or_none("message", most=LONGEST_TEXT) or found.message.text
        if not text:
            request.fields.text("message")
        return web.Response(text=await self._link(request, text))

    async def _link(self, request: AuthenticatedRequest, text: str) -> str:
        chosen = voice(request.fields) or VOICES[0]
        factor = requests.length_factor(request.fields) or 1.0
        return await self._links.made(request.account.id, text, chosen.ours, factor)


def _named(fields: Fields) -> str:
    return (voice(fields) or VOICES[0]).name
