"""What Asterisk holds, in a few dicts, and the events that its changes raise. No sockets, no time.

The order of the events is the measured one of Asterisk 22.10.1: a hang-up is HangupRequest, PlaybackFinished (failed),
ChannelLeftBridge, StasisEnd, RecordingFinished (done) and StasisEnd of its snoops, ChannelDestroyed.
"""

import itertools
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
SOFT_HANGUP = 32


class Refusal(Exception):
    """The status and message that Asterisk would answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class World:
    def __init__(self, emit: Callable[[Json], None]) -> None:
        self.emit = emit
        self.channels: dict[str, Json] = {}
        self.bridges: dict[str, Json] = {}
        self.playbacks: dict[str, Json] = {}
        self.recordings: dict[str, Json] = {}
        self.variables: dict[tuple[str, str], str] = {}
        self.contacts: dict[str, list[str]] = {}  # URIs, by the endpoint
        self.in_stasis: set[str] = set()
        self.subscribed: set[str] = set()
        self.subscribed_to_all = False
        self.started = "2025-01-01T00:00:00.000+0000"
        self.snoops: dict[str, str] = {}
        self.sent: dict[str, tuple[int, int]] = {}
        self._received: dict[str, tuple[int, int]] = {}
        self.changed: Callable[[], None] = lambda: None
        self._numbers = itertools.count(1)

    def channel(self, channel_id: str) -> Json:
        if channel_id not in self.channels:
            raise Refusal(404, "Channel not found")
        return self.channels[channel_id]

    def add_channel(self, channel_id: str, name: str, state: str = "Down", **fields: Any) -> Json:
        if channel_id in self.channels:
            raise Refusal(409, "Channel with given unique ID already exists")
        self.channels[channel_id] = {
            "id": channel_id,
            "name": f"{name}-{next(self._numbers):08x}",
            "state": state,
            "caller": {"name": "", "number": ""},
            "connected": {"name": "", "number": ""},
            "dialplan": {"context": "default", "exten": "s", "priority": 1, "app_name": "Stasis", "app_data": ""},
            **fields,
        }
        return self.channels[channel_id]

    def received(self, channel_id: str) -> tuple[int, int]:
        """Packets and octets that came by RTP: with each look some more (audio, unless `sent` says what)."""
        more, counted = self.sent.get(channel_id, (10, 1600)), self._received.get(channel_id, (0, 0))
        self._received[channel_id] = counted[0] + more[0], counted[1] + more[1]
        return self._received[channel_id]

    def enter_stasis(self, channel_id: str, args: list[str]) -> None:
        self.in_stasis.add(channel_id)
        self.emit({"type": "StasisStart", "args": args, "channel": self.channel(channel_id)})

    def leave_stasis(self, channel_id: str) -> None:
        if channel_id in self.in_stasis:
            self.in_stasis.discard(channel_id)
            self.emit({"type": "StasisEnd", "channel": self.channel(channel_id)})

    def set_state(self, channel_id: str, state: str) -> None:
        channel = self.channel(channel_id)
        channel["state"] = state
        self.emit({"type": "ChannelStateChange", "channel": channel})

    def snoop(self, channel_id: str, snoop_id: str, args: list[str]) -> Json:
        self.channel(channel_id)
        made = self.add_channel(snoop_id, f"Snoop/{channel_id}", "Up")
        self.snoops[snoop_id] = channel_id
        self.enter_stasis(snoop_id, args)
        return made

    def end_channel(self, channel_id: str, cause: int, tech_cause: int | None, *, soft: bool) -> None:
        channel = self.channel(channel_id)
        tech = {} if tech_cause is None else {"tech_cause": tech_cause}
        request = {"soft": True, "cause": SOFT_HANGUP} if soft else {"cause": cause, **tech}
        self.emit({"type": "ChannelHangupRequest", "channel": channel, **request})
        for playback_id in self._on(self.playbacks, channel_id):
            self.finish_playback(playback_id, "failed")
        for bridge_id in [one for one, bridge in self.bridges.items() if channel_id in bridge["channels"]]:
            self.leave_bridge(bridge_id, channel_id)
        snooped = channel_id in self.snoops
        if snooped:
            self._end_recordings(channel_id)
        self.leave_stasis(channel_id)
        self._end_recordings(channel_id)
        for snoop_id in [one for one, spied in self.snoops.items() if spied == channel_id]:
            self._end_recordings(snoop_id)
            self.leave_stasis(snoop_id)
            self._forget(snoop_id)
        self._forget(channel_id)
        if not snooped and (self.subscribed_to_all or channel_id in self.subscribed):
            text = {"type": "ChannelDestroyed", "channel": channel, "cause": cause, "cause_txt": "", **tech}
            self.emit(text)

    def play(self, target_uri: str, playback_id: str, media: str, language: str | None) -> Json:
        target_id = target_uri.partition(":")[2]
        waiting = bool(self._on(self.playbacks, target_id))
        playback = {"id": playback_id, "media_uri": media, "target_uri": target_uri, "language": language or "en"}
        self.playbacks[playback_id] = {**playback, "state": "queued"}
        if not waiting:
            self._start_playback(playback_id)
        return self.playbacks[playback_id]

    def finish_playback(self, playback_id: str, state: str = "done") -> None:
        if playback_id not in self.playbacks:
            raise Refusal(404, "Playback not found")
        playback = self.playbacks.pop(playback_id)
        if playback["state"] == "queued":
            self.emit({"type": "PlaybackStarted", "playback": {**playback, "state": "playing"}})
        self.emit({"type": "PlaybackFinished", "playback": {**playback, "state": state}})
        target_id = playback["target_uri"].partition(":")[2]
        for waiting in self._on(self.playbacks, target_id)[:1]:
            if state != "failed" and self.playbacks[waiting]["state"] == "queued":
                self._start_playback(waiting)
        self.changed()

    def record(self, target_uri: str, name: str, if_exists: str) -> Json:
        if name in self.recordings and if_exists == "fail":
            raise Refusal(409, "Recording with the same name already in use")
        self.recordings[name] = {"name": name, "format": "wav", "target_uri": target_uri, "state": "recording"}
        self.emit({"type": "RecordingStarted", "recording": self.recordings[name]})
        return self.recordings[name]

    def finish_recording(self, name: str, state: str = "done", cause: str | None = None) -> None:
        if name not in self.recordings:
            raise Refusal(404, "Recording not found")
        ended = {**self.recordings.pop(name), "state": state, **({} if cause is None else {"cause": cause})}
        kind = "RecordingFailed" if state == "failed" else "RecordingFinished"
        self.emit({"type": kind, "recording": ended})

    def bridge(self, bridge_id: str) -> Json:
        if bridge_id not in self.bridges:
            raise Refusal(404, "Bridge not found")
        return self.bridges[bridge_id]

    def add_bridge(self, bridge_id: str, kind: str, name: str) -> Json:
        if bridge_id in self.bridges:
            raise Refusal(409, "Bridge with the same id already exists")
        self.bridges[bridge_id] = {
            "id": bridge_id,
            "technology": "simple_bridge",
            "bridge_type": "mixing",
            "bridge_class": "stasis",
            "name": name,
            "channels": [],
            "asked_type": kind,
        }
        self.emit({"type": "BridgeCreated", "bridge": self.bridges[bridge_id]})
        return self.bridges[bridge_id]

    def enter_bridge(self, bridge_id: str, channel_id: str) -> None:
        bridge = self.bridge(bridge_id)
        if channel_id not in self.channels:
            raise Refusal(400, "Channel not found")
        if channel_id not in self.in_stasis:
            raise Refusal(422, "Channel not in Stasis application")
        for old in [one for one, bridge in self.bridges.items() if channel_id in bridge["channels"]]:
            self.leave_bridge(old, channel_id)
        bridge["channels"].append(channel_id)
        self.emit({"type": "ChannelEnteredBridge", "bridge": bridge, "channel": self.channels[channel_id]})

    def leave_bridge(self, bridge_id: str, channel_id: str) -> None:
        bridge = self.bridge(bridge_id)
        if channel_id not in self.channels:
            raise Refusal(400, "Channel not found")
        if channel_id not in bridge["channels"]:
            raise Refusal(422, "Channel not in this bridge")
        bridge["channels"].remove(channel_id)
        self.emit({"type": "ChannelLeftBridge", "bridge": bridge, "channel": self.channels[channel_id]})

    def end_bridge(self, bridge_id: str) -> None:
        bridge = self.bridge(bridge_id)
        for playback_id in self._on(self.playbacks, bridge_id):
            self.finish_playback(playback_id, "failed")
        self._end_recordings(bridge_id)
        for channel_id in list(bridge["channels"]):
            self.leave_bridge(bridge_id, channel_id)
        del self.bridges[bridge_id]
        self.emit({"type": "BridgeDestroyed", "bridge": bridge})

    def is_playing(self, channel_id: str) -> bool:
        return bool(self._on(self.playbacks, channel_id))

    def _start_playback(self, playback_id: str) -> None:
        self.playbacks[playback_id]["state"] = "playing"
        self.emit({"type": "PlaybackStarted", "playback": self.playbacks[playback_id]})

    def _on(self, things: dict[str, Json], target_id: str) -> list[str]:
        return [one for one, thing in things.items() if thing["target_uri"].partition(":")[2] == target_id]

    def _end_recordings(self, target_id: str) -> None:
        for name in self._on(self.recordings, target_id):
            self.finish_recording(name)

    def _forget(self, channel_id: str) -> None:
        self.channels.pop(channel_id, None)
        self.in_stasis.discard(channel_id)
        self.snoops.pop(channel_id, None)
        self.changed()
