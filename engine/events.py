"""The contract out: what happened, in the order it happened (`sequence` rises by one per root)."""

import msgspec

from engine.tasks.results import Outcome


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """Something that happened to `subject` (a call or a conference).

    `at` is Unix seconds; `tag` is what the customer's dialect put on the call, conference or task concerned.
    `sequence` is 0 until the event is committed.
    """

    id: str
    account: str
    subject: str
    root: str
    at: float
    sequence: int = 0
    tag: str = ""


class CallOffered(Event, frozen=True, kw_only=True, tag="call_offered"):
    """An inbound call waits for its application to queue tasks."""

    application: str
    caller: str
    callee: str


class CallDialing(Event, frozen=True, kw_only=True, tag="call_dialing"):
    """An INVITE goes out through `trunk` (or to an extension: None)."""

    trunk: str | None = None


class CallRinging(Event, frozen=True, kw_only=True, tag="call_ringing"):
    """The far party's phone rings (a 180 came)."""


class CallAnswered(Event, frozen=True, kw_only=True, tag="call_answered"):
    """The call was answered (by the far party, or by us if inbound)."""


class CallEnded(Event, frozen=True, kw_only=True, tag="call_ended"):
    """The call is over: its last event but for what becomes of its recordings (RootEnded is one of all its legs).

    `seconds` counts from the answer, `price` in millionths. `hung_up_by` is an engine.calls.call.Party.
    """

    cause: str
    hung_up_by: str
    answered: bool
    seconds: float
    price: int
    currency: str
    sip_status: int | None = None


class EndedLeg(msgspec.Struct, frozen=True, kw_only=True):
    """One leg of a root that is over, as its CallEnded told it."""

    call: str
    caller: str
    callee: str
    cause: str
    hung_up_by: str
    answered: bool
    seconds: float
    price: int


class RootEnded(Event, frozen=True, kw_only=True, tag="root_ended"):
    """All legs of a root are over: what a customer sees as one call. Told once, of a root whose call is `reports_tree`.

    `subject` is the root, `tag` its call's as it was then. `cause` and `hung_up_by` are the root leg's own: where a
    Dial did not reach its party, or the connected party hung up, they say so (Party.CONNECTED).
    `answered`: the root leg was answered and, where it dialled, one of those it dialled was: an answered caller whose
    callee was busy has not been answered. `seconds`: how long the dialled legs were answered, all together; of the
    root leg where it dialled nobody. `price`, in millionths, is that of all legs; `legs` are in order of their
    beginning, the root first.
    """

    cause: str
    hung_up_by: str
    answered: bool
    seconds: float
    price: int
    currency: str
    caller: str
    callee: str
    legs: tuple[EndedLeg, ...]


class TaskStarted(Event, frozen=True, kw_only=True, tag="task_started"):
    """A task's effect began (a prompt plays, a recorder or detector runs, a party joined). At most once a task."""

    task: str
    kind: str


class TaskEnded(Event, frozen=True, kw_only=True, tag="task_ended"):
    """A task is over; `outcome` says how. Exactly once for every task that was queued."""

    task: str
    kind: str
    outcome: Outcome


class RecordingAvailable(Event, frozen=True, kw_only=True, tag="recording_available"):
    """A recording is where it should be, as it should be; may come after the end of its call.

    `destination` is where (s3://…), or "" for our own store, where it is called `name`.
    """

    task: str
    recording: str
    name: str
    format: str
    destination: str


class RecordingUndelivered(Event, frozen=True, kw_only=True, tag="recording_undelivered"):
    """A recording did not get where it should be, and stays in our own store; may come after the end of its call."""

    task: str
    recording: str
    reason: str


class DigitPressed(Event, frozen=True, kw_only=True, tag="digit_pressed"):
    """The subject's party pressed a digit that no task was there to take.

    `kept`: it is, for a task that takes what was typed ahead. `digit` is masked (engine.tasks.secret.MASK) where it may
    be for a task that hides its digits, or for the party that the call is connected with.
    """

    digit: str
    kept: bool


class DigitReceived(Event, frozen=True, kw_only=True, tag="digit_received"):
    """A digit reached a task that listens. `accepted` is False for one that the task was not asked for.

    `digit` is masked (engine.tasks.secret.MASK) where a task that hides its digits took it.
    """

    task: str
    kind: str
    digit: str
    accepted: bool
    call: str


class ParticipantJoined(Event, frozen=True, kw_only=True, tag="participant_joined"):
    """The subject (a call) joined `conference`."""

    conference: str
    task: str


class ParticipantLeft(Event, frozen=True, kw_only=True, tag="participant_left"):
    """The subject (a call) left `conference`."""

    conference: str
    task: str


class ParticipantMuted(Event, frozen=True, kw_only=True, tag="participant_muted"):
    """The subject (a call) is not heard in `conference` any more, or is again."""

    conference: str
    task: str
    muted: bool


class ParticipantHeld(Event, frozen=True, kw_only=True, tag="participant_held"):
    """The subject (a call) hears music (or silence) instead of `conference` and is not heard in it, or is back."""

    conference: str
    task: str
    held: bool


class DigitsCollected(Event, frozen=True, kw_only=True, tag="digits_collected"):
    """The subject (a call, `call` too) pressed digits in a conference that collects them.

    `how`: "sequence" (as many as were asked for, or the terminator), "timeout" (silence after the last) or "left" (the
    call left the conference in the middle of a sequence).
    """

    conference: str
    task: str
    call: str
    digits: str
    how: str


class ConferenceStarted(Event, frozen=True, kw_only=True, tag="conference_started"):
    """The moderator answered; or the first participant made a conference that has a name and no moderator."""


class ConferenceEnded(Event, frozen=True, kw_only=True, tag="conference_ended"):
    """The conference is over: the last event of a conference."""

    reason: str


class QuestionAsked(Event, frozen=True, kw_only=True, tag="question_asked"):
    """The subject (a call) waits until `deadline` (Unix seconds) for what to do next; a Reply names the `task`.

    `outcome` is that of the task that the question is about. Asked again after a restart under the same `id`.
    """

    task: str
    question: str
    deadline: float
    outcome: Outcome | None = None


class ReplyRefused(Event, frozen=True, kw_only=True, tag="reply_refused"):
    """What the customer said to a question cannot be done; `reason` is a sentence."""

    task: str
    reason: str


class ReplyRemarked(Event, frozen=True, kw_only=True, tag="reply_remarked"):
    """Something in what the customer said was overlooked or read otherwise; `remark` is a sentence."""

    task: str
    remark: str


class TaskRemarked(Event, frozen=True, kw_only=True, tag="task_remarked"):
    """A task does something otherwise than it was asked to, such as by another voice; `remark` is a sentence."""

    task: str
    kind: str
    remark: str


AnyEvent = (
    CallOffered
    | CallDialing
    | CallRinging
    | CallAnswered
    | CallEnded
    | RootEnded
    | TaskStarted
    | TaskEnded
    | DigitPressed
    | TaskRemarked
    | DigitReceived
    | RecordingAvailable
    | RecordingUndelivered
    | ParticipantJoined
    | ParticipantLeft
    | ParticipantMuted
    | ParticipantHeld
    | DigitsCollected
    | ConferenceStarted
    | ConferenceEnded
    | QuestionAsked
    | ReplyRefused
    | ReplyRemarked
)
