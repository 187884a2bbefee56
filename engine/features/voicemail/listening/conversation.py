"""Leads the conversation: each turn does one step, and commits the next one."""

from collections.abc import Awaitable, Callable

from engine.calls.conversation import Next
from engine.features.voicemail.errors import NoSuchBox, NoSuchMessage
from engine.features.voicemail.listening import entering, greetings, menus, messages, place
from engine.features.voicemail.listening.place import Place, Step, task_of
from engine.features.voicemail.listening.sentences import phrases_of
from engine.features.voicemail.listening.steps import Done, Follow, Steps
from engine.features.voicemail.listening.turn import Turn
from engine.features.voicemail.service import VoicemailService
from engine.model.call import Call
from engine.platform.platform import Platform
from engine.queues.roles import SteeringSubject
from engine.tasks.hang_up import HangUp
from engine.tasks.next_digit import Keys
from engine.tasks.say import Say

DEFAULT_LANGUAGE = "en-US"
_STEPS: dict[Step, Callable[[Steps, Turn], Awaitable[Done]]] = {
    Step.NUMBER: entering.number,
    Step.PIN: entering.pin,
    Step.MAIN: menus.main,
    Step.OPTIONS: menus.options,
    Step.NEW_PIN: menus.new_pin,
    Step.MESSAGE: messages.message,
    Step.FORWARD: messages.forward,
    Step.GREETING: greetings.greeting,
    Step.RECORD: greetings.record,
    Step.REVIEW: greetings.review,
}
_BEFORE_PIN = frozenset({Step.NUMBER, Step.PIN})


class Listening:
    """Leads the callers of all boxes (engine.calls.conversation.Conversation)."""

    def __init__(self, platform: Platform, service: VoicemailService) -> None:
        self._steps, self._service = Steps(platform, service), service

    async def turn(self, call: Call, state: str, on: SteeringSubject) -> Next:
        """Take one step. A box that was removed meanwhile ends the session; so does a step that needs the PIN."""
        at = place.read(state)
        language = await self._language(call.account, at)
        with on.keypad.taking(typed_ahead=True, secret=True) as digits:
            turn = Turn(call, at, on, Keys(digits), phrases_of(language), language)
            on.reached(at.step.value)
            try:
                if at.step not in _BEFORE_PIN and not at.open:
                    raise NoSuchBox("The PIN was not asked for.")
                done = await _STEPS[at.step](self._steps, turn)
            except NoSuchBox:
                done = None
            except NoSuchMessage:  # it was removed meanwhile
                done = at.at(Step.MAIN)
        if isinstance(done, Follow):
            return Next(tuple(task_of(one) if isinstance(one, Place) else one for one in done.tasks), done.also)
        if isinstance(done, Place):
            return Next((task_of(done),))
        return Next((Say(text=turn.phrases.goodbye, locale=language), HangUp()))

    async def _language(self, account: str, at: Place) -> str:
        if not at.box or (at.typed and not at.open):
            return DEFAULT_LANGUAGE
        try:
            return (await self._service.box(account, at.box)).language
        except NoSuchBox:
            return DEFAULT_LANGUAGE
