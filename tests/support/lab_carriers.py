"""Trunks to the lab's carriers, connected by the very commands that `carillon lab carriers` prints."""

import os
import secrets
import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from api.lab import Lab
from api.lab_carriers import BY_NAME
from tests.support.carillon import Account, Admin, Command
from tests.support.lab import RunningLab
from tests.support.scenario import until

SILENT = ("quiet", "dead")
"""Those that answer no OPTIONS."""


@dataclass
class Connected:
    """A trunk to a carrier of the lab: it carries numbers that begin with `prefix`; `person` gives one to someone."""

    carrier: str
    trunk: str
    prefix: str
    network: Lab
    given: list[str] = field(default_factory=list)

    async def person(self, persona: str) -> str:
        """A number that this trunk carries and that this person of the lab has."""
        number = f"{self.prefix}{len(self.given):0{11 - len(self.prefix)}d}"
        await self.network.map(number, persona)
        self.given.append(number)
        return number


class LabCarriers:
    """Connects trunks to the lab's carriers. `folder` is where certificates are saved."""

    def __init__(self, carillon: Command, admin: Admin, account: Account, network: Lab, folder: Path) -> None:
        self._carillon, self._admin, self._account, self._network = carillon, admin, account, network
        self._folder, self._running = folder, RunningLab.of_environment()

    @asynccontextmanager
    async def connected(self, name: str, *more: str, prefix: str = "") -> AsyncIterator[Connected]:
        """A trunk to this carrier; `more` are further options of `carillon trunks add`."""
        worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
        prefix = prefix or f"1997{worker:02d}{secrets.randbelow(1000):03d}"
        trunk = f"{name}-{worker}-{secrets.token_hex(3)}"
        words = await self._words(name, trunk, prefix)
        await self._carillon(*words, *more)
        connected = Connected(name, trunk, prefix, self._network)
        try:
            if name not in SILENT:
                await until(lambda: self._state(trunk), lambda state: state == "online", 20, f"{trunk} answers OPTIONS")
            await self._admin.ask("POST", f"accounts/{self._account.name}/prefixes", {"prefix": f"+{prefix}"})
            yield connected
        finally:
            await self._carillon("trunks", "remove", trunk)
            for number in connected.given:
                await self._network.unmap(number)

    async def _state(self, trunk: str) -> str:
        found = (await self._admin.ask("GET", "trunks"))["trunks"]
        return next(str(one["state"]) for one in found if one["name"] == trunk)

    async def _words(self, name: str, trunk: str, prefix: str) -> list[str]:
        command = BY_NAME[name].command(self._running.carriers, self._running.sip_port)
        words = shlex.split(command.replace("$CARILLON_LAB_TRUNK_PASSWORD", self._running.trunk_password))[1:]
        words[2] = trunk
        words[words.index("--prefix") + 1] = prefix
        if "--ca-file" in words:
            file = self._folder / "lab-ca.pem"
            await self._carillon("lab", "carriers", "--ca-file", str(file))
            words[words.index("--ca-file") + 1] = str(file)
        return words
