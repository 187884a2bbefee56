"""Calls to a Sinch customer's number: ICE asks what to do with them, and the answer is what the caller hears."""

import pytest

from api.lab import Lab
from tests.clients.sinch.customer import Customer
from tests.clients.sinch.script import HANG_UP, ending, play, say, svaml
from tests.clients.sinch.server import Event, Reply
from tests.e2e.conftest import MakeCarrier
from tests.support import people
from tests.support.carillon import moment
from tests.support.far_end import assert_melody
from tests.support.scenario import until
from tests.support.sink import Sink
from tests.support.sip_caller import SipCaller
from tests.support.system import System

TEXT = "Hello there. My name is Carillon."


async def test_ice_tells_who_calls_and_what_it_answers_is_said(customer: Customer, network: Lab) -> None:
    customer.server.answers(ice=ending(say(TEXT)))
    dialled = await network.dial(customer.number, people.SPEAKS_440, seconds=15)
    ice = await customer.server.until("ice")
    assert ice["cli"].removeprefix("+") == people.SPEAKS_440
    assert ice["to"]["type"] in ("number", "did") and ice["to"]["endpoint"] == customer.credentials.number
    assert (ice["domain"], ice["originationType"].lower()) == ("pstn", "pstn")
    assert ice["applicationKey"] == customer.credentials.key
    dice = await customer.server.until("dice", ice.call)
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "MANAGERHANGUP")
    assert dice["from"].removeprefix("+") == people.SPEAKS_440
    far = await customer.far(ice.call)
    assert far.heard.says("my name is")
    assert (await customer.own.call(ice.call))["sip_call_id"] == dialled.call_id
    assert customer.server.kinds() == ["ice", "dice"]


async def test_files_urls_and_speech_are_played_in_their_order(customer: Customer, network: Lab, sink: Sink) -> None:
    files = play(sink.tone(500, 0.5), f"#href[{sink.tone(700, 0.5)}]", "#tts[My name is Carillon]")
    customer.server.answers(ice=ending(files, play(sink.tone(900, 0.5))))
    await network.dial(customer.number, people.LISTENS, seconds=15)
    dice = await customer.server.until("dice")
    heard = (await customer.far(dice.call)).heard
    assert_melody(heard.part(0, heard.first(700) + 0.5), 500, 700)
    words, last = heard.first(700) + 0.5, heard.first(900)
    assert heard.part(words, last).says("my name is")


async def test_ice_answered_hangup_refuses_the_call(customer: Customer, network: Lab) -> None:
    customer.server.answers(ice=svaml(action=HANG_UP))
    dialled = await network.dial(customer.number, people.LISTENS, seconds=15)
    dice = await customer.server.until("dice")
    assert (dice["result"], dice["reason"]) == ("NOANSWER", "MANAGERHANGUP")
    await until(lambda: network.state(dialled.channel), lambda state: state is None, what="the caller is refused")
    assert (await customer.ended(dice.call))["answered"] is None


async def test_names_of_instructions_and_actions_are_taken_in_any_case(
    customer: Customer, network: Lab, sink: Sink
) -> None:
    steps = [{"Name": "PlayFiles", "Ids": [sink.tone(500, 0.6)], "Locale": "en-US"}]
    customer.server.answers(ice={"Instructions": steps, "Action": {"name": "Hangup"}})
    await network.dial(customer.number, people.LISTENS, seconds=15)
    dice = await customer.server.until("dice")
    assert_melody((await customer.far(dice.call)).heard, 500)


async def test_the_caller_rings_until_ice_is_answered(customer: Customer, network: Lab, sink: Sink) -> None:
    async def after_a_look(event: Event) -> Reply:
        assert await network.state(dialled.channel) in ("Down", "Ring", "Ringing")
        return Reply.of(ending(play(sink.tone(500, 0.5))), after=1.0)

    customer.server.answers(ice=after_a_look)
    dialled = await network.dial(customer.number, people.LISTENS, seconds=15)
    dice = await customer.server.until("dice")
    assert_melody((await customer.far(dice.call)).heard, 500)
    ended = await customer.ended(dice.call)
    assert moment(ended["answered"]) - moment(ended["created"]) > 0.9


# -- what a script cannot say

ILLEGAL = {
    "unknown action": (svaml(action={"name": "fly"}), "fly"),
    "unknown instruction": (svaml({"name": "sing"}, action=HANG_UP), "sing"),
    "no action": (svaml(say(TEXT)), "action"),
    "empty": ({}, "action"),
    "continue is not for ICE": (svaml(action={"name": "continue"}), "continue"),
    "a text of another type": (svaml({"name": "say", "text": ["seventeen"]}, action=HANG_UP), "text"),
    "601 characters": (svaml(say("x" * 601), action=HANG_UP), "600"),
    "a menu that is not there": (
        svaml(action={"name": "runMenu", "menus": [{"id": "main", "options": [{"dtmf": "1", "action": "menu(two)"}]}]}),
        "two",
    ),
    "a menu for ever": (
        svaml(
            action={"name": "runMenu", "menus": [{"id": "main", "options": [{"dtmf": "1", "action": "menu(main)"}]}]}
        ),
        "main",
    ),
}


@pytest.mark.parametrize(("script", "word"), ILLEGAL.values(), ids=ILLEGAL)
async def test_an_illegal_script_is_notified_and_the_call_ends(
    customer: Customer, network: Lab, script: dict[str, object], word: str
) -> None:
    customer.server.answers(ice=script)
    await network.dial(customer.number, people.LISTENS, seconds=20)
    notice = await customer.server.until("notify")
    assert (notice["type"], notice["errorCode"]) == ("callingerror", 40001)
    assert word in notice["errorMsg"]
    dice = await customer.server.until("dice", notice.call)
    assert dice["reason"] == "CALLBACKERROR"


# -- what the INVITE says besides


async def test_the_callers_own_headers_and_who_diverted_the_call_are_told(
    customer: Customer, carrier: MakeCarrier, system: System
) -> None:
    customer.server.answers(ice=svaml(action=HANG_UP))
    line = await carrier()
    host, _, port = system.sip.partition(":")
    headers = (
        ("X-One", 'eins; a="b", c'),
        ("x-two", "zwei \N{LATIN SMALL LETTER U WITH DIAERESIS}"),
        ("X-One", "again"),
        ("X-Latin", "\udcfc"),
        ("X-Long", "v" * 257),
        ("P-Other", "no"),
        ("Diversion", '"Bob" <sip:+12025550111@carrier.example>;reason=user-busy;counter=1'),
        ("Diversion", "<sip:+12025550122@carrier.example>;reason=no-answer"),
    )
    caller = SipCaller(host, int(port), address=line.address, caller="12015550199")
    await caller.call(customer.number, seconds=10, headers=headers)
    dice = await customer.server.until("dice")
    (ice,) = customer.server.taken("ice")
    told = [(one["key"], one["value"]) for one in ice["callHeaders"]]
    assert told == list(headers[:3])
    assert ice["rdnis"] == "+12025550111", "the last one that diverted it"
    assert dice["callHeaders"] == ice["callHeaders"]


async def test_a_call_with_nothing_besides_says_so(customer: Customer, network: Lab) -> None:
    customer.server.answers(ice=svaml(action=HANG_UP))
    await network.dial(customer.number, people.LISTENS, seconds=15)
    ice = await customer.server.until("ice")
    assert ice["callHeaders"] == [] and "rdnis" not in ice.body
    assert "callHeaders" not in (await customer.server.until("dice")).body
