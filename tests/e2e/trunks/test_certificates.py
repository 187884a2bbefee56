"""TLS with certificates that change: new calls have the new ones, calls that are up go on, and nothing old is left."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from api.lab import Lab
from tests.e2e.trunks.test_settings import call_of
from tests.support import people
from tests.support.carillon import Account, Admin, Command, Own
from tests.support.lab_carriers import LabCarriers
from tests.support.ports import unused_port
from tests.support.scenario import LabEars, call_ended, in_state
from tests.support.sink import Sink
from tests.support.system import System
from tests.support.tls_carrier import Authority, TlsCarrier

pytestmark = pytest.mark.xdist_group("carrier-tls")
ADDRESS, PREFIX = "127.0.99.16", "19978898"


class Kept:
    """What Asterisk has of transports of TLS, and the files of their keys."""

    def __init__(self, system: System) -> None:
        self._system, self._asterisk = system, system.container("asterisk")

    async def transports(self) -> list[str]:
        """The names of transports that trunks brought."""
        shown = await self._system.docker("exec", self._asterisk, "asterisk", "-rx", "pjsip show transports")
        return [line.split()[1] for line in shown.splitlines() if line.startswith("Transport:  transport-tls-")]

    async def keys(self) -> str:
        """All keys that are on its volume."""
        folder = "/var/lib/carillon/certificates"
        return await self._system.docker("exec", self._asterisk, "sh", "-c", f"cat {folder}/*.key")


@pytest.fixture
def kept(system: System) -> Kept:
    return Kept(system)


@pytest.fixture
async def trunk(admin: Admin, account: Account) -> AsyncIterator[dict[str, Any]]:
    """The fields of a trunk, which is removed at the end; numbers that begin with PREFIX are its."""
    fields = {"name": f"tls-{secrets.token_hex(3)}", "host": ADDRESS, "port": unused_port(ADDRESS), "prefix": PREFIX}
    await admin.ask("POST", f"accounts/{account.name}/prefixes", {"prefix": f"+{PREFIX}"})
    yield fields
    if any(one["name"] == fields["name"] for one in (await admin.ask("GET", "trunks"))["trunks"]):
        await admin.ask("DELETE", f"trunks/{fields['name']}")


async def test_a_certificate_or_an_authority_that_is_changed_counts_for_the_next_call_and_nothing_old_is_left(
    admin: Admin, own: Own, trunk: dict[str, Any], kept: Kept, tmp_path: Path
) -> None:
    clients, old, new = Authority("clients"), Authority("old"), Authority("new")
    first, second = clients.of("first"), clients.of("second")
    others = set(await kept.transports())

    async def change(**signalling: Any) -> None:
        await admin.ask("PATCH", f"trunks/{trunk['name']}", {"signalling": signalling})

    signalling = {"transport": "tls", "options_seconds": 0, "ca": old.certificate}
    signalling |= {"certificate": first.certificate, "key": first.key}
    await admin.ask("POST", "trunks", trunk | {"signalling": signalling})
    async with TlsCarrier(ADDRESS, trunk["port"], old.of("carrier", ADDRESS), clients, tmp_path) as carrier:
        assert (await call_of(own, f"{PREFIX}001"))["cause"] == "busy"
        await change(certificate=second.certificate, key=second.key)
        assert (await call_of(own, f"{PREFIX}001"))["cause"] == "busy"
        assert carrier.callers == ["first", "second"]
    keys = await kept.keys()
    assert second.key in keys and first.key not in keys
    async with TlsCarrier(ADDRESS, trunk["port"], new.of("carrier", ADDRESS), clients, tmp_path) as carrier:
        assert (await call_of(own, f"{PREFIX}001"))["cause"] != "busy", "nobody whom we know signed that one"
        await change(ca=new.certificate)
        assert (await call_of(own, f"{PREFIX}001"))["cause"] == "busy"
        assert carrier.callers == ["second"]
    assert len(set(await kept.transports()) - others) == 1
    await admin.ask("DELETE", f"trunks/{trunk['name']}")
    assert set(await kept.transports()) == others
    assert second.key not in await kept.keys()


async def test_a_call_that_is_up_goes_on_with_the_certificate_that_it_began_with(
    carillon: Command, admin: Admin, account: Account, network: Lab, own: Own, sink: Sink, lab: LabEars, tmp_path: Path
) -> None:
    carriers = LabCarriers(carillon, admin, account, network, tmp_path)
    async with carriers.connected("tls") as trunk:
        callee = await trunk.person(people.LISTENS)
        tones = [{"kind": "play", "source": sink.tone(hz, 1.0)} for hz in (620, 830)]
        tasks = [tones[0], {"kind": "pause", "seconds": 6}, tones[1], {"kind": "hang_up"}]
        status, placed = await own.ask("POST", "calls", json={"callee": callee, "tasks": tasks})
        assert status == 201, placed
        await in_state(own, placed["id"], "answered")
        for name in ("one", "two"):
            signed = Authority("clients").of(name)
            given = {"certificate": signed.certificate, "key": signed.key}
            await admin.ask("PATCH", f"trunks/{trunk.trunk}", {"signalling": given})
        during = await call_of(own, await trunk.person(people.SPEAKS_440))
        assert during["answered"] is not None, during
        ended = await call_ended(own, placed["id"], within=30)
        assert (ended["cause"], ended["hung_up_by"]) == ("normal", "us"), ended
        far = await lab.at(ended["sip_call_id"])
        assert far.heard.has(620) and far.heard.has(830)
