"""Prompts of a Sinch script by another way than a URL or a plain text: files that were uploaded, and SSML."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from api.lab import Lab
from tests.clients.sinch.customer import Customer
from tests.clients.sinch.fixtures import MakeCustomer
from tests.clients.sinch.script import ending, menu, play, run_menu, svaml
from tests.support import people
from tests.support.carillon import Command
from tests.support.far_end import Sound, assert_melody
from tests.support.sink import Sink
from tests.support.sounds import notes_of, wav

Upload = Callable[..., Awaitable[None]]


@pytest.fixture
def upload() -> Upload:
    """Uploads a tone by the customer's own key: `await upload(customer, "welcome", 500)`."""

    async def put(customer: Customer, name: str, hz: float, seconds: float = 0.6) -> None:
        data = wav(notes_of([(hz, seconds)]))
        status, body = await customer.own.ask("PUT", f"prompts/{quote(name)}", data=data)
        assert status in (200, 201), body

    return put


async def called(customer: Customer, network: Lab) -> Sound:
    """What somebody hears who calls the customer's number, once more."""
    count = len(customer.server.taken("dice")) + 1
    await network.dial(customer.number, people.LISTENS, seconds=15)
    dice = await customer.server.until("dice", count=count)
    return (await customer.far(dice.call)).heard


async def test_files_that_were_uploaded_are_played_by_their_names_among_others(
    customer: Customer, network: Lab, sink: Sink, upload: Upload, carillon: Command, tmp_path: Path
) -> None:
    file = tmp_path / "welcome"
    file.write_bytes(wav(notes_of([(500, 0.6)])))
    await carillon("prompts", "upload", str(file), "--account", customer.account.name)
    await upload(customer, "Good bye.wav", 900)
    customer.server.answers(ice=ending(play("welcome", sink.tone(700, 0.6), "Good bye.wav")))
    assert_melody(await called(customer, network), 500, 700, 900)


async def test_a_file_that_is_uploaded_again_is_heard_instead_of_the_old_one(
    customer: Customer, network: Lab, upload: Upload
) -> None:
    customer.server.answers(ice=ending(play("welcome")))
    for hz in (500, 700):
        await upload(customer, "welcome", hz)
        assert_melody(await called(customer, network), hz)


async def test_each_customer_hears_its_own_file_of_a_name_and_not_the_others(
    customer: Customer, make_customer: MakeCustomer, network: Lab, sink: Sink, upload: Upload
) -> None:
    other = await make_customer()
    await upload(customer, "welcome", 500)
    await upload(other, "welcome", 700)
    await upload(other, "theirs", 830)
    customer.server.answers(ice=ending(play("welcome", "theirs", sink.tone(900, 0.6))))
    assert_melody(await called(customer, network), 500, 900)
    other.server.answers(ice=ending(play("welcome", "theirs")))
    assert_melody(await called(other, network), 700, 830)


async def test_a_callout_and_a_menu_play_uploaded_files(customer: Customer, upload: Upload) -> None:
    await upload(customer, "welcome", 500)
    await upload(customer, "choose", 700, 4.0)
    main = menu(prompt="choose", options=[("1", "return(one)")])
    customer.server.answers(ace=svaml(play("welcome"), action=run_menu(main)), pie=ending(play("welcome")))
    call = await customer.tts(people.PRESSES_1, prompts="welcome", enable_ace=True)
    pie = await customer.server.until("pie", call)
    assert (pie["menuResult"]["type"], pie["menuResult"]["value"]) == ("return", "one")
    assert_melody((await customer.far(call)).heard, 500, 700, 500)


# -- SSML


async def test_ssml_is_spoken_and_its_tags_are_not(customer: Customer, network: Lab) -> None:
    text = '<speak><s>Hello there.</s> <s>My name is <emphasis level="strong">Carillon</emphasis>.</s></speak>'
    customer.server.answers(ice=ending(play(f"#ssml[{text}]")))
    heard = await called(customer, network)
    assert heard.says("my name is")
    assert heard.seconds < 5, "to read the tags out takes longer than that"


async def test_a_break_of_ssml_is_a_silence_between_the_words(customer: Customer, network: Lab, sink: Sink) -> None:
    text = '<speak>My name is Carillon.<break time="2s"/>Please speak after the tone.</speak>'
    customer.server.answers(ice=ending(play(sink.tone(500, 0.5), f"#ssml[{text}]", sink.tone(900, 0.5))))
    heard = await called(customer, network)
    words = heard.part(heard.first(500) + 0.5, heard.first(900))
    silence = words.quiet()
    assert 1.5 < silence.seconds < 3.5
    assert words.part(0, silence.start).says("my name is")
    assert words.part(silence.start + silence.seconds).says("after the tone")


async def test_ssml_in_the_prompts_of_a_callout_is_spoken_in_its_turn(customer: Customer, sink: Sink) -> None:
    prompts = f"{sink.tone(500, 0.5)};#ssml[<speak><s>My name is Carillon</s></speak>];{sink.tone(900, 0.5)}"
    call = await customer.tts(people.LISTENS, prompts=prompts)
    heard = (await customer.far(call)).heard
    assert heard.part(heard.first(500) + 0.5, heard.first(900)).says("my name is")


async def test_ssml_that_is_not_well_formed_is_notified_and_ends_the_call(customer: Customer, network: Lab) -> None:
    customer.server.answers(ice=ending(play("#ssml[<speak>My name is <b>Carillon</speak>]")))
    await network.dial(customer.number, people.LISTENS, seconds=15)
    notice = await customer.server.until("notify")
    assert (notice["type"], notice["errorCode"]) == ("callingerror", 40001)
    assert "SSML" in notice["errorMsg"]
    dice = await customer.server.until("dice", notice.call)
    assert (dice["result"], dice["reason"]) == ("FAILED", "CALLBACKERROR")
