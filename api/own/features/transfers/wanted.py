"""A transfer in a request, made into a command."""

from api.own.errors import BadRequest
from api.own.features.transfers.schema import NewTransfer
from api.own.schema.engine_tasks import engine_tasks
from api.own.services import OwnServices
from engine.commands import TransferCall
from engine.features.accounts import Account
from engine.features.destinations.registry import Destinations
from engine.model.leg_options import LegOptions
from engine.tasks.menu import DIGITS
from engine.tasks.play import Play
from engine.tasks.ring import LONGEST_SECONDS
from engine.tasks.say import Say

MOST_ANNOUNCEMENTS = 10


def command_of(services: OwnServices, account: Account, call: str, wanted: NewTransfer) -> TransferCall:
    """Return the command; raises BadRequest, CommandRefused, FeatureError, PromptError."""
    if bool(wanted.to.strip()) == bool(wanted.to_call):
        raise BadRequest("Give either to or to_call.")
    if wanted.to_call and (wanted.announcement or wanted.ring_seconds is not None):
        raise BadRequest("announcement and ring_seconds are for a party that is rung: leave them out with to_call.")
    if wanted.accept and wanted.accept not in DIGITS:
        raise BadRequest("accept must be one of 0-9, *, # and A-D.")
    if wanted.accept and not wanted.announcement:
        raise BadRequest("accept needs an announcement, which says what to press.")
    if len(wanted.announcement) > MOST_ANNOUNCEMENTS:
        raise BadRequest(f"An announcement must have at most {MOST_ANNOUNCEMENTS} tasks.")
    if wanted.ring_seconds is not None and not 1 <= wanted.ring_seconds <= LONGEST_SECONDS:
        raise BadRequest(f"ring_seconds must be 1 to {LONGEST_SECONDS:g} (got {wanted.ring_seconds:g}).")
    try:
        LegOptions(music=wanted.music)
    except ValueError as error:
        raise BadRequest(str(error)) from error
    announcement = engine_tasks(wanted.announcement, account.country, "$.announcement")
    return TransferCall(
        account=account.id,
        call=call,
        to="" if wanted.to_call else _destination(services, account, wanted.to.strip()),
        to_call=wanted.to_call,
        announcement=tuple(task for task in announcement if isinstance(task, Play | Say)),
        accept=wanted.accept,
        music=wanted.music,
        ring_seconds=wanted.ring_seconds,
    )


def _destination(services: OwnServices, account: Account, to: str) -> str:
    """Return a destination as it is stored."""
    return services.features[Destinations].read(account, to)
