"""Extensions that are busy without being dialled: not to be disturbed, or in a call and without call waiting."""

import pytest

from engine.calls.admission_protocol import Route, Takes
from engine.calls.directory import Answering
from engine.events import TaskEnded
from engine.model.destination import Diversions
from engine.tasks.dial import Dial
from engine.tasks.pause import Pause
from engine.tasks.results import Completed, Dialled
from engine.tasks.ring import Ring
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange
from tests.support.ringing import dialled, led_in, ringing


@pytest.fixture
def phones(exchange: Exchange) -> None:
    for number in ("101", "102", "103"):
        exchange.admission.routes_of[number] = (Route(endpoint=f"PJSIP/{number}"),)


@pytest.mark.usefixtures("phones")
async def test_who_is_not_to_be_disturbed_is_busy_and_the_phone_hears_nothing(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange.admission.taken["101"] = Takes.NONE
    await led_in(exchange, asterisk, Dial(to="101"))
    ended = await exchange.event(TaskEnded, kind="dial")
    assert isinstance(ended.outcome, Completed) and isinstance(ended.outcome.result, Dialled)
    assert ended.outcome.result.cause == "busy"
    assert (await exchange.ended(ended.subject)).cause == "busy"
    assert dialled(asterisk) == []


@pytest.mark.usefixtures("phones")
async def test_its_calls_go_where_its_busy_calls_go(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.admission.taken["101"] = Takes.NONE
    exchange.directory.destinations["extension:102"] = Answering(account=ACCOUNT, tasks=(Dial(to="102"),))
    await led_in(exchange, asterisk, Dial(to="101", diversions=Diversions(busy="extension:102")))
    await asterisk.asked("POST", "/channels/*/dial")
    leg = next(iter(exchange.engine.registry.dialled("102"))).call
    assert leg.options and leg.options.diverted_by == "101", "the phone is told who diverted the call"


async def test_a_group_passes_it_over(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.admission.taken["102"] = Takes.NONE
    _, legs = await ringing(exchange, asterisk, Ring(members=("101", "102", "103"), seconds=30))
    await settled()
    assert sorted(dialled(asterisk)) == [legs[0], legs[2]]


@pytest.mark.usefixtures("phones")
async def test_without_call_waiting_a_second_call_finds_it_busy_and_its_own_calls_count(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange.admission.taken["101"] = Takes.ONE
    await led_in(exchange, asterisk, Dial(to="101"))
    first = (await asterisk.asked("POST", "/channels/*/dial")).path.split("/")[2]
    asterisk.picks_up(first)
    await settled()
    exchange.directory.numbers["501"] = Answering(account=ACCOUNT, tasks=(Dial(to="101"),))
    asterisk.incoming("in-2", ["inbound", "501"], number="12015550102")
    ended = await exchange.event(TaskEnded, kind="dial", times=2)
    assert (await exchange.ended(ended.subject)).cause == "busy"
    asterisk.hangs_up(first)
    await settled()
    exchange.directory.extensions["700"] = Answering(account=ACCOUNT, tasks=(Pause(seconds=60),), caller="101")
    asterisk.incoming("in-3", ["extension", "700"], name="PJSIP/101-1")
    await settled()
    asterisk.incoming("in-4", ["inbound", "501"], number="12015550102")
    ended = await exchange.event(TaskEnded, kind="dial", times=3)
    assert (await exchange.ended(ended.subject)).cause == "busy"


@pytest.mark.usefixtures("phones")
async def test_a_call_that_a_program_places_to_it_rings(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.admission.taken["101"] = Takes.NONE
    call = await exchange.dialled(callee="101")
    assert dialled(asterisk) == [call.id]
