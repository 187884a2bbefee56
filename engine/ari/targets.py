"""Where a playback or a recording happens, and how it ended."""

from typing import Literal, TypeAlias

from msgspec import Struct


class OnChannel(Struct, frozen=True):
    """Play to a channel. In a bridge it leaves the mix for that long: use Whisper there."""

    id: str


class OnBridge(Struct, frozen=True):
    """Play to, or record, everybody in a bridge."""

    id: str


class Whisper(Struct, frozen=True):
    """Play to one party over what it hears in its bridge; nobody else hears it. `snoop` is the snoop's id."""

    channel: str
    snoop: str


class Listen(Struct, frozen=True):
    """Record a party: `spy` "in" is what it says, "out" what it hears, "both" the mix. `snoop` is the snoop's id."""

    channel: str
    snoop: str
    spy: Literal["in", "out", "both"] = "in"


PlayTarget: TypeAlias = OnChannel | OnBridge | Whisper
RecordTarget: TypeAlias = Listen | OnBridge


class Finished(Struct, frozen=True, kw_only=True):
    """How a playback or recording ended.

    `state` is Asterisk's word, which says "done" for a stopped one as well; `stopped`: we asked for the end; `gone`:
    the channel or bridge ended (a recording is good all the same, and "done"); `unseen`: it ended while no events came,
    so how is not known; `cause` is Asterisk's reason for a failed recording.
    """

    state: Literal["done", "failed"]
    stopped: bool = False
    gone: bool = False
    unseen: bool = False
    cause: str | None = None
