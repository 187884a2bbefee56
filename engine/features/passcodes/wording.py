"""What a passcode is sent as: the text, and what the call says."""

from engine.features.passcodes.model import CODE, Content
from engine.platform import one_time_codes

TEXT = f"{CODE} is your code. Tell it to nobody."
SPOKEN = f"Hello. This is your code. {CODE}"


def text_of(content: Content) -> str:
    """Return the text with the code."""
    return (content.message or TEXT).replace(CODE, content.code)


def spaced_of(content: Content) -> str:
    """Return the same with a space between the code's digits."""
    return (content.message or TEXT).replace(CODE, one_time_codes.spaced(content.code))


def spoken_of(content: Content) -> str:
    """Return what the call says: each digit is a sentence of its own."""
    return (content.message or SPOKEN).replace(CODE, one_time_codes.spoken(content.code))
