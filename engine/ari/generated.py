"""Asterisk's REST interface. Written by engine.ari.generate, hence its length; do not edit.

A required field that holds text, a number or a list is empty when Asterisk leaves it out; an optional one is None.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias
from urllib.parse import quote

from msgspec import Struct, field
from msgspec.json import Decoder

QueryValue: TypeAlias = "str | int | bool | Sequence[str] | None"


class Transport(Protocol):
    """Carries one request to Asterisk and returns the body of a successful answer; errors.AriError otherwise."""

    async def request(self, method: str, path: str, query: Mapping[str, QueryValue] | None, body: Any) -> bytes: ...


class _Resource:
    __slots__ = ("_request",)

    def __init__(self, transport: Transport) -> None:
        self._request = transport.request


class Event(Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    application: str = ""
    timestamp: str = ""
    asterisk_id: str | None = None


class Application(Struct, frozen=True, kw_only=True):
    name: str = ""
    channel_ids: tuple[str, ...] = ()
    bridge_ids: tuple[str, ...] = ()
    endpoint_ids: tuple[str, ...] = ()
    device_names: tuple[str, ...] = ()
    events_allowed: tuple[dict[str, Any], ...] = ()
    events_disallowed: tuple[dict[str, Any], ...] = ()


class BuildInfo(Struct, frozen=True, kw_only=True):
    os: str = ""
    kernel: str = ""
    options: str = ""
    machine: str = ""
    date: str = ""
    user: str = ""


class SystemInfo(Struct, frozen=True, kw_only=True):
    version: str = ""
    entity_id: str = ""


class SetId(Struct, frozen=True, kw_only=True):
    user: str = ""
    group: str = ""


class ConfigInfo(Struct, frozen=True, kw_only=True):
    name: str = ""
    default_language: str = ""
    max_channels: int | None = None
    max_open_files: int | None = None
    max_load: float | None = None
    setid: SetId = SetId()


class StatusInfo(Struct, frozen=True, kw_only=True):
    startup_time: str = ""
    last_reload_time: str = ""


class AsteriskInfo(Struct, frozen=True, kw_only=True):
    build: BuildInfo | None = None
    system: SystemInfo | None = None
    config: ConfigInfo | None = None
    status: StatusInfo | None = None


class AsteriskPing(Struct, frozen=True, kw_only=True):
    asterisk_id: str = ""
    ping: str = ""
    timestamp: str = ""


class Module(Struct, frozen=True, kw_only=True):
    name: str = ""
    description: str = ""
    use_count: int = 0
    status: str = ""
    support_level: str = ""


class LogChannel(Struct, frozen=True, kw_only=True):
    channel: str = ""
    type: str = ""
    status: str = ""
    configuration: str = ""


class Variable(Struct, frozen=True, kw_only=True):
    value: str = ""


class Variables(Struct, frozen=True, kw_only=True):
    variables: dict[str, Any] = {}


class ConfigTuple(Struct, frozen=True, kw_only=True):
    attribute: str = ""
    value: str = ""


class Bridge(Struct, frozen=True, kw_only=True):
    id: str
    technology: str = ""
    bridge_type: str = ""
    bridge_class: str = ""
    creator: str = ""
    name: str = ""
    channels: tuple[str, ...] = ()
    video_mode: str | None = None
    video_source_id: str | None = None
    creationtime: str = ""
    bridgevars: dict[str, Any] | None = None


class Dialed(Struct, frozen=True, kw_only=True):
    pass


class DialplanCEP(Struct, frozen=True, kw_only=True):
    context: str = ""
    exten: str = ""
    priority: int = 0
    app_name: str = ""
    app_data: str = ""


class CallerID(Struct, frozen=True, kw_only=True):
    name: str = ""
    number: str = ""


class RTPstat(Struct, frozen=True, kw_only=True):
    txcount: int = 0
    rxcount: int = 0
    txjitter: float | None = None
    rxjitter: float | None = None
    remote_maxjitter: float | None = None
    remote_minjitter: float | None = None
    remote_normdevjitter: float | None = None
    remote_stdevjitter: float | None = None
    local_maxjitter: float | None = None
    local_minjitter: float | None = None
    local_normdevjitter: float | None = None
    local_stdevjitter: float | None = None
    txploss: int = 0
    rxploss: int = 0
    remote_maxrxploss: float | None = None
    remote_minrxploss: float | None = None
    remote_normdevrxploss: float | None = None
    remote_stdevrxploss: float | None = None
    local_maxrxploss: float | None = None
    local_minrxploss: float | None = None
    local_normdevrxploss: float | None = None
    local_stdevrxploss: float | None = None
    rtt: float | None = None
    maxrtt: float | None = None
    minrtt: float | None = None
    normdevrtt: float | None = None
    stdevrtt: float | None = None
    local_ssrc: int = 0
    remote_ssrc: int = 0
    txoctetcount: int = 0
    rxoctetcount: int = 0
    channel_uniqueid: str = ""


class Channel(Struct, frozen=True, kw_only=True):
    id: str
    protocol_id: str = ""
    name: str = ""
    state: str = ""
    caller: CallerID = CallerID()
    connected: CallerID = CallerID()
    accountcode: str = ""
    dialplan: DialplanCEP = DialplanCEP()
    creationtime: str = ""
    language: str = ""
    channelvars: dict[str, Any] | None = None
    caller_rdnis: str | None = None
    tenantid: str | None = None


class DeviceState(Struct, frozen=True, kw_only=True):
    name: str = ""
    state: str = ""


class Endpoint(Struct, frozen=True, kw_only=True):
    technology: str = ""
    resource: str = ""
    state: str | None = None
    channel_ids: tuple[str, ...] = ()


class TextMessage(Struct, frozen=True, kw_only=True):
    from_: str = field(default="", name="from")
    to: str = ""
    body: str = ""
    variables: dict[str, Any] | None = None


class MissingParams(Event, frozen=True, kw_only=True):
    params: tuple[str, ...] = ()


class ContactInfo(Struct, frozen=True, kw_only=True):
    uri: str = ""
    contact_status: str = ""
    aor: str = ""
    roundtrip_usec: str | None = None


class Peer(Struct, frozen=True, kw_only=True):
    peer_status: str = ""
    cause: str | None = None
    address: str | None = None
    port: str | None = None
    time: str | None = None


class DeviceStateChanged(Event, frozen=True, kw_only=True):
    device_state: DeviceState = DeviceState()


class Playback(Struct, frozen=True, kw_only=True):
    id: str
    media_uri: str = ""
    next_media_uri: str | None = None
    target_uri: str = ""
    language: str | None = None
    state: str = ""


class PlaybackStarted(Event, frozen=True, kw_only=True):
    playback: Playback


class PlaybackContinuing(Event, frozen=True, kw_only=True):
    playback: Playback


class PlaybackFinished(Event, frozen=True, kw_only=True):
    playback: Playback


class LiveRecording(Struct, frozen=True, kw_only=True):
    name: str = ""
    format: str = ""
    target_uri: str = ""
    state: str = ""
    duration: int | None = None
    talking_duration: int | None = None
    silence_duration: int | None = None
    cause: str | None = None


class RecordingStarted(Event, frozen=True, kw_only=True):
    recording: LiveRecording = LiveRecording()


class RecordingFinished(Event, frozen=True, kw_only=True):
    recording: LiveRecording = LiveRecording()


class RecordingFailed(Event, frozen=True, kw_only=True):
    recording: LiveRecording = LiveRecording()


class ApplicationMoveFailed(Event, frozen=True, kw_only=True):
    channel: Channel
    destination: str = ""
    args: tuple[str, ...] = ()


class ApplicationRegistered(Event, frozen=True, kw_only=True):
    pass


class ApplicationUnregistered(Event, frozen=True, kw_only=True):
    pass


class ApplicationReplaced(Event, frozen=True, kw_only=True):
    pass


class BridgeCreated(Event, frozen=True, kw_only=True):
    bridge: Bridge


class BridgeDestroyed(Event, frozen=True, kw_only=True):
    bridge: Bridge


class BridgeMerged(Event, frozen=True, kw_only=True):
    bridge: Bridge
    bridge_from: Bridge


class BridgeVideoSourceChanged(Event, frozen=True, kw_only=True):
    bridge: Bridge
    old_video_source_id: str | None = None


class BridgeBlindTransfer(Event, frozen=True, kw_only=True):
    channel: Channel
    replace_channel: Channel | None = None
    transferee: Channel | None = None
    exten: str = ""
    context: str = ""
    result: str = ""
    is_external: bool = False
    bridge: Bridge | None = None


class BridgeAttendedTransfer(Event, frozen=True, kw_only=True):
    transferer_first_leg: Channel
    transferer_second_leg: Channel
    replace_channel: Channel | None = None
    transferee: Channel | None = None
    transfer_target: Channel | None = None
    result: str = ""
    is_external: bool = False
    transferer_first_leg_bridge: Bridge | None = None
    transferer_second_leg_bridge: Bridge | None = None
    destination_type: str = ""
    destination_bridge: str | None = None
    destination_application: str | None = None
    destination_link_first_leg: Channel | None = None
    destination_link_second_leg: Channel | None = None
    destination_threeway_channel: Channel | None = None
    destination_threeway_bridge: Bridge | None = None


class ChannelCreated(Event, frozen=True, kw_only=True):
    channel: Channel


class ChannelDestroyed(Event, frozen=True, kw_only=True):
    cause: int = 0
    cause_txt: str = ""
    tech_cause: int | None = None
    channel: Channel


class ChannelEnteredBridge(Event, frozen=True, kw_only=True):
    bridge: Bridge
    channel: Channel | None = None


class ChannelLeftBridge(Event, frozen=True, kw_only=True):
    bridge: Bridge
    channel: Channel


class ChannelStateChange(Event, frozen=True, kw_only=True):
    channel: Channel


class ChannelDtmfReceived(Event, frozen=True, kw_only=True):
    digit: str = ""
    duration_ms: int = 0
    channel: Channel


class ChannelDialplan(Event, frozen=True, kw_only=True):
    channel: Channel
    dialplan_app: str = ""
    dialplan_app_data: str = ""


class ChannelCallerId(Event, frozen=True, kw_only=True):
    caller_presentation: int = 0
    caller_presentation_txt: str = ""
    channel: Channel


class ChannelUserevent(Event, frozen=True, kw_only=True):
    eventname: str = ""
    channel: Channel | None = None
    bridge: Bridge | None = None
    endpoint: Endpoint | None = None
    userevent: dict[str, Any] = {}


class ChannelHangupRequest(Event, frozen=True, kw_only=True):
    cause: int | None = None
    tech_cause: int | None = None
    soft: bool | None = None
    channel: Channel


class ChannelVarset(Event, frozen=True, kw_only=True):
    variable: str = ""
    value: str = ""
    channel: Channel | None = None


class ChannelHold(Event, frozen=True, kw_only=True):
    channel: Channel
    musicclass: str | None = None


class ChannelUnhold(Event, frozen=True, kw_only=True):
    channel: Channel


class ChannelToneDetected(Event, frozen=True, kw_only=True):
    channel: Channel


class ChannelTalkingStarted(Event, frozen=True, kw_only=True):
    channel: Channel


class ChannelTalkingFinished(Event, frozen=True, kw_only=True):
    channel: Channel
    duration: int = 0


class ContactStatusChange(Event, frozen=True, kw_only=True):
    endpoint: Endpoint = Endpoint()
    contact_info: ContactInfo = ContactInfo()


class PeerStatusChange(Event, frozen=True, kw_only=True):
    endpoint: Endpoint = Endpoint()
    peer: Peer = Peer()


class EndpointStateChange(Event, frozen=True, kw_only=True):
    endpoint: Endpoint = Endpoint()


class Dial(Event, frozen=True, kw_only=True):
    caller: Channel | None = None
    peer: Channel
    forward: str | None = None
    forwarded: Channel | None = None
    dialstring: str | None = None
    dialstatus: str = ""


class StasisEnd(Event, frozen=True, kw_only=True):
    channel: Channel


class StasisStart(Event, frozen=True, kw_only=True):
    args: tuple[str, ...] = ()
    channel: Channel
    replace_channel: Channel | None = None


class TextMessageReceived(Event, frozen=True, kw_only=True):
    message: TextMessage = TextMessage()
    endpoint: Endpoint | None = None


class ChannelConnectedLine(Event, frozen=True, kw_only=True):
    channel: Channel


class AdditionalParam(Struct, frozen=True, kw_only=True):
    parameter_name: str = ""
    parameter_value: str = ""


class RequiredDestination(Struct, frozen=True, kw_only=True):
    protocol_id: str | None = None
    destination: str | None = None
    additional_protocol_params: tuple[AdditionalParam, ...] | None = None


class ReferTo(Struct, frozen=True, kw_only=True):
    requested_destination: RequiredDestination = RequiredDestination()
    destination_channel: Channel | None = None
    connected_channel: Channel | None = None
    bridge: Bridge | None = None


class ReferredBy(Struct, frozen=True, kw_only=True):
    source_channel: Channel
    connected_channel: Channel | None = None
    bridge: Bridge | None = None


class ChannelTransfer(Event, frozen=True, kw_only=True):
    state: str | None = None
    refer_to: ReferTo = ReferTo()
    referred_by: ReferredBy


class RESTHeader(Struct, frozen=True, kw_only=True):
    name: str = ""
    value: str = ""


class RESTQueryStringParameter(Struct, frozen=True, kw_only=True):
    name: str = ""
    value: str = ""


class RESTResponse(Event, frozen=True, kw_only=True):
    transaction_id: str = ""
    request_id: str = ""
    status_code: int = 0
    reason_phrase: str = ""
    uri: str = ""
    content_type: str | None = None
    message_body: str | None = None


class CallBroadcast(Event, frozen=True, kw_only=True):
    channel: Channel
    caller: str | None = None
    called: str | None = None


class CallClaimed(Event, frozen=True, kw_only=True):
    channel: Channel
    winner_app: str = ""


class Mailbox(Struct, frozen=True, kw_only=True):
    name: str = ""
    old_messages: int = 0
    new_messages: int = 0


class StoredRecording(Struct, frozen=True, kw_only=True):
    name: str = ""
    format: str = ""


class FormatLangPair(Struct, frozen=True, kw_only=True):
    language: str = ""
    format: str = ""


class Sound(Struct, frozen=True, kw_only=True):
    id: str
    text: str | None = None
    formats: tuple[FormatLangPair, ...] = ()


AnyEvent: TypeAlias = (
    MissingParams
    | DeviceStateChanged
    | PlaybackStarted
    | PlaybackContinuing
    | PlaybackFinished
    | RecordingStarted
    | RecordingFinished
    | RecordingFailed
    | ApplicationMoveFailed
    | ApplicationRegistered
    | ApplicationUnregistered
    | ApplicationReplaced
    | BridgeCreated
    | BridgeDestroyed
    | BridgeMerged
    | BridgeVideoSourceChanged
    | BridgeBlindTransfer
    | BridgeAttendedTransfer
    | ChannelCreated
    | ChannelDestroyed
    | ChannelEnteredBridge
    | ChannelLeftBridge
    | ChannelStateChange
    | ChannelDtmfReceived
    | ChannelDialplan
    | ChannelCallerId
    | ChannelUserevent
    | ChannelHangupRequest
    | ChannelVarset
    | ChannelHold
    | ChannelUnhold
    | ChannelToneDetected
    | ChannelTalkingStarted
    | ChannelTalkingFinished
    | ContactStatusChange
    | PeerStatusChange
    | EndpointStateChange
    | Dial
    | StasisEnd
    | StasisStart
    | TextMessageReceived
    | ChannelConnectedLine
    | ChannelTransfer
    | RESTResponse
    | CallBroadcast
    | CallClaimed
)

_decode_application = Decoder(Application).decode
_decode_asterisk_info = Decoder(AsteriskInfo).decode
_decode_asterisk_ping = Decoder(AsteriskPing).decode
_decode_bridge = Decoder(Bridge).decode
_decode_channel = Decoder(Channel).decode
_decode_device_state = Decoder(DeviceState).decode
_decode_endpoint = Decoder(Endpoint).decode
_decode_list_application = Decoder(tuple[Application, ...]).decode
_decode_list_bridge = Decoder(tuple[Bridge, ...]).decode
_decode_list_channel = Decoder(tuple[Channel, ...]).decode
_decode_list_config_tuple = Decoder(tuple[ConfigTuple, ...]).decode
_decode_list_device_state = Decoder(tuple[DeviceState, ...]).decode
_decode_list_endpoint = Decoder(tuple[Endpoint, ...]).decode
_decode_list_log_channel = Decoder(tuple[LogChannel, ...]).decode
_decode_list_mailbox = Decoder(tuple[Mailbox, ...]).decode
_decode_list_module = Decoder(tuple[Module, ...]).decode
_decode_list_sound = Decoder(tuple[Sound, ...]).decode
_decode_list_stored_recording = Decoder(tuple[StoredRecording, ...]).decode
_decode_live_recording = Decoder(LiveRecording).decode
_decode_mailbox = Decoder(Mailbox).decode
_decode_module = Decoder(Module).decode
_decode_playback = Decoder(Playback).decode
_decode_rt_pstat = Decoder(RTPstat).decode
_decode_sound = Decoder(Sound).decode
_decode_stored_recording = Decoder(StoredRecording).decode
_decode_variable = Decoder(Variable).decode
_decode_variables = Decoder(Variables).decode


class ApplicationsResource(_Resource):
    __slots__ = ()

    async def list(self) -> tuple[Application, ...]:
        return _decode_list_application(await self._request("GET", "/applications", None, None))

    async def get(self, application_name: str) -> Application:
        return _decode_application(await self._request("GET", f"/applications/{quote(application_name, safe='')}", None, None))

    async def subscribe(self, application_name: str, *, event_source: str | Sequence[str]) -> Application:
        return _decode_application(await self._request("POST", f"/applications/{quote(application_name, safe='')}/subscription", {"eventSource": event_source}, None))

    async def unsubscribe(self, application_name: str, *, event_source: str | Sequence[str]) -> Application:
        return _decode_application(await self._request("DELETE", f"/applications/{quote(application_name, safe='')}/subscription", {"eventSource": event_source}, None))

    async def filter(self, application_name: str, *, filter: Mapping[str, Any] | None = None) -> Application:
        return _decode_application(await self._request("PUT", f"/applications/{quote(application_name, safe='')}/eventFilter", None, filter))


class AsteriskResource(_Resource):
    __slots__ = ()

    async def get_object(self, config_class: str, object_type: str, id: str) -> tuple[ConfigTuple, ...]:
        return _decode_list_config_tuple(await self._request("GET", f"/asterisk/config/dynamic/{quote(config_class, safe='')}/{quote(object_type, safe='')}/{quote(id, safe='')}", None, None))

    async def update_object(self, config_class: str, object_type: str, id: str, *, fields: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None) -> tuple[ConfigTuple, ...]:
        return _decode_list_config_tuple(await self._request("PUT", f"/asterisk/config/dynamic/{quote(config_class, safe='')}/{quote(object_type, safe='')}/{quote(id, safe='')}", None, None if fields is None else {"fields": fields}))

    async def delete_object(self, config_class: str, object_type: str, id: str) -> None:
        await self._request("DELETE", f"/asterisk/config/dynamic/{quote(config_class, safe='')}/{quote(object_type, safe='')}/{quote(id, safe='')}", None, None)

    async def get_info(self, *, only: str | Sequence[str] | None = None) -> AsteriskInfo:
        return _decode_asterisk_info(await self._request("GET", "/asterisk/info", {"only": only}, None))

    async def ping(self) -> AsteriskPing:
        return _decode_asterisk_ping(await self._request("GET", "/asterisk/ping", None, None))

    async def list_modules(self) -> tuple[Module, ...]:
        return _decode_list_module(await self._request("GET", "/asterisk/modules", None, None))

    async def get_module(self, module_name: str) -> Module:
        return _decode_module(await self._request("GET", f"/asterisk/modules/{quote(module_name, safe='')}", None, None))

    async def load_module(self, module_name: str) -> None:
        await self._request("POST", f"/asterisk/modules/{quote(module_name, safe='')}", None, None)

    async def unload_module(self, module_name: str) -> None:
        await self._request("DELETE", f"/asterisk/modules/{quote(module_name, safe='')}", None, None)

    async def reload_module(self, module_name: str) -> None:
        await self._request("PUT", f"/asterisk/modules/{quote(module_name, safe='')}", None, None)

    async def list_log_channels(self) -> tuple[LogChannel, ...]:
        return _decode_list_log_channel(await self._request("GET", "/asterisk/logging", None, None))

    async def add_log(self, log_channel_name: str, *, configuration: str) -> None:
        await self._request("POST", f"/asterisk/logging/{quote(log_channel_name, safe='')}", {"configuration": configuration}, None)

    async def delete_log(self, log_channel_name: str) -> None:
        await self._request("DELETE", f"/asterisk/logging/{quote(log_channel_name, safe='')}", None, None)

    async def rotate_log(self, log_channel_name: str) -> None:
        await self._request("PUT", f"/asterisk/logging/{quote(log_channel_name, safe='')}/rotate", None, None)

    async def get_global_var(self, *, variable: str) -> Variable:
        return _decode_variable(await self._request("GET", "/asterisk/variable", {"variable": variable}, None))

    async def set_global_var(self, *, variable: str, value: str | None = None) -> None:
        await self._request("POST", "/asterisk/variable", {"variable": variable, "value": value}, None)


class BridgesResource(_Resource):
    __slots__ = ()

    async def list(self) -> tuple[Bridge, ...]:
        return _decode_list_bridge(await self._request("GET", "/bridges", None, None))

    async def create(self, *, type: str | None = None, bridge_id: str | None = None, name: str | None = None, variables: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None) -> Bridge:
        return _decode_bridge(await self._request("POST", "/bridges", {"type": type, "bridgeId": bridge_id, "name": name}, None if variables is None else {"variables": variables}))

    async def create_with_id(self, bridge_id: str, *, type: str | None = None, name: str | None = None, variables: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None) -> Bridge:
        return _decode_bridge(await self._request("POST", f"/bridges/{quote(bridge_id, safe='')}", {"type": type, "name": name}, None if variables is None else {"variables": variables}))

    async def get(self, bridge_id: str) -> Bridge:
        return _decode_bridge(await self._request("GET", f"/bridges/{quote(bridge_id, safe='')}", None, None))

    async def destroy(self, bridge_id: str) -> None:
        await self._request("DELETE", f"/bridges/{quote(bridge_id, safe='')}", None, None)

    async def get_bridge_var(self, bridge_id: str, *, variable: str) -> Variable:
        return _decode_variable(await self._request("GET", f"/bridges/{quote(bridge_id, safe='')}/variable", {"variable": variable}, None))

    async def set_bridge_var(self, bridge_id: str, *, variable: str, value: str | None = None, report_events: bool | None = None) -> None:
        await self._request("POST", f"/bridges/{quote(bridge_id, safe='')}/variable", {"variable": variable, "value": value, "report_events": report_events}, None)

    async def get_bridge_vars(self, bridge_id: str, *, variables: str | Sequence[str]) -> Variables:
        return _decode_variables(await self._request("GET", f"/bridges/{quote(bridge_id, safe='')}/variables", {"variables": variables}, None))

    async def set_bridge_vars(self, bridge_id: str, *, variables: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
        await self._request("POST", f"/bridges/{quote(bridge_id, safe='')}/variables", None, {"variables": variables})

    async def add_channel(self, bridge_id: str, *, channel: str | Sequence[str], role: str | None = None, absorb_dtmf: bool | None = None, mute: bool | None = None, inhibit_connected_line_updates: bool | None = None) -> None:
        await self._request("POST", f"/bridges/{quote(bridge_id, safe='')}/addChannel", {"channel": channel, "role": role, "absorbDTMF": absorb_dtmf, "mute": mute, "inhibitConnectedLineUpdates": inhibit_connected_line_updates}, None)

    async def remove_channel(self, bridge_id: str, *, channel: str | Sequence[str]) -> None:
        await self._request("POST", f"/bridges/{quote(bridge_id, safe='')}/removeChannel", {"channel": channel}, None)

    async def set_video_source(self, bridge_id: str, channel_id: str) -> None:
        await self._request("POST", f"/bridges/{quote(bridge_id, safe='')}/videoSource/{quote(channel_id, safe='')}", None, None)

    async def clear_video_source(self, bridge_id: str) -> None:
        await self._request("DELETE", f"/bridges/{quote(bridge_id, safe='')}/videoSource", None, None)

    async def start_moh(self, bridge_id: str, *, moh_class: str | None = None) -> None:
        await self._request("POST", f"/bridges/{quote(bridge_id, safe='')}/moh", {"mohClass": moh_class}, None)

    async def stop_moh(self, bridge_id: str) -> None:
        await self._request("DELETE", f"/bridges/{quote(bridge_id, safe='')}/moh", None, None)

    async def play(self, bridge_id: str, *, media: str | Sequence[str], announcer_format: str | None = None, lang: str | None = None, offsetms: int | None = None, skipms: int | None = None, playback_id: str | None = None) -> Playback:
        return _decode_playback(await self._request("POST", f"/bridges/{quote(bridge_id, safe='')}/play", {"media": media, "announcer_format": announcer_format, "lang": lang, "offsetms": offsetms, "skipms": skipms, "playbackId": playback_id}, None))

    async def play_with_id(self, bridge_id: str, playback_id: str, *, media: str | Sequence[str], announcer_format: str | None = None, lang: str | None = None, offsetms: int | None = None, skipms: int | None = None) -> Playback:
        return _decode_playback(await self._request("POST", f"/bridges/{quote(bridge_id, safe='')}/play/{quote(playback_id, safe='')}", {"media": media, "announcer_format": announcer_format, "lang": lang, "offsetms": offsetms, "skipms": skipms}, None))

    async def record(self, bridge_id: str, *, name: str, format: str, recorder_format: str | None = None, max_duration_seconds: int | None = None, max_silence_seconds: int | None = None, if_exists: str | None = None, beep: bool | None = None, terminate_on: str | None = None) -> LiveRecording:
        return _decode_live_recording(await self._request("POST", f"/bridges/{quote(bridge_id, safe='')}/record", {"name": name, "format": format, "recorder_format": recorder_format, "maxDurationSeconds": max_duration_seconds, "maxSilenceSeconds": max_silence_seconds, "ifExists": if_exists, "beep": beep, "terminateOn": terminate_on}, None))


class ChannelsResource(_Resource):
    __slots__ = ()

    async def list(self) -> tuple[Channel, ...]:
        return _decode_list_channel(await self._request("GET", "/channels", None, None))

    async def originate(self, *, endpoint: str, extension: str | None = None, context: str | None = None, priority: int | None = None, label: str | None = None, app: str | None = None, app_args: str | None = None, caller_id: str | None = None, timeout: int | None = None, variables: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None, channel_id: str | None = None, other_channel_id: str | None = None, originator: str | None = None, formats: str | None = None) -> Channel:
        return _decode_channel(await self._request("POST", "/channels", {"endpoint": endpoint, "extension": extension, "context": context, "priority": priority, "label": label, "app": app, "appArgs": app_args, "callerId": caller_id, "timeout": timeout, "channelId": channel_id, "otherChannelId": other_channel_id, "originator": originator, "formats": formats}, None if variables is None else {"variables": variables}))

    async def create(self, *, endpoint: str, app: str, app_args: str | None = None, channel_id: str | None = None, other_channel_id: str | None = None, originator: str | None = None, formats: str | None = None, variables: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None) -> Channel:
        return _decode_channel(await self._request("POST", "/channels/create", {"endpoint": endpoint, "app": app, "appArgs": app_args, "channelId": channel_id, "otherChannelId": other_channel_id, "originator": originator, "formats": formats}, None if variables is None else {"variables": variables}))

    async def get(self, channel_id: str) -> Channel:
        return _decode_channel(await self._request("GET", f"/channels/{quote(channel_id, safe='')}", None, None))

    async def originate_with_id(self, channel_id: str, *, endpoint: str, extension: str | None = None, context: str | None = None, priority: int | None = None, label: str | None = None, app: str | None = None, app_args: str | None = None, caller_id: str | None = None, timeout: int | None = None, variables: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None, other_channel_id: str | None = None, originator: str | None = None, formats: str | None = None) -> Channel:
        return _decode_channel(await self._request("POST", f"/channels/{quote(channel_id, safe='')}", {"endpoint": endpoint, "extension": extension, "context": context, "priority": priority, "label": label, "app": app, "appArgs": app_args, "callerId": caller_id, "timeout": timeout, "otherChannelId": other_channel_id, "originator": originator, "formats": formats}, None if variables is None else {"variables": variables}))

    async def hangup(self, channel_id: str, *, reason_code: str | None = None, reason: str | None = None) -> None:
        await self._request("DELETE", f"/channels/{quote(channel_id, safe='')}", {"reason_code": reason_code, "reason": reason}, None)

    async def continue_in_dialplan(self, channel_id: str, *, context: str | None = None, extension: str | None = None, priority: int | None = None, label: str | None = None) -> None:
        await self._request("POST", f"/channels/{quote(channel_id, safe='')}/continue", {"context": context, "extension": extension, "priority": priority, "label": label}, None)

    async def move(self, channel_id: str, *, app: str, app_args: str | None = None) -> None:
        await self._request("POST", f"/channels/{quote(channel_id, safe='')}/move", {"app": app, "appArgs": app_args}, None)

    async def redirect(self, channel_id: str, *, endpoint: str) -> None:
        await self._request("POST", f"/channels/{quote(channel_id, safe='')}/redirect", {"endpoint": endpoint}, None)

    async def answer(self, channel_id: str) -> None:
        await self._request("POST", f"/channels/{quote(channel_id, safe='')}/answer", None, None)

    async def ring(self, channel_id: str) -> None:
        await self._request("POST", f"/channels/{quote(channel_id, safe='')}/ring", None, None)

    async def ring_stop(self, channel_id: str) -> None:
        await self._request("DELETE", f"/channels/{quote(channel_id, safe='')}/ring", None, None)

    async def progress(self, channel_id: str) -> None:
        await self._request("POST", f"/channels/{quote(channel_id, safe='')}/progress", None, None)

    async def send_dtmf(self, channel_id: str, *, dtmf: str | None = None, before: int | None = None, between: int | None = None, duration: int | None = None, after: int | None = None) -> None:
        await self._request("POST", f"/channels/{quote(channel_id, safe='')}/dtmf", {"dtmf": dtmf, "before": before, "between": between, "duration": duration, "after": after}, None)

    async def mute(self, channel_id: str, *, direction: str | None = None) -> None:
        await self._request("POST", f"/channels/{quote(channel_id, safe='')}/mute", {"direction": direction}, None)

    async def unmute(self, channel_id: str, *, direction: str | None = None) -> None:
        await self._request("DELETE", f"/channels/{quote(channel_id, safe='')}/mute", {"direction": direction}, None)

    async def hold(self, channel_id: str) -> None:
        await self._request("POST", f"/channels/{quote(channel_id, safe='')}/hold", None, None)

    async def unhold(self, channel_id: str) -> None:
        await self._request("DELETE", f"/channels/{quote(channel_id, safe='')}/hold", None, None)

    async def start_moh(self, channel_id: str, *, moh_class: str | None = None) -> None:
        await self._request("POST", f"/channels/{quote(channel_id, safe='')}/moh", {"mohClass": moh_class}, None)

    async def stop_moh(self, channel_id: str) -> None:
        await self._request("DELETE", f"/channels/{quote(channel_id, safe='')}/moh", None, None)

    async def start_silence(self, channel_id: str) -> None:
        await self._request("POST", f"/channels/{quote(channel_id, safe='')}/silence", None, None)

    async def stop_silence(self, channel_id: str) -> None:
        await self._request("DELETE", f"/channels/{quote(channel_id, safe='')}/silence", None, None)

    async def play(self, channel_id: str, *, media: str | Sequence[str], lang: str | None = None, offsetms: int | None = None, skipms: int | None = None, playback_id: str | None = None) -> Playback:
        return _decode_playback(await self._request("POST", f"/channels/{quote(channel_id, safe='')}/play", {"media": media, "lang": lang, "offsetms": offsetms, "skipms": skipms, "playbackId": playback_id}, None))

    async def play_with_id(self, channel_id: str, playback_id: str, *, media: str | Sequence[str], lang: str | None = None, offsetms: int | None = None, skipms: int | None = None) -> Playback:
        return _decode_playback(await self._request("POST", f"/channels/{quote(channel_id, safe='')}/play/{quote(playback_id, safe='')}", {"media": media, "lang": lang, "offsetms": offsetms, "skipms": skipms}, None))

    async def record(self, channel_id: str, *, name: str, format: str, max_duration_seconds: int | None = None, max_silence_seconds: int | None = None, if_exists: str | None = None, beep: bool | None = None, terminate_on: str | None = None) -> LiveRecording:
        return _decode_live_recording(await self._request("POST", f"/channels/{quote(channel_id, safe='')}/record", {"name": name, "format": format, "maxDurationSeconds": max_duration_seconds, "maxSilenceSeconds": max_silence_seconds, "ifExists": if_exists, "beep": beep, "terminateOn": terminate_on}, None))

    async def get_channel_var(self, channel_id: str, *, variable: str) -> Variable:
        return _decode_variable(await self._request("GET", f"/channels/{quote(channel_id, safe='')}/variable", {"variable": variable}, None))

    async def set_channel_var(self, channel_id: str, *, variable: str, value: str | None = None, report_events: bool | None = None) -> None:
        await self._request("POST", f"/channels/{quote(channel_id, safe='')}/variable", {"variable": variable, "value": value, "report_events": report_events}, None)

    async def get_channel_vars(self, channel_id: str, *, variables: str | Sequence[str]) -> Variables:
        return _decode_variables(await self._request("GET", f"/channels/{quote(channel_id, safe='')}/variables", {"variables": variables}, None))

    async def set_channel_vars(self, channel_id: str, *, variables: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
        await self._request("POST", f"/channels/{quote(channel_id, safe='')}/variables", None, {"variables": variables})

    async def snoop_channel(self, channel_id: str, *, app: str, spy: str | None = None, whisper: str | None = None, app_args: str | None = None, snoop_id: str | None = None) -> Channel:
        return _decode_channel(await self._request("POST", f"/channels/{quote(channel_id, safe='')}/snoop", {"app": app, "spy": spy, "whisper": whisper, "appArgs": app_args, "snoopId": snoop_id}, None))

    async def snoop_channel_with_id(self, channel_id: str, snoop_id: str, *, app: str, spy: str | None = None, whisper: str | None = None, app_args: str | None = None) -> Channel:
        return _decode_channel(await self._request("POST", f"/channels/{quote(channel_id, safe='')}/snoop/{quote(snoop_id, safe='')}", {"app": app, "spy": spy, "whisper": whisper, "appArgs": app_args}, None))

    async def dial(self, channel_id: str, *, caller: str | None = None, timeout: int | None = None) -> None:
        await self._request("POST", f"/channels/{quote(channel_id, safe='')}/dial", {"caller": caller, "timeout": timeout}, None)

    async def rtpstatistics(self, channel_id: str) -> RTPstat:
        return _decode_rt_pstat(await self._request("GET", f"/channels/{quote(channel_id, safe='')}/rtp_statistics", None, None))

    async def external_media(self, *, app: str, format: str, channel_id: str | None = None, variables: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None, external_host: str | None = None, encapsulation: str | None = None, transport: str | None = None, connection_type: str | None = None, direction: str | None = None, data: str | None = None, transport_data: str | None = None) -> Channel:
        return _decode_channel(await self._request("POST", "/channels/externalMedia", {"app": app, "format": format, "channelId": channel_id, "external_host": external_host, "encapsulation": encapsulation, "transport": transport, "connection_type": connection_type, "direction": direction, "data": data, "transport_data": transport_data}, None if variables is None else {"variables": variables}))

    async def transfer_progress(self, channel_id: str, *, states: str) -> None:
        await self._request("POST", f"/channels/{quote(channel_id, safe='')}/transfer_progress", {"states": states}, None)


class DeviceStatesResource(_Resource):
    __slots__ = ()

    async def list(self) -> tuple[DeviceState, ...]:
        return _decode_list_device_state(await self._request("GET", "/deviceStates", None, None))

    async def get(self, device_name: str) -> DeviceState:
        return _decode_device_state(await self._request("GET", f"/deviceStates/{quote(device_name, safe='')}", None, None))

    async def update(self, device_name: str, *, device_state: str) -> None:
        await self._request("PUT", f"/deviceStates/{quote(device_name, safe='')}", {"deviceState": device_state}, None)

    async def delete(self, device_name: str) -> None:
        await self._request("DELETE", f"/deviceStates/{quote(device_name, safe='')}", None, None)


class EndpointsResource(_Resource):
    __slots__ = ()

    async def list(self) -> tuple[Endpoint, ...]:
        return _decode_list_endpoint(await self._request("GET", "/endpoints", None, None))

    async def send_message(self, *, to: str, from_: str, body: str | None = None, variables: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None) -> None:
        await self._request("PUT", "/endpoints/sendMessage", {"to": to, "from": from_, "body": body}, None if variables is None else {"variables": variables})

    async def refer(self, *, to: str, from_: str, refer_to: str, to_self: bool | None = None, variables: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None) -> None:
        await self._request("POST", "/endpoints/refer", {"to": to, "from": from_, "refer_to": refer_to, "to_self": to_self}, None if variables is None else {"variables": variables})

    async def list_by_tech(self, tech: str) -> tuple[Endpoint, ...]:
        return _decode_list_endpoint(await self._request("GET", f"/endpoints/{quote(tech, safe='')}", None, None))

    async def get(self, tech: str, resource: str) -> Endpoint:
        return _decode_endpoint(await self._request("GET", f"/endpoints/{quote(tech, safe='')}/{quote(resource, safe='')}", None, None))

    async def send_message_to_endpoint(self, tech: str, resource: str, *, from_: str, body: str | None = None, variables: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None) -> None:
        await self._request("PUT", f"/endpoints/{quote(tech, safe='')}/{quote(resource, safe='')}/sendMessage", {"from": from_, "body": body}, None if variables is None else {"variables": variables})

    async def refer_to_endpoint(self, tech: str, resource: str, *, from_: str, refer_to: str, to_self: bool | None = None, variables: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None) -> None:
        await self._request("POST", f"/endpoints/{quote(tech, safe='')}/{quote(resource, safe='')}/refer", {"from": from_, "refer_to": refer_to, "to_self": to_self}, None if variables is None else {"variables": variables})


class EventsResource(_Resource):
    __slots__ = ()

    async def user_event(self, event_name: str, *, application: str, source: str | Sequence[str] | None = None, variables: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None) -> None:
        await self._request("POST", f"/events/user/{quote(event_name, safe='')}", {"application": application, "source": source}, None if variables is None else {"variables": variables})

    async def claim_channel(self, *, channel_id: str, application: str) -> None:
        await self._request("POST", "/events/claim", {"channelId": channel_id, "application": application}, None)


class MailboxesResource(_Resource):
    __slots__ = ()

    async def list(self) -> tuple[Mailbox, ...]:
        return _decode_list_mailbox(await self._request("GET", "/mailboxes", None, None))

    async def get(self, mailbox_name: str) -> Mailbox:
        return _decode_mailbox(await self._request("GET", f"/mailboxes/{quote(mailbox_name, safe='')}", None, None))

    async def update(self, mailbox_name: str, *, old_messages: int, new_messages: int) -> None:
        await self._request("PUT", f"/mailboxes/{quote(mailbox_name, safe='')}", {"oldMessages": old_messages, "newMessages": new_messages}, None)

    async def delete(self, mailbox_name: str) -> None:
        await self._request("DELETE", f"/mailboxes/{quote(mailbox_name, safe='')}", None, None)


class PlaybacksResource(_Resource):
    __slots__ = ()

    async def get(self, playback_id: str) -> Playback:
        return _decode_playback(await self._request("GET", f"/playbacks/{quote(playback_id, safe='')}", None, None))

    async def stop(self, playback_id: str) -> None:
        await self._request("DELETE", f"/playbacks/{quote(playback_id, safe='')}", None, None)

    async def control(self, playback_id: str, *, operation: str) -> None:
        await self._request("POST", f"/playbacks/{quote(playback_id, safe='')}/control", {"operation": operation}, None)


class RecordingsResource(_Resource):
    __slots__ = ()

    async def list_stored(self) -> tuple[StoredRecording, ...]:
        return _decode_list_stored_recording(await self._request("GET", "/recordings/stored", None, None))

    async def get_stored(self, recording_name: str) -> StoredRecording:
        return _decode_stored_recording(await self._request("GET", f"/recordings/stored/{quote(recording_name, safe='')}", None, None))

    async def delete_stored(self, recording_name: str) -> None:
        await self._request("DELETE", f"/recordings/stored/{quote(recording_name, safe='')}", None, None)

    async def get_stored_file(self, recording_name: str) -> bytes:
        return await self._request("GET", f"/recordings/stored/{quote(recording_name, safe='')}/file", None, None)

    async def copy_stored(self, recording_name: str, *, destination_recording_name: str) -> StoredRecording:
        return _decode_stored_recording(await self._request("POST", f"/recordings/stored/{quote(recording_name, safe='')}/copy", {"destinationRecordingName": destination_recording_name}, None))

    async def get_live(self, recording_name: str) -> LiveRecording:
        return _decode_live_recording(await self._request("GET", f"/recordings/live/{quote(recording_name, safe='')}", None, None))

    async def cancel(self, recording_name: str) -> None:
        await self._request("DELETE", f"/recordings/live/{quote(recording_name, safe='')}", None, None)

    async def stop(self, recording_name: str) -> None:
        await self._request("POST", f"/recordings/live/{quote(recording_name, safe='')}/stop", None, None)

    async def pause(self, recording_name: str) -> None:
        await self._request("POST", f"/recordings/live/{quote(recording_name, safe='')}/pause", None, None)

    async def unpause(self, recording_name: str) -> None:
        await self._request("DELETE", f"/recordings/live/{quote(recording_name, safe='')}/pause", None, None)

    async def mute(self, recording_name: str) -> None:
        await self._request("POST", f"/recordings/live/{quote(recording_name, safe='')}/mute", None, None)

    async def unmute(self, recording_name: str) -> None:
        await self._request("DELETE", f"/recordings/live/{quote(recording_name, safe='')}/mute", None, None)


class SoundsResource(_Resource):
    __slots__ = ()

    async def list(self, *, lang: str | None = None, format: str | None = None) -> tuple[Sound, ...]:
        return _decode_list_sound(await self._request("GET", "/sounds", {"lang": lang, "format": format}, None))

    async def get(self, sound_id: str) -> Sound:
        return _decode_sound(await self._request("GET", f"/sounds/{quote(sound_id, safe='')}", None, None))


class Resources:
    """Every resource of Asterisk, by ari-py's names."""

    def __init__(self, transport: Transport) -> None:
        self.applications = ApplicationsResource(transport)
        self.asterisk = AsteriskResource(transport)
        self.bridges = BridgesResource(transport)
        self.channels = ChannelsResource(transport)
        self.device_states = DeviceStatesResource(transport)
        self.endpoints = EndpointsResource(transport)
        self.events = EventsResource(transport)
        self.mailboxes = MailboxesResource(transport)
        self.playbacks = PlaybacksResource(transport)
        self.recordings = RecordingsResource(transport)
        self.sounds = SoundsResource(transport)
