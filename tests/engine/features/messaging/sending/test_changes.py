"""Changes of SMSCs and routes: they count at once, and no text is lost by them."""

import pytest

from engine.features.messaging.carrier import Accepted
from engine.features.messaging.configuration.smscs import Smscs
from engine.features.messaging.model import Smsc, State
from engine.platform.audit import Actor
from tests.engine.features.messaging.sending.exchange import UK, US, Exchange
from tests.support.clock import settled

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_an_smsc_that_is_added_carries_texts_at_once(exchange: Exchange) -> None:
    await exchange.feature_service(Smscs).add(
        Actor("admin", "", "admin"), Smsc(name="two", host="127.0.0.1", port=2775, system_id="c", password="p"), ["44"]
    )
    text = await exchange.send(UK)
    await settled()
    assert exchange.carriers["two"].parts == [f"{UK}.1"] and await exchange.state(text) == State.SENT


async def test_a_changed_link_is_replaced_and_a_changed_pace_is_not(exchange: Exchange) -> None:
    before = exchange.one
    await exchange.change_smsc("one", per_second=5)
    assert exchange.one is before and not before.stopped
    await exchange.change_smsc("one", host="127.0.0.2")
    assert exchange.one is not before and before.stopped
    text = await exchange.send()
    await settled()
    assert await exchange.state(text) == State.SENT


async def test_a_change_of_one_smsc_leaves_the_links_of_others_up(exchange: Exchange) -> None:
    await exchange.add_smsc("two")
    await exchange.reload()
    before = exchange.one
    await exchange.change_smsc("two", port=2776)
    assert exchange.one is before and not before.stopped


async def test_a_disabled_smsc_keeps_its_texts_until_it_is_enabled(exchange: Exchange) -> None:
    exchange.one.up(up=False)
    text = await exchange.send()
    await exchange.change_smsc("one", disabled=True)
    await exchange.pass_seconds(10)
    assert (await exchange.get(text)).reason == "It waits: the SMSC one is disabled."
    await exchange.change_smsc("one", disabled=False)
    await settled()
    assert await exchange.state(text) == State.SENT


async def test_what_waits_at_a_removed_smsc_goes_by_another_or_waits_for_a_route(exchange: Exchange) -> None:
    await exchange.add_smsc("two")
    await exchange.add_route("44", "two")
    await exchange.reload()
    exchange.one.up(up=False)
    exchange.carriers["two"].say = exchange.carriers["two"].silent
    american, british = await exchange.send(US), [await exchange.send(UK) for _ in range(3)]
    await exchange.add_route("1201", "two")
    await exchange.remove_smsc("one")
    await settled()
    assert (await exchange.get(american)).carrier == "two"
    await exchange.remove_smsc("two")
    await settled()
    assert [await exchange.state(text) for text in british] == [State.UNKNOWN] * 3, "they were on their way"
    assert await exchange.state(american) == State.UNKNOWN


async def test_a_text_whose_smsc_was_removed_waits_for_a_route(exchange: Exchange) -> None:
    exchange.one.up(up=False)
    text = await exchange.send()
    await exchange.remove_smsc("one")
    assert (await exchange.get(text)).reason == "It waits: the SMSC one was removed."
    await exchange.add_smsc("three")
    await exchange.add_route("1", "three")
    await exchange.reload()
    await settled()
    assert (await exchange.get(text)).carrier == "three" and await exchange.state(text) == State.SENT
    await exchange.receipt("1", carrier="three")
    assert await exchange.reports(text) == ["sent", "delivered"]


async def test_what_is_on_its_way_when_its_link_is_replaced_is_unknown(exchange: Exchange) -> None:
    exchange.one.say = exchange.one.silent
    text = await exchange.send()
    await settled()
    await exchange.change_smsc("one", port=2776)
    await settled()
    assert await exchange.reports(text) == ["unknown"] and exchange.one.submitted == []


async def test_a_link_that_does_not_end_holds_up_no_other_and_its_texts_are_unknown(exchange: Exchange) -> None:
    await exchange.add_smsc("two")
    await exchange.add_route("44", "two")
    await exchange.reload()
    hung = exchange.one
    hung.say = hung.silent
    hung.hangs = True
    text = await exchange.send()
    await settled()
    await exchange.change_smsc("one", port=2776)
    british = await exchange.send(UK)
    await settled()
    assert (await exchange.state(british), hung.stopped) == (State.SENT, False)
    assert await exchange.reports(text) == ["unknown"]


async def test_an_smsc_whose_settings_cannot_be_used_does_not_stop_the_others(exchange: Exchange) -> None:
    await exchange.add_smsc("broken", settings='{"window": "many"}')
    await exchange.reload()
    exchange.one.answers = [Accepted("a")]
    text = await exchange.send()
    await settled()
    assert await exchange.state(text) == State.SENT
