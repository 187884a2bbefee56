"""Passcodes: sent, sent again, verified and listed.

A passcode, its text and its place in the limits are stored in one transaction: kill -9 leaves all of them or none. A
call is stored as due work first, so that it is placed once whatever happens behind the commit.
"""

import hmac
from collections.abc import Callable
from typing import NamedTuple, Protocol

import msgspec
from sqlalchemy import Connection

from engine.commands import CommandRefused, EngineUnavailable
from engine.features.caller_ids.errors import NoCode, WrongCode
from engine.features.errors import NotThere, StoreError
from engine.features.messaging.model import VERIFICATION, Message, NewMessage
from engine.features.passcodes import model, progress, rules, store, tripwire, wording
from engine.features.passcodes.calling import Calling, attempt_of
from engine.features.passcodes.errors import PasscodesStopped
from engine.features.passcodes.model import Content, Passcode, Reason, Sent, State, WantedPasscode, Way
from engine.ids import new_id
from engine.platform import due_work, one_time_codes
from engine.platform.platform import Platform
from engine.store.accounts import Account
from engine.tasks.secret import Secret

SAFETY_SECONDS = 60.0
"""After which a call is looked for that a controller was to place and did not report."""
Check = Callable[[str, str, str | None], None]


class Texts(Protocol):
    """Who takes texts (engine.features.messaging.service.MessageService)."""

    def accept(self, conn: Connection, account: str, wanted: NewMessage, *, origin: str) -> Message:
        """Store a text, queued, in a transaction of the caller's; raises CommandRefused, with nothing stored."""

    def accepted(self, message: Message) -> None:
        """Note that the transaction is committed: it may leave."""


class _Stored(NamedTuple):
    """What a transaction stored: the passcode, and the text or call that is to bring it.

    `until`: until when it could be answered before it was sent again; None: it is new.
    """

    passcode: Passcode
    content: Content
    text: Message | None = None
    call: str = ""
    until: float | None = None


class PasscodeService:
    """The passcodes of accounts. `check` refuses numbers that an account may not call, or not show."""

    def __init__(self, platform: Platform, check: Check, texts: Texts, calling: Calling, live: set[str]) -> None:
        self._db, self._writer, self._clock = platform.database, platform.writer, platform.clock
        self._scheduler = platform.scheduler
        self._check, self._texts, self._calling, self._live = check, texts, calling, live

    async def send(self, account: Account, wanted: WantedPasscode) -> Sent:
        """Send a passcode; returns it with its code, for the caller alone.

        Raises InvalidNumber, InvalidSetting, LimitReached for too many, PasscodesStopped, CountryRefused, and what a
        text or a call is refused for (NumberRefused, CallerRefused, CreditSpent, LimitReached, EngineUnavailable).
        """
        rules.check(wanted)
        now = self._clock()
        passcode = Passcode(
            id=new_id(model.PREFIX),
            account=account.id,
            number=rules.number_of(wanted.number, account.country),
            way=wanted.way,
            state=State.SENDING,
            created=now,
            expires=now + wanted.valid_seconds,
            tries=model.TRIES,
            length=len(wanted.code.value) if wanted.code else wanted.length,
            valid_seconds=wanted.valid_seconds,
            fallback_seconds=wanted.fallback_seconds if wanted.way == "text" else None,
            verified_elsewhere=wanted.verified_elsewhere,
            address=rules.address_of(wanted.address),
        )
        content = Content(
            code=wanted.code.value if wanted.code else one_time_codes.new_code(wanted.length),
            message=wanted.message,
            locale=wanted.locale,
            voice=wanted.voice,
            sender=wanted.sender,
        )

        def unit(conn: Connection) -> _Stored | PasscodesStopped:
            if stopped := self._admit(conn, passcode, now):
                return stopped
            store.insert(conn, passcode, content)
            return self._start(conn, passcode, content, wanted.way, now)

        self._check_way(passcode, content, wanted.way)
        return await self._carry(await self._stored(unit))

    async def resend(self, account: str, id: str, way: Way | None = None) -> Sent:
        """Send a passcode's code again, by the same way or another; it may be answered as long as a new one.

        The answers that were given count further. Raises NotThere, NoCode if it has ended, and what `send` raises.
        """
        now = self._clock()

        def unit(conn: Connection) -> _Stored | PasscodesStopped:
            passcode = _open(conn, account, id, now)
            content = store.content_of(conn, id)
            assert content is not None
            if stopped := self._admit(conn, passcode, now):
                return stopped
            store.change(conn, id, expires=now + passcode.valid_seconds)
            again = msgspec.structs.replace(passcode, expires=now + passcode.valid_seconds)
            return self._start(conn, again, content, way or passcode.way, now)._replace(until=passcode.expires)

        passcode, content = await self._db.read(
            lambda conn: (_open(conn, account, id, now), store.content_of(conn, id))
        )
        if content is not None:
            self._check_way(passcode, content, way or passcode.way)
        return await self._carry(await self._stored(unit))

    async def verify(self, account: str, id: str, code: str) -> Passcode:
        """Compare an answer with a passcode's code; returns the passcode, verified.

        An answer is counted before it is compared, each in a transaction of its own after the other: of many at once
        only the tries that are left are looked at. Raises NotThere, NoCode, WrongCode.
        """
        given = "".join(code.split()).replace("-", "")[: 2 * model.LONGEST]

        def unit(conn: Connection) -> Passcode | None:
            now = self._clock()
            passcode = _open(conn, account, id, now)
            left = passcode.tries - 1
            store.change(conn, id, tries=left)
            right = hmac.compare_digest(store.digest_of(conn, id), store.digest(conn, id, given))
            if right:
                progress.verified(conn, passcode, now)
                return store.get(conn, id)
            if left <= 0:
                progress.fail(conn, passcode, Reason.TOO_MANY_TRIES, now)
            return None

        found = await self._writer.write(unit)
        if found is None:
            raise WrongCode(f"The code is wrong. After {model.TRIES} wrong answers it does not count any more.")
        return found

    async def get(self, account: str | None, id: str) -> Passcode:
        """Return a passcode, of an account or (None) of any; raises NotThere."""
        return await self._db.read(lambda conn: _found(conn, account, id))

    async def page(
        self, account: str | None = None, *, limit: int = 100, before: str | None = None, number: str | None = None
    ) -> list[Passcode]:
        """Return passcodes, the newest first; `before` is the last id of the previous page. Raises NotThere."""

        def read(conn: Connection) -> list[Passcode]:
            last = None if before is None else _found(conn, account, before)
            return store.page(conn, account, limit, last, number)

        return await self._db.read(read)

    def _check_way(self, passcode: Passcode, content: Content, way: Way) -> None:
        """Refuse what can be known before anything is stored; a text is checked when it is stored."""
        if self._writer.out:
            raise EngineUnavailable("The store cannot be reached now. Try again.")
        if way == "voice":
            self._check(passcode.account, passcode.number, content.sender)

    def _admit(self, conn: Connection, passcode: Passcode, now: float) -> PasscodesStopped | None:
        """Refuse one attempt too many; returns why sending is stopped, which must be committed, None: it is not."""
        sending = store.sending(conn, passcode.account)
        if sending.stopped is None:
            sending = tripwire.looked_at(conn, passcode.account, sending, now)
        if sending.stopped is not None:
            return PasscodesStopped(sending.why)
        rules.check_country(sending.settings, passcode.number)
        rules.check_limits(conn, sending.settings, passcode, now)
        return None

    def _start(self, conn: Connection, passcode: Passcode, content: Content, way: Way, now: float) -> _Stored:
        """Store a text, or a call that is to be placed."""
        progress.put_expiry(conn, passcode, passcode.expires)
        if way == "voice":
            call = new_id("call")
            store.add_attempt(conn, attempt_of(passcode, call, way, now))
            progress.put_call(conn, passcode, call, now + SAFETY_SECONDS)
            return _Stored(passcode, content, call=call)
        wanted = NewMessage(
            to=passcode.number,
            text=wording.text_of(content),
            sender=content.sender,
            valid_seconds=passcode.expires - now,
        )
        text = self._texts.accept(conn, passcode.account, wanted, origin=VERIFICATION)
        store.add_attempt(conn, attempt_of(passcode, text.id, way, now))
        if passcode.fallback_seconds is not None and store.attempt(conn, progress.fallback_call(passcode.id)) is None:
            progress.put_call(conn, passcode, progress.fallback_call(passcode.id), now + passcode.fallback_seconds)
        return _Stored(progress.sent(conn, passcode, way, text.id, now), content, text)

    async def _stored(self, unit: Callable[[Connection], _Stored | PasscodesStopped]) -> _Stored:
        try:
            stored = await self._writer.write(unit)
        except StoreError as error:
            raise EngineUnavailable(f"The store accepts nothing now: {error}") from error
        if isinstance(stored, PasscodesStopped):
            raise stored
        return stored

    async def _carry(self, stored: _Stored) -> Sent:
        """Let what was stored leave."""
        passcode, content = stored.passcode, stored.content
        if stored.text is not None:
            self._live.add(stored.text.id)
            self._texts.accepted(stored.text)
            self._scheduler.wake(min(passcode.expires, self._clock() + (passcode.fallback_seconds or model.DAY)))
        else:
            try:
                passcode = await self._calling.place(passcode, content, stored.call)
            except CommandRefused:
                await self._writer.write(lambda conn: _withdrawn(conn, stored))
                self._scheduler.wake(stored.until or passcode.expires)
                raise
            await self._writer.write(lambda conn: due_work.remove(conn, stored.call))
            self._scheduler.wake(passcode.expires)
        return Sent(
            passcode=passcode,
            code=Secret(content.code),
            message=Secret(wording.text_of(content)),
            spaced=Secret(wording.spaced_of(content)),
        )


def _withdrawn(conn: Connection, stored: _Stored) -> None:
    """Take back a call that was refused, and a passcode that nobody was told of, or the time it was to have longer."""
    passcode = stored.passcode
    due_work.remove(conn, stored.call)
    if stored.until is None:
        due_work.remove(conn, passcode.id)
        store.drop(conn, passcode.id)
        return
    store.drop_attempt(conn, stored.call)
    now = store.get(conn, passcode.id)
    if now is not None and not now.state.final and now.expires == passcode.expires:
        store.change(conn, passcode.id, expires=stored.until)
        progress.put_expiry(conn, passcode, stored.until)


def _open(conn: Connection, account: str, id: str, now: float) -> Passcode:
    """Return a passcode that can be answered; raises NotThere, NoCode."""
    passcode = _found(conn, account, id)
    if passcode.state.final or passcode.expires <= now or passcode.tries <= 0:
        raise NoCode("This passcode cannot be answered any more: it was verified, has expired, or was tried too often.")
    return passcode


def _found(conn: Connection, account: str | None, id: str) -> Passcode:
    passcode = store.get(conn, id)
    if passcode is None or account not in (None, passcode.account):
        raise NotThere(f"There is no passcode {id[:64]}.")
    return passcode
