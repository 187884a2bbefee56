"""Putting files into S3 (and what speaks like it): one signed PUT.

Rules: AWS, "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)", and "PutObject".
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import aiohttp
from yarl import URL

_PLACE = re.compile(
    r"s3://(?P<bucket>[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9])(?:/(?P<key>[^\x00-\x1f]{0,1024}))?", re.IGNORECASE
)
_KEYS = re.compile(r"(?P<id>[^:\s]{1,128}):(?P<secret>[^:\s]{1,256}):(?P<region>[a-z0-9\-]{2,40})")
_CODE = re.compile(rb"<Code>([A-Za-z0-9]{1,64})</Code>")
_ALGORITHM = "AWS4-HMAC-SHA256"
_BLOCK = 1 << 20
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


class Place(NamedTuple):
    """A bucket, and the object's key in it; a key that is empty or ends in "/" is a folder."""

    bucket: str
    key: str

    def of(self, file: str) -> Place:
        """The place of this file: in the folder, or where it was said to be."""
        return self if self.key and not self.key.endswith("/") else Place(self.bucket, self.key + file)

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


class Keys(NamedTuple):
    """Whose signature a request gets, and for which region."""

    id: str
    secret: str
    region: str

    def __repr__(self) -> str:
        return "Keys(***)"


class S3Error(Exception):
    """The file could not be put into its bucket. `passing`: it may be possible later."""

    def __init__(self, sentence: str, *, passing: bool) -> None:
        super().__init__(sentence)
        self.passing = passing


def place(url: str) -> Place:
    """Read `s3://bucket/[folder/][file]`; raises ValueError."""
    found = _PLACE.fullmatch(url)
    if found is None:
        raise ValueError("A destination is s3://bucket/[folder/][file].")
    return Place(found["bucket"].lower(), found["key"] or "")


def keys(text: str) -> Keys:
    """Read `access key:secret key:region`; raises ValueError, which does not repeat them."""
    found = _KEYS.fullmatch(text.strip())
    if found is None:
        raise ValueError("The credentials of an S3 bucket are its access key, secret key and region: id:secret:region.")
    return Keys(found["id"], found["secret"], found["region"])


def address(to: Place, region: str, endpoint: str = "") -> str:
    """The object's URL: in a host of the bucket's own, or below an `endpoint` that is not Amazon's."""
    path = quote(to.key, safe="/~")
    if endpoint:
        return f"{endpoint.rstrip('/')}/{to.bucket}/{path}"
    if "." in to.bucket:  # the certificate of a host of its own would not fit
        return f"https://s3.{region}.amazonaws.com/{to.bucket}/{path}"
    return f"https://{to.bucket}.s3.{region}.amazonaws.com/{path}"


def signed(
    method: str, url: str, headers: Mapping[str, str], digest: str, keys: Keys, at: datetime
) -> dict[str, str]:
    """Return headers with the signature for a request whose body has this SHA-256 (in hex). `url` has no query."""
    parts = urlsplit(url)
    day, moment = f"{at:%Y%m%d}", f"{at:%Y%m%dT%H%M%SZ}"
    all_headers = {**headers, "Host": parts.netloc, "x-amz-content-sha256": digest, "x-amz-date": moment}
    lines = sorted((name.lower(), " ".join(value.split())) for name, value in all_headers.items())
    names = ";".join(name for name, _ in lines)
    written = "".join(f"{name}:{value}\n" for name, value in lines)
    request = "\n".join((method, parts.path or "/", "", written, names, digest))
    scope = f"{day}/{keys.region}/s3/aws4_request"
    text = "\n".join((_ALGORITHM, moment, scope, hashlib.sha256(request.encode()).hexdigest()))
    key = f"AWS4{keys.secret}".encode()
    for part in (day, keys.region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    credential = f"Credential={keys.id}/{scope}"
    authorization = f"{_ALGORITHM} {credential},SignedHeaders={names},Signature={signature}"
    return {**all_headers, "Authorization": authorization}


async def put(
    session: aiohttp.ClientSession, file: Path, to: Place, keys: Keys, *, content_type: str, endpoint: str = "",
    seconds: float = 300.0,
) -> None:  # fmt: skip
    """Put a file into a bucket, over an object of that key if there is one. Raises S3Error."""
    url = address(to, keys.region, endpoint)
    try:
        digest = await asyncio.to_thread(_sha256, file)
        headers = signed("PUT", url, {"Content-Type": content_type}, digest, keys, datetime.now(UTC))
        with await asyncio.to_thread(file.open, "rb") as body:
            headers["Content-Length"] = str(body.seek(0, 2))
            body.seek(0)
            await _send(session, url, headers, body, seconds)
    except OSError as error:
        if isinstance(error, aiohttp.ClientError | TimeoutError):
            raise S3Error("The bucket's server cannot be reached, or is too slow.", passing=True) from error
        raise S3Error(f"The recording's file cannot be read: {error.strerror}.", passing=False) from error
    except (aiohttp.ClientError, ValueError) as error:
        raise S3Error("The bucket's server cannot be reached, or is too slow.", passing=True) from error


async def _send(
    session: aiohttp.ClientSession, url: str, headers: Mapping[str, str], body: object, seconds: float
) -> None:
    timeout = aiohttp.ClientTimeout(total=seconds)
    request = session.put(
        URL(url, encoded=True), data=body, headers=headers, allow_redirects=False, timeout=timeout
    )
    async with request as response:
        if 200 <= response.status < 300:
            return
        found = _CODE.search(await response.content.read(4096))
        code = found[1].decode() if found else ""
        if 300 <= response.status < 400:
            raise S3Error("The bucket is in another region than the credentials say.", passing=False)
        said = f"HTTP {response.status}{' ' + code if code else ''}"
        raise S3Error(f"The bucket's server refused the recording ({said}).", passing=response.status in _PASSING)


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while block := content.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
