"""The mail with the recording, by a real mail server."""

import io
from email.message import EmailMessage
from typing import cast

import soundfile

from tests.e2e.conftest import MakePhone
from tests.e2e.destinations.test_destinations import Leading, leading
from tests.e2e.voicemail.test_leaving import PHRASE, MakeBox, box, messages, speaks, talking
from tests.fakes.mail_box import MailBox
from tests.support.carillon import Own
from tests.support.far_end import Sound
from tests.support.mails import mails
from tests.support.scenario import until

__all__ = ["box", "leading", "mails"]
ADDRESS = "ben.of.the.box@example.com"


async def test_the_phrase_is_heard_in_the_attachment_and_the_message_goes_to_the_trash_if_it_is_set_so(
    phone: MakePhone, leading: Leading, box: MakeBox, own: Own, mails: MailBox
) -> None:
    anna = await phone(talking())
    mails.to, mails.refusals = ADDRESS, ["451 try later"]
    ours = await box(name="Ben", email=ADDRESS, delete_after_email=True)
    await speaks(own, anna, await leading(f"voicemail:{ours}"))
    await anna.hang_up()
    mail = await mails.next()
    assert mail["To"] == ADDRESS and mail["Subject"] == f"Voicemail from {anna.number}"
    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "audio/mpeg"
    sound = cast(bytes, cast(EmailMessage, attached).get_content())
    assert Sound(*soundfile.read(io.BytesIO(sound), dtype="float32"), "the attachment").says(PHRASE)
    await until(lambda: messages(own, ours), lambda found: not found, what="the message is in the trash")
