"""Faxes by a carrier that offers T.38: over it where the trunk allows that, else as sound."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from api.lab import Lab
from tests.e2e.conftest import worker
from tests.e2e.fax.test_faxes import WITHIN, arrived, becomes, drawn, send
from tests.support import people
from tests.support.carillon import Account, Admin, Command, Own
from tests.support.lab_carriers import LabCarriers
from tests.support.scenario import until

pytestmark = pytest.mark.xdist_group("carrier-fax")


@pytest.fixture
async def carriers(
    carillon: Command, admin: Admin, account: Account, network: Lab, tmp_path: Path
) -> AsyncIterator[LabCarriers]:
    yield LabCarriers(carillon, admin, account, network, tmp_path)


OFFERS = ("fax", ("--t38",), True)
WE_REFUSE = ("fax", (), False)
REFUSES = ("domain", ("--t38",), False)
WAYS = [OFFERS, WE_REFUSE, REFUSES]
IDS = ["over-t38", "the-trunk-does-not-allow-it", "the-carrier-refuses-it"]


@pytest.mark.parametrize(("carrier", "options", "t38"), WAYS, ids=IDS)
async def test_a_fax_goes_out_by_a_carrier_of_t38(
    own: Own, carriers: LabCarriers, carrier: str, options: tuple[str, ...], t38: bool
) -> None:
    document, pages = drawn(2)
    async with carriers.connected(carrier, *options) as trunk:
        fax = await send(own, document, await trunk.person(people.TAKES_FAXES), header=False, retries=0)
        done = await becomes(own, fax["id"], "sent", "failed")
        assert (done["state"], done["confirmed"], done["t38"]) == ("sent", 2, t38), done
        assert [page.tobytes() for page in await arrived(own, done)] == [page.tobytes() for page in pages]


@pytest.mark.parametrize(("carrier", "options", "t38"), WAYS, ids=IDS)
async def test_a_fax_comes_in_by_a_carrier_of_t38(
    own: Own,
    account: Account,
    admin: Admin,
    carriers: LabCarriers,
    network: Lab,
    carrier: str,
    options: tuple[str, ...],
    t38: bool,
) -> None:
    line = f"44{worker():02d}{secrets.randbelow(10**7):07d}"
    await admin.ask("POST", "numbers", {"number": line, "account": account.name, "to": "fax"})
    async with carriers.connected(carrier, *options):
        await network.dial(line, as_=people.SENDS_A_FAX, seconds=90, trunk=carrier)

        async def listed() -> list[dict[str, Any]]:
            return [each for each in (await own.ask("GET", "faxes?way=in"))[1]["faxes"] if each["own"] == line]

        (fax,) = await until(listed, lambda found: len(found) == 1, WITHIN, "the fax is there")
        assert (fax["state"], fax["pages"], fax["t38"]) == ("received", 2, t38), fax
    await admin.ask("DELETE", f"numbers/{line}")
