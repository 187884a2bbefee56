"""A customer of Sinch's in a test: the vendor's own client (sinch 1.1.4), a bare one that signs by itself, a server."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.clients.sinch.client import Answer, BareClient
from tests.clients.sinch.script import Script
from tests.clients.sinch.server import SinchServer
from tests.support.carillon import Account, Admin, Own, moment
from tests.support.far_end import Sound
from tests.support.lab import RunningLab
from tests.support.scenario import FarEnd, call_ended, in_state, until
from tests.support.system import System


@dataclass(frozen=True)
class Credentials:
    """What making an account gives it for Sinch: its application's key and secret, and a number of its own."""

    key: str
    secret: str
    number: str

    @classmethod
    def of(cls, made: dict[str, Any]) -> "Credentials":
        """Read what making an account answers."""
        found = made["sinch"]
        return cls(found["key"], found["secret"], found["number"])


def vendors_client(system: System, credentials: Credentials) -> Any:
    """The vendor's Python client, pointed at the system."""
    import sinch

    client = sinch.SinchClient(application_key=credentials.key, application_secret=credentials.secret)
    host = system.api.removeprefix("http://")
    client.configuration.voice_origin = host
    client.configuration.voice_applications_origin = host
    client.configuration.disable_https = True
    client.configuration.transport.http_session.trust_env = False
    return client


@dataclass
class Customer:
    """One customer: its account, its server for events, and both clients. What it started is ended by `tidy`."""

    account: Account
    credentials: Credentials
    server: SinchServer
    own: Own
    admin: Admin
    lab: RunningLab
    client: Any
    conferences: list[str] = field(default_factory=list)

    @property
    def number(self) -> str:
        """Its own number, in digits."""
        return self.credentials.number.removeprefix("+")

    # -- the vendor's client

    async def vendors(self, do: Callable[[Any], Any]) -> Any:
        """Let the vendor's (blocking) client do something: `vendors(lambda voice: voice.calls.get(call))`."""
        return await asyncio.to_thread(do, self.client.voice)

    async def tts(self, callee: str, **fields: Any) -> str:
        """Text-to-speech callout by the vendor's client; returns callId."""
        to = _destination(callee)
        return str((await self.vendors(lambda voice: voice.callouts.text_to_speech(to, **fields))).call_id)

    async def conference(self, callee: str, conference: str, **fields: Any) -> str:
        """Conference callout by the vendor's client; returns callId."""
        self.conferences.append(conference)
        to = _destination(callee)
        return str((await self.vendors(lambda voice: voice.callouts.conference(to, conference, **fields))).call_id)

    async def patch(self, call: str, *instructions: Script, action: Script | None = None, leg: str = "") -> None:
        """Manage a call, or one leg of it, by the vendor's client."""
        steps, then = list(instructions), action or {"name": "continue"}
        if leg:
            await self.vendors(lambda voice: voice.calls.manage_with_call_leg(call, leg, steps, then))
        else:
            await self.vendors(lambda voice: voice.calls.update(call, steps, then))

    async def command(self, conference: str, call: str, command: str, moh: str | None = None) -> None:
        """mute, unmute, onhold or resume, by the vendor's client."""
        await self.vendors(lambda voice: voice.conferences.manage_participant(call, conference, command, moh))

    async def participants(self, conference: str) -> list[Any]:
        """Who is in a conference, by the vendor's client."""
        return list((await self.vendors(lambda voice: voice.conferences.get(conference))).participants)

    async def gathered(self, conference: str, count: int) -> list[Any]:
        """Wait until so many are in a conference; returns them."""

        async def look() -> list[Any]:
            answer = await self.ask("GET", f"/calling/v1/conferences/id/{quote(conference)}")
            return list(answer.body["participants"]) if answer.status == 200 else []

        await until(look, lambda seen: len(seen) == count, what=f"{count} are in {conference}")
        return await self.participants(conference) if count else []

    async def talked(self, conference: str, count: int, seconds: int) -> None:
        """Wait until so many have been in a conference for so long."""

        async def look() -> list[int]:
            return [one.duration for one in await self.gathered(conference, count)]

        await until(look, lambda seen: min(seen) >= seconds, what=f"{count} talk in {conference}")

    # -- the bare client

    @property
    def bare(self) -> BareClient:
        """The bare client."""
        own = self.own
        return BareClient(own.session, own.system.api, self.credentials.key, self.credentials.secret)

    async def ask(self, verb: str, path: str, body: Any = None, **fields: Any) -> Answer:
        """Send one signed request (see BareClient.ask)."""
        return await self.bare.ask(verb, path, body, **fields)

    async def callout(self, method: str, fields: dict[str, Any], headers: dict[str, str] | None = None) -> str:
        """Any callout by the bare client; returns callId."""
        answer = await self.ask("POST", "/calling/v1/callouts", {"method": method, method: fields}, headers=headers)
        assert answer.status == 200, answer
        return str(answer.body["callId"])

    async def custom(self, callee: str | None = None, **fields: Any) -> str:
        """Custom callout (the vendor's Python client knows no `dice` of it); returns callId."""
        to = {} if callee is None else {"destination": _destination(callee)}
        return await self.callout("customCallout", to | fields)

    async def result(self, call: str) -> dict[str, Any]:
        """Get Call Result."""
        answer = await self.ask("GET", f"/calling/v1/calls/id/{call}")
        assert answer.status == 200, answer
        return dict(answer.body)

    async def vendors_result(self, call: str) -> Any:
        """Get Call Result by the vendor's client, which cannot read `from`: it is not handed on to it."""
        transport = self.client.configuration.transport
        read = transport.deserialize_json_response
        transport.deserialize_json_response = lambda answer: {**read(answer), "from": None}
        try:
            return await self.vendors(lambda voice: voice.calls.get(call))
        finally:
            del transport.deserialize_json_response

    async def may_call(self, prefix: str) -> None:
        """Let its account call numbers that begin so, e.g. +46000, or SIP addresses at a host, e.g. sip:127.0.0.5."""
        await self.admin.ask("POST", f"accounts/{self.account.name}/prefixes", {"prefix": prefix})

    # -- its server

    async def callbacks(self, primary: str | None, fallback: str | None = None) -> None:
        """Set its application's callback URLs, by the vendor's client."""
        key = self.credentials.key
        await self.vendors(lambda voice: voice.applications.update_callback_urls(key, primary, fallback))

    # -- the far ends

    async def ended(self, call: str) -> dict[str, Any]:
        """The call's timeline, once it and all its legs are over."""
        await call_ended(self.own, call)
        return await until(
            lambda: self.own.call(call),
            lambda seen: all(leg["state"] == "ended" for leg in seen["legs"]),
            10,
            "legs end",
        )

    async def rings(self, call: str) -> None:
        """Wait until another party's phone rings."""
        await until(
            lambda: self.own.call(call),
            lambda seen: any(leg["state"] == "ringing" for leg in seen["legs"]),
            what="the other party's phone rings",
        )

    async def over(self, sip_call_id: str) -> dict[str, Any]:
        """Wait until the customer's call with this SIP Call-ID is over; returns it."""

        async def look() -> dict[str, Any]:
            _, body = await self.own.ask("GET", "calls")
            return next((one for one in body["calls"] if one["sip_call_id"] == sip_call_id), {})

        return dict(await until(look, lambda seen: seen.get("state") == "ended", what="the call is over"))

    async def answered(self, call: str) -> None:
        """Wait until the call's first leg is answered."""
        await in_state(self.own, call, "answered")

    async def running(self, call: str, kind: str, seconds: float = 0.0) -> None:
        """Wait until a task of this kind has run in the call's queue for so long."""

        def runs(seen: dict[str, Any]) -> bool:
            begun = [
                one for one in seen["tasks"] if (one["kind"], one["state"]) == (kind, "running") and one["started"]
            ]
            return any(time.time() - moment(one["started"]) >= seconds for one in begun)

        await until(lambda: self.own.call(call), runs, what=f"{kind} runs")

    async def bridged(self, call: str) -> None:
        """Wait until the other party is joined with the first one: its ACE was answered."""

        def joined(seen: dict[str, Any]) -> bool:
            return any(task["kind"] == "dial" and task["state"] == "completed" for task in seen["tasks"])

        await until(lambda: self.own.call(call), joined, what="the two are joined")

    async def played(self, call: str, leg: int = 0) -> None:
        """Wait until a prompt was played to its end to this leg: 0 the first one's, 1 the other's."""
        story = await self.own.call(call)
        one = [call, *(other["id"] for other in story["legs"])][leg]

        def over(seen: dict[str, Any]) -> bool:
            return any(task["kind"] in ("play", "say") and task["state"] == "completed" for task in seen["tasks"])

        await until(lambda: self.own.call(one), over, what="the prompt was played")

    async def far(self, call: str) -> FarEnd:
        """What the party of the call's first leg heard and said: the caller's, or a callout's callee."""
        return await self._at((await self.ended(call))["sip_call_id"])

    async def callee(self, call: str, which: int = 0) -> FarEnd:
        """What the party that was connected to heard and said."""
        legs = sorted((await self.ended(call))["legs"], key=lambda leg: leg["created"])
        assert len(legs) > which, f"the call {call} has no other leg"
        return await self._at(legs[which]["sip_call_id"])

    async def reached(self, call: str) -> FarEnd:
        """What the one party of a callout heard and said, whichever leg it is."""
        ended = await self.ended(call)
        (sip_call_id,) = {leg["sip_call_id"] for leg in (ended, *ended["legs"]) if leg["sip_call_id"]}
        return await self._at(sip_call_id)

    async def _at(self, sip_call_id: str) -> FarEnd:
        assert sip_call_id, "the leg has no SIP Call-ID"
        files = await self.lab.recorded(sip_call_id)
        return FarEnd(Sound.of(files.heard), Sound.of(files.said), files.digits)

    async def tidy(self) -> None:
        """End what is still up."""
        _, body = await self.own.ask("GET", "calls?live=true")
        for call in body["calls"]:
            await self.own.ask("DELETE", f"calls/{call['id']}")
        self.client.configuration.transport.http_session.close()


def _destination(callee: str) -> dict[str, str]:
    kind = "number" if callee.isdigit() and len(callee) > 6 else "username"
    return {"type": kind, "endpoint": f"+{callee}" if kind == "number" else callee}
