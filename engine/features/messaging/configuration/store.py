"""The settings of texts in the database. SMSCs' passwords are sealed there."""

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, and_, bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError

from engine.features.messaging.configuration.model import OptOut
from engine.features.messaging.model import Keyword, MessageRate, MessageRoute, Smsc, TextingRules
from engine.features.messaging.tables import (
    message_keywords,
    message_rates,
    message_routes,
    opt_outs,
    smscs,
    texting,
)
from engine.store.errors import StoreConflict
from engine.store.rows import Mapped, plain, seal_of
from engine.store.statement import Statement, insert_into


def _replacing(table: Table) -> Statement:
    """Return the statement that inserts a row, or replaces the one that has its key."""
    key = [column.name for column in table.primary_key]
    others: dict[str, Any] = {column.name: bindparam(column.name) for column in table.c if column.name not in key}
    return Statement(
        lambda insert: (
            insert(table)
            .values({column.name: bindparam(column.name) for column in table.c})
            .on_conflict_do_update(index_elements=key, set_=others)
        )
    )


_smsc, _route = Mapped(Smsc, smscs), Mapped(MessageRoute, message_routes)
_rate, _keyword = Mapped(MessageRate, message_rates), Mapped(Keyword, message_keywords)
_rules, _opt_out = Mapped(TextingRules, texting), Mapped(OptOut, opt_outs)
_s, _r, _k, _o = smscs.c, message_routes.c, message_keywords.c, opt_outs.c
_add_smsc = insert_into(smscs)
_change_smsc = Statement(
    update(smscs)
    .where(_s.name == bindparam("the_name"))
    .values({column.name: bindparam(column.name) for column in _s if column.name != "name"})
)
_remove_smsc = Statement(delete(smscs).where(_s.name == bindparam("name")))
_get_smsc = Statement(_smsc.select.where(_s.name == bindparam("name")))
_country = Statement(select(_s.country).where(_s.name == bindparam("name")))
_smscs = Statement(_smsc.select.order_by(_s.name))
_put_route = _replacing(message_routes)
_ONE_ROUTE = and_(
    _r.account == bindparam("the_account"), _r.prefix == bindparam("the_prefix"), _r.smsc == bindparam("the_smsc")
)
_remove_route = Statement(delete(message_routes).where(_ONE_ROUTE))
_clear_routes = Statement(delete(message_routes).where(_r.smsc == bindparam("the_smsc")))
_get_route = Statement(_route.select.where(_ONE_ROUTE))
_routes = Statement(_route.select.order_by(_r.account, _r.prefix, _r.priority, _r.smsc))
_clear_rates = Statement(delete(message_rates).where(message_rates.c.account == bindparam("account")))
_add_rate = insert_into(message_rates)
_rates = Statement(_rate.select.order_by(message_rates.c.account, message_rates.c.currency, message_rates.c.prefix))
_add_keyword = insert_into(message_keywords)
_ONE_KEYWORD = and_(_k.number == bindparam("the_number"), _k.word == bindparam("the_word"))
_remove_keyword = Statement(delete(message_keywords).where(_ONE_KEYWORD))
_get_keyword = Statement(_keyword.select.where(_ONE_KEYWORD))
_keywords = Statement(_keyword.select.order_by(_k.number, _k.word))
_put_rules = _replacing(texting)
_get_rules = Statement(_rules.select.where(texting.c.account == bindparam("account")))
_all_rules = Statement(_rules.select)
_put_opt_out = _replacing(opt_outs)
_ONE_OPT_OUT = and_(_o.account == bindparam("the_account"), _o.number == bindparam("the_number"))
_remove_opt_out = Statement(delete(opt_outs).where(_ONE_OPT_OUT))
_get_opt_out = Statement(_opt_out.select.where(_ONE_OPT_OUT))


def add_smsc(conn: Connection, smsc: Smsc) -> None:
    """Store a new SMSC; raises StoreConflict if the name is taken."""
    try:
        _add_smsc.run(conn, **_sealed(conn, smsc))
    except IntegrityError as error:
        raise StoreConflict(f"There is already an SMSC named {smsc.name!r}.") from error


def change_smsc(conn: Connection, smsc: Smsc) -> bool:
    """Store an SMSC's new version; False if there is none of its name."""
    values = _sealed(conn, smsc)
    return _change_smsc.run(conn, the_name=values.pop("name"), **values) > 0


def remove_smsc(conn: Connection, name: str) -> bool:
    """Delete an SMSC with its routes; False if there is none."""
    _clear_routes.run(conn, the_smsc=name)
    return _remove_smsc.run(conn, name=name) > 0


def smsc(conn: Connection, name: str) -> Smsc | None:
    """Return an SMSC with its password, or None."""
    found = _smsc.one(conn, _get_smsc, name=name)
    return found and _opened(conn, found)


def country_of(conn: Connection, name: str) -> str:
    """Return in which country an SMSC's numbers are read; "": they are international, or there is no such SMSC."""
    return str(_country.value(conn, name=name) or "")


def all_smscs(conn: Connection) -> list[Smsc]:
    """Return all SMSCs with their passwords, by name."""
    return [_opened(conn, found) for found in _smsc.all(conn, _smscs)]


def put_route(conn: Connection, route: MessageRoute) -> None:
    """Store a route, or its priority."""
    _put_route.run(conn, **plain(route))


def remove_route(conn: Connection, account: str, prefix: str, smsc: str) -> bool:
    """Delete a route; False if there is none."""
    return _remove_route.run(conn, the_account=account, the_prefix=prefix, the_smsc=smsc) > 0


def route(conn: Connection, account: str, prefix: str, smsc: str) -> MessageRoute | None:
    """Return a route, or None."""
    return _route.one(conn, _get_route, the_account=account, the_prefix=prefix, the_smsc=smsc)


def all_routes(conn: Connection) -> list[MessageRoute]:
    """Return all routes: everybody's first, then by account; by prefix and priority."""
    return _route.all(conn, _routes)


def clear_rates(conn: Connection, account: str) -> int:
    """Delete an account's own rates, or ("") the general ones; returns how many there were."""
    return _clear_rates.run(conn, account=account)


def load_rates(conn: Connection, rates: Iterable[MessageRate]) -> None:
    """Add rates."""
    _add_rate.many(conn, map(plain, rates))


def all_rates(conn: Connection) -> list[MessageRate]:
    """Return all rates."""
    return _rate.all(conn, _rates)


def add_keyword(conn: Connection, keyword: Keyword) -> None:
    """Store a keyword; raises StoreConflict if the number has it already."""
    try:
        _add_keyword.run(conn, **plain(keyword))
    except IntegrityError as error:
        raise StoreConflict(f"The number {keyword.number} has the keyword {keyword.word} already.") from error


def remove_keyword(conn: Connection, number: str, word: str) -> bool:
    """Delete a keyword; False if there is none."""
    return _remove_keyword.run(conn, the_number=number, the_word=word) > 0


def keyword(conn: Connection, number: str, word: str) -> Keyword | None:
    """Return a number's keyword, or None."""
    return _keyword.one(conn, _get_keyword, the_number=number, the_word=word)


def all_keywords(conn: Connection) -> list[Keyword]:
    """Return all keywords, by number."""
    return _keyword.all(conn, _keywords)


def put_rules(conn: Connection, rules: TextingRules) -> None:
    """Store an account's rules."""
    _put_rules.run(conn, **plain(rules))


def rules(conn: Connection, account: str) -> TextingRules:
    """Return an account's rules; the defaults if it has set none."""
    return _rules.one(conn, _get_rules, account=account) or TextingRules(account=account)


def all_rules(conn: Connection) -> list[TextingRules]:
    """Return the rules of all accounts that have set any."""
    return _rules.all(conn, _all_rules)


def put_opt_out(conn: Connection, opt_out: OptOut) -> None:
    """Store that a number gets no texts of an account."""
    _put_opt_out.run(conn, **plain(opt_out))


def remove_opt_out(conn: Connection, account: str, number: str) -> bool:
    """Let a number get an account's texts again; False if it did."""
    return _remove_opt_out.run(conn, the_account=account, the_number=number) > 0


def opt_out(conn: Connection, account: str, number: str) -> OptOut | None:
    """Return whether a number gets no texts of an account; None: it gets them."""
    return _opt_out.one(conn, _get_opt_out, the_account=account, the_number=number)


def opt_outs_of(conn: Connection, account: str, *, after: str = "", limit: int = 100) -> list[OptOut]:
    """Return an account's opt-outs by number; those `after` a number."""
    query = _opt_out.select.where(_o.account == account, _o.number > after).order_by(_o.number).limit(limit)
    return _opt_out.each(conn.execute(query))


def _sealed(conn: Connection, smsc: Smsc) -> dict[str, object]:
    seal = seal_of(conn)
    return plain(smsc) | ({"password": seal.close(smsc.password)} if seal and smsc.password else {})


def _opened(conn: Connection, smsc: Smsc) -> Smsc:
    seal = seal_of(conn)
    return msgspec.structs.replace(smsc, password=seal.open(smsc.password)) if seal else smsc
