"""Renders accounts and their keys for our own API."""

from collections.abc import Callable, Sequence

from api.dialects import OWN, Dialect
from api.own import render
from engine.features.accounts.model import AccountView, IssuedKey, Keys
from engine.features.users.model import User

DialectOf = Callable[[str], Dialect | None]


def shape(view: AccountView) -> render.Shape:
    """Return an account without its secrets, for the administrator."""
    return render.account(view.account, view.allowed, view.callers) | {
        "held": render.money(view.held),
        "closed": render.moment(view.account.closed),
    }


def keys(shown: Keys, dialect_of: DialectOf, users: Sequence[User] = ()) -> render.Shape:
    """Return an account's keys and secrets by dialect, in each dialect's terms, and what those show of its `users`."""
    fields: render.Shape = {"account": shown.account.id, "name": shown.account.name}
    for own in shown.own:
        dialect = dialect_of(own.dialect) or Dialect(name=own.dialect)
        fields[own.dialect] = {dialect.key: own.key, dialect.secret: own.secret}
        if own.dialect == OWN.name:
            fields[own.dialect]["token"] = f"{own.key}.{own.secret}"
        if dialect.more:
            fields[own.dialect] |= dialect.more(own.key, own.secret)
        if dialect.of_account:
            fields[own.dialect] |= dialect.of_account(shown.account.id)
        if dialect.of_user:
            fields[own.dialect]["users"] = {user.email: dialect.of_user(own.secret, user.id) for user in users}
        if dialect.number_leads_to:
            fields[own.dialect][dialect.number_name] = f"+{own.number}" if own.number else None
    return fields | {issued.dialect: issued_key(issued, dialect_of(issued.dialect)) for issued in shown.issued}


def issued_key(issued: IssuedKey | None, dialect: Dialect | None) -> render.Shape:
    """Return an application's key, secret and first number in its dialect's terms; empty if it has no key."""
    if issued is None or dialect is None:
        return {}
    number = f"+{issued.number}" if issued.number else None
    return {dialect.key: issued.key, dialect.secret: issued.secret, "number": number}
