"""Numbers: their accounts, and what they lead to."""

import builtins

import msgspec
from sqlalchemy import Connection, bindparam, delete, null, update
from sqlalchemy.exc import IntegrityError

from engine.model.destination import Destination
from engine.store.errors import StoreConflict
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement
from engine.store.tables import numbers

VOICE, SMS = "voice", "sms"
CAPABILITIES = frozenset({VOICE, SMS})


class Number(msgspec.Struct, frozen=True, kw_only=True):
    """A number (digits, or a short code such as 500) with one capability, owned by an account.

    It leads to an `application` or to another `destination` (as stored); both None: to nothing. A number with both
    capabilities has two rows. `fax_to` is where calls for it go whose party is a fax machine (a destination as stored),
    "" for nowhere.
    """

    number: str
    account: str
    application: str | None = None
    capability: str = VOICE
    destination: str | None = None
    fax_to: str = ""

    @property
    def leads_to(self) -> Destination | None:
        """What the number leads to; None: nothing."""
        if self.application:
            return Destination("application", self.application)
        return Destination.read(self.destination) if self.destination else None


_number = Mapped(Number, numbers)
_assign = Statement(
    lambda insert: (
        insert(numbers)
        .values({c.name: bindparam(c.name) for c in numbers.c})
        .on_conflict_do_update(
            index_elements=[numbers.c.number, numbers.c.capability],
            set_={name: bindparam(name) for name in ("application", "destination", "fax_to")},
            where=numbers.c.account == bindparam("account"),
        )
    )
)
_release = Statement(delete(numbers).where(numbers.c.number == bindparam("number")))
_ORDER = (numbers.c.number, numbers.c.capability.desc())  # voice before sms
_of_number = Statement(_number.select.where(numbers.c.number == bindparam("number")).order_by(*_ORDER))
_of_account = Statement(_number.select.where(numbers.c.account == bindparam("account")).order_by(*_ORDER))
_all = Statement(_number.select.order_by(*_ORDER))
_OWNED = (
    numbers.c.number == bindparam("the_number"),
    numbers.c.capability == bindparam("the_capability"),
    numbers.c.account == bindparam("account"),
)
_lead = Statement(
    update(numbers).where(*_OWNED).values(application=bindparam("application"), destination=null(), fax_to="")
)
_leads = numbers.c.application == bindparam("the_application")
_unassign = Statement(update(numbers).where(*_OWNED, _leads).values(application=null()))


def assign(conn: Connection, number: Number) -> None:
    """Store a number of an account with its application or destination.

    Raises StoreConflict if another account has the number, with any capability.
    """
    if any(row.account != number.account for row in of(conn, number.number)):
        raise StoreConflict(f"Another account has the number {number.number}.")
    try:
        if _assign.run(conn, **plain(number)):
            return
    except IntegrityError as error:
        raise StoreConflict("There is no such account or application.") from error
    raise StoreConflict(f"Another account has the number {number.number}.")


def lead(conn: Connection, account: str, number: str, capability: str, application: str) -> bool:
    """Lead an account's number, also its faxes, to an application; returns False if the account has no such number."""
    values = {"account": account, "the_number": number, "the_capability": capability, "application": application}
    return _lead.run(conn, **values) > 0


def unassign(conn: Connection, account: str, number: str, capability: str, application: str) -> bool:
    """Lead an account's number to nothing; returns False if it has none that leads to this application."""
    values = {"account": account, "the_number": number, "the_capability": capability, "the_application": application}
    return _unassign.run(conn, **values) > 0


def release(conn: Connection, number: str) -> bool:
    """Delete a number with all its capabilities; returns False if no account had it."""
    return _release.run(conn, number=number) > 0


def get(conn: Connection, number: str, capability: str = VOICE) -> Number | None:
    """Return a number that has this capability."""
    return next((row for row in of(conn, number) if row.capability == capability), None)


def of(conn: Connection, number: str) -> builtins.list[Number]:
    """Return a number's rows, one for each capability."""
    return _number.all(conn, _of_number, number=number)


def list(conn: Connection, account: str | None = None) -> builtins.list[Number]:
    """Return an account's numbers; those of all accounts without an account."""
    return _number.all(conn, _all) if account is None else _number.all(conn, _of_account, account=account)
