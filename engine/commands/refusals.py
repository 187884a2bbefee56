"""Why a command was not carried out: one exception class for each reason. A feature has its own in its folder."""

from typing import Any, ClassVar


class CommandRefused(Exception):
    """The engine refused a command; the message tells the customer why. Nothing was stored or changed."""

    kinds: ClassVar[dict[str, "type[CommandRefused]"]] = {}
    """Every reason that is defined in this process, by the name of its class."""

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        other = CommandRefused.kinds.setdefault(cls.__name__, cls)
        if other is not cls:
            raise TypeError(f"{cls.__module__} and {other.__module__} have a reason of one name, {cls.__name__}")


CommandRefused.kinds[CommandRefused.__name__] = CommandRefused


class NoSuchCall(CommandRefused):
    """There is no such live call in this account."""


class NoSuchConference(CommandRefused):
    """There is no such live conference in this account."""


class NoSuchTask(CommandRefused):
    """There is no such queued task."""


class NoSuchQuestion(CommandRefused):
    """No question waits for this reply (any more)."""


class NumberRefused(CommandRefused):
    """The number is not valid, or this account may not call it."""


class CallBarred(NumberRefused):
    """A feature does not let this call be placed now, such as because its number must not be called any more."""


class NoSuchExtension(NumberRefused):
    """The account has no extension of that name."""


class NotTransferable(CommandRefused):
    """The call cannot be transferred now: it is not answered, is in a conference, or is being transferred."""


class CallerRefused(CommandRefused):
    """The caller id is neither owned nor verified by this account."""


class LimitReached(CommandRefused):
    """The account has too many calls at once, or would wait too long for its turn."""


class CreditSpent(CommandRefused):
    """The account's balance or daily spend does not cover another call."""


class EngineUnavailable(CommandRefused):
    """The engine cannot accept new work now; calls in progress continue. Try again."""
