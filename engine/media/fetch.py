"""Gets the bytes of a prompt: by HTTP within limits, or from the media folder."""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
import tempfile
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import unquote, urlsplit

import aiohttp
import msgspec
from yarl import URL

from engine.media import errors
from engine.media.address import exact, redirected
from engine.media.freshness import Freshness, freshness
from engine.media.prompt import PromptSettings
from engine.net import Net, blocked

_CHUNK = 65_536
_REDIRECTS = (301, 302, 303, 307, 308)


class Validators(msgspec.Struct, frozen=True, kw_only=True):
    """The validators of a response, for a conditional request (RFC 9110, section 8.8)."""

    etag: str = ""
    modified: str = ""

    def __bool__(self) -> bool:
        return bool(self.etag or self.modified)


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """A server's response: the audio, or None if it has not changed, and its freshness."""

    body: Body | None
    validators: Validators
    freshness: Freshness


class Body:
    """Received bytes in an unnamed temporary file, and their digest. Raises NoSpace."""

    def __init__(self, limit: int, folder: Path) -> None:
        self._limit = limit
        self._hash = hashlib.sha256()
        self.size = 0
        try:
            self.file = cast(BinaryIO, tempfile.TemporaryFile(dir=folder))  # noqa: SIM115 (the taker closes it)
        except OSError as error:
            raise errors.NoSpace(error.strerror or "") from error

    def add(self, chunk: bytes) -> None:
        """Append bytes. Raises TooLarge past the limit, NoSpace if the disk is full."""
        self.size += len(chunk)
        if self.size > self._limit:
            raise errors.TooLarge(f"more than {self._limit} bytes")
        self._hash.update(chunk)
        try:
            self.file.write(chunk)
        except OSError as error:
            raise errors.NoSpace(error.strerror or "") from error

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hex."""
        return self._hash.hexdigest()


async def fetch(
    net: Net, url: str, allow_private: bool, settings: PromptSettings, folder: Path, known: Validators
) -> Fetched:
    """Fetch the audio at an http(s) URL. The caller closes the body's `file`.

    Raises BadUrl, NotFound, Refused, HttpError, Unreachable, TooSlow, Redirects, PrivateAddress, TooLarge, Truncated,
    NoSpace.
    """
    body = Body(settings.max_bytes, folder)
    try:
        async with asyncio.timeout(settings.fetch_seconds):
            fetched = await _received(net.session(allow_private), exact(url), settings, known, body)
    except TimeoutError as error:
        body.file.close()
        raise errors.TooSlow(f"{settings.fetch_seconds:g} seconds, {body.size} bytes came") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        body.file.close()
        raise _translated(error, body.size) from error
    except BaseException:
        body.file.close()
        raise
    if fetched.body is None:
        body.file.close()
    return fetched


async def _received(
    session: aiohttp.ClientSession, url: URL, settings: PromptSettings, known: Validators, body: Body
) -> Fetched:
    """Send the request and follow redirects. aiohttp would re-encode their addresses, which breaks signed ones."""
    for _ in range(settings.max_redirects + 1):
        request = session.get(
            url, headers=_headers(known), allow_redirects=False, timeout=aiohttp.ClientTimeout(total=None)
        )
        async with request as response:
            location = response.headers.get("Location") if response.status in _REDIRECTS else None
            if location is None:
                return await _answer(response, settings, known, body)
            url = redirected(url, location)
    raise errors.Redirects


def _headers(known: Validators) -> dict[str, str]:
    headers = {"Accept-Encoding": "identity", "Accept": "audio/*, */*;q=0.5"}
    if known.etag:
        headers["If-None-Match"] = known.etag
    if known.modified:
        headers["If-Modified-Since"] = known.modified
    return headers


async def _answer(response: aiohttp.ClientResponse, settings: PromptSettings, known: Validators, body: Body) -> Fetched:
    validators = Validators(etag=response.headers.get("ETag", ""), modified=response.headers.get("Last-Modified", ""))
    if response.status == 304 and known:
        return Fetched(body=None, validators=known, freshness=freshness(response.headers, settings, validated=True))
    _check_status(response.status)
    if (response.content_length or 0) > settings.max_bytes:
        raise errors.TooLarge(f"{response.content_length} bytes")
    async for chunk in response.content.iter_chunked(_CHUNK):
        body.add(chunk)
    age = freshness(response.headers, settings, validated=bool(validators))
    return Fetched(body=body, validators=validators, freshness=age)


def _check_status(status: int) -> None:
    if status in (404, 410):
        raise errors.AudioNotFound(f"HTTP {status}")
    if status in (401, 403, 407):
        raise errors.AudioRefused(f"HTTP {status}")
    if not 200 <= status < 300:
        raise errors.HttpError(f"HTTP {status}")


def _translated(error: Exception, received: int) -> errors.PromptError:
    if blocked(error):
        return errors.PrivateAddress()
    if isinstance(error, (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError)):
        return errors.BadUrl()
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
        return errors.AudioUnreachable("its certificate is not trusted")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return errors.AudioUnreachable("its name is not known")
    if isinstance(error, aiohttp.ClientPayloadError) or received:
        return errors.Truncated(f"the connection ended after {received} bytes")
    if isinstance(error, aiohttp.ClientResponseError):
        return errors.AudioUnreachable("its answer is not HTTP")
    if isinstance(error, ValueError):
        return errors.BadUrl()
    return errors.AudioUnreachable()


class LocalFile(msgspec.Struct, frozen=True, kw_only=True):
    """A regular file below the media folder, and its size and time, by which a change is detected."""

    path: str
    size: int
    changed: int

    def open(self) -> BinaryIO:
        """Open it for reading. Raises NotFound."""
        try:
            # The path is resolved; a symbolic link that was made since is not followed.
            return os.fdopen(os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")
        except OSError as error:
            raise errors.AudioNotFound from error


def locate(source: str, settings: PromptSettings) -> LocalFile:
    """Return the file of a file:// URL, whose path is absolute or relative to the media folder. Reads the disk.

    Raises BadUrl, OutsideMediaRoot, NotFound, NotAudio, TooLarge.
    """
    parts = urlsplit(source)
    path = unquote(parts.path)
    if parts.netloc not in ("", "localhost") or not path or "\0" in path:
        raise errors.BadUrl
    if settings.media_root is None:
        raise errors.OutsideMediaRoot("no media folder is configured")
    root = settings.media_root.resolve()
    wanted = Path(path) if Path(path).is_relative_to(settings.media_root) else root / path.lstrip("/")
    try:
        real = wanted.resolve()
        if not real.is_relative_to(root):
            raise errors.OutsideMediaRoot
        status = real.stat()
    except (OSError, RuntimeError) as error:
        raise errors.AudioNotFound from error
    if not stat.S_ISREG(status.st_mode):
        raise errors.NotAudio("it is not a file")
    if status.st_size > settings.max_bytes:
        raise errors.TooLarge(f"{status.st_size} bytes")
    return LocalFile(path=str(real), size=status.st_size, changed=status.st_mtime_ns)
