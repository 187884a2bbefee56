"""Who may ask: JWTs of both types, their ends, and the tokens of the newer API."""

from typing import Any

import jwt
import pytest

from api.accounts import KeyHolder
from api.vendors.tingting.auth import ACCESS, DAY, REFRESH, REFRESH_SECONDS, Auth, Requester, Tokens, bearer
from api.vendors.tingting.errors import TingTingUnauthorized
from api.vendors.tingting.ids import email_of
from engine.features.accounts import Account
from engine.features.users.errors import SignInRefused
from engine.features.users.model import NewToken, TokenEntry, User
from engine.features.users.role import Role
from engine.features.users.tokens import digest_of

KEY = b"k" * 64
PASSWORD = "the secret of the account"
ACCOUNT = Account(id="account-1", name="ann", created=0.0)
USER = User(id="user-1", account="account-1", email="ann@example.com", name="Ann B", role=Role.OWNER, created=0.0)


class Clock:
    """Unix seconds that pass when a test says so."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Known:
    """The credentials that are there, by dialect and key."""

    def __init__(self) -> None:
        self.holders = {
            ("tingting", "key1"): KeyHolder(ACCOUNT, PASSWORD),
            ("carillon", "usertoken1"): KeyHolder(ACCOUNT, digest_of("hidden"), user=USER),
        }

    async def by_key(self, dialect: str, key: str) -> KeyHolder | None:
        return self.holders.get((dialect, key))

    async def get(self, account: str) -> Account | None:
        return ACCOUNT if account == ACCOUNT.id else None


class Users:
    """Signs one user in."""

    async def sign_in(self, account: str | None, email: str, password: str, **more: Any) -> tuple[User, NewToken]:
        if (email, password) != (USER.email, "right"):
            raise SignInRefused("wrong")
        entry = TokenEntry(id="usertoken1", name=more["name"], created=0.0)
        return USER, NewToken(token="usertoken1.hidden", entry=entry)


class World:
    """What a test needs."""

    def __init__(self) -> None:
        self.clock, self.known = Clock(), Known()
        self.tokens = Tokens(KEY, self.clock)
        known: Any = self.known
        users: Any = Users()
        self.auth = Auth(known, users, self.tokens, self.clock)


@pytest.fixture
def world() -> World:
    """A user and an account."""
    return World()


async def test_a_login_gives_two_tokens_with_the_claims_of_the_document(world: World) -> None:
    issued = await world.auth.sign_in(USER.email, "right", None)
    claims = jwt.decode(issued.refresh, KEY, algorithms=["HS256"], options={"verify_exp": False, "verify_iat": False})
    assert {"token_type", "exp", "iat", "jti", "user_id"} <= set(claims)
    assert (claims["token_type"], claims["user_id"], claims["jti"]) == ("refresh", "user-1", "usertoken1")
    requester = await world.auth.authenticate(issued.access)
    assert (requester.account, requester.user, requester.email) == (ACCOUNT, USER, USER.email)


async def test_an_account_signs_in_by_its_own_address(world: World) -> None:
    issued = await world.auth.sign_in(email_of("key1"), PASSWORD, None)
    requester = await world.auth.authenticate(issued.access)
    assert (requester.user, requester.id, requester.email) == (None, "account-1", email_of("key1"))
    with pytest.raises(TingTingUnauthorized):
        await world.auth.sign_in(email_of("key1"), "wrong", None)
    with pytest.raises(TingTingUnauthorized):
        await world.auth.sign_in(email_of("key2"), PASSWORD, None)


async def test_a_refresh_answers_an_access_token_and_stays_valid(world: World) -> None:
    issued = await world.auth.sign_in(USER.email, "right", None)
    for _ in range(2):
        assert (await world.auth.authenticate(await world.auth.refreshed(issued.refresh))).user == USER


@pytest.mark.parametrize("email", [USER.email, email_of("key1")])
async def test_both_tokens_end_with_what_they_depend_on(world: World, email: str) -> None:
    issued = await world.auth.sign_in(email, "right" if email == USER.email else PASSWORD, None)
    world.known.holders.clear()
    with pytest.raises(TingTingUnauthorized, match="not valid any more"):
        await world.auth.authenticate(issued.access)
    with pytest.raises(TingTingUnauthorized, match="not valid any more"):
        await world.auth.refreshed(issued.refresh)


async def test_tokens_expire_the_refresh_token_later(world: World) -> None:
    issued = await world.auth.sign_in(USER.email, "right", None)
    world.clock.now += DAY + 1
    with pytest.raises(TingTingUnauthorized, match="The access token has expired"):
        await world.auth.authenticate(issued.access)
    access = await world.auth.refreshed(issued.refresh)
    world.clock.now += REFRESH_SECONDS - DAY
    with pytest.raises(TingTingUnauthorized, match="The refresh token has expired"):
        await world.auth.refreshed(issued.refresh)
    with pytest.raises(TingTingUnauthorized):
        await world.auth.authenticate(access)


async def test_a_token_of_the_other_type_is_refused(world: World) -> None:
    issued = await world.auth.sign_in(USER.email, "right", None)
    with pytest.raises(TingTingUnauthorized, match="must be the access token"):
        await world.auth.authenticate(issued.refresh)
    with pytest.raises(TingTingUnauthorized, match="must be the refresh token"):
        await world.auth.refreshed(issued.access)


def claims(world: World, **changed: Any) -> dict[str, Any]:
    """The claims of a good access token, some of them changed; None leaves one out."""
    good = {
        "token_type": "access",
        "exp": int(world.clock.now + 60),
        "iat": int(world.clock.now),
        "jti": "1",
        "user_id": "user-1",
        "session": "usertoken1",
    }
    return {name: value for name, value in (good | changed).items() if value is not None}


@pytest.mark.parametrize("name", ["token_type", "exp", "iat", "jti", "user_id", "session"])
async def test_each_claim_is_required(world: World, name: str) -> None:
    assert await world.auth.authenticate(jwt.encode(claims(world), KEY, "HS256"))
    with pytest.raises(TingTingUnauthorized):
        await world.auth.authenticate(jwt.encode(claims(world, **{name: None}), KEY, "HS256"))


async def test_no_algorithm_but_ours_is_taken(world: World) -> None:
    for forged in (
        jwt.encode(claims(world), "", "none"),
        jwt.encode(claims(world), KEY, "HS512"),
        jwt.encode(claims(world), b"another key" * 8, "HS256"),
    ):
        with pytest.raises(TingTingUnauthorized, match="not one of ours"):
            await world.auth.authenticate(forged)


@pytest.mark.parametrize("exp", ["soon", 1e400, -1, [1], {}])
async def test_an_expiry_that_is_none_is_refused(world: World, exp: Any) -> None:
    with pytest.raises(TingTingUnauthorized):
        await world.auth.authenticate(jwt.encode(claims(world, exp=exp), KEY, "HS256"))


async def test_the_claims_must_be_those_of_the_session(world: World) -> None:
    for changed in ({"user_id": "user-2"}, {"session": "usertoken2"}, {"session": "key1"}):
        with pytest.raises(TingTingUnauthorized):
            await world.auth.authenticate(jwt.encode(claims(world, **changed), KEY, "HS256"))


async def test_the_newer_apis_tokens_are_the_accounts_and_the_users(world: World) -> None:
    assert (await world.auth.authenticate(f"key1.{PASSWORD}")).user is None
    assert (await world.auth.authenticate("usertoken1.hidden")).user == USER
    for wrong in (
        "",
        "key1",
        "key1.wrong",
        "usertoken1.wrong",
        "nobody.x",
        "a.b.c",
        "a.b.c.d",
        "." * 5000,
        "a.é.c",
        "a.b.\udcff",
    ):
        with pytest.raises(TingTingUnauthorized):
            await world.auth.authenticate(wrong)


def test_a_token_says_which_type_it_must_be(world: World) -> None:
    token = world.tokens.make(ACCESS, Requester(ACCOUNT, USER, "usertoken1"), "usertoken1", 60)
    assert world.tokens.read(token, ACCESS)["user_id"] == "user-1"
    with pytest.raises(TingTingUnauthorized):
        world.tokens.read(token, REFRESH)


@pytest.mark.parametrize(
    ("header", "token"), [("Bearer abc", "abc"), ("bearer  abc ", "abc"), ("Basic abc", ""), ("", ""), ("Bearer", "")]
)
def test_the_token_is_in_the_header(header: str, token: str) -> None:
    assert bearer(header) == token
