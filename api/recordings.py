"""Serves recordings by signed links that expire."""

import time
from collections.abc import Callable, Iterable

from aiohttp import web

from api.files import File
from engine.features.recordings.errors import NoSuchRecording, NotReady, RecordingDeleted
from engine.features.recordings.service import RecordingService
from engine.media import LinkExpired, LinkInvalid, Links
from engine.media.recordings import CONTENT_TYPES

LINK_SECONDS = 7 * 86_400.0


class Recordings:
    """Makes the links (`<public_url>/recordings/<token>/<name>.wav`, or `.mp3`) and serves the files behind them.

    A link is valid for `seconds`. `public_url` has no slash at its end.
    """

    def __init__(
        self,
        service: RecordingService,
        links: Links,
        public_url: str,
        *,
        seconds: float = LINK_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._service, self._links = service, links
        self._public_url, self._seconds, self._clock = public_url.rstrip("/"), seconds, clock

    def url(self, recording: str, name: str, format: str = "wav") -> str:
        """Return a new link to a recording; it ends in `name` and the format."""
        token = self._links.sign(recording, self._clock() + self._seconds)
        return f"{self._public_url}/recordings/{token}/{name}.{format}"

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """The route that serves the files."""
        return [web.get("/recordings/{token}/{name}.{format:wav|mp3}", self._serve)]

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        try:
            recording = self._links.verify(request.match_info["token"])
        except LinkExpired:
            return _sentence(410, "This link has expired. Ask for a new one.")
        except LinkInvalid:
            return _sentence(404, "There is no such recording.")
        name, format = request.match_info["name"], request.match_info["format"]
        try:
            found = await self._service.linked(recording, name, format)
        except (NoSuchRecording, NotReady) as error:
            return _sentence(404, str(error))
        except RecordingDeleted as error:
            return _sentence(410, str(error))
        headers = {"Content-Type": CONTENT_TYPES[found.format], "Cache-Control": "private"}
        return File(found.path, headers=headers)


def _sentence(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=text)
