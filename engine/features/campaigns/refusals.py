"""What becomes of a contact whose call or text was refused, and of its campaign."""

from sqlalchemy import Connection

from engine.commands import CallBarred, CallerRefused, CommandRefused, CreditSpent, EngineUnavailable, LimitReached
from engine.features.campaigns import moves
from engine.features.campaigns.around import Around
from engine.features.campaigns.claiming import LONGEST_SECONDS
from engine.features.campaigns.contact import Status
from engine.features.campaigns.model import Campaign, State
from engine.features.campaigns.outcome import Ended
from engine.features.campaigns.purse import AGAIN_SECONDS, SHORT, Purse
from engine.features.campaigns.store import contacts
from engine.features.campaigns.store.contacts import Row

LATER_SECONDS = 1.0
"""Until a contact is tried again whose call could not be placed, by no fault of its own."""


def refused(conn: Connection, campaign: Campaign, row: Row, error: CommandRefused, now: float, around: Around) -> None:
    """Put a contact back whose turn comes again, or end it; pause a campaign that can call nobody."""
    match error:
        case CallBarred() | LimitReached() | EngineUnavailable():
            wait = 0.0 if isinstance(error, CallBarred) else LATER_SECONDS
            moves.put_back(conn, campaign, row, now + wait, now)
        case CreditSpent() if contacts.active(conn, campaign.id) > 1:  # its own calls may hold it
            moves.put_back(conn, campaign, row, now + LONGEST_SECONDS, now)
        case CreditSpent() if not _pays(conn, campaign, row, now, around):  # others may cost less
            moves.put_back(conn, campaign, row, now + AGAIN_SECONDS, now, reason=SHORT)
        case CreditSpent() | CallerRefused():
            moves.put_back(conn, campaign, row, now, now)
            if campaign.state is State.RUNNING:
                moves.pause(conn, campaign, str(error), now)
                return
        case _:
            moves.end_unplaced(conn, campaign, row, Ended(Status.SKIPPED, str(error)), now)
    moves.look_again(conn, campaign, now)


def _pays(conn: Connection, campaign: Campaign, row: Row, now: float, around: Around) -> bool:
    """Whether the money covers a contact once its share is held for the campaign again."""
    return Purse(conn, campaign, now, around).pays(row)
