"""Tokens and passwords of users: what is stored, and what ends them."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Connection, text

from engine.features.errors import InvalidSetting, NotThere
from engine.features.users import service, store
from engine.features.users.errors import NotPermitted, SignInRefused
from engine.features.users.model import NewUser, User, UserChange
from engine.features.users.passwords import Passwords
from engine.features.users.role import Role
from engine.features.users.service import UserService
from engine.features.users.tokens import digest_of, new_token, secret_of
from engine.platform.audit import ADMIN
from engine.store import accounts
from engine.store.database import Database
from engine.store.writer import Writer
from tests.engine.features.users.conftest import QUICK

DEARER = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
ACCOUNT, PASSWORD = "acct-1", "correct horse battery"


@pytest.fixture
async def ann(users: UserService) -> User:
    """An owner with a password."""
    wanted = NewUser(email="ann@example.com", role=Role.OWNER, password=PASSWORD)
    return (await users.add(ADMIN, ACCOUNT, wanted)).user


async def test_a_token_is_stored_as_a_digest_and_found_by_its_id(
    users: UserService, ann: User, database: Database
) -> None:
    made = await users.add_token(ADMIN, ACCOUNT, ann.id, "laptop")
    secret = secret_of(made.token)
    assert made.token == f"{made.entry.id}.{secret}" and len(secret) >= 43
    holder = await database.read(lambda conn: accounts.by_key(conn, "own", made.entry.id))
    assert holder and (holder.user, holder.secret, holder.expires) == (ann.id, digest_of(secret), None)

    def everything(conn: Connection) -> str:
        return str(
            [tuple(row) for table in ("credentials", "audit") for row in conn.execute(text(f"SELECT * FROM {table}"))]
        )

    assert secret not in await database.read(everything)
    assert await users.tokens(ACCOUNT, ann.id) == [made.entry]


async def test_an_account_s_key_is_renewed_without_ending_tokens(
    users: UserService, ann: User, writer: Writer, database: Database
) -> None:
    await users.add_token(ADMIN, ACCOUNT, ann.id)
    await writer.write(lambda conn: accounts.set_credential(conn, ACCOUNT, "own", "key", "secret"))
    await writer.write(lambda conn: accounts.set_credential(conn, ACCOUNT, "own", "key-2", "secret"))
    assert await database.read(lambda conn: accounts.credentials(conn, ACCOUNT)) == {"own": ("key-2", "secret")}
    assert len(await users.tokens(ACCOUNT, ann.id)) == 1


@pytest.mark.parametrize("change", [UserChange(password="another password"), UserChange(new_password=True)])
async def test_a_new_password_ends_all_tokens(
    users: UserService, ann: User, forgotten: list[str], change: UserChange
) -> None:
    await users.add_token(ADMIN, ACCOUNT, ann.id)
    changed = await users.change(ADMIN, ACCOUNT, ann.id, change)
    assert await users.tokens(ACCOUNT, ann.id) == [] and forgotten
    with pytest.raises(SignInRefused):
        await users.sign_in(ACCOUNT, ann.email, PASSWORD)
    await users.sign_in(ACCOUNT, ann.email, changed.password or change.password or "")


async def test_a_disabled_or_removed_user_has_no_tokens_and_gets_none(users: UserService, ann: User) -> None:
    bob = (await users.add(ADMIN, ACCOUNT, NewUser(email="bob@example.com", password=PASSWORD))).user
    await users.add_token(ADMIN, ACCOUNT, bob.id)
    await users.change(ADMIN, ACCOUNT, bob.id, UserChange(disabled=True))
    assert await users.tokens(ACCOUNT, bob.id) == []
    with pytest.raises(InvalidSetting, match="is disabled"):
        await users.add_token(ADMIN, ACCOUNT, bob.id)
    with pytest.raises(SignInRefused):
        await users.sign_in(ACCOUNT, bob.email, PASSWORD)
    await users.change(ADMIN, ACCOUNT, bob.id, UserChange(disabled=False))
    _, made = await users.sign_in(ACCOUNT, bob.email, PASSWORD)
    await users.remove(ADMIN, ACCOUNT, bob.id)
    with pytest.raises(NotThere):
        await users.drop_token(ADMIN, ACCOUNT, bob.id, made.entry.id)


async def test_a_user_makes_tokens_for_itself_only_and_deletes_its_own(users: UserService, ann: User) -> None:
    bob = (await users.add(ADMIN, ACCOUNT, NewUser(email="bob@example.com"))).user
    with pytest.raises(NotPermitted):
        await users.add_token(ann.actor, ACCOUNT, bob.id)
    made = await users.add_token(bob.actor, ACCOUNT, bob.id)
    other = await users.add_token(ann.actor, ACCOUNT, ann.id)
    with pytest.raises(NotPermitted):
        await users.drop_token(bob.actor, ACCOUNT, ann.id, other.entry.id)
    with pytest.raises(NotThere):
        await users.drop_token(ADMIN, ACCOUNT, ann.id, made.entry.id)
    await users.drop_token(bob.actor, ACCOUNT, bob.id, made.entry.id)
    assert await users.tokens(ACCOUNT, bob.id) == []


@pytest.mark.parametrize("seconds", [0.0, -5.0, 1e10])
async def test_a_token_is_good_for_a_second_to_ten_years(users: UserService, ann: User, seconds: float) -> None:
    with pytest.raises(InvalidSetting, match="seconds must be 1 to"):
        await users.add_token(ADMIN, ACCOUNT, ann.id, seconds=seconds)


async def test_tokens_that_have_expired_go_when_another_one_is_made(
    users: UserService, ann: User, writer: Writer
) -> None:
    old = new_token("old", 1000.0, 60.0)
    await writer.write(lambda conn: store.add_token(conn, ann, "own", old.entry, digest_of("x")))
    made = await users.add_token(ADMIN, ACCOUNT, ann.id)
    assert await users.tokens(ACCOUNT, ann.id) == [made.entry]


async def test_a_sign_in_ends_the_oldest_of_its_name_and_no_other_token(
    users: UserService, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_SIGNED_IN", 2)
    lasting = await users.add_token(ADMIN, ACCOUNT, ann.id, "lasting")
    yearly = await users.add_token(ADMIN, ACCOUNT, ann.id, "yearly", 365 * 86_400)
    made = [(await users.sign_in(ACCOUNT, ann.email, PASSWORD))[1].entry for _ in range(4)]
    assert await users.tokens(ACCOUNT, ann.id) == [lasting.entry, yearly.entry, *made[-2:]]


async def test_a_short_sign_in_stays_beside_many_long_ones(
    users: UserService, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_SIGNED_IN", 2)
    for _ in range(3):
        await users.sign_in(ACCOUNT, ann.email, PASSWORD, seconds=5 * 86_400, name="long")
    long = [each.id for each in await users.tokens(ACCOUNT, ann.id)]
    short = [(await users.sign_in(ACCOUNT, ann.email, PASSWORD, seconds=seconds))[1].entry for seconds in (90, 60)]
    assert [each.id for each in await users.tokens(ACCOUNT, ann.id)] == [*long, *(each.id for each in short)]


@pytest.mark.parametrize(
    ("account", "email", "password"),
    [
        ("first", "ann@example.com", "wrong horse battery"), ("first", "bob@example.com", PASSWORD),
        ("second", "ann@example.com", PASSWORD), ("nobody", "ann@example.com", PASSWORD),
        ("first\0", "ann@example.com", PASSWORD), ("first", "ann@example.com\0", PASSWORD),
        ("first", "ann@example.com", ""), ("first", "ann@example.com", "x" * 100_000),
    ],
)  # fmt: skip
async def test_a_sign_in_says_only_that_something_is_wrong(
    users: UserService, ann: User, account: str, email: str, password: str
) -> None:
    with pytest.raises(SignInRefused, match="The account, the e-mail address or the password is wrong"):
        await users.sign_in(account, email, password)


async def test_nobody_signs_in_to_a_disabled_account(users: UserService, ann: User, writer: Writer) -> None:
    await writer.write(lambda conn: accounts.update(conn, ACCOUNT, disabled=True))
    with pytest.raises(SignInRefused):
        await users.sign_in(ACCOUNT, ann.email, PASSWORD)


async def test_a_user_changes_its_password_by_the_old_one(users: UserService, ann: User) -> None:
    _, made = await users.sign_in("first", ann.email, PASSWORD)
    with pytest.raises(SignInRefused):
        await users.change_own_password(ann, "wrong horse battery", "another password")
    with pytest.raises(InvalidSetting):
        await users.change_own_password(ann, PASSWORD, "short")
    assert await users.tokens(ACCOUNT, ann.id) == [made.entry]
    await users.change_own_password(ann, PASSWORD, "another password")
    assert await users.tokens(ACCOUNT, ann.id) == []
    await users.sign_in("first", ann.email, "another password")


class Overtaken(Passwords):
    """Verifies, and lets something else happen before it says so."""

    def __init__(self, meanwhile: Callable[[], Awaitable[object]], hasher: PasswordHasher = QUICK) -> None:
        super().__init__(hasher)
        self._meanwhile = [meanwhile]

    async def fits(self, password: str, hashed: str | None) -> bool:
        fits = await super().fits(password, hashed)
        while self._meanwhile:
            await self._meanwhile.pop()()
        return fits


@pytest.mark.parametrize("hasher", [QUICK, DEARER], ids=["the hash is kept", "the hash is made anew"])
async def test_a_password_that_is_changed_while_it_is_verified_is_worth_nothing(
    users: UserService, ann: User, database: Database, writer: Writer, hasher: PasswordHasher
) -> None:
    async def reset() -> None:
        await users.change(ADMIN, ACCOUNT, ann.id, UserChange(password="another password"))

    slow = UserService(database, writer, "own", lambda: None, Overtaken(reset, hasher))
    with pytest.raises(SignInRefused):
        await slow.sign_in("first", ann.email, PASSWORD)
    assert await users.tokens(ACCOUNT, ann.id) == []
    await users.sign_in("first", ann.email, "another password")


async def test_of_two_who_change_a_password_at_once_by_the_old_one_the_second_is_refused(
    users: UserService, ann: User, database: Database, writer: Writer
) -> None:
    first = partial(users.change_own_password, ann, PASSWORD, "the first password")
    slow = UserService(database, writer, "own", lambda: None, Overtaken(first))
    with pytest.raises(SignInRefused):
        await slow.change_own_password(ann, PASSWORD, "the second password")
    await users.sign_in("first", ann.email, "the first password")


async def test_of_two_who_sign_in_at_once_both_are_in_though_the_hash_is_made_anew(
    users: UserService, ann: User, database: Database, writer: Writer
) -> None:
    other = UserService(database, writer, "own", lambda: None, Passwords(DEARER))
    slow = UserService(
        database, writer, "own", lambda: None, Overtaken(partial(other.sign_in, "first", ann.email, PASSWORD), DEARER)
    )
    await slow.sign_in("first", ann.email, PASSWORD)
    assert len(await users.tokens(ACCOUNT, ann.id)) == 2


async def test_a_hash_with_old_parameters_is_made_anew_at_the_next_sign_in(
    users: UserService, ann: User, database: Database, writer: Writer
) -> None:
    before = await database.read(lambda conn: store.password(conn, ann.id))
    await UserService(database, writer, "own", lambda: None, Passwords(DEARER)).sign_in("first", ann.email, PASSWORD)
    after = await database.read(lambda conn: store.password(conn, ann.id))
    assert before and after and "m=8,t=1" in before and "m=16,t=2" in after


async def test_a_password_fits_in_each_spelling_of_its_characters() -> None:
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    hashed = await passwords.hash("caf\N{LATIN SMALL LETTER E WITH ACUTE} of twelve")
    assert await passwords.fits("cafe\N{COMBINING ACUTE ACCENT} of twelve", hashed)
    assert not await passwords.fits("cafe of twelve", hashed)
    assert not await passwords.fits("anything", None)
    assert not await passwords.fits("anything", "not a hash")


async def test_passwords_are_hashed_outside_of_the_event_loop() -> None:
    passwords, turns = Passwords(), 0
    hashing = asyncio.create_task(passwords.hash("a password of some length"), name="hash")
    while not hashing.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 10 and (await hashing).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
