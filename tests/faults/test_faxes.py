"""kill -9 of the controller in a fax: it ends with its state, in one call, and no page is lost that was confirmed."""

import secrets
from typing import Any

from api.lab import Lab
from tests.e2e.fax.test_faxes import WITHIN, arrived, becomes, drawn, send
from tests.faults.conftest import kill_the_controller
from tests.support import people
from tests.support.carillon import Account, Admin, Own
from tests.support.scenario import until
from tests.support.system import System


async def faxing(own: Own, call: str) -> None:
    """Wait until the machines talk."""

    async def look() -> list[str]:
        tasks = (await own.ask("GET", f"calls/{call}/timeline"))[1]["tasks"]
        return [task["state"] for task in tasks if task["kind"] in ("send_fax", "receive_fax")]

    await until(look, lambda found: found == ["running"], 30.0, "the fax has begun")


async def calls_to(own: Own, line: str) -> list[str]:
    """The calls to a number, by their ids."""
    found = (await own.ask("GET", "calls?limit=20"))[1]["calls"]
    return [call["id"] for call in found if call["callee"] == line]


async def faxes_at(own: Own, line: str) -> list[dict[str, Any]]:
    """The faxes that came in at a number."""
    return [each for each in (await own.ask("GET", "faxes?way=in"))[1]["faxes"] if each["own"] == line]


async def test_a_fax_whose_controller_is_killed_is_sent_by_the_same_call(own: Own, system: System) -> None:
    document, pages = drawn(2)
    fax = await send(own, document, header=False)
    sending = await becomes(own, fax["id"], "sending")
    await faxing(own, sending["call"])
    await kill_the_controller(system)
    done = await becomes(own, fax["id"], "sent", "failed")
    assert (done["state"], done["confirmed"], done["attempts"]) == ("sent", 2, 1), done
    assert [page.tobytes() for page in await arrived(own, done)] == [page.tobytes() for page in pages]
    await until(system.channels, lambda found: found == [], what="no channel is left")
    await until(lambda: system.ari("bridges"), lambda found: found == [], what="no bridge is left")


async def test_a_fax_that_comes_in_while_no_controller_is_there_is_kept(
    own: Own, account: Account, admin: Admin, system: System, network: Lab
) -> None:
    line = f"4499{secrets.randbelow(10**7):07d}"
    await admin.ask("POST", "numbers", {"number": line, "account": account.name, "to": "fax"})
    await network.dial(line, as_=people.SENDS_A_FAX, seconds=90)
    (call,) = await until(lambda: calls_to(own, line), lambda found: len(found) == 1, 30.0, "the call has come")
    await faxing(own, call)
    await kill_the_controller(system)
    (fax,) = await until(lambda: faxes_at(own, line), lambda found: len(found) == 1, WITHIN, "the fax is there")
    assert (fax["state"], fax["pages"], fax["call"]) == ("received", 2, call)
    await admin.ask("DELETE", f"numbers/{line}")
    await until(system.channels, lambda found: found == [], what="no channel is left")


async def stopped(system: System, own: Own, call: str) -> None:
    """Kill the controller in the middle of a fax, and let another one come when the machines have finished."""
    await faxing(own, call)
    container = system.container("carillon")
    await system.docker("kill", "--signal", "KILL", container)

    async def channels() -> list[str]:
        return [line for line in await system.channels() if "PJSIP" in str(line)]

    await until(channels, lambda found: found == [], WITHIN, "the other machine has hung up")
    await system.docker("start", container)
    await system.healthy()


async def test_a_fax_that_ends_while_no_controller_is_there_was_sent_once(own: Own, system: System) -> None:
    document, pages = drawn(1)
    fax = await send(own, document, header=False, wait_seconds=1)
    sending = await becomes(own, fax["id"], "sending")
    await stopped(system, own, sending["call"])
    done = await becomes(own, fax["id"], "sent", "failed")
    assert (done["state"], done["confirmed"], done["attempts"]) == ("sent", 1, 1), done
    assert [page.tobytes() for page in await arrived(own, done)] == [page.tobytes() for page in pages]
    await until(system.channels, lambda found: found == [], what="no channel is left")
    await until(lambda: system.ari("bridges"), lambda found: found == [], what="no bridge is left")
    kept = await system.docker("exec", system.container("asterisk"), "asterisk", "-rx", "dialplan show globals")
    assert "FAX_fax" not in kept


async def test_a_fax_that_comes_in_and_ends_while_no_controller_is_there_is_whole(
    own: Own, account: Account, admin: Admin, system: System, network: Lab
) -> None:
    line = f"4498{secrets.randbelow(10**7):07d}"
    await admin.ask("POST", "numbers", {"number": line, "account": account.name, "to": "fax"})
    await network.dial(line, as_=people.SENDS_A_FAX, seconds=90)
    (call,) = await until(lambda: calls_to(own, line), lambda found: len(found) == 1, 30.0, "the call has come")
    await stopped(system, own, call)
    (fax,) = await until(lambda: faxes_at(own, line), lambda found: len(found) == 1, WITHIN, "the fax is there")
    assert (fax["state"], fax["pages"], fax["call"]) == ("received", 2, call)
    await admin.ask("DELETE", f"numbers/{line}")
    await until(system.channels, lambda found: found == [], what="no channel is left")
