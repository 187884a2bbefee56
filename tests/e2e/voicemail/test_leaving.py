"""Messages left in voicemail boxes by real calls: heard in what the API gives, with who left them and why."""

import io
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr

from api.lab import Lab
from tests.e2e.calls.test_inbound import audible, heard_by
from tests.e2e.conftest import MakeExtension, MakePhone
from tests.e2e.destinations.test_destinations import Leading, leading
from tests.support import audio, people, sounds
from tests.support.carillon import Account, Admin, Command, Own
from tests.support.far_end import Sound, assert_melody
from tests.support.phone import Phone
from tests.support.scenario import call_ended, until

__all__ = ["leading"]
PHRASE = "my name is"
PAUSE = np.zeros(sounds.RATE, dtype=np.float32)
MakeBox = Callable[..., Awaitable[str]]


def talking(times: int = 20) -> np.ndarray:
    """What a caller says, again and again, with a second between."""
    samples, rate = soundfile.read(io.BytesIO(sounds.speech("Hello. My name is Carol. Please call me back.")))
    once = soxr.resample(samples.astype(np.float32), rate, sounds.RATE)
    return np.concatenate([PAUSE, *[np.concatenate([once, PAUSE])] * times])[: 60 * sounds.RATE]


@pytest.fixture
async def box(own: Own) -> AsyncIterator[MakeBox]:
    """Makes boxes of the account: `await box(name="Anna")` returns the number."""
    made: list[str] = []

    async def make(**fields: Any) -> str:
        number = "8" + str(secrets.randbelow(10**8)).rjust(8, "0")
        status, body = await own.ask("POST", "voicemail-boxes", json={"number": number, **fields})
        assert status == 201, body
        made.append(number)
        return number

    yield make
    for number in made:
        await own.ask("DELETE", f"voicemail-boxes/{number}")


async def messages(own: Own, number: str) -> list[dict[str, Any]]:
    """The messages of a box, the newest first."""
    status, body = await own.ask("GET", f"voicemails?box={number}")
    assert status == 200, body
    return list(body["voicemails"])


async def left(own: Own, number: str, count: int = 1, within: float = 15.0) -> list[dict[str, Any]]:
    """The messages of a box, once there are so many."""
    what = "the message is there"
    found = await until(lambda: messages(own, number), lambda found: len(found) >= count, within, what)
    return list(found)


async def sound_of(own: Own, message: str) -> tuple[Sound, str]:
    """What the API gives of a message, and its media type."""
    url = f"{own.system.api}/carillon/v1/voicemails/{message}/audio"
    async with own.session.get(url, headers={"Authorization": f"Bearer {own.account.token}"}) as answer:
        assert answer.status == 200, await answer.text()
        samples, rate = soundfile.read(io.BytesIO(await answer.read()), dtype="float32")
        return Sound(samples, rate, f"the voicemail {message}"), answer.content_type


async def listed_recordings(own: Own, call: str) -> list[Any]:
    """The account's recordings that belong to a call: other tests of the account have some as well."""
    _, body = await own.ask("GET", "recordings?limit=500")
    return [each for each in body["recordings"] if each["owner"] == call]


def asks_for_a_message(heard: Sound) -> bool:
    """Whether the default greeting is heard: the recogniser misses one phrase or another of fluent speech."""
    return any(heard.says(phrase) for phrase in ("please leave a message", "after the tone", "press the pound key"))


async def is_recorded(own: Own, caller: str) -> None:
    """Wait until the newest call of a phone is recorded."""

    async def look() -> bool:
        _, body = await own.ask("GET", "calls?limit=20")
        mine = (each for each in body["calls"] if (each["caller"], each["direction"]) == (caller, "inbound"))
        call = next(mine, None)
        tasks = await own.queue(call["id"]) if call else []
        return any(
            (task["kind"], task["state"], bool(task["started"])) == ("record", "running", True) for task in tasks
        )

    await until(look, bool, what="the call is recorded")


async def speaks(own: Own, anna: Phone, number: str, seconds: float = 5.0) -> None:
    """Call a number, skip the greeting and speak behind the tone."""
    await anna.dial(number)
    await audible(anna, 0.5)
    await anna.press("#")
    await is_recorded(own, anna.number)
    await audible(anna, heard_by(anna).seconds + seconds)


async def test_a_caller_leaves_a_message_and_its_phrase_is_in_what_the_api_gives(
    phone: MakePhone, leading: Leading, box: MakeBox, own: Own
) -> None:
    anna, ours = await phone(talking()), await box(name="Ben Miller")
    dialled = await leading(f"voicemail:{ours}")
    await speaks(own, anna, dialled)
    await anna.press("#")
    await anna.closed()
    (message,) = await left(own, ours)
    shown = {name: message[name] for name in ("box", "caller", "called", "withheld", "folder", "read", "format")}
    assert shown == {
        "box": ours, "caller": anna.number, "called": dialled, "withheld": False, "folder": "inbox", "read": False,
        "format": "mp3",
    }  # fmt: skip
    assert 2 < message["seconds"] < 15
    sound, kind = await sound_of(own, message["id"])
    assert kind == "audio/mpeg"
    assert sound.says(PHRASE)
    assert heard_by(anna).part(heard_by(anna).seconds - 4).says("thank you", 1e-10)
    assert await listed_recordings(own, message["call"]) == []
    assert (await own.call(message["call"]))["recordings"] == []
    assert (await own.ask("GET", f"voicemail-boxes/{ours}"))[1]["new"] == 1


async def test_a_person_of_the_lab_says_its_name_and_silence_ends_the_message(
    leading: Leading, box: MakeBox, own: Own, network: Lab
) -> None:
    ours = await box(name="Ben Miller", silence_seconds=3, format="wav")
    await network.dial(await leading(f"voicemail:{ours}"), people.SAYS_ITS_NAME, seconds=60)
    (message,) = await left(own, ours, within=45)
    assert message["caller"] == people.SAYS_ITS_NAME
    sound, kind = await sound_of(own, message["id"])
    assert kind == "audio/wav"
    assert sound.says(PHRASE)
    story = await call_ended(own, message["call"])
    assert (story["cause"], story["hung_up_by"]) == ("normal", "us")


async def test_hanging_up_ends_the_message_as_well(phone: MakePhone, leading: Leading, box: MakeBox, own: Own) -> None:
    anna, ours = await phone(talking()), await box()
    await speaks(own, anna, await leading(f"voicemail:{ours}"))
    await anna.hang_up()
    (message,) = await left(own, ours)
    assert (await sound_of(own, message["id"]))[0].says(PHRASE)


async def test_who_says_nothing_leaves_nothing(phone: MakePhone, leading: Leading, box: MakeBox, own: Own) -> None:
    anna, ben, ours = await phone(), await phone(talking()), await box(least_seconds=2)
    dialled = await leading(f"voicemail:{ours}")
    await speaks(own, anna, dialled, 3.0)
    await anna.press("#")
    await anna.closed()
    await speaks(own, ben, dialled)
    await ben.hang_up()
    (message,) = await left(own, ours)
    assert message["caller"] == ben.number
    assert await listed_recordings(own, message["call"]) == []


async def test_a_full_box_says_so_and_takes_no_more(phone: MakePhone, leading: Leading, box: MakeBox, own: Own) -> None:
    anna, ours = await phone(talking()), await box(name="Carol", most_messages=1)
    dialled = await leading(f"voicemail:{ours}")
    await speaks(own, anna, dialled)
    await anna.hang_up()
    (message,) = await left(own, ours)
    await anna.dial(dialled)
    await anna.closed(within=40)
    assert heard_by(anna).says("is full", 1e-15)
    assert len(await messages(own, ours)) == 1
    status, _ = await own.ask("DELETE", f"voicemails/{message['id']}")
    assert status == 204
    await speaks(own, anna, dialled)
    await anna.hang_up()
    (second,) = await left(own, ours)
    assert second["id"] != message["id"]


async def test_an_extension_that_is_busy_leads_to_its_box_and_the_greeting_says_so(
    phone: MakePhone, box: MakeBox, admin: Admin, own: Own
) -> None:
    anna, ben = await phone(talking()), await phone()
    ours = await box(name="Ben", extension=ben.number)
    await admin.ask("PATCH", f"extensions/{ben.number}", {"busy": f"voicemail:{ours}"})
    await anna.ring(ben.number)
    await ben.until("CALL_INCOMING")
    await ben.command("hangup")
    await anna.until("CALL_ESTABLISHED")
    await audible(anna, 4.0)
    await is_recorded(own, anna.number)
    greeting = heard_by(anna)
    assert greeting.says("on the phone", 1e-20)
    await audible(anna, greeting.seconds + 5)
    await anna.hang_up()
    (message,) = await left(own, ours)
    assert (message["caller"], message["called"]) == (anna.number, ben.number)
    await admin.ask("PATCH", f"extensions/{ben.number}", {"busy": None})


async def test_an_extension_without_a_phone_and_one_that_nobody_answers_lead_there_as_away(
    phone: MakePhone, extension: MakeExtension, box: MakeBox, admin: Admin, own: Own
) -> None:
    anna, ben, absent, ours = await phone(talking()), await phone(), await extension(), await box(name="Ben")
    leads = f"voicemail:{ours}"
    await admin.ask("PATCH", f"extensions/{absent.number}", {"unregistered": leads})
    await admin.ask("PATCH", f"extensions/{ben.number}", {"no_answer": leads, "ring_seconds": 2})
    for number in (absent.number, ben.number):
        await anna.ring(number)
        await anna.until("CALL_ESTABLISHED")
        await audible(anna, 3.0)
        await is_recorded(own, anna.number)
        greeting = heard_by(anna)
        assert greeting.says("not available", 1e-20)
        await audible(anna, greeting.seconds + 5)
        await anna.hang_up()
    found = await left(own, ours, 2)
    assert [message["called"] for message in found] == [ben.number, absent.number]
    for number in (absent.number, ben.number):
        await admin.ask("PATCH", f"extensions/{number}", {"unregistered": None, "no_answer": None})


async def test_an_uploaded_greeting_is_heard_before_the_tone_until_it_is_taken_back(
    phone: MakePhone, leading: Leading, box: MakeBox, own: Own
) -> None:
    anna, ours = await phone(), await box(name="Ben")
    dialled = await leading(f"voicemail:{ours}")
    tune = sounds.wav(sounds.notes_of([(500, 0.8), (620, 0.8)]))
    status, body = await own.ask("PUT", f"voicemail-boxes/{ours}/greetings/all", data=tune)
    assert (status, body["kind"]) == (200, "all"), body
    await anna.dial(dialled)
    await is_recorded(own, anna.number)
    await audible(anna, 2.6)
    await anna.hang_up()
    assert_melody(heard_by(anna), 500, 620, 1000)
    status, _ = await own.ask("DELETE", f"voicemail-boxes/{ours}/greetings/all")
    assert status == 204
    await anna.dial(dialled)
    await is_recorded(own, anna.number)
    await anna.hang_up()
    assert asks_for_a_message(heard_by(anna))


async def test_zero_leads_to_a_person(phone: MakePhone, leading: Leading, box: MakeBox) -> None:
    anna, ben = await phone(), await phone(audio.sine(908, 60), answer=True)
    ours = await box(zero=f"extension:{ben.number}")
    await anna.dial(await leading(f"voicemail:{ours}"))
    await audible(anna, 0.5)
    await anna.press("0")
    await ben.until("CALL_ESTABLISHED")
    told = heard_by(anna).seconds
    await audible(anna, told + 2)
    await anna.hang_up()
    assert heard_by(anna).part(told).has(908, 1.0)


async def test_the_command_line_lists_fetches_and_deletes_messages_and_sets_pins(
    phone: MakePhone, leading: Leading, carillon: Command, own: Own, account: Account, tmp_path: Any
) -> None:
    number = "8" + str(secrets.randbelow(10**8)).rjust(8, "0")
    made = await carillon.json("voicemail", "boxes", "add", number, "--account", account.name, "--name", "Ben")
    assert len(made["pin"]) == 6
    anna = await phone(talking())
    await speaks(own, anna, await leading(f"voicemail:{number}"))
    await anna.hang_up()
    (message,) = await left(own, number)
    (row,) = await carillon.json("voicemail", "list", "--account", account.name, "--box", number)
    assert row["id"] == message["id"]
    await carillon("voicemail", "fetch", message["id"], str(tmp_path / "message.mp3"))
    samples, rate = soundfile.read(tmp_path / "message.mp3", dtype="float32")
    assert Sound(samples, rate, "the fetched file").says(PHRASE)
    await carillon("voicemail", "pin", number, "--pin", "271828", "--account", account.name)
    await carillon("voicemail", "delete", message["id"])
    assert await messages(own, number) == []
    await carillon("voicemail", "undelete", message["id"])
    assert len(await messages(own, number)) == 1
    ran = await carillon.run("voicemail", "pin", number, "--pin", "1234", "--account", account.name)
    assert ran.status == 1
    assert "1234" in ran.errors or "row" in ran.errors
