"""Commands that decide what a call does next: the answer to its question, or other tasks."""

from engine.commands.base import Command
from engine.model.call_data import DataPatch
from engine.tasks.kinds import AnyTask


class Reply(Command[None], frozen=True, kw_only=True, tag="reply"):
    """Answer a call's question: `tasks` run at once, before the queued ones.

    `question` is the asking task's id. `replace` discards the queued tasks. `patch`, if given, changes the data of
    every live leg of the call tree, in the same transaction. `refused` says why the customer's answer cannot
    be carried out, `remarks` what was ignored in it: both become events. `silent`: the customer gave no answer, so the
    question's own default applies. Raises NoSuchQuestion if it was answered, or its time or its call has ended.
    """

    account: str
    call: str
    question: str
    tasks: tuple[AnyTask, ...] = ()
    replace: bool = True
    patch: DataPatch | None = None
    refused: str = ""
    remarks: tuple[str, ...] = ()
    silent: bool = False


class Redirect(Command[None], frozen=True, kw_only=True, tag="redirect"):
    """Replace the tasks of a live call: the task that holds the queue is stopped, the queued tasks are discarded.

    `resume`: the queued tasks are kept and follow these, behind a prompt that was stopped, which then begins again.
    Raises NoSuchCall.
    """

    account: str
    call: str
    tasks: tuple[AnyTask, ...]
    patch: DataPatch | None = None
    resume: bool = False
