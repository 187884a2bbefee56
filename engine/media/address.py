"""The address of a prompt, byte for byte as the customer wrote it: otherwise a signed URL is not valid."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit

from yarl import URL

from engine.media import errors

_ALLOWED = "!$%&'()*+,-./:;=?@_~[]"
"""The characters that RFC 3986 allows in a path or a query besides letters and digits, or that many send unescaped."""
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def exact(url: str) -> URL:
    """Return the URL to request, every byte as it was written; only bytes that no request line may hold are escaped.

    Raises BadUrl.
    """
    try:
        parts = urlsplit(url)
        origin = URL(url).origin()
        user = parts.netloc.rpartition("@")[0]
        authority = f"{user}@{origin.raw_authority}" if user else origin.raw_authority
        return URL.build(
            scheme=origin.scheme, authority=authority, path=_escaped(parts.path) or "/",
            query_string=_escaped(parts.query), encoded=True,
        )  # fmt: skip
    except ValueError as error:
        raise errors.BadUrl from error


def redirected(url: URL, location: str) -> URL:
    """Return the target of a redirect from `url`, byte for byte. Raises BadUrl, or Redirects for another scheme."""
    try:
        target = urljoin(str(url), location.strip())
        scheme = urlsplit(target).scheme.lower()
    except ValueError as error:
        raise errors.BadUrl from error
    if scheme not in ("http", "https"):
        raise errors.Redirects(f"to {scheme}")
    return exact(target)


def _escaped(text: str) -> str:
    # aiohttp decodes bytes of a header that are not UTF-8 as surrogates.
    kept = quote(text, safe=_ALLOWED, errors="surrogateescape")
    return _LONE_PERCENT.sub("%25", kept)
