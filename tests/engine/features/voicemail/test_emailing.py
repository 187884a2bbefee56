"""Mails of messages: with the recording, tried again while the server takes none, given up when it refuses them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from email.message import EmailMessage

import pytest

from api.callbacks.mail import MailServer
from api.callbacks.mail_post import MailPost
from engine.features.voicemail.emailing.events import VoicemailNotEmailed
from engine.features.voicemail.emailing.letter import letter
from engine.features.voicemail.emailing.sending import GIVEN_UP_AFTER, KIND
from engine.features.voicemail.model import Box, BoxFields, Folder, Message
from engine.platform import due_work
from engine.platform.due_work import DueWork
from engine.store import events
from tests.engine.features.voicemail.conftest import ANNA, House, spoken
from tests.engine.features.voicemail.test_taking import taken
from tests.fakes.mail_box import MailBox

BEN_ADDRESS = "ben@example.com"


@pytest.fixture
async def post() -> AsyncIterator[MailBox]:
    """The installation's mail server."""
    async with MailBox() as server:
        yield server


@pytest.fixture
async def mailing(house: House, post: MailBox) -> House:
    """The installation with that server; Anna's box has an address."""
    await house.voicemail.update_box(house.by, "acct-1", ANNA, BoxFields(email=BEN_ADDRESS))
    await house.end()
    house.post = MailPost(MailServer("127.0.0.1", post.port, "carillon@example.org"))
    await house.begin()
    return house


async def waiting(house: House) -> list[DueWork]:
    """The mails that wait, whatever for."""
    found = await house.db.read(lambda conn: conn.exec_driver_sql(f"select id from due_work where kind='{KIND}'").all())
    works = [await house.db.read(lambda conn, id=row[0]: due_work.get(conn, id)) for row in found]
    return [work for work in works if work]


async def until(true: Callable[[], object]) -> None:
    """Wait for what a server or the store shows."""
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def until_waiting(house: House, count: int) -> None:
    """Wait until so many mails wait."""
    async with asyncio.timeout(10):
        while len(await waiting(house)) != count:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def settled(house: House) -> None:
    """Wait until no mail waits."""
    await until_waiting(house, 0)


async def later(house: House, post: MailBox, refused: int) -> None:
    """Let the clock run on until the server has refused so many more."""
    left = len(post.refusals) - refused
    async with asyncio.timeout(20):
        while len(post.refusals) > left:
            house.now += 3_601
            house.platform.scheduler.wake()
            await asyncio.sleep(0.05)


async def test_a_message_is_mailed_with_its_recording(mailing: House, post: MailBox) -> None:
    await mailing.recorded(spoken(3.0))
    mail = await post.next()
    (message,) = await taken(mailing, 1)
    assert (mail["To"], mail["Subject"]) == (BEN_ADDRESS, "Voicemail from 12015550114")
    assert mail["Message-ID"] == f"<{message.id}@example.org>"
    (attached,) = mail.iter_attachments()
    sound = await mailing.voicemail.sound("acct-1", message.id)
    assert isinstance(attached, EmailMessage) and attached.get_content() == sound.path.read_bytes()
    await settled(mailing)


async def test_a_server_that_says_later_is_asked_again_under_the_same_name(mailing: House, post: MailBox) -> None:
    post.refusals = ["450 try later", "451 try later"]
    await mailing.recorded(spoken(3.0))
    await until(lambda: len(post.refusals) < 2)
    await later(mailing, post, 1)
    async with asyncio.timeout(20):
        while not post.mails:
            mailing.now += 3_601
            mailing.platform.scheduler.wake()
            await asyncio.sleep(0.05)
    await settled(mailing)
    assert len(post.mails) == 1


async def test_a_server_that_is_down_loses_no_mail_over_a_restart(mailing: House, post: MailBox) -> None:
    port = post.port
    await post.__aexit__()
    await mailing.recorded(spoken(3.0))
    (message,) = await taken(mailing, 1)
    await until_waiting(mailing, 1)
    await mailing.end()
    async with MailBox(port) as back:
        mailing.now += 3_601
        await mailing.begin()
        mail = await back.next()
        await settled(mailing)
    assert mail["Message-ID"] == f"<{message.id}@example.org>"


async def test_a_mail_that_is_refused_for_good_is_given_up_and_told(mailing: House, post: MailBox) -> None:
    post.refusals = ["550 no such mailbox"]
    await mailing.recorded(spoken(3.0))
    await until(lambda: not post.refusals)
    await settled(mailing)
    told = await mailing.db.read(lambda conn: events.after(conn, 0, 500))
    (event,) = [one.event for one in told if isinstance(one.event, VoicemailNotEmailed)]
    assert event.email == BEN_ADDRESS and "550 no such mailbox" in event.error
    assert len(await mailing.voicemail.messages("acct-1", ANNA)) == 1
    assert post.mails == []


async def test_after_five_days_a_mail_is_given_up(mailing: House, post: MailBox) -> None:
    post.refusals = ["451 try later"] * 2
    await mailing.recorded(spoken(3.0))
    await until(lambda: len(post.refusals) < 2)
    mailing.now += GIVEN_UP_AFTER + 1
    mailing.platform.scheduler.wake()
    await settled(mailing)
    assert post.mails == []


async def test_a_message_goes_to_the_trash_once_it_is_mailed_if_the_box_says_so(mailing: House, post: MailBox) -> None:
    fields = BoxFields(delete_after_email=True, attach=False)
    await mailing.voicemail.update_box(mailing.by, "acct-1", ANNA, fields)
    await mailing.recorded(spoken(3.0))
    mail = await post.next()
    assert not list(mail.iter_attachments())
    await settled(mailing)
    assert len(await mailing.voicemail.messages("acct-1", ANNA, Folder.TRASH)) == 1


async def test_a_box_without_an_address_mails_nothing(mailing: House, post: MailBox) -> None:
    await mailing.voicemail.update_box(mailing.by, "acct-1", ANNA, BoxFields(email=""))
    await mailing.recorded(spoken(3.0))
    await taken(mailing, 1)
    await until(lambda: mailing.platform.consumers.idle)
    assert await waiting(mailing) == [] and post.mails == []


@pytest.mark.parametrize("caller", ["1\r\nBcc: all@example.com", "x\nSubject: y", "\x00\x07evil", "a" * 500, ""])
def test_what_a_caller_sends_begins_no_line(caller: str) -> None:
    box = Box(id="box-1", account="acct-1", number=ANNA, created=0.0, name="Anna", email=BEN_ADDRESS)
    message = Message(
        id="voicemail-1", account="acct-1", box="box-1", caller=caller, withheld=not caller, called=caller,
        call="call-1", received=0.0, arrived=0.0, seconds=3.0, bytes=3, format="mp3", file="vm-1",
    )  # fmt: skip
    text = letter(box, message, b"123", name="name").as_string()
    assert sum(line.startswith("Subject:") for line in text.splitlines()) == 1
    assert not [line for line in text.splitlines() if line.startswith(("Bcc", "evil"))]
    assert "\0" not in text


def test_a_mail_says_when_in_the_time_zone_of_the_box() -> None:
    box = Box(id="box-1", account="acct-1", number=ANNA, created=0.0, email=BEN_ADDRESS, timezone="Asia/Kathmandu")
    message = Message(
        id="voicemail-1", account="acct-1", box="box-1", caller="101", withheld=False, called="201", call="call-1",
        received=1_800_000_000.0, arrived=1_800_000_000.0, seconds=3.0, bytes=3, format="mp3", file="vm-1",
    )  # fmt: skip
    mail = letter(box, message, b"123", name="name")
    text, sound = mail.iter_parts()
    assert "received: 2027-01-15T13:45:00+05:45 (Asia/Kathmandu)" in text.get_content()
    assert sound.get_filename() == "voicemail-201-20270115-134500.mp3"
