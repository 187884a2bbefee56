"""Campaigns in the database, and the money that is held for them."""

from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, select, update

from engine.features.campaigns.model import Campaign, Message, Options, State
from engine.features.campaigns.tables import campaign_contacts, campaign_serials, campaigns
from engine.platform import holds, money
from engine.platform.ledger import Purpose
from engine.store.rows import Mapped, plain, to_json
from engine.store.statement import Statement, Updates, insert_into

KIND = "campaign"
_c = campaigns.c
_JSON = ("message", "options", "tags")
_rows = Mapped(
    Campaign,
    campaigns,
    converters={
        "message": lambda text: msgspec.json.decode(text, type=Message),
        "options": lambda text: msgspec.json.decode(text, type=Options),
        "tags": msgspec.json.decode,
    },
)
_insert = insert_into(campaigns)
_updates = Updates(campaigns, "id")
_get = Statement(_rows.select.where(_c.id == bindparam("the_id")))
_next_call = Statement(select(_c.next_call).where(_c.id == bindparam("the_id")))
_account_next_call = Statement(
    select(campaign_serials.c.next_call).where(campaign_serials.c.account == bindparam("the_account"))
)
_put_account_next_call = Statement(
    update(campaign_serials)
    .where(campaign_serials.c.account == bindparam("the_account"))
    .values(next_call=bindparam("at"))
)
_serials = Statement(
    lambda insert: (
        insert(campaign_serials)
        .values(account=bindparam("account"), campaigns=bindparam("campaigns"), contacts=bindparam("contacts"))
        .on_conflict_do_update(
            index_elements=["account"],
            set_={
                "campaigns": campaign_serials.c.campaigns + bindparam("campaigns"),
                "contacts": campaign_serials.c.contacts + bindparam("contacts"),
            },
        )
        .returning(campaign_serials.c.campaigns, campaign_serials.c.contacts)
    )
)


def next_serial(conn: Connection, account: str) -> int:
    """Return the serial of an account's next campaign."""
    row = _serials.first(conn, account=account, campaigns=1, contacts=0)
    assert row
    return int(row[0])


def next_contacts(conn: Connection, account: str, count: int) -> int:
    """Return the id of the first of so many new contacts of an account."""
    row = _serials.first(conn, account=account, campaigns=0, contacts=count)
    assert row
    return int(row[1]) - count + 1


def insert(conn: Connection, campaign: Campaign) -> None:
    """Store a new campaign."""
    _insert.run(conn, **_written(plain(campaign)), next_call=0.0)


def change(conn: Connection, id: str, **fields: Any) -> None:
    """Change fields of a campaign."""
    _updates.run(conn, id, _written(fields))


def get(conn: Connection, id: str) -> Campaign | None:
    """Return a campaign."""
    return _rows.one(conn, _get, the_id=id)


def next_call(conn: Connection, id: str) -> float:
    """Return when a campaign's pace allows the next call."""
    return float(_next_call.value(conn, the_id=id) or 0.0)


def next_call_of_account(conn: Connection, account: str) -> float:
    """Return when the pace that an account's campaigns have together allows the next call."""
    return float(_account_next_call.value(conn, the_account=account) or 0.0)


def put_next_call_of_account(conn: Connection, account: str, at: float) -> None:
    """Note when that is."""
    _put_account_next_call.run(conn, the_account=account, at=at)


def by_serial(conn: Connection, account: str, serial: int) -> Campaign | None:
    """Return a campaign by its serial."""
    found = _rows.each(conn.execute(_rows.select.where(_c.account == account, _c.serial == serial)))
    return found[0] if found else None


def page(conn: Connection, account: str | None, limit: int, before: str | None, offset: int = 0) -> list[Campaign]:
    """Return campaigns of an account, or of all, newest first; `before` is the last id of the page before."""
    query = _rows.select.order_by(_c.id.desc()).limit(limit).offset(offset)
    if account is not None:
        query = query.where(_c.account == account)
    if before is not None:
        query = query.where(_c.id < before)
    return _rows.each(conn.execute(query))


def count(conn: Connection, account: str) -> int:
    """Return how many campaigns an account has."""
    return int(conn.execute(select(func.count()).select_from(campaigns).where(_c.account == account)).scalar_one())


def of_state(conn: Connection, *states: State) -> list[Campaign]:
    """Return all campaigns of these states."""
    return _rows.each(conn.execute(_rows.select.where(_c.state.in_([state.value for state in states]))))


def rivals(conn: Connection, account: str) -> list[Campaign]:
    """Return the campaigns of an account that run."""
    return _rows.each(conn.execute(_rows.select.where(_c.account == account, _c.state == State.RUNNING.value)))


def delete_all(conn: Connection, id: str) -> None:
    """Delete a campaign with its contacts."""
    conn.execute(delete(campaign_contacts).where(campaign_contacts.c.campaign == id))
    conn.execute(delete(campaigns).where(_c.id == id))
    holds.end(conn, purpose(id))


def purpose(id: str) -> Purpose:
    """Return what money is held for, of a campaign."""
    return Purpose(KIND, id)


def hold_more(conn: Connection, campaign: Campaign, contacts: int, now: float) -> None:
    """Hold what so many contacts of a campaign cost, whatever the account has: they wait for another attempt."""
    note = f"campaign {campaign.name}"
    money.add(conn, campaign.account, purpose(campaign.id), campaign.held_each * contacts, now, note=note)


def hold_less(conn: Connection, campaign: Campaign, contacts: int) -> None:
    """Hold that no more: their calls hold their own, or there are none."""
    if campaign.held_each and contacts:
        holds.reduce(conn, purpose(campaign.id), campaign.held_each * contacts)


def _written(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: to_json(value) if name in _JSON else value for name, value in fields.items()}
