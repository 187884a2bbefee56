"""What was asked of a conference: kept with it, so that a restarted controller goes on.

Who may enter is decided in `Conference.take_part`, and in `led_by_admin` where an admin leads.
"""

import msgspec

from engine.commands import Invitation
from engine.ids import new_id
from engine.model.call_data import CallData
from engine.model.conference_rules import ConferenceRules
from engine.tasks import secret
from engine.tasks.kinds import AnyTask, read


class Invited(msgspec.Struct, frozen=True, kw_only=True):
    """One party to call, under a call id that is chosen beforehand: it is never called twice."""

    call: str
    callee: str
    caller: str | None = None
    data: CallData | None = None
    join_data: CallData | None = None
    before: tuple[AnyTask, ...] = ()

    @classmethod
    def of(cls, invite: Invitation) -> "Invited":
        """Give an invitation its call's id."""
        return cls(
            call=new_id("call"),
            callee=invite.callee,
            caller=invite.caller,
            data=invite.data,
            join_data=invite.join_data,
            before=invite.before,
        )


class ConferencePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How a conference goes: see engine.commands.StartConference. One that has a name has no moderator, and
    may have rules.
    """

    moderator: Invited | None = None
    attendees: tuple[Invited, ...] = ()
    wait_for_participant: bool = True
    waiting_prompt: str | None = None
    rules: ConferenceRules | None = None


def encode(policy: ConferencePolicy) -> str:
    """Return a policy as JSON."""
    return msgspec.json.encode(policy).decode()


def decode(text: str) -> ConferencePolicy:
    """Read a policy."""
    return read(text, ConferencePolicy, secret.stored)
