"""Prompts that a key stops."""

import asyncio
from collections.abc import Iterable

from engine.tasks.interfaces import Preparable
from engine.tasks.next_digit import Keys, cancelled
from engine.tasks.playing import Series


async def play_until_pressed(prompts: Iterable[Preparable], series: Series, keys: Keys, of: str) -> bool:
    """Play prompts to their ends, or until a key is pressed; whether they came to their ends.

    The key is not taken; one that was pressed already leaves them out. `of` names what plays them. Raises TaskFailed
    and AriError if a prompt cannot be played.
    """
    if keys.waiting:
        return False
    pressing = asyncio.create_task(keys.pressed(), name=f"barge in {of}")
    speaking = asyncio.create_task(series.play(prompts), name=f"prompts {of}")
    try:
        await asyncio.wait((pressing, speaking), return_when=asyncio.FIRST_COMPLETED)
    finally:
        await cancelled(pressing, speaking)
    if speaking.cancelled():
        return False
    speaking.result()
    return True
