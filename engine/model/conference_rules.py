"""The rules of a conference that an admin leads: who gets in, what is announced, which keys do something."""

from collections.abc import Callable
from enum import StrEnum

import msgspec


class Announcing(StrEnum):
    """How those who are in a conference learn that somebody comes or leaves."""

    NOTHING = "nothing"
    TONE = "tone"
    NAME = "name"  # the extension's name, or the last four digits of the number


class ConferenceRules(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a conference does beside mixing its participants.

    `waits_for_admin`: participants hear `music` (a class of music on hold; "": silence) until an admin has entered.
    `ends_with_admin`: it ends for all when the last admin leaves. `locked`: no more participants get in. `muted`: only
    admins are heard. `most`: how many may be in it, admins counted, who always get in; 0: any number. `prefix`: the key
    before each key that does something. `language` is that of what is spoken (BCP 47). `closes`: when it
    ends, in Unix seconds.
    """

    waits_for_admin: bool = True
    ends_with_admin: bool = True
    announces: Announcing = Announcing.TONE
    music: str = "default"
    locked: bool = False
    muted: bool = False
    most: int = 0
    prefix: str = "*"
    language: str = "en-US"
    closes: float | None = None


RulesOf = Callable[[str, str], ConferenceRules | None]
"""The rules of an account's conference by its name, whoever enters it first; None: those of its first participant."""


def no_rules(account: str, name: str) -> None:
    """Give no conference rules by its name."""
