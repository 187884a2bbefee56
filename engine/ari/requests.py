"""How requests that change something behave under cancellation and in clean-ups."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any, TypeVar

import structlog

from engine.ari.errors import AriError, AriNotFound

T = TypeVar("T")

log = structlog.get_logger()


async def settled(request: Coroutine[Any, Any, T], name: str) -> T:
    """Returns the result of `request`; a cancellation waits for the answer first.

    Otherwise the clean-up could reach Asterisk before the request does.
    """
    asking = asyncio.create_task(request, name=name)
    try:
        return await asyncio.shield(asking)
    except asyncio.CancelledError:
        with contextlib.suppress(AriError):
            await asking
        raise


async def undone(request: Coroutine[Any, Any, None], sentence: str, **fields: str) -> bool:
    """Runs a request of a clean-up; returns whether there was something to undo.

    It succeeds if the object is gone. Other failures are logged as `sentence`, so that they never hide the reason of
    the clean-up.
    """
    try:
        await request
    except AriNotFound:
        return False
    except Exception as error:
        log.warning(sentence, reason=str(error), **fields)
        return False
    return True
