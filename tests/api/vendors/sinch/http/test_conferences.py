"""Sinch's operations on conferences: read, one command, and the answer as the document prints it."""

import json
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from api.vendors.sinch.errors import SinchError, of_refusal
from api.vendors.sinch.http.authenticated import AuthenticatedRequest
from api.vendors.sinch.http.conferences import ConferenceOperations
from engine.commands import (
    CommandRefused,
    ConferenceMember,
    ConferenceView,
    FindConference,
    HangUpConference,
    HoldMember,
    KickMember,
    MuteMember,
    NoSuchCall,
    NoSuchConference,
)
from engine.store.accounts import Account
from engine.store.applications import Application

ROOM = {"conference": "myConference"}
ONE = {**ROOM, "call": "call-1"}
WHERE = {"account": "account-ann", "name": "myConference"}


class Taker:
    """Keeps the commands; answers with what it is given, or raises it."""

    def __init__(self, answer: Any = None) -> None:
        self.answer, self.taken = answer, []

    async def submit(self, command: Any) -> Any:
        self.taken.append(command)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def asked(path: dict[str, str], body: Any = None) -> AuthenticatedRequest:
    application = Application(id="app-1", account="account-ann", name="x", dialect="sinch")
    return AuthenticatedRequest(
        account=Account(id="account-ann", name="ann", created=0.0),
        application=application,
        http=make_mocked_request("GET", "/", match_info=path),
        body=b"" if body is None else json.dumps(body).encode(),
    )


def said(response: web.Response) -> Any:
    assert isinstance(response.body, bytes) and response.status == 200
    return json.loads(response.body)


# Get Conference Info, «Example», with onhold, which the vendor's Python client needs.
async def test_info() -> None:
    members = (
        ConferenceMember(call="abcabcabcabca", number="46708168731", joined=1000.2),
        ConferenceMember(call="cdecdecdecde", number="+46708425201", muted=True, held=True, joined=1002.9),
        ConferenceMember(call="efg", number="100", joined=1014.9),
    )
    engine = Taker(ConferenceView(id="conf-1", name="myConference", moderator=None, participants=members))
    answer = said(await ConferenceOperations(engine, clock=lambda: 1015.0).info(asked(ROOM)))
    assert answer == {
        "participants": [
            {"cli": "+46708168731", "id": "abcabcabcabca", "duration": 14, "muted": False, "onhold": False},
            {"cli": "+46708425201", "id": "cdecdecdecde", "duration": 12, "muted": True, "onhold": True},
            {"cli": "100", "id": "efg", "duration": 0, "muted": False, "onhold": False},
        ]
    }
    assert engine.taken == [FindConference(**WHERE)]


@pytest.mark.parametrize(
    ("body", "command"),
    [
        ({"command": "mute"}, MuteMember(**WHERE, call="call-1", muted=True)),
        ({"Command": "UNMUTE"}, MuteMember(**WHERE, call="call-1", muted=False)),
        ({"command": "onhold", "moh": "music2"}, HoldMember(**WHERE, call="call-1", held=True, music="music2")),
        ({"command": "hold", "moh": "polka"}, HoldMember(**WHERE, call="call-1", held=True)),
        ({"command": "resume"}, HoldMember(**WHERE, call="call-1", held=False)),
        ({"command": "unhold"}, HoldMember(**WHERE, call="call-1", held=False)),
    ],
)
async def test_commands(body: Any, command: Any) -> None:
    engine = Taker()
    assert said(await ConferenceOperations(engine).command(asked(ONE, body))) == {}
    assert engine.taken == [command]


async def test_kick_one_and_all() -> None:
    engine = Taker()
    operations = ConferenceOperations(engine)
    assert said(await operations.kick(asked(ONE))) == said(await operations.kick_all(asked(ROOM))) == {}
    assert engine.taken == [KickMember(**WHERE, call="call-1"), HangUpConference(**WHERE)]


# «40400 - Conference not found»: Mute/Unmute and Kick print no other error.
@pytest.mark.parametrize("refusal", [NoSuchConference("it is acct-2's"), NoSuchCall("it is acct-2's")])
async def test_what_is_not_there_or_anothers_is_not_found(refusal: CommandRefused) -> None:
    operations = ConferenceOperations(Taker(refusal)).operations()
    assert len(operations) == 4
    for operation, ask in operations.items():
        with pytest.raises(CommandRefused) as raised:
            await ask(asked(ONE, {"command": "mute"}))
        error = of_refusal(raised.value, operation)
        assert (error.code, error.message) == (40400, "Conference not found")


async def test_what_cannot_be_an_id_is_not_found_and_asks_nobody() -> None:
    engine = Taker()
    operations = ConferenceOperations(engine)
    for ask in (operations.info, operations.kick, operations.kick_all, operations.command):
        with pytest.raises(SinchError) as raised:
            await ask(asked({"conference": "x" * 65, "call": "call-1"}, {"command": "mute"}))
        assert raised.value.code == 40400
    for ask in (operations.kick, operations.command):
        with pytest.raises(SinchError) as raised:
            await ask(asked({**ROOM, "call": "a b"}, {"command": "mute"}))
        assert raised.value.code == 40400
    assert engine.taken == []
