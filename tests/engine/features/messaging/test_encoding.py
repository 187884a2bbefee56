"""Texts as octets, in parts."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.features.messaging.encoding import (
    TextTooLong,
    encoded,
    parts_of,
    text_of_septets,
    text_of_unicode,
)

# TS 23.038 §6.2.1 and §6.2.1.1, written down row by row from the specification's own tables.
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
LETTERS = st.text(st.sampled_from(BASIC.replace("\x1b", "") + "".join(EXTENSION.values())))


def read(unicode: bool, parts: list[bytes]) -> str:
    return "".join(text_of_unicode(part) if unicode else text_of_septets(part) for part in parts)


@pytest.mark.parametrize(("code", "character"), [pair for pair in enumerate(BASIC) if pair[0] != 0x1B])
def test_each_character_of_the_default_alphabet_is_one_septet(code: int, character: str) -> None:
    assert parts_of(character) == (False, [bytes([code])])
    assert text_of_septets(bytes([code])) == character


@pytest.mark.parametrize(("code", "character"), EXTENSION.items())
def test_each_character_of_the_extension_table_is_two_septets(code: int, character: str) -> None:
    assert parts_of(character) == (False, [bytes([0x1B, code])])
    assert text_of_septets(bytes([0x1B, code])) == character


@pytest.mark.parametrize("text", ["ç", "\u03b1", "\u0391", "`", "\t", "漢", "\u2019", "\x1b", "\xa0", "😀"])
def test_a_character_of_neither_table_makes_the_text_ucs2(text: str) -> None:
    unicode, (content,) = parts_of("a" + text)
    assert unicode
    assert content == ("a" + text).encode("utf-16-be")


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("", [0]),
        ("a" * 160, [160]),
        ("a" * 161, [153, 8]),
        ("a" * 306, [153, 153]),
        ("a" * 307, [153, 153, 1]),
        ("€" * 80, [160]),
        ("€" * 81, [152, 10]),
        ("a" * 159 + "€", [153, 8]),
        ("a" * 152 + "€" + "a" * 10, [152, 12]),
        ("a" * 151 + "€" + "a" * 10, [153, 10]),
    ],
)
def test_septets_fill_parts_and_no_escape_is_split(text: str, sizes: list[int]) -> None:
    unicode, parts = parts_of(text)
    assert not unicode
    assert [len(part) for part in parts] == sizes
    assert read(unicode, parts) == text


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("я" * 70, [70]),
        ("я" * 71, [67, 4]),
        ("😀" * 35, [70]),
        ("😀" * 36, [66, 6]),
        ("я" * 66 + "😀" + "я" * 10, [66, 12]),
        ("я" * 65 + "😀" + "я" * 10, [67, 10]),
    ],
)
def test_code_units_fill_parts_and_no_pair_is_split(text: str, units: list[int]) -> None:
    unicode, parts = parts_of(text)
    assert unicode
    assert [len(part) // 2 for part in parts] == units
    assert [text_of_unicode(part) for part in parts] == [part.decode("utf-16-be") for part in parts]
    assert read(unicode, parts) == text


def test_255_parts_are_the_most() -> None:
    assert len(parts_of("a" * 153 * 255)[1]) == 255
    assert len(parts_of("я" * 67 * 255)[1]) == 255
    with pytest.raises(TextTooLong, match="needs 256 parts; the most are 255"):
        parts_of("a" * (153 * 255 + 1))


def test_half_a_pair_is_a_question_mark() -> None:
    assert parts_of("a\ud83d") == (True, [b"\x00a\x00?"])


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"a\x1b", "a "),
        (b"\x1b\x1bA", " A"),
        (b"\x1b\x1b\x1be", " €"),
        (b"\x1b\x1b", " "),
        (b"\x1b\x41", "A"),  # not in the extension table: the default alphabet's character
        (b"a\x80", "a\ufffd"),
        (b"\x1b\x80a", "\ufffda"),
    ],
)
def test_a_receiver_shows_what_the_specification_says(content: bytes, text: str) -> None:
    assert text_of_septets(content) == text


@given(LETTERS)
@settings(deadline=None)
def test_septets_read_back(text: str) -> None:
    unicode, content = encoded(text)
    assert not unicode
    assert text_of_septets(content) == text


@given(st.text(max_size=500))
@settings(deadline=None)
def test_any_text_reads_back(text: str) -> None:
    unicode, parts = parts_of(text)
    assert read(unicode, parts) == text
    assert b"".join(parts) == encoded(text)[1]
    assert all(len(part) <= (134 if unicode else 153) for part in parts) or len(parts) == 1


@given(st.binary())
@settings(deadline=None)
def test_any_octets_have_a_text(content: bytes) -> None:
    for text in (text_of_septets(content), text_of_unicode(content)):
        assert text.encode("utf-8").decode() == text


def test_escape_at_every_place_of_the_boundary() -> None:
    for before, after in itertools.product(range(145, 160), (1, 200)):
        text = "a" * before + "€[]" + "b" * after
        assert read(*parts_of(text)) == text
        assert not any(part.endswith(b"\x1b") for part in parts_of(text)[1])
