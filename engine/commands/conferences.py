"""The commands of conferences, and the views that they return."""

from dataclasses import dataclass, field

from engine.commands.base import Command
from engine.tasks.kinds import AnyTask


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    """A party that a conference calls. `before` are tasks that run before it joins."""

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
    `attendees` are called when the moderator is ready (answered, and done with `moderator.before`).
    `waiting_prompt` plays to the moderator until the first attendee joins.
    Raises what PlaceCall raises; nothing is dialled unless every number is allowed.
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
    """End a conference (by its id, or by its name) and hang up all its participants. Raises NoSuchConference."""

    account: str
    conference: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MuteMember(Command[None]):
    """Mute or unmute a participant: a muted participant is not heard but still hears. Repeating it is harmless.

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
    """Hold a participant, or take it back: a held participant is not heard and does not hear. Repeating is harmless.

    `music` is the class of music on hold that it hears meanwhile; None: silence. Raises as MuteMember.
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
    """The participants of a conference now, in the order in which they joined.

    `moderator` is None until its call exists, and in a conference with a `name`.
    """

    id: str
    moderator: ConferenceMember | None
    participants: tuple[ConferenceMember, ...] = field(default=())
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class QueryConference(Command[ConferenceView]):
    """Return the participants of a conference, by its id. Raises NoSuchConference."""

    account: str
    conference: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FindConference(Command[ConferenceView]):
    """Return the participants of the account's conference of this name. Raises NoSuchConference."""

    account: str
    name: str
