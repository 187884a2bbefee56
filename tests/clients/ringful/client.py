"""A client of the Ringful API as its document describes it, and nothing more."""

import re
from dataclasses import dataclass

import aiohttp


class Refused(AssertionError):
    """The server answered something else than 200."""


@dataclass(frozen=True)
class Answer:
    """What the server answered."""

    status: int
    text: str
    content_type: str


@dataclass
class Ringful:
    """One customer. `verb` is how it asks, GET (query) or POST (form). Calls and conferences it made are noted."""

    session: aiohttp.ClientSession
    base: str
    key: str
    verb: str = "POST"

    def __post_init__(self) -> None:
        self.calls: list[str] = []
        self.conferences: list[str] = []

    async def ask(self, operation: str, *, key: str | None = None, verb: str | None = None, **fields: str) -> Answer:
        """Send one request, whatever comes of it."""
        url = f"{self.base}/{operation}/apikey/{key or self.key}"
        verb = verb or self.verb
        sent = {"params": fields} if verb == "GET" else {"data": fields}
        async with self.session.request(verb, url, **sent) as answer:  # type: ignore[arg-type]
            return Answer(answer.status, await answer.text(), answer.content_type)

    async def path(self, path: str) -> Answer:
        """GET a path and query exactly as written."""
        from yarl import URL

        async with self.session.get(URL(self.base + path, encoded=True)) as answer:
            return Answer(answer.status, await answer.text(), answer.content_type)

    async def _id(self, operation: str, fields: dict[str, str]) -> str:
        answer = await self.ask(operation, **fields)
        if answer.status != 200 or not re.fullmatch(r"[A-Za-z0-9._-]+", answer.text):
            raise Refused(f"{operation} {fields}: {answer}")
        return answer.text

    async def _none(self, operation: str, fields: dict[str, str]) -> None:
        answer = await self.ask(operation, **fields)
        if answer.status != 200 or answer.text != "":
            raise Refused(f"{operation} {fields}: {answer}")

    async def call(self, **fields: str) -> str:
        """Call; returns the call's id."""
        self.calls.append(await self._id("Call", fields))
        return self.calls[-1]

    async def hangup(self, **fields: str) -> None:
        """Hangup."""
        await self._none("Hangup", fields)

    async def play(self, **fields: str) -> None:
        """Play."""
        await self._none("Play", fields)

    async def record(self, **fields: str) -> None:
        """Record."""
        await self._none("Record", fields)

    async def record_stop(self, **fields: str) -> None:
        """RecordStop."""
        await self._none("RecordStop", fields)

    async def wait_for_tone(self, **fields: str) -> None:
        """WaitForTone."""
        await self._none("WaitForTone", fields)

    async def start_tone_detector(self, **fields: str) -> None:
        """StartToneDetector."""
        await self._none("StartToneDetector", fields)

    async def stop_tone_detector(self, **fields: str) -> None:
        """StopToneDetector."""
        await self._none("StopToneDetector", fields)

    async def conf_call(self, **fields: str) -> str:
        """ConfCall; returns the conference's id."""
        self.conferences.append(await self._id("ConfCall", fields))
        return self.conferences[-1]

    async def start_conf(self, **fields: str) -> str:
        """StartConf; returns the conference's id."""
        self.conferences.append(await self._id("StartConf", fields))
        return self.conferences[-1]

    async def join_conf(self, **fields: str) -> None:
        """JoinConf."""
        await self._none("JoinConf", fields)

    async def leave_conf(self, **fields: str) -> None:
        """LeaveConf."""
        await self._none("LeaveConf", fields)

    async def hangup_conf(self, **fields: str) -> None:
        """HangupConf."""
        await self._none("HangupConf", fields)

    async def query_conf(self, **fields: str) -> Answer:
        """QueryConf; returns the answer."""
        answer = await self.ask("QueryConf", **fields)
        if answer.status != 200:
            raise Refused(f"QueryConf {fields}: {answer}")
        return answer

    async def tidy(self) -> None:
        """End what is still up of the calls and conferences it made."""
        for conference in self.conferences:
            await self.ask("HangupConf", confCallId=conference)
        for call in self.calls:
            await self.ask("Hangup", callId=call)
