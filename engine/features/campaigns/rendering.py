"""A message as one contact hears it. What is spoken is made once for each text, and kept in the prompt cache."""

from collections.abc import Mapping

from engine.features.campaigns import template
from engine.features.campaigns.model import Message
from engine.media.prompts import Prompt
from engine.tasks.interfaces import Prepare
from engine.tasks.play import Play
from engine.tasks.say import Say


def task_of(message: Message, tags: Mapping[str, str]) -> Play | Say:
    """Return the task that plays a message to a contact; raises UnknownTag."""
    if not message.spoken:
        return Play(source=message.audio)
    text = template.filled(message.text, tags)
    return Say(text=text, locale=message.locale, voice=message.voice, length_factor=round(1 / message.speed, 4))


async def prepared(task: Play | Say, prepare: Prepare) -> Prompt:
    """Make a message ready to play; raises PromptError."""
    return await task.prepared(prepare)
