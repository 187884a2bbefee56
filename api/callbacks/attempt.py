"""One attempt to deliver a callback."""

import asyncio
import errno
import time
from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

import aiohttp
import structlog

from api.callbacks.callback import QUERY, BadAddress, address
from engine.net import Net, blocked
from engine.store.deliveries import DeliveryRow

log = structlog.get_logger(__name__)
MOST_OF_A_REPLY = 16_384
SECONDS_FOR_A_REPLY = 1.0
_PERMIT = "The operator can allow it: carillon accounts set ACCOUNT --allow-private."


class Verdict(Enum):
    """The effect of an attempt on its delivery."""

    DELIVERED = "delivered"
    FAILED = "failed"  # a later attempt may succeed
    UNRESOLVED = "unresolved"  # the host has no address, and is unlikely to get one
    HOPELESS = "hopeless"  # no attempt will succeed


class AttemptResult(NamedTuple):
    """The result of one attempt: the HTTP status, if any; a sentence, if it failed; its duration in seconds; and the
    beginning of the answer, if it was delivered."""

    verdict: Verdict
    status: int | None
    error: str | None
    seconds: float
    reply: bytes = b""


async def attempt(
    net: Net,
    delivery: DeliveryRow,
    headers: Mapping[str, str],
    *,
    allow_private: bool,
    total: float,
    connect: float,
) -> AttemptResult:
    """Send it once, within `total` seconds; any 2xx is a success, redirects are not followed."""
    begun = time.monotonic()
    verdict, status, error, reply = await _sent(net, delivery, headers, allow_private, total, connect)
    return AttemptResult(verdict, status, error, time.monotonic() - begun, reply)


async def _sent(
    net: Net, delivery: DeliveryRow, headers: Mapping[str, str], allow_private: bool, total: float, connect: float
) -> tuple[Verdict, int | None, str | None, bytes]:
    by_get = delivery.content_type == QUERY
    kind = {} if by_get else {"Content-Type": delivery.content_type}
    try:
        reply = await net.post(
            address(delivery.url, credentials="Authorization" not in headers),
            allow_private=allow_private,
            data=b"" if by_get else delivery.body.encode(),
            headers={**kind, "Accept-Encoding": "identity", **headers},
            total=total,
            connect=connect,
            method="GET" if by_get else "POST",
            auto_decompress=False,
        )
    except Exception as error:
        return *_accident(error, delivery, total), b""
    text = await _read(reply)
    if 200 <= reply.status < 300:
        return Verdict.DELIVERED, reply.status, None, text
    if 300 <= reply.status < 400:
        return Verdict.FAILED, reply.status, f"The host answered {reply.status}; redirects are not followed.", b""
    return Verdict.FAILED, reply.status, f"The host answered {reply.status}.", b""


async def _read(reply: aiohttp.ClientResponse) -> bytes:
    """Read a short reply, so that its connection is kept, or the beginning of a long one, and close its connection."""
    text = bytearray()
    try:
        async with asyncio.timeout(SECONDS_FOR_A_REPLY):
            while (left := MOST_OF_A_REPLY - len(text)) > 0 and (read := await reply.content.read(left)):
                text += read
    except (aiohttp.ClientError, OSError, TimeoutError):
        log.debug("a callback's reply was cut short")
    finally:
        reply.close()
    return bytes(text)


def _accident(error: Exception, delivery: DeliveryRow, total: float) -> tuple[Verdict, None, str]:
    verdict, sentence = _reason(error, total)
    if not isinstance(error, BadAddress | aiohttp.ClientError | OSError | TimeoutError):
        log.error("a callback failed with an unexpected error", delivery=delivery.id, exc_info=error)
    return verdict, None, sentence


def _reason(error: Exception, total: float) -> tuple[Verdict, str]:
    match error:
        case BadAddress():
            return Verdict.HOPELESS, f"The callback URL can never work. {error}"
        case aiohttp.InvalidURL():
            return Verdict.HOPELESS, "The callback URL is not a URL."
        case _ if blocked(error):
            return Verdict.HOPELESS, f"This account's callbacks may not go there: {_root(error)} {_PERMIT}"
        case aiohttp.ClientConnectorDNSError(os_error=OSError(errno=errno.EAGAIN)):
            return Verdict.FAILED, f"The name servers did not give an address of the host {error.host} in time."
        case aiohttp.ClientConnectorDNSError():
            return Verdict.UNRESOLVED, f"The host {error.host} has no address in the DNS."
        case aiohttp.ConnectionTimeoutError():
            return Verdict.FAILED, "The host did not accept a connection in time."
        case TimeoutError():
            return Verdict.FAILED, f"The host did not answer within {total:g} seconds."
        case aiohttp.ClientConnectorCertificateError():
            return Verdict.FAILED, "The host's TLS certificate is not trusted."
        case aiohttp.ClientConnectorError():
            return Verdict.FAILED, f"No connection to {error.host}:{error.port}: {error.strerror}."
        case aiohttp.ClientError() | OSError():
            return Verdict.FAILED, f"The connection failed: {error or type(error).__name__}."
    return Verdict.FAILED, f"The request could not be made: {type(error).__name__}."


def explained(error: Exception, total: float) -> str:
    """Return a sentence for a request that got no answer within `total` seconds, or failed."""
    return _reason(error, total)[1]


def _root(error: BaseException) -> BaseException:
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return error
