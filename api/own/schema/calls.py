"""Calls in requests and answers."""

from typing import Annotated, Any

from api.own.schema.fields import Given, Moment, MomentOrNone, MoneyOrNone, Shown, says
from api.own.schema.outcomes import Outcome
from api.own.schema.recordings import Recording
from api.own.schema.tasks import CALLEE, CALLER, SECONDS, AnyTask

TASKS = "At most 100 tasks, in their order."


class NewCall(Given, frozen=True, kw_only=True):
    """A call to place."""

    callee: Annotated[str, says(CALLEE)]
    caller: Annotated[str | None, says(CALLER)] = None
    tasks: Annotated[tuple[AnyTask, ...], says(f"What the call does once it is answered. {TASKS}", maxItems=100)] = ()
    ring_seconds: Annotated[
        float | None, says("How long it rings at most, 1 to 86400 seconds; null: 60.", **SECONDS)
    ] = None
    max_seconds: Annotated[
        float | None, says("How long it lasts at most after its answer, 1 to 86400 seconds; null: 14400.", **SECONDS)
    ] = None
    at: Annotated[
        float | str | None,
        says("When it is placed: Unix seconds, or a date and a time with an offset as ISO 8601; null: now."),
    ] = None


class NewTasks(Given, frozen=True, kw_only=True):
    """Tasks to append to a call's queue."""

    tasks: Annotated[tuple[AnyTask, ...], says(TASKS, maxItems=100)]


class StopTasks(Given, frozen=True, kw_only=True):
    """Running tasks to stop."""

    kind: Annotated[str, says("The kind of these tasks, such as record.")]


class Verstat(Shown, frozen=True, kw_only=True):
    """What the INVITE of an inbound call says of the right to its caller's number (STIR/SHAKEN)."""

    result: Annotated[
        str | None,
        says(
            "TN-Validation-Passed, TN-Validation-Failed or No-TN-Validation, as the carrier says; null: it says none."
        ),
    ]
    verified: Annotated[
        bool, says("Whether the carrier says that it checked the signature. Carillon itself checks none.")
    ]
    attestation: Annotated[str | None, says("A, B or C (RFC 8588 section 4); null: not known.")]
    attestation_from: Annotated[
        str | None, says("carrier; or identity: an Identity header that fits this call claims it.")
    ]
    origid: Annotated[str | None, says("The origid of this Identity header (RFC 8588 section 5), for a traceback.")]
    problem: Annotated[
        str | None,
        says(
            "Why nothing is taken from the Identity headers: unreadable, several, stale, other_caller or other_callee."
        ),
    ]


class CallFields(Shown, frozen=True, kw_only=True):
    """What every call has."""

    id: Annotated[str, says("The call's id.")]
    root: Annotated[str, says("The id of the first leg of its call tree.")]
    account: Annotated[str, says("The account's id; its name in the administrator's API.")]
    direction: Annotated[str, says("outbound: Carillon placed the leg; inbound: it came in.")]
    caller: Annotated[str, says("The caller's number or extension.")]
    callee: Annotated[str, says("The callee's number, extension or SIP address.")]
    state: Annotated[str, says("queued, dialing, ringing, answered or ended.")]
    created: Moment
    answered: MomentOrNone
    ended: MomentOrNone
    seconds: Annotated[float, says("Seconds from the answer to the end, or to now; 0 if it was not answered.")]
    cause: Annotated[str | None, says("Why it ended, in a word such as normal or busy; null while it is live.")]
    sip_status: Annotated[int | None, says("The SIP status that the far end sent if it did not answer.")]
    hung_up_by: Annotated[str | None, says("far, other, us or network; null while it is live.")]
    price: MoneyOrNone
    trunk: Annotated[str | None, says("The trunk of the leg; null for an extension.")]
    sip_call_id: Annotated[str | None, says("The leg's SIP Call-ID (RFC 3261 section 8.1.1.4).")]
    application: Annotated[str | None, says("The id of the application that answered or placed it.")]


class Call(CallFields, frozen=True, kw_only=True):
    """A call: one leg between Carillon and one party."""

    origin: Annotated[str, says("api, extension or trunk: where the leg came from.")]
    private: Annotated[bool, says("Whether the caller of an inbound call asked not to be shown.")]
    verstat: Annotated[
        Verstat | None, says("What the INVITE says of the right to its caller's number; null: it says nothing.")
    ]
    currency: Annotated[str, says("The currency of the price, as ISO 4217.")]
    application_name: Annotated[str | None, says("The name of this application.")]


class Calls(Shown, frozen=True, kw_only=True):
    """A page of calls."""

    calls: Annotated[tuple[Call, ...], says("The calls, newest first.")]


class ScheduledCall(Shown, frozen=True, kw_only=True):
    """A call that is placed at a time to come."""

    id: Annotated[str, says("The call's id.")]
    account: Annotated[str, says("The account's id; its name in the administrator's API.")]
    state: Annotated[str, says("scheduled, or refused.")]
    at: Moment
    callee: Annotated[str, says("The callee's number or extension.")]
    caller: Annotated[str | None, says("The caller's number; null: the default one.")]
    reason: Annotated[str | None, says("Why it was refused.")]


class ScheduledCallList(Shown, frozen=True, kw_only=True):
    """Scheduled calls."""

    calls: Annotated[tuple[ScheduledCall, ...], says("The calls, the next one first.")]


class QueuedTask(Shown, frozen=True, kw_only=True):
    """A task of a call's queue."""

    id: Annotated[str, says("The task's id.")]
    kind: Annotated[str, says("Its kind, such as play.")]
    state: Annotated[str, says("queued, running, completed, failed, stopped or discarded.")]
    position: Annotated[float, says("Its place in the queue; only the order has a meaning.")]
    queued: Moment
    begun: MomentOrNone
    started: MomentOrNone
    ended: MomentOrNone
    parameters: Annotated[dict[str, Any], says("What the task was given, its secrets masked.")]
    outcome: Annotated[Outcome | None, says("How it ended; null before.")]


class Queue(Shown, frozen=True, kw_only=True):
    """A call's queue."""

    tasks: Annotated[tuple[QueuedTask, ...], says("Its tasks in their order, those that have ended too.")]


class QueuedIds(Shown, frozen=True, kw_only=True):
    """Tasks that were queued."""

    tasks: Annotated[tuple[str, ...], says("Their ids, in their order.")]


class StoppedTasks(Shown, frozen=True, kw_only=True):
    """Tasks that were stopped."""

    stopped: Annotated[int, says("How many.")]


class Question(Shown, frozen=True, kw_only=True):
    """A request that asked a customer's server what a call does next, and its answer."""

    id: Annotated[str, says("The request's id.")]
    at: Moment
    name: Annotated[str, says("What the dialect calls it.")]
    subject: Annotated[str, says("The id of the call.")]
    task: Annotated[str | None, says("The id of the task that asked.")]
    dialect: Annotated[str, says("The dialect.")]
    url: Annotated[str, says("The address that was asked, its secrets masked.")]
    status: Annotated[int | None, says("The HTTP status of the answer; null if there was none.")]
    milliseconds: Annotated[int, says("How long the answer took, in milliseconds.")]
    error: Annotated[str | None, says("Why there was no answer.")]
    asked: Annotated[str, says("The body that was sent, its secrets masked.")]
    answered: Annotated[str | None, says("The body of the answer, its secrets masked.")]
    answered_bytes: Annotated[int | None, says("The length of the answer, in bytes.")]


class DeliveryAttempt(Shown, frozen=True, kw_only=True):
    """One attempt to deliver a callback."""

    number: Annotated[int, says("1 for the first.")]
    at: Moment
    seconds: Annotated[float, says("How long it took, in seconds.")]
    status: Annotated[int | None, says("The HTTP status of the answer; null if there was none.")]
    error: Annotated[str | None, says("Why it failed.")]


class Callback(Shown, frozen=True, kw_only=True):
    """A callback, and the attempts to deliver it."""

    id: Annotated[str, says("The delivery's id.")]
    event: Annotated[str, says("The id of the event that it reports.")]
    subject: Annotated[str, says("The id of the call or conference.")]
    dialect: Annotated[str, says("The dialect.")]
    action: Annotated[str, says("What the dialect calls it.")]
    url: Annotated[str, says("Its address, secrets masked.")]
    body: Annotated[str, says("Its body.")]
    state: Annotated[str, says("pending, delivered or dead.")]
    created: Moment
    ended: MomentOrNone
    error: Annotated[str | None, says("Why it was given up.")]
    remark: Annotated[str | None, says("What the answer to it says.")]
    attempts: Annotated[tuple[DeliveryAttempt, ...], says("Its attempts, in their order.")]
    subscription: Annotated[str | None, says("The id of its subscription; only if it has one.")] = None


class Replayed(Shown, frozen=True, kw_only=True):
    """Callbacks that are delivered again."""

    replayed: Annotated[int, says("How many.")]


class Event(Shown, frozen=True, kw_only=True):
    """Something that happened. Each kind of event has further fields of its own."""

    event: Annotated[str, says("The kind of the event, such as call_answered.")]
    at: Moment
    id: Annotated[str, says("The event's id.")]
    subject: Annotated[str, says("The id of the call or conference.")]
    sequence: Annotated[int, says("Rises by one with each event of a call tree.")]


class TimelineFields(Shown, frozen=True, kw_only=True):
    """What is known of every call."""

    tasks: Annotated[tuple[QueuedTask, ...], says("Its tasks.")]
    events: Annotated[tuple[Event, ...], says("Its events, in their order.")]
    questions: Annotated[tuple[Question, ...], says("What its customer's server was asked.")]
    callbacks: Annotated[tuple[Callback, ...], says("Its callbacks.")]
    recordings: Annotated[tuple[Recording, ...], says("Its recordings.")]


class Timeline(TimelineFields, frozen=True, kw_only=True):
    """All that is known of a call."""

    call: Annotated[Call, says("The call.")]
    legs: Annotated[tuple[Call, ...], says("The other legs of its call tree.")]
