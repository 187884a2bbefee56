"""The running system under test, as the env file describes it that CARILLON_ENV_FILE names."""

import asyncio
import os
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).resolve().parent.parent.parent
HEALTHY_SECONDS = 90.0


class NoSystem(AssertionError):
    """There is no running system to test; the message says what to do."""


@dataclass(frozen=True)
class System:
    """The settings of the system under test and where its parts are. Read by `System.described()`."""

    settings: dict[str, str]
    file: Path

    @classmethod
    def described(cls) -> "System":
        """Read the env file; raises NoSystem where none is named: these tests are never skipped."""
        named = os.environ.get("CARILLON_ENV_FILE")
        if not named:
            raise NoSystem(
                "These tests need the running system: run `make test`, which starts one and names its env file."
            )
        file = Path(named)
        if not file.is_file():
            raise NoSystem(f"CARILLON_ENV_FILE names {file}, which is not there: run `make test`, which makes it.")
        settings = {}
        for line in file.read_text().splitlines():
            name, equals, value = line.partition("=")
            if equals and name.startswith("CARILLON_"):
                settings[name] = value.strip()
        return cls(settings, file)

    def setting(self, name: str, default: str = "") -> str:
        """A setting by its name without CARILLON_."""
        return self.settings.get(f"CARILLON_{name}") or default

    @property
    def bind(self) -> str:
        """The address at which SIP and the API are reached."""
        address = self.setting("BIND", "127.0.0.1").split(",")[0].strip()
        return "127.0.0.1" if address == "0.0.0.0" else address

    @property
    def api(self) -> str:
        """The base of the vendors' APIs and of our own."""
        return f"http://{self.bind}:{self.setting('API_PORT', '8080')}"

    @property
    def admin(self) -> str:
        """The base of the admin API."""
        return f"http://127.0.0.1:{self.setting('ADMIN_PORT', '8081')}"

    @property
    def sip(self) -> str:
        """host:port where softphones register and trunks call."""
        return f"{self.bind}:{self.setting('SIP_PORT', '5060')}"

    @property
    def sip_tls(self) -> str:
        """host:port where softphones register by TLS."""
        return f"{self.bind}:{self.setting('SIP_TLS_PORT', '5061')}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment for programs that talk to this system."""
        return {**os.environ, **self.settings, "CARILLON_ENV_FILE": str(self.file)}

    def wait_until_healthy(self, seconds: float = HEALTHY_SECONDS) -> None:
        """Wait until the controller can take work; raises NoSystem with its own words."""
        deadline = time.monotonic() + seconds
        why = "nothing answers"
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.admin}/health", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except urllib.error.HTTPError as error:
                why = error.read().decode(errors="replace")
                error.close()
            except OSError as error:
                why = str(error)
            time.sleep(0.2)
        raise NoSystem(f"The system at {self.admin} is not healthy after {seconds:.0f} s: {why}")

    async def healthy(self, seconds: float = HEALTHY_SECONDS) -> None:
        """Like `wait_until_healthy`, for a test that has just broken something."""
        await asyncio.to_thread(self.wait_until_healthy, seconds)

    async def ari(self, path: str, controller: str = "") -> Any:
        """GET from the ARI of the engine's Asterisk, or of the lab's (`controller="LAB_"`), e.g. "channels"."""
        port = self.setting(f"{controller}ARI_PORT", "8089" if controller else "8088")
        user = self.setting("ARI_USER", "carillon") if not controller else "carillon"
        auth = aiohttp.encode_basic_auth(user, self.setting(f"{controller}ARI_PASSWORD"))
        async with (
            aiohttp.ClientSession(headers={"Authorization": auth}) as session,
            session.get(f"http://127.0.0.1:{port}/ari/{path}") as answer,
        ):
            answer.raise_for_status()
            return await answer.json()

    async def channels(self) -> list[dict[str, Any]]:
        """The channels of calls that Asterisk has: without the one that its texts have, which stays for ever."""
        return [one for one in await self.ari("channels") if not one["name"].startswith("Message/")]

    def container(self, service: str) -> str:
        """The id of a service's container."""
        label = "label=com.docker.compose"
        found = subprocess.run(
            ["docker", "ps", "-q", "--filter", f"{label}.project={self.setting('PROJECT', 'carillon')}",
             "--filter", f"{label}.service={service}"],
            check=True, capture_output=True, text=True,
        ).stdout.split()  # fmt: skip
        if len(found) != 1:
            raise NoSystem(f"There are {len(found)} containers of the service {service}; `make test` starts one.")
        return found[0]

    async def docker(self, *arguments: str) -> str:
        """Run a docker command; raises AssertionError where it fails."""
        process = await asyncio.create_subprocess_exec(
            "docker", *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        output, _ = await process.communicate()
        assert process.returncode == 0, f"docker {' '.join(arguments)}: {output.decode(errors='replace')}"
        return output.decode()
