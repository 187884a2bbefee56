"""How tasks ended, as answers show it."""

from typing import Annotated

from api.own.schema.fields import Shown, says

DIGITS = "The digits; *** if they are hidden."


class Result(Shown, frozen=True, kw_only=True, tag_field="type"):
    """What a completed task brought."""


class Done(Result, frozen=True, kw_only=True, tag="done"):
    """The task ran to its end."""


class Digits(Result, frozen=True, kw_only=True, tag="digits"):
    """Digits that were pressed."""

    digits: Annotated[str, says(DIGITS)]
    timed_out: Annotated[bool, says("Whether too few came in time.")]
    secret: Annotated[bool, says("Whether they are hidden.")]


class Recorded(Result, frozen=True, kw_only=True, tag="recorded"):
    """A recording was saved."""

    recording: Annotated[str, says("The recording's id.")]
    name: Annotated[str, says("What its link ends in, before its format.")]
    seconds: Annotated[float, says("Its length, in seconds.")]
    format: Annotated[str, says("wav or mp3.")] = "wav"
    destination: Annotated[str, says("The bucket's address; empty: it is kept here.")] = ""
    notify: Annotated[bool, says("Whether an event says when the file is there.")] = False


class Dialled(Result, frozen=True, kw_only=True, tag="dialled"):
    """Another party was called."""

    call: Annotated[str, says("The id of the other leg.")]
    answered: Annotated[bool, says("Whether it was reached.")]
    cause: Annotated[str | None, says("Why it was not.")]


class Replied(Result, frozen=True, kw_only=True, tag="answered"):
    """A question was answered."""

    silent: Annotated[bool, says("Whether no answer came in time.")]


class MenuEnded(Result, frozen=True, kw_only=True, tag="menu_ended"):
    """A menu ended."""

    menu: Annotated[str, says("The id of the menu.")]
    how: Annotated[str, says("return, sequence, timeout, invalid_input or error.")]
    value: Annotated[str, says(f"The choice's value, or what was pressed. {DIGITS}")]
    reason: Annotated[str, says("A word for an error.")]
    detail: Annotated[str, says("A sentence for an error.")]
    secret: Annotated[bool, says("Whether the digits are hidden.")]


class Detected(Result, frozen=True, kw_only=True, tag="detected"):
    """A person or a machine answered."""

    status: Annotated[str, says("machine, human, notsure or hangup.")]
    reason: Annotated[str, says("A word for what decided, or n/a.")]
    seconds: Annotated[float, says("How long it took to find out, in seconds.")]


class Ending(Shown, frozen=True, kw_only=True, tag_field="type"):
    """How a task ended."""


class Completed(Ending, frozen=True, kw_only=True, tag="completed"):
    """The task ran to its end."""

    result: Annotated[
        Done | Digits | Recorded | Dialled | Replied | MenuEnded | Detected, says("What the task brought.")
    ]


class Stopped(Ending, frozen=True, kw_only=True, tag="stopped"):
    """The task was stopped before its end."""

    reason: Annotated[str, says("Why, in a word.")]
    where: Annotated[str, says("Which menu it was in.")] = ""


class Failed(Ending, frozen=True, kw_only=True, tag="failed"):
    """The task could not do its work."""

    reason: Annotated[str, says("Why, in a word.")]
    detail: Annotated[str, says("Why, in a sentence.")]


class Discarded(Ending, frozen=True, kw_only=True, tag="discarded"):
    """The task never began."""

    reason: Annotated[str, says("Why, in a word.")]


Outcome = Completed | Stopped | Failed | Discarded
