"""Renders voicemail boxes and their messages."""

from collections.abc import Mapping
from typing import Any

import msgspec

from api.own import render
from engine.features.voicemail.model import Box, Counts, Greeting, Message

Shape = render.Shape


def box(row: Box, counts: Counts, zero: dict[str, Any] | None) -> Shape:
    """Return a box with its counts, and where 0 leads as it is shown."""
    fields: Shape = msgspec.to_builtins(row)
    del fields["account"]
    shown = {"created": render.moment(row.created), "zero": zero, "new": counts.new, "old": counts.old}
    return fields | shown


def greeting(row: Greeting) -> Shape:
    """Return a greeting that is not spoken by a voice."""
    created = render.moment(row.created)
    return {"kind": row.kind, "bytes": row.bytes, "seconds": round(row.seconds, 3), "created": created}


def voicemail(row: Message, boxes: Mapping[str, str], account: str | None = None) -> Shape:
    """Return a message; `boxes` are numbers of boxes by their ids, `account` its account's name if that is given."""
    return {
        "id": row.id,
        "account": account or row.account,
        "box": boxes.get(row.box, row.box),
        "caller": row.caller,
        "withheld": row.withheld,
        "called": row.called,
        "call": row.call,
        "received": render.moment(row.received),
        "arrived": render.moment(row.arrived),
        "seconds": row.seconds,
        "bytes": row.bytes,
        "format": row.format,
        "folder": row.folder,
        "read": row.read,
        "deleted": render.moment(row.deleted),
        "origin": row.origin or None,
    }
