"""Softphones as Sinch's data clients: called by their user name, calling as MXP, and never asked about by ACE."""

from api.lab import Lab
from tests.clients.sinch.customer import Customer
from tests.clients.sinch.fixtures import MakeClient
from tests.clients.sinch.script import connect, connect_client, going_on, menu, run_menu, svaml
from tests.support import audio, people
from tests.support.far_end import assert_hears
from tests.support.sink import Sink
from tests.support.sip_listener import header


async def test_a_data_client_is_rung_by_its_name_and_gets_no_ace(
    customer: Customer, network: Lab, client: MakeClient
) -> None:
    anna = await client(audio.sine(908, 60))
    customer.server.answers(ice=svaml(action=connect_client(anna.name)))
    await network.dial(customer.number, people.SPEAKS_440, seconds=3)
    await anna.phone.pick_up()
    await anna.phone.closed()
    dice = await customer.server.until("dice")
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "CALLERHANGUP")
    assert_hears(anna.heard(), [440], [908])
    assert_hears((await customer.far(dice.call)).heard, [908], [440])
    assert customer.server.kinds() == ["ice", "dice"]


async def test_headers_of_a_script_are_on_the_invite_that_the_softphone_gets(
    customer: Customer, network: Lab, client: MakeClient
) -> None:
    anna = await client(audio.sine(908, 60), trace=True)
    headers = [{"key": "X-Order", "value": "17; a=b"}, {"key": "mood", "value": "good"}]
    headers += [{"key": f"X-Long-{letter}", "value": letter * 1000} for letter in "abcd"]  # of 1024 bytes, and 4096
    customer.server.answers(ice=svaml(action=connect_client(anna.name, callHeaders=headers)))
    await network.dial(customer.number, people.SPEAKS_440, seconds=3)
    await anna.phone.pick_up()
    await anna.phone.closed()
    invite = anna.phone.invite()
    assert [header(invite, name) for name in ("X-Order", "X-mood")] == ["17; a=b", "good"], invite
    assert [header(invite, f"X-Long-{letter}") for letter in "abcd"] == [letter * 1000 for letter in "abcd"]
    dice = await customer.server.until("dice")
    assert dice["callHeaders"] == headers
    assert_hears(anna.heard(), [440], [908])


async def test_a_softphones_call_is_asked_about_as_a_data_clients(customer: Customer, client: MakeClient) -> None:
    anna = await client(audio.sine(908, 60), application="sinch")
    customer.server.answers(ice=svaml(action=connect(people.HANGS_UP)), ace=going_on())
    await anna.phone.dial(customer.number)
    ice = await customer.server.until("ice")
    assert ice["originationType"].lower() == "mxp"
    assert ice["user"] == anna.name
    await anna.phone.closed()
    dice = await customer.server.until("dice")
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "CALLEEHANGUP")
    assert_hears((await customer.callee(dice.call)).heard, [908], [])
    assert customer.server.kinds() == ["ice", "dice"], "there is no ACE in a data client's call"


async def test_whatever_a_data_client_dials_its_application_is_asked(customer: Customer, client: MakeClient) -> None:
    anna = await client(audio.sine(908, 60), application="sinch")
    customer.server.answers(ice=svaml(action={"name": "connectPstn"}))
    await anna.phone.dial(people.HANGS_UP)
    ice = await customer.server.until("ice")
    assert (ice["user"], ice["to"]) == (anna.name, {"type": "number", "endpoint": f"+{people.HANGS_UP}"})
    await anna.phone.closed()
    dice = await customer.server.until("dice")
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "CALLEEHANGUP")
    assert_hears((await customer.callee(dice.call)).heard, [908], [])


async def test_a_softphone_hears_ringing_before_anybody_has_answered(
    customer: Customer, client: MakeClient, network: Lab
) -> None:
    anna = await client()
    customer.server.answers(ice=svaml(action=connect(people.NEVER_ANSWERS, indications="fr", dialTimeout=5)))
    await anna.phone.ring(customer.number)
    await anna.phone.closed()
    dice = await customer.server.until("dice")
    assert (dice["result"], dice["reason"]) == ("NOANSWER", "TIMEOUT")
    assert anna.heard().has(440, 1.0), "early media"


async def test_a_softphone_goes_through_the_menu_and_is_connected(
    customer: Customer, client: MakeClient, sink: Sink
) -> None:
    (callee, hz), *_ = people.speakers(1)
    anna = await client()
    menus = menu(prompt=sink.tone(500, 3.0), options=[("1", "return(sales)")])
    customer.server.answers(ice=svaml(action=run_menu(menus)), pie=svaml(action=connect(callee)), ace=going_on())
    await anna.phone.dial(customer.number)
    await anna.hears(500)
    await anna.phone.press("1")
    pie = await customer.server.until("pie")
    assert pie["menuResult"]["value"] == "sales"
    await anna.hears(hz)
    await anna.phone.hang_up()
    dice = await customer.server.until("dice", pie.call)
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "CALLERHANGUP")
    assert customer.server.kinds() == ["ice", "pie", "ace", "dice"], "a plain extension is no data client"
