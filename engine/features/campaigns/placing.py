"""What a contact's call does: the message, the keys, the recording, and what comes first if machines are detected."""

import msgspec

from engine.commands import PlaceCall
from engine.features.campaigns.model import Campaign, Machine, Options
from engine.features.campaigns.store.contacts import Row
from engine.model.leg_options import LegOptions
from engine.tasks import kinds
from engine.tasks.converse import Converse
from engine.tasks.detect_dtmf import DetectDtmf
from engine.tasks.hang_up import HangUp
from engine.tasks.kinds import AnyTask
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from engine.tasks.record import Record
from engine.tasks.say import Say

TOPIC = "campaign"
"""Of the conversation that finds out who answered."""


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """The state of that conversation: what is done with a machine, and the tasks that follow (JSON)."""

    machine: Machine
    tasks: str


def command_of(campaign: Campaign, row: Row, message: Play | Say) -> PlaceCall:
    """Return the command that calls a contact."""
    options = campaign.options
    return PlaceCall(
        account=campaign.account,
        id=row.call,
        callee=row.number,
        options=LegOptions(caller=options.caller, ring_seconds=options.ring_seconds),
        tasks=_tasks(options, message),
        max_seconds=options.max_seconds,
    )


def after(opening: Opening) -> tuple[AnyTask, ...]:
    """Return the tasks that follow it."""
    return tuple(kinds.decode_list(opening.tasks))


def _tasks(options: Options, message: Play | Say) -> tuple[AnyTask, ...]:
    recorder: tuple[AnyTask, ...] = (Record(both_sides=True),) if options.record else ()
    heard = _heard(options, message)
    if options.machine == "play":
        return (*recorder, *heard)
    opening = Opening(machine=options.machine, tasks=kinds.encode_list(heard))
    return (*recorder, Converse(topic=TOPIC, state=msgspec.json.encode(opening).decode()))


def _heard(options: Options, message: Play | Say) -> tuple[AnyTask, ...]:
    if not (options.keys or options.opt_out_key):
        return (message, HangUp())
    waiting: tuple[AnyTask, ...] = (Pause(seconds=options.seconds_for_keys),) if options.seconds_for_keys else ()
    return (DetectDtmf(), message, *waiting, HangUp())
