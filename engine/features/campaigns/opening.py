"""The first turn of a call whose campaign wants to know who answered: a person, or a machine, which may hear a message
behind its beep.
"""

from collections.abc import Callable

import msgspec
import structlog
from sqlalchemy import Connection

from engine.ari.errors import AriError
from engine.calls.conversation import Next
from engine.features.campaigns import placing
from engine.features.campaigns.placing import Opening
from engine.features.campaigns.store import contacts
from engine.model.call import Call
from engine.queues.roles import SteeringSubject
from engine.tasks.hang_up import HangUp

log = structlog.get_logger(__name__)
MACHINE = "machine"
"""The status of a detection (engine.tasks.results.Detected)."""


class CampaignOpening:
    """Leads the conversations (engine.calls.conversation.Conversation)."""

    async def turn(self, call: Call, state: str, on: SteeringSubject) -> Next:
        """Listen to who answered. Not being sure counts as a person: nobody is left without the message."""
        opening = msgspec.json.decode(state, type=Opening)
        if not await _is_machine(on):
            return Next(placing.after(opening))
        if opening.machine == "hang_up":
            return Next((HangUp(),), noting(call))
        await on.detector.quiet(on)
        return Next(placing.after(opening), noting(call))


async def _is_machine(on: SteeringSubject) -> bool:
    """Whether a machine answered; raises AriError if the call is over."""
    try:
        return (await on.detector.detect(on)).status == MACHINE
    except AriError as error:
        if await on.only_the_end(error):
            raise
        log.warning("Nobody knows whether a machine answered; it counts as a person.", error=str(error))
        return False


def noting(call: Call) -> Callable[[Connection], None]:
    """Return what notes that a machine answered."""

    def note(conn: Connection) -> None:
        if row := contacts.of_call(conn, call.id):
            contacts.change(conn, row, machine=True)

    return note
