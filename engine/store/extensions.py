"""Extensions: internal numbers of accounts, whose phones register here."""

import builtins
from enum import StrEnum

import msgspec
from sqlalchemy import Connection, bindparam, delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from engine.ids import new_id
from engine.store.errors import StoreConflict
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement, insert_into
from engine.store.tables import extensions, sip_users

BROWSER = "web-"
"""What the SIP user name of an extension's browsers begins with: the rest is the one of its phones."""


class Srtp(StrEnum):
    """Whether the sound of an extension's phones is encrypted (RFC 4568)."""

    OPTIONAL = "optional"  # phones with and without it
    REQUIRED = "required"  # in an offer of RTP/SAVP; a phone without it has no calls


class Dtmf(StrEnum):
    """How digits travel between Asterisk and an extension's phones: `dtmf_mode` of an endpoint (res_pjsip)."""

    AUTO = "auto"  # RFC 4733; tones with a phone whose SDP has no telephone-event
    AUTO_INFO = "auto_info"  # RFC 4733; SIP INFO with such a phone
    RFC4733 = "rfc4733"
    INFO = "info"  # SIP INFO (RFC 6086)
    INBAND = "inband"  # tones


class Records(StrEnum):
    """Which calls of an extension with another party are recorded."""

    NEVER = "never"
    IN = "in"  # those that it takes
    OUT = "out"  # those that it makes
    BOTH = "both"

    @property
    def incoming(self) -> bool:
        """Whether calls are that the extension takes."""
        return self in (Records.IN, Records.BOTH)

    @property
    def outgoing(self) -> bool:
        """Whether calls are that the extension makes."""
        return self in (Records.OUT, Records.BOTH)


class Extension(msgspec.Struct, frozen=True, kw_only=True):
    """A number of 2 to 6 digits within an account, the SIP user name and password of its phone, and its display name.

    `application`, if it asks (engine.store.applications), decides what each call of the phone does.
    `no_answer` (after `ring_seconds`; None: as long as a call may ring), `busy` and `unregistered` are the destinations
    (as stored, "" for none) of calls that the phone does not take. `always` is that of every call: the phone does not
    ring. `do_not_disturb`: it is busy for whoever calls. `call_waiting`: it rings also while it is in a call.
    `owner` is the id of the user whose phone it is. `max_contacts` phones may be registered at once, and with `webrtc`
    as many browsers. `id` is never given to another extension, as its number may be.
    `codecs` are names of Asterisk in their order, with commas; "": the usual ones. `outbound_caller` are the digits of
    the number that its calls to numbers outside show; "": the one that the account shows. `record_external`: which of
    its calls with numbers outside are recorded; `record_internal`: of those with extensions of the account.
    """

    account: str
    number: str
    sip_user: str
    password: str
    name: str = ""
    application: str | None = None
    no_answer: str = ""
    busy: str = ""
    unregistered: str = ""
    always: str = ""
    do_not_disturb: bool = False
    call_waiting: bool = True
    ring_seconds: float | None = None
    owner: str | None = None
    max_contacts: int = 5
    webrtc: bool = False
    srtp: Srtp = Srtp.OPTIONAL
    dtmf: Dtmf = Dtmf.AUTO
    codecs: str = ""
    outbound_caller: str = ""
    record_external: Records = Records.NEVER
    record_internal: Records = Records.NEVER
    id: str = msgspec.field(default_factory=lambda: new_id("extension"))

    @property
    def browser_user(self) -> str:
        """The SIP user name of its browsers."""
        return f"{BROWSER}{self.sip_user}"

    @property
    def sip_users(self) -> tuple[str, ...]:
        """The SIP user names of its phones and, where it has them, of its browsers: the names of its endpoints."""
        return (self.sip_user, self.browser_user) if self.webrtc else (self.sip_user,)


_extension = Mapped(Extension, extensions)
_insert = insert_into(extensions)
_THE_ONE = (extensions.c.number == bindparam("the_number"), extensions.c.account == bindparam("the_account"))
_DIVERTED = ("no_answer", "busy", "unregistered", "always", "do_not_disturb", "call_waiting", "ring_seconds")
_EQUIPPED = (
    *("name", "max_contacts", "webrtc", "srtp", "password"),
    *("dtmf", "codecs", "outbound_caller", "record_external", "record_internal"),
)
_divert = Statement(update(extensions).where(*_THE_ONE).values({name: bindparam(name) for name in _DIVERTED}))
_equip = Statement(update(extensions).where(*_THE_ONE).values({name: bindparam(name) for name in _EQUIPPED}))
_give = Statement(update(extensions).where(*_THE_ONE).values(owner=bindparam("the_owner")))
_disown = Statement(update(extensions).where(extensions.c.owner == bindparam("the_owner")).values(owner=None))
_OF_ACCOUNT = extensions.c.account == bindparam("account")
_ONE = (_OF_ACCOUNT, extensions.c.number == bindparam("number"))
_remove = Statement(delete(extensions).where(*_ONE))
_get = Statement(_extension.select.where(*_ONE))
_of_account = Statement(_extension.select.where(_OF_ACCOUNT).order_by(extensions.c.number))
_all = Statement(_extension.select.order_by(extensions.c.number, extensions.c.account))
_holder = Statement(select(sip_users.c.account).where(sip_users.c.name == bindparam("name")))
_names = Statement(
    select(sip_users.c.name)
    .where(
        sip_users.c.account == bindparam("account"),
        or_(sip_users.c.name == bindparam("number"), sip_users.c.name.like(bindparam("pattern"))),
    )
    .order_by(sip_users.c.name)
)
_claim = Statement(
    lambda insert: (
        insert(sip_users).values(name=bindparam("name"), account=bindparam("account")).on_conflict_do_nothing()
    )
)


def add(conn: Connection, extension: Extension) -> None:
    """Store a new extension. Its SIP user name is then reserved for its account for ever.

    Raises StoreConflict if the account has that number, or another account has or had the SIP user name.
    """
    _claim.run(conn, name=extension.sip_user, account=extension.account)
    if holder_of(conn, extension.sip_user) != extension.account:
        raise StoreConflict(f"Another account has or had the SIP user name {extension.sip_user}.")
    try:
        _insert.run(conn, **plain(extension))
    except IntegrityError as error:
        raise StoreConflict(f"The extension {extension.number} exists already, or its account does not.") from error


def remove(conn: Connection, account: str, number: str) -> bool:
    """Remove an account's extension; returns False if there is none. Its SIP user name stays reserved."""
    return _remove.run(conn, account=account, number=number) > 0


def divert(conn: Connection, extension: Extension) -> None:
    """Store which calls an extension does not take, where they go, and how long it rings."""
    values = {name: getattr(extension, name) for name in _DIVERTED}
    _divert.run(conn, the_number=extension.number, the_account=extension.account, **values)


def equip(conn: Connection, extension: Extension) -> None:
    """Store the name of an extension, its phones' number, media and password, and what its calls show and record."""
    values = {name: getattr(extension, name) for name in _EQUIPPED}
    _equip.run(conn, the_number=extension.number, the_account=extension.account, **values)


def give(conn: Connection, extension: Extension) -> None:
    """Store to whom an extension belongs."""
    _give.run(conn, the_number=extension.number, the_account=extension.account, the_owner=extension.owner)


def disown(conn: Connection, user: str) -> None:
    """Let the extensions of a user (its id) belong to nobody."""
    _disown.run(conn, the_owner=user)


def get(conn: Connection, account: str, number: str) -> Extension | None:
    """Return an account's extension."""
    return _extension.one(conn, _get, account=account, number=number)


def holder_of(conn: Connection, sip_user: str) -> str | None:
    """Return the account that has or had a SIP user name; None if no account had it."""
    account: str | None = _holder.value(conn, name=sip_user)
    return account


def names_of(conn: Connection, account: str, number: str) -> builtins.list[str]:
    """Return the SIP user names that an account's extension of this number has or had."""
    return [row[0] for row in _names.all(conn, account=account, number=number, pattern=f"{number}-%")]


def list(conn: Connection, account: str | None = None) -> builtins.list[Extension]:
    """Return an account's extensions by number; those of all accounts without an account."""
    return _extension.all(conn, _all) if account is None else _extension.all(conn, _of_account, account=account)
