"""Several telephones of one extension, browsers among them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import numpy as np
import pytest

from tests.e2e.conftest import Extension
from tests.support.browser_phone import MICROPHONE_RATE, BrowserPhone
from tests.support.carillon import Account, Admin
from tests.support.linphone import Linphone
from tests.support.phone import Phone
from tests.support.system import System

Beside = Callable[..., Awaitable[Phone]]


@pytest.fixture
async def beside(system: System) -> AsyncIterator[Beside]:
    """Makes one more telephone of an extension: `await beside(ben, transport="tcp")`; `ben` is a phone or extension."""
    async with AsyncExitStack() as stack:

        async def make(other: Phone | Extension, microphone: np.ndarray | None = None, **fields: Any) -> Phone:
            registrar = system.sip_tls if fields.get("transport") == "tls" else system.sip
            silent = np.zeros(0, dtype=np.float32)
            one = Phone(
                other.user,
                other.password,
                registrar,
                number=other.number,
                microphone=silent if microphone is None else microphone,
                **fields,
            )
            return await stack.enter_async_context(one)

        yield make


Browser = Callable[..., Awaitable[BrowserPhone]]


@pytest.fixture
async def browser(system: System, admin: Admin, account: Account) -> AsyncIterator[Browser]:
    """Makes browsers of an extension that may have them: `await browser(ben, audio.sine(440, 60, 48000))`."""
    async with AsyncExitStack() as stack:

        async def make(other: Phone | Extension, microphone: np.ndarray | None = None, **fields: Any) -> BrowserPhone:
            changed = {"account": account.name, "webrtc": True}
            shown = await admin.ask("PATCH", f"extensions/{other.number}/phones", changed)
            silent = np.zeros(MICROPHONE_RATE, dtype=np.float32)
            one = BrowserPhone(
                **{"user": shown["browser"]["user"], "password": other.password, **fields},
                socket=system.api.replace("http", "ws", 1) + "/sip",
                host=system.sip.partition(":")[0],
                number=other.number,
                microphone=silent if microphone is None else microphone,
            )
            return await stack.enter_async_context(one)

        yield make


MakeLinphone = Callable[..., Awaitable[Linphone]]


@pytest.fixture
async def linphone(system: System) -> AsyncIterator[MakeLinphone]:
    """Makes one more telephone of an extension, Linphone: `await linphone(ben, transport="tcp")`."""
    async with AsyncExitStack() as stack:

        async def make(other: Phone | Extension, microphone: np.ndarray | None = None, **fields: Any) -> Linphone:
            if microphone is not None:
                fields |= {"microphone": microphone}
            one = Linphone(other.user, other.password, system.sip, number=other.number, **fields)
            return await stack.enter_async_context(one)

        yield make
