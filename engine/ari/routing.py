"""The table of the objects that an event is about, by the event's type."""

from collections.abc import Callable
from typing import Any

from engine.ari import generated as ari

Ids = tuple[str, ...]


def _channel(event: Any) -> Ids:
    return (event.channel.id,) if event.channel is not None else ()


def _bridge(event: Any) -> Ids:
    return (event.bridge.id,)


def _bridge_and_channel(event: Any) -> Ids:
    return (event.bridge.id, event.channel.id) if event.channel is not None else (event.bridge.id,)


def _merged(event: ari.BridgeMerged) -> Ids:
    return (event.bridge.id, event.bridge_from.id)


def _playback(event: Any) -> Ids:
    return (event.playback.id,)


def _recording(event: Any) -> Ids:
    return (event.recording.name,)


def _started(event: ari.StasisStart) -> Ids:
    replaced = event.replace_channel
    return (event.channel.id,) if replaced is None else (event.channel.id, replaced.id)


def _dial(event: ari.Dial) -> Ids:
    return (event.peer.id,) if event.caller is None else (event.peer.id, event.caller.id)


def _user_event(event: ari.ChannelUserevent) -> Ids:
    return tuple(one.id for one in (event.channel, event.bridge) if one is not None)


def _attended_transfer(event: ari.BridgeAttendedTransfer) -> Ids:
    return (event.transferer_first_leg.id, event.transferer_second_leg.id)


def _transfer(event: ari.ChannelTransfer) -> Ids:
    return (event.referred_by.source_channel.id,)


_ROUTES: dict[type, Callable[[Any], Ids]] = {
    **dict.fromkeys(
        (
            ari.ApplicationMoveFailed,
            ari.BridgeBlindTransfer,
            ari.CallClaimed,
            ari.ChannelCallerId,
            ari.ChannelConnectedLine,
            ari.ChannelCreated,
            ari.ChannelDestroyed,
            ari.ChannelDialplan,
            ari.ChannelDtmfReceived,
            ari.ChannelHangupRequest,
            ari.ChannelHold,
            ari.ChannelStateChange,
            ari.ChannelTalkingFinished,
            ari.ChannelTalkingStarted,
            ari.ChannelToneDetected,
            ari.ChannelUnhold,
            ari.ChannelVarset,
            ari.StasisEnd,
        ),
        _channel,
    ),
    **dict.fromkeys((ari.BridgeCreated, ari.BridgeDestroyed, ari.BridgeVideoSourceChanged), _bridge),
    **dict.fromkeys((ari.ChannelEnteredBridge, ari.ChannelLeftBridge), _bridge_and_channel),
    **dict.fromkeys((ari.PlaybackStarted, ari.PlaybackContinuing, ari.PlaybackFinished), _playback),
    **dict.fromkeys((ari.RecordingStarted, ari.RecordingFinished, ari.RecordingFailed), _recording),
    ari.BridgeMerged: _merged,
    ari.BridgeAttendedTransfer: _attended_transfer,
    ari.ChannelTransfer: _transfer,
    ari.ChannelUserevent: _user_event,
    ari.Dial: _dial,
    ari.StasisStart: _started,
}


def _no_ids(event: Any) -> Ids:
    return ()


def ids_of(event: ari.AnyEvent) -> Ids:
    """Returns the ids of the channels, bridges, playbacks and recordings that the event is about, none for others."""
    return _ROUTES.get(type(event), _no_ids)(event)


def target_of(event: ari.AnyEvent) -> str:
    """Returns the id of the channel or bridge of a playback's or recording's event; empty for other events."""
    if isinstance(event, ari.PlaybackStarted | ari.PlaybackContinuing | ari.PlaybackFinished):
        uri = event.playback.target_uri
    elif isinstance(event, ari.RecordingStarted | ari.RecordingFinished | ari.RecordingFailed):
        uri = event.recording.target_uri
    else:
        return ""
    return uri.partition(":")[2]
