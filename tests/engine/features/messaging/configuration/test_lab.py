"""The lab's SMSC: there at first, with every number while it is alone, with its own ones beside another."""

from pathlib import Path

import pytest

from engine.features.messaging.configuration.smscs import LAB, Live, Smscs
from engine.features.messaging.model import Smsc
from engine.media import Prompts
from engine.net import Net
from engine.platform.audit import SYSTEM
from engine.platform.platform import Platform
from engine.tasks.secret import Seal


class NoLinks:
    def live(self, smsc: str) -> Live:
        return Live("down")


@pytest.fixture
async def platform(tmp_path: Path):
    net = Net()
    prompts = Prompts(net, tmp_path / "prompts")
    platform = Platform.at(f"sqlite:///{tmp_path}/c.db", "carillon-0", prompts, tmp_path, Seal("a secret"))
    await platform.database.migrate()
    await platform.writer.claim()
    yield platform
    await platform.writer.stop()
    await platform.database.close()
    await net.close()


@pytest.fixture
def smscs(platform: Platform) -> Smscs:
    async def changed() -> None:
        pass

    return Smscs(platform, changed, NoLinks())


async def routes(smscs: Smscs) -> list[tuple[str, str]]:
    return sorted((route.prefix, route.smsc) for route in await smscs.routes())


async def test_alone_the_lab_carries_every_number(smscs: Smscs) -> None:
    await smscs.ensure_lab(2775, "one")
    assert await routes(smscs) == [("", LAB), ("1201555", LAB)]


async def test_beside_another_smsc_the_lab_keeps_its_numbers_and_no_others(smscs: Smscs) -> None:
    await smscs.ensure_lab(2775, "one")
    carrier = Smsc(name="acme", host="smpp.example.com", port=2775, system_id="me", password="pw")
    await smscs.add(SYSTEM, carrier, prefixes=["44"])
    await smscs.ensure_lab(2775, "one")
    assert await routes(smscs) == [("1201555", LAB), ("44", "acme")], "a text to any other number is refused, not lost"
    await smscs.remove(SYSTEM, "acme")
    assert await routes(smscs) == [("", LAB), ("1201555", LAB)]


async def test_a_new_password_of_the_lab_is_taken_and_its_routes_stay(smscs: Smscs) -> None:
    await smscs.ensure_lab(2775, "one")
    await smscs.remove_route(SYSTEM, "", "", LAB)
    await smscs.ensure_lab(2776, "two")
    (view,) = await smscs.list()
    assert (view.smsc.port, view.smsc.password) == (2776, "two")
    assert await routes(smscs) == [("1201555", LAB)]
