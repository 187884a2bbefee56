"""Meetings of an account, and guests who enter them with a browser."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.e2e.rooms.conftest import line
from tests.support import audio
from tests.support.browser import MICROPHONE_RATE
from tests.support.carillon import Own
from tests.support.meeting_guest import MeetingGuest

__all__ = ["line"]
QUIET = 0.25
MakeMeeting = Callable[..., Awaitable[dict[str, Any]]]
Guest = Callable[..., Awaitable[MeetingGuest]]


@pytest.fixture
async def meeting(own: Own) -> AsyncIterator[MakeMeeting]:
    """Makes meetings: `await meeting(name="Monday", waits_for_host=True)`."""
    made: list[dict[str, Any]] = []

    async def make(**fields: Any) -> dict[str, Any]:
        status, shown = await own.ask("POST", "meetings", json=fields)
        assert status == 201, shown
        made.append(shown)
        return dict(shown)

    yield make
    for one in made:
        await own.ask("POST", f"rooms/{one['room']}/end")
        await own.ask("DELETE", f"meetings/{one['id']}")


@pytest.fixture
async def guest() -> AsyncIterator[Guest]:
    """Opens the page of a link: `await guest(link, "Anna", 440)`, with a tone as its voice."""
    async with AsyncExitStack() as stack:

        async def make(link: str, name: str = "Anna", hz: float = 0) -> MeetingGuest:
            voice = {"microphone": QUIET * audio.sine(hz, 60, MICROPHONE_RATE)} if hz else {}
            return await stack.enter_async_context(MeetingGuest(link, name, **voice))

        yield make
