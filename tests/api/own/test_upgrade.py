"""An installation that an older version filled, opened by this one: what its owners saw is what they see.

tests/stored/ has the store of a system after `make run` with two accounts, softphones, a trunk, numbers of every kind,
calls (one is up), recordings and callbacks (one is not delivered yet), and what its APIs answered then. Its keys and
passwords are made up.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.own.installation import Installation

STORED = Path(__file__).parents[2] / "stored"
REVISION = "revision_0018"
ADMIN = (
    "/accounts", "/accounts/demo", "/accounts/shop", "/accounts/demo/credentials", "/accounts/shop/credentials",
    "/applications", "/numbers", "/extensions", "/extensions/100/credentials", "/extensions/200/credentials", "/trunks",
    "/rates", "/calls", "/recordings", "/callbacks/failed", "/calls/call-01a227d9fc87a54e39839afc1214",
    "/calls/call-01a227d8dd8a1b8c19c35faef23d", "/accounts/shop/prompts",
)  # fmt: skip
OWN = ("/carillon/v1/account", "/carillon/v1/calls", "/carillon/v1/recordings")
TOKEN = "00000000000000000000000000000001.000000000000000000000000000000000000000000000001"  # the account shop's
OF_THE_MOMENT = {"url", "seconds"}
"""A signed link, and how long a call has been up."""


@pytest.fixture
def stored() -> str:
    """The older version's store."""
    return (STORED / f"{REVISION}.sql").read_text()


async def seen(installation: Installation) -> dict[str, Any]:
    """What the APIs answer, by path."""
    answers = {path: await installation.admin("GET", path) for path in ADMIN}
    answers |= {path: await installation.ask(installation.public_server, "GET", path, TOKEN) for path in OWN}
    assert {path: status for path, (status, _) in answers.items() if status != 200} == {}
    return {path: body for path, (_, body) in answers.items()}


def missing(before: Any, now: Any, at: str = "") -> list[str]:
    """What was there before and is not now, or is something else; fields that were added are not told."""
    if isinstance(before, dict) and isinstance(now, dict):
        names = before.keys() - OF_THE_MOMENT
        return [each for name in sorted(names) for each in missing(before[name], now.get(name, "-"), f"{at}/{name}")]
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        pairs = enumerate(zip(before, now, strict=True))
        return [each for number, (old, new) in pairs for each in missing(old, new, f"{at}/{number}")]
    return [] if before == now else [f"{at}: {before!r} is now {now!r}"]


async def test_what_an_older_version_showed_is_shown_by_this_one(installation: Installation) -> None:
    before = json.loads((STORED / f"{REVISION}.json").read_text())
    for trunk in before["/trunks"]["trunks"]:
        trunk["state"] = "checking"  # Asterisk was given it just now
    assert missing(before, await seen(installation)) == []


async def test_its_softphones_and_trunks_are_given_to_asterisk_under_the_names_they_register_with(
    installation: Installation,
) -> None:
    objects = installation.asterisk.objects
    assert {id for kind, id in objects if kind == "endpoint"} >= {"100", "101", "200", "trunk-lab", "trunk-carrier"}
    passwords = {id: fields["password"] for (kind, id), fields in objects.items() if kind == "auth"}
    assert passwords["100"] == "password-of-100" and passwords["200"] == "password-of-200"


async def test_its_customers_go_on_with_it(installation: Installation) -> None:
    status, placed = await installation.ask(
        installation.public_server, "POST", "/carillon/v1/calls", TOKEN, {"callee": "12015550115", "tasks": []}
    )
    assert status == 201, placed
    made = await installation.admin("POST", "/extensions", {"account": "shop", "number": "201"})
    assert made[0] == 201, made
    given = {"account": "shop", "number": "12015557705", "application": "asked"}
    assert (await installation.admin("POST", "/numbers", given))[0] == 201
