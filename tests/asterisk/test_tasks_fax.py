"""Faxes on a real Asterisk, to and from the lab's fax machines: what arrives is compared dot by dot."""

import asyncio
import uuid
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from api.lab import file_name
from engine.calls.faxing import names
from engine.events import TaskEnded, TaskStarted
from engine.model.call import Call
from engine.store import calls
from engine.tasks.fax import ReceiveFax, SendFax
from engine.tasks.results import Completed, Faxed
from tests.asterisk.live_exchange import LiveExchange
from tests.support import people
from tests.support.lab import RunningLab

WIDTH, HEIGHT = 1728, 600


def pages_of(file: Path) -> list[Image.Image]:
    """The pages of a TIFF; black is 0."""
    with Image.open(file) as image:
        found = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            found.append(image.convert("1").copy())
        return found


def drawn(exchange: LiveExchange, pages: int, height: int = HEIGHT) -> tuple[str, list[Image.Image]]:
    """Draw pages, each another one, into a TIFF that Asterisk reads; returns its name, and them."""
    made = []
    for number in range(pages):
        page = Image.new("1", (WIDTH, height), 1)
        draw = ImageDraw.Draw(page)
        draw.rectangle((8, 8, WIDTH - 9, height - 9), outline=0, width=8)
        draw.text((100, 100), f"Page {number + 1} of {pages}", fill=0, font_size=80)
        made.append(page)
    name = f"fax-{uuid.uuid4().hex}.tif"
    file = exchange.folder / name
    made[0].save(file, save_all=True, append_images=made[1:], compression="group4", dpi=(204, 98))
    file.chmod(0o644)
    return name, made


async def faxed(exchange: LiveExchange, call: Call, kind: str) -> Faxed:
    ended = await exchange.event(TaskEnded, kind=kind, subject=call.id)
    assert isinstance(ended.outcome, Completed) and isinstance(ended.outcome.result, Faxed), ended.outcome
    return ended.outcome.result


def same(one: Image.Image, other: Image.Image) -> bool:
    """Whether two pages have the same dots."""
    return one.size == other.size and one.tobytes() == other.tobytes()


def taken(call: Call) -> list[Image.Image]:
    """The pages that the lab's fax machine received in a call."""
    assert call.sip_call_id
    return pages_of(RunningLab.of_environment().folder / f"{file_name(call.sip_call_id)}-fax.tif")


async def stored(exchange: LiveExchange, call: Call) -> Call:
    """A call with what is known of it in the end."""
    await exchange.ended(call.id)
    found = await exchange.database.read(lambda conn: calls.get(conn, call.id))
    assert found
    return found


async def test_a_fax_arrives_dot_by_dot(exchange: LiveExchange) -> None:
    name, pages = drawn(exchange, 2)
    call = await exchange.call(SendFax(file=name, station="+1 201 555 2000"), callee=people.TAKES_FAXES)
    result = await faxed(exchange, call, "send_fax")
    assert (result.sent, result.pages, result.error, result.ecm, result.t38) == (True, 2, "", True, False), result
    assert result.station == people.TAKES_FAXES and result.rate == 14_400
    got = taken(await stored(exchange, call))
    assert len(got) == 2 and all(same(*each) for each in zip(got, pages, strict=True))


@pytest.mark.parametrize("rate", [9600, 4800])
async def test_a_lower_rung_asks_for_less(exchange: LiveExchange, rate: int) -> None:
    name, pages = drawn(exchange, 1)
    call = await exchange.call(SendFax(file=name, ecm=False, rate=rate), callee=people.TAKES_FAXES)
    result = await faxed(exchange, call, "send_fax")
    assert (result.sent, result.rate, result.ecm) == (True, rate, False), result
    (got,) = taken(await stored(exchange, call))
    assert same(got, pages[0])


async def test_a_fax_is_received_dot_by_dot(exchange: LiveExchange) -> None:
    name = f"fax-{uuid.uuid4().hex}.tif"
    call = await exchange.call(ReceiveFax(file=name, station="Carillon"), callee=people.SENDS_A_FAX)
    result = await faxed(exchange, call, "receive_fax")
    assert (result.sent, result.pages, result.station) == (True, 2, people.SENDS_A_FAX), result
    got = pages_of(exchange.folder / name)
    assert [page.size for page in got] == [(1728, 1145)] * 2
    for number, page in enumerate(got, 1):
        bars = [page.getpixel((800, 100 + 120 * bar + 30)) == 0 for bar in range(3)]
        assert bars == [bar < number for bar in range(3)]
    await exchange.ended(call.id)


async def test_a_controller_that_comes_in_the_middle_hears_how_it_ended(exchange: LiveExchange) -> None:
    name, pages = drawn(exchange, 1)
    call = await exchange.call(SendFax(file=name), callee=people.TAKES_FAXES)
    await exchange.event(TaskStarted, kind="send_fax", subject=call.id)
    await exchange.again()
    result = await faxed(exchange, call, "send_fax")
    assert (result.sent, result.pages) == (True, 1), result
    (got,) = taken(await stored(exchange, call))
    assert same(got, pages[0])


async def test_a_machine_that_hangs_up_leaves_what_it_confirmed(exchange: LiveExchange) -> None:
    name, _ = drawn(exchange, 6, height=1100)
    call = await exchange.call(SendFax(file=name), callee=people.CUTS_FAXES_OFF)
    result = await faxed(exchange, call, "send_fax")
    assert not result.sent and result.error and 0 < result.pages < 6, result
    await exchange.ended(call.id)


async def test_a_party_that_is_no_fax_machine_is_told_apart(exchange: LiveExchange) -> None:
    exchange.patience = 90.0  # T.30 waits a minute for an answer (T1 of ITU-T T.30 is 35 s, and spandsp's T0 60 s)
    name, _ = drawn(exchange, 1)
    call = await exchange.call(SendFax(file=name), callee=people.SPEAKS_440)
    result = await faxed(exchange, call, "send_fax")
    assert (result.sent, result.pages) == (False, 0) and result.error, result
    await exchange.hang_up(call.id)


async def test_a_fax_that_is_hung_up_ends_at_once_and_leaves_nothing(exchange: LiveExchange) -> None:
    name, _ = drawn(exchange, 6, height=1100)
    call = await exchange.call(SendFax(file=name), callee=people.TAKES_FAXES)
    task = (await exchange.event(TaskStarted, kind="send_fax", subject=call.id)).task
    await exchange.hang_up(call.id)
    result = await faxed(exchange, call, "send_fax")
    assert (result.sent, result.pages, result.error) == (False, 0, "HANGUP"), result
    for _ in range(20):
        left = {one.id for one in await exchange.client.channels.list()} & set(names(task))
        if not left:
            break
        await asyncio.sleep(0.1)
    assert not left
    kept = await exchange.client.asterisk.get_global_var(variable=f"FAX_{names(task)[1]}")
    assert kept.value == "", "no global variable piles up"
