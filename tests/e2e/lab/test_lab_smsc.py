"""The lab's SMSC in its container: a link to it, what arrived, and texts that it sends.

What the lab sends goes to the link that was bound last, which is the test's: no other test may await texts meanwhile.
"""

from collections.abc import AsyncIterator

import pytest

from engine.features.messaging.carrier import Accepted, ReceiptState
from engine.features.messaging.smpp.carrier import SmppCarrier
from engine.features.messaging.smpp.settings import SmscSettings
from tests.fakes.inbox import RecordingInbox
from tests.support.carillon import Command
from tests.support.system import System
from tests.support.texts import part
from tests.support.turns import the_only

# Numbers that no other test uses.
OURS, THEIRS = "12015553999", "4915112399999"


@pytest.fixture
async def inbox() -> RecordingInbox:
    return RecordingInbox()


@pytest.fixture
async def carrier(inbox: RecordingInbox) -> AsyncIterator[SmppCarrier]:
    system = System.described()
    settings = SmscSettings(
        name="lab",
        host="127.0.0.1",
        port=int(system.setting("LAB_SMSC_PORT", "2775")),
        system_id="carillon",
        password=system.setting("LAB_SMSC_PASSWORD"),
    )
    carrier = SmppCarrier(settings, inbox)
    with the_only(system.file, "texts"):
        await carrier.start()
        await carrier.wait_ready()
        yield carrier
        await carrier.stop()


async def test_a_text_arrives_and_one_comes_back(carrier: SmppCarrier, inbox: RecordingInbox) -> None:
    command = Command(System.described())
    taken = await carrier.submit(part(THEIRS, "Grüße {€}", sender=OURS))
    assert isinstance(taken, Accepted)
    await inbox.until(lambda: any(each.id == taken.id for each in inbox.receipts))
    assert [each.state for each in inbox.receipts if each.id == taken.id] == [ReceiptState.DELIVERED]
    arrived = await command.json("lab", "texts", f"+{THEIRS}")
    assert [(each["sender"], each["text"], each["ids"]) for each in arrived][-1] == (OURS, "Grüße {€}", [taken.id])
    await command("lab", "text", f"+{OURS}", "Und zurück", "--as", THEIRS)
    await inbox.until(lambda: any(each.sender == THEIRS for each in inbox.texts))
    assert [each.text for each in inbox.texts if each.sender == THEIRS] == ["Und zurück"]


async def test_the_command_line_shows_how_it_is_and_who_takes_texts(carrier: SmppCarrier) -> None:
    command = Command(System.described())
    assert await command.json("lab", "smsc") == {"state": "up"}
    assert {"number": "12015550148", "does": "is refused (ESME_RINVDSTADR)"} in await command.json(
        "lab", "text-personas"
    )
