"""Renders pairs."""

import msgspec

from api.own import render
from engine.events import EndedLeg
from engine.features.pairs.model import Pair, State


def pair(row: Pair, account: str | None = None) -> render.Shape:
    """A pair; with its account's name if that is given."""
    ended = row.state is State.ENDED
    return {
        "id": row.id,
        "account": account or row.account,
        "first": row.first,
        "second": row.second,
        "state": row.state,
        "created": render.moment(row.created),
        "at": render.moment(row.at),
        "first_answered": render.moment(row.first_answered),
        "connected": render.moment(row.connected),
        "cancelled": render.moment(row.cancelled),
        "ended": render.moment(row.ended),
        "result": row.result,
        "reason": row.reason or None,
        "seconds": round(row.seconds, 3),
        "legs": [_leg(leg) for leg in row.legs],
        "price": render.money(row.price) if ended else None,
        "currency": row.currency,
    }


def _leg(leg: EndedLeg) -> render.Shape:
    shown: render.Shape = msgspec.to_builtins(leg)
    return shown | {"seconds": round(leg.seconds, 3), "price": render.money(leg.price)}
