"""The contract in, for conferences: what a caller of the engine may ask of them, and what it is shown."""

from dataclasses import dataclass, field

from engine.commands import Command
from engine.tasks.kinds import AnyTask


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    """One party whom a conference calls. `before` is run before it joins."""

    callee: str
    caller: str | None = None
    tag: str = ""
    join_tag: str = ""
    before: tuple[AnyTask, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class StartConference(Command[str]):
    """Start a conference around a moderator; returns its id at once.

    A live call of this account to the moderator's number is reused, else the number is called.
    `wait_for_participant`: the moderator joins when the first participant does.
    `attendees` are called once the moderator is ready (answered, and past `moderator.before`).
    `waiting_prompt` is what the moderator hears until the first attendee joins.
    Raises what PlaceCall raises; nothing is dialled unless every number may be.
    """

    account: str
    moderator: Invitation
    attendees: tuple[Invitation, ...] = ()
    wait_for_participant: bool = True
    waiting_prompt: str | None = None
    tag: str = ""
    id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaveNow(Command[None]):
    """Take a call out of a conference now; the moderator stays. Raises NoSuchCall, NoSuchConference."""

    account: str
    conference: str
    call: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HangUpConference(Command[None]):
    """End a conference (by its id, or by its name) and hang up everybody in it. Raises NoSuchConference."""

    account: str
    conference: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MuteMember(Command[None]):
    """Let the others not hear a participant, or hear it again; doing it twice is harmless.

    The conference is given by its id, or by its name.
    Raises NoSuchConference, NoSuchCall (also when the call is not in it), EngineUnavailable.
    """

    account: str
    call: str
    muted: bool
    conference: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldMember(Command[None]):
    """Let a participant neither hear the others nor be heard, or take it back; doing it twice is harmless.

    `music` is the class that it hears meanwhile (see JoinConference); None: silence. Raises as MuteMember.
    """

    account: str
    call: str
    held: bool
    music: str | None = None
    conference: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class KickMember(Command[None]):
    """Hang up a participant's call, the moderator's too. Raises NoSuchConference, NoSuchCall."""

    account: str
    call: str
    conference: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConferenceMember:
    """One party of a conference: its call, its number in digits, its call's tag, and how it takes part.

    `joined` is Unix seconds; None for a moderator who is not in it yet.
    """

    call: str
    number: str
    tag: str = ""
    muted: bool = False
    held: bool = False
    joined: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ConferenceView:
    """Who is in a conference now, in the order in which they joined.

    `moderator` is None until its call exists, and in a conference that has a `name`.
    """

    id: str
    moderator: ConferenceMember | None
    participants: tuple[ConferenceMember, ...] = field(default=())
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class QueryConference(Command[ConferenceView]):
    """Ask who is in a conference now. Raises NoSuchConference."""

    account: str
    conference: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FindConference(Command[ConferenceView]):
    """Ask who is in the account's conference of this name now. Raises NoSuchConference."""

    account: str
    name: str
