"""Says a code to who answers its call (engine.calls.conversation). The call's tasks do not have the code."""

import msgspec

from engine.calls.conversation import Next
from engine.features.caller_ids import store
from engine.features.caller_ids.model import CODE, Code
from engine.model.call import Call
from engine.platform import one_time_codes
from engine.platform.platform import Platform
from engine.queues.roles import SteeringSubject
from engine.tasks.converse import Converse
from engine.tasks.hang_up import HangUp
from engine.tasks.kinds import AnyTask
from engine.tasks.pause import Pause
from engine.tasks.playing import Made, Series

TOPIC = "caller_id"
PAUSE_SECONDS = 1.0
"""Before each of the two times that it is said, and behind them."""


class Saying(msgspec.Struct, frozen=True, kw_only=True):
    """The state of the conversation (JSON): the id of the code, and the message that has {code} where it is said."""

    code: str
    message: str
    locale: str
    again: bool = True


def tasks_of(saying: Saying) -> tuple[AnyTask, ...]:
    """Return the tasks of a call that says a code."""
    state = msgspec.json.encode(saying).decode()
    return (Pause(seconds=PAUSE_SECONDS), Converse(topic=TOPIC, state=state, secret=True), HangUp())


class Speaking:
    """Says the code of the call that it is in; a code that does not count any more is not said."""

    def __init__(self, platform: Platform) -> None:
        self._db, self._prompts, self._clock = platform.database, platform.prompts, platform.clock

    async def turn(self, call: Call, state: str, on: SteeringSubject) -> Next:
        """Say it once."""
        saying = msgspec.json.decode(state, type=Saying)
        waiting = await self._db.read(lambda conn: store.waiting(conn, call.account, call.callee, None, self._clock()))
        code = next((each for each in waiting if each.id == saying.code), None)
        if code is None:
            return Next((HangUp(),))
        await self._say(code, saying, on)
        if not saying.again:
            return Next((Pause(seconds=PAUSE_SECONDS), HangUp()))  # the last digit may still be on its way
        return Next(tasks_of(msgspec.structs.replace(saying, again=False)))

    async def _say(self, code: Code, saying: Saying, on: SteeringSubject) -> None:
        text = saying.message.replace(CODE, one_time_codes.spoken(code.code))
        async with self._prompts.said_once(text, locale=saying.locale) as prompt:
            await Series(on).play((Made(prompt),))
