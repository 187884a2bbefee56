"""The document's sample requests, sent as they are printed; only keys, numbers, cookies and ids are replaced."""

import re
import secrets

from tests.clients.tringme.client import TringMe
from tests.support import people
from tests.support.lab_texts import LabTexts

APIKEY, COOKIE = "b12345678901234567890123456789012345", "1234567890123456789012345678901"
SIG = "sig=f1234567890123456789012345678901"


def sample(tringme: TringMe, text: str, **replaced: str) -> str:
    """A sample with the placeholders replaced; each that is named must be there."""
    for before, after in {APIKEY: tringme.apikey, **replaced}.items():
        assert before in text, before
        text = text.replace(before, after)
    assert SIG in text, "the signature is sent as it is printed"
    return text.replace(COOKIE, tringme.cookie) if "cookie=" in text else text


async def test_placing_a_call(tringme: TringMe) -> None:
    printed = (
        "/api.php?op=call&src=18585551234&dest=15015551234&cookie=1234567890123456789012345678901"
        "&apikey=b12345678901234567890123456789012345&sig=f1234567890123456789012345678901"
    )
    replaced = {"18585551234": people.SPEAKS_440, "15015551234": people.HANGS_UP}
    assert re.fullmatch(r"OK \S+", await tringme.printed(sample(tringme, printed, **replaced)))


async def test_a_text_and_its_cancel(tringme: TringMe, texts: LabTexts, ours: str, theirs: str) -> None:
    printed = (
        "/api.php?op=sms&dest=15015551234&msg=hai+joe"
        "&apikey=b12345678901234567890123456789012345&sig=f1234567890123456789012345678901"
    )
    assert await tringme.printed(sample(tringme, printed, **{"15015551234": theirs})) == "OK"
    assert [text.text for text in await texts.until(theirs)] == ["hai joe"]
    scheduled = await tringme.ok("sms", dest=theirs, msg="later", schedule="3600")
    printed = (
        "/api.php?op=cancel&id=1q6gts8ers4"
        "&apikey=b12345678901234567890123456789012345&sig=f1234567890123456789012345678901"
    )
    assert await tringme.printed(sample(tringme, printed, **{"1q6gts8ers4": scheduled})) == "OK"


async def test_voicemails_and_their_deletion(tringme: TringMe) -> None:
    printed = (
        "/api.php?op=getvoicemal&cookie=1234567890123456789012345678901&json=1"
        "&apikey=b12345678901234567890123456789012345&sig=f1234567890123456789012345678901"
    )
    assert re.match(r"OKJ \[.*\]$", await tringme.printed(sample(tringme, printed)))
    printed = (
        "/api.php?op=deletevoicemail&cookie=1234567890123456789012345678901&id=v1t412345678901234567891"
        "&apikey=b12345678901234567890123456789012345&sig=f1234567890123456789012345678901"
    )
    answer = await tringme.printed(sample(tringme, printed))
    assert answer == "FAILED The parameter id is of no voicemail of this user."


async def test_a_conference(tringme: TringMe) -> None:
    printed = (
        "/api.php?op=createconference&pin=12345&apin=41234"
        "&apikey=b12345678901234567890123456789012345&sig=f1234567890123456789012345678901"
    )
    answer = await tringme.printed(sample(tringme, printed))
    assert re.fullmatch(r"OK \d{31}", answer)
    assert await tringme.ask("cancel", id=answer.removeprefix("OK ")) == "OK"


async def test_deleting_a_caller_id_that_is_none(tringme: TringMe) -> None:
    printed = (
        "/api.php?op=deletecallerid&cookie=1234567890123456789012345678901&callerid=18585551234"
        "&apikey=b12345678901234567890123456789012345&sig=f1234567890123456789012345678901"
    )
    other = f"1858555{secrets.randbelow(10**4):04}"
    answer = await tringme.printed(sample(tringme, printed, **{"18585551234": other}))
    assert answer == "FAILED The parameter callerid is no caller id of this account."
