"""Renders accounts and their keys for our own API."""

from collections.abc import Callable, Sequence

from api.dialects import OWN, Dialect
from api.own import render
from api.own.users import shape_with_password
from engine.features.accounts.model import AccountView, IssuedKey, Keys, Opened
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
            fields[own.dialect][dialect.number_name] = _international(own.number)
    return fields | {issued.dialect: issued_key(issued, dialect_of(issued.dialect)) for issued in shown.issued}


def opened(made: Opened, dialect_of: DialectOf) -> render.Shape:
    """Return a new account's keys, what it may call, its numbers, and its owner with the password that was made."""
    return keys(made.keys, dialect_of) | {
        "allowed": list(made.allowed),
        "texting_number": _international(made.texting_number),
        "fax_number": _international(made.fax_number),
        "owner": shape_with_password(made.owner) if made.owner else None,
    }


def issued_key(issued: IssuedKey | None, dialect: Dialect | None) -> render.Shape:
    """Return an application's key, secret and first number in its dialect's terms; empty if it has no key."""
    if issued is None or dialect is None:
        return {}
    return {dialect.key: issued.key, dialect.secret: issued.secret, "number": _international(issued.number)}


def _international(digits: str | None) -> str | None:
    return f"+{digits}" if digits else None
