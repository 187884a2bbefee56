"""Calls of a Sinch customer's, brought into every situation at once, for tests that then kill something."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from api.lab import Lab
from tests.clients.sinch.customer import Customer
from tests.clients.sinch.script import Script, connect, ending, going_on, menu, park, play, run_menu, svaml
from tests.clients.sinch.server import Event, Reply
from tests.support import people
from tests.support.far_end import Sound, assert_hears, assert_melody
from tests.support.sink import Sink

(ANNA, _), (BEN, _), (CLEO, _), (DORA, _), (EMIL, _) = people.speakers(5)
WAITS_FOR_ICE, IN_MENU, PARKED, BRIDGED, RINGING = people.LISTENS, people.PRESSES_1, EMIL, CLEO, people.SPEAKS_440
"""Who calls in: ICE's `cli` says which situation a call is for."""
LONGEST = 120
TALK_SECONDS = 3.0
SPEECH = f"My name is Carillon. {'This is the middle of a long sentence. ' * 5}Please speak after the tone."

Check = Callable[[], Awaitable[None]]


@dataclass
class Situations:
    """Each method brings a call into its situation and returns what must be true at the end; `calls` are all of them.

    The last ones that are set up are those that last only seconds: ringing, waiting for ICE.
    """

    customer: Customer
    network: Lab
    sink: Sink
    room: str = field(default_factory=lambda: f"room-{secrets.token_hex(4)}")
    calls: list[str] = field(default_factory=list)
    ice: dict[str, list[Script | Reply]] = field(default_factory=dict)

    async def all(self) -> list[Check]:
        """Every situation; returns their checks, to be made after the fault."""
        tone = self.sink.tone
        ring = people.ANSWERS_AFTER_8_SECONDS
        hold = park(hold=self.sink.tones([(700, 0.4), (0, 0.2)]))
        # A key is pressed 2 s and 7 s after the answer: the first one is before the menu.
        keys = run_menu(menu("main", tone(500, 0.5), [("1", "return(one)")], timeoutMills=LONGEST * 1000))
        self.ice = {
            WAITS_FOR_ICE: [Reply(never=True), ending(play(tone(500, 0.6)))],
            IN_MENU: [svaml(play(tone(900, 2.6)), action=keys)],
            PARKED: [svaml(action=hold)],
            BRIDGED: [svaml(action=connect(DORA))],
            RINGING: [svaml(action=connect(ring))],
        }
        self.customer.server.answers(ice=self._ice, ace=going_on(), pie=ending(play(tone(700, 0.6))))
        checks = await asyncio.gather(self.parked(), self.in_a_conference(), self.bridged())
        checks += await asyncio.gather(self.in_a_menu(), self.in_mid_sentence())
        checks += await asyncio.gather(self.ringing(), self.waiting_for_ice())
        return list(checks)

    def _ice(self, event: Event) -> Any:
        scripts = self.ice[event["cli"].removeprefix("+")]
        return scripts.pop(0) if len(scripts) > 1 else scripts[0]

    async def _dial(self, caller: str) -> tuple[str, str]:
        """Somebody calls the customer's number: the lab's channel, and the call's id as ICE told it."""
        dialled = await self.network.dial(self.customer.number, caller, seconds=LONGEST)
        while not (asked := self._asked(caller)):
            await self.customer.server.until("ice", count=len(self.customer.server.taken("ice")) + 1)
        self.calls.append(asked[0].call)
        return dialled.channel, asked[0].call

    def _asked(self, caller: str) -> list[Event]:
        return [one for one in self.customer.server.taken("ice") if one["cli"].removeprefix("+") == caller]

    async def dice(self, call: str, result: str = "ANSWERED", reason: str = "MANAGERHANGUP") -> Event:
        """Wait until a call's end is told, as it must be."""
        dice = await self.customer.server.until("dice", call, within=45)
        assert (dice["result"], dice["reason"]) == (result, reason), dice.body
        return dice

    async def waiting_for_ice(self) -> Check:
        """The customer's server was asked what to do, and does not answer."""
        _, call = await self._dial(WAITS_FOR_ICE)

        async def check() -> None:
            await self.dice(call)
            first, again = self._asked(WAITS_FOR_ICE)
            untimed = [{**one.body, "timestamp": ""} for one in (first, again)]
            assert untimed[0] == untimed[1], "the same question"
            assert_melody((await self.customer.far(call)).heard, 500)

        return check

    async def in_a_menu(self) -> Check:
        """The menu runs, nothing is pressed yet."""
        _, call = await self._dial(IN_MENU)
        await self.customer.running(call, "run_menu")

        async def check() -> None:
            await self.dice(call)
            (pie,) = self.customer.server.taken("pie", call)
            assert (pie["menuResult"]["type"], pie["menuResult"]["value"]) == ("return", "one")
            heard = (await self.customer.far(call)).heard
            assert_melody(heard.part(heard.first(700)), 700)

        return check

    async def parked(self) -> Check:
        """It hears the hold prompt."""
        _, call = await self._dial(PARKED)
        await self.customer.running(call, "park", seconds=1.0)

        async def check() -> None:
            script = ending(play(self.sink.tone(900, 0.8)))
            await self.customer.patch(call, *script["instructions"], action=script["action"])
            await self.dice(call)
            heard = (await self.customer.far(call)).heard
            assert_melody(heard.part(heard.first(900)), 900)

        return check

    async def in_a_conference(self) -> Check:
        """Two talk to each other."""
        calls = [await self.customer.conference(one, self.room, enable_dice=True) for one in (ANNA, BEN)]
        self.calls += calls
        await self.customer.gathered(self.room, 2)

        async def check() -> None:
            assert {one.id for one in await self.customer.gathered(self.room, 2)} == set(calls)
            await asyncio.sleep(TALK_SECONDS)
            await self.customer.vendors(lambda voice: voice.conferences.kick_all(self.room))
            for call, (one, other) in zip(calls, ((ANNA, BEN), (BEN, ANNA)), strict=True):
                await self.dice(call)
                heard = (await self.customer.far(call)).heard
                assert_hears(_last(heard), [people.TONES[other]], [people.TONES[one]])

        return check

    async def bridged(self) -> Check:
        """The caller was connected (connectPstn), and the two talk."""
        channel, call = await self._dial(BRIDGED)
        await self.customer.bridged(call)

        async def check() -> None:
            await asyncio.sleep(TALK_SECONDS)
            await self.network.hang_up(channel)
            dice = await self.dice(call, reason="CALLERHANGUP")
            (ace,) = self.customer.server.taken("ace", call)
            assert abs(dice["duration"] - (dice.at - ace.at)) < 2, "it counts from the answer, over the fault"
            caller, callee = (await self.customer.far(call)).heard, (await self.customer.callee(call)).heard
            assert_hears(_last(caller), [people.TONES[DORA]], [people.TONES[CLEO]])
            assert_hears(_last(callee), [people.TONES[CLEO]], [people.TONES[DORA]])

        return check

    async def ringing(self) -> Check:
        """The callee's phone rings; it is answered meanwhile or afterwards."""
        channel, call = await self._dial(RINGING)
        await self.customer.rings(call)

        async def check() -> None:
            await self.customer.bridged(call)
            await asyncio.sleep(TALK_SECONDS)
            await self.network.hang_up(channel)
            await self.dice(call, reason="CALLERHANGUP")
            assert len(self.customer.server.taken("ace", call)) == 1
            assert_hears(_last((await self.customer.callee(call)).heard), [440], [])

        return check

    async def in_mid_sentence(self) -> Check:
        """A text-to-speech callout speaks."""
        call = await self.customer.tts(people.LISTENS, text=SPEECH, enable_dice=True)
        self.calls.append(call)
        await self.customer.running(call, "say", seconds=1.0)

        async def check() -> None:
            await self.dice(call)
            heard = (await self.customer.reached(call)).heard
            begun, rest = heard.part(0, 4), heard.part(4)
            assert begun.says("my name is") and not rest.says("my name is"), "it is said once"
            assert rest.says("after the tone"), "it is said to its end"

        return check

    def told_once_each(self) -> None:
        """Fail unless every call's end was told exactly once, and nothing else was told of its end."""
        told = sorted(one.call for one in self.customer.server.taken("dice"))
        assert told == sorted(self.calls), "one DiCE each"
        self.customer.server.check()


def _last(sound: Sound) -> Sound:
    """The last two seconds, without the very end."""
    return sound.part(max(0.0, sound.seconds - 2.2), sound.seconds - 0.2)
