"""Statuses of users: what a person sets counts, else what their phones say; each change is an event."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from engine.events import CallAnswered, CallEnded, Event
from engine.features.destinations.extension_settings import DiversionFields, ExtensionDiversions
from engine.features.endpoints.model import NewExtension
from engine.features.endpoints.service import Extensions
from engine.features.errors import InvalidSetting, NotThere
from engine.features.statuses.events import UserStatusChanged
from engine.features.statuses.model import SetBy
from engine.features.statuses.service import UNSET, Owner, UserStatuses
from engine.features.users.model import NewUser
from engine.features.users.service import UserService
from engine.ids import new_id
from engine.model.call import Call, CallState, Direction
from engine.platform import due_work
from engine.platform.audit import SYSTEM
from engine.platform.feature import Features
from engine.platform.platform import Platform
from engine.store import calls
from engine.store.accounts import Account
from engine.store.errors import StoreUnavailable
from engine.store.events import StoredEvent
from tests.support.scenario import until


class Office:
    """An account with a user who has a phone, and what customers hear of statuses."""

    def __init__(self, platform: Platform, account: Account, user: str, sip_user: str) -> None:
        self.platform, self.account, self.user, self.sip_user = platform, account, user, sip_user
        self.registered: set[str] = set()
        self.said: list[tuple[str, str]] = []
        self.statuses = UserStatuses(platform, self.registered.__contains__)
        platform.on_commit(lambda committed: self._hear([stored.event for stored in committed]))

    def _hear(self, events: list[Event]) -> None:
        self.said += [(one.status, one.set_by) for one in events if isinstance(one, UserStatusChanged)]

    async def call(self, number: str, **fields: Any) -> str:
        """A call of an extension that was answered; returns its id."""
        id = new_id("call")
        call = Call(
            id=id, root=id, account=self.account.id, direction=Direction.INBOUND, caller=number, callee="500",
            state=CallState.ANSWERED, created=1.0, answered=2.0, ari_application="carillon-0", **fields,
        )  # fmt: skip
        await self.platform.writer.write(lambda conn: calls.insert(conn, call))
        await self.hear(CallAnswered, id)
        return id

    async def hear(self, kind: type[Event], call: str) -> None:
        """Hand an event of a call to the consumer."""
        more = {}
        if kind is CallEnded:
            more = {"cause": "normal", "hung_up_by": "far", "answered": True, "seconds": 1.0, "price": 0}
            more["currency"] = "USD"
        event = kind(id=new_id("event"), account=self.account.id, subject=call, root=call, at=3.0, **more)
        await self.statuses.handle([StoredEvent(position=1, event=event)], lambda _: None)

    async def hears(self, *said: tuple[str, str]) -> None:
        """Wait until these statuses were said, and no others."""
        await until(_now(self), lambda found: found == list(said), what=f"{said} are said")


def _now(office: Office) -> Any:
    async def look() -> list[tuple[str, str]]:
        return office.said

    return look


@pytest.fixture
async def office(services: Features, account: Account) -> AsyncIterator[Office]:
    """The office, followed."""
    platform: Platform = services._platform
    added = await services[UserService].add(SYSTEM, account.id, NewUser(email="ann@example.com"))
    objects = services[Extensions]._provisioner

    async def put(pieces: object) -> None:
        """There is no Asterisk here."""

    objects.put = put  # type: ignore[method-assign,assignment]
    await platform.refresh()
    wanted = NewExtension(number="101", account=account.id, owner="ann@example.com")
    extension = await services[Extensions].add(SYSTEM, wanted)
    await platform.refresh()
    office = Office(platform, account, added.user.id, extension.sip_user)
    platform.on_refresh(office.statuses.settings_changed)
    await office.statuses.start()
    yield office
    await office.statuses.stop()


async def test_a_status_follows_registrations_and_calls(office: Office) -> None:
    statuses = office.statuses
    statuses.phone_changed(office.sip_user)
    await office.hears(("offline", "registration"))
    office.registered.add(office.sip_user)
    statuses.phone_changed(office.sip_user)
    await office.hears(("offline", "registration"), ("available", "registration"))
    first, second = await office.call("101"), await office.call("101")
    await office.hear(CallEnded, first)
    assert office.said[2:] == [("on_call", "call")], "the other call goes on"
    await office.hear(CallEnded, second)
    assert office.said[3:] == [("available", "registration")]
    found = await statuses.of(office.account.id, "ann@example.com")
    assert found and (found.status, found.set_by) == ("available", SetBy.REGISTRATION)


async def test_calls_that_are_none_of_the_user_s_phones_say_nothing(office: Office) -> None:
    for call in (await office.call("102"), await office.call("101", trunk="acme"), await office.call("12015550101")):
        await office.hear(CallEnded, call)
    await office.hear(CallAnswered, "call-unknown")
    assert office.said == []


async def test_what_a_person_sets_stays_until_it_is_unset(office: Office) -> None:
    statuses, account = office.statuses, office.account.id
    made = await statuses.set(SYSTEM, account, "ann@example.com", " away ")
    assert made.status == "away" and office.said == [("away", "manual")]
    await office.hear(CallEnded, await office.call("101"))
    await statuses._look(Owner(account, office.user))  # as a registration does
    assert (await statuses.of(account, office.user)) == made
    back = await statuses.unset(SYSTEM, account, office.user)
    assert back and back.status == "offline" and office.said == [("away", "manual"), ("offline", "registration")]
    assert await statuses.unset(SYSTEM, account, office.user) == back, "there is nothing to unset"
    assert len(office.said) == 2


async def test_a_status_that_was_set_until_a_time_ends_then(office: Office) -> None:
    statuses, account = office.statuses, office.account.id
    await statuses.set(SYSTEM, account, office.user, "lunch", until=1e9)
    work = await office.platform.database.read(lambda conn: due_work.get(conn, f"{UNSET}:{office.user}"))
    assert work and work.at == 1e9
    await statuses.unset_due(work, lambda conn: None)
    assert office.said == [("lunch", "manual"), ("offline", "registration")]
    await statuses.set(SYSTEM, account, office.user, "meeting")
    await statuses.unset_due(work, lambda conn: None)  # it runs twice after a crash
    assert office.said[2:] == [("meeting", "manual")]


async def test_not_to_be_disturbed_is_a_status(office: Office, services: Features) -> None:
    change = services[ExtensionDiversions].change
    await change(SYSTEM, office.account.id, "101", DiversionFields(do_not_disturb=True))
    await office.hears(("do_not_disturb", "setting"))
    await change(SYSTEM, office.account.id, "101", DiversionFields(do_not_disturb=False))
    await office.hears(("do_not_disturb", "setting"), ("offline", "registration"))


async def test_calls_that_go_on_are_known_after_a_restart(office: Office) -> None:
    call = await office.call("101")
    office.said.clear()
    again = UserStatuses(office.platform, office.registered.__contains__)
    await again.start()
    office.statuses = again
    try:
        again.phone_changed(office.sip_user)
        await office.hear(CallEnded, call)
        assert office.said == [("offline", "registration")]
    finally:
        await again.stop()


@pytest.mark.parametrize("status", ["", "  ", "x" * 65, "a\nb"])
async def test_what_is_no_status_is_refused(office: Office, status: str) -> None:
    with pytest.raises(InvalidSetting, match="status must be 1 to 64"):
        await office.statuses.set(SYSTEM, office.account.id, office.user, status)
    assert await office.statuses.of(office.account.id, office.user) is None


async def test_another_account_s_user_is_not_there(office: Office) -> None:
    for attempt in (
        office.statuses.of("account-other", office.user),
        office.statuses.set(SYSTEM, "account-other", office.user, "away"),
        office.statuses.unset(SYSTEM, "account-other", office.user),
    ):
        with pytest.raises(NotThere):
            await attempt


async def test_a_user_who_is_given_a_phone_has_its_status_at_once(office: Office, services: Features) -> None:
    await services[UserService].add(SYSTEM, office.account.id, NewUser(email="ben@example.com"))
    await office.platform.refresh()
    change = services[ExtensionDiversions].change
    office.registered.add(office.sip_user)
    await change(SYSTEM, office.account.id, "101", DiversionFields(owner="ben@example.com"))
    await office.hears(("available", "registration"))
    found = await office.statuses.of(office.account.id, "ben@example.com")
    assert found and found.status == "available"


async def test_a_batch_whose_reading_failed_is_taken_whole_the_second_time(office: Office) -> None:
    call = await office.call("101")
    look, office.statuses._look = office.statuses._look, _unavailable  # type: ignore[method-assign]
    with pytest.raises(StoreUnavailable):
        await office.hear(CallEnded, call)
    office.statuses._look = look  # type: ignore[method-assign]
    await office.hear(CallEnded, call)
    assert office.said == [("on_call", "call"), ("offline", "registration")]


async def _unavailable(owner: object) -> None:
    raise StoreUnavailable("The database does not answer.")


async def test_the_status_of_a_user_who_is_removed_is_forgotten(office: Office, services: Features) -> None:
    await office.statuses.set(SYSTEM, office.account.id, office.user, "away")
    await services[UserService].remove(SYSTEM, office.account.id, office.user)
    assert await office.statuses.of_account(office.account.id) == {}
