"""Texts as they come in and as they go out, by alphabet and by the mark of their parts."""

from typing import Any

import pytest

from engine.features.messaging.carrier import Incoming, Submission
from engine.features.messaging.smpp import pdu
from engine.features.messaging.smpp.incoming import incoming_of, text_of
from engine.features.messaging.smpp.outgoing import CannotSubmit, submit_of, type_of
from engine.features.messaging.smpp.settings import SmscSettings
from tests.support.texts import part, parts

SAR = {0x020C: b"\x12\x34", 0x020E: b"\x03", 0x020F: b"\x02"}


def settings(**more: Any) -> SmscSettings:
    return SmscSettings(**({"name": "one", "host": "h", "port": 1, "system_id": "us"} | more))


def came(content: bytes, esm_class: int = 0, coding: int = 0, **more: Any) -> Incoming:
    message = pdu.Message(source="49151", dest="1201", esm_class=esm_class, coding=coding, content=content, **more)
    return incoming_of(pdu.read_message(pdu.message(message)), settings())


@pytest.mark.parametrize(
    ("coding", "content", "text"),
    [
        (0, b"a\x02\x1be", "a$€"), (1, b"a$", "a$"), (3, b"\xe9$", "é$"), (8, "ж😀".encode("utf-16-be"), "ж😀"),
        (2, b"\xe9\0", "é\0"), (4, b"\xe9", "é"), (6, b"\xd6", "ж"), (7, b"\xe0", "א"), (15, b"\x02", "$"),
        (0x10, b"\x02", "$"), (0x14, b"\xe9", "é"), (0x18, "ж".encode("utf-16-be"), "ж"),
        (0xC8, b"\x02", "$"), (0xE0, "ж".encode("utf-16-be"), "ж"),
        (0xF0, b"\x02", "$"), (0xF1, b"\x02", "$"), (0xF3, b"\x02", "$"), (0xF4, b"\xe9", "é"), (0xF6, b"\xe9", "é"),
    ],
)  # fmt: skip
def test_each_alphabet(coding: int, content: bytes, text: str) -> None:
    assert came(content, coding=coding).text == text


def test_the_default_alphabet_can_be_latin1() -> None:
    message = pdu.Message(source="1", dest="2", content=b"\xe9$@")
    assert text_of(message, settings(alphabet="latin1")) == "é$@"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"\5\0\3\x34\3\2", (0x34, 2, 3)),
        (b"\6\x08\4\x12\x34\3\2", (0x1234, 2, 3)),
        (b"\x0b\5\4\x0b\x84\x23\xf0\0\3\x34\3\2", (0x34, 2, 3)),  # a port, then the concatenation
        (b"\6\5\4\x0b\x84\x23\xf0", (0, 1, 1)),  # a port alone
        (b"\5\0\3\x34\0\0", (0, 1, 1)),
        (b"\5\0\3\x34\3\4", (0, 1, 1)),
        (b"\5\0\3\x34\3\0", (0, 1, 1)),
        (b"\5\0\3\x34\1\1", (0, 1, 1)),
        (b"\5\0\x20\x34\3\2", (0, 1, 1)),  # its length goes beyond the header
        (b"\1\0", (0, 1, 1)),
        (b"\0", (0, 1, 1)),
    ],
)
def test_user_data_headers(header: bytes, expected: tuple[int, int, int]) -> None:
    found = came(header + b"Hi", esm_class=0x40)
    assert (found.reference, found.number, found.total) == expected
    assert found.text == "Hi"


def test_a_header_longer_than_the_content_is_text() -> None:
    assert came(b"\x7eHi", esm_class=0x40).text == "üHi"


def test_a_header_without_its_bit_is_text() -> None:
    assert came(b"\5\0\3\x34\3\2Hi").total == 1


@pytest.mark.parametrize(
    ("octets", "found"),
    [
        (b"", {}),
        (b"\4\x27\0\1\2", {0x0427: b"\2"}),
        (b"\4\x27\0\1\2\0\x1e\0\x09ab", {0x0427: b"\2"}),
        (b"\4\x27\0", {}),
    ],
)
def test_an_option_that_is_cut_short_is_none(octets: bytes, found: dict[int, bytes]) -> None:
    assert pdu.read_options(b"x" + octets, 1) == found


def test_sar_options() -> None:
    found = came(b"Hi", options=SAR)
    assert (found.reference, found.number, found.total, found.text) == (0x1234, 2, 3, "Hi")


def test_a_header_goes_before_sar_options() -> None:
    found = came(b"\5\0\3\x77\5\4Hi", esm_class=0x40, options=SAR)
    assert (found.reference, found.number, found.total, found.text) == (0x77, 4, 5, "Hi")


@pytest.mark.parametrize("content", [b"Hello", b"x" * 1000])
def test_a_payload(content: bytes) -> None:
    message = pdu.message(pdu.Message(source="1", dest="2", content=content), short=False)
    assert incoming_of(pdu.read_message(message), settings()).text == content.decode()


@pytest.mark.parametrize(
    ("sender", "expected"), [("12015552000", (1, 1)), ("123456789", (1, 1)), ("12345678", (3, 0)), ("7", (3, 0)),
                             ("Carillon", (5, 0)), ("1-2", (5, 0))],
)  # fmt: skip
def test_the_type_of_a_sender(sender: str, expected: tuple[int, int]) -> None:
    assert type_of(sender) == expected
    assert pdu.read_message(submit_of(part(sender=sender), settings())).source_type == expected


def test_types_by_settings() -> None:
    read = pdu.read_message(submit_of(part(), settings(source_type=(2, 8), dest_type=(0, 0))))
    assert (read.source_type, read.dest_type) == ((2, 8), (0, 0))


def submitted(submission: Submission, **more: Any) -> pdu.Message:
    return pdu.read_message(submit_of(submission, settings(**more)))


def test_parts_by_header() -> None:
    first, second = (submitted(each) for each in parts("a" * 200, reference=0x1234))
    assert (first.esm_class, first.content) == (0x40, b"\5\0\3\x34\2\1" + b"a" * 153)
    assert (second.esm_class, second.content) == (0x40, b"\5\0\3\x34\2\2" + b"a" * 47)


def test_parts_by_sar() -> None:
    first, _ = (submitted(each, parts_by="sar") for each in parts("a" * 200, reference=0x1234))
    assert (first.esm_class, first.content) == (0, b"a" * 153)
    assert first.options == {0x020C: b"\x12\x34", 0x020E: b"\2", 0x020F: b"\1"}


def test_parts_by_payload() -> None:
    first, _ = (submitted(each, parts_by="payload") for each in parts("a" * 200, reference=0x1234))
    assert first.options == {0x020C: b"\x12\x34", 0x020E: b"\2", 0x020F: b"\1", 0x0424: b"a" * 153}


def test_a_content_too_long_for_a_short_message_is_a_payload() -> None:
    read = submitted(part(content=b"a" * 255))
    assert read.options == {0x0424: b"a" * 255}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (0, "000000000001000R"), (60, "000000000100000R"), (90_061, "000001010101000R"),
     (10**9, "010216000000000R")],
)  # fmt: skip
def test_validity(seconds: float | None, text: str) -> None:
    assert submitted(part(valid_seconds=seconds)).validity == text


@pytest.mark.parametrize(
    ("text", "coding", "content"),
    [("é@{", 0, "é@{".encode("latin-1")), ("ж", 8, "ж".encode("utf-16-be")), ("5€", 8, "5€".encode("utf-16-be"))],
)
def test_an_smsc_of_latin1(text: str, coding: int, content: bytes) -> None:
    read = submitted(part(text=text), alphabet="latin1")
    assert (read.coding, read.content) == (coding, content)


def test_an_smsc_of_latin1_and_a_long_text_that_it_cannot_write() -> None:
    with pytest.raises(CannotSubmit, match=r"The carrier's alphabet is Latin-1, which lacks €: write the text without"):
        submitted(part(text="€" * 71), alphabet="latin1")
