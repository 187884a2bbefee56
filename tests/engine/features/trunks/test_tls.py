"""Transports of TLS: made when a trunk needs them, never made anew under their names, and removed with their files."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from engine.addresses import Addresses
from engine.ari.client import AriClient
from engine.features.endpoints.provisioner import Provisioner
from engine.features.errors import NotProvisioned
from engine.features.trunks.certificates import self_signed
from engine.features.trunks.tls import TlsSettings, TlsTransports
from engine.store.trunk_groups import Signalling
from tests.api.own.asterisk import FakeConfiguration
from tests.support.ports import unused_port

PLAIN = Signalling(transport="tls")
FIRST, SECOND = self_signed("first.example"), self_signed("second.example")


def with_certificate(pair: tuple[str, str]) -> Signalling:
    return Signalling(transport="tls", certificate=pair[0], key=pair[1])


class Node:
    """An Asterisk, and the controllers that come to it one after the other."""

    def __init__(self, asterisk: FakeConfiguration, provisioner: Provisioner, folder: Path) -> None:
        self.asterisk, self.provisioner = asterisk, provisioner
        given = {"certificate": folder / "given.pem", "key": folder / "given.key"}
        self.settings = TlsSettings(folder=folder / "certificates", port=unused_port(), **given)

    def controller(self, **changed: object) -> TlsTransports:
        self.settings = msgspec.structs.replace(self.settings, **changed)
        return TlsTransports(self.provisioner, self.settings)

    def give(self, pair: tuple[str, str]) -> None:
        """The installation is given a certificate."""
        self.settings.certificate.write_text(pair[0])
        self.settings.key.write_text(pair[1])

    def restart_asterisk(self) -> None:
        """It keeps transports in memory alone."""
        for name in self.transports:
            del self.asterisk.objects["transport", name]

    @property
    def transports(self) -> dict[str, dict[str, str]]:
        return {name: fields for (kind, name), fields in self.asterisk.objects.items() if kind == "transport"}

    def texts(self, field: str) -> dict[str, str]:
        """What is in the files that the transports name."""
        return {name: Path(fields[field]).read_text() for name, fields in self.transports.items()}

    @property
    def keys(self) -> list[str]:
        return [file.read_text() for file in self.settings.folder.glob("*.key")]


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with FakeConfiguration() as asterisk, AriClient(asterisk.url, "carillon", "secret", "carillon-0") as client:
        yield Node(asterisk, Provisioner(client), tmp_path)


async def test_what_trunks_share_is_made_once_and_what_is_not_used_any_more_goes_with_its_key(node: Node) -> None:
    tls, first, second = node.controller(), with_certificate(FIRST), with_certificate(SECOND)
    assert [await tls.of(each) for each in (PLAIN, first)] == ["transport-tls", "transport-tls-1"]
    assert await tls.of(first) == "transport-tls-1"
    assert node.texts("priv_key_file")["transport-tls-1"] == FIRST[1]
    assert await tls.of(second) == "transport-tls-2"
    await tls.keep([PLAIN, second])
    assert list(node.transports) == ["transport-tls", "transport-tls-2"]
    assert FIRST[1] not in node.keys and SECOND[1] in node.keys
    with socket.socket() as listening:  # as Asterisk goes on to
        listening.bind(("127.0.0.1", node.settings.port + 1))
        assert await tls.of(first) == "transport-tls-3"
    await tls.keep([])
    assert list(node.transports) == ["transport-tls"]
    assert len(set(node.keys)) == 1, "the installation's alone"


async def test_a_restarted_controller_finds_what_is_there_and_removes_what_nobody_has(node: Node) -> None:
    before = node.controller()
    names = [await before.of(each) for each in (with_certificate(FIRST), with_certificate(SECOND))]
    changes = len(node.asterisk.changes)
    after = node.controller()
    assert await after.of(with_certificate(SECOND)) == names[1]
    assert len(node.asterisk.changes) == changes, "nothing was made anew"
    await after.keep([with_certificate(SECOND)])
    assert list(node.transports) == ["transport-tls", names[1]]


async def test_the_installation_s_new_certificate_counts_once_asterisk_is_restarted(node: Node) -> None:
    signed_by = Signalling(transport="tls", ca=FIRST[0])
    tls = node.controller()
    await tls.of(signed_by)
    made = node.texts("cert_file")
    assert made["transport-tls"] == made["transport-tls-1"]
    node.give(SECOND)
    tls = node.controller()
    with capture_logs() as logs:
        assert await tls.of(signed_by) == "transport-tls-2", "the trunk's own calls have it now"
        await tls.of(PLAIN)
    assert node.texts("cert_file")["transport-tls"] == made["transport-tls"], "nothing is made anew under its name"
    (warning,) = [each["event"] for each in logs if each["log_level"] == "warning"]
    assert warning.endswith("until Asterisk is restarted: make restart SERVICE=asterisk.")
    node.restart_asterisk()
    tls.forget()
    await tls.of(signed_by)
    await tls.keep([signed_by])
    assert set(node.texts("cert_file").values()) == {SECOND[0]} and len(node.transports) == 2
    assert set(node.keys) - {SECOND[1]} == {(node.settings.folder / "own.key").read_text()}


async def test_another_port_or_address_counts_once_asterisk_is_restarted(node: Node) -> None:
    await node.controller().of(PLAIN)
    before = dict(node.transports["transport-tls"])
    port = unused_port()
    tls = node.controller(port=port, external=Addresses("192.0.2.9"))
    await tls.of(PLAIN)
    assert node.transports["transport-tls"] == before
    node.restart_asterisk()
    tls.forget()
    await tls.of(PLAIN)
    shared = node.transports["transport-tls"]
    assert (shared["bind"], shared["external_signaling_address"]) == (f"127.0.0.1:{port}", "192.0.2.9")


async def test_a_taken_port_is_refused_with_the_setting(node: Node) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(NotProvisioned, match=r"TCP port .* is not free .* CARILLON_SIP_TLS_PORT"):
            await node.controller(port=taken.getsockname()[1]).of(PLAIN)
    assert not node.transports


async def test_each_family_of_addresses_has_transports_of_its_own_at_the_same_ports(node: Node) -> None:
    tls, first = node.controller(bind=Addresses("127.0.0.1", "::1")), with_certificate(FIRST)
    assert [await tls.of(first, family) for family in (4, 6)] == ["transport-tls-1", "transport-tls6-1"]
    port = node.settings.port
    assert {name: fields["bind"] for name, fields in node.transports.items()} == {
        "transport-tls": f"127.0.0.1:{port}", "transport-tls-1": f"127.0.0.1:{port + 1}",
        "transport-tls6": f"[::1]:{port}", "transport-tls6-1": f"[::1]:{port + 1}",
    }  # fmt: skip
    await node.controller(bind=Addresses("127.0.0.1")).keep([first])
    assert list(node.transports) == ["transport-tls", "transport-tls-1"], "SIP does not listen by IPv6 any more"
