"""A Sinch customer's two servers: the second is asked where the first one fails, and alone while it keeps failing."""

import pytest

from api.lab import Lab
from tests.clients.sinch.customer import Customer
from tests.clients.sinch.script import HANG_UP, connect, ending, going_on, play, svaml
from tests.clients.sinch.server import Reply, SinchServer
from tests.support import people
from tests.support.far_end import assert_melody
from tests.support.sink import Sink


@pytest.mark.parametrize("reply", [Reply.error(500), Reply.error(404), Reply.error(503)], ids=("500", "404", "503"))
async def test_where_the_first_server_fails_the_second_is_asked_the_same(
    customer: Customer, fallback: SinchServer, network: Lab, sink: Sink, reply: Reply
) -> None:
    customer.server.answers(ice=reply)
    fallback.answers(ice=ending(play(sink.tone(500, 0.6))))
    await network.dial(customer.number, people.LISTENS, seconds=15)
    ice = await fallback.until("ice")
    assert ice.path == "/fallback"
    (failed,) = customer.server.taken("ice")
    assert ice.body == failed.body, "the same question"
    assert_melody((await customer.far(ice.call)).heard, 500)


async def test_a_server_that_hangs_is_given_five_seconds(
    customer: Customer, fallback: SinchServer, network: Lab, sink: Sink
) -> None:
    customer.server.answers(ice=Reply(never=True))
    fallback.answers(ice=ending(play(sink.tone(500, 0.6))))
    await network.dial(customer.number, people.LISTENS, seconds=20)
    ice = await fallback.until("ice")
    (hanging,) = customer.server.taken("ice")
    assert 4.5 < ice.at - hanging.at < 6.5
    assert_melody((await customer.far(ice.call)).heard, 500)


async def test_each_event_tries_the_first_server_first(customer: Customer, fallback: SinchServer, network: Lab) -> None:
    customer.server.answers(ice=Reply.error(500), ace=going_on())
    fallback.answers(ice=svaml(action=connect(people.LISTENS)))
    await network.dial(customer.number, people.LISTENS, seconds=2)
    await customer.server.until("dice")
    assert customer.server.kinds() == ["ice", "ace", "dice"]
    assert fallback.kinds() == ["ice"]


async def test_the_end_is_told_to_the_second_server_where_the_first_fails(
    customer: Customer, fallback: SinchServer, network: Lab
) -> None:
    customer.server.answers(ice=svaml(action=HANG_UP), dice=Reply.error(500))
    await network.dial(customer.number, people.LISTENS, seconds=15)
    dice = await fallback.until("dice")
    assert dice.body == customer.server.taken("dice")[0].body


async def test_after_three_failures_in_a_row_the_second_server_is_asked_at_once(
    customer: Customer, fallback: SinchServer, network: Lab, sink: Sink
) -> None:
    customer.server.answers(ice=Reply.error(500), dice=Reply.error(500))
    fallback.answers(ice=ending(play(sink.tone(500, 0.4))))
    for count in range(1, 6):
        await network.dial(customer.number, people.LISTENS, seconds=15)
        dice = await fallback.until("dice", count=count)
        assert_melody((await customer.far(dice.call)).heard, 500)
    asked = [one.call for one in fallback.taken("ice")]
    assert len(asked) == 5
    assert [one.call for one in customer.server.taken("ice")] == asked[:3], "the fourth goes straight to the second"


async def test_three_failures_count_only_in_a_row(customer: Customer, fallback: SinchServer, network: Lab) -> None:
    refused, failed = svaml(action=HANG_UP), Reply.error(500)
    customer.server.answers(ice=[failed, failed, refused, failed, failed, refused])
    fallback.answers(ice=refused)
    for count in range(1, 7):
        await network.dial(customer.number, people.LISTENS, seconds=15)
        await customer.server.until("dice", count=count)
    assert len(customer.server.taken("ice")) == 6, "an answer in between forgives"
    assert len(fallback.taken("ice")) == 4


async def test_an_ice_that_nobody_answers_is_an_apology_and_the_end(customer: Customer, network: Lab) -> None:
    customer.server.answers(ice=Reply.error(500))
    await network.dial(customer.number, people.LISTENS, seconds=20)
    dice = await customer.server.until("dice")
    assert dice["reason"] == "CALLBACKERROR"
    assert (await customer.far(dice.call)).heard.level > -45, "something is said before it ends"


async def test_a_call_without_any_callback_url_is_an_apology_and_the_end(customer: Customer, network: Lab) -> None:
    await customer.ask("POST", f"/v1/configuration/callbacks/applications/{customer.credentials.key}", {"url": {}})
    dialled = await network.dial(customer.number, people.LISTENS, seconds=20)
    assert (await customer.over(dialled.call_id))["state"] == "ended"
    assert customer.server.received == []
