"""What a script says, as values: steps for one leg, what follows them, cookies, and warnings for the timeline.

Steps are the engine's own tasks where it has them (Play, Say, SendDtmf, Pause, StopBackground); the others are
written down here as the tasks that the engine lacks.
"""

from enum import StrEnum

import msgspec

from engine.tasks.menu import Menu
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from engine.tasks.say import Say
from engine.tasks.secret import Secret
from engine.tasks.send_dtmf import SendDtmf
from engine.tasks.stop import StopBackground


class Value(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """A frozen value with its kind in its JSON."""


class Leg(StrEnum):
    """Who hears the prompts."""

    CALLER = "caller"
    CALLEE = "callee"
    BOTH = "both"


class PartyAddress(Value, frozen=True, kw_only=True, tag="address"):
    """A party: `kind_of` number, username, sip, did or conference; `written` as given, `dialled` as to be dialled."""

    kind_of: str
    written: str
    dialled: str


class SvamlAnswer(Value, frozen=True, kw_only=True, tag="answer"):
    """Answer an inbound call now."""


class SvamlRecord(Value, frozen=True, kw_only=True, tag="record_call"):
    """Record the call; to our own store where no destination is given."""

    destination: str | None = None
    credentials: Secret | None = None
    format: str = ""
    notify: bool = True
    transcribe: bool = False
    transcribe_locale: str | None = None


PromptTask = Play | Say
Step = PromptTask | SendDtmf | Pause | StopBackground | SvamlAnswer | SvamlRecord


class SvamlHangUp(Value, frozen=True, kw_only=True, tag="hang_up"):
    """End the call."""


class SvamlContinue(Value, frozen=True, kw_only=True, tag="go_on"):
    """Go on with what the call was doing; record it where that is said."""

    record: SvamlRecord | None = None


class SvamlStopRecording(Value, frozen=True, kw_only=True, tag="stop_recording"):
    """Stop the recording and go on."""


class SvamlAmd(Value, frozen=True, kw_only=True, tag="detect_machine"):
    """Find out whether a machine answers; `beside`: connect meanwhile and tell later."""

    beside: bool = False


class SvamlConnect(Value, frozen=True, kw_only=True, tag="connect"):
    """Call another party and bridge the two.

    `to` None: whom the caller dialled. `caller` None: as the caller is shown; `private`: hidden.
    `dtmf` is pressed when the party answers. `silent`: neither the answer nor the end is told.
    """

    to: PartyAddress | None = None
    domain: str = "pstn"
    caller: str | None = None
    private: bool = False
    max_seconds: float | None = None
    ring_seconds: float | None = None
    dtmf: tuple[SendDtmf | Pause, ...] = ()
    ringback: str | None = None
    music: str | None = None
    transport: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    detect: SvamlAmd | None = None
    silent: bool = False
    locale: str = ""
    record: SvamlRecord | None = None


class SvamlConnectConf(Value, frozen=True, kw_only=True, tag="confer"):
    """Join a conference by the customer's own id; it begins with its first participant."""

    conference: str
    music: str | None = None
    digits: str = ""
    most_digits: int = 1
    silence_seconds: float = 3.0
    record: SvamlRecord | None = None


class SvamlRunMenu(Value, frozen=True, kw_only=True, tag="run_menu"):
    """Run menus from `first` on; every reference is there, and from each menu the caller can get out."""

    first: str
    menus: tuple[Menu, ...]
    barge_in: bool = True
    voice: bool = False
    locale: str = ""


class SvamlPark(Value, frozen=True, kw_only=True, tag="park"):
    """Play `intro` once, then `hold` again and again until another answer is given, or the time is over."""

    intro: tuple[PromptTask, ...] = ()
    hold: tuple[PromptTask, ...] = ()
    max_seconds: float = 600.0


class SvamlConnectStream(Value, frozen=True, kw_only=True, tag="stream"):
    """Send the call's audio to a websocket and play what comes back."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    max_seconds: float | None = None


Then = (
    SvamlHangUp
    | SvamlContinue
    | SvamlStopRecording
    | SvamlConnect
    | SvamlConnectConf
    | SvamlRunMenu
    | SvamlPark
    | SvamlConnectStream
)


class Report(Value, frozen=True, kw_only=True, tag="report"):
    """How the customer judges an ended call."""

    success: bool
    details: str = ""


class Svaml(Value, frozen=True, kw_only=True, tag="script"):
    """What to do: `steps` in order on `leg`, then `then`; cookies that later events carry; what was overlooked."""

    then: Then
    steps: tuple[Step, ...] = ()
    leg: Leg = Leg.CALLER
    cookies: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    report: Report | None = None


class IllegalSvaml(Value, frozen=True, kw_only=True, tag="illegal"):
    """The script cannot be followed; `reason` is a sentence for the customer."""

    reason: str
