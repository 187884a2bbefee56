"""What carries a code: a text, or a call that says it twice."""

from engine.commands import PlaceCall
from engine.features.caller_ids import speaking
from engine.features.caller_ids.model import CODE, LONGEST_MESSAGE, Code, WantedCode
from engine.features.errors import InvalidSetting

TEXT = f"{CODE} is your code. It lets your number be shown as the caller of calls. Ignore it if you did not ask."
SPOKEN = f"Hello. This is your code. {CODE}"
LONGEST_SECONDS = 120.0
"""That a call which says a code may last."""


def check(wanted: WantedCode) -> None:
    """Refuse a message without the code, or that is too long; raises InvalidSetting."""
    if wanted.message and CODE not in wanted.message:
        raise InvalidSetting(f"message must have {CODE} where the code is to be.")
    if len(wanted.message) > LONGEST_MESSAGE:
        raise InvalidSetting(f"message must have at most {LONGEST_MESSAGE} characters (got {len(wanted.message)}).")


def text_of(wanted: WantedCode, code: str) -> str:
    """Return the text that brings a code."""
    return (wanted.message or TEXT).replace(CODE, code)


def call_of(code: Code, wanted: WantedCode) -> PlaceCall:
    """Return the call that says a code; its tasks do not have it."""
    said = speaking.Saying(code=code.id, message=wanted.message or SPOKEN, locale=wanted.locale)
    return PlaceCall(
        account=code.account, callee=code.number, tasks=speaking.tasks_of(said), max_seconds=LONGEST_SECONDS
    )
