"""Sinch's custom callouts: each event of them answered by a URL or by a script that the request brings along."""

from tests.clients.sinch.customer import Customer
from tests.clients.sinch.fixtures import MakeClient
from tests.clients.sinch.script import HANG_UP, connect, ending, escaped, menu, play, run_menu, say, svaml
from tests.clients.sinch.server import Reply
from tests.support import people
from tests.support.far_end import assert_hears, assert_melody
from tests.support.sink import Sink

TEXT = "Hello there. My name is Carillon."


async def test_every_event_is_answered_by_scripts_of_the_request_and_nothing_is_asked(
    customer: Customer, sink: Sink
) -> None:
    call = await customer.custom(
        people.PRESSES_1,
        ace=escaped(svaml(play(sink.tone(500, 0.5)), action=run_menu(menu(options=[("1", "return(one)")])))),
        pie=escaped(ending(play(sink.tone(700, 0.5)))),
        dice=escaped(svaml()),
    )
    assert_melody((await customer.far(call)).heard, 500, 700)
    assert customer.server.received == []


async def test_a_script_for_ice_says_whom_to_call(customer: Customer, sink: Sink) -> None:
    call = await customer.custom(
        ice=escaped(svaml(action=connect(people.SPEAKS_440))),
        ace=escaped(ending(play(sink.tone(620, 0.8)))),
        cli=customer.credentials.number,
    )
    assert_melody((await customer.reached(call)).heard, 620)


async def test_a_destination_is_called_and_its_answer_is_asked_about(customer: Customer) -> None:
    customer.server.answers(ace=ending(say(TEXT)))
    call = await customer.custom(people.LISTENS, ace=customer.server.url("own/ace"))
    ace = await customer.server.until("ace", call)
    assert ace.path == "/own/ace"
    assert (await customer.far(call)).heard.says("my name is")


async def test_a_callout_that_nobody_says_anything_about_ends(customer: Customer) -> None:
    customer.server.answers(ace=Reply.error())
    call = await customer.custom(people.LISTENS)
    dice = await customer.server.until("dice", call)
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "CALLBACKERROR")


async def test_a_callout_whose_answer_is_empty_stays_up_for_a_patch(customer: Customer, sink: Sink) -> None:
    customer.server.answers(ace=Reply())
    call = await customer.custom(people.LISTENS)
    await customer.server.until("ace", call)
    await customer.patch(call, play(sink.tone(620, 0.8)), action=HANG_UP)
    dice = await customer.server.until("dice", call)
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "MANAGERHANGUP")
    assert_melody((await customer.reached(call)).heard, 620)


async def test_a_callout_to_a_data_client_rings_the_softphone_of_that_name(
    customer: Customer, client: MakeClient, sink: Sink
) -> None:
    anna = await client()
    call = await customer.tts(anna.name, prompts=sink.tone(620, 1.0), domain="mxp", enable_dice=True)
    await anna.phone.pick_up()
    await anna.phone.closed()
    dice = await customer.server.until("dice", call)
    assert dice["result"] == "ANSWERED"
    assert dice["to"] == {"type": "username", "endpoint": anna.name}
    assert_hears(anna.heard(), [620], [])
