"""Signed requests of every shape to the Sinch operations that need no call: nothing of what comes back is our fault.

A short form runs with all tests; CARILLON_FUZZ=full sends 500 requests an operation (`make fuzz`).
"""

import http.client
import json
import os
import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.clients.sinch.signing import signed
from tests.e2e.conftest import make_account, worker
from tests.support.carillon import Admin
from tests.support.system import System

EXAMPLES = 500 if os.environ.get("CARILLON_FUZZ") == "full" else 40
FUZZED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES < 500,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@dataclass
class Fuzzed:
    """An application that asks: its key and secret, numbers of its own, and a stranger's key and number."""

    address: tuple[str, int]
    key: str
    secret: str
    numbers: list[str]
    strange_key: str
    strange_number: str
    connection: http.client.HTTPConnection

    def ask(self, method: str, path: str, body: bytes, spoiled: str) -> tuple[int, Any]:
        """Send one request, signed, or `spoiled` in some way; returns status and parsed body."""
        time = "2014-06-04T13:41:58Z" if spoiled == "time" else ""
        of = path + "x" if spoiled == "path" else path
        headers = signed(self.key, self.secret, method, of, body, time=time)
        if spoiled == "header":
            headers["Authorization"] = ""
        try:
            self.connection.request(method, path, body or None, headers)
            answer = self.connection.getresponse()
            text = answer.read().decode()
        except (http.client.HTTPException, OSError):
            self.connection.close()
            raise
        return answer.status, json.loads(text)


@pytest.fixture(scope="module")
def fuzzed(system: System, admin: Admin) -> Iterator[Fuzzed]:
    """An account for it."""
    made, stranger = make_account(admin), make_account(admin)
    shown = admin.now("GET", f"accounts/{made.name}/credentials")["sinch"]
    strange = admin.now("GET", f"accounts/{stranger.name}/credentials")["sinch"]
    spare = [f"46{worker():02d}{secrets.randbelow(10**7):07d}" for _ in range(3)]
    for number in spare:
        admin.now("POST", "numbers", {"number": number, "account": made.name, "unassigned": True})
    split = urlsplit(system.api)
    assert split.hostname and split.port
    connection = http.client.HTTPConnection(split.hostname, split.port, timeout=30)
    yield Fuzzed(
        address=(split.hostname, split.port), key=shown["key"], secret=shown["secret"],
        numbers=[f"+{number}" for number in spare], strange_key=strange["key"], strange_number=strange["number"],
        connection=connection,
    )  # fmt: skip
    connection.close()
    for number in spare:
        admin.now("DELETE", f"numbers/{number}")


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
)
NAMES = st.sampled_from(["numbers", "number", "applicationkey", "capability", "url", "primary", "fallback", "x", ""])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
RIGHT_URLS = st.sampled_from(["http://a.example/", "https://b.example:8443/x?y=1", "http://10.0.0.1/", ""])
PREFIXES = st.sampled_from(["/v1", "/calling/v1"])
SLASHES = st.sampled_from(["", "/"])
SPOILED = st.sampled_from(["", "", "", "", "", "", "", "", "", "path", "time", "header"])


def mostly(often: st.SearchStrategy[Any], seldom: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Three times of four the first. (`often | often | seldom` is no more than `often | seldom`.)"""
    return st.sampled_from([True, True, True, False]).flatmap(lambda chosen: often if chosen else seldom)


URLS = mostly(RIGHT_URLS, st.sampled_from(["ftp://c/", "http:"]) | TEXTS)


def bodies(right: st.SearchStrategy[Any]) -> st.SearchStrategy[bytes]:
    """Mostly what is right or nearly so, else any JSON, else any bytes."""
    nearly = st.tuples(right, st.dictionaries(NAMES, VALUES, max_size=2)).map(lambda both: both[0] | both[1])
    as_json = mostly(right, nearly | VALUES).map(lambda value: json.dumps(value).encode())
    return mostly(as_json, st.binary(max_size=60))


def requests(fuzzed: Fuzzed, operation: str) -> st.SearchStrategy[tuple[str, str, bytes]]:
    """Method, path and body of one operation."""
    keys = mostly(st.just(fuzzed.key), st.just(fuzzed.strange_key) | TEXTS)
    own = mostly(st.sampled_from(fuzzed.numbers), st.just(fuzzed.strange_number))
    capability = st.sampled_from(["voice", "Voice", "sms", "fax"])
    some = {"applicationkey": st.sampled_from([fuzzed.key, "", fuzzed.strange_key]), "capability": capability}
    numbers = st.tuples(PREFIXES, SLASHES).map(lambda parts: f"{parts[0]}/configuration/numbers{parts[1]}")
    callbacks = st.tuples(PREFIXES, keys, SLASHES).map(
        lambda parts: f"{parts[0]}/configuration/callbacks/applications/{_part(parts[1])}{parts[2]}"
    )
    formatted = st.from_regex(r"\+[1-9]([0-9][ ().-]?){6,13}", fullmatch=True)
    written = mostly(own | formatted, st.from_regex(r"\+?[0-9 ().-]{1,18}", fullmatch=True) | TEXTS)
    match operation:
        case "get numbers":
            return st.tuples(st.just("GET"), numbers, st.binary(max_size=5))
        case "update numbers":
            right = st.fixed_dictionaries({"numbers": st.lists(own, min_size=1, max_size=3)}, optional=some)
            return st.tuples(st.just("POST"), numbers, bodies(right))
        case "unassign number":
            return st.tuples(st.just("DELETE"), numbers, bodies(st.fixed_dictionaries({"number": own}, optional=some)))
        case "get callbacks":
            return st.tuples(st.just("GET"), callbacks, st.binary(max_size=5))
        case "update callbacks":
            right = st.fixed_dictionaries(
                {"url": st.fixed_dictionaries({}, optional={"primary": URLS, "fallback": URLS})}
            )
            return st.tuples(st.just("POST"), callbacks, bodies(right))
        case "query number":
            path = st.tuples(PREFIXES, written).map(lambda parts: f"{parts[0]}/calling/query/number/{_part(parts[1])}")
            return st.tuples(st.just("GET"), path, st.just(b""))
    path = st.tuples(PREFIXES, st.sampled_from(["calls", "call"]), TEXTS).map(
        lambda parts: f"{parts[0]}/{parts[1]}/id/{_part(parts[2])}"
    )
    return st.tuples(st.just("GET"), path, st.just(b""))


def _part(text: str) -> str:
    return quote(text, safe="+()") if text not in (".", "..") else "%2E"


@pytest.mark.parametrize(
    ("operation", "least"),
    [
        ("get numbers", 0.2), ("update numbers", 0.2), ("unassign number", 0.2), ("get callbacks", 0.2),
        ("update callbacks", 0.2), ("query number", 0.2), ("get call", 0.0),
    ],
)  # fmt: skip
def test_no_request_is_our_fault(fuzzed: Fuzzed, operation: str, least: float) -> None:
    """`least`: the part that must be 2xx; there is no call to get."""
    seen: Counter[int] = Counter()

    @FUZZED
    @given(asked=requests(fuzzed, operation), spoiled=SPOILED)
    def ask(asked: tuple[str, str, bytes], spoiled: str) -> None:
        method, path, body = asked
        if operation == "unassign number":
            assigned = json.dumps({"numbers": fuzzed.numbers}).encode()
            assert fuzzed.ask("POST", "/v1/configuration/numbers", assigned, "")[0] == 200
        status, answer = fuzzed.ask(method, path, body, spoiled)
        seen[status] += 1
        assert status < 500, (asked, answer)
        if status >= 400:
            assert answer["errorCode"] // 100 == status and answer["message"] and answer["reference"], answer

    ask()
    total = sum(seen.values())
    assert total >= EXAMPLES // 2
    right = sum(count for status, count in seen.items() if status < 300)
    assert right >= least * total, seen
