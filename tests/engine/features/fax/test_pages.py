"""Documents become pages, and pages documents; what cannot be faxed is refused with a sentence, and nothing hangs."""

import asyncio
import io
import os
import re
import subprocess
import tempfile
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from engine.commands import EngineUnavailable
from engine.features.fax.pages import queue
from engine.features.fax.pages.converting import Pages
from engine.features.fax.pages.covers import MOST_LINES, lines_of, wrapped
from engine.features.fax.pages.model import COLUMNS, HEIGHT, LINES, WIDTH, Cover, DocumentRefused, Made, PageLimits

PAGES = Pages()


async def tiff(document: bytes, pages: Pages = PAGES, cover: Cover | None = None) -> Made:
    """A document's pages."""

    async def read() -> bytes:
        return document

    return await pages.tiff("acct-acme", read, cover)


def opened(content: bytes) -> list[Image.Image]:
    """The pages of a TIFF."""
    with Image.open(io.BytesIO(content)) as image:
        found = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            found.append(image.copy())
        return found


def blackness(page: Image.Image, box: tuple[int, int, int, int]) -> float:
    """The share of a part's dots that is black."""
    part = page.convert("L").crop(box)
    return 1 - sum(part.tobytes()) / 255 / (part.width * part.height)


def picture(kind: str, size: tuple[int, int] = (800, 400), frames: int = 1, mode: str = "RGB") -> bytes:
    """A picture whose left half is black; with alpha the right one is transparent."""
    made = []
    for _ in range(frames):
        image = Image.new(mode, size, 0 if mode == "RGBA" else "white")
        ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2, size[1]), fill="black")
        made.append(image)
    out, more = io.BytesIO(), {"save_all": True, "append_images": made[1:]} if frames > 1 else {}
    made[0].save(out, kind, **more)
    return out.getvalue()


async def test_text_is_drawn_and_a_form_feed_begins_a_page() -> None:
    made = await tiff("Grüße\nfrom Bern\f第二 page".encode())
    first, second = opened(made.content)
    assert made.pages == 2 and first.size == second.size == (WIDTH, HEIGHT)
    assert blackness(first, (100, 100, 700, 220)) > 0.01 > blackness(first, (0, 300, WIDTH, HEIGHT))
    assert blackness(second, (100, 100, 700, 220)) > 0.01


async def test_long_text_is_wrapped_and_has_as_many_pages_as_it_needs() -> None:
    made = await tiff(("word " * 30 + "\n").encode() * 100)
    assert made.pages == 4


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "LA"), ("JPEG", "RGB"), ("TIFF", "RGB")]
)
async def test_a_picture_is_as_large_as_the_page_allows_and_keeps_its_shape(kind: str, mode: str) -> None:
    (page,) = opened((await tiff(picture(kind, mode=mode))).content)
    assert page.size == (WIDTH, HEIGHT) and page.mode == "1"
    assert blackness(page, (150, 150, 800, 700)) > 0.95
    assert blackness(page, (900, 150, 1700, 2200)) < 0.05
    assert blackness(page, (150, 900, 800, 2200)) < 0.05, "half as high as wide"


async def test_a_fax_goes_through_dot_by_dot() -> None:
    pages = [Image.new("1", (WIDTH, 1100), 1) for _ in range(2)]
    ImageDraw.Draw(pages[1]).rectangle((10, 10, 500, 500), fill=0)
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], compression="group4", dpi=(204, 98))
    made = await tiff(out.getvalue())
    assert [page.tobytes() for page in opened(made.content)] == [page.tobytes() for page in pages]
    assert opened(made.content)[0].info["dpi"] == (204.0, 98.0)


async def test_a_pdf_is_rendered_and_made_again() -> None:
    text = await tiff(b"first\fsecond\fthird")
    pdf = await PAGES.of_fax("acct-acme", text.content, "pdf")
    assert pdf.content.startswith(b"%PDF-") and pdf.pages == 3
    again = await tiff(pdf.content)
    assert again.pages == 3
    for before, after in zip(opened(text.content), opened(again.content), strict=True):
        assert after.size == (WIDTH, HEIGHT)
        box = (100, 100, 700, 220)
        assert blackness(after, box) == pytest.approx(blackness(before, box), rel=0.3)


async def test_short_and_long_pages_are_not_cut_in_the_pdf() -> None:
    pages = [Image.new("1", (WIDTH, height), 1) for height in (400, 2800)]
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], compression="group4", dpi=(204, 196))
    pdf = (await PAGES.of_fax("acct-acme", out.getvalue(), "pdf")).content
    boxes = [[float(each) for each in box.split()] for box in re.findall(rb"/MediaBox \[ ([0-9. ]+) \]", pdf)]
    assert [box[2] for box in boxes] == [pytest.approx(WIDTH / 204 * 72, abs=1)] * 2
    assert [box[3] for box in boxes] == [pytest.approx(height / 196 * 72, abs=1) for height in (400, 2800)]


async def test_the_first_page_is_a_picture_of_its_shape() -> None:
    text = await tiff(b"Hello")
    with Image.open(io.BytesIO((await PAGES.of_fax("acct-acme", text.content, "png")).content)) as image:
        assert image.width == 432 and image.height / image.width == pytest.approx(297 / 215, rel=0.02)
    assert await PAGES.count(text.content) == 1


FULL = Cover(
    at=1_800_000_000.0, text="Dear Bob,\n\nplease read it.", from_name="Ann", from_number="+12015550100", to_name="Bob",
    to_number="+12015550170", subject="An offer",
)  # fmt: skip


def test_a_cover_page_says_when_from_whom_for_whom_and_how_many_pages_there_are() -> None:
    assert lines_of(FULL, 2) == [
        "FAX", "",
        "Date     2027-01-15 08:00 UTC",
        "From     Ann, +12015550100",
        "To       Bob, +12015550170",
        "Subject  An offer",
        "Pages    3, with this cover page",
        "-" * COLUMNS, "",
        "Dear Bob,", "", "please read it.",
    ]  # fmt: skip
    bare = lines_of(Cover(at=1_800_000_000.0, text="Hello", to_number="+12015550170"), 1)
    assert [line.split()[0] for line in bare if line] == ["FAX", "Date", "To", "Pages", "-" * COLUMNS, "Hello"]


def test_the_text_of_a_cover_page_is_wrapped_at_blanks_and_a_word_that_is_too_long_is_cut() -> None:
    text = "word " * 30 + "\n\n  indented\n" + "x" * 100
    assert wrapped(text) == [
        ("word " * 17).strip(), ("word " * 13).strip(), "", "  indented", "x" * COLUMNS, "x" * (100 - COLUMNS),
    ]  # fmt: skip


def test_the_longest_cover_page_takes_two_pages_and_counts_both() -> None:
    long = "x" * 200
    cover = Cover(
        at=0.0, text="\n" * (MOST_LINES - 1) + "x", from_name=long, from_number="+1" + "2" * 14, to_name=long,
        to_number="+1" + "2" * 14, subject=long,
    )  # fmt: skip
    lines = lines_of(cover, 5)
    assert LINES < len(lines) <= 2 * LINES and "Pages    7, with this cover page" in lines


async def test_a_cover_page_comes_first_and_is_drawn_as_text_is() -> None:
    document = await tiff(b"one\ftwo")
    made = await tiff(b"one\ftwo", cover=FULL)
    cover, *rest = opened(made.content)
    assert made.pages == 3 and [each.tobytes() for each in rest] == [
        each.tobytes() for each in opened(document.content)
    ]
    (drawn,) = opened((await tiff("\n".join(lines_of(FULL, 2)).encode())).content)
    assert cover.size == (WIDTH, HEIGHT) and cover.tobytes() == drawn.tobytes()


async def test_a_cover_page_has_the_resolution_of_the_fax_behind_it_which_goes_through_dot_by_dot() -> None:
    page, out = Image.new("1", (WIDTH, 1100), 1), io.BytesIO()
    ImageDraw.Draw(page).rectangle((10, 10, 500, 500), fill=0)
    page.save(out, "TIFF", compression="group4", dpi=(204, 98))
    cover, document = opened((await tiff(out.getvalue(), cover=FULL)).content)
    assert document.tobytes() == page.tobytes() and document.info["dpi"] == cover.info["dpi"] == (204.0, 98.0)
    assert cover.size == (WIDTH, HEIGHT // 2)
    assert blackness(cover, (100, 50, 700, 400)) > 0.01 > blackness(cover, (0, 500, WIDTH, HEIGHT // 2))


async def test_a_cover_page_counts_as_one_of_the_pages_that_a_fax_may_have() -> None:
    small = Pages(PageLimits(pages=3))
    assert (await tiff(b"a\fb", small, FULL)).pages == 3
    with pytest.raises(DocumentRefused, match="at most 3 pages"):
        await tiff(b"a\fb\fc", small, FULL)


def protected() -> bytes:
    """A PDF that asks for a password."""
    program = b"%!PS\n/Helvetica 20 selectfont 50 50 moveto (Hi) show showpage\n"
    ran = subprocess.run(
        ["gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", "-sUserPassword=u", "-sOwnerPassword=o",
         "-dEncryptionR=3", "-dKeyLength=128", "-sOutputFile=-", "-"],
        input=program, capture_output=True, check=True,
    )  # fmt: skip
    return ran.stdout


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (b"", "is empty"),
        (b"\0\1\2\3", "must be a PDF, TIFF, PNG, JPEG or text"),
        (b"#!/bin/sh\nrm -rf /\n\0", "must be a PDF"),
        (b"GIF89a\x01\x00", "must be a PDF"),
        (b"%PDF-1.7 and nothing more", "PDF cannot be read"),
        (protected(), "protected by a password"),
        (b"\xff\xd8\xff\xe0 nonsense", "damaged"),
        (b"II*\0#!/bin/sh\necho a script", "damaged"),
        (picture("PNG")[:200], "damaged"),
    ],
    ids=["empty", "binary", "script", "gif", "no pdf", "encrypted", "jpeg", "tiff", "cut png"],
)
async def test_what_cannot_be_faxed_is_refused_with_a_sentence(document: bytes, says: str) -> None:
    with pytest.raises(DocumentRefused, match=says):
        await tiff(document)


async def test_a_program_before_a_pdf_is_not_run() -> None:
    pdf = (await PAGES.of_fax("acct-acme", (await tiff(b"Hello")).content, "pdf")).content
    assert (await tiff(b"%!PS\n{} loop\n" + pdf)).pages == 1


async def test_too_much_is_refused() -> None:
    small = Pages(PageLimits(pages=3, bytes=100_000, pixels=1_000_000))
    for document, says in (
        (os.urandom(100_001), "at most 100,000 bytes"),
        (b"a\fb\fc\fd", "at most 3 pages"),
        (picture("TIFF", (50, 50), frames=4), "at most 3 pages"),
        ((await PAGES.of_fax("acct-acme", (await tiff(b"a\fb\fc\fd")).content, "pdf")).content, "at most 3 pages"),
        (picture("PNG", (5000, 5000), mode="1"), "at most 1,000,000 pixels"),
    ):
        with pytest.raises(DocumentRefused, match=says):
            await tiff(document, small)


async def test_a_document_that_takes_too_long_or_too_much_memory_ends() -> None:
    with pytest.raises(DocumentRefused, match="could not be converted within"):
        await tiff(b"Hello", Pages(PageLimits(seconds=0.05)))
    with pytest.raises(DocumentRefused, match=r"too large|damaged"):
        await tiff(picture("PNG", (8000, 8000)), Pages(PageLimits(memory=120_000_000)))


async def test_pages_that_become_too_large_are_refused() -> None:
    page = Image.frombytes("1", (WIDTH, 1000), b"".join(b"\xff" * 216 + b"\xaa" * 216 for _ in range(500)))
    out = io.BytesIO()
    page.save(out, "TIFF", compression="group4")
    with pytest.raises(DocumentRefused, match="pages are too large"):
        await tiff(out.getvalue(), Pages(PageLimits(sent=100_000)))


async def test_too_many_documents_at_once_are_refused_and_what_comes_in_is_counted_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queue, "MOST_WAITING", 3)
    made, pages, reading = (await tiff(b"x")).content, Pages(), asyncio.Event()

    async def read() -> bytes:
        await reading.wait()
        return b"Hello"

    waiting = [asyncio.create_task(pages.tiff("acct-acme", read)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(EngineUnavailable, match="Too many documents"):
        await tiff(b"Hello", pages)
    assert await pages.count(made) == 1
    reading.set()
    assert [each.pages for each in await asyncio.gather(*waiting)] == [1, 1, 1]


async def test_nothing_is_left_of_a_conversion_that_was_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(DocumentRefused, match="could not be converted"):
        await tiff(b"Hello", Pages(PageLimits(seconds=0.05)))
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240
