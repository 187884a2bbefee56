"""What a transfer leads to: parties who are rung while the transferor waits, or tasks that the party goes on with."""

from typing import NamedTuple

import msgspec

from engine.calls.connecting import REFUSED
from engine.calls.directory import Answering, NoDestination
from engine.calls.services import CallServices
from engine.commands import CommandRefused
from engine.model.cause import HangupCause
from engine.model.destination import MOST_HOPS, Diversions
from engine.model.leg_options import LegOptions
from engine.tasks.dial import Dial
from engine.tasks.go_to import GoTo
from engine.tasks.ring import LONGEST_SECONDS, Ring
from engine.tasks.transfer import Transfer

CODE = "*"
"""What the codes of phones begin with (engine.platform.codes)."""


class Way(NamedTuple):
    """Where a transfer leads: `ring` is who is rung, None where nobody is and the party goes on as `found` says.

    `diversions`: where the party is led if who is rung does not answer, for the `hops`th time.
    """

    found: Answering
    ring: Ring | None = None
    diversions: Diversions | None = None
    hops: int = 0


async def way_of(services: CallServices, account: str, task: Transfer) -> Way:
    """Find where a transfer leads; raises NoDestination, whose message says why it may not or cannot."""
    found = await _found(services, account, task)
    for _ in range(MOST_HOPS):
        match found.tasks:
            case (GoTo() as on,):
                found = await services.directory.lead(account, on.destination, hops=on.hops + 1)
            case (Dial() as dial,):
                return _dialled(services, found, account, dial, task)
            case (Ring() as ring,):
                return Way(found, _heard(ring, task), Diversions(no_answer=ring.otherwise), ring.hops)
            case _:
                return Way(found)
    raise NoDestination("It leads from one destination to the next too often.", HangupCause.LOOP, "loop")


async def _found(services: CallServices, account: str, task: Transfer) -> Answering:
    if not task.phone:
        return await services.directory.lead(account, task.to, hops=1)
    if task.to.startswith(CODE):
        raise NoDestination("A code of phones is for the phone that dials it: a call cannot be transferred to one.")
    found = await services.directory.from_extension(task.to, task.phone)
    if found is None or found.account != account:
        raise NoDestination("The extension that transfers the call is not there, or its account is disabled.")
    return found


def _dialled(services: CallServices, found: Answering, account: str, dial: Dial, task: Transfer) -> Way:
    try:
        services.admission.check(account, dial.to, dial.leg.caller)
        seconds = dial.leg.ring_seconds or services.settings.ring_seconds
        ring = Ring(members=(dial.to,), seconds=min(seconds, LONGEST_SECONDS), leg=LegOptions(caller=dial.leg.caller))
    except CommandRefused as error:
        cause = REFUSED.get(type(error), HangupCause.NOT_ALLOWED)
        raise NoDestination(str(error), cause, "not_allowed") from error
    except ValueError as error:
        raise NoDestination(str(error), HangupCause.INVALID_NUMBER) from error
    return Way(found, _heard(ring, task), dial.diversions, dial.hops)


def _heard(ring: Ring, task: Transfer) -> Ring:
    """Give a ring what the transfer says: what the party hears meanwhile, and for how long it rings."""
    leg = LegOptions(caller=ring.leg.caller, music=task.music, ringback="" if task.music else ring.leg.ringback)
    seconds = ring.seconds if task.ring_seconds is None else max(1.0, min(task.ring_seconds, LONGEST_SECONDS))
    return msgspec.structs.replace(ring, leg=leg, seconds=seconds, otherwise="")
