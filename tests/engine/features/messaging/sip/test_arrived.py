"""Reading a text from the key under which the dialplan keeps it."""

import base64

import pytest

from engine.features.messaging.sip.arrived import read


def key(body: bytes, kind: str = "textplain", length: int | None = None) -> str:
    text = base64.urlsafe_b64encode(body).decode().rstrip("=")
    return f"1795994219736250|61448acf|101|102|{len(body) if length is None else length}|{kind}|{text}"


@pytest.mark.parametrize("text", ["a", "ab", "abc", "abcd", "ü ☺ \r\n|,/+-_=", "?" * 1023])
def test_any_text_is_read_whole(text: str) -> None:
    found = read("101", key(text.encode()))
    assert (found.text, found.too_long, found.name) == (text, False, f"101/{key(text.encode())}")


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("textplain;charset~UTF-8", "ü".encode(), "ü"),
        ("textplain;charset~iso-8859-1", b"\xfc", "ü"),
        ("textplain;charset~windows-1252", b"\x80", "€"),
        ("textplain;format~flowed;charset~us-ascii", b"a", "a"),
        ("textplain;charset~iso-8859-99", b"a", "a"),
        ("textplain;charset~unicode_escape", b"\\u0041", "\\u0041"),
        ("textplain;charset~idna", b"xn--4ca", "xn--4ca"),
        ("textplain", b"\xfc", "\ufffd"),
        ("", b"a", "a"),
    ],
)
def test_the_charset_is_the_one_that_the_phone_names(kind: str, body: bytes, text: str) -> None:
    assert read("101", key(body, kind)).text == text


def test_a_body_that_asterisk_lost_is_known_by_its_length() -> None:
    assert read("101", key(b"", length=1024)).too_long
    assert not read("101", key(b"")).too_long


@pytest.mark.parametrize("name", ["", "1795994219736250", "1|2|3|4|5|6|7|8", "1|2|3|4|5|6|ünï"])
def test_what_is_no_text_is_read_as_an_empty_one(name: str) -> None:
    found = read("101", name)
    assert (found.text, found.too_long, found.name) == ("", False, f"101/{name}")
