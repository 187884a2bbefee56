"""The codes of errors: words that stay, whatever the classes are called, and that the page lists."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.lab import LabError
from api.own import codes, errors
from engine.ari.errors import AriError
from engine.commands import CommandRefused
from engine.features.errors import FeatureError
from engine.media import PromptError
from engine.media.recordings import RecordingError
from engine.store.errors import StoreError
from tests.api.own.installation import Installation

PAGE = Path(__file__).parents[3] / "docs" / "api.md"
TREES = (CommandRefused, FeatureError, StoreError, PromptError, RecordingError, LabError, AriError)


def _below(kind: type[Exception]) -> Iterator[type[Exception]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _below(each)


EVERY = [kind for tree in TREES for kind in _below(tree)] + [errors.BadRequest, errors.NotFound, errors.Unauthorized]


@pytest.mark.parametrize("kind", EVERY)
def test_every_error_has_a_code_that_is_not_a_class_s_name(kind: type[Exception]) -> None:
    code = codes.code_of(kind.__new__(kind))
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", code) and code != codes.INTERNAL, code
    assert f"`{code}`" in PAGE.read_text(), f"docs/api.md does not list {code}"


def test_what_nobody_foresaw_is_internal() -> None:
    assert codes.code_of(ZeroDivisionError()) == "internal"


async def test_an_error_shows_its_code(installation: Installation) -> None:
    made = await installation.account("acme")
    for method, path, body, status, code in (
        ("POST", "/accounts", {"name": "acme"}, 409, "already_exists"),
        ("GET", "/accounts/nobody", None, 404, "not_found"),
        ("POST", "/accounts", {"name": "a b"}, 400, "invalid_setting"),
        ("POST", "/accounts", {"nonsense": 1}, 400, "bad_request"),
        ("DELETE", "/calls/call-none", None, 404, "not_found"),
        ("GET", "/nowhere", None, 404, "http"),
    ):
        answered, answer = await installation.admin(method, path, body)
        assert (answered, answer["code"]) == (status, code), (path, answer)
    path, token = "/carillon/v1/calls", made["carillon"]["token"]
    for body, status, code in (
        ({"callee": "x"}, 403, "number_refused"),
        ({"callee": "12015550101", "tasks": [{"kind": "say", "text": "x" * 700}]}, 400, "text_too_long"),
    ):
        answered, answer = await installation.ask(installation.public_server, "POST", path, token, body)
        assert (answered, answer["code"]) == (status, code), answer
    answered, answer = await installation.ask(installation.public_server, "GET", path, "nobody.nothing")
    assert (answered, answer["code"]) == (401, "unauthorized")
