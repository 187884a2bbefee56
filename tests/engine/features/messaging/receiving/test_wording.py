"""Parts joined, keywords, STOP and START."""

import pytest

from engine.features.messaging.receiving.wording import Wish, first_word, joined, storable, wish_of


@pytest.mark.parametrize(
    ("parts", "total", "text"),
    [
        ({1: "one "}, 1, "one "),
        ({2: "two", 1: "one "}, 2, "one two"),
        ({1: "one ", 3: " three"}, 3, "one […] three"),
        ({2: "two"}, 4, "[…]two[…]"),
        ({1: "😀"[:1], 2: "!"}, 2, "😀!"),
        ({1: "a\ud83d", 2: "\ude00b"}, 2, "a😀b"),  # an emoji cut at the end of a part of UCS-2
        ({1: "a\ud83d", 3: "b"}, 3, "a\ufffd[…]b"),
    ],
)
def test_parts_are_joined(parts: dict[int, str], total: int, text: str) -> None:
    assert joined(parts, total) == text


def test_what_no_database_takes_is_replaced() -> None:
    assert storable("a\0b\ud83dc") == "a\ufffdb\ufffdc"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", ""), ("  \n", ""), ("join", "JOIN"), ("Join me", "JOIN"), ("join\nplease", "JOIN"), ("\n\njoin ", "JOIN"),
        ("JOIN.", "JOIN"), ('"join!" please', "JOIN"), ("*join*", "JOIN"), ("join\u00a0me", "JOIN"), ("¡hola!", "HOLA"),
        ("car-wash now", "CAR-WASH"), ("straße", "STRASSE"), ("cafe\u0301", "CAF\u00c9"), ("\ufeffjoin", "JOIN"),
        ("🍕 please", "🍕"), ("...", "..."), ("50", "50"), ("नमस्ते!", "नमस्ते"),
        ("join\r\n\r\nSent from my phone", "JOIN"),
    ],
)  # fmt: skip
def test_the_first_word_is_the_keyword(text: str, word: str) -> None:
    assert first_word(text) == word


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("STOP", Wish.STOP), ("stop", Wish.STOP), (" Stop. ", Wish.STOP), ("STOP!!!", Wish.STOP), ('"STOP"', Wish.STOP),
        ("s t o p", Wish.STOP), ("Stop\n", Wish.STOP), ("stop all", Wish.STOP), ("STOP 🛑", Wish.STOP),
        ("\uff33\uff34\uff2f\uff30", Wish.STOP),
        ("unsubscribe", Wish.STOP), ("Cancel", Wish.STOP), ("end", Wish.STOP), ("quit", Wish.STOP),
        ("START", Wish.START), ("unstop", Wish.START), ("Yes!", Wish.YES), ("stop it", None), ("please stop", None),
        ("don't stop", None), ("", None), ("ok", None), ("stop" + " " * 200, Wish.STOP), ("end of the line", None),
    ],
)  # fmt: skip
def test_whole_texts_that_are_a_stop_word(text: str, wish: Wish | None) -> None:
    assert wish_of(text) == wish
