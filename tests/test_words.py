"""The house's words: the engine knows no vendor, the api knows no channel."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("room", "words"),
    [("engine", r"\b(ringful|sinch|svaml|tringme|tingting|ringplan)\b"), ("api", r"stasis|channel_id")],
)
def test_a_room_does_not_say_what_it_must_not_know(room: str, words: str) -> None:
    files = sorted((ROOT / room).rglob("*.py"))
    assert len(files) > 50
    assert [file.name for file in files if re.search(words, file.read_text(), re.IGNORECASE)] == []
