"""What a number is made of, and how one is shown."""

from typing import Any

import msgspec

from engine.store.applications import Application
from engine.store.numbers import SMS, VOICE

__all__ = ["SMS", "VOICE", "NewNumber", "NumberView"]


class NewNumber(msgspec.Struct, frozen=True, kw_only=True):
    """A number for an account (its name or id), as somebody writes it. `replace`: the account may have it already.

    `fax_to` is where its faxes go, "" for nowhere.
    """

    number: str
    account: str
    capability: str = VOICE
    replace: bool = False
    fax_to: str = ""


class NumberView(msgspec.Struct, frozen=True, kw_only=True):
    """A number as it is shown: its account's name, and what it leads to (Destinations.shown); None: nobody answers.

    `fax_to`: where its faxes go; None: nowhere.
    """

    number: str
    account: str
    account_id: str
    capability: str
    application: Application | None
    leads_to: dict[str, Any] | None
    fax_to: dict[str, Any] | None = None
