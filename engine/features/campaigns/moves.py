"""How contacts and campaigns move: each step is one change of rows in the caller's transaction, with its event."""

from typing import Any

from sqlalchemy import Connection

from engine.features.campaigns import outcome
from engine.features.campaigns.contact import Status
from engine.features.campaigns.events import CampaignEnded, CampaignPaused, ContactEnded
from engine.features.campaigns.model import Campaign, Counts, State
from engine.features.campaigns.outcome import Ended
from engine.features.campaigns.store import campaigns, contacts
from engine.features.campaigns.store.contacts import Row
from engine.ids import new_id
from engine.platform import due_work, holds
from engine.platform.due_work import DueWork
from engine.store import events

KIND = "campaign"
"""Of the row of due work that a campaign has while it is scheduled or runs; its id is the campaign's."""


def wake(conn: Connection, campaign: Campaign, at: float) -> None:
    """Let a campaign be looked at, at a time."""
    due_work.put(conn, DueWork(id=campaign.id, kind=KIND, at=at, account=campaign.account))


def skip(conn: Connection, campaign: Campaign, row: Row, reason: str, now: float) -> None:
    """End a contact that must not be called."""
    row = contacts.change(conn, row, status=Status.SKIPPED, due=None, reason=reason, ended=now)
    campaigns.hold_less(conn, campaign, 1)
    _append_ended(conn, campaign, row, now)


def put_back(conn: Connection, campaign: Campaign, row: Row, due: float, now: float, *, reason: str = "") -> None:
    """Let a contact wait again whose call could not be placed; the attempt does not count. `reason`: why it waits.

    If the campaign is over, so is the contact.
    """
    if not campaign.state.busy:
        give_up(conn, row, "", now)
        return
    status = Status.RETRY if row.tries else Status.QUEUED
    contacts.change(conn, row, status=status, attempts=row.attempts - 1, call=None, due=due, reason=reason)
    campaigns.hold_more(conn, campaign, 1, now)


def give_up(conn: Connection, row: Row, reason: str, now: float) -> None:
    """End a contact of a campaign that was stopped, which was claimed and is not called any more."""
    fields = {"attempts": row.attempts - 1, "call": None, "reason": reason, "ended": now}
    contacts.change(conn, row, status=Status.TERMINATED, **fields)


def end_attempt(conn: Connection, campaign: Campaign, row: Row, ended: Ended, now: float, **fields: Any) -> Row:
    """End an attempt: the contact waits for another one if the ladder has one left, else it has ended."""
    wait = outcome.tried_again(ended.status, campaign.options, row.tries) if campaign.state.busy else None
    common = {"reason": ended.reason, "ended": now, **fields}
    if wait is None:
        row = contacts.change(conn, row, status=ended.status, due=None, **common)
        _append_ended(conn, campaign, row, now)
        return row
    tries = row.tries | {ended.status.value: row.tries.get(ended.status.value, 0) + 1}
    campaigns.hold_more(conn, campaign, 1, now)
    return contacts.change(conn, row, status=Status.RETRY, due=now + wait, tries=tries, **common)


def end_unplaced(conn: Connection, campaign: Campaign, row: Row, ended: Ended, now: float) -> None:
    """End an attempt that came to no call."""
    end_attempt(conn, campaign, contacts.change(conn, row, call=None), ended, now)


def look_again(conn: Connection, campaign: Campaign, now: float) -> None:
    """Let a campaign that runs be looked at now, or end if nobody is left."""
    if campaign.state is State.RUNNING and not end_if_done(conn, campaign, now):
        wake(conn, campaign, now)


def pause(conn: Connection, campaign: Campaign, reason: str, now: float) -> None:
    """Pause a campaign that runs, for a reason of ours (a sentence) or because it was asked for ("")."""
    campaigns.change(conn, campaign.id, state=State.PAUSED.value, reason=reason)
    due_work.remove(conn, campaign.id)
    paused = CampaignPaused(**_of(campaign, now), name=campaign.name, reason=reason)
    events.append(conn, paused)


def end_if_done(conn: Connection, campaign: Campaign, now: float) -> bool:
    """End a campaign of which nobody waits and nobody is called; whether it was ended."""
    if campaign.state is not State.RUNNING:
        return False
    if contacts.active(conn, campaign.id) or contacts.next_due(conn, campaign.id) is not None:
        return False
    end(conn, campaign, State.ENDED, now)
    return True


def end(conn: Connection, campaign: Campaign, state: State, now: float) -> None:
    """End a campaign: by itself (ENDED) or by a request (STOPPED)."""
    holds.end(conn, campaigns.purpose(campaign.id))
    due_work.remove(conn, campaign.id)
    campaigns.change(conn, campaign.id, state=state.value, ended=now, at=None, reason="")
    found = counts(conn, campaign)
    ended = CampaignEnded(
        **_of(campaign, now),
        name=campaign.name,
        stopped=state is State.STOPPED,
        counts={status.value: count for status, count in found.by_status.items()},
        price=found.price,
        currency=campaign.currency,
    )
    events.append(conn, ended)


def counts(conn: Connection, campaign: Campaign) -> Counts:
    """Return how many contacts a campaign has of each status, and sums."""
    found = contacts.sums(conn, campaign.id)
    held = holds.get(conn, campaigns.purpose(campaign.id))
    return Counts(
        by_status={status: count for status, count, _, _ in found},
        contacts=sum(count for _, count, _, _ in found),
        seconds=sum(seconds for _, _, seconds, _ in found),
        price=sum(price for _, _, _, price in found),
        held=held.amount if held else 0,
        due=contacts.next_due(conn, campaign.id),
    )


def _append_ended(conn: Connection, campaign: Campaign, row: Row, now: float) -> None:
    ended = ContactEnded(
        **_of(campaign, now),
        contact=row.id,
        number=row.number,
        status=row.status,
        call=row.call,
        attempts=row.attempts,
        seconds=row.seconds,
        playback=row.playback,
        digits=row.digits,
        reason=row.reason,
        price=row.price,
        currency=campaign.currency,
    )
    events.append(conn, ended)


def _of(campaign: Campaign, now: float) -> dict[str, Any]:
    return {
        "id": new_id("event"),
        "account": campaign.account,
        "subject": campaign.id,
        "root": campaign.id,
        "at": now,
    }
