"""How a prompt becomes heard: shared by Play and Say."""

from engine.media.prompts import Prompt
from engine.tasks.results import Done
from engine.tasks.roles import Subject


async def play(prompt: Prompt, on: Subject) -> Done:
    """Play one prompt to its end; raises TaskFailed."""
    async with on.player.playing(prompt, on) as playing:
        await playing.started()
        await on.started()
        await playing.finished()
    return Done()
