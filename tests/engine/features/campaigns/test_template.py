"""Texts with tags in them."""

import pytest

from engine.features.campaigns import template
from engine.features.campaigns.errors import UnknownTag
from engine.features.errors import InvalidSetting


def test_tags_take_the_place_of_their_names() -> None:
    assert (
        template.filled("Hello {name}, {first name}: {{x}}", {"name": "Ann", "first name": "B"}) == "Hello Ann, B: {x}"
    )
    assert template.names("{a} {b} {a} {{c}}") == ("a", "b")


def test_a_value_is_no_template() -> None:
    assert template.filled("{a}", {"a": "{b}"}) == "{b}"


def test_a_tag_that_is_not_there_is_named() -> None:
    with pytest.raises(UnknownTag, match="'age'"):
        template.filled("{age}", {"name": "Ann"})


@pytest.mark.parametrize("text", ["{", "}", "{}", "{1a}", "{a", "a}", "{a!b}", "{{a}"])
def test_braces_that_are_not_closed_are_refused(text: str) -> None:
    with pytest.raises(InvalidSetting, match="braces"):
        template.names(text)
