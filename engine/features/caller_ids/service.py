"""Caller ids: proved by a code, listed, chosen as default, removed.

A code is 6 random digits. It may be answered 5 times within 10 minutes, once rightly; the next one to the same number
replaces it. How many are sent is limited by number, by account and in all, for each is a text or call to somebody
who may not have asked for it.
"""

import hmac
from collections.abc import Callable
from functools import partial
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from engine.commands import Command, EngineUnavailable, LimitReached
from engine.features.caller_ids import model, sending, store
from engine.features.caller_ids.errors import NoCode, WrongCode
from engine.features.caller_ids.model import CallerId, Code, SentCode, WantedCode
from engine.features.errors import AlreadyThere, NotThere
from engine.features.messaging.model import VERIFICATION, Message, NewMessage
from engine.features.numbers.phone_numbers import normalise
from engine.ids import new_id
from engine.platform import audit, one_time_codes
from engine.platform.audit import Actor
from engine.platform.platform import Platform
from engine.store import accounts
from engine.store.accounts import Account

Check = Callable[[str, str, str | None], None]
R = TypeVar("R")


class Engine(Protocol):
    """Who places calls."""

    async def submit(self, command: Command[R]) -> R:
        """Carry out a command; raises CommandRefused."""


class Texts(Protocol):
    """Who sends texts (engine.features.messaging.service.MessageService)."""

    async def send(self, account: str, wanted: NewMessage, *, origin: str = "") -> Message:
        """Accept a text; raises CommandRefused."""


class CallerIds:
    """The caller ids of accounts. `check` refuses numbers that an account may not call."""

    def __init__(self, platform: Platform, check: Check, engine: Callable[[], Engine], texts: Texts) -> None:
        self._db, self._writer, self._clock = platform.database, platform.writer, platform.clock
        self._cache, self._refresh = platform.cache, platform.refresh
        self._check, self._engine, self._texts = check, engine, texts

    async def list_all(self, account: str) -> list[CallerId]:
        """Return an account's caller ids, the default one first."""
        return await self._db.read(partial(store.list, account=account))

    async def send(self, account: Account, wanted: WantedCode) -> SentCode:
        """Send a code to a number.

        Raises InvalidNumber, InvalidSetting, AlreadyThere if the account may show the number already, LimitReached for
        too many codes, and what a text or a call is refused for (NumberRefused, CallerRefused, CreditSpent, …).
        """
        sending.check(wanted)
        number = normalise(wanted.number, account.country)
        if number in self._cache.rules(account.id).owned and not wanted.again:
            raise AlreadyThere(f"This account may show {number} already.")
        if self._writer.out:
            raise EngineUnavailable("The store cannot be reached now. Try again.")
        self._check(account.id, number, None)
        code = self._new(account.id, number, wanted)
        await self._writer.write(lambda conn: _stored(conn, code))
        try:
            sent = await self._carried(code, wanted)
        except BaseException:
            self._writer.post(lambda conn: store.drop(conn, code.id))
            raise
        return SentCode(number=number, how=code.how, expires=code.expires, tries=code.tries, sent=sent)

    async def answer(
        self, by: Actor, account: Account, code: str, *, number: str | None = None, user: str | None = None
    ) -> CallerId:
        """Prove a number by its code; the account may show it from then on.

        Without a `number` the code may be that of any number; a `user`'s answer is to its own codes alone. A wrong one
        counts as a try of each code that it may have been meant for. Raises InvalidNumber, NoCode, WrongCode.
        """
        digits = None if number is None else normalise(number, account.country)
        given = "".join(code.split()).replace("-", "").encode()

        def unit(conn: Connection) -> str | None:
            codes = store.waiting(conn, account.id, digits, user, self._clock())
            if not codes:
                raise NoCode("There is no code to answer: none was sent, or it is too old, or was tried too often.")
            right = [each for each in codes if hmac.compare_digest(each.code.encode(), given)]
            for each in [] if right else codes:
                store.miss(conn, each.id)
            if not right:
                return None
            _proved(conn, by, account, right[-1])
            return right[-1].number

        proved = await self._writer.write(unit)
        if proved is None:
            raise WrongCode(f"The code is wrong. After {model.TRIES} wrong answers it does not count any more.")
        await self._refresh()
        return await self._shown(account.id, proved)

    async def remove(self, by: Actor, account: Account, number: str) -> None:
        """Forget a caller id, as the default too; raises InvalidNumber, NotThere."""
        digits = normalise(number, account.country)

        def unit(conn: Connection) -> None:
            if not accounts.remove_caller_id(conn, account.id, digits):
                raise _not_there(digits)
            store.forget_defaults(conn, account.id, digits)
            store.use(conn, account.id, digits)
            audit.record(conn, by, account=account.id, what="caller.removed", subject=digits)

        await self._writer.write(unit)
        await self._refresh()

    async def prefer(self, by: Actor, account: Account, number: str | None, user: str = "") -> None:
        """Choose the caller id that is shown by default, for a user or ("") for the account; None: the first number.

        Raises InvalidNumber, NotThere.
        """
        digits = None if number is None else normalise(number, account.country)

        def unit(conn: Connection) -> None:
            if digits is not None and digits not in accounts.caller_ids(conn, account.id):
                raise _not_there(digits)
            _preferred(conn, account.id, user, digits)
            after = {"default": digits} | ({"user": user} if user else {})
            audit.record(conn, by, account=account.id, what="caller.preferred", subject=digits or "", after=after)

        await self._writer.write(unit)
        await self._refresh()

    async def unprefer(self, by: Actor, account: Account, number: str, user: str = "") -> None:
        """Let a caller id not be the default any more, of a user or ("") of the account; another one stays the default.

        Raises InvalidNumber, NotThere.
        """
        digits = normalise(number, account.country)

        def unit(conn: Connection) -> None:
            found = {each.number: each for each in store.list(conn, account.id)}
            if digits not in found:
                raise _not_there(digits)
            was = store.default_of(conn, account.id, user) == digits if user else found[digits].default
            if not was:
                return
            _preferred(conn, account.id, user, None)
            after = {"default": None} | ({"user": user} if user else {})
            audit.record(conn, by, account=account.id, what="caller.preferred", subject=digits, after=after)

        await self._writer.write(unit)
        await self._refresh()

    async def default_of(self, account: str, user: str) -> str | None:
        """Return the caller id that a user chose; None: the account's default is shown."""
        return await self._db.read(lambda conn: store.default_of(conn, account, user))

    def _new(self, account: str, number: str, wanted: WantedCode) -> Code:
        now = self._clock()
        return Code(
            id=new_id("code"),
            account=account,
            user=wanted.user,
            number=number,
            how=wanted.how,
            code=one_time_codes.new_code(model.DIGITS),
            make_default=wanted.make_default,
            created=now,
            expires=now + model.VALID_SECONDS,
            tries=model.TRIES,
        )

    async def _carried(self, code: Code, wanted: WantedCode) -> str:
        """Send a code; returns the id of the text or call."""
        if code.how == "call":
            call = await self._engine().submit(sending.call_of(code, wanted))
            return call.id
        text = NewMessage(to=code.number, text=sending.text_of(wanted, code.code), valid_seconds=model.VALID_SECONDS)
        return (await self._texts.send(code.account, text, origin=VERIFICATION)).id

    async def _shown(self, account: str, number: str) -> CallerId:
        found = [each for each in await self.list_all(account) if each.number == number]
        if not found:
            raise _not_there(number)
        return found[0]


def _stored(conn: Connection, code: Code) -> None:
    """Store a code to be sent; raises LimitReached for one too many."""
    now, account, number = code.created, code.account, code.number
    store.forget(conn, now)
    if store.count(conn, now - model.AGAIN_SECONDS, account=account, number=number):
        raise LimitReached(f"A code was sent to this number less than {model.AGAIN_SECONDS:g} seconds ago.")
    limits = (
        (model.MOST_TO_NUMBER, store.count(conn, now - model.HOUR, number=number), "to this number"),
        (model.MOST_TO_NUMBER_A_DAY, store.count(conn, now - model.DAY, number=number), "to this number"),
        (model.MOST_OF_ACCOUNT, store.count(conn, now - model.HOUR, account=account), "by this account"),
        (model.MOST_OF_ACCOUNT_A_DAY, store.count(conn, now - model.DAY, account=account), "by this account"),
        (model.MOST_OF_ALL, store.count(conn, now - model.HOUR), "now"),
    )
    for most, sent, place in limits:
        if sent >= most:
            raise LimitReached(f"Too many codes were sent {place}. Try again later.")
    store.add(conn, code)


def _proved(conn: Connection, by: Actor, account: Account, code: Code) -> None:
    store.use(conn, account.id, code.number)
    accounts.add_caller_id(conn, account.id, code.number)
    if code.make_default:
        _preferred(conn, account.id, code.user, code.number)
    after = {"number": code.number, "how": code.how}
    audit.record(conn, by, account=account.id, what="caller.verified", subject=code.number, after=after)


def _preferred(conn: Connection, account: str, user: str, number: str | None) -> None:
    if user:
        store.prefer_for(conn, account, user, number)
    else:
        store.prefer(conn, account, number)


def _not_there(number: str) -> NotThere:
    return NotThere(f"{number} is not a caller id of this account.")
