"""Campaigns as they are shown."""

import msgspec

from api.own import render
from engine.features.campaigns import model
from engine.features.campaigns.contact import Added, BadContact, Contact


def campaign(row: model.Campaign, account: str | None = None) -> render.Shape:
    """A campaign; with its account's name if that is given."""
    return {
        "id": row.id,
        "account": account or row.account,
        "serial": row.serial,
        "name": row.name,
        "kind": row.kind,
        "description": row.description,
        "state": row.state,
        "created": render.moment(row.created),
        "at": render.moment(row.at),
        "started": render.moment(row.started),
        "ended": render.moment(row.ended),
        "reason": row.reason or None,
        "tags": list(row.tags),
        "message": msgspec.to_builtins(row.message),
        "options": msgspec.to_builtins(row.options),
        "currency": row.currency,
    }


def with_counts(row: model.Campaign, counts: model.Counts, account: str | None = None) -> render.Shape:
    """A campaign, and what became of its contacts."""
    return campaign(row, account) | {
        "due": render.moment(counts.due),
        "contacts": counts.contacts,
        "statuses": {status.value: count for status, count in counts.by_status.items()},
        "seconds": round(counts.seconds, 3),
        "price": render.money(counts.price),
        "held": render.money(counts.held),
    }


def contact(row: Contact) -> render.Shape:
    """A contact."""
    return {
        "id": row.id,
        "campaign": row.campaign,
        "number": row.number,
        "tags": row.tags,
        "status": row.status,
        "reason": row.reason or None,
        "attempts": row.attempts,
        "due": render.moment(row.due),
        "call": row.call,
        "called": render.moment(row.called),
        "ended": render.moment(row.ended),
        "seconds": None if row.seconds is None else round(row.seconds, 3),
        "playback": None if row.playback is None else round(row.playback, 3),
        "digits": row.digits,
        "machine": row.machine,
        "recording": row.recording or None,
        "price": render.money(row.price),
    }


def added(row: Added) -> render.Shape:
    """What became of contacts that were given."""
    return {"added": row.added, "duplicates": row.duplicates, "bad": [bad(each) for each in row.bad]}


def bad(row: BadContact) -> render.Shape:
    """A contact, or a number, that was not taken."""
    return {"line": row.line, "number": row.number, "reason": row.reason}


def started(row: model.Started) -> render.Shape:
    """A campaign that was started or scheduled."""
    return {"campaign": campaign(row.campaign), "contacts": row.contacts, "held": render.money(row.held)}


def plan(row: model.Plan) -> render.Shape:
    """What a start would do."""
    return {
        "contacts": row.contacts,
        "calls": row.calls,
        "begins": render.moment(row.begins),
        "ends": render.moment(row.ends),
        "per_minute": round(row.per_minute, 2),
        "message_seconds": round(row.message_seconds, 3),
        "price": render.money(row.price),
        "currency": row.currency,
        "skipped": [
            {"reason": each.reason, "contacts": each.contacts, "numbers": list(each.numbers)} for each in row.skipped
        ],
    }


def do_not_call(row: model.DoNotCall) -> render.Shape:
    """A number that is not called."""
    return {"number": row.number, "at": render.moment(row.at), "why": row.why}


def trunk(row: model.TrunkLimit) -> render.Shape:
    """What campaigns may take of a trunk."""
    return {"trunk": row.trunk, "per_second": row.per_second, "at_once": row.at_once}
