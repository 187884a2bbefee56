"""Speaks a code to who answers its call (engine.calls.conversation). The call's tasks have no code."""

from sqlalchemy import Connection

from engine.calls.conversation import Next
from engine.features.passcodes import progress, store, wording
from engine.features.passcodes.model import Content, Passcode
from engine.model.call import Call
from engine.platform.platform import Platform
from engine.queues.roles import SteeringSubject
from engine.tasks.converse import Converse
from engine.tasks.hang_up import HangUp
from engine.tasks.kinds import AnyTask
from engine.tasks.pause import Pause
from engine.tasks.playing import Made, Series

TOPIC = "passcode"
PAUSE_SECONDS = 1.0
"""Before each of the two times that it is said, and behind them."""
_FIRST, _SECOND = "first", "second"


def tasks_of() -> tuple[AnyTask, ...]:
    """Return the tasks of a call that says a code."""
    return (Pause(seconds=PAUSE_SECONDS), Converse(topic=TOPIC, state=_FIRST, secret=True), HangUp())


class Speaking:
    """Says the code of the call that it is in; a call that brings none is told nothing. Said twice, it is delivered."""

    def __init__(self, platform: Platform) -> None:
        self._db, self._prompts, self._clock = platform.database, platform.prompts, platform.clock

    async def turn(self, call: Call, state: str, on: SteeringSubject) -> Next:
        """Say it once."""
        passcode, content = await self._db.read(lambda conn: _of(conn, call))
        if passcode is None or content is None:
            return Next((HangUp(),))
        await self._say(content, on)
        if state == _SECOND:
            return Next((Pause(seconds=PAUSE_SECONDS), HangUp()))  # the last digit may still be on its way
        id, now = passcode.id, self._clock()
        again = (Pause(seconds=PAUSE_SECONDS), Converse(topic=TOPIC, state=_SECOND, secret=True), HangUp())
        return Next(again, lambda conn: progress.delivered(conn, id, "voice", now))

    async def _say(self, content: Content, on: SteeringSubject) -> None:
        text = wording.spoken_of(content)
        async with self._prompts.said_once(text, locale=content.locale, voice=content.voice or "") as prompt:
            await Series(on).play((Made(prompt),))


def _of(conn: Connection, call: Call) -> tuple[Passcode | None, Content | None]:
    attempt = store.attempt(conn, call.id)
    passcode = store.get(conn, attempt.passcode) if attempt and attempt.account == call.account else None
    return passcode, None if passcode is None else store.content_of(conn, passcode.id)
