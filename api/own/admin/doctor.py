"""The status of the installation, and checks that can only be made from inside."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web
from redis.exceptions import RedisError

from api.own import render
from api.own.admin import refused as refusals
from api.own.features.registry import modules
from api.own.operations import operation
from api.own.schema.account import Health
from api.own.schema.system import Checks, Status
from api.own.services import OwnServices
from engine.ari.errors import AriError
from engine.features.endpoints.push import Endpoints
from engine.features.errors import FeatureError, StoreError
from engine.features.health.views import StoreHealth
from engine.features.modules import MODULES
from engine.features.trunks import registration
from engine.features.trunks.refused_requests import RefusedRequests
from engine.features.trunks.service import Trunks
from engine.features.trunks.trunk import QUALIFY_SECONDS
from engine.media import PromptError
from engine.media.speech.piper import PIPER

_LEAST_FREE = 1_000_000_000
_LEAST_SHARE = 0.02
_MOST_SKEW = 5.0
_LOOK_SECONDS = 1.0
_TRIAL = "1, 2, 3."
_NO_ANSWER = (
    "The far end does not answer OPTIONS: is its host up, and its port the right one?"
    " If it answers no OPTIONS at all: `carillon trunks set {name} --options-seconds 0`."
)
_NO_ANSWER_BY_TLS = " With TLS also: did an authority of --ca-file sign its certificate, and is it valid for --host?"


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One check: whether it passed, what was found, and one line that says how to mend it."""

    name: str
    ok: bool
    detail: str
    mend: str = ""


class DoctorAdmin:
    """The handlers of `/status` and `/doctor`, and of the public port's `/healthz`."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        """The administrator's routes."""
        return [web.get("/status", self.status), web.get("/doctor", self.doctor)]

    @operation("getStatus", {200: Status})
    async def status(self, request: web.Request) -> web.Response:
        """Show where the installation is reached, whether it is well, and what it is doing."""
        services = self._services
        database, redis, asterisk = await self.database(), await self.redis(), self.asterisk()
        health = services.features[StoreHealth]
        live = await health.live_calls() if database.ok else {}
        addresses = services.addresses
        return web.json_response(
            {
                "api": addresses.api,
                "sip": f"{addresses.sip_host}:{addresses.sip_port}",
                "healthy": database.ok and redis.ok and asterisk.ok,
                "version": services.version,
                "asterisk": asterisk.ok,
                "database": database.ok,
                "redis": redis.ok,
                "calls": sum(live.values()),
                "accounts": await health.accounts() if database.ok else None,
                "writes_waiting": health.writes_waiting,
                "lines": await self._lines(),
            }
        )

    @operation("runChecks", {200: Checks})
    async def doctor(self, request: web.Request) -> web.Response:
        """Check the installation from inside."""
        checks = [check async for check in self._checks()]
        return web.json_response({"checks": msgspec.to_builtins(checks)})

    @operation("getHealth", {200: Health, 503: Health}, is_open=True)
    async def healthz(self, request: web.Request) -> web.Response:
        """Say whether new calls can be taken: 200, else 503. For load balancers and containers."""
        checks = {
            "asterisk": self.asterisk().ok,
            "database": (await self.database()).ok,
            "redis": (await self.redis()).ok,
        }
        healthy = all(checks.values())
        return web.json_response({"healthy": healthy, **checks}, status=200 if healthy else 503)

    async def _checks(self) -> AsyncIterator[Check]:
        yield await self.database()
        yield await self.redis()
        yield self.asterisk()
        yield self.consumers()
        yield await self._version()
        yield await self._modules()
        yield await self._clock()
        for name, folder in self._services.folders.items():
            yield _folder(name, folder)
        yield await self._speech()
        for check in await self.models():
            yield check
        for line in await self._trunks():
            yield await self._trunk(line["name"].removeprefix("trunk-"), line["state"])
        for module in modules("doctor"):
            async for check in module.checks(self._services):
                yield check
        for refused in self._services.features[RefusedRequests].seen():
            yield Check(name="sip refused", ok=True, detail=refusals.sentence(refused))

    async def database(self) -> Check:
        """Check that the database answers."""
        mend = "See the carillon container's log; is the disk of its volume full or read-only?"
        try:
            await self._services.features[StoreHealth].check()
        except StoreError as error:
            return Check(name="database", ok=False, detail=str(error), mend=mend)
        ok = self._services.features[StoreHealth].is_writable
        return Check(name="database", ok=ok, detail="answers" if ok else "cannot be written", mend="" if ok else mend)

    async def redis(self) -> Check:
        """Check that Redis answers."""
        try:
            await self._services.redis.ping()
        except (RedisError, OSError) as error:
            mend = "Start Redis (make run), and compare CARILLON_REDIS_PORT and CARILLON_REDIS_PASSWORD."
            return Check(name="redis", ok=False, detail=str(error) or "does not answer", mend=mend)
        return Check(name="redis", ok=True, detail="answers")

    def asterisk(self) -> Check:
        """Check that Asterisk's events reach us."""
        if self._services.connected():
            return Check(name="asterisk events", ok=True, detail="connected")
        mend = "Start Asterisk (make run), and compare CARILLON_ARI_PORT, CARILLON_ARI_USER and CARILLON_ARI_PASSWORD."
        return Check(name="asterisk events", ok=False, detail="not connected", mend=mend)

    def consumers(self) -> Check:
        """Check that the consumers of events (callbacks, recording delivery) handle them."""
        failing = [
            f"{name} failed {progress.failures} times at one place, with {progress.behind} events to come"
            for name, progress in self._services.platform.consumers.progress().items()
            if progress.failures
        ]
        mend = "See the carillon container's log for «a consumer of events failed»: it tries again each minute."
        return Check(name="events", ok=not failing, detail="; ".join(failing) or "are handled", mend=mend)

    async def _version(self) -> Check:
        try:
            info = await self._services.client.asterisk.get_info(only="system")
        except AriError as error:
            return Check(name="ari", ok=False, detail=str(error), mend="See `make logs`: is Asterisk up?")
        version = info.system.version if info.system else "unknown"
        return Check(name="ari", ok=True, detail=f"Asterisk {version}")

    async def _modules(self) -> Check:
        try:
            running = {module.name for module in await self._services.client.asterisk.list_modules() if _runs(module)}
        except AriError as error:
            return Check(name="modules", ok=False, detail=str(error), mend="See `make logs`: is Asterisk up?")
        missing = [name for name in MODULES if name not in running]
        if missing:
            mend = "Build the image again (make clean, make run), or load them in asterisk-config/engine/modules.conf."
            return Check(name="modules", ok=False, detail=f"not running: {', '.join(missing)}", mend=mend)
        return Check(name="modules", ok=True, detail=f"all {len(MODULES)} are running")

    async def _clock(self) -> Check:
        mend = "Set the machine's clock (timedatectl set-ntp true): links, limits and signatures need it."
        try:
            seconds, microseconds = await self._services.redis.time()
        except (RedisError, OSError):
            return Check(name="clock", ok=False, detail="Redis could not be asked", mend=mend)
        skew = abs(time.time() - seconds - microseconds / 1e6)
        ok = skew < _MOST_SKEW and time.time() > 1_700_000_000
        return Check(name="clock", ok=ok, detail=f"{render.moment(time.time())}, {skew:.1f} s apart", mend=mend)

    async def _speech(self) -> Check:
        try:
            prompt = await self._services.platform.prompts.say("Testing.")
        except PromptError as error:
            return Check(name="speech", ok=False, detail=str(error), mend="Install hibari-tts, flite or espeak-ng.")
        return Check(name="speech", ok=True, detail=f"spoke {prompt.seconds:.1f} s")

    async def models(self) -> list[Check]:
        """Speak with each Piper model, and report unusable ones; no checks if there are no models."""
        voices = self._services.platform.prompts.voices
        mend = "See docs/voices.md; after a change, make restart SERVICE=carillon."
        checks = [Check(name="voices", ok=False, detail=fault, mend=mend) for fault in voices.faults]
        models = {voice.name: voice.locale for voice in reversed(voices.list()) if voice.engine == PIPER}
        for name, locale in models.items():
            try:
                prompt = await self._services.platform.prompts.say(_TRIAL, voice=name)
            except PromptError as error:
                checks.append(Check(name=f"voice {locale}", ok=False, detail=f"{name}: {error}", mend=mend))
            else:
                detail = f"{name} spoke {prompt.seconds:.1f} s"
                checks.append(Check(name=f"voice {locale}", ok=True, detail=detail))
        return checks

    async def _trunks(self) -> list[dict[str, str]]:
        """Return the trunks' states. A new trunk is offline until its first OPTIONS is answered."""
        deadline = time.monotonic() + QUALIFY_SECONDS + 3
        while True:
            trunks = [line for line in await self._lines() if line["name"].startswith("trunk-")]
            if all(line["state"] in ("online", "unwatched") for line in trunks) or time.monotonic() > deadline:
                return trunks
            await asyncio.sleep(_LOOK_SECONDS)

    async def _trunk(self, name: str, state: str) -> Check:
        """Check a trunk; for one that registers also its user and password, of which the state says nothing."""
        trunk = next((each for each in self._services.cache.trunks if each.name == name), None)
        well = state in ("online", "unwatched")
        if not well or trunk is None or not trunk.register or not registration.can_ask(trunk):
            mend = _NO_ANSWER.format(name=name)
            if trunk is not None and trunk.signalling.transport == "tls":
                mend += _NO_ANSWER_BY_TLS
            return Check(name=f"trunk {name}", ok=well, detail=state, mend=mend)
        place = await self._services.features[Trunks].addresses.place(trunk)
        found = await registration.ask(trunk, place=place)
        if found.refused:
            detail = f"{state}, but its user and password are not taken (SIP {found.status})"
            mend = f"`carillon trunks set {name} --user … --password-file …` with those that the carrier gave."
            return Check(name=f"trunk {name}", ok=False, detail=detail, mend=mend)
        how = "registered" if found.known else "no registration of its user is shown"
        return Check(name=f"trunk {name}", ok=True, detail=f"{state}, {how}")

    async def _lines(self) -> list[dict[str, str]]:
        try:
            return [msgspec.to_builtins(line) for line in await self._services.features[Endpoints].states()]
        except (AriError, FeatureError):
            return []


def _runs(module: Any) -> bool:
    return str(module.status) == "Running"


def _folder(name: str, folder: Path) -> Check:
    try:
        usage = shutil.disk_usage(folder)
    except OSError as error:
        mend = "Is the volume mounted into the carillon container? See docker/compose.yaml."
        return Check(name=f"disk {name}", ok=False, detail=f"{folder}: {error.strerror}", mend=mend)
    ok = usage.free > min(_LEAST_FREE, usage.total * _LEAST_SHARE)
    detail = f"{usage.free / 1e9:.1f} GB free at {folder}"
    return Check(name=f"disk {name}", ok=ok, detail=detail, mend="Make room: `carillon recordings list` and `delete`.")
