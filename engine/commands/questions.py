"""Commands that decide what a call does next: the answer to its question, or other tasks."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.commands.base import Command
from engine.tasks.kinds import AnyTask

Retag = Callable[[str], str]
"""Returns a call's next tag from its present one, so that two changes at the same time both take effect."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply(Command[None]):
    """Answer a call's question: `tasks` run at once, before the queued ones.

    `question` is the asking task's id. `replace` discards the queued tasks. `tag`, if given, becomes the tag of every
    live leg of the call tree (a Retag is called with each present tag). `refused` says why the customer's answer cannot
    be carried out, `remarks` what was ignored in it: both become events. `silent`: the customer gave no answer, so the
    question's own default applies. Raises NoSuchQuestion if it was answered, or its time or its call has ended.
    """

    account: str
    call: str
    question: str
    tasks: tuple[AnyTask, ...] = ()
    replace: bool = True
    tag: str | Retag | None = None
    refused: str = ""
    remarks: tuple[str, ...] = ()
    silent: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Redirect(Command[None]):
    """Replace the tasks of a live call: the task that holds the queue is stopped, the queued tasks are discarded.

    `resume`: the queued tasks are kept and follow these, behind a prompt that was stopped, which then begins again.
    Raises NoSuchCall.
    """

    account: str
    call: str
    tasks: tuple[AnyTask, ...]
    tag: str | Retag | None = None
    resume: bool = False
