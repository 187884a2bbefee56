"""Texts with Markdown and links are spoken without marks; the keys of a telephone keep their names."""

import contextlib

import pytest

from engine.media import PromptError
from engine.media.speech.text import clean


@pytest.mark.parametrize(("written", "said"), [
    ("* item", "item."), ("# title", "title."), ("# Opening hours\nWe are open.", "Opening hours. We are open."),
    ("* eggs\n* milk!\n- bread", "eggs. milk! bread."), ("### Sub ###\n1. first", "Sub. 1. first"),
    ("> quoted\n---\n```python\nprint\n```", "quoted print"), ("Title\n=====\nText", "Title Text"),
    ("**Bold**, __strong__, *it* and _em_", "Bold, strong, it and em"), ("snake_case_name", "snake_case_name"),
    ("See [our page](https://x.example/a_(b)) now", "See our page now"), ("![logo](http://x/y.png) hi", "logo hi"),
    ("Visit https://www.example.com/help?x=1&y=2.", "Visit example dot com slash help."),
    ("https://example.com", "example dot com"), ("www.example.com/a/b/c/d/e", "example dot com"),
    ("https://example.com/0123456789012345678901234567890", "example dot com"),
    ("(http://example.com)", "(example dot com)"),
    # the keys of a telephone
    ("Press * or #.", "Press star or pound."), ("# to repeat\n* to end", "pound to repeat star to end"),
    ("Press\n#", "Press pound"), ("*", "star"), ("dial *72 or *21*555#", "dial *72 or *21*555#"),
    ("#1 in town", "#1 in town"), ("-5 degrees", "-5 degrees"), ("2 * 3", "2 star 3"),
])  # fmt: skip
def test_a_text_is_spoken_without_its_marks(written: str, said: str) -> None:
    assert clean(written, 600) == said


@pytest.mark.parametrize(("written", "said"), [
    ("# Titel\n* eins", "Titel. eins."), ("Siehe https://www.beispiel.de/hilfe", "Siehe beispiel.de hilfe"),
])  # fmt: skip
def test_no_english_word_is_added_to_other_languages(written: str, said: str) -> None:
    assert clean(written, 600, "de") == said


@pytest.mark.parametrize(
    "text", ["*" * 600, "[" * 300 + "](" * 150, "_a" * 300, "# " * 300, "`" * 600, "http://" * 80, "> " * 300]
)
def test_every_text_is_converted_fast(text: str) -> None:
    with contextlib.suppress(PromptError):
        clean(text, 600)
