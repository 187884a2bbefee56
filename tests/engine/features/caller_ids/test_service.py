"""Codes that prove a number: answered in time, a few times, once; limited by number, by account and in all."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from engine.commands import CreditSpent, LimitReached
from engine.features.caller_ids import model, store
from engine.features.caller_ids.errors import NoCode, WrongCode
from engine.features.caller_ids.model import WantedCode
from engine.features.caller_ids.service import CallerIds
from engine.features.errors import AlreadyThere, InvalidNumber, NotThere
from engine.features.messaging.model import NewMessage
from engine.media import Prompts, RecordingFiles
from engine.net import Net
from engine.platform import audit
from engine.platform.platform import Platform
from engine.store import accounts
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.writer import Writer
from engine.tasks.secret import SEALED, Seal
from tests.support.stores import NewUrl

NUMBER = "12015550140"
NOW = 1_800_000_000.0


class Texts:
    """Takes texts, or refuses the next one; `codes` are those that they bring."""

    def __init__(self) -> None:
        self.codes, self.refusal, self.origins = list[str](), None, set[str]()

    async def send(self, account: str, wanted: NewMessage, *, origin: str = "") -> Any:
        self.origins.add(origin)
        if self.refusal is not None:
            raise self.refusal
        self.codes.append(wanted.text.removeprefix("code "))
        return type("Sent", (), {"id": f"message-{len(self.codes)}"})()

    refusal: Exception | None


class Bench:
    """The service on a real store, with accounts and a clock that can be set."""

    def __init__(self, database: Database, folder: Path, net: Net) -> None:
        self.database, self._folder, self._net, self.now = database, folder, net, NOW
        self.texts = Texts()

    async def start(self) -> None:
        """Begin, as a controller does."""
        self.writer = Writer(self.database, "carillon-0")
        await self.writer.claim()
        prompts = Prompts(self._net, self._folder / "prompts")
        platform = Platform(self.database, self.writer, RecordingFiles(self._folder), prompts, clock=lambda: self.now)
        await platform.cache.load()
        self.cache = platform.cache
        self.ids = CallerIds(platform, lambda *_: None, lambda: None, self.texts)  # type: ignore[arg-type, return-value]

    async def account(self, name: str) -> Account:
        """Make an account."""
        account = Account(id=f"acct-{name}", name=name, created=NOW)
        await self.writer.write(lambda conn: accounts.create(conn, account))
        await self.cache.load()
        return account

    async def code(self, account: Account, number: str = NUMBER, **more: Any) -> str:
        """Let a code be sent; returns it."""
        await self.ids.send(account, WantedCode(number=number, message="code {code}", **more))
        return self.texts.codes[-1]

    async def answer(self, account: Account, code: str, **more: Any) -> str:
        """Answer a code; returns the number that it proves."""
        return (await self.ids.answer(audit.ADMIN, account, code, **more)).number


@pytest.fixture
async def bench(new_sqlite: NewUrl, tmp_path: Path) -> AsyncIterator[Bench]:
    net, database = Net(), Database(new_sqlite(), Seal("the installation's secret"))
    made = Bench(database, tmp_path, net)
    await made.start()
    yield made
    await made.writer.stop()
    await database.close()
    await net.close()


def other(code: str) -> str:
    """Another code."""
    return f"{(int(code) + 1) % 10**6:06d}"


async def test_a_code_is_answered_after_a_restart_and_is_sealed_where_it_is_stored(bench: Bench) -> None:
    ann = await bench.account("ann")
    code = await bench.code(ann)
    rows = await bench.database.read(lambda conn: conn.execute(text("SELECT code FROM caller_id_codes")).all())
    assert [row[0].startswith(SEALED) and code not in row[0] for row in rows] == [True]
    await bench.writer.stop()
    await bench.start()
    assert await bench.answer(ann, code) == NUMBER
    assert bench.cache.rules(ann.id).owned == (NUMBER,)
    assert bench.texts.origins == {"verification"}


async def test_a_code_is_too_old_after_ten_minutes(bench: Bench) -> None:
    ann = await bench.account("ann")
    code = await bench.code(ann)
    bench.now = NOW + model.VALID_SECONDS
    with pytest.raises(NoCode):
        await bench.answer(ann, code)


async def test_the_last_of_five_tries_may_be_right_and_a_sixth_may_not(bench: Bench) -> None:
    ann, ben = await bench.account("ann"), await bench.account("ben")
    for account, tries in ((ann, 4), (ben, 5)):
        code = await bench.code(account)
        for _ in range(tries):
            with pytest.raises(WrongCode):
                await bench.answer(account, other(code))
        if account is ann:
            assert await bench.answer(account, code, number="+1 201-555-0140") == NUMBER
        else:
            with pytest.raises(NoCode):
                await bench.answer(account, code)


async def test_of_two_codes_to_one_number_the_later_one_counts(bench: Bench) -> None:
    ann = await bench.account("ann")
    first = await bench.code(ann)
    with pytest.raises(LimitReached, match="less than 30 seconds"):
        await bench.code(ann)
    bench.now += model.AGAIN_SECONDS
    second = await bench.code(ann)
    if first != second:
        with pytest.raises(WrongCode):
            await bench.answer(ann, first)
    assert await bench.answer(ann, second) == NUMBER
    with pytest.raises(NoCode):
        await bench.answer(ann, second)


async def test_an_answer_without_a_number_is_to_a_users_own_codes_and_counts_against_each(bench: Bench) -> None:
    ann = await bench.account("ann")
    mine = await bench.code(ann, user="user-1", make_default=True)
    await bench.code(ann, "12015550142", user="user-2")
    with pytest.raises(NoCode):
        await bench.answer(ann, mine, user="user-3")
    for _ in range(5):
        with pytest.raises(WrongCode):
            await bench.answer(ann, "no code", user="user-2")
    assert await bench.answer(ann, mine, user="user-1") == NUMBER
    assert await bench.ids.default_of(ann.id, "user-1") == NUMBER
    await bench.ids.remove(audit.ADMIN, ann, NUMBER)
    assert await bench.ids.default_of(ann.id, "user-1") is None
    with pytest.raises(NoCode):
        await bench.answer(ann, mine, user="user-1")


async def test_right_answers_at_once_prove_a_number_once(bench: Bench) -> None:
    ann = await bench.account("ann")
    code = await bench.code(ann)
    answers = await asyncio.gather(*(bench.answer(ann, code) for _ in range(5)), return_exceptions=True)
    assert answers.count(NUMBER) == 1
    assert all(isinstance(each, NoCode) for each in answers if each != NUMBER)


async def test_codes_to_a_number_and_of_an_account_are_limited(bench: Bench) -> None:
    everybody = [await bench.account(f"account-{each}") for each in range(11)]
    for account in everybody[:5]:
        await bench.code(account)
    with pytest.raises(LimitReached, match="to this number"):
        await bench.code(everybody[5])
    bench.now += model.HOUR
    for account in everybody[5:10]:
        await bench.code(account)
    bench.now += model.HOUR
    with pytest.raises(LimitReached, match="to this number"):
        await bench.code(everybody[10])
    for tail in range(model.MOST_OF_ACCOUNT):
        await bench.code(everybody[10], f"120155501{tail:02d}")
    with pytest.raises(LimitReached, match="by this account"):
        await bench.code(everybody[10], "12015550199")
    bench.now += model.DAY + 1
    await bench.code(everybody[10])
    rows = await bench.database.read(lambda conn: store.count(conn, 0.0))
    assert rows == 1, "those that are not counted any more are gone"


async def test_a_code_that_could_not_be_sent_does_not_count(bench: Bench) -> None:
    ann = await bench.account("ann")
    bench.texts.refusal = CreditSpent("No money.")
    with pytest.raises(CreditSpent):
        await bench.code(ann)
    bench.texts.refusal = None
    assert await bench.answer(ann, await bench.code(ann)) == NUMBER


async def test_what_may_be_shown_already_needs_no_code_unless_it_is_wanted(bench: Bench) -> None:
    ann = await bench.account("ann")
    await bench.answer(ann, await bench.code(ann))
    bench.now += model.AGAIN_SECONDS
    for written in (NUMBER, f"+{NUMBER}", f"00{NUMBER}", "(201) 555-0140"):
        with pytest.raises(AlreadyThere):
            await bench.code(ann, written)
    await bench.code(ann, again=True)
    with pytest.raises(InvalidNumber):
        await bench.code(ann, "911")
    with pytest.raises(NotThere):
        await bench.ids.prefer(audit.ADMIN, ann, "12015550199")


async def test_the_default_is_the_first_that_admission_knows(bench: Bench) -> None:
    ann = await bench.account("ann")
    for number in ("12015550140", "12015550142"):
        await bench.answer(ann, await bench.code(ann, number))
    assert bench.cache.rules(ann.id).owned == ("12015550140", "12015550142")
    await bench.ids.prefer(audit.ADMIN, ann, "+12015550142")
    assert bench.cache.rules(ann.id).owned == ("12015550142", "12015550140")
    assert [each.default for each in await bench.ids.list_all(ann.id)] == [True, False]
    await bench.ids.prefer(audit.ADMIN, ann, None)
    assert bench.cache.rules(ann.id).owned[0] == "12015550140"


@pytest.mark.parametrize("user", ["", "user-1"])
async def test_a_number_that_is_not_the_default_takes_it_from_nobody(bench: Bench, user: str) -> None:
    async def default() -> str | None:
        if user:
            return await bench.ids.default_of(ann.id, user)
        return next((each.number for each in await bench.ids.list_all(ann.id) if each.default), None)

    ann = await bench.account("ann")
    for number in ("12015550140", "12015550142"):
        await bench.answer(ann, await bench.code(ann, number))
    await bench.ids.prefer(audit.ADMIN, ann, "12015550142", user)
    await bench.ids.unprefer(audit.ADMIN, ann, "+12015550140", user)
    assert await default() == "12015550142"
    await bench.ids.unprefer(audit.ADMIN, ann, "12015550142", user)
    assert await default() is None
    with pytest.raises(NotThere):
        await bench.ids.unprefer(audit.ADMIN, ann, "12015550199", user)
