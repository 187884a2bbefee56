"""Carillon's own command line and API, as an operator and a customer use them in a test."""

import asyncio
import json
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp

from tests.support.system import ROOT, System

LIMIT_SECONDS = 90.0
_PROGRAM = (sys.executable, "-c", "import sys; from api.cli import main; sys.exit(main())")


class CommandFailed(AssertionError):
    """`carillon …` ended with another status than 0; the message is what it said."""


@dataclass(frozen=True)
class Ran:
    """What a command printed and its exit status."""

    status: int
    output: str
    errors: str


@dataclass(frozen=True)
class Command:
    """The command line `carillon`, against one system."""

    system: System

    async def run(self, *arguments: str) -> Ran:
        """Run it, whatever comes of it."""
        process = await asyncio.create_subprocess_exec(
            *_PROGRAM, *arguments, cwd=ROOT, env=self.system.environment, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        output, errors = await asyncio.wait_for(process.communicate(), LIMIT_SECONDS)
        return Ran(process.returncode or 0, output.decode(), errors.decode())

    async def __call__(self, *arguments: str) -> str:
        """Run it; returns what it printed, raises CommandFailed."""
        ran = await self.run(*arguments)
        if ran.status:
            raise CommandFailed(f"carillon {' '.join(arguments)}: exit status {ran.status}\n{ran.errors}{ran.output}")
        return ran.output

    async def json(self, *arguments: str) -> Any:
        """Run it with --json; returns what it printed, parsed."""
        return json.loads(await self(*arguments, "--json"))


@dataclass(frozen=True)
class Admin:
    """The administrator's API, for what tests set up; what it answers is parsed JSON, errors are AssertionError."""

    system: System

    async def ask(self, verb: str, path: str, body: Any = None) -> Any:
        """Send one request."""
        return await asyncio.to_thread(self.now, verb, path, body)

    def now(self, verb: str, path: str, body: Any = None) -> Any:
        """`ask` for fixtures that are not async."""
        headers = {"Authorization": f"Bearer {self.system.setting('ADMIN_TOKEN')}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.system.admin}/{path}", data, headers, method=verb)
        try:
            with urllib.request.urlopen(request, timeout=LIMIT_SECONDS) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            with error:
                raise CommandFailed(
                    f"{verb} {path} {body}: {error.code} {error.read().decode(errors='replace')}"
                ) from None
        return json.loads(text) if text else None


@dataclass(frozen=True)
class Account:
    """An account made for tests, with its credentials."""

    id: str
    name: str
    apikey: str
    secret: str
    token: str

    @classmethod
    def of(cls, credentials: dict[str, Any]) -> "Account":
        """Read what making an account answers."""
        ringful = credentials["ringful"]
        token = credentials["carillon"]["token"]
        return cls(credentials["account"], credentials["name"], ringful["apikey"], ringful["secret"], token)


@dataclass
class Own:
    """The API /carillon/v1 with one account's key."""

    session: aiohttp.ClientSession
    system: System
    account: Account

    async def ask(self, verb: str, path: str, **sent: Any) -> tuple[int, Any]:
        """Send one request; returns the status and the parsed body (None where it is empty)."""
        headers = {"Authorization": f"Bearer {self.account.token}"} | sent.pop("headers", {})
        url = f"{self.system.api}/carillon/v1/{path}"
        async with self.session.request(verb, url, headers=headers, **sent) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else None

    async def call(self, call: str) -> dict[str, Any]:
        """A call's timeline: the call's own fields, and its `tasks`, `events`, `callbacks` and `recordings`."""
        status, body = await self.ask("GET", f"calls/{call}/timeline")
        assert status == 200, f"GET calls/{call}/timeline: {status} {body}"
        return {**body, **body["call"]}

    async def queue(self, call: str) -> list[dict[str, Any]]:
        """A call's queue: its tasks in order, with their states."""
        status, body = await self.ask("GET", f"calls/{call}/queue")
        assert status == 200, f"GET calls/{call}/queue: {status} {body}"
        return list(body["tasks"])


def moment(text: str) -> float:
    """Unix seconds of a time as our API writes it."""
    return datetime.fromisoformat(text).timestamp()
