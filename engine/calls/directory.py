"""What answers an inbound call; the rules are injected (engine.features.numbers)."""

from enum import StrEnum
from typing import Protocol

import msgspec

from engine.calls.called import Called
from engine.tasks.kinds import AnyTask


class Answering(msgspec.Struct, frozen=True, kw_only=True):
    """Who takes an inbound call: an account, and either a fixed list of tasks or an application that is asked.

    `tag` is the call's tag for its events; `application` None with tasks: e.g. an extension that dials a number.
    """

    account: str
    application: str | None = None
    tasks: tuple[AnyTask, ...] = ()
    tag: str = ""
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
    """Nobody answers. `look_further`: the headers of the INVITE may name the number; with them it is asked again."""

    reason: UnmatchedReason
    look_further: bool = False


class Directory(Protocol):
    """Finds what answers."""

    async def from_trunk(self, called: Called, trunk: str) -> Answering | Unmatched:
        """What answers a call that came in by a trunk."""

    async def from_extension(self, dialled: str, sip_user: str) -> Answering | None:
        """What a phone's dialling does: a number or an extension of its own account, else a number outside.

        `sip_user` is what the phone registers as: Asterisk's name of its endpoint.
        """
