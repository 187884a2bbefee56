"""How a task ended: results are values, and `Outcome` says whether it completed, was stopped, or failed."""

from typing import Literal

import msgspec


class Result(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """What a completed task brought."""


class Done(Result, frozen=True, kw_only=True, tag="done"):
    """The task ran to its end; there is no more to report."""


class Digits(Result, frozen=True, kw_only=True, tag="digits"):
    """Digits that were pressed; empty when `timed_out`. `secret`: for who asked for them, and nobody who looks."""

    digits: str
    timed_out: bool = False
    secret: bool = False


class Recorded(Result, frozen=True, kw_only=True, omit_defaults=True, tag="recorded"):
    """A recording was saved: its id, the name its link ends in (before its format), its length in seconds by the file.

    In another format than wav, or at a `destination`, it is ready later: with `notify`, RecordingAvailable says when.
    `purpose` is that of its task: with one it is a feature's, and no customer's.
    """

    recording: str
    name: str
    seconds: float
    format: str = "wav"
    destination: str = ""
    notify: bool = False
    purpose: str = ""

    @property
    def pending(self) -> bool:
        """Whether there is something left to do with the file."""
        return self.notify or self.format != "wav" or bool(self.destination)


class Dialled(Result, frozen=True, kw_only=True, tag="dialled"):
    """The other party was (or was not) reached: its call, the cause in words where it was not."""

    call: str
    answered: bool
    cause: str | None = None


class Answered(Result, frozen=True, kw_only=True, tag="answered"):
    """The customer said what to do next, or (`silent`) nothing in time."""

    silent: bool = False


class MenuEnded(Result, frozen=True, kw_only=True, tag="menu_ended"):
    """How menus ended, and in which: by a choice (`value` is its), by a sequence, by silence (timeout) or by digits
    that mean nothing there (`value` holds what was pressed), or by an error, of which `reason` is one word and
    `detail` a sentence. `secret`: the value is for who asked, and nobody who looks.
    """

    menu: str
    how: Literal["return", "sequence", "timeout", "invalid_input", "error"]
    value: str = ""
    reason: str = ""
    detail: str = ""
    secret: bool = False


class Detected(Result, frozen=True, kw_only=True, tag="detected"):
    """Who answered, by how they answered; `seconds` is how long it took to find out.

    `status` and `reason` are the words of Asterisk's AMD() in lower case: AMDSTATUS is MACHINE, HUMAN, NOTSURE or
    HANGUP; AMDCAUSE begins with INITIALSILENCE, LONGGREETING or HUMAN (here "greeting"), or `reason` is "".
    """

    status: str
    reason: str
    seconds: float


class Faxed(Result, frozen=True, kw_only=True, omit_defaults=True, tag="faxed"):
    """How a fax went: `pages` were confirmed. If it failed, `error` is Asterisk's word for why (FAXOPT(error) of
    res_fax), "HANGUP" where the call ended before, and `detail` a sentence.

    `rate`: bits a second in the end; `ecm`: with error correction; `t38`: over T.38, else as sound; `station`: what the
    other machine says that it is. `file` and `purpose` are the task's.
    """

    sent: bool
    pages: int
    error: str = ""
    detail: str = ""
    rate: int = 0
    ecm: bool = False
    t38: bool = False
    station: str = ""
    file: str = ""
    purpose: str = ""


AnyResult = Done | Digits | Recorded | Dialled | Answered | MenuEnded | Detected | Faxed


class Completed(msgspec.Struct, frozen=True, tag="completed", tag_field="type"):
    """The task ran to its end."""

    result: AnyResult


class Stopped(msgspec.Struct, frozen=True, omit_defaults=True, tag="stopped", tag_field="type"):
    """The task was stopped before its end, for `reason` (a StopReason's value); `where` it was: menus say in which."""

    reason: str
    where: str = ""


class Failed(msgspec.Struct, frozen=True, tag="failed", tag_field="type"):
    """The task could not do its work; `reason` is one word, `detail` a sentence."""

    reason: str
    detail: str = ""


class Discarded(msgspec.Struct, frozen=True, tag="discarded", tag_field="type"):
    """The task never began: it was cancelled while queued, or its call ended."""

    reason: str


Outcome = Completed | Stopped | Failed | Discarded


class TaskFailed(Exception):
    """A task could not do its work: {reason}."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(detail or reason)


class Dismissed(TaskFailed):
    """A call was told why it cannot go on, and is being ended: {reason}."""
