"""How passcodes are shown: never with a code."""

import msgspec

from api.own import render
from engine.features.passcodes import model


def passcode(row: model.Passcode, account: str | None = None) -> render.Shape:
    """Return a passcode; `account`: its account's name, None: the id is shown."""
    return {
        "id": row.id,
        "account": account or row.account,
        "number": row.number,
        "way": row.way,
        "state": row.state.value,
        "reason": row.reason or None,
        "length": row.length,
        "tries": row.tries,
        "created": render.moment(row.created),
        "expires": render.moment(row.expires),
        "ended": render.moment(row.ended),
        "text": row.text or None,
        "call": row.call or None,
    }


def sending(row: model.Sending) -> render.Shape:
    """Return what an account has set, and whether it was stopped."""
    fields = msgspec.to_builtins(row.settings)
    return {**fields, "stopped": render.moment(row.stopped), "why": row.why or None}
