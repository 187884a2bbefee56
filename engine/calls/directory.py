"""What answers an inbound call; the rules are injected (engine.features.numbers)."""

from typing import Protocol

import msgspec

from engine.tasks.kinds import AnyTask


class Answering(msgspec.Struct, frozen=True, kw_only=True):
    """Who takes an inbound call: an account, and either a fixed list of tasks or an application that is asked.

    `tag` is the call's tag for its events; `application` None with tasks: e.g. an extension that dials a number.
    """

    account: str
    application: str | None = None
    tasks: tuple[AnyTask, ...] = ()
    tag: str = ""
    whole: bool = False  # the call's RootEnded is wanted
    callee: str | None = None  # replaces what was dialled, e.g. a number read as in the caller's country
    caller: str | None = None  # replaces the number the network shows, e.g. an extension's own


class Directory(Protocol):
    """Finds what answers."""

    async def from_trunk(self, number: str, caller: str) -> Answering | None:
        """What answers `number` dialled from a trunk; None: nobody has that number."""

    async def from_extension(self, dialled: str, extension: str) -> Answering | None:
        """What an extension's dialling does: an application's number, another extension, else a number outside."""
