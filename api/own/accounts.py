"""Accounts and their keys as our own API shows them."""

from collections.abc import Callable

from api.dialects import OWN, Dialect
from api.own import render
from engine.features.accounts.model import AccountView, IssuedKey, Keys

DialectOf = Callable[[str], Dialect | None]


def shape(view: AccountView) -> render.Shape:
    """An account without its secrets, for the administrator."""
    return render.account(view.account, view.allowed, view.callers) | {
        "held": render.money(view.held),
        "closed": render.moment(view.account.closed),
    }


def keys(shown: Keys, dialect_of: DialectOf) -> render.Shape:
    """An account's keys and secrets by dialect, in each dialect's words."""
    fields: render.Shape = {"account": shown.account.id, "name": shown.account.name}
    for own in shown.own:
        dialect = dialect_of(own.dialect) or Dialect(name=own.dialect)
        fields[own.dialect] = {dialect.key: own.key, dialect.secret: own.secret}
        if own.dialect == OWN.name:
            fields[own.dialect]["token"] = f"{own.key}.{own.secret}"
    return fields | {issued.dialect: issued_key(issued, dialect_of(issued.dialect)) for issued in shown.issued}


def issued_key(issued: IssuedKey | None, dialect: Dialect | None) -> render.Shape:
    """An application's key, secret and first number in its dialect's words; empty where it has no key."""
    if issued is None or dialect is None:
        return {}
    number = f"+{issued.number}" if issued.number else None
    return {dialect.key: issued.key, dialect.secret: issued.secret, "number": number}
