"""Where the faxes go that come to a number for calls (engine.tasks.detect_fax)."""

import msgspec
from sqlalchemy import Connection

from engine.calls.directory import Answering
from engine.features.errors import InvalidSetting
from engine.model.destination import Destination
from engine.store import applications
from engine.store.numbers import VOICE, Number
from engine.tasks.ask import Ask
from engine.tasks.detect_fax import DetectFax

KIND = "fax"


def checked_for_faxes(stored: str) -> str:
    """Return a destination as stored; raises InvalidSetting for what takes no faxes. "": nowhere."""
    if stored and (kind := Destination.read(stored).kind) != KIND:
        raise InvalidSetting(f"fax_to must be a destination of the kind fax, such as fax or fax:office (got {kind}).")
    return stored


def check_listens(conn: Connection, row: Number) -> None:
    """Raise InvalidSetting if a number has fax_to, and its calls cannot be listened to."""
    if not row.fax_to:
        return
    if row.capability != VOICE:
        raise InvalidSetting(f"fax_to is for calls: a number for {row.capability} must have none.")
    application = applications.get(conn, row.application) if row.application else None
    if application and application.tasks is None:
        raise InvalidSetting(
            f"A number that leads to the application {application.name} must have no fax_to, because the application's"
            ' program says what its calls do: give fax_to as "", or let the number lead elsewhere.'
        )


def listening_for_faxes(answering: Answering, fax_to: str, written: str) -> Answering:
    """Let a call listen for a fax machine first; one that a program answers does not."""
    if not fax_to or not answering.tasks or isinstance(answering.tasks[0], Ask):
        return answering
    first = DetectFax(destination=fax_to, written=written)
    return msgspec.structs.replace(answering, tasks=(first, *answering.tasks))
