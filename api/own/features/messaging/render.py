"""Renders texts and their settings."""

from api.own import render
from engine.features.messaging.configuration.keywords import KeywordView
from engine.features.messaging.configuration.model import OptOut
from engine.features.messaging.configuration.rates import ListedMessageRate
from engine.features.messaging.configuration.smscs import SmscView, settings_of
from engine.features.messaging.model import Message, MessageRoute, Part, State, TextingRules
from engine.features.messaging.receiving.unmatched import UnmatchedMessage
from engine.tasks.secret import MASK

Shape = render.Shape


def message(row: Message, account: str | None = None) -> Shape:
    """A text; with its account's name if that is given."""
    return {
        "id": row.id,
        "account": account or row.account,
        "direction": row.direction,
        "sender": row.sender,
        "recipient": row.recipient,
        "text": MASK if row.masked else row.text,
        "state": row.state,
        "reason": row.reason,
        "parts": row.parts,
        "price": render.money(row.price),
        "currency": row.currency,
        "carrier": row.carrier,
        "created": render.moment(row.created),
        "at": render.moment(row.due) if row.state is State.QUEUED else None,
        "sent": render.moment(row.sent),
        "ended": render.moment(row.ended),
        "application": row.application,
        "reply_to": row.reply_to or None,
        "origin": row.origin,
        "user": row.user,
        "files": row.files,
    }


def part(row: Part) -> Shape:
    """A part of a text that is sent."""
    return {
        "number": row.number,
        "state": row.state,
        "reason": row.reason,
        "carrier": row.carrier,
        "carrier_id": row.carrier_id or None,
        "at": render.moment(row.at),
    }


def unmatched(row: UnmatchedMessage) -> Shape:
    """A text that reached no number."""
    return {
        "id": row.id,
        "at": render.moment(row.at),
        "carrier": row.carrier,
        "sender": row.sender,
        "recipient": row.recipient,
        "text": row.text,
        "reason": row.reason,
    }


def smsc(view: SmscView) -> Shape:
    """An SMSC, without its password."""
    row = view.smsc
    return {
        "name": row.name,
        "host": row.host,
        "port": row.port,
        "user": row.system_id,
        "per_second": row.per_second,
        "country": row.country,
        "disabled": row.disabled,
        "settings": settings_of(row),
        "routes": [route(each) for each in view.routes],
        "state": view.live.state,
        "since": render.moment(view.live.since),
        "error": view.live.error,
    }


def route(row: MessageRoute) -> Shape:
    """A route, its account by its name."""
    return {"prefix": row.prefix, "smsc": row.smsc, "account": row.account, "priority": row.priority}


def rate(listed: ListedMessageRate) -> Shape:
    """A rate of texts."""
    row = listed.rate
    price = render.money(row.per_part)
    return {"account": listed.account, "prefix": row.prefix, "price": price, "currency": row.currency}


def opt_out(row: OptOut) -> Shape:
    """A number that gets no texts."""
    return {"number": row.number, "since": render.moment(row.since), "word": row.word}


def rules(row: TextingRules) -> Shape:
    """What an account has set."""
    return {"sender": row.sender, "per_second": row.per_second, "stop_words": row.stop_words}


def keyword(view: KeywordView) -> Shape:
    """A keyword, its account by its name."""
    row = view.keyword
    return {"number": row.number, "word": row.word, "account": view.account, "leads_to": view.leads_to}
