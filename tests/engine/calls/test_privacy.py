"""A caller that asks not to be shown is kept from the customer and from the callee."""

from typing import Any
from urllib.parse import quote

import pytest

from engine.calls.directory import Answering
from engine.calls.privacy import withholds
from engine.events import CallEnded, CallOffered, RootEnded
from engine.model.call import Direction
from engine.model.leg_options import LegOptions
from engine.store import calls
from engine.tasks.dial import Dial
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.dialling import dialling
from tests.support.exchange import ACCOUNT, Exchange, Left

NUMBER = "447700900123"
ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1'
NUMBERED = f'"+{NUMBER}" <sip:+{NUMBER}@carrier.example;user=phone>;tag=1'


@pytest.mark.parametrize(
    ("said", "number", "private"),
    [
        ({"privacy": "id"}, NUMBER, True),
        ({"privacy": "ID"}, NUMBER, True),
        ({"privacy": "user;id;critical"}, NUMBER, True),
        ({"privacy": " header ; id"}, NUMBER, True),
        ({"privacy": "session, id"}, NUMBER, True),
        ({"privacy": "user"}, NUMBER, True),
        ({"privacy": "none"}, NUMBER, False),
        ({"privacy": "session"}, NUMBER, False),
        ({"privacy": "idle"}, NUMBER, False),
        ({"privacy": ""}, NUMBER, False),
        ({"from": ANONYMOUS}, NUMBER, True),
        ({"from": "sip:anonymous@carrier.example"}, NUMBER, True),
        ({"from": "<sips:Anonymous@192.0.2.1:5061;transport=tls>"}, NUMBER, True),
        ({"from": "<sip:unknown@anonymous.invalid>"}, NUMBER, True),
        ({"from": "<sip:anonymous.invalid>"}, NUMBER, True),
        ({"from": "Restricted <sip:Restricted@carrier.example>"}, NUMBER, True),
        ({"from": NUMBERED}, NUMBER, False),
        ({"from": f'"anonymous@anonymous.invalid" <sip:+{NUMBER}@carrier.example>'}, NUMBER, False),
        ({"from": "<sip:anonymouse@carrier.example>"}, NUMBER, False),
        ({"from": f"tel:+{NUMBER}"}, NUMBER, False),
        ({"from": "<sip:\udce9@h>"}, NUMBER, False),
        ({"rpid": f"<sip:{NUMBER}@carrier.example>;party=calling;screen=yes;privacy=full"}, NUMBER, True),
        ({"rpid": f'<sip:{NUMBER}@carrier.example>;privacy="full"'}, NUMBER, True),
        ({"rpid": f"<sip:{NUMBER}@carrier.example>; privacy = uri"}, NUMBER, True),
        ({"rpid": f"<sip:{NUMBER}@carrier.example>;privacy=off"}, NUMBER, False),
        ({"rpid": f"<sip:{NUMBER}@carrier.example>;privacy=name"}, NUMBER, False),
        ({}, "anonymous", True),
        ({}, "unknown", False),
        ({}, "", False),
        ({}, NUMBER, False),
    ],
)
def test_what_an_invite_says_of_showing_its_caller(said: dict[str, str], number: str, private: bool) -> None:
    written = [f"{name}={quote(value, errors='surrogateescape')}" for name, value in said.items()]
    assert withholds(["privacy=", "rpid=", *written], number) is private


def test_it_is_asked_for_in_any_of_several_fields() -> None:
    assert withholds(["privacy=header%3Bsession", "privacy=id"], NUMBER)


PRIVATE = ["inbound", "500", "", "privacy=id", "privacy=", "rpid=", f"from={quote(NUMBERED)}"]


async def offered(exchange: Exchange, asterisk: FakeAri, args: list[str], *tasks: Any) -> str:
    """The id of a call from NUMBER that came in and dials."""
    exchange.directory.numbers["500"] = Answering(account=ACCOUNT, application="app-1", tasks=tasks, reports_tree=True)
    asterisk.incoming("in-1", args, number=NUMBER)
    await settled()
    (call,) = [one for one in await exchange.database.read(lambda conn: calls.list(conn)) if one.direction == "inbound"]
    return call.id


async def test_a_private_caller_is_in_no_event_and_in_no_row(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await offered(exchange, asterisk, PRIVATE)
    assert (await exchange.event(CallOffered)).caller == ""
    asterisk.hangs_up("in-1")
    await exchange.event(CallEnded)
    assert (await exchange.event(RootEnded)).caller == ""
    stored = await exchange.stored(call)
    assert (stored.caller, stored.private) == ("", True)
    assert NUMBER not in repr(exchange.told) + repr(stored)


async def variables(asterisk: FakeAri) -> dict[str, str]:
    made = await asterisk.asked("POST", "/channels/create")
    return dict(made.body["variables"])


async def test_it_is_passed_on_privately(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await offered(exchange, asterisk, PRIVATE, Dial(to="2"))
    said = await variables(asterisk)
    assert (said["CONNECTEDLINE(pres,i)"], said["PJSIP_HEADER(add,Privacy)"]) == ("prohib", "id")
    assert NUMBER not in repr(asterisk.requests)
    await asterisk.asked("POST", "/channels/*/dial")
    asterisk.hangs_up("in-1")
    await exchange.ended(call)


async def test_it_is_passed_on_privately_after_a_restart_too(stopped_exchange: Exchange, asterisk: FakeAri) -> None:
    exchange, dial = stopped_exchange, Left(task=Dial(id="task-1", to="2"))
    call = await exchange.left_behind(dial, direction=Direction.INBOUND, caller="", private=True)
    await exchange.start()
    said = await variables(asterisk)
    assert (said["CONNECTEDLINE(pres,i)"], said["PJSIP_HEADER(add,Privacy)"]) == ("prohib", "id")
    await asterisk.asked("POST", "/channels/*/dial")
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_a_number_that_the_script_shows_is_shown(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await offered(exchange, asterisk, PRIVATE, Dial(to="2", leg=LegOptions(caller="15550001")))
    assert await variables(asterisk) == {"CONNECTEDLINE(all,i)": '"15550001" <15550001>'}
    await asterisk.asked("POST", "/channels/*/dial")
    asterisk.hangs_up("in-1")
    await exchange.ended(call)


async def test_a_caller_that_hides_nothing_is_shown(exchange: Exchange, asterisk: FakeAri) -> None:
    plain = ["inbound", "500", "", "privacy=", "privacy=", "rpid=", f"from={quote(NUMBERED)}"]
    call = await offered(exchange, asterisk, plain, Dial(to="2"))
    assert (await variables(asterisk)).keys() == {"CONNECTEDLINE(all,i)"}
    stored = await exchange.stored(call)
    assert (stored.caller, stored.private) == (NUMBER, False)
    await asterisk.asked("POST", "/channels/*/dial")
    asterisk.hangs_up("in-1")
    await exchange.ended(call)


async def test_a_softphone_of_the_account_is_known_to_it_and_passed_on_privately(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange.directory.numbers["500"] = Answering(account=ACCOUNT, tasks=(Dial(to="2"),), caller="100")
    asterisk.incoming("in-1", ["inbound", "500", "", "privacy=id", "privacy="], number="100")
    said = await variables(asterisk)
    assert said["CONNECTEDLINE(pres,i)"] == "prohib"
    await asterisk.asked("POST", "/channels/*/dial")
    (call,) = [one for one in await exchange.database.read(lambda conn: calls.list(conn)) if one.direction == "inbound"]
    assert (call.caller, call.private) == ("100", True)
    asterisk.hangs_up("in-1")
    await exchange.ended(call.id)


async def test_a_leg_that_a_script_makes_private_says_so(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await dialling(exchange, asterisk, Dial(to="2", leg=LegOptions(private=True)))
    assert (await variables(asterisk))["PJSIP_HEADER(add,Privacy)"] == "id"
    asterisk.hangs_up("in-1")
    await exchange.ended(one)
    await exchange.ended(other)
