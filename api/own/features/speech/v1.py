"""Voices, and texts that are spoken into a file."""

from aiohttp import web

from api.own.access import CallerOf
from api.own.features.speech.schema import Text, Voices
from api.own.operations import Body, Media, operation, taking
from api.own.services import OwnServices
from engine.features.speech.service import SpeechService

_TYPES = {"mp3": "audio/mpeg", "wav": "audio/wav"}
SPOKEN = Media("The text as a file, as calls hear it.", tuple(_TYPES.values()))


class SpeechRoutes:
    """The handlers; `caller_of` says who asks."""

    def __init__(self, services: OwnServices, caller_of: CallerOf) -> None:
        self._caller_of, self._speech = caller_of, services.features[SpeechService]

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Every route, below `prefix`."""
        return [web.get(prefix + "/voices", self.list_all), web.post(prefix + "/voices/say", self.say)]

    @operation("listVoices", {200: Voices})
    async def list_all(self, request: web.Request) -> web.Response:
        """List the voices that a task `say` may name."""
        await self._caller_of(request)
        found = self._speech.voices()
        shown = [{"name": one.name, "locale": one.locale, "engine": one.engine} for one in found]
        return web.json_response({"voices": shown})

    @taking("sayText", Text, {200: SPOKEN})
    async def say(self, request: web.Request, body: Body[Text]) -> web.Response:
        """Speak a text into a file, without a call."""
        caller, given = await self._caller_of(request), await body()
        spoken = await self._speech.speak(
            caller.account.id,
            given.text,
            locale=given.locale,
            voice=given.voice or "",
            ssml=given.ssml,
            length_factor=given.length_factor,
            format=given.format,
        )
        return web.Response(body=spoken.sound, content_type=_TYPES[spoken.format])


ROUTES = SpeechRoutes
