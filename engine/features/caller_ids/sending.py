"""What carries a code: a text, or a call that says it twice."""

from engine.commands import PlaceCall
from engine.features.caller_ids.model import CODE, LONGEST_MESSAGE, WantedCode
from engine.features.errors import InvalidSetting
from engine.platform import one_time_codes
from engine.tasks.hang_up import HangUp
from engine.tasks.pause import Pause
from engine.tasks.say import Say

TEXT = (
    f"{CODE} is your code. It lets your number be shown as the caller of calls. Ignore it if you did not ask."
)
SPOKEN = f"Hello. This is your code. {CODE}"
PAUSE_SECONDS = 1.0
"""Before each of the two times that it is said."""


def check(wanted: WantedCode) -> None:
    """Refuse a message without the code, or that is too long; raises InvalidSetting."""
    if wanted.message and CODE not in wanted.message:
        raise InvalidSetting(f"message must have {CODE} where the code is to be.")
    if len(wanted.message) > LONGEST_MESSAGE:
        raise InvalidSetting(f"message must have at most {LONGEST_MESSAGE} characters (got {len(wanted.message)}).")


def text_of(wanted: WantedCode, code: str) -> str:
    """Return the text that brings a code."""
    return (wanted.message or TEXT).replace(CODE, code)


def call_of(account: str, number: str, wanted: WantedCode, code: str) -> PlaceCall:
    """Return the call that says a code; no timeline shows what it says."""
    text = (wanted.message or SPOKEN).replace(CODE, one_time_codes.spoken(code))
    said = Say(text=text, locale=wanted.locale, masked=True)
    pause = Pause(seconds=PAUSE_SECONDS)
    return PlaceCall(account=account, callee=number, tasks=(pause, said, pause, said, HangUp()))
