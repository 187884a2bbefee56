"""Files behind links, such as those in texts: the link is enough, no key is needed."""

from urllib.parse import quote

from aiohttp import web

from api.files import File
from api.own.features.files.schema import CONTENT
from api.own.operations import Media, operation
from api.own.services import OwnServices
from engine.features.errors import NotThere
from engine.features.files.service import FileService
from engine.media import LinkExpired, LinkInvalid

PATH = "/f/{token}"
"""Short: in a text its length is paid for. The composition root names its beginning too (api.features)."""
SENTENCE = Media("What is wrong with the link.", ("text/plain",))
_SHOWN = frozenset({
    "image/jpeg", "image/png", "image/gif", "image/webp",
    "audio/mpeg", "audio/wav", "audio/x-wav", "audio/ogg", "audio/mp4",
    "video/mp4", "video/webm",
})  # fmt: skip
"""Media types that a browser shows; all others it saves. None of them can bring a script."""
_HEADERS = {
    "Cache-Control": "private",
    # A browser that opens a video or a sound shows a page of its own, which has it as its media.
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


class LinkedFiles:
    """The handler."""

    def __init__(self, services: OwnServices) -> None:
        self._files = services.features[FileService]

    def routes(self) -> list[web.RouteDef]:
        """The route of links."""
        return [web.get(PATH, self.content)]

    @operation("getLinkedFile", {200: CONTENT, 404: SENTENCE, 410: SENTENCE}, is_open=True)
    async def content(self, request: web.Request) -> web.StreamResponse:
        """Fetch the file that a link leads to."""
        try:
            file, path = await self._files.linked(request.match_info["token"])
        except LinkExpired:
            return _sentence(410, "This link has expired. Ask the sender for a new one.")
        except LinkInvalid:
            return _sentence(404, "There is no such file.")
        except NotThere as error:
            return _sentence(404, str(error))
        shown = file.media_type in _SHOWN
        name = quote(file.uploaded_name, safe="")
        return File(
            path,
            headers=_HEADERS
            | {
                "Content-Type": file.media_type if shown else "application/octet-stream",
                "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{name}",
            },
        )


def _sentence(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=text, headers=_HEADERS)


PUBLIC = LinkedFiles
