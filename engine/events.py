"""The events of the engine, in the order in which they happened (`sequence` rises by one per root)."""

import msgspec

from engine.tasks.results import Outcome


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """Something that happened to `subject` (a call or a conference).

    `at` is Unix seconds; `tag` is the data that a dialect attached to the call, conference or task.
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
    """An inbound call waits until its application queues tasks."""

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
    """The call has ended: its last event, except for events of its recordings (RootEnded is the tree's).

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
    """One leg of a call tree that has ended, as in its CallEnded."""

    call: str
    caller: str
    callee: str
    cause: str
    hung_up_by: str
    answered: bool
    seconds: float
    price: int


class RootEnded(Event, frozen=True, kw_only=True, tag="root_ended"):
    """All legs of a call tree have ended. Written once, if the root has `reports_tree`.

    `subject` is the root, `tag` its tag at the end. `cause` and `hung_up_by` are the root leg's own: if a Dial did not
    reach its party, or the connected party hung up, they say so (Party.CONNECTED).
    `answered`: the root leg was answered and, if it dialled, one of the dialled legs was too: if the callee was busy,
    the tree was not answered. `seconds`: how long the dialled legs were answered, added up; if none was dialled, that
    of the root leg. `price`, in millionths, is the sum of all legs; `legs` are in the order of their creation, the
    root first.
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
    """A task has ended; `outcome` says how. Exactly once for every task that was queued."""

    task: str
    kind: str
    outcome: Outcome


class RecordingAvailable(Event, frozen=True, kw_only=True, tag="recording_available"):
    """A recording is in its format and at its destination; may come after the end of its call.

    `destination` is where (s3://…), or "" for our own store, where it is called `name`.
    """

    task: str
    recording: str
    name: str
    format: str
    destination: str


class RecordingUndelivered(Event, frozen=True, kw_only=True, tag="recording_undelivered"):
    """A recording did not reach its destination and stays in our own store; may come after the end of its call."""

    task: str
    recording: str
    reason: str


class ScheduledCallRefused(Event, frozen=True, kw_only=True, tag="scheduled_call_refused"):
    """A call that was scheduled could not be placed at its time; there is no call of that id."""

    reason: str


class DigitPressed(Event, frozen=True, kw_only=True, tag="digit_pressed"):
    """The subject's party pressed a digit, and no task took it.

    `kept`: it is kept for a later task with `typed_ahead`. `digit` is masked (engine.tasks.secret.MASK) if it may be
    for a task that hides its digits, or for the connected party.
    """

    digit: str
    kept: bool


class DigitReceived(Event, frozen=True, kw_only=True, tag="digit_received"):
    """A digit reached a task that listens. `accepted` is False for a digit that the task does not accept.

    `digit` is masked (engine.tasks.secret.MASK) if a task that hides its digits took it.
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
    """The subject (a call) was muted or unmuted in `conference`."""

    conference: str
    task: str
    muted: bool


class ParticipantHeld(Event, frozen=True, kw_only=True, tag="participant_held"):
    """The subject (a call) was put on hold in `conference` (it is not heard and hears music or silence), or back."""

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
    """The conference has ended: its last event."""

    reason: str


class QuestionAsked(Event, frozen=True, kw_only=True, tag="question_asked"):
    """The subject (a call) waits until `deadline` (Unix seconds) for a Reply, which names the `task`.

    `outcome` is that of the task that the question is about. Asked again after a restart under the same `id`.
    """

    task: str
    question: str
    deadline: float
    outcome: Outcome | None = None


class ReplyRefused(Event, frozen=True, kw_only=True, tag="reply_refused"):
    """The customer's answer to a question cannot be carried out; `reason` is a sentence."""

    task: str
    reason: str


class ReplyRemarked(Event, frozen=True, kw_only=True, tag="reply_remarked"):
    """A part of the customer's answer was ignored or changed; `remark` is a sentence."""

    task: str
    remark: str


class TaskRemarked(Event, frozen=True, kw_only=True, tag="task_remarked"):
    """A task differs from its parameters, such as by another voice; `remark` is a sentence."""

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
    | ScheduledCallRefused
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
