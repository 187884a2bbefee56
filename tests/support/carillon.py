"""Carillon's own command line and API, as an operator and a customer use them in a test."""

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass
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

    def now(self, *arguments: str) -> Any:
        """`json` for fixtures that are not async."""
        ran = subprocess.run(
            [*_PROGRAM, *arguments, "--json"], cwd=ROOT, env=self.system.environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=LIMIT_SECONDS,
        )  # fmt: skip
        if ran.returncode:
            raise CommandFailed(f"carillon {' '.join(arguments)}: exit status {ran.returncode}\n{ran.stderr}{ran.stdout}")
        return json.loads(ran.stdout)


@dataclass(frozen=True)
class Account:
    """An account made for tests, with its credentials."""

    id: str
    name: str
    apikey: str
    secret: str
    own_key: str

    @classmethod
    def made(cls, name: str, printed: dict[str, Any]) -> "Account":
        """Read what `carillon accounts create --json` printed."""
        ringful = printed["ringful"]
        own = printed.get("carillon") or {}
        return cls(printed["account"], name, ringful["apikey"], ringful["secret"], own.get("key", ""))


@dataclass
class Own:
    """The API /carillon/v1 with one account's key."""

    session: aiohttp.ClientSession
    system: System
    account: Account

    async def ask(self, verb: str, path: str, **sent: Any) -> tuple[int, Any]:
        """Send one request; returns the status and the parsed body (None where it is empty)."""
        headers = {"Authorization": f"Bearer {self.account.own_key}"}
        url = f"{self.system.api}/carillon/v1/{path}"
        async with self.session.request(verb, url, headers=headers, **sent) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else None

    async def call(self, call: str) -> dict[str, Any]:
        """A call with its timeline."""
        status, body = await self.ask("GET", f"calls/{call}")
        assert status == 200, f"GET calls/{call}: {status} {body}"
        return dict(body)

    async def queue(self, owner: str) -> list[dict[str, Any]]:
        """A call's queue: its tasks in order, with their states."""
        status, body = await self.ask("GET", f"calls/{owner}/queue")
        assert status == 200, f"GET calls/{owner}/queue: {status} {body}"
        return list(body["tasks"] if isinstance(body, dict) else body)
