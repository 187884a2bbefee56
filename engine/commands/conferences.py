"""The commands of conferences, and the views that they return."""

import msgspec

from engine.commands.base import Command
from engine.model.call_data import CallData
from engine.tasks.kinds import AnyTask


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """A party that a conference calls. `before` are tasks that run before it joins."""

    callee: str
    caller: str | None = None
    data: CallData | None = None
    join_data: CallData | None = None
    before: tuple[AnyTask, ...] = ()


class StartConference(Command[str], frozen=True, kw_only=True, tag="start_conference"):
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
    data: CallData | None = None
    id: str | None = None


class LeaveNow(Command[None], frozen=True, kw_only=True, tag="leave_now"):
    """Take a call out of a conference now; the moderator stays. Raises NoSuchCall, NoSuchConference."""

    repeatable = True
    account: str
    conference: str
    call: str


class HangUpConference(Command[None], frozen=True, kw_only=True, tag="hang_up_conference"):
    """End a conference (by its id, or by its name) and hang up all its participants. Raises NoSuchConference."""

    repeatable = True
    account: str
    conference: str = ""
    name: str = ""


class MuteMember(Command[None], frozen=True, kw_only=True, tag="mute_member"):
    """Mute or unmute a participant: a muted participant is not heard but still hears. Repeating it is harmless.

    The conference is given by its id, or by its name.
    Raises NoSuchConference, NoSuchCall (also when the call is not in it), EngineUnavailable.
    """

    repeatable = True
    account: str
    call: str
    muted: bool
    conference: str = ""
    name: str = ""


class HoldMember(Command[None], frozen=True, kw_only=True, tag="hold_member"):
    """Hold a participant, or take it back: a held participant is not heard and does not hear. Repeating is harmless.

    `music` is the class of music on hold that it hears meanwhile; None: silence. Raises as MuteMember.
    """

    repeatable = True
    account: str
    call: str
    held: bool
    music: str | None = None
    conference: str = ""
    name: str = ""


class KickMember(Command[None], frozen=True, kw_only=True, tag="kick_member"):
    """Hang up a participant's call, the moderator's too. Raises NoSuchConference, NoSuchCall."""

    repeatable = True
    account: str
    call: str
    conference: str = ""
    name: str = ""


class LockConference(Command[None], frozen=True, kw_only=True, tag="lock_conference"):
    """Let no more participants into a conference that an admin leads, or let them in again. Repeating is harmless.

    Raises NoSuchConference, also where no admin leads it.
    """

    repeatable = True
    account: str
    locked: bool
    conference: str = ""
    name: str = ""


class MuteAll(Command[None], frozen=True, kw_only=True, tag="mute_all"):
    """Mute all participants but the admins, in a conference that these lead those who come later too; or unmute them.

    Repeating is harmless. Raises NoSuchConference.
    """

    repeatable = True
    account: str
    muted: bool
    conference: str = ""
    name: str = ""


class ConferenceMember(msgspec.Struct, frozen=True, kw_only=True):
    """One party of a conference: its call, its number in digits, its call's data, and how it takes part.

    `joined` is Unix seconds; None for a moderator who is not in it yet.
    """

    call: str
    number: str
    data: CallData | None = None
    muted: bool = False
    held: bool = False
    joined: float | None = None
    admin: bool = False


class ConferenceView(msgspec.Struct, frozen=True, kw_only=True):
    """The participants of a conference now, in the order in which they joined.

    `moderator` is None until its call exists, and in a conference with a `name`.
    `locked` and `muted` (all but its admins) are None where no admin leads it.
    """

    id: str
    moderator: ConferenceMember | None
    participants: tuple[ConferenceMember, ...] = ()
    name: str = ""
    locked: bool | None = None
    muted: bool | None = None


class QueryConference(Command[ConferenceView], frozen=True, kw_only=True, tag="query_conference"):
    """Return the participants of a conference, by its id. Raises NoSuchConference."""

    repeatable = True
    account: str
    conference: str


class FindConference(Command[ConferenceView], frozen=True, kw_only=True, tag="find_conference"):
    """Return the participants of the account's conference of this name. Raises NoSuchConference."""

    repeatable = True
    account: str
    name: str
