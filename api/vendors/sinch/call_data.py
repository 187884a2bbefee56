"""What Sinch stores with calls, to find it again in their events.

Of each event the data may say where it goes: OFF, a URL or a script of a customCallout's (sealed where it holds a
bucket's credentials), or "": the application's URLs.
"""

from collections.abc import Iterable, Mapping

import msgspec

from api.vendors.sinch.ids import DIALECT
from engine.model.call import Call
from engine.model.call_data import CallData

CUSTOM = "custom"
ICE, ACE, PIE, DICE = "ice", "ace", "pie", "dice"
CALLER, CALLEE, KIND, HEADERS, CALL_HEADERS = "cli", "to", "to_type", "headers", "call_headers"
COOKIE = "cookie:"
"""What the name of a cookie's value begins with: each is a value of its own, so that two answers may set two."""
OFF = "off"
SILENCED = {ACE: OFF, DICE: OFF}
"""The values of a leg whose answer and end are not notified (`suppressCallbacks`)."""
Pairs = tuple[tuple[str, str], ...]
_pairs: msgspec.json.Decoder[Pairs] = msgspec.json.Decoder(Pairs)


def data_of(call: Call) -> CallData:
    """Return a call's data; empty if it has none, or another dialect's."""
    found = call.data
    return found if found and found.dialect == DIALECT else CallData(dialect=DIALECT)


def participant(data: CallData | None) -> str:
    """Return as whom a callout takes part in a conference, as the customer wrote it; "" for another call's data.

    «the phone number of the PSTN participant …, or whatever was passed as CLI for data originated/terminated calls»
    """
    if data is None or data.dialect != DIALECT:
        return ""
    callee = data.values.get(CALLEE, "")
    return data.values.get(CALLER) or callee if data.values.get(KIND) == "username" else callee


def cookies_of(data: CallData) -> Pairs:
    """Return what the customer's scripts have kept with the call, in the order in which it was first set."""
    named = ((name, text) for name, text in data.values.items() if name.startswith(COOKIE))
    return tuple((name.removeprefix(COOKIE), text) for name, text in named)


def cookies(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the values that keep cookies."""
    return {f"{COOKIE}{name}": text for name, text in pairs}


def headers_of(data: CallData) -> dict[str, str]:
    """Return the X-CB-* headers of the request that placed the call: its events carry them."""
    text = data.values.get(HEADERS)
    return dict(_pairs.decode(text)) if text else {}


def headers(written: Mapping[str, str]) -> dict[str, str]:
    """Return the values that keep these; none are left out."""
    pairs = [(str(name), value) for name, value in written.items()]  # a name may be of a class of its own
    return {HEADERS: _written(pairs)} if pairs else {}


def call_headers_of(data: CallData) -> Pairs:
    """Return the call headers that a script connected the call with: the notification of its end has them."""
    text = data.values.get(CALL_HEADERS)
    return _pairs.decode(text) if text else ()


def call_headers(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the values that keep these; none are left out."""
    pairs = tuple(pairs)
    return {CALL_HEADERS: _written(pairs)} if pairs else {}


def with_values(data: CallData, values: Mapping[str, str]) -> CallData:
    """Return the data with these values besides."""
    return msgspec.structs.replace(data, values={**data.values, **values})


def _written(pairs: Iterable[tuple[str, str]]) -> str:
    return msgspec.json.encode(tuple(pairs)).decode()
