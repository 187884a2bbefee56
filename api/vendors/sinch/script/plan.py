"""From what a script says to the tasks that do it: instructions first, the action as the last."""

from collections.abc import Iterable
from typing import Protocol

import msgspec

from api.callbacks.tags import Tag, encode
from api.vendors.sinch import tags
from api.vendors.sinch.script import svaml
from engine.model.leg_options import LegOptions, Reach, Transport
from engine.tasks.answer import Answer
from engine.tasks.ask import Ask
from engine.tasks.detect_machine import DetectMachine
from engine.tasks.dial import Before, Dial
from engine.tasks.hang_up import HangUp
from engine.tasks.join_conference import ConferenceDigits, JoinConference
from engine.tasks.kinds import AnyTask
from engine.tasks.park import Park
from engine.tasks.record import Record
from engine.tasks.run_menu import RunMenu
from engine.tasks.stop import StopBackground

OFFERED, ANSWERED, MENU_ENDED, DIGITS = "offered", "answered", "menu_ended", "conference_digits"
"""What is asked: the vendor's ICE, ACE, and PIE after a menu or in a conference."""
MENU_BESIDE = "menu_beside_ended"
"""PIE after a menu that was run beside something that goes on after it: another party, a conference."""
_ABOUT = {MENU_ENDED: "run_menu", MENU_BESIDE: "run_menu", ANSWERED: "detect_machine"}
_NEEDED = frozenset({OFFERED, MENU_ENDED, MENU_BESIDE})


class CannotBeDone(Exception):
    """The script is well-formed, and this server cannot do what it says; the message is for the customer."""


class ScriptLeg(msgspec.Struct, frozen=True, kw_only=True):
    """The leg that a script is for.

    `alone`: nobody waits to be connected with it or is, and it is in no conference, so that it ends when there is
    nothing left to do; `resumed`: but something that the script breaks into goes on after it. `dialled`: whom
    the caller called. `tag` is the call's. `told`: the answer of whom it connects to is asked about (ACE).
    """

    alone: bool
    resumed: bool = False
    dialled: str
    tag: Tag
    ask_on_answer: bool = True


def tasks(said: svaml.Svaml, place: ScriptLeg) -> tuple[AnyTask, ...]:
    """Return what is done; raises CannotBeDone."""
    return (*steps(said.steps, place), *_then(said.then, place))


def steps(instructions: Iterable[svaml.Step], place: ScriptLeg) -> tuple[AnyTask, ...]:
    """Return the instructions' tasks."""
    return tuple(_step(one, place) for one in instructions)


def ask(question: str, *, needed: bool = False) -> Ask:
    """Return the task that asks; without an answer ACE goes on, and a menu that ended leaves nothing to do.

    `needed`: so it is with this question too: nothing is known to follow it.
    """
    return Ask(question=question, about=_ABOUT.get(question, ""), hang_up_on_silence=needed or question in _NEEDED)


def _step(step: svaml.Step, place: ScriptLeg) -> AnyTask:
    match step:
        case svaml.SvamlAnswer():
            return Answer()
        case svaml.SvamlRecord():
            return _record(step, place)
    return step


def _record(record: svaml.SvamlRecord, place: ScriptLeg) -> Record:
    if record.transcribe:
        raise CannotBeDone("This server does not transcribe recordings.")
    if record.destination and not record.destination.lower().startswith("s3://"):
        raise CannotBeDone("The destination of a recording must be an s3:// address on this server.")
    try:
        return Record(
            tag=encode(place.tag) if record.notify else "",
            both_sides=True,
            format="wav" if record.format == "wav" else "mp3",
            destination=record.destination or "",
            credentials=record.credentials if record.destination else None,
            notify=record.notify,
        )
    except ValueError as error:
        raise CannotBeDone(str(error)) from None


def _then(then: svaml.Then, place: ScriptLeg) -> tuple[AnyTask, ...]:
    match then:
        case svaml.SvamlHangUp():
            return (HangUp(),)
        case svaml.SvamlContinue(record=record):
            return (_record(record, place),) if record else ()
        case svaml.SvamlStopRecording():
            return (StopBackground(stops="record"),)
        case svaml.SvamlConnect(record=record):
            return (*((_record(record, place),) if record else ()), _dial(then, place))
        case svaml.SvamlConnectConf(record=record):
            return (*((_record(record, place),) if record else ()), join(then, place))
        case svaml.SvamlRunMenu():
            menus = RunMenu(first=then.first, menus=then.menus, barge_in=then.barge_in, tag=encode(place.tag))
            if place.alone:
                return (menus, ask(MENU_ENDED), *(() if place.resumed else (HangUp(),)))
            return menus, ask(MENU_BESIDE)
        case svaml.SvamlPark():
            return (Park(intro=then.intro, hold=then.hold, max_seconds=then.max_seconds),)
    raise CannotBeDone("connectStream is not available on this server.")


def _dial(connect: svaml.SvamlConnect, place: ScriptLeg) -> Dial:
    """Return the Dial of a connect; a phone that answers is told (ACE), unless the script or the kind says not."""
    to = connect.to.dialled if connect.to else place.dialled
    silent = connect.silent
    asks = place.ask_on_answer and not silent and connect.domain != "mxp"
    return Dial(
        to=to,
        leg=msgspec.structs.replace(leg(connect), ringback=connect.ringback or "", music=connect.music or ""),
        max_seconds=connect.max_seconds,
        before_bridge=before(connect.dtmf, connect.detect, asks=asks, tag=encode(place.tag)),
        call_tag=encode(tags.silenced(place.tag) if silent else place.tag),
    )


class Dialled(Protocol):
    """How a party is to be dialled: a connect's, or a callout's."""

    @property
    def domain(self) -> str:
        """Pstn, mxp or sip."""

    @property
    def transport(self) -> str | None:
        """What a SIP address is reached by."""

    @property
    def caller(self) -> str | None:
        """The number that is shown."""

    @property
    def private(self) -> bool:
        """Whether none is."""

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The call headers as written."""

    @property
    def ring_seconds(self) -> float | None:
        """How long it may ring."""


def leg(said: Dialled) -> LegOptions:
    """Return how a party is dialled; raises CannotBeDone."""
    return LegOptions(
        reach=reach(said.domain),
        transport=transport(said.transport),
        caller=said.caller,
        private=said.private,
        headers=headers(said.headers),
        ring_seconds=said.ring_seconds,
    )


def reach(kind: str) -> Reach:
    """Return how an address is looked for: pstn, mxp or sip."""
    match kind:
        case "mxp":
            return "extension"
        case "sip":
            return "sip"
    return "any"


def headers(written: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return call headers as an INVITE carries them: behind X- where they have none; raises CannotBeDone."""
    named = tuple((key if key.lower().startswith("x-") else f"X-{key}", value) for key, value in written)
    try:
        return LegOptions(headers=named).headers
    except ValueError as error:
        raise CannotBeDone(f"callHeaders cannot be sent as SIP headers. {error}") from None


def transport(name: str | None) -> Transport:
    """Return what a SIP address is reached by; raises CannotBeDone for TLS."""
    match name:
        case "tcp":
            return "tcp"
        case "tls":
            raise CannotBeDone("This server does not support transport tls; use udp or tcp.")
    return "udp"


def carried(said: svaml.Svaml, tag: Tag) -> Tag:
    """Return what a call carries from this script on: its cookies, whether its answer and end are told, and its call
    headers.
    """
    then = said.then
    tag = tags.with_cookies(tag, (dict(tags.cookies_of(tag)) | dict(said.cookies)).items()) if said.cookies else tag
    if not isinstance(then, svaml.SvamlConnect):
        return tag
    tag = tags.silenced(tag) if then.silent else tag
    return tags.with_call_headers(tag, then.headers) if then.headers else tag


def before(
    dtmf: Iterable[Before], detect: svaml.SvamlAmd | None, *, asks: bool, needed: bool = False, tag: str = ""
) -> tuple[Before, ...]:
    """Return what happens to a phone that answered: digits, who answered, and the question what to do (see `ask`)."""
    detecting = (DetectMachine(beside=detect.beside, tag=tag if detect.beside else ""),) if detect else ()
    return (*dtmf, *detecting, *((Answer(), ask(ANSWERED, needed=needed)) if asks else ()))


def join(confer: svaml.SvamlConnectConf, place: ScriptLeg) -> JoinConference:
    """Return the joining of a conference by the customer's id."""
    return JoinConference(
        name=confer.conference,
        music=confer.music,
        digits=ConferenceDigits(confer.digits or "ignore"),
        most_digits=confer.most_digits,
        silence_seconds=confer.silence_seconds,
        question=DIGITS if confer.digits == "detect" else "",
        tag=encode(place.tag),
    )
