"""Sinch's text-to-speech callouts: what the callee hears, what the customer is asked and told, how it ends."""

import pytest

from tests.clients.sinch.customer import Customer
from tests.clients.sinch.script import ending, going_on, play, say, svaml
from tests.clients.sinch.server import Reply
from tests.support import people
from tests.support.far_end import assert_melody
from tests.support.sink import Sink

TEXT = "Hello there. My name is Carillon."


async def test_a_text_is_spoken_and_the_call_ends_by_itself(customer: Customer) -> None:
    call = await customer.tts(people.LISTENS, text=TEXT, locale="en-US")
    far = await customer.far(call)
    assert far.heard.says("my name is")
    result = await customer.result(call)
    assert (result["callId"], result["status"], result["result"]) == (call, "FINAL", "ANSWERED")
    assert (await customer.own.call(call))["callbacks"] == [] == customer.server.received, "nothing was asked for"


async def test_a_list_of_prompts_is_heard_in_its_order(customer: Customer, sink: Sink) -> None:
    prompts = f"#href[{sink.tone(500, 0.6)}];{sink.tone(700, 0.6)};#tts[My name is Carillon]"
    call = await customer.tts(people.LISTENS, prompts=prompts)
    heard = (await customer.far(call)).heard
    words = heard.first(700) + 0.6
    assert_melody(heard.part(0, words), 500, 700)
    assert heard.part(words).says("my name is")


async def test_with_dice_enabled_the_end_is_told_once_and_whole(customer: Customer) -> None:
    call = await customer.tts(
        people.LISTENS, text="Goodbye.", cli=customer.credentials.number, custom="order 17", domain="pstn",
        enable_dice=True,
    )  # fmt: skip
    dice = await customer.server.until("dice", call)
    assert (dice["result"], dice["reason"], dice["custom"]) == ("ANSWERED", "MANAGERHANGUP", "order 17")
    assert dice["to"] == {"type": "number", "endpoint": f"+{people.LISTENS}"}
    assert dice["from"] == customer.credentials.number
    assert dice["applicationKey"] == customer.credentials.key
    assert 0 <= dice["duration"] <= 4
    ended = await customer.ended(call)
    assert ended["caller"].removeprefix("+") == customer.number, "the callee is shown the cli"
    assert customer.server.kinds() == ["dice"]


async def test_ace_answered_continue_plays_what_the_request_said(customer: Customer, sink: Sink) -> None:
    customer.server.answers(ace=going_on())
    call = await customer.tts(people.LISTENS, prompts=sink.tone(620, 0.6), custom="17", enable_ace=True)
    ace = await customer.server.until("ace", call)
    assert ace["custom"] == "17"
    assert_melody((await customer.far(call)).heard, 620)
    assert customer.server.kinds() == ["ace"], "the end was not asked for"


async def test_ace_answered_hangup_leaves_the_text_unsaid(customer: Customer, sink: Sink) -> None:
    customer.server.answers(ace=ending())
    call = await customer.tts(people.LISTENS, prompts=sink.tone(620, 2), enable_ace=True, enable_dice=True)
    dice = await customer.server.until("dice", call)
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "MANAGERHANGUP")
    assert_melody((await customer.far(call)).heard)
    assert customer.server.kinds() == ["ace", "dice"]


async def test_ace_answered_with_other_words_says_those_instead(customer: Customer, sink: Sink) -> None:
    customer.server.answers(ace=ending(play(sink.tone(830, 0.5)), say(TEXT)))
    call = await customer.tts(people.LISTENS, prompts=sink.tone(620, 2), enable_ace=True)
    heard = (await customer.far(call)).heard
    assert heard.has(830) and not heard.has(620)
    assert heard.part(heard.first(830) + 0.5).says("my name is")


async def test_ace_instructions_come_before_the_text_where_it_continues(customer: Customer, sink: Sink) -> None:
    customer.server.answers(ace=going_on(play("#href[" + sink.tone(830, 0.5) + "]")))
    call = await customer.tts(people.LISTENS, prompts=sink.tone(620, 0.5), enable_ace=True)
    assert_melody((await customer.far(call)).heard, 830, 620)


async def test_ace_that_nobody_answers_goes_on_as_if_continued(customer: Customer, sink: Sink) -> None:
    customer.server.answers(ace=Reply.error(500))
    call = await customer.tts(people.LISTENS, prompts=sink.tone(620, 0.6), enable_ace=True)
    assert_melody((await customer.far(call)).heard, 620)
    assert customer.server.kinds(call) == ["ace"], "a question is not repeated later"


async def test_an_illegal_answer_to_ace_is_notified_and_ends_the_call(customer: Customer, sink: Sink) -> None:
    customer.server.answers(ace=svaml(action={"name": "fly"}))
    call = await customer.tts(people.LISTENS, prompts=sink.tone(620, 2), enable_ace=True, enable_dice=True)
    notice = await customer.server.until("notify", call, type="callingerror")
    assert notice["errorCode"] == 40001 and "fly" in notice["errorMsg"]
    dice = await customer.server.until("dice", call)
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "CALLBACKERROR")
    assert_melody((await customer.far(call)).heard)


async def test_digits_of_a_callout_are_pressed_when_it_is_answered(customer: Customer, sink: Sink) -> None:
    call = await customer.tts(people.ASKS_FOR_1234, prompts=sink.tone(500, 1.0), dtmf="ww1234#")
    far = await customer.far(call)
    assert far.digits == "1234#"
    assert far.heard.has(500)


NOT_REACHED = [
    (people.BUSY, "BUSY", "CALLEEHANGUP"),
    (people.DECLINES, "BUSY", "CALLEEHANGUP"),
    (people.DOES_NOT_EXIST, "FAILED", "GENERALERROR"),
    (people.UNAVAILABLE, "NOANSWER", "TIMEOUT"),
    (people.CONGESTED, "FAILED", "GENERALERROR"),
]


@pytest.mark.parametrize(
    ("callee", "result", "reason"), NOT_REACHED, ids=("busy", "declines", "unknown", "unavailable", "congested")
)
async def test_a_callee_that_is_not_reached_is_told_with_its_result_and_costs_nothing(
    customer: Customer, callee: str, result: str, reason: str
) -> None:
    call = await customer.tts(callee, text=TEXT, enable_ace=True, enable_dice=True)
    dice = await customer.server.until("dice", call)
    assert (dice["result"], dice["reason"]) == (result, reason)
    assert dice["debit"]["amount"] == 0
    assert dice.body.get("duration", 0) == 0
    told = await customer.result(call)
    assert (told["status"], told["result"], told["reason"]) == ("FINAL", result, reason)
    assert customer.server.kinds() == ["dice"], "nobody answered, so there is no ACE"


async def test_a_callee_that_hangs_up_in_the_text_counts_as_the_caller(customer: Customer, sink: Sink) -> None:
    call = await customer.tts(people.HANGS_UP, prompts=sink.tone(500, 8), enable_dice=True)
    dice = await customer.server.until("dice", call)
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "CALLERHANGUP"), "a callout's only leg is the caller's"
    assert 2.0 < (await customer.far(call)).heard.lasted(500) < 4.0
    assert 2 <= dice["duration"] <= 4


async def test_a_callout_that_is_hung_up_while_it_rings_is_never_answered(customer: Customer) -> None:
    call = await customer.tts(people.NEVER_ANSWERS, text=TEXT, enable_dice=True)
    await customer.patch(call, action={"name": "hangup"})
    dice = await customer.server.until("dice", call)
    assert (dice["result"], dice["reason"]) == ("NOANSWER", "MANAGERHANGUP")


async def test_headers_of_the_request_travel_with_its_events(customer: Customer) -> None:
    wanted = {"destination": {"type": "number", "endpoint": people.BUSY}, "text": "x", "enableDice": True}
    call = await customer.callout("ttsCallout", wanted, headers={"X-CB-Order": "17", "X-Other": "18"})
    dice = await customer.server.until("dice", call)
    headers = {name.lower(): value for name, value in dice.headers.items()}
    assert headers["x-cb-order"] == "17" and "x-other" not in headers


async def test_french_is_spoken_by_another_voice_and_an_unknown_language_by_the_usual_one(customer: Customer) -> None:
    french = await customer.tts(people.LISTENS, text="Bonjour tout le monde.", locale="fr-FR")
    unknown = await customer.tts(people.LISTENS, text="My name is Carillon.", locale="tlh-QO")
    assert (await customer.far(french)).heard.level > -45
    assert (await customer.far(unknown)).heard.says("my name is")
