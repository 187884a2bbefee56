"""The requests that the fake Asterisk carries out: one table of method and path."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

from tests.fakes.ari_world import Json, Refusal, World

Answer = tuple[int, Any]
DONE: Answer = (204, None)


class Handlers:
    def __init__(self, world: World, fake: Any) -> None:
        self._world = world
        self._fake = fake
        self._moved = asyncio.Event()
        world.changed = self._wake
        self._routes = [(method, re.compile(_pattern(path)), handler) for method, path, handler in self._table()]

    def _table(self) -> list[tuple[str, str, Callable[..., Awaitable[Answer]]]]:
        return [
            ("GET", "/asterisk/ping", self._ping),
            ("GET", "/asterisk/info", self._info),
            ("GET", "/asterisk/variable", self._fake.texts.read_global),
            ("POST", "/asterisk/variable", self._fake.texts.set_global),
            ("GET", "/endpoints", self._fake.texts.endpoints),
            ("GET", "/endpoints/PJSIP/{name}", self._fake.texts.endpoint),
            ("PUT", "/endpoints/sendMessage", self._fake.texts.send),
            ("PUT", "/applications/{app}/eventFilter", self._filter),
            ("GET", "/applications/{app}", self._application),
            ("POST", "/applications/{app}/subscription", self._subscribe),
            ("DELETE", "/applications/{app}/subscription", self._unsubscribe),
            ("GET", "/channels", self._channels),
            ("POST", "/channels/create", self._create),
            ("GET", "/channels/{id}", self._channel),
            ("DELETE", "/channels/{id}", self._hangup),
            ("POST", "/channels/{id}/dial", self._dial),
            ("POST", "/channels/{id}/answer", self._answer),
            ("POST", "/channels/{id}/continue", self._continue),
            ("POST", "/channels/{id}/play/{play}", self._play_channel),
            ("POST", "/channels/{id}/record", self._record_channel),
            ("POST", "/channels/{id}/snoop/{snoop}", self._snoop),
            ("GET", "/channels/{id}/rtp_statistics", self._rtp),
            ("GET", "/channels/{id}/variable", self._get_variable),
            ("POST", "/channels/{id}/variable", self._set_variable),
            ("*", "/channels/{id}/(ring|progress|transfer_progress|dtmf|mute|hold|moh|silence)", self._plain),
            ("GET", "/bridges", self._bridges),
            ("POST", "/bridges/{id}", self._make_bridge),
            ("GET", "/bridges/{id}", self._bridge),
            ("DELETE", "/bridges/{id}", self._end_bridge),
            ("POST", "/bridges/{id}/addChannel", self._enter),
            ("POST", "/bridges/{id}/removeChannel", self._leave),
            ("POST", "/bridges/{id}/play/{play}", self._play_bridge),
            ("POST", "/bridges/{id}/record", self._record_bridge),
            ("*", "/bridges/{id}/moh", self._bridge_moh),
            ("GET", "/playbacks/{play}", self._playback),
            ("DELETE", "/playbacks/{play}", self._stop_playback),
            ("GET", "/recordings/live/{name}", self._recording),
            ("POST", "/recordings/live/{name}/stop", self._stop_recording),
            ("*", "/recordings/live/{name}/(pause|mute)", self._recording),
        ]

    async def carry_out(self, method: str, path: str, query: dict[str, str], body: Any) -> Answer:
        for verb, pattern, handler in self._routes:
            if verb in (method, "*") and (found := pattern.fullmatch(path)):
                return await handler(query, body, **{key: unquote(one) for key, one in found.groupdict().items()})
        raise Refusal(404, f"the fake does not know {method} {path}")

    def _wake(self) -> None:
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def _turn(self, channel_id: str) -> None:
        """The channel's own queue: what is playing comes first."""
        while self._world.is_playing(channel_id):
            await self._moved.wait()

    async def _ping(self, query: Json, body: Any) -> Answer:
        return 200, {"ping": "pong", "asterisk_id": "fake", "timestamp": ""}

    async def _info(self, query: Json, body: Any) -> Answer:
        status = {"startup_time": self._world.started, "last_reload_time": ""}
        return 200, {"system": {"version": "22.10.1", "entity_id": "fake"}, "status": status}

    async def _filter(self, query: Json, body: Any, app: str) -> Answer:
        self._fake.filter = body
        return 200, {"name": app}

    async def _application(self, query: Json, body: Any, app: str) -> Answer:
        return 200, {"name": app, "channel_ids": sorted(self._world.subscribed)}

    async def _subscribe(self, query: Json, body: Any, app: str) -> Answer:
        if body:
            for source in body["eventSource"]:
                self._fake.texts.follow(source.removeprefix("endpoint:PJSIP/"))
            return 200, {"name": app}
        kind, _, name = query["eventSource"].partition(":")
        if kind == "channel" and not name:
            self._world.subscribed_to_all = True
        elif kind == "channel":
            self._world.channel(name)
            self._world.subscribed.add(name)
        return 200, {"name": app}

    async def _unsubscribe(self, query: Json, body: Any, app: str) -> Answer:
        """Nothing of an earlier version is subscribed."""
        raise Refusal(422, "Subscription was not found")

    async def _channels(self, query: Json, body: Any) -> Answer:
        return 200, list(self._world.channels.values())

    async def _create(self, query: Json, body: Any) -> Answer:
        channel_id = query["channelId"]
        made = self._world.add_channel(channel_id, query["endpoint"].partition("@")[0])
        self._world.subscribed.add(channel_id)
        for name, value in ((body or {}).get("variables") or {}).items():
            self._world.variables[channel_id, name] = value
        if query["app"] != self._fake.application:
            self._world.channels.pop(channel_id)
        elif self._fake.enters_stasis:
            self._world.enter_stasis(channel_id, query.get("appArgs", "").split(","))
        return 200, made

    async def _channel(self, query: Json, body: Any, id: str) -> Answer:
        return 200, self._world.channel(id)

    async def _hangup(self, query: Json, body: Any, id: str) -> Answer:
        causes = {"busy": 17, "congestion": 34, "no_answer": 19, "rejected": 21}
        cause = int(query.get("reason_code") or causes.get(query.get("reason", ""), 16))
        self._world.channel(id)
        self._world.end_channel(id, cause, None, soft=True)
        return DONE

    async def _dial(self, query: Json, body: Any, id: str) -> Answer:
        channel = self._world.channel(id)
        if id not in self._world.in_stasis:
            raise Refusal(409, "Channel not in Stasis application")
        if channel["state"] != "Down":
            raise Refusal(409, "Channel is not in the 'Down' state")
        self._world.emit({"type": "Dial", "peer": channel, "dialstatus": ""})
        return DONE

    async def _answer(self, query: Json, body: Any, id: str) -> Answer:
        self._in_stasis(id)
        await self._turn(id)
        if self._world.channel(id)["state"] != "Up":
            self._world.set_state(id, "Up")
        return DONE

    async def _continue(self, query: Json, body: Any, id: str) -> Answer:
        self._in_stasis(id)
        self._world.leave_stasis(id)
        return DONE

    async def _play_channel(self, query: Json, body: Any, id: str, play: str) -> Answer:
        self._in_stasis(id)
        return 201, self._world.play(f"channel:{id}", play, query["media"], query.get("lang"))

    async def _record_channel(self, query: Json, body: Any, id: str) -> Answer:
        self._in_stasis(id)
        return 201, self._world.record(f"channel:{id}", query["name"], query.get("ifExists", "fail"))

    async def _snoop(self, query: Json, body: Any, id: str, snoop: str) -> Answer:
        return 200, self._world.snoop(id, snoop, query.get("appArgs", "").split(","))

    async def _rtp(self, query: Json, body: Any, id: str) -> Answer:
        if id not in self._world.channels:
            raise Refusal(404, "Channel not found")
        packets, octets = self._world.received(id)
        return 200, {"rxcount": packets, "rxoctetcount": octets, "channel_uniqueid": id}

    async def _get_variable(self, query: Json, body: Any, id: str) -> Answer:
        self._world.channel(id)
        if query["variable"].startswith("DB_KEYS("):
            return self._fake.texts.keys(query["variable"])
        if query["variable"].startswith("PJSIP_DIAL_CONTACTS("):
            name = query["variable"].removeprefix("PJSIP_DIAL_CONTACTS(").removesuffix(")")
            return 200, {"value": "&".join(f"PJSIP/{name}/{uri}" for uri in self._world.contacts.get(name, ()))}
        if (id, query["variable"]) not in self._world.variables:
            raise Refusal(404, "Provided variable was not found")
        return 200, {"value": self._world.variables[id, query["variable"]]}

    async def _set_variable(self, query: Json, body: Any, id: str) -> Answer:
        self._in_stasis(id)
        await self._turn(id)
        self._world.variables[id, query["variable"]] = query.get("value", "")
        return DONE

    async def _plain(self, query: Json, body: Any, id: str) -> Answer:
        self._in_stasis(id)
        return DONE

    async def _bridges(self, query: Json, body: Any) -> Answer:
        return 200, list(self._world.bridges.values())

    async def _make_bridge(self, query: Json, body: Any, id: str) -> Answer:
        return 200, self._world.add_bridge(id, query.get("type", ""), query.get("name", ""))

    async def _bridge(self, query: Json, body: Any, id: str) -> Answer:
        return 200, self._world.bridge(id)

    async def _end_bridge(self, query: Json, body: Any, id: str) -> Answer:
        self._world.end_bridge(id)
        return DONE

    async def _enter(self, query: Json, body: Any, id: str) -> Answer:
        for channel_id in query["channel"].split(","):
            await self._turn(channel_id)
            self._world.enter_bridge(id, channel_id)
        return DONE

    async def _leave(self, query: Json, body: Any, id: str) -> Answer:
        for channel_id in query["channel"].split(","):
            await self._turn(channel_id)
            self._world.leave_bridge(id, channel_id)
        return DONE

    async def _play_bridge(self, query: Json, body: Any, id: str, play: str) -> Answer:
        self._world.bridge(id)
        return 201, self._world.play(f"bridge:{id}", play, query["media"], query.get("lang"))

    async def _record_bridge(self, query: Json, body: Any, id: str) -> Answer:
        self._world.bridge(id)
        return 201, self._world.record(f"bridge:{id}", query["name"], query.get("ifExists", "fail"))

    async def _bridge_moh(self, query: Json, body: Any, id: str) -> Answer:
        self._world.bridge(id)
        return DONE

    async def _playback(self, query: Json, body: Any, play: str) -> Answer:
        if play not in self._world.playbacks:
            raise Refusal(404, "Playback not found")
        return 200, self._world.playbacks[play]

    async def _stop_playback(self, query: Json, body: Any, play: str) -> Answer:
        self._world.finish_playback(play)
        return DONE

    async def _recording(self, query: Json, body: Any, name: str) -> Answer:
        if name not in self._world.recordings:
            raise Refusal(404, "Recording not found")
        return 200, self._world.recordings[name]

    async def _stop_recording(self, query: Json, body: Any, name: str) -> Answer:
        self._world.finish_recording(name)
        return DONE

    def _in_stasis(self, channel_id: str) -> None:
        self._world.channel(channel_id)
        if channel_id not in self._world.in_stasis:
            raise Refusal(409, "Channel not in Stasis application")


def _pattern(path: str) -> str:
    plain = re.sub(r"\((?!\?)", "(?:", path)
    return re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", plain)
