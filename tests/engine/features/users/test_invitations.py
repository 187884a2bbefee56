"""Invitations: a link is sent by mail, is good once and for seven days, and sets the password."""

import pytest
from sqlalchemy import text

from engine.features.errors import AlreadyThere, InvalidSetting, NotThere
from engine.features.users.errors import NotPermitted, SignInRefused
from engine.features.users.feature import UsersFeature
from engine.features.users.invitation import SECONDS, Invited, LinkNotValid, NoMailServer, State
from engine.features.users.invitations import FIRST_PAUSE, GIVEN_UP_AFTER, LONGEST_PAUSE, Invitations
from engine.features.users.model import NewUser, User, UserChange
from engine.features.users.passwords import Passwords
from engine.features.users.role import Role
from engine.features.users.service import UserService
from engine.platform import due_work
from engine.platform.audit import ADMIN, AuditLog
from engine.platform.feature import Features
from engine.platform.platform import Platform
from engine.platform.post import NotSent, Refused
from engine.platform.scheduler import Later
from engine.store.accounts import Account
from engine.store.database import Database
from tests.engine.features.rooms.conftest import account, clock, database, features, other, writer
from tests.engine.features.subscriptions.conftest import Clock
from tests.engine.features.users.conftest import QUICK
from tests.fakes.post import FakePost
from tests.support.invitations import link_in, send, token_in, waits, work_of

__all__ = ["account", "clock", "database", "features", "other", "writer"]
PASSWORD = "correct horse battery"


class Office:
    """An account whose users are invited."""

    def __init__(self, features: Features, account: Account, post: FakePost | None) -> None:
        self.platform: Platform = features._platform
        features.add(
            UsersFeature(self.platform, Passwords(QUICK), page="https://phone.example.com/invitations", post=post)
        )
        self.users, self.invitations = features[UserService], features[Invitations]
        self.account, self.post = account.id, post or FakePost()

    async def add(self, email: str = "ann@example.com", **fields: object) -> User:
        """Add a user."""
        return (await self.users.add(ADMIN, self.account, NewUser(email=email, **fields))).user  # type: ignore[arg-type]

    async def sent(self, user: User) -> str:
        """Send a user's invitation; returns the token of its link."""
        await send(self.platform, self.invitations, user.id)
        return token_in(self.post.mails[-1])

    async def state(self, user: User) -> State:
        """What became of a user's invitation."""
        return (await self.invitations.get(self.account, user.id)).state(self.platform.clock())


@pytest.fixture
def office(features: Features, account: Account) -> Office:
    return Office(features, account, FakePost())


async def test_a_new_user_is_sent_a_link_and_chooses_a_password(office: Office, database: Database) -> None:
    ann = await office.add(name="Ann Lee")
    assert await office.state(ann) is State.WAITING
    token = await office.sent(ann)
    assert await office.state(ann) is State.SENT and not await waits(office.platform, ann.id)
    (mail,) = office.post.mails
    assert (mail["To"], mail["Subject"]) == ("ann@example.com", "Invitation to acme")
    assert mail.get_content_type() == "text/plain" and mail.get_content().startswith("Hello Ann Lee,\n")
    assert "invited to acme by its administrator" in mail.get_content()
    assert link_in(mail) == f"https://phone.example.com/invitations/{token}"
    assert await office.invitations.opened(token) == Invited("acme", "acme", "ann@example.com")
    await office.invitations.accept(token, PASSWORD)
    assert await office.state(ann) is State.ACCEPTED
    assert (await office.users.sign_in("acme", "ann@example.com", PASSWORD))[0].id == ann.id
    entries = await AuditLog(database, office.platform.writer).page(office.account)
    assert [(each.what, each.actor_kind) for each in entries[1:4]] == [
        ("user.activated", "user"), ("user.invited", "admin"), ("user.added", "admin")
    ]  # fmt: skip


async def test_a_token_is_stored_nowhere_as_it_is(office: Office, database: Database) -> None:
    ann = await office.add()
    office.post.failures = [NotSent("451 later")]
    with pytest.raises(Later):
        await send(office.platform, office.invitations, ann.id)
    token = await office.sent(ann)
    for table in ("invitations", "due_work", "audit", "users"):
        rows = await database.read(lambda conn, table=table: conn.execute(text(f"SELECT * FROM {table}")).all())
        assert rows or table == "due_work"
        assert token not in str(rows)


async def test_a_link_is_good_once(office: Office) -> None:
    ann = await office.add()
    token = await office.sent(ann)
    await office.invitations.opened(token)  # to look at the page uses nothing up
    await office.invitations.accept(token, PASSWORD)
    with pytest.raises(LinkNotValid, match="not valid any more"):
        await office.invitations.opened(token)
    with pytest.raises(LinkNotValid):
        await office.invitations.accept(token, "another good password")
    await office.users.sign_in("acme", "ann@example.com", PASSWORD)


async def test_a_link_is_good_for_seven_days(office: Office, clock: Clock) -> None:
    ann = await office.add()
    token = await office.sent(ann)
    clock.now += SECONDS - 1
    await office.invitations.opened(token)
    clock.now += 1
    with pytest.raises(LinkNotValid):
        await office.invitations.accept(token, PASSWORD)
    assert await office.state(ann) is State.EXPIRED


async def test_a_password_that_is_too_short_leaves_the_link_open(office: Office) -> None:
    token = await office.sent(await office.add())
    with pytest.raises(InvalidSetting, match=r"12 to 256 characters \(it has 5\)"):
        await office.invitations.accept(token, "short")
    await office.invitations.accept(token, PASSWORD)


@pytest.mark.parametrize(
    "change",
    [UserChange(password="set by an admin"), UserChange(email="anna@example.com"), UserChange(disabled=True)],
)
async def test_a_change_of_password_or_address_ends_the_link(office: Office, change: UserChange) -> None:
    ann = await office.add()
    token = await office.sent(ann)
    await office.users.change(ADMIN, office.account, ann.id, UserChange(name="Ann"))
    await office.invitations.opened(token)
    await office.users.change(ADMIN, office.account, ann.id, change)
    with pytest.raises(LinkNotValid):
        await office.invitations.accept(token, PASSWORD)
    assert await office.state(ann) is State.EXPIRED


async def test_an_invitation_that_is_sent_again_has_another_link(office: Office) -> None:
    ann = await office.add()
    first = await office.sent(ann)
    await office.invitations.send_again(ADMIN, office.account, "ann@example.com")
    with pytest.raises(LinkNotValid):
        await office.invitations.opened(first)
    second = await office.sent(ann)
    await office.invitations.accept(second, PASSWORD)
    await office.invitations.send_again(ADMIN, office.account, ann.id)
    assert await office.state(ann) is State.WAITING
    await office.invitations.accept(await office.sent(ann), "another good password")
    assert len({mail["Message-ID"] for mail in office.post.mails}) == 3


async def test_a_mail_that_is_still_being_sent_takes_nothing_from_the_next_one(office: Office) -> None:
    ann = await office.add()
    first = await work_of(office.platform, ann.id)
    await office.invitations.send_again(ADMIN, office.account, ann.id)
    token = await office.sent(ann)
    assert first
    await office.invitations.send(first, lambda conn: due_work.remove(conn, first.id))
    assert len(office.post.mails) == 1
    assert (await office.invitations.opened(token)).email == ann.email


async def test_a_user_that_has_a_password_by_then_is_sent_no_link(office: Office) -> None:
    ann = await office.add()
    work = await work_of(office.platform, ann.id)
    await office.users.change(ADMIN, office.account, ann.id, UserChange(password=PASSWORD))
    assert await office.state(ann) is State.FAILED and work
    await office.invitations.send(work, lambda conn: due_work.remove(conn, work.id))
    assert office.post.mails == []


async def test_a_user_with_another_address_is_sent_the_mail_there(office: Office) -> None:
    ann = await office.add()
    await office.users.change(ADMIN, office.account, ann.id, UserChange(email="lee@example.com"))
    await office.sent(ann)
    assert office.post.mails[-1]["To"] == "lee@example.com"


async def test_choosing_a_password_ends_the_tokens_of_before(office: Office) -> None:
    ann = await office.add()
    await office.users.add_token(ADMIN, office.account, ann.id)
    await office.invitations.accept(await office.sent(ann), PASSWORD)
    assert await office.users.tokens(office.account, ann.id) == []


async def test_a_mail_that_is_not_taken_is_tried_again_with_a_link_that_counts(office: Office, clock: Clock) -> None:
    ann = await office.add()
    office.post.failures = [NotSent("451 later"), NotSent("down")]
    for pause in (FIRST_PAUSE, LONGEST_PAUSE):
        with pytest.raises(Later) as later:
            await send(office.platform, office.invitations, ann.id)
        assert later.value.at == clock.now + pause and await office.state(ann) is State.WAITING
        clock.now += 2 * LONGEST_PAUSE
    token = await office.sent(ann)
    clock.now += SECONDS - 1  # from the attempt that was taken
    await office.invitations.accept(token, PASSWORD)


@pytest.mark.parametrize(("failure", "waited"), [(Refused("550 no such user"), 0.0), (NotSent("down"), GIVEN_UP_AFTER)])
async def test_a_mail_that_is_given_up_says_why(
    office: Office, clock: Clock, failure: NotSent | Refused, waited: float
) -> None:
    ann = await office.add()
    office.post.failures = [failure]
    clock.now += waited
    await send(office.platform, office.invitations, ann.id)
    found = await office.invitations.get(office.account, ann.id)
    assert (found.state(clock.now), found.error) == (State.FAILED, str(failure))
    assert not await waits(office.platform, ann.id)
    await office.invitations.send_again(ADMIN, office.account, ann.id)
    await office.sent(ann)
    assert await office.state(ann) is State.SENT


async def test_a_user_that_was_removed_or_disabled_meanwhile_gets_no_mail(office: Office) -> None:
    ann, ben = await office.add(), await office.add("ben@example.com")
    works = [await work_of(office.platform, user.id) for user in (ann, ben)]
    await office.users.change(ADMIN, office.account, ann.id, UserChange(disabled=True))
    await office.users.remove(ADMIN, office.account, ben.id)
    for work in works:
        assert work
        await office.invitations.send(work, lambda conn: None)
    assert office.post.mails == [] and await office.state(ann) is State.FAILED
    with pytest.raises(InvalidSetting, match="is disabled"):
        await office.invitations.send_again(ADMIN, office.account, ann.id)


async def test_who_is_not_invited(office: Office) -> None:
    given = await office.add("given@example.com", password=PASSWORD)
    unwanted = await office.add("unwanted@example.com", invite=False)
    for user in (given, unwanted):
        assert not await waits(office.platform, user.id)
        with pytest.raises(NotThere, match="was not invited"):
            await office.invitations.get(office.account, user.id)
    wanted = await office.add("wanted@example.com", password=PASSWORD, invite=True)
    with pytest.raises(AlreadyThere):
        await office.add("wanted@example.com")
    assert await waits(office.platform, wanted.id)
    assert set(await office.invitations.of_account(office.account)) == {wanted.id}


async def test_without_a_mail_server_nobody_is_invited(features: Features, account: Account) -> None:
    office = Office(features, account, None)
    ann = await office.add()
    assert not await waits(office.platform, ann.id)
    with pytest.raises(NoMailServer, match="CARILLON_SMTP_URL"):
        await office.add("ben@example.com", invite=True)
    with pytest.raises(NoMailServer):
        await office.invitations.send_again(ADMIN, office.account, ann.id)
    assert [user.email for user in await office.users.list_all(office.account)] == ["ann@example.com"]


async def test_another_account_s_users_are_not_invited(office: Office, other: Account) -> None:
    ann = await office.add()
    for user in (ann.id, ann.email):
        with pytest.raises(NotThere):
            await office.invitations.send_again(ADMIN, other.id, user)
        with pytest.raises(NotThere):
            await office.invitations.get(other.id, user)
    assert await office.invitations.of_account(other.id) == {}


async def test_an_admin_invites_no_owner_and_a_member_invites_none(office: Office) -> None:
    owner = await office.add("owner@example.com", role=Role.OWNER)
    admin = await office.add("admin@example.com", role=Role.ADMIN, name="Ada")
    member = await office.add("member@example.com")
    for by, user in ((admin, owner), (member, member)):
        with pytest.raises(NotPermitted):
            await office.invitations.send_again(by.actor, office.account, user.id)
    await office.invitations.send_again(admin.actor, office.account, member.id)
    await office.sent(member)
    assert "by Ada (admin@example.com)" in office.post.mails[-1].get_content()


async def test_names_of_others_begin_no_line_of_their_own(office: Office) -> None:
    ann = await office.add(company="Acme\r\nBcc: x@example.com\n\nClick http://evil.example.com/invitations/x")
    await office.sent(ann)
    (mail,) = office.post.mails
    assert mail["Bcc"] is None and mail["Subject"].startswith("Invitation to Acme Bcc: x@example.com Click")
    await office.invitations.send_again(ADMIN, office.account, ann.id)
    await office.sent(ann)
    assert office.post.mails[1]["Subject"] == mail["Subject"]  # the company's name is kept


async def test_a_link_of_a_disabled_account_is_not_valid(office: Office) -> None:
    token = await office.sent(await office.add())
    await office.platform.writer.write(
        lambda conn: conn.execute(text("UPDATE accounts SET disabled = true WHERE id = :id"), {"id": office.account})
    )
    await office.platform.refresh()
    with pytest.raises(LinkNotValid):
        await office.invitations.opened(token)
    with pytest.raises(SignInRefused):
        await office.users.sign_in("acme", "ann@example.com", PASSWORD)
