"""How a prompt becomes heard: shared by Play and Say."""

from collections.abc import Awaitable, Callable

from engine.media.prompts import Prompt
from engine.tasks.results import Done
from engine.tasks.roles import Subject


async def play(prepare: Callable[[], Awaitable[Prompt]], on: Subject) -> Done:
    """Play one prompt to its end; raises TaskFailed. One that plays since before a restart need not be prepared."""
    prompt = None if on.was_accepted else await prepare()
    async with on.player.playing(prompt, on) as playing:
        await playing.started()
        await on.started()
        await playing.finished()
    return Done()
