"""Who is sent when: carriers do not wait for one another, accounts take turns, each at its pace."""

import asyncio
from collections import Counter

import pytest

from engine.features.messaging.carrier import Accepted
from engine.features.messaging.model import NewMessage, State
from engine.store.accounts import Account
from tests.engine.features.messaging.sending.exchange import NOW, OWN, UK, US, Exchange
from tests.support.clock import settled

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OTHER = "12015550102"


@pytest.fixture
async def other(exchange: Exchange) -> Account:
    """Another account, with a number for texts of its own."""
    account = await exchange.add_account("other", OTHER)
    await exchange.set_rules(per_second=1000, account=account.id)
    await exchange.reload()
    return account


def times_of(exchange: Exchange) -> list[float]:
    """When each part is submitted from now on."""
    times: list[float] = []

    def noted(part: object) -> Accepted:
        times.append(exchange.clock() - NOW)
        return Accepted(str(len(times)))

    exchange.one.say = noted
    return times


async def test_a_carrier_that_hangs_does_not_slow_another(exchange: Exchange) -> None:
    await exchange.add_smsc("two")
    await exchange.add_route("44", "two")
    await exchange.reload()
    exchange.one.say = exchange.one.silent
    hung = [await exchange.send(US) for _ in range(100)]
    through = [await exchange.send(UK) for _ in range(50)]
    await exchange.pass_seconds(1)
    assert {await exchange.state(text) for text in through} == {State.SENT}
    assert {await exchange.state(text) for text in hung} == {State.QUEUED}
    assert len(exchange.one.submitted) == 20, "no more are on their way than twice the window"


async def test_what_an_account_has_queued_does_not_delay_another_one(exchange: Exchange, other: Account) -> None:
    await exchange.change_smsc("one", per_second=20)
    for _ in range(500):
        await exchange.send()
    await exchange.pass_seconds(5)
    text = await exchange.messages.send(other.id, NewMessage(to=US, text="Hello."))
    await exchange.pass_seconds(0.5)
    assert await exchange.state(text) == State.SENT
    assert await exchange.messages.counts(exchange.account.id) != {State.SENT: 500}


async def test_accounts_share_a_carrier_evenly(exchange: Exchange, other: Account) -> None:
    exchange.one.up(up=False)
    for _ in range(200):
        await exchange.send()
    for _ in range(40):
        await exchange.messages.send(other.id, NewMessage(to=US, text="Hello."))
    await exchange.change_smsc("one", per_second=50)
    exchange.one.up()
    await exchange.pass_seconds(1.2)
    counted = Counter(part.sender for part in exchange.one.submitted)
    assert counted.total() >= 55 and abs(counted[OTHER] - counted[OWN]) <= 2


async def test_a_carrier_gets_no_more_a_second_than_its_pace(exchange: Exchange) -> None:
    await exchange.change_smsc("one", per_second=25)
    times = times_of(exchange)
    for _ in range(100):
        await exchange.send()
    await exchange.pass_seconds(10)
    assert len(times) == 100 and 3.8 <= times[-1] <= 4.6
    assert max(sum(start <= time < start + 1 for time in times) for start in times) <= 27


async def test_an_account_sends_no_more_a_second_than_its_pace(exchange: Exchange) -> None:
    await exchange.set_rules(per_second=4)
    await exchange.reload()
    times = times_of(exchange)
    for _ in range(20):
        await exchange.send()
    await exchange.pass_seconds(10)
    assert len(times) == 20 and 4.5 <= times[-1] <= 5.5


async def test_the_pace_of_one_account_does_not_hold_up_another(exchange: Exchange, other: Account) -> None:
    await exchange.set_rules(per_second=1)
    await exchange.reload()
    for _ in range(20):
        await exchange.send()
        await exchange.messages.send(other.id, NewMessage(to=US, text="Hello."))
    await exchange.pass_seconds(1)
    assert await exchange.messages.counts(other.id) == {State.SENT: 20}


async def test_nothing_is_done_while_nothing_is_due(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    await exchange.send(at=NOW + 3600)
    await settled()
    writes = 0
    write = exchange.writer.write

    async def counted(*args: object, **more: object) -> object:
        nonlocal writes
        writes += 1
        return await write(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(exchange.writer, "write", counted)
    await exchange.pass_seconds(100)
    assert writes == 0


async def test_a_text_to_a_phone_waits_for_its_registration_and_leaves_at_once_then(exchange: Exchange) -> None:
    for number in ("101", "102"):
        await exchange.add_extension(number, f"acme-{number}")
    await exchange.reload()
    exchange.phones.registrations.add("acme-102")
    waiting = [await exchange.send("101") for _ in range(3)]
    through = await exchange.send("102")
    await exchange.pass_seconds(60)
    assert exchange.phones.parts == ["acme-102.1"] and await exchange.state(through) == State.SENT
    exchange.phones.registrations.add("acme-101")
    await settled()
    assert [await exchange.state(text) for text in waiting] == [State.SENT] * 3


async def test_texts_of_a_disabled_account_wait_until_it_is_enabled(exchange: Exchange, other: Account) -> None:
    text = await exchange.send(at=NOW + 10)
    await exchange.disable()
    await exchange.pass_seconds(20)
    assert (await exchange.get(text)).reason == "The account is disabled."
    await exchange.disable(disabled=False)
    await settled()
    assert await exchange.state(text) == State.SENT


async def test_a_cancelled_request_leaves_its_text_on_its_way(exchange: Exchange) -> None:
    sending = asyncio.create_task(exchange.send())
    await asyncio.sleep(0)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    await settled()
    assert exchange.one.parts == [f"{US}.1"]
    assert exchange.messages.queued(exchange.account.id) == 0
