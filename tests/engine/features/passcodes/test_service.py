"""Passcodes: sent once, verified within a few tries, limited, stopped where few are verified, and nowhere in clear."""

import asyncio
import re
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from engine.commands import CreditSpent, LimitReached, NumberRefused, PlaceCall
from engine.events import CallEnded, Event
from engine.features.caller_ids.errors import NoCode, WrongCode
from engine.features.errors import InvalidNumber, InvalidSetting, NotThere
from engine.features.messaging.events import MessageEnded
from engine.features.messaging.model import VERIFICATION, NewMessage
from engine.features.messaging.model import State as TextState
from engine.features.passcodes import model, progress, store, tripwire
from engine.features.passcodes.calling import Calling
from engine.features.passcodes.errors import CountryRefused, PasscodesStopped
from engine.features.passcodes.feature import PasscodesFeature
from engine.features.passcodes.following import PasscodeFollower
from engine.features.passcodes.model import Passcode, PasscodeSettings, Sent, State, WantedPasscode
from engine.features.passcodes.sending import PasscodeSending
from engine.features.passcodes.service import PasscodeService
from engine.media import Prompts, RecordingFiles
from engine.net import Net
from engine.platform import audit, due_work
from engine.platform.due_work import DueWork
from engine.platform.platform import Platform
from engine.platform.scheduler import Later
from engine.store import accounts, events
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.events import StoredEvent
from engine.store.writer import Writer
from engine.tasks.secret import SEALED, Seal, Secret
from tests.support.digits import stands_in

NUMBER = "12015550140"
NOW = 1_800_000_000.0


class Texts:
    """Takes texts into transactions, or refuses them."""

    def __init__(self) -> None:
        self.taken: list[NewMessage] = []
        self.left: list[str] = []
        self.origins: set[str] = set()
        self.refusal: Exception | None = None

    def accept(self, conn: Any, account: str, wanted: NewMessage, *, origin: str) -> Any:
        self.origins.add(origin)
        if self.refusal is not None:
            raise self.refusal
        self.taken.append(wanted)
        return type("Text", (), {"id": f"message-{account}-{len(self.taken)}"})()

    def accepted(self, message: Any) -> None:
        self.left.append(message.id)


class Engine:
    """Places calls, or refuses them."""

    def __init__(self) -> None:
        self.placed: list[PlaceCall] = []
        self.refusal: Exception | None = None

    async def ready(self) -> None:
        pass

    async def submit(self, command: Any) -> Any:
        if self.refusal is not None:
            raise self.refusal
        self.placed.append(command)


class Bench:
    """The feature on a real store, with accounts and a clock that can be set."""

    def __init__(self, url: str, database: Database, folder: Path, net: Net) -> None:
        self.url, self.database, self._folder, self._net, self.now = url, database, folder, net, NOW
        self.texts, self.engine = Texts(), Engine()

    async def start(self) -> None:
        """Begin, as a controller does."""
        self.writer = Writer(self.database, "carillon-0")
        await self.writer.claim()
        prompts = Prompts(self._net, self._folder / "prompts")
        files = RecordingFiles(self._folder)
        seal = Seal("the installation's secret")
        platform = Platform(self.database, self.writer, files, prompts, seal=seal, clock=lambda: self.now)
        await platform.cache.load()
        self.cache = platform.cache
        feature = PasscodesFeature(platform, lambda *_: None, lambda: self.engine, self.texts)
        await feature.start()
        service, sending = feature.services
        assert isinstance(service, PasscodeService) and isinstance(sending, PasscodeSending)
        self.service, self.sending, self.timers = service, sending, feature.timers
        self.expires = feature.expires
        (follower,) = feature.consumers
        assert isinstance(follower, PasscodeFollower)
        self.follower = follower
        self.calling: Calling = service._calling

    async def account(self, name: str, **more: Any) -> Account:
        """Make an account."""
        account = Account(id=f"acct-{name}", name=name, created=NOW, **more)
        await self.writer.write(lambda conn: accounts.create(conn, account))
        await self.cache.load()
        return account

    async def send(self, account: Account, number: str = NUMBER, **more: Any) -> Sent:
        """Send a passcode."""
        return await self.service.send(account, WantedPasscode(number=number, **more))

    async def told(self) -> list[str]:
        """The kinds of all events, in their order."""
        return [type(each).__name__ for each in await self.events()]

    async def events(self) -> list[Event]:
        """All events."""
        found: list[StoredEvent] = await self.database.read(lambda conn: list(events.after(conn, 0, 1000)))
        return [each.event for each in found]

    async def state(self, sent: Sent) -> Passcode:
        """A passcode as it is now."""
        return await self.service.get(None, sent.id)

    async def text_ends(self, sent: Sent, state: TextState) -> None:
        """Let a text end."""
        row = await self.state(sent)
        event = MessageEnded(
            id="event-x", account=row.account, subject=row.text, root=row.text, at=self.now, sender="", recipient="",
            state=state,
        )  # fmt: skip
        await self.follower.handle([StoredEvent(1, event)], lambda conn: None)

    async def call_ends(self, account: str, call: str, *, answered: bool = False) -> None:
        """Let a call end."""
        event = CallEnded(
            id="event-y", account=account, subject=call, root=call, at=self.now, hung_up_by="far",
            cause="normal" if answered else "busy", answered=answered, seconds=0.0, price=0, currency="USD",
        )  # fmt: skip
        await self.follower.handle([StoredEvent(1, event)], lambda conn: None)

    async def due(self) -> list[str]:
        """Do what is due now, as the scheduler does; returns its kinds."""
        kinds = list(self.timers)
        epoch = self.writer.epoch
        assert epoch is not None
        works: list[DueWork] = await self.writer.write(lambda conn: due_work.claim(conn, kinds, self.now, epoch, 100))
        for work in works:
            try:
                await self.timers[work.kind].handler(work, lambda conn, id=work.id: due_work.done(conn, id, epoch))
            except Later as later:
                await self.writer.write(lambda conn, work=work, at=later.at: due_work.postpone(conn, work, at, epoch))
                continue
            await self.writer.write(lambda conn, id=work.id: due_work.done(conn, id, epoch))
        return [work.kind for work in works]

    def everything(self) -> str:
        """All that is in the database's files, of SQLite."""
        with sqlite3.connect(re.sub(r"^sqlite:/*", "/", self.url)) as plain:
            return "\n".join(plain.iterdump())


@pytest.fixture
async def bench(database_url: str, tmp_path: Path) -> AsyncIterator[Bench]:
    net, database = Net(), Database(database_url, Seal("the installation's secret"))
    made = Bench(database_url, database, tmp_path, net)
    await made.start()
    yield made
    await made.writer.stop()
    await database.close()
    await net.close()


def other(code: str) -> str:
    """Another code of the same length."""
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}d}"


async def test_a_text_brings_the_code_and_the_caller_alone_knows_it(bench: Bench) -> None:
    ann = await bench.account("ann")
    sent = await bench.send(ann, message="Hi your OTP is {otp}", length=5)
    code = sent.code.value
    assert re.fullmatch(r"[0-9]{5}", code)
    assert bench.texts.taken[0].text == sent.message.value == f"Hi your OTP is {code}"
    assert sent.spaced.value == "Hi your OTP is " + " ".join(code)
    assert (bench.texts.origins, bench.texts.left) == ({VERIFICATION}, [sent.passcode.text])
    assert not stands_in(code, repr(sent))
    assert sent.passcode.state is State.SENT
    assert (await bench.service.verify(ann.id, sent.id, " ".join(code))).state is State.VERIFIED
    assert await bench.told() == ["PasscodeSent", "PasscodeVerified"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_no_table_has_a_code_in_clear_while_it_is_sent_and_nothing_sealed_behind_its_end(bench: Bench) -> None:
    ann = await bench.account("ann")
    sent = await bench.send(ann, code=Secret("7391846205"))
    voiced = await bench.send(ann, "12015550141", code=Secret("7391846205"), way="voice")
    await bench.writer.write(lambda conn: None)
    stored = bench.everything()
    assert "7391846205" not in stored and "7. 3. 9." not in stored
    assert SEALED in stored
    for one in (sent, voiced):
        await bench.service.verify(ann.id, one.id, "7391846205")
    assert SEALED not in bench.everything()


async def test_a_call_has_no_code_in_its_tasks(bench: Bench) -> None:
    ann = await bench.account("ann")
    sent = await bench.send(ann, way="voice", code=Secret("73918462"))
    (call,) = bench.engine.placed
    assert (call.id, call.callee) == (sent.passcode.call, NUMBER)
    assert "73918462" not in repr(call) and "7. 3." not in repr(call)


async def test_a_code_is_verified_after_a_restart(bench: Bench) -> None:
    ann = await bench.account("ann")
    sent = await bench.send(ann)
    await bench.writer.stop()
    await bench.start()
    assert (await bench.service.verify(ann.id, sent.id, sent.code.value)).state is State.VERIFIED
    with pytest.raises(NoCode):
        await bench.service.verify(ann.id, sent.id, sent.code.value)


async def test_a_thousand_answers_at_once_get_five_tries(bench: Bench) -> None:
    ann = await bench.account("ann")
    sent = await bench.send(ann, length=4)
    wrong = [f"{number:04d}" for number in range(1002) if f"{number:04d}" != sent.code.value][:1000]
    said = await asyncio.gather(
        *(bench.service.verify(ann.id, sent.id, code) for code in wrong), return_exceptions=True
    )
    assert Counter(type(each) for each in said) == {WrongCode: 5, NoCode: 995}
    with pytest.raises(NoCode):
        await bench.service.verify(ann.id, sent.id, sent.code.value)
    assert (await bench.state(sent)).reason == "too_many_tries"


async def test_of_many_right_answers_at_once_one_verifies(bench: Bench) -> None:
    ann = await bench.account("ann")
    sent = await bench.send(ann)
    said = await asyncio.gather(
        *(bench.service.verify(ann.id, sent.id, sent.code.value) for _ in range(50)), return_exceptions=True
    )
    assert sum(isinstance(each, Passcode) for each in said) == 1
    assert (await bench.told()).count("PasscodeVerified") == 1


async def test_another_account_learns_nothing_of_a_passcode(bench: Bench) -> None:
    ann, ben = await bench.account("ann"), await bench.account("ben")
    sent = await bench.send(ann)
    for attempt in (
        bench.service.get(ben.id, sent.id),
        bench.service.verify(ben.id, sent.id, sent.code.value),
        bench.service.resend(ben.id, sent.id),
    ):
        with pytest.raises(NotThere, match="There is no passcode"):
            await attempt
    assert (await bench.state(sent)).tries == model.TRIES
    assert await bench.service.page(ben.id) == []


async def test_a_passcode_expires_with_an_event(bench: Bench) -> None:
    ann = await bench.account("ann")
    sent = await bench.send(ann, valid_seconds=60.0)
    bench.now += 60
    with pytest.raises(NoCode):
        await bench.service.verify(ann.id, sent.id, sent.code.value)
    assert await bench.due() == [progress.EXPIRY]
    assert (await bench.state(sent)).reason == "expired"
    assert await bench.told() == ["PasscodeSent", "PasscodeFailed"]


async def test_the_same_code_is_sent_again_and_lives_longer_with_the_tries_that_are_left(bench: Bench) -> None:
    ann = await bench.account("ann")
    sent = await bench.send(ann, valid_seconds=60.0)
    with pytest.raises(WrongCode):
        await bench.service.verify(ann.id, sent.id, other(sent.code.value))
    bench.now += 40
    again = await bench.service.resend(ann.id, sent.id, "voice")
    assert again.code == sent.code
    assert (again.passcode.expires, again.passcode.tries) == (bench.now + 60, model.TRIES - 1)
    bench.now += 40
    assert (await bench.service.verify(ann.id, sent.id, sent.code.value)).state is State.VERIFIED


async def test_a_passcode_that_is_sent_again_as_its_time_ends_keeps_its_new_time(bench: Bench) -> None:
    ann = await bench.account("ann")
    sent = await bench.send(ann, valid_seconds=60.0)
    old = await bench.database.read(lambda conn: due_work.get(conn, sent.id))
    assert old is not None
    bench.now += 59
    await bench.service.resend(ann.id, sent.id)
    bench.now += 1
    await bench.timers[progress.EXPIRY].handler(old, lambda conn: False)
    assert (await bench.state(sent)).state is State.SENT
    bench.now += 59
    assert await bench.due() == [progress.EXPIRY]
    assert (await bench.state(sent)).reason == "expired"


async def test_a_passcode_that_is_refused_to_be_sent_again_has_the_time_that_it_had(bench: Bench) -> None:
    ann = await bench.account("ann")
    sent = await bench.send(ann, valid_seconds=60.0)
    bench.now += 40
    bench.engine.refusal = CreditSpent("No money.")
    with pytest.raises(CreditSpent):
        await bench.service.resend(ann.id, sent.id, "voice")
    assert (await bench.state(sent)).expires == sent.passcode.expires
    bench.now += 20
    assert await bench.due() == [progress.EXPIRY]
    assert (await bench.state(sent)).reason == "expired"


async def test_a_failed_text_is_followed_by_one_call(bench: Bench) -> None:
    ann = await bench.account("ann")
    sent = await bench.send(ann, fallback_seconds=30.0)
    await bench.text_ends(sent, TextState.FAILED)
    assert await bench.due() == [progress.CALL]
    assert [call.id for call in bench.engine.placed] == [progress.fallback_call(sent.id)]
    bench.now += 30
    assert await bench.due() == []
    await bench.call_ends(ann.id, progress.fallback_call(sent.id))
    assert (await bench.state(sent)).reason == "undelivered"
    assert await bench.told() == ["PasscodeSent", "PasscodeSent", "PasscodeFailed"]


async def test_without_a_receipt_in_time_a_call_is_made_and_with_one_none_is(bench: Bench) -> None:
    ann = await bench.account("ann")
    silent = await bench.send(ann, fallback_seconds=30.0)
    arrived = await bench.send(ann, "12015550141", fallback_seconds=30.0)
    await bench.text_ends(arrived, TextState.DELIVERED)
    bench.now += 30
    assert await bench.due() == [progress.CALL]
    assert [call.callee for call in bench.engine.placed] == [NUMBER]
    assert (await bench.state(arrived)).state is State.DELIVERED
    assert (await bench.state(silent)).way == "voice"


async def test_a_verified_passcode_makes_no_call(bench: Bench) -> None:
    ann = await bench.account("ann")
    sent = await bench.send(ann, fallback_seconds=30.0)
    await bench.service.verify(ann.id, sent.id, sent.code.value)
    bench.now += 30
    assert await bench.due() == []
    assert bench.engine.placed == []


async def test_a_failed_text_without_a_call_to_follow_fails_the_passcode(bench: Bench) -> None:
    ann = await bench.account("ann")
    sent = await bench.send(ann)
    await bench.text_ends(sent, TextState.FAILED)
    assert (await bench.state(sent)).reason == "undelivered"


async def test_an_unknown_text_can_be_answered(bench: Bench) -> None:
    ann = await bench.account("ann")
    sent = await bench.send(ann)
    await bench.text_ends(sent, TextState.UNKNOWN)
    assert (await bench.service.verify(ann.id, sent.id, sent.code.value)).state is State.VERIFIED


async def test_a_call_that_was_answered_and_hung_up_early_can_be_answered(bench: Bench) -> None:
    ann = await bench.account("ann")
    sent = await bench.send(ann, way="voice", valid_seconds=60.0)
    late = await bench.send(ann, "12015550141", way="voice", valid_seconds=60.0)
    for one in (sent, late):
        await bench.call_ends(ann.id, one.passcode.call, answered=True)
    assert (await bench.service.verify(ann.id, sent.id, sent.code.value)).state is State.VERIFIED
    bench.now += 60
    await bench.due()
    assert (await bench.state(late)).reason == "expired"
    assert await bench.database.read(store.live) == []


async def test_what_is_refused_leaves_nothing_behind(bench: Bench) -> None:
    ann = await bench.account("ann")
    bench.texts.refusal = bench.engine.refusal = CreditSpent("No money.")
    for way in ("text", "voice"):
        with pytest.raises(CreditSpent):
            await bench.send(ann, way=way)
    assert await bench.service.page() == []
    bench.now += 700
    assert (await bench.due(), await bench.told()) == ([], [])


async def test_a_call_that_a_killed_controller_did_not_place_is_placed_once_by_the_next(bench: Bench) -> None:
    ann = await bench.account("ann")
    bench.engine.refusal = asyncio.CancelledError()
    with pytest.raises(asyncio.CancelledError):
        await bench.send(ann, way="voice")
    bench.engine.refusal = None
    await bench.writer.stop()
    await bench.start()
    bench.now += 60
    assert await bench.due() == [progress.CALL]
    assert len(bench.engine.placed) == 1
    (row,) = await bench.service.page()
    assert (row.state, row.call) == (State.SENT, bench.engine.placed[0].id)
    bench.now += 60
    assert await bench.due() == []


async def test_a_second_passcode_to_a_number_waits(bench: Bench) -> None:
    ann = await bench.account("ann")
    await bench.send(ann)
    with pytest.raises(LimitReached, match="less than 30 seconds"):
        await bench.send(ann, "+1 (201) 555-0140")


async def sent_until_refused(bench: Bench, account: Account, most: int, **more: Any) -> int:
    """Send passcodes until one is refused; returns how many were sent."""
    for count in range(most):
        bench.now += model.AGAIN_SECONDS
        try:
            await bench.send(account, **({"number": f"1201555{count:04d}"} | more))
        except LimitReached:
            return count
    return most


async def test_each_limit_holds(bench: Bench) -> None:
    limits = PasscodeSettings(most_to_number=3, most_to_range=6, most_of_address=4, most_of_account=8, least_verified=0)
    ann = await bench.account("ann")
    await bench.sending.set(audit.ADMIN, ann.id, limits)
    assert await sent_until_refused(bench, ann, 9, number=NUMBER) == 3
    bench.now += model.HOUR
    assert await sent_until_refused(bench, ann, 9) == 6
    bench.now += model.HOUR
    assert await sent_until_refused(bench, ann, 9, address="203.0.113.7") == 4
    bench.now += model.HOUR
    spread = [f"120155{count}0000" for count in range(5)]
    for number in (*spread, *(f"1201444{count:04d}" for count in range(3))):
        bench.now += model.AGAIN_SECONDS
        await bench.send(ann, number)
    with pytest.raises(LimitReached, match="by this account"):
        await bench.send(ann, "12013330000")


async def test_an_ipv6_network_counts_as_one_address(bench: Bench) -> None:
    ann = await bench.account("ann")
    await bench.sending.set(audit.ADMIN, ann.id, PasscodeSettings(most_of_address=2))
    await bench.send(ann, "12015550001", address="2001:db8::1")
    await bench.send(ann, "12015550002", address="2001:db8::ffff:2")
    with pytest.raises(LimitReached, match="for this address"):
        await bench.send(ann, "12015550003", address="2001:db8::3")
    await bench.send(ann, "12015550003", address="2001:db8:0:1::3")


async def test_a_number_is_spared_by_all_accounts_together(bench: Bench) -> None:
    sent = 0
    for name in "abcdef":
        account = await bench.account(name)
        sent += await sent_until_refused(bench, account, 4, number=NUMBER)
    assert sent == model.MOST_TO_NUMBER


async def test_many_at_once_cannot_pass_a_limit_together(bench: Bench) -> None:
    ann = await bench.account("ann")
    await bench.sending.set(audit.ADMIN, ann.id, PasscodeSettings(most_to_range=10))
    said = await asyncio.gather(
        *(bench.send(ann, f"1201555{count:04d}") for count in range(100)), return_exceptions=True
    )
    assert Counter(type(each) for each in said) == {Sent: 10, LimitReached: 90}


async def test_countries_are_told_apart_by_area_codes_too(bench: Bench) -> None:
    ann = await bench.account("ann")
    await bench.sending.set(audit.ADMIN, ann.id, PasscodeSettings(countries=("US", "NP")))
    await bench.send(ann)
    await bench.send(ann, "+977 9851023212")
    for abroad in ("+1 876 555 1234", "+1 416 555 0140", "+44 20 7946 0000"):  # Jamaica, Canada, the United Kingdom
        with pytest.raises(CountryRefused, match="US, NP only"):
            await bench.send(ann, abroad)


async def test_artificial_traffic_stops_sending_with_an_event_until_a_person_resumes_it(bench: Bench) -> None:
    ann = await bench.account("ann")
    await bench.sending.set(audit.ADMIN, ann.id, PasscodeSettings(least_sent=10, least_verified=20))
    for count in range(10):
        sent = await bench.send(ann, f"1201555{count:04d}")
        if count == 0:
            await bench.service.verify(ann.id, sent.id, sent.code.value)
    bench.now += tripwire.ANSWER_SECONDS + 1
    for _ in range(2):
        with pytest.raises(PasscodesStopped, match="of 10 that were sent in the last hour 1 were verified"):
            await bench.send(ann, "12015551000")
    assert (await bench.told()).count("PasscodeSendingStopped") == 1
    assert (await bench.sending.resume(audit.ADMIN, ann.id)).stopped is None
    await bench.send(ann, "12015551000")


async def test_enough_verified_passcodes_or_ones_that_are_verified_elsewhere_stop_nothing(bench: Bench) -> None:
    ann, ben = await bench.account("ann"), await bench.account("ben")
    for account in (ann, ben):
        await bench.sending.set(audit.ADMIN, account.id, PasscodeSettings(least_sent=10, least_verified=20))
    for count in range(10):
        sent = await bench.send(ann, f"1201555{count:04d}")
        if count < 2:
            await bench.service.verify(ann.id, sent.id, sent.code.value)
        await bench.send(ben, f"1201556{count:04d}", verified_elsewhere=True)
    bench.now += tripwire.ANSWER_SECONDS + 1
    await bench.send(ann, "12015551000")
    await bench.send(ben, "12015561000")


@pytest.mark.parametrize(
    "wanted",
    [
        {"code": Secret("123")},
        {"code": Secret("12345678901")},
        {"code": Secret("12a4")},
        {"code": Secret("١٢٣٤")},
        {"length": 3},
        {"length": 11},
        {"message": "no code"},
        {"message": "{otp}{otp}{otp}"},
        {"message": "{otp}" + "x" * 300},
        {"locale": "English!"},
        {"valid_seconds": 5.0},
        {"valid_seconds": float("nan")},
        {"fallback_seconds": 0.0},
        {"address": "localhost"},
    ],
)
async def test_what_cannot_be_sent_is_refused_with_a_sentence_that_has_no_code(
    bench: Bench, wanted: dict[str, Any]
) -> None:
    ann = await bench.account("ann")
    with pytest.raises(InvalidSetting) as refused:
        await bench.send(ann, **wanted)
    if secret := wanted.get("code"):
        assert secret.value not in str(refused.value)


@pytest.mark.parametrize("number", ["12", "me", "+0012015550140", "+120155501400", "120155501", "1201555014000000"])
async def test_what_is_no_number_or_a_longer_spelling_of_one_is_refused(bench: Bench, number: str) -> None:
    with pytest.raises(InvalidNumber):
        await bench.send(await bench.account("ann"), number)


async def test_however_a_number_is_spelled_it_is_counted_as_one(bench: Bench) -> None:
    ann = await bench.account("ann")
    spelled = (NUMBER, f"+{NUMBER}", f"00{NUMBER}", "(201) 555-0140", "201.555.0140", "+1 201 555 0140", "2015550140")
    sent = 0
    for number in spelled:
        bench.now += model.AGAIN_SECONDS
        try:
            sent += bool(await bench.send(ann, number))
        except LimitReached:
            continue
    assert sent == PasscodeSettings().most_to_number


@pytest.mark.parametrize(
    "settings",
    [
        PasscodeSettings(countries=("Germany",)),
        PasscodeSettings(countries=("XX",)),
        PasscodeSettings(most_to_number=0),
        PasscodeSettings(most_of_account=10**9),
        PasscodeSettings(least_verified=101),
        PasscodeSettings(least_sent=0),
    ],
)
async def test_settings_are_within_bounds(bench: Bench, settings: PasscodeSettings) -> None:
    ann = await bench.account("ann")
    with pytest.raises(InvalidSetting):
        await bench.sending.set(audit.ADMIN, ann.id, settings)


async def test_a_passcode_goes_after_thirty_days_though_nobody_sends_another_one(bench: Bench) -> None:
    ann = await bench.account("ann")
    sent = await bench.send(ann, valid_seconds=60.0)
    open_one = await bench.send(ann, "12015550141", valid_seconds=86_400.0)
    await bench.service.verify(ann.id, sent.id, sent.code.value)
    days = model.KEPT_DAYS
    expire = bench.expires["passcodes"]
    for later, left in ((days * model.DAY, [open_one.id, sent.id]), (days * model.DAY + 1, [open_one.id])):
        before = NOW + later - days * model.DAY
        removed = await bench.writer.write(lambda conn, before=before: expire(conn, before, 100))
        assert removed == 2 - len(left)
        assert sorted(each.id for each in await bench.service.page()) == sorted(left)


async def test_a_text_is_followed_only_if_its_passcode_is_stored(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise RuntimeError("the transaction is rolled back")

    ann = await bench.account("ann")
    with monkeypatch.context() as patched:
        patched.setattr(progress, "sent", fails)
        with pytest.raises(RuntimeError):
            await bench.send(ann)
    assert bench.follower._live == set()
    sent = await bench.send(ann)
    assert bench.follower._live == {sent.passcode.text}


async def test_a_call_whose_account_may_not_call_the_number_any_more_fails_the_passcode(bench: Bench) -> None:
    ann = await bench.account("ann")
    sent = await bench.send(ann, fallback_seconds=30.0)
    await bench.text_ends(sent, TextState.EXPIRED)
    bench.engine.refusal = NumberRefused("not allowed")
    await bench.due()
    assert (await bench.state(sent)).reason == "undelivered"
    assert await bench.database.read(store.live) == []
