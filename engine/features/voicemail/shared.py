"""What every part of the service of voicemail stands on."""

from typing import NamedTuple

from sqlalchemy import Connection

from engine.features.destinations.registry import Destinations
from engine.features.guesses.service import Guesses
from engine.features.users.passwords import Passwords
from engine.features.voicemail.directory import BoxDirectory
from engine.features.voicemail.events import VoicemailCounted, VoicemailDeleted
from engine.features.voicemail.model import Box, Counts, Message
from engine.features.voicemail.store import messages
from engine.ids import new_id
from engine.platform import due_work
from engine.platform.due_work import DueWork
from engine.platform.platform import Platform
from engine.store import events

FILE_KIND = "voicemail.file"
"""Work that is due: a file that belongs to nothing any more is removed. Its payload is the file's name, of a greeting
with UPLOAD before it."""
FILES_AT_ONCE = 8
"""How many are removed at the same time: a volume that hangs must hold up nothing else."""
UPLOAD = "upload:"


class Common(NamedTuple):
    """What the parts have in common."""

    platform: Platform
    destinations: Destinations
    directory: BoxDirectory
    passwords: Passwords
    guesses: Guesses


class Shared:
    """A part of the service."""

    def __init__(self, common: Common) -> None:
        self._common, self._platform = common, common.platform
        self._db, self._writer, self._clock = common.platform.database, common.platform.writer, common.platform.clock
        self._directory = common.directory


def let_go(conn: Connection, file: str, at: float) -> None:
    """Let a file be removed, also over a restart: in the transaction that takes away what it belonged to."""
    due_work.put(conn, DueWork(id=f"{FILE_KIND}:{file}", kind=FILE_KIND, at=at, payload=file))


def purge(conn: Connection, box: Box, message: Message, at: float) -> None:
    """Remove a message for good, with its event; its file goes afterwards."""
    messages.remove(conn, message.id)
    let_go(conn, message.file, at)
    events.append(conn, deleted(box, message, at, purged=True))


def deleted(box: Box, message: Message, at: float, *, purged: bool = False) -> VoicemailDeleted:
    """The event of a message that is not there any more."""
    return VoicemailDeleted(
        id=new_id("event"),
        account=box.account,
        subject=message.id,
        root=message.id,
        at=at,
        box=box.id,
        number=box.number,
        caller=message.caller,
        purged=purged,
    )


def counted(conn: Connection, box: Box, at: float) -> Counts:
    """Tell how many messages a box has now; returns it."""
    counts = messages.counts(conn, box.id)
    event = VoicemailCounted(
        id=new_id("event"),
        account=box.account,
        subject=box.id,
        root=box.id,
        at=at,
        number=box.number,
        extension=box.extension,
        user=box.user,
        new=counts.new,
        old=counts.old,
    )
    events.append(conn, event)
    return counts
