"""Two habits of every request that changes something."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any, TypeVar

import structlog

from engine.ari.errors import AriError, AriNotFound

T = TypeVar("T")

log = structlog.get_logger()


async def settled(request: Coroutine[Any, Any, T], name: str) -> T:
    """The result of `request`; a cancellation meanwhile waits for its answer first.

    Otherwise the request might still be on its way to Asterisk when the clean-up overtakes it.
    """
    asking = asyncio.create_task(request, name=name)
    try:
        return await asyncio.shield(asking)
    except asyncio.CancelledError:
        with contextlib.suppress(AriError):
            await asking
        raise


async def undone(request: Coroutine[Any, Any, None], sentence: str, **fields: str) -> bool:
    """Runs a request of a clean-up and says whether there was something to undo.

    What is gone already is a success; another failure is logged as `sentence`, so that it never hides the reason for
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
