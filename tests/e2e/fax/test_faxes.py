"""Faxes by the running system: documents arrive at fax machines dot by dot, and what comes in is kept."""

import io
import secrets
import time
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
from PIL import Image, ImageDraw

from api.lab import Lab, file_name
from tests.e2e.conftest import make_account, worker
from tests.fakes.mail_box import MailBox
from tests.support import people
from tests.support.carillon import Account, Admin, Command, Own
from tests.support.lab import RunningLab
from tests.support.mails import mails
from tests.support.scenario import until
from tests.support.sink import Sink
from tests.support.system import System

__all__ = ["mails"]
WITHIN = 120.0
"""Seconds for a fax of two pages, its call and what is made of it."""


@pytest.fixture
def mine(http: aiohttp.ClientSession, system: System, admin: Admin) -> Own:
    """An account of the test's own."""
    return Own(http, system, make_account(admin))


def drawn(pages: int, height: int = 600) -> tuple[bytes, list[Image.Image]]:
    """A fax as a TIFF, and its pages."""
    made = []
    for number in range(pages):
        page = Image.new("1", (1728, height), 1)
        draw = ImageDraw.Draw(page)
        draw.rectangle((8, 8, 1719, height - 9), outline=0, width=8)
        draw.text((100, 100), f"Page {number + 1} of {pages}", fill=0, font_size=80)
        made.append(page)
    out = io.BytesIO()
    made[0].save(out, "TIFF", save_all=True, append_images=made[1:], compression="group4", dpi=(204, 98))
    return out.getvalue(), made


def pages_of(file: Path | bytes) -> list[Image.Image]:
    """The pages of a TIFF."""
    with Image.open(file if isinstance(file, Path) else io.BytesIO(file)) as image:
        found = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            found.append(image.convert("1").copy())
        return found


async def send(own: Own, document: bytes, number: str = people.TAKES_FAXES, **more: Any) -> Any:
    """Upload a document and send it; returns the fax."""
    status, file = await own.ask("POST", "files?name=document", data=document)
    assert status == 201, file
    status, fax = await own.ask("POST", "faxes", json={"to": f"+{number}", "file": file["id"], **more})
    assert status == 202, fax
    return fax


async def becomes(own: Own, id: str, *states: str, within: float = WITHIN) -> Any:
    """A fax as soon as it is in one of these states."""

    async def look() -> Any:
        return (await own.ask("GET", f"faxes/{id}"))[1]

    return await until(look, lambda fax: fax["state"] in states, within, f"{id} is {' or '.join(states)}")


async def arrived(own: Own, fax: Any) -> list[Image.Image]:
    """The pages that the lab's fax machine has of a fax's last call."""
    call = await own.call(fax["call"])
    return pages_of(RunningLab.of_environment().folder / f"{file_name(call['sip_call_id'])}-fax.tif")


async def test_a_document_arrives_dot_by_dot_and_the_subscriber_hears_of_it(mine: Own, sink: Sink) -> None:
    wanted = {"events": ["fax.*"], "url": sink.url("/faxes")}
    assert (await mine.ask("POST", "subscriptions", json=wanted))[0] == 201
    document, pages = drawn(2)
    fax = await send(mine, document, header=False)
    done = await becomes(mine, fax["id"], "sent", "failed")
    assert (done["state"], done["confirmed"], done["attempts"]) == ("sent", 2, 1), done
    assert (done["station"], done["ecm"], done["error"]) == (people.TAKES_FAXES, True, None)
    got = await arrived(mine, done)
    assert [page.size for page in got] == [page.size for page in pages]
    assert [page.tobytes() for page in got] == [page.tobytes() for page in pages]
    told = await sink.until_any(lambda one: '"fax.sent"' in one.body and fax["id"] in one.body)
    assert f'"number":"{people.TAKES_FAXES}"' in told.body


async def test_a_text_by_the_command_line_has_a_header_on_each_page(
    carillon: Command, account: Account, own: Own, tmp_path: Path
) -> None:
    document = tmp_path / "offer.txt"
    document.write_text("An offer\f" + "and its terms\n" * 3)
    options = ("--account", account.name, "--from-name", "Acme", "--subject", "Offer")
    printed = await carillon("fax", "send", f"+{people.TAKES_FAXES}", str(document), *options)
    id = printed.split()[0]
    done = await becomes(own, id, "sent", "failed")
    assert (done["state"], done["pages"]) == ("sent", 2), done
    saved = tmp_path / "fax.tif"
    await carillon("fax", "fetch", id, str(saved), "--account", account.name)
    for kept, got in zip(pages_of(saved), await arrived(own, done), strict=True):
        lines = got.height - kept.height
        assert 0 <= lines < 100
        top = got.crop((0, 0, got.width, max(lines, 40))).convert("L").tobytes()
        assert top.count(0) > 200, "date, sender and page"
        assert got.crop((0, lines + 60, 1728, got.height)).tobytes() == kept.crop((0, 60, 1728, kept.height)).tobytes()


async def test_a_cover_page_arrives_before_the_document_which_stays_as_it_is(
    carillon: Command, account: Account, own: Own, tmp_path: Path
) -> None:
    document, pages = drawn(1)
    file, saved = tmp_path / "page.tif", tmp_path / "fax.tif"
    file.write_bytes(document)
    options = ("--account", account.name, "--cover", "Dear Bob,\n\nplease read it.", "--no-header")
    id = (await carillon("fax", "send", f"+{people.TAKES_FAXES}", str(file), *options)).split()[0]
    done = await becomes(own, id, "sent", "failed")
    assert (done["state"], done["pages"], done["confirmed"]) == ("sent", 2, 2), done
    await carillon("fax", "fetch", id, str(saved), "--account", account.name)
    kept, got = pages_of(saved), await arrived(own, done)
    assert [page.tobytes() for page in got] == [page.tobytes() for page in kept]
    cover, first = got
    assert first.tobytes() == pages[0].tobytes()
    assert cover.crop((100, 50, 1000, 400)).convert("L").tobytes().count(0) > 1000, "the fields and the text"


async def test_a_fax_that_comes_in_is_mailed_as_a_pdf_with_a_picture_of_its_first_page(
    own: Own, account: Account, admin: Admin, network: Lab, mails: MailBox
) -> None:
    box, line = f"office-{secrets.token_hex(3)}", f"44{worker():02d}{secrets.randbelow(10**7):07d}"
    wanted = {"name": box, "emails": [f"{box}@example.com"]}
    assert (await own.ask("POST", "fax-boxes", json=wanted))[0] == 201
    await admin.ask("POST", "numbers", {"number": line, "account": account.name, "to": f"fax:{box}"})
    await network.dial(line, as_=people.SENDS_A_FAX, seconds=90)
    mail = await mails.next(f"{box}@example.com", WITHIN)
    assert mail["Subject"] == f"Fax from +{people.SENDS_A_FAX}" and mail["Carillon-Event"] == "fax.received"
    shown, attached = (cast(EmailMessage, each) for each in mail.iter_attachments())
    assert (shown.get_content_type(), shown.get_content_disposition()) == ("image/png", "inline")
    with Image.open(io.BytesIO(cast(bytes, shown.get_content()))) as picture:
        assert (picture.format, picture.width) == ("PNG", 432)
        assert min(picture.convert("L").tobytes()) < 64, "the bars of the page"
    assert attached.get_content_type() == "application/pdf"
    assert cast(bytes, attached.get_content()).startswith(b"%PDF-")
    await admin.ask("DELETE", f"numbers/{line}")


async def test_a_fax_that_comes_in_is_kept_and_told_and_fetched(
    own: Own, account: Account, admin: Admin, carillon: Command, network: Lab, sink: Sink, tmp_path: Path
) -> None:
    box, line = f"office-{secrets.token_hex(3)}", f"44{worker():02d}{secrets.randbelow(10**7):07d}"
    assert (await own.ask("POST", "fax-boxes", json={"name": box}))[0] == 201
    await admin.ask("POST", "numbers", {"number": line, "account": account.name, "to": f"fax:{box}"})
    assert (await own.ask("POST", "subscriptions", json={"events": ["fax.received"], "url": sink.url("/in")}))[0] == 201
    await network.dial(line, as_=people.SENDS_A_FAX, seconds=90)
    told = await sink.until_any(lambda one: '"fax.received"' in one.body and line in one.body, within=WITHIN)
    (fax,) = [each for each in (await own.ask("GET", "faxes?way=in"))[1]["faxes"] if each["own"] == line]
    seen = (fax["state"], fax["pages"], fax["box"], fax["number"])
    assert seen == ("received", 2, box, people.SENDS_A_FAX), told.body
    saved = tmp_path / "in.tif"
    await carillon("fax", "fetch", fax["id"], str(saved), "--account", account.name)
    got = pages_of(saved)
    for count, page in enumerate(got, 1):
        bars = [page.getpixel((800, 100 + 120 * bar + 30)) == 0 for bar in range(3)]
        assert bars == [bar < count for bar in range(3)]
    assert len(got) == 2
    await admin.ask("DELETE", f"numbers/{line}")


async def test_a_machine_that_hangs_up_is_called_again_and_the_fax_is_given_up_with_the_reason(mine: Own) -> None:
    document, _ = drawn(6, 1100)
    fax = await send(mine, document, people.CUTS_FAXES_OFF, retries=1, wait_seconds=1)
    done = await becomes(mine, fax["id"], "failed", "sent", within=180.0)
    assert (done["state"], done["attempts"]) == ("failed", 2), done
    assert done["error"] and 0 < done["confirmed"] < 6
    assert [0 < each["pages"] < 6 for each in done["calls"]] == [True, True]


@pytest.mark.parametrize("callee", [people.BUSY, people.DECLINES])
async def test_a_number_that_takes_no_call_is_told_apart(mine: Own, callee: str) -> None:
    fax = await send(mine, b"Hello", callee, retries=0)
    done = await becomes(mine, fax["id"], "failed", within=60.0)
    assert (done["confirmed"], done["error"]) == (0, "busy" if callee == people.BUSY else "rejected")


async def test_a_fax_that_waits_is_taken_back(mine: Own) -> None:
    fax = await send(mine, b"Hello", at=time.time() + 86_400)
    assert fax["state"] == "queued"
    assert (await mine.ask("DELETE", f"faxes/{fax['id']}"))[0] == 204
    assert (await mine.ask("GET", f"faxes/{fax['id']}"))[0] == 404
