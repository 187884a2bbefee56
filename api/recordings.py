"""Recordings by signed, expiring links."""

import time
from collections.abc import Callable, Iterable

from aiohttp import web

from engine.media import LinkExpired, LinkInvalid, Links, RecordingFiles
from engine.store import recordings
from engine.store.database import Database

LINK_SECONDS = 7 * 86_400.0


class Recordings:
    """Makes the links (`<public_url>/recordings/<token>/<name>.wav`) and serves the files behind them.

    A link is good for `seconds`. `public_url` has no slash at its end.
    """

    def __init__(
        self,
        db: Database,
        files: RecordingFiles,
        links: Links,
        public_url: str,
        *,
        seconds: float = LINK_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._db, self._files, self._links = db, files, links
        self._public_url, self._seconds, self._clock = public_url.rstrip("/"), seconds, clock

    def url(self, recording: str, name: str) -> str:
        """Return a fresh link to a recording; `name` is what it ends in, before `.wav`."""
        token = self._links.sign(recording, self._clock() + self._seconds)
        return f"{self._public_url}/recordings/{token}/{name}.wav"

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """The route that serves the files."""
        return [web.get("/recordings/{token}/{name}.wav", self._serve)]

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        try:
            recording = self._links.verify(request.match_info["token"])
        except LinkExpired:
            return _sentence(410, "This link has expired. Ask for a new one.")
        except LinkInvalid:
            return _sentence(404, "There is no such recording.")
        row = await self._db.read(lambda conn: recordings.get(conn, recording))
        if row is None or row.name != request.match_info["name"]:
            return _sentence(404, "There is no such recording.")
        path = self._files.path(recording)
        if row.deleted is not None or not path.is_file():
            return _sentence(410, "This recording was deleted.")
        return web.FileResponse(path, headers={"Content-Type": "audio/wav", "Cache-Control": "private"})


def _sentence(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=text)
