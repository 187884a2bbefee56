"""What becomes of the calls and texts of campaigns: told once, with the consumer's cursor in the same transaction."""

from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy import Connection

from engine.events import CallAnswered, CallDialing, CallEnded, CallRinging, DigitReceived, Event
from engine.features.campaigns import moves, outcome, rivals
from engine.features.campaigns.around import Around
from engine.features.campaigns.contact import Status
from engine.features.campaigns.events import DoNotCallAdded
from engine.features.campaigns.live import Live
from engine.features.campaigns.model import Campaign, DoNotCall, State
from engine.features.campaigns.outcome import Ended
from engine.features.campaigns.store import campaigns, contacts, do_not_call
from engine.features.campaigns.store.contacts import Row
from engine.features.campaigns.trunk_outages import TrunkOutages, not_carried
from engine.features.messaging.events import MessageEnded, MessageSent
from engine.features.messaging.model import State as TextState
from engine.ids import new_id
from engine.model.call import Party
from engine.model.cause import HangupCause
from engine.platform.consumers import Done
from engine.platform.platform import Platform
from engine.store import events
from engine.store.events import StoredEvent

_LOST_TEXTS = (TextState.FAILED, TextState.EXPIRED)


class CampaignProgress:
    """The consumer. `hang_up` ends the call of who pressed the key for no more calls."""

    name = "campaigns"
    kinds: frozenset[type[Event]] | None = frozenset(
        {CallRinging, CallAnswered, CallEnded, DigitReceived, MessageSent, MessageEnded}
    )

    def __init__(
        self, platform: Platform, live: Live, hang_up: Callable[[str, str], Awaitable[None]], around: Around
    ) -> None:
        self._writer, self._scheduler, self._clock = platform.writer, platform.scheduler, platform.clock
        self._live, self._hang_up = live, hang_up
        self._queues, self._outages = around.queues, around.outages

    async def handle(self, events: Sequence[StoredEvent], done: Done) -> None:
        """Take events of all calls and texts, oldest first."""
        ours, reached = list[Event](), set[str]()
        for event in (each.event for each in events):
            if event.subject not in self._live and not isinstance(event, MessageEnded):
                continue
            if not isinstance(event, CallRinging | CallAnswered):
                ours.append(event)
            elif self._outages.carried(event.subject):
                reached.add(event.account)
        if not ours and not reached:
            return

        def unit(conn: Connection) -> list[DigitReceived]:
            now = self._clock()
            moved = [(event, row) for event in ours if (row := _moved(conn, event, now, self._outages))]
            ended = [row for event, row in moved if not isinstance(event, DigitReceived)]
            _look_again(conn, reached | {row.account for row in ended} | self._next_of_trunks(ended, now), now)
            done(conn)
            return [event for event, _ in moved if isinstance(event, DigitReceived)]

        for pressed in await self._writer.write(unit):
            await self._hang_up(pressed.account, pressed.subject)
        for event in ours:
            if not isinstance(event, DigitReceived):
                self._live.drop(event.subject)
        self._scheduler.wake()

    def _next_of_trunks(self, ended: Sequence[Row], now: float) -> set[str]:
        """Return the accounts whose turn it is at the trunks that have a place now."""
        trunks = {row.trunk for row in ended if row.trunk is not None}
        return {account for trunk in trunks for account in self._queues.waiting(trunk, now)[:1]}


def _moved(conn: Connection, event: Event, now: float, outages: TrunkOutages) -> Row | None:
    """Move the contact of a call or a text by an event of it; None: it is of none, or has moved already."""
    row = contacts.of_call(conn, event.subject)
    campaign = campaigns.get(conn, row.campaign) if row else None
    if row is None or campaign is None:
        return None
    match event:
        case DigitReceived():
            return row if _opted_out(conn, campaign, row, event, now) else None
        case CallEnded() if row.status is Status.ACTIVE:
            _call_ended(conn, campaign, row, event, now, outages)
        case MessageSent() if row.status is Status.ACTIVE:
            moves.end_attempt(conn, campaign, row, Ended(Status.COMPLETED), now, price=row.price + event.price)
        case MessageEnded(state=state) if row.status in (Status.ACTIVE, Status.COMPLETED):
            return row if _text_ended(conn, campaign, row, state, event.reason, now) else None
        case _:
            return None
    return row


def _opted_out(conn: Connection, campaign: Campaign, row: Row, event: DigitReceived, now: float) -> bool:
    """Put who pressed the key on the account's list; whether that was it."""
    if not campaign.options.opt_out_key or event.digit != campaign.options.opt_out_key:
        return False
    if row.status is not Status.ACTIVE:
        return False
    entry = DoNotCall(account=campaign.account, number=row.number, at=event.at, why=do_not_call.KEY)
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


def _call_ended(
    conn: Connection, campaign: Campaign, row: Row, event: CallEnded, now: float, outages: TrunkOutages
) -> None:
    found = [stored.event for stored in events.of_subject(conn, event.subject)]
    if campaign.state is not State.STOPPED and _withdrawn(event, found):
        moves.put_back(conn, campaign, row, now, now)
        return
    if campaign.state is not State.STOPPED and (outage := not_carried(event, found)):
        outages.note(outage, now)
        row = contacts.change(conn, row, trunk=outage.trunk)
        reason = f"The trunk {outage.trunk} takes no calls ({outage.reason})."
        moves.put_back(conn, campaign, row, now, now, reason=reason)
        return
    outages.carried(event.subject)
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
    """Let an account's campaigns use the places that are free now; one of which nobody is left ends."""
    for account in accounts:
        there = rivals.in_order(conn, account)
        for place, campaign in enumerate(there):
            if not moves.end_if_done(conn, campaign, now):
                moves.wake(conn, campaign, now - (len(there) - place) * rivals.ORDER_SECONDS)
