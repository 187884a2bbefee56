"""Subscriptions: added, changed, rotated, removed, by whom; what is kept of their secrets, and what they match."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, text

from engine.events import CallAnswered, Event, ScheduledCallRefused
from engine.features.errors import InvalidSetting, NotThere
from engine.features.subscriptions import bodies, live
from engine.features.subscriptions import service as module
from engine.features.subscriptions.feature import SubscriptionsFeature
from engine.features.subscriptions.live import LiveEvents, TooManyListeners
from engine.features.subscriptions.model import NewSubscription, Sink, SubscriptionChange, TooManySubscriptions
from engine.features.subscriptions.service import SubscriptionService
from engine.model.call import Call, CallState, Direction
from engine.model.verstat import PASSED, Verstat
from engine.platform import audit
from engine.platform.audit import ADMIN
from engine.platform.catalogue import Entry, only
from engine.store import applications, closing
from engine.store.applications import Application
from engine.store.database import Database
from engine.store.events import StoredEvent
from engine.store.writer import Writer
from engine.tasks.results import Completed, Digits, Recorded
from engine.tasks.secret import Seal, Unreadable
from tests.engine.features.subscriptions.conftest import Clock
from tests.engine.store.samples import an_account
from tests.support.features import announced

ACCOUNT, OTHER = "acct-1", "acct-2"
URL = "https://example.com/hook"
CATALOGUE = announced()


def wanted(*events: str, **more: Any) -> NewSubscription:
    return NewSubscription(events=events or ("call.ended",), **({"url": URL} | more))


async def test_one_is_added_shown_and_removed_by_its_account_alone(subscriptions: SubscriptionService) -> None:
    added = (await subscriptions.add(ADMIN, ACCOUNT, wanted("call.ended", "call.ended", "recording.*"))).subscription
    assert added.events == ("call.ended", "recording.*") and added.sink is Sink.HTTP
    assert await subscriptions.list_all(ACCOUNT) == [added] == [await subscriptions.get(ACCOUNT, added.id)]
    assert await subscriptions.list_all(OTHER) == []
    for attempt in (
        subscriptions.get(OTHER, added.id),
        subscriptions.remove(ADMIN, OTHER, added.id),
        subscriptions.rotate(ADMIN, OTHER, added.id),
        subscriptions.change(ADMIN, OTHER, added.id, SubscriptionChange(disabled=True)),
    ):
        with pytest.raises(NotThere, match=f"The account has no subscription {added.id}"):
            await attempt
    assert list(subscriptions.index.wanting(ACCOUNT, "call.ended")) == [added]
    await subscriptions.remove(ADMIN, ACCOUNT, added.id)
    assert await subscriptions.list_all(ACCOUNT) == []
    assert not subscriptions.index.wanting(ACCOUNT, "call.ended") and subscriptions.index.get(added.id) is None


async def test_its_secret_is_sealed_in_the_store_and_no_entry_of_the_audit_has_it(
    subscriptions: SubscriptionService, database: Database
) -> None:
    made = await subscriptions.add(ADMIN, ACCOUNT, wanted(url="https://ann:hunter2@example.com/hook?key=hunter3"))
    rotated = await subscriptions.rotate(ADMIN, ACCOUNT, made.subscription.id)
    assert made.secret and made.secret.startswith("whsec_") and rotated.secret != made.secret

    def stored(conn: Connection) -> list[Any]:
        rows = conn.execute(text("SELECT secret, old_secret FROM subscriptions")).all()
        return [rows, audit.of(conn, ACCOUNT)]

    rows, entries = await database.read(stored)
    assert all(value.startswith("sealed:") for value in rows[0])
    assert [entry.what for entry in entries] == ["subscription.rotated", "subscription.added"]
    assert not any(word in str(entries) for word in ("whsec", "sealed:", "hunter2", "hunter3"))
    assert entries[1].after and entries[1].after["address"] == "https://example.com/hook"


async def test_the_secret_before_a_rotation_signs_for_a_day(subscriptions: SubscriptionService, clock: Clock) -> None:
    made = await subscriptions.add(ADMIN, ACCOUNT, wanted())
    rotated = await subscriptions.rotate(ADMIN, ACCOUNT, made.subscription.id)
    assert subscriptions.secrets(rotated.subscription) == [rotated.secret, made.secret]
    clock.now += 24 * 3600
    assert subscriptions.secrets(rotated.subscription) == [rotated.secret]


async def test_a_secret_that_was_stored_under_another_key_is_one_sentence(
    subscriptions: SubscriptionService, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await subscriptions.add(ADMIN, ACCOUNT, wanted())
    monkeypatch.setattr(subscriptions, "_seal", Seal("a secret that was set later"))
    with pytest.raises(Unreadable, match="CARILLON_SECRET is not the one"):
        subscriptions.secrets(made.subscription)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (NewSubscription(events=(), url=URL), "at least one event"),
        (NewSubscription(events=("call.exploded",), url=URL), r"got 'call.exploded'\); there are: \*, call\.\*"),
        (NewSubscription(events=("*",)), "either a url or an email"),
        (NewSubscription(events=("*",), url=URL, email="ann@example.com"), "either a url or an email"),
        (NewSubscription(events=("*",), url="ftp://example.com/"), "The URL cannot be used"),
        (NewSubscription(events=("*",), url="https://"), "The URL cannot be used"),
        (NewSubscription(events=("*",), email="ann@example.com\r\nBcc: bob@example.com"), "must be an e-mail address"),
        *(
            (NewSubscription(events=("*",), email=email), "in ASCII at a domain")
            for email in (
                "ann@example..com",
                "ann@localhost",
                "ann@192.0.2.1",
                "jürgen@example.com",
                "ann@bücher.com",
                ".ann@example.com",
                "ann.@example.com",
                "an..n@example.com",
                "ann@-example.com",
            )
        ),
    ],
)
async def test_what_cannot_be_is_refused(
    subscriptions: SubscriptionService, given: NewSubscription, sentence: str
) -> None:
    with pytest.raises(InvalidSetting, match=sentence):
        await subscriptions.add(ADMIN, ACCOUNT, given)


async def test_a_mail_has_no_secret_and_needs_a_server(
    subscriptions: SubscriptionService, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await subscriptions.add(ADMIN, ACCOUNT, NewSubscription(events=("*",), email="Ann@Example.com"))
    assert (made.secret, made.subscription.address) == (None, "ann@example.com")
    with pytest.raises(InvalidSetting, match="A mail is not signed"):
        await subscriptions.rotate(ADMIN, ACCOUNT, made.subscription.id)
    monkeypatch.setattr(subscriptions, "_mails", False)
    with pytest.raises(InvalidSetting, match="CARILLON_SMTP_URL"):
        await subscriptions.add(ADMIN, ACCOUNT, NewSubscription(events=("*",), email="ann@example.com"))


async def test_an_account_has_so_many_at_most(
    subscriptions: SubscriptionService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    for _ in range(2):
        await subscriptions.add(ADMIN, ACCOUNT, wanted())
    with pytest.raises(TooManySubscriptions, match="at most 2 subscriptions"):
        await subscriptions.add(ADMIN, ACCOUNT, wanted())
    await subscriptions.add(ADMIN, OTHER, wanted())


async def test_an_application_is_the_accounts_own(subscriptions: SubscriptionService, writer: Writer) -> None:
    application = Application(id="app-1", account=OTHER, name="desk", dialect="one", settings={})
    await writer.write(lambda conn: applications.create(conn, application))
    with pytest.raises(NotThere):
        await subscriptions.add(ADMIN, ACCOUNT, wanted(application="desk"))
    made = await subscriptions.add(ADMIN, OTHER, wanted(application="desk"))
    assert made.subscription.application == "app-1"


async def test_after_a_restart_all_that_are_not_disabled_hear(
    subscriptions: SubscriptionService, database: Database, writer: Writer
) -> None:
    kept = (await subscriptions.add(ADMIN, ACCOUNT, wanted("call.*"))).subscription
    quiet = (await subscriptions.add(ADMIN, ACCOUNT, wanted("call.*"))).subscription
    await subscriptions.change(ADMIN, ACCOUNT, quiet.id, SubscriptionChange(disabled=True))
    changed = await subscriptions.change(ADMIN, ACCOUNT, kept.id, SubscriptionChange(events=("recording.*",)))
    again = SubscriptionService(database, writer, CATALOGUE, lambda url: url)
    await again.load()
    for service in (subscriptions, again):
        assert list(service.index.wanting(ACCOUNT, "recording.available")) == [changed]
        assert not service.index.wanting(ACCOUNT, "call.ended") and not service.index.wanting(OTHER, "call.ended")


async def test_a_change_that_changes_nothing_is_not_in_the_audit(
    subscriptions: SubscriptionService, database: Database
) -> None:
    added = (await subscriptions.add(ADMIN, ACCOUNT, wanted())).subscription
    for change in (SubscriptionChange(), SubscriptionChange(disabled=False), SubscriptionChange(events=added.events)):
        assert await subscriptions.change(ADMIN, ACCOUNT, added.id, change) == added
    entries = await database.read(lambda conn: audit.of(conn, ACCOUNT))
    assert [entry.what for entry in entries] == ["subscription.added"]


async def test_they_go_with_their_account(subscriptions: SubscriptionService, writer: Writer) -> None:
    await subscriptions.add(ADMIN, ACCOUNT, wanted())
    await subscriptions.add(ADMIN, OTHER, wanted())
    await writer.write(lambda conn: closing.close(conn, an_account(), 1.0, SubscriptionsFeature.tables))
    assert await subscriptions.list_all(ACCOUNT) == [] and len(await subscriptions.list_all(OTHER)) == 1


def test_patterns_mean_the_names_that_there_are() -> None:
    assert CATALOGUE.meant(["*"]) == frozenset(CATALOGUE.names)
    assert CATALOGUE.meant(["conference.*"]) == {
        "conference.started",
        "conference.locked",
        "conference.muted",
        "conference.ended",
    }
    assert CATALOGUE.meant(["call.ended", "digit.*"]) == {"call.ended", "digit.pressed"}


def test_the_page_of_the_api_has_each_event_with_its_fields() -> None:
    page = (Path(__file__).parents[4] / "docs" / "api.md").read_text().partition("## Subscriptions")[2]
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    for entry in CATALOGUE.entries:
        (row,) = [row for row in rows if f"`{entry.name}`" in row.split("|")[1]]
        stand_in = SimpleNamespace(**dict.fromkeys(entry.kind.__struct_fields__, 0))
        is_recording = entry.name == "recording.available"
        recorded, digits = Recorded(recording="rec-1", name="x", seconds=1.0), Digits(digits="1")
        stand_in.outcome = Completed(recorded if is_recording else digits)
        stand_in.legs = ()
        missing = [name for name in entry.fields(stand_in) if f"`{name}`" not in row]
        assert not missing, f"{entry.name}: {missing}"


def test_a_scheduled_call_that_was_refused_is_named_by_its_id_though_there_is_no_call() -> None:
    event = ScheduledCallRefused(
        id="event-1", account=ACCOUNT, subject="call-1", root="call-1", at=1.0, reason="This account has no credit."
    )
    (entry,) = CATALOGUE.of(event)
    sent = bodies.message(event, entry, None)
    assert sent["type"] == "call.refused" and "call.refused" in CATALOGUE.meant(["call.*"])
    assert sent["data"] == {"call": "call-1", "reason": "This account has no credit."}


def test_an_event_of_a_call_says_what_is_known_of_the_right_to_its_caller_s_number() -> None:
    event = CallAnswered(id="event-1", account=ACCOUNT, subject="call-1", root="call-1", at=1.0)
    (entry,) = CATALOGUE.of(event)
    call = Call(
        id="call-1", root="call-1", account=ACCOUNT, direction=Direction.INBOUND, caller="+12025550111",
        callee="12015552005", state=CallState.ANSWERED, created=1.0,
        verstat=Verstat(result=PASSED, attestation="B", attestation_from="carrier"),
    )  # fmt: skip
    assert bodies.message(event, entry, call)["data"]["verstat"] == {
        "result": PASSED, "verified": True, "attestation": "B", "attestation_from": "carrier", "origid": None,
        "problem": None,
    }  # fmt: skip


class TelexLost(Event, frozen=True, kw_only=True, tag="test_subscriptions_fax_lost"):
    """An event of another feature."""

    pages: int


async def test_an_event_that_a_feature_announces_is_subscribed_to_and_says_what_its_subject_is(
    database: Database, writer: Writer, subscriptions: SubscriptionService
) -> None:
    with pytest.raises(InvalidSetting, match=r"got 'telex\.\*'"):
        await subscriptions.add(ADMIN, ACCOUNT, wanted("telex.*"))
    catalogue = announced()
    catalogue.add((Entry("telex.lost", TelexLost, only("pages"), subject="telex"),))
    service = SubscriptionService(database, writer, catalogue, lambda url: url)
    added = (await service.add(ADMIN, ACCOUNT, wanted("telex.*"))).subscription
    assert list(service.index.wanting(ACCOUNT, "telex.lost")) == [added]
    event = TelexLost(id="event-1", account=ACCOUNT, subject="telex-1", root="telex-1", at=1.0, pages=3)
    (entry,) = catalogue.of(event)
    sent = bodies.message(event, entry, None)
    assert (sent["type"], sent["data"]) == ("telex.lost", {"telex": "telex-1", "pages": 3})


class TestLive:
    """Listeners."""

    def event(self, number: int = 1, account: str = ACCOUNT) -> StoredEvent:
        event = CallAnswered(id=f"event-{number}", account=account, subject="call-1", root="call-1", at=1.0)
        return StoredEvent(number, event)

    async def test_a_listener_hears_its_accounts_events_of_its_names_in_order(self) -> None:
        hub = LiveEvents(CATALOGUE)
        with hub.listening(ACCOUNT, ["call.*"]) as calls, hub.listening(ACCOUNT, ["recording.*"]) as recordings:
            hub.feed([self.event(1), self.event(2, OTHER), self.event(3)])
            assert [(await calls.next())[0].position for _ in range(2)] == [1, 3]
            assert not recordings._waiting
        hub.feed([self.event()])
        assert not calls._waiting and not hub._listeners

    async def test_one_that_does_not_take_its_events_is_ended_and_keeps_none(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(live, "MOST_WAITING", 3)
        hub = LiveEvents(CATALOGUE)
        with hub.listening(ACCOUNT, ["*"]) as slow, hub.listening(ACCOUNT, ["*"]) as quick:
            for number in range(5):
                hub.feed([self.event(number)])
                await quick.next()
            assert slow.ended.is_set() and slow.too_slow and not slow._waiting
            assert not quick.ended.is_set()

    async def test_an_account_has_so_many_at_most(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(live, "MOST_LISTENERS", 1)
        hub = LiveEvents(CATALOGUE)
        listening: Callable[[str], Any] = lambda account: hub.listening(account, ["*"])  # noqa: E731
        with listening(ACCOUNT), listening(OTHER), pytest.raises(TooManyListeners), listening(ACCOUNT):
            pass
        with listening(ACCOUNT):
            pass
