"""What a campaign may be: its name, its message, its options."""

import msgspec

from engine.features.campaigns import hours, template
from engine.features.campaigns.contact import RETRIED
from engine.features.campaigns.model import Kind, Message, Options
from engine.features.errors import InvalidSetting
from engine.media.speech.tempo import LEAST as SHORTEST
from engine.media.speech.tempo import MOST as LONGEST
from engine.tasks.menu import DIGITS

LONGEST_NAME = 200
LONGEST_DESCRIPTION = 2000
LONGEST_TEXT = 10_000
MOST_PER_SECOND = 1000.0
MOST_AT_ONCE = 10_000
MOST_RETRIES = 20
LONGEST_WAIT = 30 * 86_400.0
MOST_WINDOWS = 14
LONGEST_CALL = 86_400.0


def checked_name(name: str) -> str:
    """Return a campaign's name without blanks around it; raises InvalidSetting."""
    found = name.strip()
    if not 1 <= len(found) <= LONGEST_NAME or not found.isprintable():
        raise InvalidSetting(f"name must have 1 to {LONGEST_NAME} printable characters (got {name[:50]!r}).")
    return found


def checked_description(text: str) -> str:
    """Return a description; raises InvalidSetting."""
    if len(text) > LONGEST_DESCRIPTION or "\0" in text:
        raise InvalidSetting(f"description must have at most {LONGEST_DESCRIPTION} characters.")
    return text


def checked_message(message: Message) -> Message:
    """Refuse what no contact could be told; raises InvalidSetting. It may be empty until the campaign starts."""
    if len(message.text) > LONGEST_TEXT or "\0" in message.text:
        raise InvalidSetting(f"text must have at most {LONGEST_TEXT} characters (got {len(message.text)}).")
    template.names(message.text)
    _within("speed", message.speed, 1 / LONGEST, 1 / SHORTEST)
    return message


def refuse_unsendable(message: Message, kind: Kind) -> None:
    """Refuse to start without a message; raises InvalidSetting."""
    if kind == "text" and not message.text.strip():
        raise InvalidSetting("A campaign of texts must have a text before it starts.")
    if kind == "voice" and not (message.text.strip() or message.audio):
        raise InvalidSetting("A campaign of calls must have a text or an audio file before it starts.")


def checked_options(options: Options) -> Options:
    """Refuse options that are not possible; raises InvalidSetting."""
    _within("per_second", options.per_second, 0.01, MOST_PER_SECOND)
    _within("at_once", options.at_once, 1, MOST_AT_ONCE)
    _within("priority", options.priority, 1, 9)
    _within("key_seconds", options.key_seconds, 0, 600)
    for name in ("ring_seconds", "max_seconds"):
        if (value := getattr(options, name)) is not None:
            _within(name, value, 1, LONGEST_CALL)
    if options.opt_out_key and options.opt_out_key not in DIGITS:
        raise InvalidSetting(f"opt_out_key must be one key: 0-9, * or # (got {options.opt_out_key[:10]!r}).")
    if options.zone and not hours.is_zone(options.zone):
        raise InvalidSetting(f"zone must be a time zone such as Asia/Kathmandu (got {options.zone[:50]!r}).")
    if len(options.windows) > MOST_WINDOWS:
        raise InvalidSetting(f"windows must be at most {MOST_WINDOWS} (got {len(options.windows)}).")
    for window in options.windows:
        hours.checked(window)
    _check_retries(options)
    return options


def _check_retries(options: Options) -> None:
    outcomes = [retry.outcome for retry in options.retries]
    if len(set(outcomes)) < len(outcomes):
        raise InvalidSetting("retries must have each outcome once.")
    for retry in options.retries:
        if retry.outcome not in RETRIED:
            raise InvalidSetting(
                f"outcome must be one of {', '.join(status.value for status in RETRIED)} (got {retry.outcome.value})."
            )
        _within("times", retry.times, 0, MOST_RETRIES)
        _within("wait_seconds", retry.wait_seconds, 1, LONGEST_WAIT)


def _within(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise InvalidSetting(f"{name} must be {least:g} to {most:g} (got {value:g}).")


def audited(name: str, message: Message, options: Options) -> dict[str, object]:
    """Return what the audit keeps of a campaign."""
    return {"name": name, "message": msgspec.to_builtins(message), "options": msgspec.to_builtins(options)}
