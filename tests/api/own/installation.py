"""A whole installation but for calls: real store and Redis, a configuration that behaves, both HTTP servers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.test_utils import TestServer

from api.own.services import OwnServices
from engine.commands import CancelTask, Command, EngineUnavailable, NoSuchTask
from engine.platform.feature import CommandHandler
from engine.store.database import Database
from engine.store.writer import Writer
from tests.api.own.asterisk import FakeConfiguration
from tests.fakes.engine import FakeEngine
from tests.support.conformance import declared

TOKEN = "the-token-of-the-administrator"


class Engine(FakeEngine):
    """The fake engine, with tasks that can be cancelled."""

    cancelled: tuple[str, ...] = ()
    available = True
    carries: Mapping[type[Command[Any]], CommandHandler] = {}
    """What features carry out."""

    async def submit(self, command: Any) -> Any:
        if not self.available:
            raise EngineUnavailable("The engine cannot take new work now. Try again.")
        if isinstance(command, CancelTask):
            self.commands.append(command)
            self._owner(command.account, command.owner)
            if command.task not in self.cancelled:
                raise NoSuchTask("There is no such queued task.")
            return None
        if handler := self.carries.get(type(command)):
            return await handler(command)
        return await super().submit(command)


@dataclass
class Installation:
    """What a test asks: the administrator's and the accounts' API, and what is behind them."""

    services: OwnServices
    engine: Engine
    asterisk: FakeConfiguration
    admin_server: TestServer
    public_server: TestServer
    session: aiohttp.ClientSession
    folder: Path
    db: Database
    writer: Writer
    connected: list[bool] = field(default_factory=lambda: [True])

    async def admin(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        """Ask as the administrator; returns the status and the parsed body."""
        return await self.ask(self.admin_server, method, path, TOKEN, body, **more)

    async def ask(
        self, server: TestServer, method: str, path: str, token: str | None, body: Any = None, **more: Any
    ) -> tuple[int, Any]:
        """Send a request; returns the status and the parsed body, text where it is no JSON."""
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        given = more if body is None else {"json": body, **more}
        async with self.session.request(method, server.make_url(path), headers=headers, **given) as answer:
            if answer.content_type in ("application/json", "application/octet-stream") and method.isupper():
                name = "admin" if server is self.admin_server else "v1"
                declared(name).check(method, answer.url.path, answer.status, await answer.read())
            if answer.content_type == "application/json":
                return answer.status, await answer.json()
            return answer.status, await answer.text()

    async def account(self, name: str, **more: Any) -> dict[str, Any]:
        """Make an account; returns its credentials."""
        status, made = await self.admin("POST", "/accounts", {"name": name, **more})
        assert status == 201, made
        return dict(made)
