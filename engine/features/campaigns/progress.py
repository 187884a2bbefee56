"""What becomes of the calls and texts of campaigns: told once, with the consumer's cursor in the same transaction."""

from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy import Connection

from engine.events import CallDialing, CallEnded, DigitReceived, Event
from engine.features.campaigns import moves, outcome
from engine.features.campaigns.events import DoNotCallAdded
from engine.features.campaigns.live import Live
from engine.features.campaigns.model import Campaign, DoNotCall, State, Status
from engine.features.campaigns.outcome import Ended
from engine.features.campaigns.store import campaigns, contacts, do_not_call
from engine.features.campaigns.store.contacts import Row
from engine.features.messaging.events import MessageEnded, MessageSent
from engine.features.messaging.model import State as TextState
from engine.ids import new_id
from engine.model.call import Party
from engine.model.cause import HangupCause
from engine.platform.consumers import Done
from engine.platform.platform import Platform
from engine.store import events
from engine.store.events import StoredEvent

KEY = "key"
"""Why a number is on the do-not-call list: it pressed the key."""
ORDER_SECONDS = 0.001
"""Between two rows of due work, so that they are taken in order."""
_LOST_TEXTS = (TextState.FAILED, TextState.EXPIRED)


class CampaignProgress:
    """The consumer. `hang_up` ends the call of who pressed the key that asks for no more."""

    name = "campaigns"
    kinds: frozenset[type[Event]] | None = frozenset({CallEnded, DigitReceived, MessageSent, MessageEnded})

    def __init__(self, platform: Platform, live: Live, hang_up: Callable[[str, str], Awaitable[None]]) -> None:
        self._writer, self._scheduler, self._clock = platform.writer, platform.scheduler, platform.clock
        self._live, self._hang_up = live, hang_up

    async def handle(self, events: Sequence[StoredEvent], done: Done) -> None:
        """Take events of all calls and texts, oldest first."""
        ours = [
            each.event for each in events if each.event.subject in self._live or isinstance(each.event, MessageEnded)
        ]
        if not ours:
            return

        def unit(conn: Connection) -> list[DigitReceived]:
            now = self._clock()
            moved = [event for event in ours if _moved(conn, event, now)]
            _look_again(conn, {event.account for event in moved if not isinstance(event, DigitReceived)}, now)
            done(conn)
            return [event for event in moved if isinstance(event, DigitReceived)]

        for pressed in await self._writer.write(unit):
            await self._hang_up(pressed.account, pressed.subject)
        for event in ours:
            if not isinstance(event, DigitReceived):
                self._live.drop(event.subject)
        self._scheduler.wake()


def _moved(conn: Connection, event: Event, now: float) -> bool:
    """Move the contact of a call or a text by an event of it; False: it is of none, or has moved already."""
    row = contacts.of_call(conn, event.subject)
    campaign = campaigns.get(conn, row.campaign) if row else None
    if row is None or campaign is None:
        return False
    match event:
        case DigitReceived():
            return _opted_out(conn, campaign, row, event, now)
        case CallEnded() if row.status is Status.ACTIVE:
            _call_ended(conn, campaign, row, event, now)
        case MessageSent() if row.status is Status.ACTIVE:
            moves.end_attempt(conn, campaign, row, Ended(Status.COMPLETED), now, price=row.price + event.price)
        case MessageEnded(state=state) if row.status in (Status.ACTIVE, Status.COMPLETED):
            return _text_ended(conn, campaign, row, state, event.reason, now)
        case _:
            return False
    return True


def _opted_out(conn: Connection, campaign: Campaign, row: Row, event: DigitReceived, now: float) -> bool:
    """Put who pressed the key on the account's list; whether that was it."""
    if not campaign.options.opt_out_key or event.digit != campaign.options.opt_out_key:
        return False
    if row.status is not Status.ACTIVE:
        return False
    entry = DoNotCall(account=campaign.account, number=row.number, at=event.at, why=KEY)
    if do_not_call.put(conn, entry):
        noted = DoNotCallAdded(
            id=new_id("event"),
            account=campaign.account,
            subject=campaign.id,
            root=campaign.id,
            at=now,
            number=row.number,
            call=event.subject,
        )
        events.append(conn, noted)
    return True


def _call_ended(conn: Connection, campaign: Campaign, row: Row, event: CallEnded, now: float) -> None:
    found = [stored.event for stored in events.of_subject(conn, event.subject)]
    if campaign.state is not State.STOPPED and _withdrawn(event, found):
        moves.put_back(conn, campaign, row, now, now)
        return
    facts = outcome.facts(found, row.message_seconds)
    ended = outcome.of_call(
        event,
        facts,
        machine=row.machine,
        policy=campaign.options.machine,
        stopped=campaign.state is State.STOPPED,
    )
    key = campaign.options.opt_out_key
    if key and key in facts.digits:
        ended = Ended(Status.OPTED_OUT)
    moves.end_attempt(
        conn,
        campaign,
        row,
        ended,
        now,
        seconds=event.seconds if event.answered else row.seconds,
        playback=facts.playback if event.answered else row.playback,
        digits=facts.digits,
        recording=facts.recording,
        price=row.price + event.price,
    )


def _withdrawn(event: CallEnded, found: Sequence[Event]) -> bool:
    """Whether a call was not dialled, because by its turn something spoke against it (engine.calls.outbound.dial)."""
    ours = (event.cause, event.hung_up_by) == (HangupCause.CANCELLED.value, Party.US.value)
    return ours and not event.answered and not any(isinstance(each, CallDialing) for each in found)


def _text_ended(conn: Connection, campaign: Campaign, row: Row, state: TextState, reason: str, now: float) -> bool:
    """End a text's attempt: what is not known to be lost counts as sent. Whether that is new."""
    if state in _LOST_TEXTS:
        stopped = campaign.state is State.STOPPED and row.status is Status.ACTIVE
        moves.end_attempt(conn, campaign, row, Ended(Status.TERMINATED if stopped else Status.FAILED, reason), now)
    elif row.status is Status.ACTIVE:
        moves.end_attempt(conn, campaign, row, Ended(Status.COMPLETED, reason), now)
    else:
        return False
    return True


def _look_again(conn: Connection, accounts: set[str], now: float) -> None:
    """Let an account's campaigns use the places that are free now; one of which nobody is left ends.

    They are looked at by their priority; of equal ones, first the one that has the fewest calls, or called nobody for
    the longest time.
    """
    for account in accounts:
        there = sorted(campaigns.rivals(conn, account), key=lambda each: _order(conn, each))
        for place, campaign in enumerate(there):
            if not moves.end_if_done(conn, campaign, now):
                moves.wake(conn, campaign, now - (len(there) - place) * ORDER_SECONDS)


def _order(conn: Connection, campaign: Campaign) -> tuple[int, int, float]:
    return -campaign.options.priority, contacts.active(conn, campaign.id), campaigns.next_call(conn, campaign.id)
