"""A custom callout without a destination: ICE is asked at the URL that the request names, and says whom to call."""

from tests.clients.sinch.customer import Customer
from tests.clients.sinch.script import connect, cookie, ending, play, svaml
from tests.support import people
from tests.support.far_end import assert_melody
from tests.support.sink import Sink


async def test_ice_and_ace_are_asked_at_the_urls_of_the_request(customer: Customer, sink: Sink) -> None:
    customer.server.answers(ice=svaml(action=connect(people.LISTENS)), ace=ending(play(sink.tone(620, 0.8))))
    url = customer.server.url
    call = await customer.custom(
        ice=url("own/ice?order=17"), ace=url("own/ace"), dice=url("own/dice"), custom="17", maxDuration=10
    )
    await customer.server.until("dice", call)
    assert [(one.kind, one.path) for one in customer.server.received] == [
        ("ice", "/own/ice?order=17"), ("ace", "/own/ace"), ("dice", "/own/dice"),
    ]  # fmt: skip
    assert {(one.call, one["custom"]) for one in customer.server.received} == {(call, "17")}
    assert_melody((await customer.reached(call)).heard, 620)


async def test_without_destination_and_ice_the_application_is_asked_whom_to_call(
    customer: Customer, sink: Sink
) -> None:
    asked = svaml(cookie("order", "17"), action=connect(people.LISTENS))
    customer.server.answers(ice=asked, ace=ending(play(sink.tone(620, 0.8))))
    call = await customer.custom(maxDuration=10)
    dice = await customer.server.until("dice", call)
    assert customer.server.kinds(call) == ["ice", "ace", "dice"]
    assert dice.cookies == {"order": "17"}
    assert_melody((await customer.reached(call)).heard, 620)
