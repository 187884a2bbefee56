"""runMenu: driven by digits that are really pressed, told by PIE, heard at the far end."""

from api.lab import Lab
from tests.clients.sinch.customer import Customer
from tests.clients.sinch.script import Script, connect, ending, going_on, menu, play, run_menu, say, svaml
from tests.e2e.conftest import MakeCarrier
from tests.support import audio, people
from tests.support.far_end import assert_hears, assert_melody
from tests.support.sink import Sink
from tests.support.sip_caller import CallResult, SipCaller
from tests.support.system import System

SALES = (("1", "return(sales)"),)


def asks(*menus: Script, **fields: object) -> Script:
    """An answer that runs menus."""
    return svaml(action=run_menu(*menus, **fields))


async def test_an_option_returns_its_value_and_pie_says_what_follows(
    customer: Customer, network: Lab, sink: Sink
) -> None:
    customer.server.answers(
        ice=asks(menu(prompt=sink.tone(500, 0.5), options=SALES)), pie=ending(say("My name is Ann"))
    )
    await network.dial(customer.number, people.PRESSES_1, seconds=20)
    pie = await customer.server.until("pie")
    assert pie["menuResult"] == {"menuId": "main", "type": "return", "value": "sales", "inputMethod": "dtmf"}
    assert pie["applicationKey"] == customer.credentials.key
    dice = await customer.server.until("dice", pie.call)
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "MANAGERHANGUP")
    heard = (await customer.far(dice.call)).heard
    assert heard.has(500) and heard.says("my name is")
    assert customer.server.kinds() == ["ice", "pie", "dice"]


async def test_so_many_digits_are_a_sequence(customer: Customer, network: Lab) -> None:
    customer.server.answers(ice=asks(menu(maxDigits=2)), pie=ending())
    await network.dial(customer.number, people.PRESSES_5_THEN_1, seconds=20)
    pie = await customer.server.until("pie")
    assert pie["menuResult"] == {"menuId": "main", "type": "sequence", "value": "51", "inputMethod": "dtmf"}


async def test_silence_ends_a_sequence_that_has_begun(customer: Customer, network: Lab) -> None:
    customer.server.answers(ice=asks(menu(maxDigits=9, timeoutMills=3000)), pie=ending())
    await network.dial(customer.number, people.PRESSES_5_THEN_1, seconds=20)
    pie = await customer.server.until("pie")
    assert (pie["menuResult"]["type"], pie["menuResult"]["value"]) == ("sequence", "51")


async def test_a_menu_leads_to_another_and_the_last_one_is_told(customer: Customer, network: Lab, sink: Sink) -> None:
    customer.server.answers(
        ice=asks(
            menu("main", sink.tone(500, 0.5), [("5", "menu(second)")]),
            menu("second", sink.tone(700, 0.5), [("1", "return(done)")]),
        ),
        pie=ending(),
    )
    await network.dial(customer.number, people.PRESSES_5_THEN_1, seconds=20)
    pie = await customer.server.until("pie")
    assert pie["menuResult"] == {"menuId": "second", "type": "return", "value": "done", "inputMethod": "dtmf"}
    assert_melody((await customer.far(pie.call)).heard, 500, 700)


async def test_another_menu_than_main_may_come_first(customer: Customer, network: Lab) -> None:
    customer.server.answers(
        ice=asks(menu("main", options=[("1", "return(main)")]), menu("other", options=SALES), mainMenu="other"),
        pie=ending(),
    )
    await network.dial(customer.number, people.PRESSES_1, seconds=20)
    pie = await customer.server.until("pie")
    assert (pie["menuResult"]["menuId"], pie["menuResult"]["value"]) == ("other", "sales")


async def test_who_presses_nothing_hears_the_repeat_and_then_it_is_a_timeout(
    customer: Customer, network: Lab, sink: Sink
) -> None:
    menus = menu("main", sink.tone(500, 0.5), SALES, repeatPrompt=sink.tone(700, 0.5), repeats=2, timeoutMills=1000)
    customer.server.answers(ice=asks(menus), pie=ending(play(sink.tone(900, 0.5))))
    await network.dial(customer.number, people.LISTENS, seconds=20)
    pie = await customer.server.until("pie")
    assert (pie["menuResult"]["menuId"], pie["menuResult"]["type"]) == ("main", "timeout")
    heard = (await customer.far(pie.call)).heard
    played = [round(tone.frequency, -2) for tone in audio.tones(heard.samples, heard.rate) if tone.seconds > 0.15]
    assert played == [500, 700, 700, 900]


async def test_a_digit_that_is_no_option_is_invalid_input(customer: Customer, network: Lab) -> None:
    customer.server.answers(ice=asks(menu(options=[("9", "return(nine)")])), pie=ending())
    await network.dial(customer.number, people.PRESSES_1, seconds=20)
    pie = await customer.server.until("pie")
    assert (pie["menuResult"]["type"], pie["menuResult"]["menuId"]) == ("invalidinput", "main")


async def test_after_a_wrong_digit_the_repeat_is_played_and_the_right_one_counts(
    customer: Customer, network: Lab, sink: Sink
) -> None:
    menus = menu("main", sink.tone(500, 0.5), SALES, repeatPrompt=sink.tone(700, 0.5), repeats=2)
    customer.server.answers(ice=asks(menus), pie=ending())
    await network.dial(customer.number, people.PRESSES_5_THEN_1, seconds=20)
    pie = await customer.server.until("pie")
    assert (pie["menuResult"]["type"], pie["menuResult"]["value"]) == ("return", "sales")
    assert_melody((await customer.far(pie.call)).heard, 500, 700)


async def test_a_caller_that_hangs_up_in_the_menu_is_told_as_that(customer: Customer, network: Lab) -> None:
    customer.server.answers(ice=asks(menu(options=SALES)), pie=ending())
    await network.dial(customer.number, people.HANGS_UP, seconds=20)
    dice = await customer.server.until("dice")
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "CALLERHANGUP")
    pie = await customer.server.until("pie", dice.call, within=5)
    assert (pie["menuResult"]["menuId"], pie["menuResult"]["type"]) == ("main", "hangup")


async def test_a_prompt_that_cannot_be_played_ends_the_menu_with_an_error(
    customer: Customer, network: Lab, sink: Sink
) -> None:
    customer.server.answers(ice=asks(menu(prompt=sink.bad("missing"), options=SALES)), pie=ending())
    await network.dial(customer.number, people.PRESSES_1, seconds=20)
    pie = await customer.server.until("pie")
    assert (pie["menuResult"]["menuId"], pie["menuResult"]["type"]) == ("main", "error")


async def test_pie_connects_the_caller(customer: Customer, network: Lab) -> None:
    (callee, hz), *_ = people.speakers(1)
    customer.server.answers(ice=asks(menu(options=SALES)), pie=svaml(action=connect(callee)), ace=going_on())
    await network.dial(customer.number, people.PRESSES_1, seconds=5)
    dice = await customer.server.until("dice")
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "CALLERHANGUP")
    assert dice["to"]["endpoint"] == f"+{callee}"
    assert_hears((await customer.far(dice.call)).heard, [hz], [])
    assert customer.server.kinds() == ["ice", "pie", "ace", "dice"]


async def test_pie_runs_another_menu(customer: Customer, network: Lab) -> None:
    customer.server.answers(
        ice=asks(menu(options=[("5", "return(five)")])),
        pie=[asks(menu("again", options=SALES), mainMenu="again"), ending()],
    )
    await network.dial(customer.number, people.PRESSES_5_THEN_1, seconds=20)
    pie = await customer.server.until("pie", count=2)
    assert (pie["menuResult"]["menuId"], pie["menuResult"]["value"]) == ("again", "sales")


async def test_a_callee_chooses_from_the_menu_of_ace(customer: Customer, sink: Sink) -> None:
    customer.server.answers(ace=asks(menu(options=SALES)), pie=ending(play(sink.tone(700, 0.5))))
    call = await customer.tts(people.PRESSES_1, text="Hello.", enable_ace=True, enable_pie=True)
    pie = await customer.server.until("pie", call)
    assert pie["menuResult"]["value"] == "sales"
    assert_melody((await customer.far(call)).heard, 700)


# -- a telephone whose every packet is known


async def calls(customer: Customer, carrier: MakeCarrier, system: System, **fields: object) -> CallResult:
    """A telephone of the test calls the customer's number, presses what it is told, and stays for some seconds."""
    line = await carrier()
    host, _, port = system.sip.partition(":")
    caller = SipCaller(host, int(port), address=line.address, caller="12015550199")
    return await caller.call(customer.number, **fields)  # type: ignore[arg-type]


def last_tone(call: CallResult) -> float:
    """When the last packet came, after the answer, that held more than silence."""
    assert call.answered is not None
    loud = [at for at, data in call.rtp if len(set(data) - {0xFF, 0x7F, 0xFE, 0x7E}) > 4]
    return loud[-1] - call.answered


async def test_a_digit_silences_the_prompt_within_60_ms_of_its_end(
    customer: Customer, carrier: MakeCarrier, system: System, sink: Sink
) -> None:
    customer.server.answers(ice=asks(menu("main", sink.tone(500, 8.0), SALES)), pie=ending())
    call = await calls(customer, carrier, system, seconds=10, press=((2.0, "1"),))
    pie = await customer.server.until("pie")
    assert pie["menuResult"]["value"] == "sales"
    digit_over = 2.0 + 0.16
    assert 2.0 < last_tone(call) < digit_over + 0.06


async def test_without_barging_the_prompt_is_heard_whole(
    customer: Customer, carrier: MakeCarrier, system: System, sink: Sink
) -> None:
    menus = menu("main", sink.tone(500, 2.0), SALES, timeoutMills=1000)
    customer.server.answers(ice=asks(menus, barge=False), pie=ending())
    call = await calls(customer, carrier, system, seconds=10, press=((1.0, "1"),))
    await customer.server.until("pie")
    assert last_tone(call) > 1.9


async def test_a_hash_ends_a_sequence(customer: Customer, carrier: MakeCarrier, system: System) -> None:
    customer.server.answers(ice=asks(menu(maxDigits=9)), pie=ending())
    pressed = ((0.5, "4"), (1.0, "2"), (1.5, "#"))
    call = await calls(customer, carrier, system, seconds=10, press=pressed)
    pie = await customer.server.until("pie")
    assert (pie["menuResult"]["type"], pie["menuResult"]["value"]) == ("sequence", "42")
    assert call.ended_by_peer is not None and call.ended_by_peer < 5
