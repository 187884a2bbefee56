"""What Asterisk kept of lines, and what the store says of them: after a push the two are the same."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from engine.ari.client import AriClient
from engine.features.endpoints import extension as extensions
from engine.features.endpoints.provisioner import Piece, Provisioner
from engine.features.errors import NotProvisioned
from engine.features.trunks import trunk as trunks
from engine.store.extensions import Extension
from tests.api.own.asterisk import FakeConfiguration

PHONE = Extension(number="100", sip_user="100", account="acct-1", name="Ann", password="s3cret-s3cret")
TRUNK = msgspec.structs.replace(trunks.lab("192.0.2.10", 5060), name="itsp", username="me", password="x", register=True)
LINES = (extensions.pieces(PHONE), trunks.pieces(TRUNK))


@pytest.fixture
async def asterisk() -> AsyncIterator[FakeConfiguration]:
    async with FakeConfiguration() as fake:
        yield fake


@pytest.fixture
async def provisioner(asterisk: FakeConfiguration) -> AsyncIterator[Provisioner]:
    async with AriClient(asterisk.url, "carillon", "secret", "carillon-0") as client:
        yield Provisioner(client)


def fields_of(asterisk: FakeConfiguration, *lines: list[Piece]) -> dict[tuple[str, str], dict[str, str]]:
    """What is there of these lines, without the mark of our own."""
    ids = {line[-1].id for line in lines}
    found = {key: dict(fields) for key, fields in asterisk.objects.items() if key[1] in ids}
    for fields in found.values():
        fields.pop("@carillon")
    return found


def wanted(*lines: list[Piece]) -> dict[tuple[str, str], dict[str, str]]:
    return {(piece.kind, piece.id): piece.fields for line in lines for piece in line}


async def push(provisioner: Provisioner, *lines: list[Piece]) -> None:
    for line in lines:
        await provisioner.put(line)


async def test_lines_that_are_as_they_should_be_are_left_alone(
    provisioner: Provisioner, asterisk: FakeConfiguration
) -> None:
    await push(provisioner, *LINES)
    assert fields_of(asterisk, *LINES) == wanted(*LINES)
    asterisk.changes.clear()
    await push(provisioner, *LINES)
    assert asterisk.changes == []


async def test_callers_of_a_trunk_are_known_after_a_restart_and_phones_stay_registered(
    provisioner: Provisioner, asterisk: FakeConfiguration
) -> None:
    await push(provisioner, *LINES)
    asterisk.restart()
    asterisk.changes.clear()
    await push(provisioner, *LINES)
    assert fields_of(asterisk, *LINES) == wanted(*LINES)
    assert asterisk.changes == [("DELETE", "endpoint", "trunk-itsp"), ("PUT", "endpoint", "trunk-itsp")]


async def test_all_addresses_of_a_trunk_are_known_again_after_a_restart(
    provisioner: Provisioner, asterisk: FakeConfiguration
) -> None:
    line = trunks.pieces(TRUNK, "203.0.113.0/28,198.51.100.7:5062,192.0.2.10")
    await push(provisioner, line)
    asterisk.changes.clear()
    await push(provisioner, line)
    assert asterisk.changes == [], "what is as it should be is left alone"
    asterisk.restart()
    assert asterisk.objects["identify", "trunk-itsp"]["match"] == "192.0.2.10", "the host at least"
    await push(provisioner, line)
    assert fields_of(asterisk, line) == wanted(line)


async def test_an_endpoint_that_is_made_anew_does_not_go_with_the_old_one(
    provisioner: Provisioner, asterisk: FakeConfiguration
) -> None:
    await push(provisioner, *LINES)
    asterisk.restart()
    await push(provisioner, *LINES)
    assert set(await provisioner.states()) == {"100", "trunk-itsp"}
    await provisioner.take_out("100")
    await push(provisioner, *LINES)
    assert set(await provisioner.states()) == {"100", "trunk-itsp"}


async def test_what_an_earlier_version_left_is_replaced_field_by_field(
    provisioner: Provisioner, asterisk: FakeConfiguration
) -> None:
    for key, fields in wanted(*LINES).items():
        asterisk.objects[key] = {**fields, "stale": "yes"}
    await push(provisioner, *LINES)
    assert fields_of(asterisk, *LINES) == wanted(*LINES)


async def test_only_what_changed_is_made_anew(provisioner: Provisioner, asterisk: FakeConfiguration) -> None:
    await push(provisioner, *LINES)
    asterisk.changes.clear()
    changed = extensions.pieces(msgspec.structs.replace(PHONE, password="other-s3cret"))
    await provisioner.put(changed)
    assert asterisk.changes == [("DELETE", "auth", "100"), ("PUT", "auth", "100")]
    assert fields_of(asterisk, changed) == wanted(changed)


async def test_what_a_line_does_not_have_any_more_is_removed(
    provisioner: Provisioner, asterisk: FakeConfiguration
) -> None:
    await push(provisioner, *LINES)
    plain = trunks.pieces(msgspec.structs.replace(TRUNK, username=None, password=None, register=False))
    await provisioner.put(plain)
    assert fields_of(asterisk, plain) == wanted(plain)


async def test_the_addresses_of_a_host_s_name_are_looked_up_again(
    provisioner: Provisioner, asterisk: FakeConfiguration
) -> None:
    named = trunks.pieces(msgspec.structs.replace(TRUNK, host="sip.example.com"))
    await provisioner.put(named)
    asterisk.changes.clear()
    await provisioner.put(named)
    assert asterisk.changes == [("DELETE", "identify", "trunk-itsp"), ("PUT", "identify", "trunk-itsp")]


async def test_a_line_that_was_removed_by_half_is_found_again(
    provisioner: Provisioner, asterisk: FakeConfiguration
) -> None:
    await push(provisioner, *LINES)
    await provisioner.take_out("trunk-itsp")
    assert [kind for _, kind, _ in asterisk.changes][-1] == "endpoint", "strangers are found by their endpoint"


async def test_what_asterisk_refuses_is_said(provisioner: Provisioner, asterisk: FakeConfiguration) -> None:
    asterisk.refused.add("aor")
    with pytest.raises(NotProvisioned, match="Asterisk refused the aor 100: failed field value validation"):
        await provisioner.put(LINES[0])


def test_a_phone_is_answered_by_what_it_registered_by_and_its_nat_is_kept_open() -> None:
    fields = {piece.kind: piece.fields for piece in extensions.pieces(PHONE)}
    assert not {"transport", "media_address"} & fields["endpoint"].keys()
    assert 24 <= int(fields["aor"]["qualify_frequency"]) < 30


def test_a_phone_s_rtp_comes_to_the_one_address_that_is_set() -> None:
    fields = {piece.kind: piece.fields for piece in extensions.pieces(PHONE, "10.0.0.5")}["endpoint"]
    assert (fields["media_address"], fields["bind_rtp_to_media_address"]) == ("10.0.0.5", "yes")
