"""Sinch's operations that need no call, through the running system: by the vendor's own client and by a bare one."""

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from tests.clients.sinch.client import BareClient
from tests.e2e.conftest import make_account, worker
from tests.support.carillon import Admin, Command
from tests.support.system import System

NUMBERS = "/v1/configuration/numbers/"
CALLBACKS = "/v1/configuration/callbacks/applications/"
QUERY = "/v1/calling/query/number/"
CALL = "/calling/v1/calls/id/"
URLS = {"primary": "https://primary.example/ice", "fallback": "https://fallback.example/ice"}
Vendors = Callable[[Callable[[Any], Any]], Awaitable[Any]]


@pytest.fixture
def credentials(admin: Admin) -> dict[str, Any]:
    """What making an account answers."""
    name = f"sinch-{worker()}-{secrets.token_hex(4)}"
    return dict(admin.now("POST", "accounts", {"name": name, "allow_private": True}))


def _bare(http: aiohttp.ClientSession, system: System, shown: dict[str, Any]) -> BareClient:
    return BareClient(http, system.api, shown["key"], shown["secret"])


@pytest.fixture
def bare(http: aiohttp.ClientSession, system: System, credentials: dict[str, Any]) -> BareClient:
    """The account's first application's bare client."""
    return _bare(http, system, credentials["sinch"])


@pytest.fixture
def stranger(http: aiohttp.ClientSession, system: System, admin: Admin) -> BareClient:
    """Another account's."""
    account = make_account(admin)
    return _bare(http, system, admin.now("GET", f"accounts/{account.name}/credentials")["sinch"])


@pytest.fixture
def vendors(system: System, credentials: dict[str, Any]) -> Vendors:
    """Lets the vendor's (blocking) client do something: `await vendors(lambda voice: voice.applications…)`."""
    import sinch

    shown = credentials["sinch"]
    client = sinch.SinchClient(application_key=shown["key"], application_secret=shown["secret"])
    client.configuration.voice_origin = system.api.removeprefix("http://")
    client.configuration.voice_applications_origin = system.api.removeprefix("http://")
    client.configuration.disable_https = True
    client.configuration.transport.http_session.trust_env = False

    async def do(what: Callable[[Any], Any]) -> Any:
        return await asyncio.to_thread(what, client.voice)

    return do


async def test_a_new_account_has_an_application_with_a_number(carillon: Command) -> None:
    made = await carillon.json("accounts", "create", f"sinch-{worker()}-{secrets.token_hex(4)}")
    shown = made["sinch"]
    assert len(shown["key"]) == 36 and len(shown["secret"]) == 24
    assert shown["number"].startswith("+12015552")
    other = await carillon.json("accounts", "create", f"sinch-{worker()}-{secrets.token_hex(4)}")
    assert other["sinch"]["number"] != shown["number"]


async def test_the_vendors_client_reads_assigns_and_unassigns_numbers(
    vendors: Vendors, credentials: dict[str, Any], carillon: Command
) -> None:
    shown, name = credentials["sinch"], credentials["name"]
    spare = f"+4655{worker():02d}{secrets.randbelow(10**6):06d}"
    await carillon("numbers", "add", spare, "--account", name, "--unassigned")
    second = await carillon.json("applications", "add", "second", "--account", name, "--dialect", "sinch")

    async def listed() -> dict[str, str | None]:
        found = (await vendors(lambda voice: voice.applications.get_numbers())).numbers
        assert {each.capability for each in found} == {"voice"}
        return {each.number: each.applicationkey for each in found}

    assert await listed() == {shown["number"]: shown["key"], spare: None}
    await vendors(lambda voice: voice.applications.assign_numbers([spare], second["key"], "voice"))
    assert await listed() == {shown["number"]: shown["key"], spare: second["key"]}
    await vendors(lambda voice: voice.applications.assign_numbers([spare]))
    assert (await listed())[spare] == shown["key"]
    await vendors(lambda voice: voice.applications.unassign_number(spare))
    assert (await listed())[spare] is None
    await carillon("numbers", "remove", spare)


async def test_the_vendors_client_sets_and_reads_callback_urls(vendors: Vendors, credentials: dict[str, Any]) -> None:
    key = credentials["sinch"]["key"]
    await vendors(lambda voice: voice.applications.update_callback_urls(key, URLS["primary"], URLS["fallback"]))
    found = await vendors(lambda voice: voice.applications.get_callback_urls(key))
    assert (found.primary, found.fallback) == (URLS["primary"], URLS["fallback"])
    await vendors(lambda voice: voice.applications.update_callback_urls(key, URLS["fallback"]))
    found = await vendors(lambda voice: voice.applications.get_callback_urls(key))
    assert (found.primary, found.fallback) == (URLS["fallback"], None)


async def test_the_vendors_client_queries_a_number_at_our_rates(
    vendors: Vendors, admin: Admin, credentials: dict[str, Any]
) -> None:
    found = await vendors(lambda voice: voice.applications.query_number("+46(0)73-017-0101"))
    assert (found.country_id, found.number_type, found.normalized_number) == ("SE", "Mobile", "+46730170101")
    assert found.restricted is True
    await admin.ask("POST", f"accounts/{credentials['name']}/prefixes", {"prefix": "+46"})
    found = await vendors(lambda voice: voice.applications.query_number("+46730170101"))
    assert found.restricted is False and set(found.rate) == {"currencyId", "amount"}


async def test_a_rate_of_the_deck_is_the_price_of_a_minute(
    http: aiohttp.ClientSession, system: System, admin: Admin, rates: str
) -> None:
    account = make_account(admin, currency=rates)
    client = _bare(http, system, admin.now("GET", f"accounts/{account.name}/credentials")["sinch"])
    answer = await client.ask("GET", QUERY + "12015550101")
    assert answer.body["number"] == answer.body["numberItem"]
    assert answer.body["number"]["rate"] == {"currencyId": rates, "amount": 1.2}
    assert answer.body["number"]["restricted"] is False


async def test_the_vendors_client_is_told_what_is_wrong(vendors: Vendors, stranger: BareClient) -> None:
    from sinch.domains.voice.exceptions import VoiceException

    for what, sentence in (
        (lambda voice: voice.applications.get_callback_urls(stranger.key), "Invalid Application Key"),
        (lambda voice: voice.applications.assign_numbers(["+14155550199"]), "Unable to update numbers"),
        (lambda voice: voice.applications.query_number("abc"), "Invalid number specified"),
        (lambda voice: voice.calls.get("no-call"), "Call not found"),
    ):
        with pytest.raises(VoiceException, match=sentence):
            await vendors(what)


async def test_basic_authentication_and_both_prefixes_serve(bare: BareClient) -> None:
    for prefix in ("", "application\\"):
        for path in (NUMBERS, NUMBERS.rstrip("/"), "/calling" + NUMBERS):
            answer = await bare.plainly("GET", path, prefix=prefix)
            assert answer.status == 200 and answer.body["numbers"], path
    given = {"URL": {"Primary": URLS["primary"]}}
    assert (await bare.ask("POST", "/calling" + CALLBACKS + bare.key + "/", given)).body == {}
    assert (await bare.plainly("GET", CALLBACKS + bare.key)).body == {"url": {"primary": URLS["primary"]}}


async def test_a_renewed_secret_counts_and_the_old_one_does_not(bare: BareClient, carillon: Command) -> None:
    renewed = await carillon.json("applications", "rotate", bare.key)
    assert (await bare.ask("GET", NUMBERS)).code == 40102
    assert (await bare.plainly("GET", NUMBERS)).code == 40108
    assert (await bare.with_(secret=renewed["secret"]).ask("GET", NUMBERS)).status == 200


async def test_who_does_not_prove_it_is_refused_with_the_documents_codes(bare: BareClient) -> None:
    right = bare.signed("GET", NUMBERS, b"")
    for headers, code in (
        ({}, 40100),
        (right | {"x-timestamp": ""}, 40101),
        (bare.signed("GET", NUMBERS, b"", time="2014-06-04T13:41:58Z"), 40101),
        (bare.signed("GET", NUMBERS, b"", time="2999-06-04T13:41:58Z"), 40101),
        (bare.signed("GET", "/v1/configuration/number/", b""), 40102),
        (right | {"x-timestamp": right["x-timestamp"].replace("Z", "+00:00")}, 40102),
        (bare.with_(key="nobody").signed("GET", NUMBERS, b""), 40108),
        (bare.with_(secret="eA==").basic(), 40108),
        ({"Authorization": "Bearer x"}, 40301),
    ):
        answer = await bare.send("GET", NUMBERS, b"", headers)
        assert (answer.status, answer.code) == (code // 100, code), headers
        assert answer.body["message"] and answer.body["reference"]


async def test_what_is_anothers_reads_like_nothing(bare: BareClient, stranger: BareClient) -> None:
    theirs = (await stranger.ask("GET", NUMBERS)).body["numbers"][0]["number"]
    mine = (await bare.ask("GET", NUMBERS)).body["numbers"][0]["number"]
    for answer, code in (
        (await bare.ask("POST", NUMBERS, {"numbers": [theirs]}), 40001),
        (await bare.ask("POST", NUMBERS, {"numbers": [mine], "applicationkey": stranger.key}), 40003),
        (await bare.ask("DELETE", NUMBERS, {"number": theirs}), 40001),
        (await bare.ask("GET", CALLBACKS + stranger.key), 40003),
        (await bare.ask("POST", CALLBACKS + stranger.key, {"url": URLS}), 40003),
    ):
        assert (answer.status, answer.code) == (400, code)
        assert ":" not in answer.body["message"], "no hint"
    listed = (await stranger.ask("GET", NUMBERS)).body["numbers"]
    assert listed == [{"number": theirs, "applicationkey": stranger.key, "capability": "voice"}]
    assert (await stranger.ask("GET", CALLBACKS + stranger.key)).body == {"url": {}}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", 40003), (b"[]", 40003), (b"\xff\xfe{}", 40003), (b"", 40003), (b"[" * 100_000, 40003),
        (b"{}", 40001), (b'{"numbers": true}', 40001), (b'{"numbers": [[1]]}', 40001),
        (b'{"numbers": ["+46730170101"], "capability": 7}', 40001), (b'{"numbers": ["\\ud800"]}', 40003),
        (json.dumps({"numbers": ["+46730170101"] * 101}).encode(), 40001),
        (b" " * 300_000, 41300),
    ],
    ids=lambda value: value if isinstance(value, int) else value[:20].decode("latin-1"),
)  # fmt: skip
async def test_a_body_that_cannot_be_taken_is_refused(bare: BareClient, body: bytes, code: int) -> None:
    answer = await bare.ask("POST", NUMBERS, body)
    assert (answer.status, answer.code) == (code // 100, code)
    answer = await bare.ask("DELETE", NUMBERS, body)
    assert 400 <= answer.status < 500 and answer.code


async def test_a_url_that_can_never_work_is_refused(bare: BareClient) -> None:
    for url in ("ftp://host/", "nothing", "http://", "http://host:0/", 5.5, ["http://host/"], "http://" + "h" * 5000):
        answer = await bare.ask("POST", CALLBACKS + bare.key, {"url": {"primary": url}})
        assert (answer.status, answer.code) == (400, 40001), url
    assert (await bare.ask("POST", CALLBACKS + bare.key, {})).code == 40002
    assert (await bare.ask("GET", CALLBACKS + bare.key)).body == {"url": {}}


async def test_unknown_paths_and_methods_are_told_in_the_vendors_manner(bare: BareClient) -> None:
    for method, path, code in (("GET", "/v1/calls", 40400), ("PUT", NUMBERS, 40500), ("GET", "/calling/v1/", 40400)):
        answer = await bare.ask(method, path)
        assert (answer.status, answer.code) == (code // 100, code) and answer.body["reference"]
