"""Extensions are unique within their account, SIP user names in the installation and for ever."""

import re

import msgspec
import pytest

from engine.ari.generated import Endpoint
from engine.features.endpoints.model import NewExtension, PhoneFields
from engine.features.endpoints.provisioner import Provisioner
from engine.features.endpoints.push import Endpoints
from engine.features.endpoints.service import Extensions
from engine.features.endpoints.user_names import PATTERN
from engine.features.errors import AlreadyThere, InvalidSetting, NotProvisioned, NotThere
from engine.platform import audit
from engine.platform.audit import ADMIN, SYSTEM
from engine.platform.settings_cache import SettingsCache
from engine.store import extensions as rows
from engine.store import numbers
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.numbers import Number
from engine.store.writer import Writer
from tests.api.own.asterisk import FakeConfiguration


def _new(account: str, number: str = "101", **more: str) -> NewExtension:
    return NewExtension(number=number, account=account, **more)


async def test_the_first_account_registers_with_its_number_and_the_next_with_a_name_of_its_own(
    extensions: Extensions, asterisk: FakeConfiguration, account: Account, other: Account
) -> None:
    ours = await extensions.add(ADMIN, _new("acme", name="Ann"))
    theirs = await extensions.add(ADMIN, _new("shop", name="Bob"))
    assert (ours.sip_user, ours.number, theirs.number) == ("101", "101", "101")
    assert theirs.sip_user.startswith("101-") and re.fullmatch(PATTERN, theirs.sip_user)
    for each in (ours, theirs):
        assert asterisk.objects["auth", each.sip_user]["username"] == each.sip_user
        assert asterisk.objects["auth", each.sip_user]["password"] == each.password
        assert asterisk.objects["endpoint", each.sip_user]["aors"] == each.sip_user
        assert ("aor", each.sip_user) in asterisk.objects
    assert asterisk.objects["endpoint", theirs.sip_user]["callerid"] == '"Bob" <101>', "others see the extension"


async def test_each_account_finds_its_own_extension_and_a_phone_is_known_by_its_user_name(
    extensions: Extensions, cache: SettingsCache, account: Account, other: Account
) -> None:
    ours, theirs = await extensions.add(ADMIN, _new("acme")), await extensions.add(ADMIN, _new("shop"))
    assert cache.extension(account.id, "101") == ours and cache.extension(other.id, "101") == theirs
    assert cache.extension_of("101") == ours and cache.extension_of(theirs.sip_user) == theirs
    assert cache.extension_named(other.id, "101") == theirs
    assert extensions.find("101", "acme") == ours and extensions.find("101", other.id) == theirs
    with pytest.raises(InvalidSetting, match="extension 101: give the account, one of acme, shop"):
        extensions.find("101")
    await extensions.remove(ADMIN, account.id, "101")
    assert extensions.find("101") == theirs
    with pytest.raises(NotThere, match="The account acme has no extension 101"):
        extensions.find("101", "acme")


async def test_a_user_name_is_never_another_account_s_even_when_its_extension_is_gone(
    extensions: Extensions, asterisk: FakeConfiguration, account: Account, other: Account
) -> None:
    await extensions.add(ADMIN, _new("acme"))
    await extensions.remove(ADMIN, account.id, "101")
    assert not [name for _, name in asterisk.objects if name == "101"]
    assert (await extensions.add(ADMIN, _new("shop"))).sip_user != "101"
    assert (await extensions.add(ADMIN, _new("acme"))).sip_user == "101", "it stays the account's own"


async def test_an_extension_that_is_added_again_registers_as_it_did(
    extensions: Extensions, account: Account, other: Account
) -> None:
    await extensions.add(ADMIN, _new("acme"))
    had = (await extensions.add(ADMIN, _new("shop"))).sip_user
    await extensions.add(ADMIN, _new("shop", "10"))
    await extensions.remove(ADMIN, other.id, "101")
    assert (await extensions.add(ADMIN, _new("shop"))).sip_user == had


async def test_an_account_has_an_extension_once_and_not_beside_a_number_of_the_same_digits(
    extensions: Extensions, writer: Writer, account: Account, other: Account
) -> None:
    await extensions.add(ADMIN, _new("acme"))
    with pytest.raises(AlreadyThere, match="The account acme has an extension 101 already"):
        await extensions.add(ADMIN, _new(account.id))
    await writer.write(lambda conn: numbers.assign(conn, Number(number="500", account=account.id)))
    with pytest.raises(AlreadyThere, match="500 is a number of the account acme already"):
        await extensions.add(ADMIN, _new("acme", "500"))
    assert (await extensions.add(ADMIN, _new("shop", "500"))).sip_user == "500", "another account's number is no matter"


async def test_each_change_is_audited_with_its_actor_and_without_the_password(
    extensions: Extensions, database: Database, account: Account
) -> None:
    added = await extensions.add(ADMIN, _new("acme", name="Ann"))
    await extensions.remove(SYSTEM, account.id, "101")
    found = await database.read(lambda conn: audit.of(conn, account.id))
    removed, first = [one for one in found if one.what.startswith("extension.")]
    shown = {"number": "101", "sip_user": "101", "name": "Ann", "application": None}
    shown |= {"no_answer": "", "busy": "", "unregistered": "", "always": "", "ring_seconds": None, "owner": None}
    shown |= {"do_not_disturb": False, "call_waiting": True}
    shown |= {"max_contacts": 5, "webrtc": False, "srtp": "optional", "dtmf": "auto", "codecs": ""}
    shown |= {"outbound_caller": "", "record_external": "never", "record_internal": "never"}
    assert (first.what, first.subject, first.actor_kind) == ("extension.added", "101", "admin")
    assert (first.before, first.after) == (None, shown)
    assert (removed.what, removed.actor_kind, removed.before, removed.after) == (
        "extension.removed", "system", shown, None,
    )  # fmt: skip
    assert added.password not in msgspec.json.encode(found).decode()


async def test_the_tasks_that_an_extension_leads_to_are_not_in_the_audit(
    extensions: Extensions, database: Database, writer: Writer, account: Account
) -> None:
    added = await extensions.add(ADMIN, _new("acme"))
    led = msgspec.structs.replace(added, no_answer='tasks:[{"kind":"say","text":"canary"}]', busy="hangup:busy")
    await writer.write(lambda conn: rows.divert(conn, led))
    await extensions.remove(ADMIN, account.id, "101")
    (removed, *_) = await database.read(lambda conn: audit.of(conn, account.id))
    assert removed.before and (removed.before["no_answer"], removed.before["busy"]) == ("tasks", "hangup:busy")


async def test_what_asterisk_refuses_is_not_there_afterwards(
    extensions: Extensions, asterisk: FakeConfiguration, cache: SettingsCache, database: Database, account: Account
) -> None:
    asterisk.refused = {"endpoint"}
    with pytest.raises(NotProvisioned):
        await extensions.add(ADMIN, _new("acme"))
    assert not asterisk.objects and not cache.extensions()
    found = [one.what for one in await database.read(lambda conn: audit.of(conn, account.id))]
    assert found[:2] == ["extension.removed", "extension.added"]
    asterisk.refused = set()
    assert (await extensions.add(ADMIN, _new("acme"))).sip_user == "101"


async def test_an_extension_that_is_added_while_all_endpoints_are_pushed_stays_in_asterisk(
    extensions: Extensions, asterisk: FakeConfiguration, cache: SettingsCache, account: Account,
    provisioner: Provisioner, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    endpoints = Endpoints(provisioner, (extensions,))
    listed, reload = provisioner._endpoints, cache.reload_extension

    async def listed_after_one_was_added() -> list[Endpoint]:
        monkeypatch.undo()
        await extensions.add(ADMIN, _new("acme"))
        return await listed()

    async def pushed_before_it_is_known(account: str, number: str) -> None:
        await endpoints.push_all()
        await reload(account, number)

    monkeypatch.setattr(provisioner, "_endpoints", listed_after_one_was_added)
    await endpoints.push_all()
    monkeypatch.setattr(cache, "reload_extension", pushed_before_it_is_known)
    await extensions.add(ADMIN, _new("acme", "102"))
    assert {name for kind, name in asterisk.objects if kind == "endpoint"} == {"101", "102"}
    await extensions.remove(ADMIN, account.id, "101")
    assert extensions.endpoint_names() == ["102"]


async def test_browsers_have_an_endpoint_of_their_own_and_are_the_same_extension(
    extensions: Extensions, asterisk: FakeConfiguration, cache: SettingsCache, account: Account, database: Database
) -> None:
    ann = await extensions.add(ADMIN, _new("acme", name="Ann"))
    assert ("endpoint", "web-101") not in asterisk.objects
    changed = await extensions.equip(ADMIN, account.id, "101", PhoneFields(webrtc=True, max_contacts=3))
    assert asterisk.objects["endpoint", "web-101"]["webrtc"] == "yes"
    assert asterisk.objects["endpoint", "web-101"]["callerid"] == '"Ann" <101>'
    assert asterisk.objects["auth", "web-101"]["password"] == ann.password
    assert {asterisk.objects["aor", name]["max_contacts"] for name in ("101", "web-101")} == {"3"}
    assert cache.extension_of("web-101") == cache.extension_of("101") == changed
    assert extensions.endpoint_names() == ["101", "web-101"]
    again = await extensions.equip(ADMIN, account.id, "101", PhoneFields(webrtc=False, password="another password"))
    assert ("endpoint", "web-101") not in asterisk.objects and cache.extension_of("web-101") is None
    assert asterisk.objects["auth", "101"]["password"] == again.password == "another password"
    entries = await database.read(lambda conn: audit.of(conn, account.id))
    assert [one.after for one in entries if one.what == "extension.changed"] == [
        {"webrtc": False, "password": "***"}, {"max_contacts": 3, "webrtc": True},
    ]  # fmt: skip
    assert "another password" not in msgspec.json.encode(entries).decode()
