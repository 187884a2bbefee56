"""The codes, and what each changes of the extension that dials it.

They are those that phones' users know from FreePBX and its like. One set holds for all accounts of an installation.
"""

from typing import NamedTuple

import msgspec


class Order(NamedTuple):
    """What a code does: `reasons` are the diversions that it sets (to a number) or takes back, `switches` the settings
    that it turns on or off. `said` is the phrase that confirms it."""

    said: str
    reasons: tuple[str, ...] = ()
    switches: tuple[tuple[str, bool], ...] = ()
    numbered: bool = False


_UNREACHED = ("no_answer", "unregistered")
ORDERS: dict[str, Order] = {
    "*72": Order("always", ("always",), numbered=True),
    "*73": Order("always_off", ("always",)),
    "*90": Order("busy", ("busy",), numbered=True),
    "*91": Order("busy_off", ("busy",)),
    "*52": Order("unanswered", _UNREACHED, numbered=True),
    "*53": Order("unanswered_off", _UNREACHED),
    "*78": Order("dnd_on", switches=(("do_not_disturb", True),)),
    "*79": Order("dnd_off", switches=(("do_not_disturb", False),)),
    "*70": Order("waiting_on", switches=(("call_waiting", True),)),
    "*71": Order("waiting_off", switches=(("call_waiting", False),)),
}
PICK_UP_OF, PICK_UP_ANY = "**", "*8"
"""With the extension that rings behind it; and for any extension of the account that rings."""


class Dialled(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A code as a phone dialled it: all that its conversation keeps. `number` is what followed it."""

    code: str
    extension: str
    number: str = ""
