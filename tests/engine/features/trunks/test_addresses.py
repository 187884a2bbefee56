"""The addresses of trunks' names: remembered, looked up when they expire, refused where there is none."""

import asyncio

import pytest

from engine.features.errors import InvalidSetting
from engine.features.trunks.addresses import KEPT_SECONDS, LONGEST_PAUSE, AddressRefresh, TrunkAddresses
from engine.features.trunks.names import Answer
from engine.features.trunks.sources import NOWHERE
from engine.features.trunks.store import HostAddresses
from engine.store.database import Database
from engine.store.trunks import Trunk
from engine.store.writer import Writer
from tests.support.known_names import KnownNames

NAMED = Trunk(name="named", host="Sip.Example.com", port=0)
ONE = Answer(("192.0.2.1",), seconds=60)
BY_SRV = Answer((), ("192.0.2.11", "192.0.2.12"), (("a.example.com", 5070), ("b.example.com", 5080)), 20)


class Time:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def answering(answer: Answer) -> KnownNames:
    return KnownNames({"sip.example.com": answer})


async def test_a_name_is_asked_again_only_when_its_answer_has_expired() -> None:
    names, time = answering(ONE), Time()
    addresses = TrunkAddresses(names=names, clock=time)
    assert await addresses.match(NAMED) == "192.0.2.1"
    time.now = 59
    names.answers["sip.example.com"] = Answer(("192.0.2.2",), seconds=60)
    assert (await addresses.match(NAMED), addresses.pause()) == ("192.0.2.1", 1)
    time.now = 60
    assert await addresses.match(NAMED) == "192.0.2.1,192.0.2.2"
    assert names.asked == ["sip.example.com"] * 2


async def test_an_address_that_a_name_has_no_more_is_kept_for_a_while() -> None:
    names, time = answering(ONE), Time()
    addresses = TrunkAddresses(names=names, clock=time)
    await addresses.match(NAMED)
    names.answers.clear()
    time.now = KEPT_SECONDS
    assert await addresses.match(NAMED) == "192.0.2.1"
    time.now = KEPT_SECONDS + 31
    assert await addresses.match(NAMED) == NOWHERE


async def test_the_targets_of_srv_records_are_addresses_that_calls_come_from() -> None:
    addresses = TrunkAddresses(names=answering(BY_SRV))
    await addresses.check(NAMED)
    assert await addresses.match(NAMED) == "192.0.2.11,192.0.2.12"


async def test_a_port_beside_a_name_that_has_srv_records_only_is_refused() -> None:
    addresses = TrunkAddresses(names=answering(BY_SRV))
    with pytest.raises(InvalidSetting, match=r"port must be left out: sip.example.com .*SRV.* \(got 5060\)"):
        await addresses.check(Trunk(name="named", host="Sip.Example.com", port=5060))
    both = TrunkAddresses(names=answering(BY_SRV._replace(addresses=("192.0.2.10",))))
    await both.check(Trunk(name="named", host="Sip.Example.com", port=5060))


async def test_a_name_without_an_address_is_refused_by_what_it_is() -> None:
    addresses = TrunkAddresses(names=KnownNames())
    with pytest.raises(InvalidSetting, match=r"The host of a trunk must have .* \('sip.example.com' has none\)"):
        await addresses.check(NAMED)
    with pytest.raises(InvalidSetting, match=r"Where a trunk's calls come from must .* \('gone.example' has none\)"):
        await addresses.check(Trunk(name="one", host="192.0.2.1", sources="gone.example"))


async def test_the_carrier_s_place_is_its_address_or_that_of_a_target() -> None:
    names = KnownNames({"sip.example.com": BY_SRV, "a.example.com": Answer(("192.0.2.11",))})
    assert await TrunkAddresses(names=names).place(NAMED) == ("192.0.2.11", 5070)
    assert await TrunkAddresses(names=answering(ONE)).place(NAMED) == ("192.0.2.1", 5060)
    assert await TrunkAddresses().place(Trunk(name="one", host="192.0.2.1", port=5070)) == ("192.0.2.1", 5070)


async def test_names_of_trunks_that_are_gone_are_not_asked_again() -> None:
    addresses = TrunkAddresses(names=answering(ONE), clock=Time())
    await addresses.match(NAMED)
    addresses.forget([])
    assert addresses.pause() == LONGEST_PAUSE


async def test_the_names_are_refreshed_when_the_first_expires_also_one_that_came_later() -> None:
    names, done = answering(ONE), asyncio.Event()
    addresses = TrunkAddresses(names=names)
    await addresses.match(NAMED)

    async def refresh() -> None:
        done.set()
        await addresses.match(NAMED)

    refreshing = AddressRefresh(addresses, refresh)
    await refreshing.start()
    try:
        await asyncio.sleep(0)
        assert not done.is_set()
        names.answers["soon.example"] = Answer(("192.0.2.9",), seconds=0.05)
        await addresses.match(Trunk(name="soon", host="soon.example", port=0))
        await asyncio.wait_for(done.wait(), 5)
    finally:
        await refreshing.stop()


class Book:
    """What outlives a restart."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[str, ...]] = {}

    async def read(self) -> dict[str, tuple[str, ...]]:
        return dict(self.known)

    def write(self, name: str, addresses: tuple[str, ...]) -> None:
        self.known = {name: known for name, known in {**self.known, name: addresses}.items() if known}


DOWN = Answer(failed=True)


async def test_a_name_has_its_last_addresses_while_the_name_servers_do_not_answer() -> None:
    names, time = answering(ONE), Time()
    addresses = TrunkAddresses(names=names, clock=time)
    await addresses.match(NAMED)
    names.answers["sip.example.com"] = DOWN
    time.now = 10 * KEPT_SECONDS
    assert await addresses.match(NAMED) == "192.0.2.1"
    said = "The name servers do not answer for sip.example.com: its last addresses are used (192.0.2.1)."
    assert addresses.warnings(NAMED) == [said]
    await addresses.check(NAMED)  # so a trunk can be changed
    names.answers["sip.example.com"] = Answer(("192.0.2.2",), seconds=60)
    time.now += 31
    assert await addresses.match(NAMED) == "192.0.2.2", "the old one was seen long ago"
    assert addresses.warnings(NAMED) == []


async def test_a_restarted_controller_knows_the_last_addresses_though_no_name_server_answers() -> None:
    names, book = answering(BY_SRV), Book()
    before = TrunkAddresses(names=names, kept=book)
    await before.read()
    await before.match(NAMED)
    assert book.known == {"sip.example.com": ("192.0.2.11", "192.0.2.12")}
    names.answers["sip.example.com"] = DOWN
    after, time = TrunkAddresses(names=names, kept=book, clock=Time()), Time()
    await after.read()
    assert after.warnings(NAMED) == [], "it is not known yet whether they answer"
    assert await after.match(NAMED) == "192.0.2.11,192.0.2.12"
    assert "do not answer for sip.example.com" in after.warnings(NAMED)[0]
    names.answers.clear()  # the servers answer, and know no such name
    gone = TrunkAddresses(names=names, kept=book, clock=time)
    await gone.read()
    assert await gone.match(NAMED) == "192.0.2.11,192.0.2.12"
    time.now = KEPT_SECONDS + 31
    assert await gone.match(NAMED) == NOWHERE and book.known == {}
    assert "has no address" in gone.warnings(NAMED)[0] and "know none" in gone.warnings(NAMED)[0]


async def test_what_is_kept_of_a_name_goes_with_its_last_trunk() -> None:
    book = Book()
    addresses = TrunkAddresses(names=answering(ONE), kept=book)
    await addresses.match(NAMED)
    addresses.forget([])
    assert book.known == {}


async def test_the_last_addresses_are_in_the_database(database: Database, writer: Writer) -> None:
    kept = HostAddresses(database, writer)
    kept.write("a.example", ("192.0.2.1", "2001:db8::1"))
    kept.write("b.example", ("192.0.2.2",))
    kept.write("b.example", ("192.0.2.3",))
    kept.write("c.example", ("192.0.2.4",))
    kept.write("c.example", ())
    await writer.write(lambda conn: None)
    assert await kept.read() == {"a.example": ("192.0.2.1", "2001:db8::1"), "b.example": ("192.0.2.3",)}
