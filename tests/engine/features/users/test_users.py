"""Users: added, changed, removed, by whom, and what is kept of it."""

import pytest
from sqlalchemy import Connection, text

from engine.features.errors import AlreadyThere, InvalidSetting, NotThere
from engine.features.users.errors import LastOwner, NotPermitted
from engine.features.users.model import NewUser, User, UserChange
from engine.features.users.role import Role
from engine.features.users.service import UserService
from engine.platform import audit
from engine.platform.audit import ADMIN, Actor
from engine.store.database import Database

ACCOUNT = "acct-1"


async def _user(users: UserService, email: str, role: Role, account: str = ACCOUNT) -> User:
    return (await users.add(ADMIN, account, NewUser(email=email, role=role))).user


async def test_a_user_is_found_by_its_address_in_any_case_and_by_its_id(users: UserService) -> None:
    added = await users.add(ADMIN, ACCOUNT, NewUser(email=" Ann@Example.com ", name="Ann", role=Role.OWNER))
    assert (added.user.email, added.user.name, added.user.role) == ("ann@example.com", "Ann", Role.OWNER)
    assert await users.get(ACCOUNT, "ANN@example.com") == added.user
    assert await users.get(ACCOUNT, added.user.id) == added.user
    assert await users.list_all(ACCOUNT) == [added.user]
    with pytest.raises(NotThere, match=r"no user bob@example\.com"):
        await users.get(ACCOUNT, "bob@example.com")


async def test_an_address_is_there_once_in_an_account_and_again_in_another(users: UserService) -> None:
    first = await _user(users, "ann@example.com", Role.OWNER)
    with pytest.raises(AlreadyThere, match=r"already has a user ann@example\.com"):
        await users.add(ADMIN, ACCOUNT, NewUser(email="ANN@EXAMPLE.COM"))
    other = await _user(users, "ann@example.com", Role.OWNER, "acct-2")
    await _user(users, "bob@example.com", Role.MEMBER)
    with pytest.raises(AlreadyThere):
        await users.change(ADMIN, ACCOUNT, "bob@example.com", UserChange(email="Ann@example.com"))
    assert await users.get("acct-2", "ann@example.com") == other != first
    with pytest.raises(NotThere):
        await users.get(ACCOUNT, other.id)


@pytest.mark.parametrize(
    "email",
    ["", "ann", "@example.com", "ann@", "a b@example.com", "a@b@c", "x" * 250 + "@a.bc", "=?utf-8?q?a=0Ab?=@x.com"],
)
async def test_what_is_not_an_address_is_refused(users: UserService, email: str) -> None:
    with pytest.raises(InvalidSetting, match=r"email must be an e-mail address, such as ann@example\.com"):
        await users.add(ADMIN, ACCOUNT, NewUser(email=email))


async def test_a_password_is_made_where_none_is_given_and_stored_as_a_hash_only(
    users: UserService, database: Database
) -> None:
    made = await users.add(ADMIN, ACCOUNT, NewUser(email="ann@example.com", role=Role.OWNER))
    given = await users.add(ADMIN, ACCOUNT, NewUser(email="bob@example.com", password="a password of Bob's"))
    assert made.password and len(made.password) >= 16 and given.password is None

    def stored(conn: Connection) -> list[str]:
        return [row[0] for row in conn.execute(text("SELECT password FROM users ORDER BY email"))]

    hashes = await database.read(stored)
    assert all(each.startswith("$argon2id$") for each in hashes)
    for email, password in (("ann@example.com", made.password), ("bob@example.com", "a password of Bob's")):
        user, _ = await users.sign_in("first", email, password)
        assert user.email == email


@pytest.mark.parametrize("password", ["", "eleven char", "x" * 257])
async def test_a_password_that_is_too_short_or_too_long_is_refused(users: UserService, password: str) -> None:
    with pytest.raises(InvalidSetting, match="password must have 12 to 256 characters"):
        await users.add(ADMIN, ACCOUNT, NewUser(email="ann@example.com", password=password))
    await _user(users, "bob@example.com", Role.OWNER)
    with pytest.raises(InvalidSetting):
        await users.change(ADMIN, ACCOUNT, "bob@example.com", UserChange(password=password))


@pytest.mark.parametrize("change", [UserChange(role=Role.ADMIN), UserChange(disabled=True), None])
async def test_the_last_owner_stays_an_owner(users: UserService, change: UserChange | None) -> None:
    await _user(users, "ann@example.com", Role.OWNER)
    await _user(users, "bob@example.com", Role.OWNER)
    await users.change(ADMIN, ACCOUNT, "bob@example.com", UserChange(disabled=True))

    async def lose(email: str) -> None:
        await (users.change(ADMIN, ACCOUNT, email, change) if change else users.remove(ADMIN, ACCOUNT, email))

    with pytest.raises(LastOwner, match=r"ann@example\.com is the last owner of the account"):
        await lose("ann@example.com")
    await users.change(ADMIN, ACCOUNT, "bob@example.com", UserChange(disabled=False))
    await lose("ann@example.com")
    with pytest.raises(LastOwner):
        await lose("bob@example.com")


async def test_who_may_change_whom(users: UserService) -> None:
    owner, admin, member = [
        await _user(users, f"{role}@example.com", role) for role in (Role.OWNER, Role.ADMIN, Role.MEMBER)
    ]
    stranger = await _user(users, "stranger@example.com", Role.OWNER, "acct-2")
    program = Actor("account", ACCOUNT, "first")
    for by in (member.actor, stranger.actor):
        with pytest.raises(NotPermitted):
            await users.change(by, ACCOUNT, member.id, UserChange(name="Mel"))
    for by in (admin.actor, owner.actor, program):
        assert (await users.change(by, ACCOUNT, member.id, UserChange(name=by.name))).user.name == by.name
    with pytest.raises(NotPermitted, match="Only an owner"):
        await users.change(admin.actor, ACCOUNT, owner.id, UserChange(new_password=True))
    with pytest.raises(NotPermitted, match="Only an owner"):
        await users.change(admin.actor, ACCOUNT, admin.id, UserChange(role=Role.OWNER))
    with pytest.raises(NotPermitted):
        await users.add(admin.actor, ACCOUNT, NewUser(email="new@example.com", role=Role.OWNER))
    with pytest.raises(NotPermitted):
        await users.remove(admin.actor, ACCOUNT, owner.id)
    await users.change(owner.actor, ACCOUNT, admin.id, UserChange(role=Role.OWNER))
    await users.remove(admin.actor, ACCOUNT, owner.id)  # an owner now
    with pytest.raises(NotPermitted):
        await users.change(owner.actor, ACCOUNT, member.id, UserChange(name="gone"))


async def test_each_change_of_users_is_kept_under_who_made_it(users: UserService, database: Database) -> None:
    owner = await _user(users, "ann@example.com", Role.OWNER)
    await users.add(owner.actor, ACCOUNT, NewUser(email="bob@example.com", password="a password of Bob's"))
    await users.change(owner.actor, ACCOUNT, "bob@example.com", UserChange(role=Role.ADMIN, new_password=True))
    await users.change(owner.actor, ACCOUNT, "bob@example.com", UserChange(role=Role.ADMIN))
    await users.remove(owner.actor, ACCOUNT, "bob@example.com")
    entries = await database.read(lambda conn: audit.of(conn, ACCOUNT))
    bob = {"email": "bob@example.com", "name": "", "role": "admin", "disabled": False}
    assert [(each.what, each.subject, each.before, each.after) for each in entries[:3]] == [
        ("user.removed", "bob@example.com", bob, None),
        ("user.changed", "bob@example.com", {"role": "member"}, {"role": "admin", "password": audit.MASK}),
        ("user.added", "bob@example.com", None, bob | {"role": "member"}),
    ]
    assert {(each.actor_kind, each.actor, each.actor_name) for each in entries[:3]} == {
        ("user", owner.id, "ann@example.com")
    }
    assert (entries[3].what, entries[3].actor_kind) == ("user.added", "admin") and len(entries) == 4
