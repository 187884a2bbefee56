"""The controller is away, or Asterisk is restarted, while phones send texts and are sent some."""

import asyncio
import json
import time

from tests.faults.conftest import kill_the_controller
from tests.support.phone_texts import WAITS, MakeTexter, Office, office, texter
from tests.support.scenario import until
from tests.support.system import System
from tests.support.texter import Texter

__all__ = ["office", "texter"]
BACK_WITHIN = 60.0


class Controller:
    """The controller's container, to be killed and started again."""

    def __init__(self, system: System) -> None:
        self._system, self._id = system, system.container("carillon")

    async def __aenter__(self) -> "Controller":
        """Kill -9; docker does not start it again by itself."""
        self._since = int(time.time())
        await self._system.docker("kill", self._id)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._system.docker("start", self._id)
        await self._system.healthy()

    async def refused(self) -> int:
        """How many texts it has said were not kept."""
        printed = await self._system.docker("logs", "--since", f"{self._since}", self._id)
        lines = [line for line in printed.splitlines() if "Texts of phones were not kept" in line]
        return sum(int(json.loads(line)["refused"]) for line in lines)


def numbered(count: int, before: str = "") -> list[str]:
    """Texts that are numbered, sorted as texts are."""
    return sorted(f"{before}{number}" for number in range(count))


async def channels(system: System) -> list[str]:
    """The channels that read texts, in Asterisk."""
    return [one["name"] for one in await system.ari("channels") if one["name"].startswith("Local/s@nowhere")]


async def test_what_came_while_no_controller_ran_is_taken_at_its_return(
    office: Office, texter: MakeTexter, system: System
) -> None:
    phone, other = await texter(), await texter()
    id = await office.post(other.number, "before", sender=office.desk)
    await office.becomes(id, "sent")
    async with Controller(system):
        for number in range(20):
            assert await phone.text(office.desk, f"{number}") == 202
            assert await other.text(phone.number, f"other {number}") == 202
    await phone.until(20)
    assert sorted(one.body.decode() for one in phone.received) == numbered(20, "other ")
    assert await office.bodies(phone, 20) == numbered(20)
    assert await office.bodies(other, 20) == numbered(20, "other ")
    await until(lambda: channels(system), lambda found: not found, what="no channel that reads texts is left")


async def test_a_kill_amid_texts_loses_none_and_doubles_none(
    office: Office, texter: MakeTexter, system: System
) -> None:
    phone = await texter()
    count = 90  # fewer than are kept of one extension

    async def send() -> None:
        for number in range(count):
            assert await phone.text(office.desk, f"{number}") == 202

    await asyncio.gather(send(), kill_the_controller(system))
    assert await phone.text(office.desk, "end") == 202
    assert await office.bodies(phone, count + 1) == [*numbered(count), "end"]
    await until(lambda: channels(system), lambda found: not found, what="no channel that reads texts is left")


async def test_phones_that_are_registered_are_known_to_the_next_controller(
    office: Office, texter: MakeTexter, system: System
) -> None:
    phone, away = await texter(), await texter(register=False)
    late = await office.post(away.number, "for later", sender=office.desk)
    async with Controller(system):
        assert phone.received == []
    await office.post(phone.number, "hello", sender=office.desk)
    assert (await phone.until(1)).body == b"hello"
    assert await office.why(late) == ("queued", WAITS.format(away.number))
    assert await away.register() == 200
    assert (await away.until(1)).body == b"for later"


async def test_a_flood_of_one_phone_leaves_room_for_the_others(
    office: Office, texter: MakeTexter, system: System
) -> None:
    flooder, other = await texter(), await texter()
    async with Controller(system) as controller:
        for number in range(130):
            assert await flooder.text(office.desk, f"{number}") == 202
        assert await other.text(office.desk, "hello") == 202
    assert await office.bodies(other, 1) == ["hello"]
    assert len(await office.of(flooder, 100)) == 100
    await until(controller.refused, lambda count: count == 30, what="those that were not kept are counted")
    assert await flooder.text(office.desk, "again") == 202
    kept = await office.of(flooder, 101)
    assert len({one["text"] for one in kept}) == 101 and kept[-1]["text"] == "again"


async def test_texts_and_registrations_survive_a_restart_of_asterisk(
    office: Office, texter: MakeTexter, system: System
) -> None:
    phone = await texter()
    async with Controller(system):
        for number in range(10):
            assert await phone.text(office.desk, f"{number}") == 202
        await system.docker("restart", system.container("asterisk"))
    assert await office.bodies(phone, 10) == numbered(10)
    await it_is_sent(office, phone, "hello again")
    assert await phone.text(office.desk, "and back") == 202
    assert await office.bodies(phone, 11) == [*numbered(10), "and back"]


async def test_a_restart_under_a_running_controller_loses_nothing_that_is_kept(
    office: Office, texter: MakeTexter, system: System
) -> None:
    phone = await texter()
    await it_is_sent(office, phone, "before")
    await system.docker("restart", system.container("asterisk"))
    meanwhile = await office.post(phone.number, "meanwhile", sender=office.desk)
    await office.becomes(meanwhile, "sent", BACK_WITHIN)
    assert (await phone.until(2)).body == b"meanwhile"
    assert await phone.text(office.desk, "hello") == 202
    assert await office.bodies(phone, 1) == ["hello"]
    assert len(phone.received) == 2


async def it_is_sent(office: Office, phone: Texter, text: str) -> None:
    """Send a text to a phone, known or still to be known, and wait until it is there."""
    count = len(phone.received) + 1
    id = await office.post(phone.number, text, sender=office.desk)
    await office.becomes(id, "sent", BACK_WITHIN)
    assert (await phone.until(count)).body.decode() == text
