"""Users who sign in by their address alone."""

import pytest
from sqlalchemy import Connection

from engine.features.accounts import NewAccount, create
from engine.features.users.errors import SignInRefused
from engine.features.users.model import NewUser, UserChange
from engine.features.users.service import UserService
from engine.platform.audit import ADMIN
from engine.store import accounts
from engine.store.writer import Writer

EMAIL, PASSWORD, OTHER = "ann@example.com", "correct horse battery", "another battery of horses"


@pytest.fixture
async def both(writer: Writer) -> tuple[str, str]:
    """Two accounts."""

    def unit(conn: Connection) -> tuple[str, str]:
        made = [create(conn, NewAccount(name=name), [])[0].id for name in ("one", "two")]
        return made[0], made[1]

    return await writer.write(unit)


async def test_an_address_alone_is_that_of_the_first_user_who_has_it(users: UserService, both: tuple[str, str]) -> None:
    for account in both:
        await users.add(ADMIN, account, NewUser(email=EMAIL, password=PASSWORD))
    user, made = await users.sign_in(None, f" {EMAIL.upper()} ", PASSWORD, seconds=60, name="x")
    assert user.account == both[0] and made.entry.name == "x"
    assert made.entry.expires == made.entry.created + 60
    user, _ = await users.sign_in("two", EMAIL, PASSWORD)
    assert user.account == both[1]


async def test_an_address_alone_says_nothing_of_the_passwords_of_other_accounts(
    users: UserService, both: tuple[str, str]
) -> None:
    for account, password in zip(both, (PASSWORD, OTHER), strict=True):
        await users.add(ADMIN, account, NewUser(email=EMAIL, password=password))
    for password in (OTHER, "neither of the two"):
        with pytest.raises(SignInRefused):
            await users.sign_in(None, EMAIL, password)


async def test_disabled_users_and_those_of_disabled_accounts_do_not_sign_in(
    users: UserService, both: tuple[str, str], writer: Writer
) -> None:
    first = (await users.add(ADMIN, both[0], NewUser(email=EMAIL, password=PASSWORD))).user
    await users.add(ADMIN, both[1], NewUser(email=EMAIL, password=PASSWORD))
    await users.change(ADMIN, both[0], first.id, UserChange(disabled=True))
    user, _ = await users.sign_in(None, EMAIL, PASSWORD)
    assert user.account == both[1]
    await writer.write(lambda conn: accounts.update(conn, both[1], disabled=True))
    with pytest.raises(SignInRefused):
        await users.sign_in(None, EMAIL, PASSWORD)


@pytest.mark.parametrize("email", ["", "nobody@example.com", "a\0b", "%", "user-1"])
async def test_an_address_of_nobody_is_refused(users: UserService, email: str) -> None:
    with pytest.raises(SignInRefused):
        await users.sign_in(None, email, PASSWORD)


async def test_an_empty_account_is_none(users: UserService, both: tuple[str, str]) -> None:
    await users.add(ADMIN, both[0], NewUser(email=EMAIL, password=PASSWORD))
    with pytest.raises(SignInRefused):
        await users.sign_in("", EMAIL, PASSWORD)
