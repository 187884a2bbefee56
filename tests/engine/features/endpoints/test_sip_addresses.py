"""Parties at a SIP address: read, allowed, within reach."""

import pytest

from engine.calls.admission_protocol import Route
from engine.commands import NoSuchExtension, NumberRefused
from engine.features.admission import Admission
from engine.features.billing import store as rates
from engine.features.billing.call_rates import CallRates
from engine.features.billing.store import Rate
from engine.features.endpoints import sip_addresses
from engine.features.endpoints.sip_addresses import (
    SipAddress,
    address_of,
    allowance_of,
    allowed,
    dial_string,
    reachable,
    within_reach,
)
from engine.features.errors import InvalidNumber
from engine.model.leg_options import LegOptions
from engine.platform.settings_cache import SettingsCache
from engine.store import accounts, extensions
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.extensions import Extension
from engine.store.writer import Writer
from tests.support.counters import CountersInMemory

SIP = LegOptions(reach="sip")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("anna@pbx.example", SipAddress(user="anna", host="pbx.example")),
        (" sip:Anna.B@PBX.Example.:5080 ", SipAddress(user="Anna.B", host="pbx.example", port=5080)),
        ("+12015550100@192.0.2.7", SipAddress(user="+12015550100", host="192.0.2.7")),
        ("anna@[2001:DB8::7]:5060", SipAddress(user="anna", host="2001:db8::7", port=5060)),
    ],
)
def test_an_address_is_read(text: str, address: SipAddress) -> None:
    assert address_of(text) == address
    assert address_of(address.text) == address


@pytest.mark.parametrize(
    "text",
    [
        "", "anna", "@host", "anna@", "a b@host", "anna@host;transport=tcp", "anna@host?X=y", "anna@ho st", "a@b@c",
        "anna@host:0", "anna@host:70000", "anna@host:x", "anna@[::1", "anna@[zz]", "anna@-host", "sips:anna@host",
        "anna;x@host", "anna@host/../x", "anna@host,PJSIP/100", "anna@ho\nst", "ann\u00e4@host", "tel:anna@host",
        'a"@host', "a:secret@host", "anna@" + "a" * 254, " sips:anna@host", "anna@[::1%eth0]", "anna@[192.0.2.7]",
        "anna@[2001:db8::7%;maddr=192.0.2.9]", "anna@[2001:db8::7%\r\nReplaces: x]", "anna@host;maddr=192.0.2.9",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidNumber):
        address_of(text)


@pytest.mark.parametrize(
    ("allowance", "address", "may"),
    [
        ("sip:pbx.example", "anna@pbx.example", True),
        ("sip:PBX.example", "anna@pbx.example:5099", True),
        ("sip:pbx.example:5080", "anna@pbx.example:5080", True),
        ("sip:pbx.example:5080", "anna@pbx.example", False),
        ("sip:pbx.example", "anna@evil.example", False),
        ("sip:pbx.example", "anna@sub.pbx.example", False),
        ("sip:[2001:db8::7]", "anna@[2001:DB8:0::7]:99", True),
    ],
)
def test_a_host_is_allowed_by_name(allowance: str, address: str, may: bool) -> None:
    assert allowed(address_of(address), [allowance_of(allowance)]) is may


def test_without_an_allowance_nothing_is_allowed_also_not_by_one_of_every_number() -> None:
    assert not allowed(address_of("anna@pbx.example"), ["", "1"])


def test_it_is_dialled_through_an_endpoint_of_its_own() -> None:
    address = address_of("anna@[2001:db8::7]:5080")
    assert dial_string(address, "udp") == "PJSIP/carillon-sip/sip:anna@[2001:db8::7]:5080"
    assert dial_string(address, "tcp") == "PJSIP/carillon-sip/sip:anna@[2001:db8::7]:5080;transport=tcp"
    assert sip_addresses.ENDPOINT == "carillon-sip"


@pytest.mark.parametrize(
    ("host", "public", "private"),
    [("8.8.8.8", True, True), ("127.0.0.1", False, True), ("10.0.0.1", False, True), ("169.254.169.254", False, False),
     ("[::1]", False, True), ("localhost", False, True), ("nowhere.invalid", False, False)],
)  # fmt: skip
async def test_a_private_host_needs_leave(host: str, public: bool, private: bool) -> None:
    address = address_of(f"anna@{host}")
    assert await reachable(address, allow_private=False) is public
    assert await reachable(address, allow_private=True) is private


def test_one_private_address_among_public_ones_is_one_too_many() -> None:
    assert within_reach(["8.8.8.8", "2001:4860:4860::8888"], allow_private=False)
    assert not within_reach(["8.8.8.8", "10.0.0.1"], allow_private=False)
    assert not within_reach([], allow_private=True)


@pytest.fixture
async def admission(database: Database, cache: SettingsCache, writer: Writer, account: Account) -> Admission:
    """An account that may call two hosts."""
    await writer.write(lambda conn: accounts.allow(conn, account.id, "sip:8.8.8.8"))
    await writer.write(lambda conn: accounts.allow(conn, account.id, "sip:127.0.0.2:5070"))
    rate = Rate(prefix="1201555", currency="USD", per_minute=10_000)
    await writer.write(lambda conn: rates.replace_all(conn, [rate]))
    await cache.load()
    call_rates = CallRates(database, cache)
    await call_rates.load()
    return Admission(database, cache, call_rates, CountersInMemory())


async def test_an_allowed_host_is_admitted_without_a_trunk_and_costs_nothing(
    admission: Admission, account: Account
) -> None:
    admitted = await admission.admit(
        account.id, "call-1", "sip:12015550100@8.8.8.8", None, max_seconds=60, options=SIP, party="12015550101"
    )
    assert admitted.digits == "12015550100@8.8.8.8"
    assert admitted.routes == (Route(endpoint="PJSIP/carillon-sip/sip:12015550100@8.8.8.8"),)
    assert admitted.routes == admission.routes(account.id, admitted.digits, SIP)
    assert admitted.caller == "12015550101"
    assert admission.price(account.id, admitted.digits, 60).amount == 0


@pytest.mark.parametrize(
    ("callee", "why"),
    [
        ("anna@evil.example", "not among those it is allowed"),
        ("anna@127.0.0.2", "not among those it is allowed"),
        ("anna@127.0.0.2:5070", "private one"),
        ("911@8.8.8.8", "Emergency"),
        ("9110000@8.8.8.8", "emergency number 911"),
        ("+112@8.8.8.8", "Emergency"),
        ("8.8.8.8", "user@host"),
    ],
)
async def test_what_may_not_be_called_is_refused(admission: Admission, account: Account, callee: str, why: str) -> None:
    with pytest.raises(NumberRefused, match=why):
        await admission.admit(account.id, "call-1", callee, None, max_seconds=60, options=SIP)


async def test_a_private_host_is_called_by_an_account_that_may(
    admission: Admission, account: Account, writer: Writer, cache: SettingsCache
) -> None:
    await writer.write(lambda conn: accounts.update(conn, account.id, allow_private=True))
    await cache.load()
    admitted = await admission.admit(account.id, "call-1", "anna@127.0.0.2:5070", None, max_seconds=60, options=SIP)
    assert admitted.digits == "anna@127.0.0.2:5070"


async def test_a_number_is_no_sip_address_and_a_sip_address_no_number(admission: Admission, account: Account) -> None:
    with pytest.raises(NumberRefused):
        await admission.admit(account.id, "call-1", "anna@8.8.8.8", None, max_seconds=60)
    with pytest.raises(NumberRefused):
        await admission.admit(account.id, "call-1", "12015550100", None, max_seconds=60, options=SIP)


async def test_only_an_own_extension_is_reached_where_that_is_asked_for(
    admission: Admission, account: Account, writer: Writer, cache: SettingsCache
) -> None:
    other = Account(id="acct-other", name="other", created=1.0)
    await writer.write(lambda conn: accounts.create(conn, other))
    for number, owner in (("100", account.id), ("200", other.id)):
        row = Extension(number=number, sip_user=number, account=owner, password="12345678")
        await writer.write(lambda conn, row=row: extensions.add(conn, row))
    await cache.load()
    inside = LegOptions(reach="extension")
    admitted = await admission.admit(account.id, "call-1", "100", None, max_seconds=60, options=inside)
    assert admitted.routes == (Route(endpoint="PJSIP/100", phones=("100",)),)
    for callee in ("200", "12015550100", "300", ""):
        with pytest.raises(NoSuchExtension):
            await admission.admit(account.id, "call-2", callee, None, max_seconds=60, options=inside)
