"""Files at URLs: fetched as prompts are, with the same guard and limits, but of any kind."""

from mimetypes import guess_type
from urllib.parse import unquote, urlsplit

from engine.features.errors import InvalidSetting
from engine.features.files.model import MOST_BYTES, NewFile
from engine.media import PromptError, Prompts

SCHEMES = ("http://", "https://")
"""What the URL of a file begins with."""
_SHOWN = 120
_WHY = {
    "bad_url": "it is not a valid http or https URL",
    "not_found": "its server has no such file",
    "refused": "its server requires a login",
    "http_error": "its server answered with an error",
    "unreachable": "its server cannot be reached",
    "too_slow": "it did not arrive in time",
    "redirects": "it is redirected too often",
    "private_address": "its address is not a public one, and this account may not reach private addresses",
    "too_large": f"it has more than {MOST_BYTES:,} bytes",
    "truncated": "it ended too early",
    "no_space": "this server has no space left for it",
}
"""By the reason of a PromptError, whose own sentences are about audio."""


async def fetched(prompts: Prompts, url: str, *, allow_private: bool) -> tuple[NewFile, bytes]:
    """Return what is at a URL, named by the last part of its path; raises InvalidSetting."""
    try:
        content = await prompts.bytes_at(url, allow_private=allow_private, most=MOST_BYTES)
    except PromptError as error:
        why = _WHY.get(error.reason, "it cannot be read")
        raise InvalidSetting(f"The file {url[:_SHOWN]} cannot be fetched: {why}.") from None
    name = _name_of(url)
    return NewFile(uploaded_name=name, media_type=guess_type(name)[0] or "application/octet-stream"), content


def _name_of(url: str) -> str:
    last = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    return "".join(each for each in last if each.isprintable())
