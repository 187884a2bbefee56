"""Rooms as they are shown."""

import msgspec

from api.own import render
from engine.commands import ConferenceView
from engine.features.rooms.model import Room, WithPins


def room(row: Room) -> render.Shape:
    """A room, without its PINs."""
    settings: render.Shape = msgspec.to_builtins(row.settings)
    times = {name: render.moment(getattr(row.settings, name)) for name in ("opens", "closes")}
    head = {"id": row.id, "number": row.number, "name": row.name}
    return head | settings | times | {"created": render.moment(row.created)}


def with_pins(made: WithPins) -> render.Shape:
    """A room with the PINs that were set."""
    pins = {"pin": made.pin, "admin_pin": made.admin_pin}
    return room(made.room) | {name: pin for name, pin in pins.items() if pin is not None}


def participants(row: Room, view: ConferenceView | None) -> render.Shape:
    """Who is in a room; None: no conference goes on in it."""
    if view is None:
        return {"conference": None, "locked": row.settings.locked, "muted": row.settings.muted, "participants": []}
    people = [
        {
            "call": one.call,
            "number": one.number,
            "admin": one.admin,
            "muted": one.muted,
            "joined": render.moment(one.joined),
        }
        for one in view.participants
    ]
    return {"conference": view.id, "locked": bool(view.locked), "muted": bool(view.muted), "participants": people}
