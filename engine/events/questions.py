"""What a call asks its customer, and what is wrong with the answer."""

from engine.events.base import Event
from engine.tasks.results import Outcome


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
