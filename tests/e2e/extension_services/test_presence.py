"""Lamp keys: a phone sees the states of the extensions of its own account, and of no other."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from tests.e2e.conftest import MakeExtension, MakePhone, make_account
from tests.support.carillon import Admin
from tests.support.system import System
from tests.support.watcher import Watcher

MakeWatcher = Callable[..., Awaitable[Watcher]]


@pytest.fixture
async def watcher(extension: MakeExtension, system: System) -> AsyncIterator[MakeWatcher]:
    """Makes phones with lamp keys: `await watcher("101", account=…)` watches 101."""
    host, _, port = system.sip.partition(":")
    async with AsyncExitStack() as stack:

        async def make(*watched: str, package: str = "dialog", **fields: str) -> Watcher:
            own = await extension(**fields)
            one = await stack.enter_async_context(Watcher(own.user, own.password, host, int(port)))
            for number in watched:
                assert await one.watch(number, package) == 200
            return one

        yield make


async def test_a_lamp_follows_its_own_account_s_extension_and_not_another_s_of_the_same_number(
    phone: MakePhone, watcher: MakeWatcher, admin: Admin
) -> None:
    ours, theirs = make_account(admin).name, make_account(admin).name
    anna, ben = await phone(account=ours, number="101"), await phone(account=ours, number="102")
    stranger = await phone(account=theirs, number="102")
    mine, other = await watcher("101", "102", account=ours), await watcher("102", account=theirs)
    for lamp in (mine, other):
        await lamp.shows("102", "idle")
    await anna.ring("102")
    await mine.shows("102", "early")
    await mine.shows("101", "confirmed")
    await ben.pick_up()
    await mine.shows("102", "confirmed")
    await anna.hang_up()
    await mine.shows("102", "idle")
    await mine.shows("101", "idle")
    assert {"confirmed", "early"}.isdisjoint(other.states("102")), "the other account's 102 had no call"
    await admin.ask("PATCH", "extensions/102", {"account": theirs, "do_not_disturb": True})
    await other.shows("102", "confirmed")
    await admin.ask("PATCH", "extensions/102", {"account": theirs, "do_not_disturb": False})
    await other.shows("102", "idle")
    assert mine.states("102")[-1] == "terminated"
    assert "alerting" not in str(stranger.events)


async def test_who_is_not_registered_is_closed_and_who_is_no_extension_is_not_found(
    phone: MakePhone, watcher: MakeWatcher, extension: MakeExtension, admin: Admin
) -> None:
    absent, here = await extension(), await phone()
    lamp = await watcher(absent.number, here.number, package="presence")
    await lamp.until_notified(absent.number, "<basic>closed</basic>")
    await lamp.until_notified(here.number, "<basic>open</basic>")
    for on in (True, False):  # which leaves no trace of an extension that nobody is registered at
        await admin.ask("PATCH", f"extensions/{absent.number}", {"do_not_disturb": on})
        await lamp.until_notified(absent.number, "<note>On the phone</note>" if on else "<basic>closed</basic>")
    assert await lamp.watch("sales") == 404
