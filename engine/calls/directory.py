"""What answers an inbound call; the rules are injected (engine.features.numbers.directory)."""

from enum import StrEnum
from typing import Protocol

import msgspec

from engine.calls.called import Called
from engine.calls.verstat import VerstatPlaces
from engine.events import CallOffered
from engine.ids import new_id
from engine.model.call import Call
from engine.model.call_data import CallData
from engine.model.cause import HangupCause
from engine.tasks.kinds import AnyTask


class Answering(msgspec.Struct, frozen=True, kw_only=True):
    """Who takes an inbound call: an account, and either a fixed list of tasks or an application that is asked.

    `data` is what the call carries for its customer; `application` None with tasks: e.g. an extension that dials.
    """

    account: str
    application: str | None = None
    tasks: tuple[AnyTask, ...] = ()
    data: CallData | None = None
    reports_tree: bool = False  # the call's RootEnded is wanted
    headers: bool = False  # so are what Call.headers and diverted_from hold
    callee: str | None = None  # replaces what was dialled, e.g. a number read as in the caller's country
    caller: str | None = None  # replaces the number the network shows, e.g. an extension's own


class UnmatchedReason(StrEnum):
    """Why a call by a trunk reached no number."""

    NO_NUMBER = "no_number"  # nobody has it
    AMBIGUOUS = "ambiguous"  # more than one number of ours could be meant
    UNASSIGNED = "unassigned"  # the number leads to nobody
    DISABLED = "account_disabled"  # of the account that owns it


class Unmatched(msgspec.Struct, frozen=True, kw_only=True):
    """Nobody answers. `look_further`: headers of the INVITE that may name the number; with them it is asked again."""

    reason: UnmatchedReason
    look_further: tuple[str, ...] = ()


class NoDestination(Exception):
    """A call cannot be led there. The message says why; `reason` is one word, `cause` what the call ends with."""

    def __init__(
        self, sentence: str, cause: HangupCause = HangupCause.UNKNOWN_NUMBER, reason: str = "no_destination"
    ) -> None:
        self.cause, self.reason = cause, reason
        super().__init__(sentence)


def offered(call: Call, at: float) -> CallOffered:
    """The event that offers a call to its application."""
    return CallOffered(
        id=new_id("event"),
        account=call.account,
        subject=call.id,
        root=call.root,
        at=at,
        data=call.data,
        application=call.application or "",
        caller=call.caller,
        callee=call.callee,
    )


class Directory(Protocol):
    """Finds what answers."""

    async def from_trunk(self, called: Called, trunk: str) -> Answering | Unmatched:
        """What answers a call that came in by a trunk."""

    async def from_extension(self, dialled: str, sip_user: str) -> Answering | None:
        """What a phone's dialling does: a number or an extension of its own account, else a number outside.

        `sip_user` is what the phone registers as: Asterisk's name of its endpoint.
        """

    async def from_guest(self, dialled: str) -> Answering | None:
        """What the call of a browser does that has no extension: it dials a ticket. None: that is not good."""

    def verstat_places(self, trunk: str) -> VerstatPlaces:
        """Where the INVITEs of a trunk say whether their caller's number was checked."""

    async def lead(self, account: str, destination: str, *, hops: int) -> Answering:
        """What a call does that is led to one of its account's destinations, for the `hops`th time.

        Raises NoDestination, also where it was led on too often.
        """
