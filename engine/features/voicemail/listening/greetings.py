"""Greetings that are recorded by telephone."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from engine.calls.talk import END
from engine.features.errors import FeatureError
from engine.features.voicemail.greetings import greeting_source
from engine.features.voicemail.listening.place import Place, Step
from engine.features.voicemail.listening.steps import BY_PHONE, Done, Follow, Steps
from engine.features.voicemail.listening.turn import Turn
from engine.features.voicemail.shared import let_go
from engine.ids import new_id
from engine.media.errors import PromptError
from engine.media.prompts import Prompt, Prompts
from engine.tasks.interfaces import Prepare
from engine.tasks.play import Play
from engine.tasks.record import Record

LONGEST_SECONDS = 120.0
SILENCE_SECONDS = 10.0
PURPOSE = "voicemail-greeting:"
"""Of the recordings that are made here; they are no messages."""
KEPT_SECONDS = 86_400.0
"""After which a recording goes that its caller neither kept nor discarded."""


@dataclass(frozen=True)
class Recorded:
    """What was recorded just now (engine.tasks.interfaces.Preparable)."""

    prompts: Prompts
    path: Path

    async def prepared(self, prepare: Prepare) -> Prompt:
        """Make it ready to play; raises PromptError."""
        return await self.prompts.kept(self.path, self.path.stem)

    def due(self, last: str) -> "Recorded":
        """Return it as it is."""
        return self


async def greeting(steps: Steps, turn: Turn) -> Done:
    """Ask what to do with the greeting at hand: 1 record, 2 listen, 3 the spoken one again, * back, # the end."""
    place, phrases = turn.place, turn.phrases
    box = await steps.service.box(turn.call.account, place.box)
    first = turn.sentence(place.first) if place.first else ""
    match await turn.choice("123*#", first, getattr(phrases, f"greeting_{place.kind.value}"), phrases.greeting_menu):
        case "1":
            return place.at(Step.RECORD)
        case "2":
            if await steps.service.greeting(turn.call.account, box.id, place.kind) is None:
                return place.at(Step.GREETING, first="greeting_default")
            await turn.play(Play(source=greeting_source(box, place.kind)))
            return place.at(Step.GREETING)
        case "3":
            await steps.service.reset_greeting(BY_PHONE, turn.call.account, box.id, place.kind)
            return place.at(Step.GREETING, first="greeting_reset")
        case "*":
            return place.at(Step.OPTIONS)
    return None


async def record(steps: Steps, turn: Turn) -> Done:
    """Have it recorded. The recorder is a task of its own: it goes on while a controller is restarted."""
    await turn.say(turn.phrases.record_now)
    task = Record(
        id=new_id("task"),
        name="greeting",
        max_seconds=LONGEST_SECONDS,
        max_silence=SILENCE_SECONDS,
        terminator=END,
        wait=True,
        beep=True,
        purpose=PURPOSE + turn.place.box,
    )
    recording = task.id.replace("task-", "rec-", 1)
    gone = steps.platform.clock() + KEPT_SECONDS
    return Follow(
        (task, turn.place.at(Step.REVIEW, recording=recording, ended=True)), lambda conn: let_go(conn, recording, gone)
    )


async def review(steps: Steps, turn: Turn) -> Done:
    """Ask what becomes of what was recorded: 1 keep, 2 listen, 3 record again, * discard, # the end."""
    place, files = turn.place, steps.platform.files
    path = files.path(place.recording)
    if not await asyncio.to_thread(path.is_file):
        return place.at(Step.GREETING, recording="")
    first = turn.sentence(place.first) if place.first else ""
    match await turn.choice("123*#", first, turn.phrases.review_menu):
        case "1":
            return await _keep(steps, turn, place)
        case "2":
            await turn.play(Recorded(steps.platform.prompts, path))
            return place.at(Step.REVIEW)
        case "3":
            await files.delete(place.recording)
            return place.at(Step.RECORD, recording="")
        case "*":
            await files.delete(place.recording)
            return place.at(Step.GREETING, recording="")
    return None


async def _keep(steps: Steps, turn: Turn, place: Place) -> Place:
    path = steps.platform.files.path(place.recording)
    sound = await asyncio.to_thread(path.read_bytes)
    try:
        await steps.service.set_greeting(BY_PHONE, turn.call.account, place.box, place.kind, sound)
    except (PromptError, FeatureError):  # such as nothing but a header
        return place.at(Step.GREETING, first="greeting_refused", recording="")
    await steps.platform.files.delete(place.recording)
    return place.at(Step.GREETING, first="greeting_kept", recording="")
