"""What a playback or a recording is on, and how it ended."""

from typing import Literal, TypeAlias

from msgspec import Struct


class OnChannel(Struct, frozen=True):
    """Play to a channel. A channel in a bridge leaves the mix meanwhile: use Whisper there."""

    id: str


class OnBridge(Struct, frozen=True):
    """Play to all channels in a bridge, or record their mix."""

    id: str


class Whisper(Struct, frozen=True):
    """Play to one party in addition to its bridge's audio; the others do not hear it. `snoop` is the snoop's id."""

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

    `state` is Asterisk's, which is "done" for a stopped one too; `stopped`: we requested the end; `gone`: the channel
    or bridge ended (a recording is nevertheless complete, and "done"); `unseen`: it ended while no events arrived, so
    it is unknown how; `cause` is Asterisk's reason for a failed recording.
    """

    state: Literal["done", "failed"]
    stopped: bool = False
    gone: bool = False
    unseen: bool = False
    cause: str | None = None
