"""Messages: found, read, saved, deleted and taken back, forwarded, purged; greetings; an account that is closed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from engine.calls.directory import NoDestination
from engine.features.destinations.registry import Destinations
from engine.features.errors import NotThere, StillUsed
from engine.features.voicemail.errors import BoxFull, NoSuchMessage
from engine.features.voicemail.events import VoicemailDeleted, VoicemailRead, VoicemailReceived
from engine.features.voicemail.model import BoxFields, Counts, Folder, GreetingKind
from engine.features.voicemail.sweeping import KIND, TRASH_DAYS
from engine.media import errors
from engine.platform import due_work
from engine.platform.due_work import DueWork
from engine.store import closing, events, extensions
from engine.tasks.play import Play
from engine.tasks.record import Record
from engine.tasks.run_menu import RunMenu
from engine.tasks.say import Say
from tests.engine.features.voicemail.conftest import ANNA, BEN, House, spoken
from tests.engine.features.voicemail.test_taking import names, taken
from tests.support import sounds

DAY = 86_400.0
TUNE = sounds.wav(sounds.notes_of([(500, 1.0)]))


@pytest.fixture
async def message(house: House) -> str:
    """The id of a message in Anna's box."""
    await house.recorded(spoken(3.0))
    (found,) = await taken(house, 1)
    return found.id


async def told(house: House, kind: type) -> list[Any]:
    found = await house.db.read(lambda conn: events.after(conn, 0, 1000))
    return [one.event for one in found if isinstance(one.event, kind)]


async def test_a_message_is_read_once_and_may_be_new_again(house: House, message: str) -> None:
    voicemail = house.voicemail
    for _ in range(2):
        assert (await voicemail.mark_read("acct-1", message)).read
    assert len(await told(house, VoicemailRead)) == 1
    assert await voicemail.counts("acct-1", ANNA) == Counts(0, 1)
    await voicemail.mark_read("acct-1", message, False)
    assert await voicemail.counts("acct-1", ANNA) == Counts(1, 0)


async def test_a_saved_message_counts_as_read_and_is_found_in_its_folder(house: House, message: str) -> None:
    await house.voicemail.save("acct-1", message, by=house.by)
    (found,) = await house.voicemail.messages("acct-1", ANNA, Folder.SAVED)
    assert (found.id, found.read) == (message, True)
    assert await house.voicemail.messages("acct-1", ANNA, Folder.INBOX) == []
    assert len(await told(house, VoicemailRead)) == 1


async def test_a_deleted_message_is_taken_back_to_where_it_was_until_it_is_purged(house: House, message: str) -> None:
    voicemail = house.voicemail
    await voicemail.save("acct-1", message)
    await voicemail.delete("acct-1", message)
    assert await voicemail.messages("acct-1") == []
    assert await voicemail.counts("acct-1", ANNA) == Counts(0, 0)
    assert [each.id for each in await voicemail.messages("acct-1", folder=Folder.TRASH)] == [message]
    assert (await voicemail.undelete("acct-1", message)).folder is Folder.SAVED
    await voicemail.purge("acct-1", message)
    with pytest.raises(NoSuchMessage):
        await voicemail.undelete("acct-1", message)
    await taken(house, 0)
    assert names(house) == []
    assert [event.purged for event in await told(house, VoicemailDeleted)] == [False, True]


async def test_a_message_is_moved_and_marked_together_or_not_at_all(
    house: House, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    voicemail = house.voicemail

    def failing(*given: object) -> None:
        raise RuntimeError("The second change fails.")

    with monkeypatch.context() as patched:
        patched.setattr("engine.features.voicemail.messages._read", failing)
        with pytest.raises(RuntimeError):
            await voicemail.change("acct-1", message, folder=Folder.TRASH, read=True)
    assert (await voicemail.message("acct-1", message)).folder is Folder.INBOX
    assert await told(house, VoicemailDeleted) == []
    changed = await voicemail.change("acct-1", message, folder=Folder.SAVED, read=False, by=house.by)
    assert (changed.folder, changed.read) == (Folder.SAVED, False)
    assert len(await told(house, VoicemailRead)) == 1


async def test_messages_are_found_by_caller_time_and_page(house: House) -> None:
    for number in range(3):
        await house.recorded(spoken(2.5), id=str(number), private=number == 1)
        house.now += 1
    newest = await taken(house, 3)
    find = house.voicemail.messages
    assert [each.call for each in await find("acct-1", caller="12015550114")] == ["call-2", "call-0"]
    assert [each.call for each in await find("acct-1", caller="")] == ["call-1"]
    assert len(await find("acct-1", since=newest[0].received)) == 3  # they began at one time here
    assert await find("acct-1", until=newest[0].received) == []
    page = await find("acct-1", limit=2)
    assert [each.id for each in page + await find("acct-1", before=page[-1].id)] == [each.id for each in newest]
    assert await find("acct-1", BEN) == []


async def test_another_account_learns_of_no_message(house: House, message: str) -> None:
    voicemail = house.voicemail
    for ask in (voicemail.message, voicemail.sound, voicemail.delete, voicemail.mark_read, voicemail.purge):
        with pytest.raises(NoSuchMessage, match=f"There is no voicemail {message}"):
            await ask("acct-2", message)
    assert await voicemail.messages("acct-2") == []
    with pytest.raises(errors.AudioNotFound):
        await voicemail.prompt("acct-2", f"message/{message}")
    assert (await voicemail.prompt("acct-1", f"message/{message}")).seconds == pytest.approx(3.3, abs=0.2)


async def test_a_message_is_forwarded_as_a_copy_and_a_full_box_takes_none(house: House, message: str) -> None:
    voicemail = house.voicemail
    copy = await voicemail.forward("acct-1", message, BEN)
    assert (copy.origin, copy.caller, copy.read) == (message, "12015550114", False)
    await voicemail.purge("acct-1", message)
    await taken(house, 1)
    assert (await voicemail.sound("acct-1", copy.id)).path.is_file()
    assert [event.origin for event in await told(house, VoicemailReceived)] == ["", message]
    await voicemail.update_box(house.by, "acct-1", BEN, BoxFields(most_messages=1))
    with pytest.raises(BoxFull, match="The voicemail box 202 is full"):
        await voicemail.forward("acct-1", copy.id, BEN)
    assert names(house) == [f"{copy.file}.mp3"]


async def test_old_messages_the_trash_and_files_of_nothing_are_swept_away_once_a_day(house: House) -> None:
    voicemail = house.voicemail
    for number, box in enumerate((ANNA, BEN, BEN)):
        await house.recorded(spoken(2.5), id=str(number), box=box)
    await taken(house, 3)
    await voicemail.update_box(house.by, "acct-1", ANNA, BoxFields(retention_days=5))
    trash, kept = [each.id for each in await voicemail.messages("acct-1", BEN)]
    await voicemail.delete("acct-1", trash)
    (house.folder / "vm-left.mp3").write_bytes(b"of a controller that was killed while it forwarded")
    house.now += TRASH_DAYS * DAY + 1
    await house.writer.write(lambda conn: due_work.put(conn, DueWork(id=KIND, kind=KIND, at=house.now)))
    house.platform.scheduler.wake()
    (left,) = await until_swept(house)
    assert left.id == kept
    assert names(house) == [f"{left.file}.mp3"]
    assert (await house.db.read(lambda conn: due_work.get(conn, KIND))).at > house.now  # type: ignore[union-attr]


async def until_swept(house: House) -> list[Any]:
    while not house.platform.scheduler.idle or (await due(house)).at <= house.now:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    return await taken(house, 1)


async def due(house: House) -> DueWork:
    found = await house.db.read(lambda conn: due_work.get(conn, KIND))
    assert found
    return found


async def test_a_box_that_something_leads_to_is_not_removed(house: House) -> None:
    def divert(conn: Any, busy: str) -> None:
        row = extensions.get(conn, "acct-1", "101")
        assert row
        extensions.divert(conn, msgspec.structs.replace(row, busy=busy))

    for busy in ("voicemail:201", "voicemail:201/busy"):
        await house.writer.write(lambda conn, busy=busy: divert(conn, busy))
        await house.platform.cache.load()
        with pytest.raises(StillUsed, match="the extension 101 leads to it"):
            await house.voicemail.delete_box(house.by, "acct-1", ANNA)


async def test_a_closed_account_leaves_no_file(house: House, message: str) -> None:
    await house.voicemail.set_greeting(house.by, "acct-1", ANNA, GreetingKind.ALL, TUNE)

    def close(conn: Any) -> None:
        for leave in house.platform.owned.leaving:
            leave(conn, "acct-1")
        closing.close(conn, house.account, house.now, house.platform.owned.while_open)

    await house.writer.write(close)
    house.platform.scheduler.wake()
    await taken(house, 0)
    assert names(house) == []
    assert list((house.folder / "uploads").iterdir()) == []


async def test_a_greeting_is_replaced_played_and_spoken_again(house: House) -> None:
    voicemail = house.voicemail
    assert await voicemail.greeting("acct-1", ANNA, GreetingKind.ALL) is None
    await voicemail.set_greeting(house.by, "acct-1", ANNA, GreetingKind.ALL, TUNE)
    second = await voicemail.set_greeting(house.by, "acct-1", ANNA, GreetingKind.ALL, TUNE)
    await taken(house, 0)
    assert [path.name for path in (house.folder / "uploads").iterdir()] == [second.file]
    box = await voicemail.box("acct-1", ANNA)
    assert (await voicemail.prompt("acct-1", f"greeting/{box.id}/all")).seconds == pytest.approx(1.0, abs=0.01)
    for account, source in (("acct-2", f"greeting/{box.id}/all"), ("acct-1", f"greeting/{box.id}/busy")):
        with pytest.raises(errors.AudioNotFound):
            await voicemail.prompt(account, source)
    await voicemail.reset_greeting(house.by, "acct-1", ANNA, GreetingKind.ALL)
    await taken(house, 0)
    assert list((house.folder / "uploads").iterdir()) == []


async def large() -> AsyncIterator[bytes]:
    for _ in range(11):
        yield b"\0" * 1_000_000


@pytest.mark.parametrize(
    ("sound", "error"),
    [
        (b"<html>no sound</html>", errors.NotAudio),
        (sounds.wav(sounds.notes_of([(0, 121.0)])), errors.TooLong),
        (large, errors.TooLarge),
    ],
)
async def test_a_greeting_that_cannot_be_played_is_refused_and_leaves_nothing(
    house: House, sound: Any, error: type[errors.PromptError]
) -> None:
    given = sound() if callable(sound) else sound
    with pytest.raises(error):
        await house.voicemail.set_greeting(house.by, "acct-1", ANNA, GreetingKind.BUSY, given)
    assert await house.voicemail.greetings("acct-1", ANNA) == []
    assert list((house.folder / "uploads").iterdir()) == []


def led(house: House, to: str) -> tuple[Any, ...]:
    """What a call does that is led there."""
    return house.features[Destinations].resolve("acct-1", to, hops=1).tasks


def said(house: House, to: str) -> str:
    """The greeting that is spoken to a call that is led there."""
    menu = led(house, to)[0]
    assert isinstance(menu, RunMenu)
    (prompt,) = menu.menus[0].main
    assert isinstance(prompt, Say)
    return prompt.text


async def test_the_reason_chooses_the_greeting_and_the_name_is_spoken_or_the_number(house: House) -> None:
    assert said(house, "voicemail:201").startswith("Anna is not available. Please leave a message")
    assert said(house, "voicemail:201/busy").startswith("Anna is on the phone.")
    assert said(house, "voicemail:202/away").startswith("Number 2 0 2 is not available.")
    await house.voicemail.update_box(house.by, "acct-1", ANNA, BoxFields(language="de", says_name=False))
    assert said(house, "voicemail:201/busy").startswith("Nummer 2 0 1 spricht gerade.")
    await house.voicemail.set_greeting(house.by, "acct-1", ANNA, GreetingKind.BUSY, TUNE)
    assert isinstance(led(house, "voicemail:201/busy")[0].menus[0].main[0], Play)
    assert isinstance(led(house, "voicemail:201/away")[0].menus[0].main[0], Say)
    await house.voicemail.set_greeting(house.by, "acct-1", ANNA, GreetingKind.ALL, TUNE)
    assert led(house, "voicemail:201/away")[0].menus[0].main[0].source.endswith("/all")


async def test_a_call_that_a_phone_did_not_take_says_why(house: House) -> None:
    def divert(conn: Any) -> None:
        row = extensions.get(conn, "acct-1", "101")
        assert row
        leads = dict.fromkeys(("busy", "no_answer", "unregistered"), "voicemail:201")
        extensions.divert(conn, msgspec.structs.replace(row, **leads))

    await house.writer.write(divert)
    await house.platform.cache.load()
    (dial,) = led(house, "extension:101")
    assert dial.diversions.busy == "voicemail:201/busy"
    assert dial.diversions.no_answer == dial.diversions.unregistered == "voicemail:201/away"


async def test_a_full_box_and_a_disabled_one_say_so_and_take_nothing(house: House, message: str) -> None:
    await house.voicemail.update_box(house.by, "acct-1", ANNA, BoxFields(most_messages=1))
    tasks = led(house, "voicemail:201")
    assert tasks[0].text == "The mailbox of Anna is full. No message can be left. Goodbye."
    assert not any(isinstance(task, Record) for task in tasks)
    await house.voicemail.delete("acct-1", message)
    assert any(isinstance(task, Record) for task in led(house, "voicemail:201")), "the trash does not count"
    await house.voicemail.update_box(house.by, "acct-1", ANNA, BoxFields(enabled=False))
    assert "takes no messages" in led(house, "voicemail:201")[0].text


async def test_a_destination_names_a_box_of_the_account(house: House) -> None:
    leading = house.features[Destinations]
    assert leading.checked(house.account, "voicemail:201/busy") == "voicemail:201/busy"
    with pytest.raises(NotThere, match="The account has no voicemail box 999"):
        leading.checked(house.account, "voicemail:999")
    with pytest.raises(NotThere):
        leading.checked(house.other, "voicemail:201")
    with pytest.raises(NoDestination):
        led(house, "voicemail:999")
