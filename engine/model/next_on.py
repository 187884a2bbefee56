"""Which endings of a route let the next one be tried: one table, and the setting of a trunk that changes it.

What is said of the party, of the caller or of the call as such is final: another carrier would be asked for the same,
and reach again who declined, or get round who refused. What a carrier says of itself, of us as its customer or of the
form of our request is not.
"""

from typing import NamedTuple

from engine.model.cause import HangupCause

DEFAULT = "default"
NEVER = "never"
BY_DEFAULT = frozenset(
    {
        "no_route",  # Asterisk could not dial it, or it is a trunk of last resort that does not know the number
        "no_response",  # 408, 504, or nothing came
        "congestion",  # 503
        "network_error",
        "5xx",  # RFC 3261 section 21.5: the server failed
        "401",  # our user and password are wrong: said of us as the carrier's customer, as is the next one
        "407",
        "402",  # RFC 3261 section 21.4.3 leaves it undefined; carriers say so where our balance with them is used up
        "not_acceptable",  # 415, 488: the media are not taken here, and may be elsewhere (RFC 3261 section 21.4.26)
        "error",  # other 4xx: the form of the request is refused (400, 405, 420, …), or it failed on our side
    }
)
FINAL_BY_DEFAULT = frozenset({"3xx", "6xx"})
"""So 3xx, 403, 404, 410, 428, 433, 436, 437, 438, 480, 482, 483, 484, 485, 486 and every 6xx are final. 403: the
carrier understood and refuses, often the caller or the number (RFC 3261 section 21.4.4)."""
_CAUSES = frozenset(cause.value for cause in HangupCause)
_CLASSES = ("3xx", "4xx", "5xx", "6xx")


class NextOn(NamedTuple):
    """What lets the next route be tried, and what does not though the rest of the table says so."""

    on: frozenset[str] = BY_DEFAULT
    never_on: frozenset[str] = FINAL_BY_DEFAULT

    def lets(self, cause: HangupCause, sip_status: int | None) -> bool:
        """Whether the next route is tried after an ending; `sip_status` is what the far end answered (None: nothing).

        A status decides before its class, and that before the cause.
        """
        names = [] if sip_status is None else [str(sip_status), f"{sip_status // 100}xx"]
        for name in (*names, cause.value):
            if name in self.never_on:
                return False
            if name in self.on:
                return True
        return False


STANDARD = NextOn()


def parse(text: str) -> NextOn:
    """Read a setting such as `default,403,-503`: causes, statuses and classes, and with - those that do not count.

    "" is the default alone, `never` no ending at all. Raises ValueError with a sentence.
    """
    words = [word.strip().lower() for word in text.split(",") if word.strip()] or [DEFAULT]
    if words == [NEVER]:
        return NextOn(frozenset(), frozenset())
    on, never_on = set[str](), set[str]()
    for word in words:
        name = word.removeprefix("-")
        if word == DEFAULT:
            on |= BY_DEFAULT
        elif not (name in _CAUSES or name in _CLASSES or _is_status(name)):
            raise ValueError(
                f"next_on takes default, never, causes such as congestion, SIP statuses such as 403 and classes such "
                f"as 5xx, with a - for those that are final (got {word!r})."
            )
        elif word.startswith("-"):
            never_on.add(name)
        else:
            on.add(name)
    final = never_on | (FINAL_BY_DEFAULT - on if DEFAULT in words else set())
    return NextOn(frozenset(on - never_on), frozenset(final))


def _is_status(text: str) -> bool:
    return text.isascii() and text.isdigit() and 300 <= int(text) <= 699
