"""The flow of a trace, message by message: direction, method or status, and whether it is a retransmission."""

from collections.abc import Iterator
from typing import NamedTuple

from engine.features.sip_traces.model import Dialog, SipMessage
from engine.features.sip_traces.reading import Read, read


class Step(NamedTuple):
    """A message. `sent` is whether Asterisk sent it; None: that cannot be known, because the beginning is missing.

    `repeated`: the same was sent before in this direction (RFC 3261 section 17). `gap`: messages may be missing before
    it.
    """

    message: SipMessage
    read: Read
    sent: bool | None
    repeated: bool
    gap: bool


def steps(dialog: Dialog, *, outbound: bool) -> list[Step]:
    """Return the messages of a Call-ID in their order; `outbound`: Asterisk sent its first INVITE."""
    return list(_steps(dialog, outbound))


def _steps(dialog: Dialog, outbound: bool) -> Iterator[Step]:
    readings = [read(message.content) for message in dialog.messages]
    ours = _our_place(dialog.messages, readings, outbound)
    seen: set[tuple[str, str, str, str, str]] = set()
    for place, (message, found) in enumerate(zip(dialog.messages, readings, strict=True)):
        mark = (message.source, found.method, f"{found.status}", found.cseq, found.branch)
        yield Step(
            message=message,
            read=found,
            sent=_sent(message, ours),
            repeated=mark in seen,
            gap=place in dialog.gaps,
        )
        seen.add(mark)


def _our_place(messages: tuple[SipMessage, ...], readings: list[Read], outbound: bool) -> str | None:
    """Return Asterisk's ADDRESS:PORT: HEP does not say which of the two is its own, but the first INVITE does."""
    for message, found in zip(messages, readings, strict=True):
        if found.opens:
            return message.source if outbound else message.target
    return None


def _sent(message: SipMessage, ours: str | None) -> bool | None:
    if ours is None:
        return None
    if ours in (message.source, message.target):
        return message.source == ours
    address = ours.rpartition(":")[0]  # over TCP each connection has a port of its own
    from_us, to_us = (place.rpartition(":")[0] == address for place in (message.source, message.target))
    return from_us if from_us != to_us else None
