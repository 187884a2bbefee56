"""Who asks. Rules: «Using REST» of Sinch's documents (Application signed request, Basic authorization, Timestamp)."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.accounts import Accounts
from api.vendors.sinch import auth, signing
from api.vendors.sinch.auth import AuthPolicy, Incoming
from api.vendors.sinch.errors import SinchError
from tests.api.vendors.sinch.conftest import KEY, SECRET, VendorsClient

NOW = datetime(2014, 6, 4, 13, 42, tzinfo=UTC).timestamp()
BODY = b'{"message":"Hello world"}'
VECTOR = Incoming(
    method="POST",
    target="/v1/sms/+46700000000",
    authorization=f"Application {KEY}:qDXMwzfaxCRS849c/2R0hg0nphgdHciTo7OdM6MsdnM=",
    timestamp="2014-06-04T13:41:58Z",
    content_type="application/json",
    body=BODY,
)
POLICY = AuthPolicy(prefixes=("/telephony/",))


def signed(secret: str = SECRET, path: str | None = None, **changes: object) -> Incoming:
    """A request whose signature is computed here, from the document's words, without the code under test."""
    wanted = VECTOR._replace(**changes)  # type: ignore[arg-type]
    md5 = base64.b64encode(hashlib.md5(wanted.body).digest()).decode() if wanted.body else ""
    text = f"{wanted.method}\n{md5}\n{wanted.content_type}\nx-timestamp:{wanted.timestamp}\n{path or wanted.target}"
    made = hmac.new(base64.b64decode(secret), text.encode(), hashlib.sha256).digest()
    return wanted._replace(authorization=f"application {KEY}:{base64.b64encode(made).decode()}")


async def refused(known: Accounts, request: Incoming, now: float = NOW, policy: AuthPolicy = POLICY) -> int:
    with pytest.raises(SinchError) as raised:
        await auth.authenticate(known, request, now, policy)
    return raised.value.code


async def accepted(known: Accounts, request: Incoming, now: float = NOW, policy: AuthPolicy = POLICY) -> bool:
    caller = await auth.authenticate(known, request, now, policy)
    return caller.account.id == "account-ann" and caller.key == KEY


# «StringToSign = HTTP-Verb + "\n" + Content-MD5 + "\n" + Content-Type + "\n" + CanonicalizedHeaders + "\n" +
#  CanonicalizedResource»; the example of «Application signed request».
async def test_the_published_request_is_accepted(known: Accounts) -> None:
    text = signing.string_to_sign("POST", BODY, "application/json", VECTOR.timestamp, VECTOR.target)
    assert text.split("\n") == [
        "POST",
        "jANzQ+rgAHyf1MWQFSwvYw==",
        "application/json",
        "x-timestamp:2014-06-04T13:41:58Z",
        "/v1/sms/+46700000000",
    ]
    assert await accepted(known, VECTOR)


# The example of «Callback request signing».
def test_the_published_callback_has_the_published_signature() -> None:
    body = (
        b'{"event":"ace","callid":"822aa4b7-05b4-4d83-87c7-1f835ee0b6f6_257",'
        b'"timestamp":"2014-09-24T10:59:41Z","version":1}'
    )
    headers = signing.signed_headers(
        "https://callbacks.yourdomain.com/sinch/callback/ace",
        body,
        "669E367E-6BBA-48AB-AF15-266871C28135",
        "BeIukql3pTKJ8RGL5zo0DA==",
        datetime(2014, 9, 24, 10, 59, 41, tzinfo=UTC).timestamp(),
    )
    signature = "Tg6fMyo8mj9pYfWQ9ssbx3Tc1BNC87IEygAfLbJqZb4="
    assert headers == {
        "Authorization": f"application 669E367E-6BBA-48AB-AF15-266871C28135:{signature}",
        "x-timestamp": "2014-09-24T10:59:41Z",
        "Content-Type": "application/json",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"content_type": ""},  # .NET signs an empty line on GET
        {"content_type": "application/json; charset=UTF-8"},  # the Python and Java clients
        {"method": "GET", "body": b"", "content_type": ""},
        {"method": "DELETE"},  # a DELETE's body is signed too
        {"timestamp": "2014-06-04T13:41:58.1234567Z"},  # .NET, seven digits
        {"timestamp": "2014-06-04T13:41:58.123456+00:00"},  # Python's isoformat()
        {"timestamp": "2014-06-04T15:41:58+02:00"},  # PHP's ATOM
        {"timestamp": "2014-06-04T13:41:58"},
    ],
)
async def test_what_clients_vary_is_signed_as_received(known: Accounts, changes: dict[str, object]) -> None:
    assert await accepted(known, signed(**changes))


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/v1/query/%2B46%2070", "/v1/query/%2B46%2070"),  # .NET's AbsolutePath
        ("/v1/query/%2B46%2070", "/v1/query/+46 70"),  # Java
        ("/v1/calls?x=1#part", "/v1/calls?x=1"),  # sinch-request: everything up to #
        ("/v1/calls?x=1", "/v1/calls"),
        ("/telephony/v1/calls", "/v1/calls"),  # without the prefix of an overridden base URL
        ("/telephony/v1/calls?x=1", "/v1/calls?x=1"),
    ],
)
async def test_the_path_is_signed_in_any_spelling(known: Accounts, target: str, path: str) -> None:
    assert await accepted(known, signed(target=target, path=path))


async def test_a_prefix_that_is_not_configured_is_not_taken_off(known: Accounts) -> None:
    request = signed(target="/other/v1/calls", path="/v1/calls")
    assert await refused(known, request) == 40102
    assert await refused(known, signed(target="/telephonyx/v1", path="x/v1")) == 40102


def basic(text: str, scheme: str = "Basic") -> Incoming:
    return VECTOR._replace(authorization=f"{scheme} {base64.b64encode(text.encode()).decode()}", timestamp="")


# «Basic authorization: user = "application\" + key»; newer pages write the key alone.
async def test_basic_authentication_in_both_spellings(known: Accounts) -> None:
    assert await accepted(known, basic(f"{KEY}:{SECRET}"))
    assert await accepted(known, basic(f"application\\{KEY}:{SECRET}", scheme="basic"))


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", 40100),
        ("   ", 40100),
        ("Application", 40100),
        ("Application :abc", 40100),
        (f"Application {KEY}:", 40100),
        ("Basic !!!", 40100),
        ("Basic " + base64.b64encode(b"nocolon").decode(), 40100),
        ("Basic " + base64.b64encode(b"\xff\xfe:x").decode(), 40100),
        ("x" * 2000, 40100),
        (f"Application {KEY}", 40301),  # for public resources only
        ("Bearer abc", 40301),
        ("user abc:def", 40301),
        ("Application someone-else:qDXMwzfaxCRS849c/2R0hg0nphgdHciTo7OdM6MsdnM=", 40108),
        ("Basic " + base64.b64encode(f"{KEY}:wrong".encode()).decode(), 40108),
        ("Basic " + base64.b64encode(b"someone-else:x").decode(), 40108),
        (f"Application {KEY}:qDXMwzfaxCRS849c/2R0hg0nphgdHciTo7OdM6MsdnN=", 40102),
        (f"Application {KEY}:ümlaut", 40102),
    ],
)
async def test_what_is_wrong_is_told_apart(known: Accounts, header: str, code: int) -> None:
    assert await refused(known, VECTOR._replace(authorization=header)) == code


@pytest.mark.parametrize("field", ["method", "target", "body", "content_type", "timestamp"])
async def test_a_changed_request_has_a_wrong_signature(known: Accounts, field: str) -> None:
    changed: dict[str, object] = {
        "method": "PUT",
        "target": "/v1/sms/+46700000001",
        "body": BODY + b" ",
        "content_type": "text/plain",
        "timestamp": "2014-06-04T13:41:59Z",
    }
    assert await refused(known, VECTOR._replace(**{field: changed[field]})) == 40102  # type: ignore[arg-type]


# «The Sinch Platform verifies that the timestamp is not too old»; 15 minutes either way are our reading.
async def test_only_a_recent_request_is_taken(known: Accounts) -> None:
    at = auth.read_time(VECTOR.timestamp)
    assert at is not None
    for now in (at - 899, at, at + 899):
        assert await accepted(known, VECTOR, now)
    for now in (at - 901, at + 901, at + 1e9):
        assert await refused(known, VECTOR, now) == 40101
    assert await refused(known, VECTOR, at + 31, AuthPolicy(replay_seconds=30)) == 40101


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2014-06-04", "2014-13-45T00:00:00Z", "٢٠١٤-06-04T13:41:58Z", "1401889318"]
)
async def test_a_time_that_cannot_be_read_is_refused(known: Accounts, text: str) -> None:
    assert await refused(known, VECTOR._replace(timestamp=text)) == 40101


async def test_the_vendors_client_is_let_in(known: Accounts, client: VendorsClient) -> None:
    client.voice.conferences.kick_all("room")
    client.voice.applications.unassign_number("+14151112223333")
    client.voice.conferences.manage_participant("call", "room", "mute")
    for request in client.requests:
        now = auth.read_time(request.timestamp)
        assert now is not None
        assert await accepted(known, request, now, AuthPolicy())


@given(
    method=st.sampled_from(["GET", "POST", "PATCH", "DELETE"]),
    body=st.binary(max_size=64),
    content_type=st.text("abc/;= UTF-8", max_size=20),
    path=st.text(min_size=1, max_size=30).map(lambda text: "/" + quote(text)),
)
def test_whoever_knows_the_secret_signs_any_request(method: str, body: bytes, content_type: str, path: str) -> None:
    request = signed(method=method, body=body, content_type=content_type, target=path)
    given = request.authorization.partition(":")[2]
    assert auth.fits(given, request, SECRET)
    assert not auth.fits(given, request._replace(body=body + b"x"), SECRET)
    assert not auth.fits(given, request, base64.b64encode(b"another secret 16").decode())


@given(header=st.text(max_size=200), time=st.text(max_size=40))
def test_no_header_does_more_than_be_refused(header: str, time: str) -> None:
    try:
        auth.read_header(header)
        auth.check_time(time, NOW, 900)
    except SinchError as error:
        assert error.status in (401, 403)


@given(given=st.text(max_size=60), target=st.text(max_size=60))
def test_no_signature_and_no_path_break_the_comparison(given: str, target: str) -> None:
    assert not auth.fits(given, VECTOR._replace(target=target), SECRET, ("/p",))
