"""Bodies in bounds, and queries whose bytes are read or named."""

import pytest

from api.bodies import fault_of_query, fault_of_target


@pytest.mark.parametrize(
    "target",
    ["/a?b=c", "/a%20b?c=%C3%A4&d=%F0%9F%98%80", "/ä?ö=ü", "/a?b=%zz&c=100%", "/%00", "/?a=%", "/a+b?c=+1+2"],
)
def test_what_is_utf_8_is_read(target: str) -> None:
    assert fault_of_target(target) is None


@pytest.mark.parametrize(
    ("target", "where", "byte"),
    [
        ("/a%FFb", "path", "0xFF"),
        ("/a?b=1&callbackUrl=http%3A%2F%2Fh%2Fa%ffb&c=2", "callbackUrl", "0xFF"),
        ("/a?b=%C3", "b", "0xC3"),
        ("/a?b=%C0%AF", "b", "0xC0"),
        ("/a?b=%ED%A0%80", "b", "0xED"),
        ("/a?b=\udce9", "b", "0xE9"),
        ("/a?%E9=1", "?", "0xE9"),
    ],
)
def test_a_byte_that_is_not_utf_8_is_named_with_its_parameter(target: str, where: str, byte: str) -> None:
    fault = fault_of_target(target)
    assert fault is not None and where in fault and byte in fault


def test_a_name_in_a_sentence_is_short_and_printable() -> None:
    fault = fault_of_query("x" * 500 + "\x07%FF=1")
    assert fault is not None and len(fault) < 120 and fault.isprintable()
