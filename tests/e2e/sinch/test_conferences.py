"""Sinch's conferences: joined by the customer's own name for them, steered by the operations, proved by tones."""

import asyncio
import secrets

import pytest

from api.lab import Lab
from tests.clients.sinch.customer import Customer
from tests.clients.sinch.fixtures import MakeCustomer
from tests.clients.sinch.script import confer, connect, svaml
from tests.support import people
from tests.support.far_end import assert_company, assert_hears

(ANNA, ANNAS), (BEN, BENS), (CLEO, CLEOS) = people.speakers(3)
TALK = 2


class Room:
    """A conference of a customer's, its people called one by one."""

    def __init__(self, customer: Customer) -> None:
        self.customer, self.name = customer, f"room-{secrets.token_hex(4)}"
        self.calls: dict[str, str] = {}

    async def call(self, *numbers: str, **fields: object) -> None:
        """Call them into the room, and wait until they are in it."""
        for number in numbers:
            self.calls[number] = await self.customer.conference(number, self.name, **fields)
        await self.customer.gathered(self.name, len(self.calls))

    async def talk(self, seconds: float = TALK) -> None:
        """Let everybody speak for a while."""
        await asyncio.sleep(seconds)

    async def command(self, number: str, command: str, **fields: str) -> None:
        """mute, unmute, onhold, resume."""
        await self.customer.command(self.name, self.calls[number], command, **fields)

    async def close(self) -> None:
        """Kick everybody."""
        await self.customer.vendors(lambda voice: voice.conferences.kick_all(self.name))

    async def heard(self, listener: str, *company: set[str]) -> None:
        """Fail unless the listener heard exactly these people together, one company after the other."""
        tones = {number: people.TONES[number] for number in self.calls}
        assert_company((await self.customer.far(self.calls[listener])).heard, tones, *company)


async def test_info_lists_who_is_in_and_for_how_long(customer: Customer) -> None:
    room = Room(customer)
    await room.call(ANNA, BEN)
    await customer.talked(room.name, 2, seconds=1)
    listed = {one.id: one for one in await customer.participants(room.name)}
    assert set(listed) == set(room.calls.values())
    anna = listed[room.calls[ANNA]]
    assert anna.cli.removeprefix("+") == ANNA
    assert (anna.muted, anna.onhold) == (False, False) and anna.duration >= 1
    answer = await customer.ask("GET", f"/v1/conferences/id/{room.name}/")
    assert {frozenset(one) for one in answer.body["participants"]} == {
        frozenset({"cli", "id", "duration", "muted", "onhold"})
    }, "the vendor's client takes no other field"


async def test_who_is_muted_is_not_heard_and_hears_on(customer: Customer) -> None:
    room = Room(customer)
    await room.call(ANNA, BEN, CLEO)
    await room.talk()
    await room.command(ANNA, "mute")
    assert {one.id: one.muted for one in await customer.participants(room.name)}[room.calls[ANNA]]
    await room.talk()
    await room.command(ANNA, "unmute")
    assert not any(one.muted for one in await customer.participants(room.name))
    await room.talk()
    await room.close()
    await room.heard(BEN, {ANNA, CLEO}, {CLEO}, {ANNA, CLEO})
    await room.heard(CLEO, {ANNA, BEN}, {BEN}, {ANNA, BEN})
    await room.heard(ANNA, {BEN, CLEO})


async def test_who_is_on_hold_neither_hears_nor_is_heard(customer: Customer) -> None:
    room = Room(customer)
    await room.call(ANNA, BEN, CLEO)
    await room.talk()
    await room.command(ANNA, "onhold")
    assert {one.id: one.onhold for one in await customer.participants(room.name)}[room.calls[ANNA]]
    await room.talk()
    await room.command(ANNA, "resume")
    assert not any(one.onhold for one in await customer.participants(room.name))
    await room.talk()
    await room.close()
    await room.heard(BEN, {ANNA, CLEO}, {CLEO}, {ANNA, CLEO})
    await room.heard(ANNA, {BEN, CLEO}, set(), {BEN, CLEO})


async def test_music_is_heard_on_hold(customer: Customer) -> None:
    room = Room(customer)
    await room.call(ANNA, BEN)
    await room.command(ANNA, "onhold", moh="music1")
    await room.talk(3)
    await customer.patch(room.calls[ANNA], action={"name": "hangup"})
    heard = (await customer.far(room.calls[ANNA])).heard
    assert heard.part(max(0.0, heard.seconds - 1.5)).level > -45
    assert not heard.part(max(0.0, heard.seconds - 1.5)).has(BENS, 0.3)


async def test_who_is_kicked_is_hung_up_and_the_others_talk_on(customer: Customer) -> None:
    room = Room(customer)
    await room.call(ANNA, BEN, CLEO, enable_dice=True)
    await room.talk()
    await customer.vendors(lambda voice: voice.conferences.kick_participant(room.calls[ANNA], room.name))
    dice = await customer.server.until("dice", room.calls[ANNA])
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "MANAGERHANGUP")
    assert {one.id for one in await customer.gathered(room.name, 2)} == {room.calls[BEN], room.calls[CLEO]}
    await room.talk()
    await room.close()
    await room.heard(BEN, {ANNA, CLEO}, {CLEO})


async def test_kicking_all_ends_every_call_and_the_room(customer: Customer) -> None:
    room = Room(customer)
    await room.call(ANNA, BEN, enable_dice=True)
    await room.close()
    for call in room.calls.values():
        dice = await customer.server.until("dice", call)
        assert (dice["result"], dice["reason"]) == ("ANSWERED", "MANAGERHANGUP")
    answer = await customer.ask("GET", f"/calling/v1/conferences/id/{room.name}")
    assert (answer.status, answer.code, answer.body["message"]) == (404, 40400, "Conference not found")


async def test_two_customers_rooms_of_one_name_never_meet(customer: Customer, make_customer: MakeCustomer) -> None:
    other = await make_customer()
    ours, theirs = Room(customer), Room(other)
    theirs.name = ours.name
    await asyncio.gather(ours.call(ANNA, BEN), theirs.call(CLEO))
    await ours.talk()
    assert {one.id for one in await customer.participants(ours.name)} == set(ours.calls.values())
    answer = await other.ask("DELETE", f"/calling/v1/conferences/id/{ours.name}/{ours.calls[ANNA]}")
    assert (answer.status, answer.code) == (404, 40400)
    await theirs.close()
    assert len(await customer.participants(ours.name)) == 2, "theirs alone was closed"
    await ours.close()
    assert_hears((await customer.far(ours.calls[ANNA])).heard, [BENS], [CLEOS])
    assert_hears((await other.far(theirs.calls[CLEO])).heard, [], [ANNAS, BENS])


async def test_callers_from_outside_meet_by_ice_and_the_room_ends_with_the_last(
    customer: Customer, network: Lab
) -> None:
    name = f"room-{secrets.token_hex(4)}"
    customer.server.answers(ice=svaml(action=confer(name)))
    await network.dial(customer.number, ANNA, seconds=5)
    await network.dial(customer.number, BEN, seconds=4)
    await customer.server.until("dice", count=2)
    for ice in customer.server.taken("ice"):
        own = people.TONES[ice["cli"].removeprefix("+")]
        heard = (await customer.far(ice.call)).heard
        assert_hears(heard, [BENS if own == ANNAS else ANNAS], [own])
    assert {one["reason"] for one in customer.server.taken("dice")} == {"CALLERHANGUP"}
    answer = await customer.ask("GET", f"/calling/v1/conferences/id/{name}")
    assert answer.status == 404


async def test_ace_answered_with_a_conference_takes_the_caller_and_the_callee_into_it(
    customer: Customer, network: Lab
) -> None:
    room = Room(customer)
    customer.server.answers(ice=svaml(action=connect(BEN)), ace=svaml(action=confer(room.name)))
    await room.call(CLEO)
    await network.dial(customer.number, ANNA, seconds=6)
    ice = await customer.server.until("ice")
    assert ice.call in {one.id for one in await customer.gathered(room.name, 3)}
    dice = await customer.server.until("dice", ice.call)
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "CALLERHANGUP")
    await customer.gathered(room.name, 1)
    await room.close()
    assert_hears((await customer.far(ice.call)).heard, [BENS, CLEOS], [ANNAS])
    assert_hears((await customer.callee(ice.call)).heard, [ANNAS, CLEOS], [BENS])
    assert_hears((await customer.far(room.calls[CLEO])).heard, [ANNAS, BENS], [CLEOS])


async def test_who_waits_alone_hears_the_music_that_was_wished(customer: Customer, network: Lab) -> None:
    customer.server.answers(ice=svaml(action=confer(f"room-{secrets.token_hex(4)}", moh="music1")))
    await network.dial(customer.number, people.LISTENS, seconds=3)
    dice = await customer.server.until("dice")
    assert (await customer.far(dice.call)).heard.level > -45


@pytest.mark.parametrize("verb", ["GET", "DELETE"])
async def test_a_conference_that_nobody_is_in_is_not_there(customer: Customer, verb: str) -> None:
    answer = await customer.ask(verb, "/calling/v1/conferences/id/my_conference_room_id")
    assert (answer.status, answer.code, answer.body["message"]) == (404, 40400, "Conference not found")


async def test_an_unknown_participant_or_command_is_refused_and_nothing_changes(customer: Customer) -> None:
    room = Room(customer)
    await room.call(ANNA)
    path = f"/calling/v1/conferences/id/{room.name}"
    for verb, body in (("PATCH", {"command": "mute"}), ("DELETE", None)):
        answer = await customer.ask(verb, f"{path}/4398599d1ba84ef3bde0a82dfb61abed", body)
        assert (answer.status, answer.code) == (404, 40400), verb
    answer = await customer.ask("PATCH", f"{path}/{room.calls[ANNA]}", {"command": "dance"})
    assert (answer.status, answer.code) == (400, 40001) and "command" in answer.body["message"]
    (anna,) = await customer.participants(room.name)
    assert not anna.muted
