"""The tasks that a customer may give, by their `kind`. Times are in seconds where nothing else is said."""

from typing import Annotated, Any, Literal

import msgspec

from api.own.schema.fields import Given, says
from engine.tasks.secret import Secret

LONGEST_SECONDS = 86_400
SECONDS = {"minimum": 1, "maximum": LONGEST_SECONDS}
"""For how long a call may ring, or last."""
CALLEE = "An own extension (2 to 6 digits), or a telephone number of 7 to 15 digits as in its country."
CALLER = "The caller that is shown: a number that the account owns or has verified; null: the default one."
RINGBACK = (
    "The country of the ringing tone that the caller hears meanwhile: a zone of Asterisk's indications.conf such as de "
    "or us-old; empty: no tone of ours."
)
MUSIC = "A class of music on hold that the caller hears meanwhile: at most 64 letters, digits, _ and -; empty: none."
TYPED_AHEAD = "Whether digits count that were pressed before the task began and that no other task took."
HIDDEN = "Whether the digits are masked in timelines and shown to the account's own key only."
LASTS = "1 to 86400 seconds from the connection, after which both legs end; null: no limit of its own."
FACTOR = {"minimum": 0.5, "maximum": 2.0}
"""Of the length of what is spoken (engine.media.speech.tempo)."""
LEADS_TO = "A destination, written kind:target, such as extension:101 or tasks:[…] with a list of tasks as JSON."


class Named(Given, frozen=True, kw_only=True, tag_field="kind"):
    """A task: an entry of a call's queue."""


class Audible(Named, frozen=True, kw_only=True):
    """A prompt."""

    wait: Annotated[bool, says("Whether the queue waits for the end of the prompt.")] = True


class Play(Audible, frozen=True, kw_only=True, tag="play"):
    """Play an audio file."""

    source: Annotated[
        str, says("What is played: an http or https URL, `upload:NAME` for an uploaded prompt, or a path of its media.")
    ]


class Say(Audible, frozen=True, kw_only=True, tag="say"):
    """Speak a text."""

    text: Annotated[str, says("1 to 600 characters. {digit} is replaced by the digits that were collected last.")]
    locale: Annotated[str, says("The language, as BCP 47, such as en-US.")] = "en-US"
    voice: Annotated[str | None, says("The name of a voice; null: the one of the locale.")] = None
    ssml: Annotated[bool, says("Whether the text is SSML.")] = False
    length_factor: Annotated[
        float, says("How long it takes: 1.4 is 1.4 times as long as the voice speaks by itself.", **FACTOR)
    ] = 1.0


class Record(Named, frozen=True, kw_only=True, tag="record"):
    """Record the far party, or both parties; the queue continues, unless it is to wait."""

    name: Annotated[str, says("What the recording's link ends in, before its format; empty: its id.")] = ""
    max_seconds: Annotated[float | None, says("Length after which it ends, in seconds; null: no limit.")] = None
    max_silence: Annotated[float | None, says("Silence after which it ends, in seconds; null: no limit.")] = None
    terminator: Annotated[str, says("A digit that ends it; empty: none.")] = ""
    both_sides: Annotated[bool, says("Whether both parties and the prompts are recorded.")] = False
    format: Annotated[Literal["wav", "mp3"], says("The format of the file.")] = "wav"
    destination: Annotated[
        str, says("s3://bucket/[folder/][file] to put the file into a bucket; empty: it is kept here.")
    ] = ""
    credentials: Annotated[
        Secret | None, says("The bucket's access key:secret key:region. It is never shown.", writeOnly=True)
    ] = None
    notify: Annotated[bool, says("Whether an event says when the file is there.")] = False
    wait: Annotated[bool, says("Whether the queue waits for the end of the recording.")] = False
    beep: Annotated[bool, says("Whether the party hears a tone once it is recorded; the tone is not recorded.")] = False


class WaitForDigits(Named, frozen=True, kw_only=True, tag="wait_for_digits"):
    """Wait for digits."""

    accept: Annotated[tuple[str, ...], says("The digits that count; empty: every digit.")] = ()
    count: Annotated[int, says("How many digits are taken.")] = 1
    terminator: Annotated[str, says("A digit that ends the input before `count`; empty: none.")] = ""
    seconds: Annotated[float | None, says("Limit of the whole wait, in seconds; null: until the call ends.")] = None
    barge_in: Annotated[bool, says("Whether the first accepted digit stops a prompt that plays beside it.")] = False
    hang_up_on_timeout: Annotated[bool, says("Whether the call ends if no digit came.")] = False
    typed_ahead: Annotated[bool, says(TYPED_AHEAD)] = False
    secret: Annotated[bool, says(HIDDEN)] = False


class DetectDtmf(Named, frozen=True, kw_only=True, tag="detect_dtmf"):
    """Report every digit from now on as an event, while the queue continues."""


class SendDtmf(Named, frozen=True, kw_only=True, tag="send_dtmf"):
    """Send digits to the far party (RFC 4733)."""

    digits: Annotated[str, says("The digits: 0-9, A-D, * and #.")]
    milliseconds: Annotated[int, says("Length of each digit, in milliseconds.")] = 120
    gap: Annotated[int, says("Silence between two digits, in milliseconds.")] = 100


class Pause(Named, frozen=True, kw_only=True, tag="pause"):
    """Hold the queue for some time."""

    seconds: Annotated[float, says("How long, in seconds.")]


class JoinConference(Named, frozen=True, kw_only=True, tag="join_conference"):
    """Join a conference while the queue continues."""

    conference: Annotated[str, says("The conference's id; empty if `name` is given.")] = ""
    name: Annotated[str, says("The conference's name within the account; the first participant creates it.")] = ""
    join_moderator: Annotated[bool, says("Whether a moderator that waits for a participant joins too.")] = True
    music: Annotated[
        str | None, says("A class of music on hold that a participant hears while alone; null: silence.")
    ] = None
    digits: Annotated[
        Literal["ignore", "forward", "detect"],
        says("What happens with the participant's digits: nothing, the others hear them, or they are collected."),
    ] = "ignore"
    most_digits: Annotated[int, says("How many digits are collected at most.")] = 1
    silence_seconds: Annotated[float, says("Silence that ends the collecting, in seconds.")] = 3.0
    terminator: Annotated[str, says("A digit that ends the collecting; not used for one digit.")] = "#"


class LeaveConference(Named, frozen=True, kw_only=True, tag="leave_conference"):
    """Leave a conference."""

    conference: Annotated[str, says("The conference's id.")]


class StopBackground(Named, frozen=True, kw_only=True, tag="stop_background"):
    """Stop running tasks of the same queue that let it continue."""

    stops: Annotated[str, says("The kind of these tasks, such as record.")]


class HangUp(Named, frozen=True, kw_only=True, tag="hang_up"):
    """End the call after everything queued before."""

    cause: Annotated[str, says("Why, as in a call's `cause`; a call that was not answered is refused with it.")] = (
        "normal"
    )


class Answer(Named, frozen=True, kw_only=True, tag="answer"):
    """Answer the call; an outbound one: wait until the far party does."""


class Park(Named, frozen=True, kw_only=True, tag="park"):
    """Let the call wait: play prompts again and again until the task is stopped."""

    intro: Annotated[tuple[Play | Say, ...], says("Prompts that are played once, first.")] = ()
    hold: Annotated[tuple[Play | Say, ...], says("Prompts that are repeated.")] = ()
    max_seconds: Annotated[float, says("After this time, in seconds, the call is hung up.")] = 600.0


class DetectMachine(Named, frozen=True, kw_only=True, tag="detect_machine"):
    """Detect whether a person or an answering machine answered."""

    beside: Annotated[bool, says("Whether the queue continues meanwhile.")] = False


class Offer(Named, frozen=True, kw_only=True, tag="offer"):
    """Hold the queue until a program queues a task behind this one."""

    seconds: Annotated[float, says("After this time without a task, in seconds, the call ends.")] = 10.0


class Diversions(Given, frozen=True, kw_only=True):
    """Where the call is led if the other party was not reached. Each is a destination; empty: nowhere."""

    no_answer: Annotated[str, says(f"It rang until its time was over. {LEADS_TO}")] = ""
    busy: Annotated[str, says(f"It is busy or declined. {LEADS_TO}")] = ""
    unregistered: Annotated[str, says(f"No phone is registered, or it does not reply. {LEADS_TO}")] = ""


class Dial(Named, frozen=True, kw_only=True, tag="dial"):
    """Call another party, and connect the two when it answers."""

    to: Annotated[str, says(f"{CALLEE} If `over` is sip: user@host[:port].")]
    reach: Annotated[
        Literal["any", "extension", "sip"],
        says("What `to` is: an extension or else a number, an extension only, or a SIP address."),
    ] = msgspec.field(default="any", name="over")
    transport: Annotated[Literal["udp", "tcp"], says("How the INVITE to a SIP address travels.")] = "udp"
    caller: Annotated[str | None, says(f"{CALLER} Here that is this call's party.")] = None
    private: Annotated[bool, says("Whether no caller is shown.")] = False
    headers: Annotated[
        tuple[tuple[str, str], ...],
        says("Headers of the INVITE, as pairs of name and value: at most 20, 4096 bytes in all; names begin with X-."),
    ] = ()
    ring_seconds: Annotated[
        float | None, says("How long it rings at most, 1 to 86400 seconds; null: 60.", **SECONDS)
    ] = None
    max_seconds: Annotated[float | None, says(LASTS, **SECONDS)] = None
    ringback: Annotated[str, says(RINGBACK)] = ""
    music: Annotated[str, says(MUSIC)] = ""
    before_bridge: Annotated[
        tuple[Play | Say | SendDtmf | Pause | Answer | DetectMachine, ...],
        says("Tasks that the other leg does between its answer and the connection."),
    ] = ()
    hang_up_after: Annotated[bool, says("Whether this call ends when the other leg ends or is not reached.")] = True
    continue_after: Annotated[
        bool,
        says(
            "Whether this call goes on when the other leg ends after the two were connected: what is queued behind"
            " waits until then. hang_up_after counts then for a party that is not reached."
        ),
    ] = False
    diversions: Annotated[Diversions | None, says("Where the call is led if the other party is not reached.")] = None


class Ring(Named, frozen=True, kw_only=True, tag="ring"):
    """Ring several parties, and connect this call to the first that answers."""

    members: Annotated[tuple[str, ...], says(f"1 to 20 parties, each named once. {CALLEE}")]
    strategy: Annotated[Literal["all", "in_order"], says("All at once, or one after the other.")] = "all"
    seconds: Annotated[float, says("How long they ring in all, 1 to 600 seconds.", minimum=1, maximum=600)] = 60.0
    seconds_each: Annotated[
        float, says("How long each rings if they ring in order, 1 to 600 seconds.", minimum=1, maximum=600)
    ] = 20.0
    caller: Annotated[str | None, says(f"{CALLER} Here that is this call's party.")] = None
    ringback: Annotated[str, says(RINGBACK)] = ""
    music: Annotated[str, says(MUSIC)] = ""
    max_seconds: Annotated[float | None, says(LASTS, **SECONDS)] = None
    hang_up_after: Annotated[bool, says("Whether this call ends when the other leg ends or is not reached.")] = True
    otherwise: Annotated[str, says(f"Where the call is led if nobody answers; empty: it ends. {LEADS_TO}")] = ""


class GoTo(Named, frozen=True, kw_only=True, tag="go_to"):
    """Go on as a number that leads to a destination; what is queued behind is discarded."""

    destination: Annotated[str, says(LEADS_TO)]


class Choice(Given, frozen=True, kw_only=True):
    """What a digit of a menu does. It has one of `value`, `menu` and `to`."""

    digit: Annotated[str, says("One of 0-9, *, # and A-D.")]
    value: Annotated[str | None, says("The menus end with this value as their result.")] = None
    menu: Annotated[str | None, says("The id of the menu that follows.")] = None
    to: Annotated[str | None, says(f"Where the call is led. {LEADS_TO}")] = None


class Menu(Given, frozen=True, kw_only=True):
    """Prompts, and what may be pressed."""

    id: Annotated[str, says("The menu's name within the task.")]
    main: Annotated[tuple[Play | Say, ...], says("Prompts that are played first.")] = ()
    repeat: Annotated[tuple[Play | Say, ...], says("Prompts of every further attempt.")] = ()
    repeats: Annotated[int, says("How many further attempts there are, 0 to 100.", minimum=0, maximum=100)] = 0
    most_digits: Annotated[
        int | None, says("A sequence of up to this many digits is taken; null: one digit, which is a choice.")
    ] = None
    silence_seconds: Annotated[
        float, says("How long a digit is waited for after the prompts, 0 to 600 seconds.", minimum=0, maximum=600)
    ] = 5.0
    choices: Annotated[tuple[Choice, ...], says("What each digit does.")] = ()
    otherwise: Annotated[str, says(f"Where the call is led after the last attempt; empty: on. {LEADS_TO}")] = ""


class RunMenu(Named, frozen=True, kw_only=True, tag="run_menu"):
    """Let the party choose by digits: menus that lead to one another."""

    first: Annotated[str, says("The id of the menu that begins.")]
    menus: Annotated[tuple[Menu, ...], says("All the menus, each with an id of its own.")]
    barge_in: Annotated[bool, says("Whether a digit stops the prompt and counts.")] = True
    typed_ahead: Annotated[bool, says(f"{TYPED_AHEAD} Needs `barge_in`.")] = False
    secret: Annotated[bool, says(HIDDEN)] = False


AnyTask = (
    Play
    | Say
    | Record
    | WaitForDigits
    | DetectDtmf
    | SendDtmf
    | Pause
    | Dial
    | JoinConference
    | LeaveConference
    | StopBackground
    | HangUp
    | Answer
    | RunMenu
    | Park
    | DetectMachine
    | Ring
    | GoTo
    | Offer
)
NOT_OFFERED: dict[str, Any] = {
    "ask": "A question is put to a dialect's server; our own API has none.",
    "converse": "A conversation is led by a feature: a call is led to its destination, such as voicemail_menu.",
    "transfer": "It names calls that wait: it is made by POST /calls/{call}/transfer.",
    "send_fax": "A fax is sent by POST /faxes, which converts its pages and tries again.",
    "receive_fax": "A number that leads to a fax box receives faxes.",
    "detect_fax": "A number listens for fax machines that is set so: carillon numbers set NUMBER --fax-to fax.",
    "pick_up": "Only a phone of the account takes its calls, by a star code.",
}
"""The engine's kinds of task that a customer cannot give, and why."""
