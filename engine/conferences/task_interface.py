"""What a conference does for its tasks, put together (engine.queues.roles.Roles)."""

from contextlib import AbstractContextManager
from typing import NoReturn, Protocol

import structlog

from engine.ari.errors import AriError
from engine.ari.playback import playing
from engine.ari.targets import OnChannel
from engine.calls.keypad import DigitRouter, Presses
from engine.calls.prompt_players import ConferencePlayer
from engine.calls.recorders import ConferenceRecorder
from engine.calls.services import CallServices
from engine.calls.session import Session
from engine.ids import new_id
from engine.media.errors import PromptError
from engine.tasks.ask import Ask
from engine.tasks.converse import Converse
from engine.tasks.detect_fax import DetectFax
from engine.tasks.dial import Dial
from engine.tasks.fax import Fax
from engine.tasks.interfaces import Subject
from engine.tasks.join_conference import JoinConference
from engine.tasks.offer import Offer
from engine.tasks.pick_up import PickUp
from engine.tasks.results import TaskFailed
from engine.tasks.ring import Ring
from engine.tasks.transfer import Transfer

log = structlog.get_logger(__name__)


class Hosting(Protocol):
    """What is needed of the conference (engine.conferences.conference.Conference)."""

    services: CallServices
    id: str
    account: str
    digits: DigitRouter

    def end(self, reason: str) -> None:
        """End it, and hang up everybody in it."""


def _calls_only() -> NoReturn:
    raise TaskFailed("calls_only", "Only a call can do that, not a conference.")


class ConferenceKeypad:
    """Digits of anybody in the conference."""

    def __init__(self, conference: Hosting) -> None:
        self._conference = conference
        self.last = ""

    def listening(self, *, takes: str = "") -> AbstractContextManager[Presses]:
        """Hear every digit from now on until the block is left; those in `takes` are nobody else's."""
        return self._conference.digits.listening(takes=takes)

    def taking(self, *, typed_ahead: bool = False, secret: bool = False) -> AbstractContextManager[Presses]:
        """Take every digit until the block is left. Nothing is typed ahead for a conference: who is in it talks."""
        return self._conference.digits.taking(typed_ahead=typed_ahead, secret=secret)

    async def send(self, digits: str, *, milliseconds: int, gap: int) -> None:
        """A conference has no far party."""
        _calls_only()


class ConferenceLine:
    """The conference itself."""

    def __init__(self, conference: Hosting) -> None:
        self._conference = conference

    async def hang_up(self, cause: str = "normal") -> None:
        """End the call (or the conference with everybody in it); raises TaskFailed for a cause that is none."""
        self._conference.end("requested")


class CallsOnly:
    """What only a call can do: connect to another party, be answered, take part in a conference."""

    async def dial(self, task: Dial, on: Subject) -> NoReturn:
        """A conference dials nobody."""
        _calls_only()

    async def ring(self, task: Ring, on: Subject) -> NoReturn:
        """Nor several."""
        _calls_only()

    async def transfer(self, task: Transfer, on: Subject) -> NoReturn:
        """A conference has no party to move."""
        _calls_only()

    async def pick_up(self, task: PickUp, on: Subject) -> NoReturn:
        """A conference takes no call."""
        _calls_only()

    async def lead(self, destination: str, on: Subject, *, hops: int, by: str = "") -> NoReturn:
        """A conference is led nowhere."""
        _calls_only()

    async def offered(self, task: Offer, on: Subject) -> NoReturn:
        """No application answers a conference."""
        _calls_only()

    async def detect(self, on: Subject) -> NoReturn:
        """A conference was not answered."""
        _calls_only()

    async def fax(self, task: Fax, on: Subject) -> NoReturn:
        """A conference has no fax machine."""
        _calls_only()

    async def detect_fax(self, task: DetectFax, on: Subject) -> NoReturn:
        """Nor is it called by one."""
        _calls_only()

    async def quiet(self, on: Subject) -> NoReturn:
        """No machine answered a conference."""
        _calls_only()

    async def join(self, task: JoinConference, on: Subject) -> None:
        """A conference joins none."""
        _calls_only()

    async def leave(self, conference: str) -> None:
        """A conference leaves none."""
        _calls_only()

    async def converse(self, task: Converse, on: Subject) -> NoReturn:
        """Nobody converses with a conference."""
        _calls_only()

    async def ask(self, task: Ask, on: Subject) -> NoReturn:
        """Only what a call does next is asked for."""
        _calls_only()


class ConferenceRoles:
    """Everything that a conference can do for its tasks."""

    def __init__(self, conference: Hosting) -> None:
        self.player = ConferencePlayer(conference.services, conference.id)
        self.recorder = ConferenceRecorder(conference.services, conference.account, conference.id)
        self.keypad = ConferenceKeypad(conference)
        self.dialler = CallsOnly()
        self.detector = CallsOnly()
        self.faxer = CallsOnly()
        self.fax_detector = CallsOnly()
        self.conferences = CallsOnly()
        self.line = ConferenceLine(conference)
        self.customer = CallsOnly()
        self.partner = CallsOnly()
        self.picker = CallsOnly()
        self.router = CallsOnly()


async def keep_playing(session: Session, source: str) -> None:
    """Play a prompt to a call again and again, until cancelled; one that cannot be played is logged and left out."""
    services = session.services
    try:
        prompt = await session.prepare.source(source)
        target = OnChannel(session.channel.id)
        async with session.media.sounding():
            while True:
                async with playing(services.client, services.bus, target, prompt.media, new_id("play")) as playback:
                    if (await playback.finished()).state == "failed":
                        return
    except (PromptError, AriError) as error:
        log.warning("A waiting prompt could not be played.", call=session.call.id, error=str(error))
