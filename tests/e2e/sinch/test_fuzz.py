"""Signed requests of every kind, right and wrong, to each of Sinch's operations: never an error of ours.

A short form runs with all tests; CARILLON_FUZZ=full sends 500 requests an operation (`make fuzz`).
"""

import contextlib
import http.client
import json
import os
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.clients.sinch.customer import Credentials
from tests.clients.sinch.signing import signed
from tests.support import people
from tests.support.carillon import Account, Admin, CommandFailed
from tests.support.system import System

EXAMPLES = 500 if os.environ.get("CARILLON_FUZZ") == "full" else 40
LEAST_GOOD = 1 / 5
Body = dict[str, Any]


@dataclass
class Asker:
    """A customer that asks one request after the other over one connection."""

    host: str
    credentials: Credentials
    account: Account
    calls: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection(self.host, timeout=30)

    def ask(self, verb: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Send one signed request."""
        headers = signed(self.credentials.key, self.credentials.secret, verb, path, body)
        self._connection.request(verb, path, body or None, headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def assigned(self) -> str:
        """Its number, which leads to its application."""
        body = json.dumps({"numbers": [self.credentials.number]}).encode()
        status, text = self.ask("POST", "/v1/configuration/numbers/", body)
        assert status == 200, text
        return self.credentials.number

    def member(self, room: str) -> str:
        """The id of a call that is in the room: the one there is, or a new one."""
        if room not in self.calls or self.calls[room] not in self.members(room):
            wanted = {"destination": {"type": "number", "endpoint": people.SPEAKS_440}, "conferenceId": room}
            body = json.dumps({"method": "conferenceCallout", "conferenceCallout": wanted}).encode()
            status, text = self.ask("POST", "/v1/callouts", body)
            assert status == 200, text
            self.calls[room] = json.loads(text)["callId"]
            limit = time.monotonic() + 10
            while self.calls[room] not in self.members(room):
                assert time.monotonic() < limit, f"{people.SPEAKS_440} is not in the room"
                time.sleep(0.02)  # nothing tells when
        return self.calls[room]

    def occupied(self, room: str) -> str:
        """The room, with somebody in it."""
        self.member(room)
        return room

    def members(self, room: str) -> list[str]:
        """Who is in the room."""
        status, text = self.ask("GET", f"/v1/conferences/id/{room}")
        return [one["id"] for one in json.loads(text)["participants"]] if status == 200 else []

    def close(self) -> None:
        """Give up the connection."""
        self._connection.close()


@pytest.fixture(scope="module")
def asker(system: System, admin: Admin) -> Iterator[Asker]:
    """A customer of its own."""
    name = f"sinch-{secrets.token_hex(5)}"
    made = admin.now("POST", "accounts", {"name": name, "allow_private": True})
    admin.now("PATCH", f"accounts/{name}/limits", {"max_calls": 1000, "calls_per_second": 1000})
    asker = Asker(system.api.removeprefix("http://"), Credentials.of(made), Account.of(made))
    yield asker
    for call in admin.now("GET", f"calls?account={name}&live=true&limit=500")["calls"]:
        with contextlib.suppress(CommandFailed):  # it may have ended by itself
            admin.now("DELETE", f"calls/{call['id']}")
    asker.close()


# -- what is sent

ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    yield at
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield from places(inner, (*at, key))


def changed(value: Any, at: tuple[Any, ...], new: Any, *, gone: bool) -> Any:
    """The value with another one at a place, or without that place."""
    if not at:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    if len(at) == 1 and gone:
        del copy[at[0]]
    else:
        copy[at[0]] = changed(copy[at[0]], at[1:], new, gone=gone)
    return copy


NONCE = st.integers(0, 2**32)
"""What makes one example differ from another: none is tried twice."""


@st.composite
def bodies(draw: st.DrawFn, good: st.SearchStrategy[Body]) -> bytes:
    """Good ones, good ones with something wrong in them, any JSON, any bytes."""
    kind = draw(st.integers(0, 9))
    if kind == 9:
        return draw(st.binary(max_size=200))
    value: Any = draw(ODD) if kind == 8 else {**draw(good), "unknown": draw(NONCE)}
    if 4 <= kind < 8:
        at = draw(st.sampled_from(list(places(value))))
        value = changed(value, at, draw(ODD), gone=draw(st.booleans()))
    return json.dumps(value).encode(errors="surrogatepass")


@st.composite
def parts(draw: st.DrawFn, good: str) -> str:
    """A part of a path: the good one most of the time."""
    return good if draw(st.integers(0, 9)) < 7 else quote(draw(st.text(min_size=1, max_size=70)), safe="")


# -- the operations: who asks, to how it asks

Ask = Callable[[Asker, st.DataObject], tuple[str, str, bytes]]
NUMBERS, CALLBACKS = "/v1/configuration/numbers/", "/v1/configuration/callbacks/applications/"
BUSY = st.sampled_from([people.BUSY, f"+{people.BUSY}", f"+1 (201) 555-{people.BUSY[-4:]}", people.DECLINES])
TEXT = st.sampled_from(["Hello.", "", "Bonjour.", "<b>", "a" * 600])
LOCALE = st.sampled_from(["en-US", "fr-FR", "zn-CN", "tlh-QO"])
COMMON: dict[str, st.SearchStrategy[Any]] = {
    "domain": st.sampled_from(["pstn", "PSTN"]), "custom": st.text(max_size=40), "locale": LOCALE,
    "enableAce": st.booleans(), "enableDice": st.booleans(), "dtmf": st.sampled_from(["1w2#", ""]),
}  # fmt: skip
NAME = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=64)
DESTINATION = BUSY.map(lambda number: {"type": "number", "endpoint": number})


def json_to(verb: str, path: str, good: Callable[[Asker], st.SearchStrategy[Body]]) -> Ask:
    """An operation with a body; `path` may name {key}, {call}, {room}."""

    def ask(asker: Asker, data: st.DataObject) -> tuple[str, str, bytes]:
        return verb, filled(asker, data, path), data.draw(bodies(good(asker)))

    return ask


def plain(verb: str, path: str) -> Ask:
    """An operation without a body."""
    return lambda asker, data: (verb, f"{filled(asker, data, path)}?unknown={data.draw(NONCE)}", b"")


def filled(asker: Asker, data: st.DataObject, path: str) -> str:
    """The path with what it names put in."""
    known = {
        "key": lambda: asker.credentials.key, "call": lambda: asker.member("fuzz"),
        "room": lambda: asker.occupied("fuzz"), "number": lambda: "+46(0)73-017-0101",
    }  # fmt: skip
    for name, find in known.items():
        if f"{{{name}}}" in path:
            path = path.replace(f"{{{name}}}", data.draw(parts(find())))
    return path


def callout(method: str, **fields: st.SearchStrategy[Any]) -> Ask:
    """A callout to somebody who does not take it."""
    inner = st.fixed_dictionaries({"destination": DESTINATION, **fields}, optional=COMMON)
    return json_to("POST", "/v1/callouts", lambda asker: inner.map(lambda given: {"method": method, method: given}))


SCRIPT = st.fixed_dictionaries(
    {
        "instructions": st.lists(
            st.sampled_from(
                [
                    {"name": "setCookie", "key": "a", "value": "b"},
                    {"name": "SetCookie", "Key": "c", "value": ""},
                    {"name": "stopRecording"},
                ]
            ),
            max_size=4,
        ),
        "action": st.sampled_from([{"name": "continue"}, {"name": "Continue"}, {"name": "stopRecording"}]),
    }
)
COMMAND = st.fixed_dictionaries(
    {"command": st.sampled_from(["mute", "unmute", "onhold", "resume", "Mute"])},
    optional={"moh": st.sampled_from(["ring", "music1", "polka"])},
)
OPERATIONS: dict[str, Ask] = {
    "get numbers": plain("GET", NUMBERS),
    "update numbers": json_to(
        "POST", NUMBERS,
        lambda asker: st.just({"numbers": [asker.credentials.number], "applicationkey": asker.credentials.key}),
    ),
    "un-assign number": json_to("DELETE", NUMBERS, lambda asker: st.just({"number": asker.assigned()})),
    "get callbacks": plain("GET", CALLBACKS + "{key}"),
    "update callbacks": json_to(
        "POST", CALLBACKS + "{key}",
        lambda asker: st.just({"url": {"primary": "http://127.0.0.1:9/a", "fallback": "http://127.0.0.1:9/b"}}),
    ),
    "query number": plain("GET", "/v1/calling/query/number/{number}"),
    "ttsCallout": callout("ttsCallout", text=TEXT),
    "conferenceCallout": callout("conferenceCallout", conferenceId=NAME, greeting=TEXT),
    "customCallout": callout("customCallout", ace=st.just('{"action":{"name":"hangup"}}')),
    "get call": plain("GET", "/calling/v1/calls/id/{call}"),
    "manage call": json_to("PATCH", "/v1/call/id/{call}", lambda asker: SCRIPT),
    "manage one leg": json_to("PATCH", "/calling/v1/calls/id/{call}/leg/caller", lambda asker: SCRIPT),
    "get conference": plain("GET", "/v1/conferences/id/{room}"),
    "mute": json_to("PATCH", "/calling/v1/conferences/id/{room}/{call}", lambda asker: COMMAND),
    "kick": plain("DELETE", "/v1/conferences/id/{room}/{call}"),
    "kick all": plain("DELETE", "/v1/conferences/id/{room}"),
}  # fmt: skip


@pytest.mark.parametrize("operation", OPERATIONS)
def test_nothing_that_is_sent_is_an_error_of_ours(asker: Asker, operation: str) -> None:
    statuses: Counter[int] = Counter()

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.data())
    def asked(data: st.DataObject) -> None:
        verb, path, body = OPERATIONS[operation](asker, data)
        status, text = asker.ask(verb, path, body)
        statuses[status] += 1
        assert status < 500, f"{verb} {path} {body!r}: {status} {text!r}"
        if status >= 400:
            error = json.loads(text)
            assert error["errorCode"] // 100 == status and error["message"], f"{verb} {path} {body!r}: {text!r}"

    asked()
    good = sum(count for status, count in statuses.items() if status < 300)
    assert good >= LEAST_GOOD * statuses.total(), f"too few were good to prove anything: {statuses}"
