"""A client of the lab: its personas, the numbers that have one, and calls that the lab places.

The lab is the second Asterisk of docs/lab.md, which simulates a telephone network. It is controlled by its own ARI at
`http://127.0.0.1:${CARILLON_LAB_ARI_PORT}`, with the user `carillon`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Literal, NoReturn, Self
from uuid import uuid4

import aiohttp
import msgspec

from api.lab_carriers import BY_NAME, CARRIERS

TRUNKS = ("carillon", "registered", *(carrier.name for carrier in CARRIERS if carrier.calls))
"""How a call reaches the engine: over the trunk that is known by its address, to the contact that registered, or by one
of the lab's carriers."""

_TIMEOUT_SECONDS = 3.0
"""Seconds that the lab has for one answer, and for storing a number's persona."""
_LIST_SECONDS = 30.0
"""Seconds that it has for listing thousands of them."""

_PAUSE = 0.02

Outcome = Literal["dialling", "ringing", "answered", "refused"]
_TAKEN: dict[str, Outcome] = {"Ringing": "ringing", "Up": "answered"}


class LabError(Exception):
    """The lab cannot carry out a request; the text says what to do about it."""


class Persona(msgspec.Struct, frozen=True, kw_only=True):
    """A persona of the lab: its number, what it does when it is called, and the frequency of its tone in Hz, if any."""

    number: str
    does: str
    tone: int | None = None


class LabDial(msgspec.Struct, frozen=True, kw_only=True):
    """A call that the lab placed: the lab's channel, and the SIP Call-ID that names the recordings."""

    channel: str
    call_id: str


def _speaking(number: str, hertz: int) -> Persona:
    return Persona(number=number, does=f"answers, speaks a tone of {hertz} Hz and listens", tone=hertz)


_TWENTY = (
    *(573, 741, 823, 908, 1030, 1100, 1292, 1418, 1563, 1687),
    *(1862, 1933, 2086, 2164, 2261, 2344, 2538, 2677, 2784, 2900),
)

PERSONAS: tuple[Persona, ...] = (
    Persona(number="12015550100", does="rings, answers after 1 s and listens"),
    _speaking("12015550101", 440),
    Persona(number="12015550102", does="answers, presses 1 after 2 s and then every 5 s"),
    Persona(number="12015550103", does="answers, presses 5 after 2 s, then 1 after 2 s more, and listens"),
    Persona(number="12015550104", does="is busy (486)"),
    Persona(number="12015550105", does="rings for 90 s, then is not available (480)"),
    Persona(number="12015550106", does="declines (603)"),
    Persona(number="12015550107", does="does not exist (404)"),
    Persona(number="12015550108", does="is not available (480)"),
    Persona(number="12015550109", does="has no free line (503)"),
    Persona(number="12015550110", does="answers, hangs up after 3 s"),
    Persona(
        number="12015550111", does="sends early media (183, a tone of 500 Hz) for 3 s, then is busy (486)", tone=500
    ),
    Persona(number="12015550112", does="voicemail: speaks a greeting, beeps (1000 Hz) and listens"),
    Persona(number="12015550113", does="voicemail without a beep: speaks a greeting and listens"),
    Persona(
        number="12015550114",
        does='answers, says "hello", presses 1 after 3 s, says "my name is" and its number 1 s later, and listens',
    ),
    Persona(number="12015550115", does="answers, sends back what it hears"),
    Persona(number="12015550116", does="answers, asks for 1234# until it is pressed, and listens"),
    Persona(number="12015550117", does="answers, stops sending RTP after 3 s"),
    Persona(number="12015550118", does="rings for 8 s, then answers and listens"),
    *(_speaking(str(12015550120 + index), hertz) for index, hertz in enumerate(_TWENTY)),
    Persona(
        number="12015550160",
        does="answers, speaks a tone of 440 Hz, presses 1 after 2 s, holds the call for 3 s, "
        "speaks the tone again and listens",
    ),
    Persona(number="12015550170", does="answers, receives a fax"),
    Persona(number="12015550171", does="answers, sends a fax of two pages"),
    Persona(number="12015550172", does="answers, receives a fax, hangs up after 25 s"),
)

_NUMBERS = frozenset(persona.number for persona in PERSONAS)


def file_name(call_id: str) -> str:
    """Return a SIP Call-ID as the lab writes it in the names of its files (the rule is in docs/lab.md)."""
    return re.sub(r"[^A-Za-z0-9._-]", "", call_id)[:200]


class Lab:
    """A client of the lab's ARI. Use it as `async with Lab(url, password) as lab`, or call `close`.

    `url` is the base, `http://127.0.0.1:8089`. Every method that sends a request raises LabError.
    """

    def __init__(self, url: str, password: str) -> None:
        self._url = url.rstrip("/").removesuffix("/ari") + "/ari"
        self._session = aiohttp.ClientSession(
            headers={"Authorization": aiohttp.encode_basic_auth("carillon", password)},
            timeout=aiohttp.ClientTimeout(total=_TIMEOUT_SECONDS),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections."""
        await self._session.close()

    @staticmethod
    def personas() -> list[Persona]:
        """Returns all personas by number."""
        return list(PERSONAS)

    async def map(self, number: str, persona: str) -> None:
        """Gives another number a persona, which is kept over restarts of the lab."""
        number = self._free(number)
        if (given := _digits(persona)) not in _NUMBERS:
            raise LabError(f"{persona} is not a persona; `carillon lab personas` lists them")
        async with self._database({"LAB_NUMBER": number, "LAB_PERSONA": given}) as channel:
            kept = await self._variable(channel, "LAB_KEPT")
        if kept != given:
            raise LabError(f"the lab did not keep the persona of {number}; its log says why: `make logs`")

    async def unmap(self, number: str) -> None:
        """Removes a number's persona; harmless if it has none."""
        async with self._database({"LAB_NUMBER": self._free(number), "LAB_PERSONA": ""}):
            pass

    async def mapped(self) -> dict[str, str]:
        """Returns the numbers that were given a persona, each with the persona's number."""
        async with self._database({"LAB_NUMBER": "", "LAB_PERSONA": ""}, within=_LIST_SECONDS) as channel:
            count = int(await self._variable(channel, "LAB_PAGES"))
            pages = [await self._variable(channel, f"LAB_PAGE_{page}") for page in range(count)]
        pairs = (pair.partition("=") for page in pages for pair in page.split())
        return {number: persona for number, _, persona in pairs if persona}

    async def dial(self, number: str, as_: str, seconds: float = 60, trunk: str = "carillon") -> LabDial:
        """Calls one of the engine's numbers as a persona, and hangs up so many seconds after the answer.

        `as_` is the number of a persona, or one that was given a persona. It is the caller ID, and after the answer it
        behaves as that persona. The method returns when the INVITE was sent, not when the call is answered.
        """
        caller, called = _digits(as_), _digits(number)
        if not called:
            raise LabError(f"{number} is not a number: only digits, with or without a + before them")
        if trunk not in TRUNKS:
            raise LabError(f"the lab's trunk must be {', '.join(TRUNKS[:-1])} or {TRUNKS[-1]} (got '{trunk}')")
        if caller not in _NUMBERS and caller not in await self.mapped():
            raise LabError(f"{as_} has no persona; give it one with `carillon lab map {as_} 12015550100`")
        channel = f"lab-{uuid4().hex}"
        plus = "+" if trunk in BY_NAME and BY_NAME[trunk].plus else ""
        placed = await self._originate(
            channel,
            endpoint=f"PJSIP/{plus}{called}@{trunk}",
            context="caller",
            extension=caller,
            timeout=120,
            callerId=plus + caller,
            variables={"LAB_SECONDS": f"{seconds:g}"},
        )
        # A later request would be too late for a call that ends at once.
        return LabDial(channel=channel, call_id=placed.get("protocol_id", ""))

    async def state(self, channel: str) -> str | None:
        """Returns the state of a placed call in Asterisk's terms (Down, Ring, Ringing, Up); None if it has ended."""
        status, answer = await self._ask("GET", f"/channels/{channel}", {})
        return answer["state"] if status == 200 else None

    async def outcome(self, channel: str) -> Outcome:
        """Waits until a placed call rings, is answered or ends; at most 3 s, after which it is "dialling"."""
        for _ in range(round(_TIMEOUT_SECONDS / _PAUSE)):
            state = await self.state(channel)
            if state is None:
                return "refused"
            if state in _TAKEN:
                return _TAKEN[state]
            await asyncio.sleep(_PAUSE)  # its events come through a websocket only
        return "dialling"

    async def hang_up(self, channel: str) -> None:
        """Ends a placed call; harmless if it has ended."""
        await self._ask("DELETE", f"/channels/{channel}", {})

    async def authority(self) -> str:
        """Returns the certificate, as PEM, of the authority behind the carrier that speaks TLS."""
        try:
            async with self._session.get(f"{self._url.removesuffix('/ari')}/static/lab-ca.pem") as response:
                if response.status == 200:
                    return await response.text()
        except (aiohttp.ClientError, TimeoutError) as error:
            self._unreachable(error)
        raise LabError("the lab has no certificate authority; its log says why: `make logs`")

    def _free(self, number: str) -> str:
        digits = _digits(number)
        if not digits:
            raise LabError(f"{number} is not a number: only digits, with or without a + before them")
        if digits in _NUMBERS:
            raise LabError(f"{number} is a persona itself; map another number to it")
        return digits

    @asynccontextmanager
    async def _database(self, variables: dict[str, str], within: float = _TIMEOUT_SECONDS) -> AsyncIterator[str]:
        """Runs the lab's [database] for a number, or ("") for a list of all; yields the channel with the result."""
        channel = f"lab-{uuid4().hex}"
        what = {"context": "database", "extension": "tell", "variables": variables}
        await self._originate(channel, endpoint="Local/keep@database/n", **what)
        try:
            for _ in range(round(within / _PAUSE)):
                if await self._variable(channel, "LAB_PAGES"):
                    break
                await asyncio.sleep(_PAUSE)  # The event of a channel's variable comes through a websocket only.
            else:
                raise LabError("the lab does not keep personas: is it running with asterisk-config/lab?")
            yield channel
        finally:
            await self.hang_up(channel)

    async def _variable(self, channel: str, name: str) -> str:
        status, answer = await self._ask("GET", f"/channels/{channel}/variable", {"variable": name})
        return str(answer["value"]) if status == 200 else ""

    async def _originate(self, channel: str, **what: object) -> dict[str, Any]:
        status, answer = await self._ask("POST", "/channels", {}, {"channelId": channel, "priority": 1, **what})
        if status != 200:
            said = answer.get("message") or answer.get("error") or status
            raise LabError(f"the lab refused the call ({said}); has anyone registered at its trunk?")
        return answer

    async def _ask(
        self, method: str, path: str, query: dict[str, str], body: dict[str, object] | None = None
    ) -> tuple[int, dict[str, Any]]:
        try:
            async with self._session.request(method, self._url + path, params=query, json=body) as response:
                text = await response.text()
        except (aiohttp.ClientError, TimeoutError) as error:
            self._unreachable(error)
        if response.status == 401:
            raise LabError("the lab refused the password: CARILLON_LAB_ARI_PASSWORD in .env is not its own")
        return response.status, msgspec.json.decode(text, type=dict[str, Any]) if text else {}

    def _unreachable(self, error: BaseException) -> NoReturn:
        raise LabError(f"the lab does not answer at {self._url}: start it with `make run`") from error


def _digits(number: str) -> str:
    """Returns a number's digits; "" if it is not a number (at most 15 digits, E.164)."""
    found = re.fullmatch(r"\+?(\d{1,15})", number.strip())
    return found[1] if found else ""
