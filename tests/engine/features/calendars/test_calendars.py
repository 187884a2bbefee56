"""Calendars: consent is asked for, brought once, kept sealed, and taken back at the provider too."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from yarl import URL

from engine.features.calendars import service, store
from engine.features.calendars.clients import google, outlook
from engine.features.calendars.model import (
    ASKED_SECONDS,
    MOST_ASKED,
    ConsentFailed,
    NotSetUp,
    Provider,
    ProviderFailed,
)
from engine.features.calendars.service import CalendarService
from engine.features.errors import NotThere
from engine.net import Net
from engine.platform import due_work
from engine.platform.audit import SYSTEM
from engine.platform.feature import Features
from engine.platform.platform import Platform
from engine.store import accounts
from engine.store.accounts import Account
from engine.store.database import Database
from tests.engine.features.rooms.conftest import account, clock, database, features, other, writer
from tests.engine.features.subscriptions.conftest import Clock
from tests.support.oauth_server import ID, SECRET, OAuthServer

__all__ = ["account", "clock", "database", "features", "other", "writer"]
ANN = "ann@example.com"
GOOGLE, OUTLOOK = Provider.GOOGLE, Provider.OUTLOOK


@pytest.fixture
async def server() -> AsyncIterator[OAuthServer]:
    """Both providers."""
    async with OAuthServer() as server:
        yield server


@pytest.fixture
async def calendars(features: Features, server: OAuthServer) -> AsyncIterator[CalendarService]:
    """The service with clients at both."""
    platform: Platform = features._platform
    clients = {
        GOOGLE: google(ID, SECRET, server.root("google")),
        OUTLOOK: outlook(ID, SECRET, server.root("outlook")),
    }
    net = Net()
    yield CalendarService(platform, net, clients, "https://phone.example.com/calendars/callback")
    await net.close()


async def brought(calendars: CalendarService, server: OAuthServer, account: Account, address: str = ANN) -> URL:
    """Where the user is led after it consented."""
    return server.consent(await calendars.ask(account.id, account.id, GOOGLE), address)


async def connect(calendars: CalendarService, server: OAuthServer, account: Account, address: str = ANN) -> None:
    """Ask, consent, and connect."""
    back = await brought(calendars, server, account, address)
    await calendars.connect(GOOGLE, back.query["state"], back.query["code"])


async def test_a_consent_connects_a_calendar_and_its_token_is_sealed(
    calendars: CalendarService, server: OAuthServer, account: Account, database: Database
) -> None:
    back = await brought(calendars, server, account, "Ann@Example.com")
    assert str(back).startswith("https://phone.example.com/calendars/callback/google?")
    assert await calendars.asked(GOOGLE, back.query["state"]) == ("acme", "")
    made = await calendars.connect(GOOGLE, back.query["state"], back.query["code"])
    assert (made.address, made.user, made.provider) == (ANN, account.id, GOOGLE)
    assert await calendars.list_all(account.id, account.id) == [made]
    assert await calendars.list_all(account.id, account.id, OUTLOOK) == []
    (refresh,) = server.refresh
    for table in ("calendars", "calendar_consents"):
        rows = await database.read(lambda conn, table=table: conn.execute(text(f"SELECT * FROM {table}")).all())
        assert refresh not in str(rows) and back.query["state"] not in str(rows)


async def test_a_consent_is_good_once_in_its_time_and_for_its_provider(
    calendars: CalendarService, server: OAuthServer, account: Account, clock: Clock
) -> None:
    back = await brought(calendars, server, account)
    state, code = back.query["state"], back.query["code"]
    for provider, given in ((OUTLOOK, state), (GOOGLE, "x" * 48), (GOOGLE, "")):
        with pytest.raises(ConsentFailed):
            await calendars.asked(provider, given)
    await calendars.connect(GOOGLE, state, code)
    with pytest.raises(ConsentFailed):
        await calendars.connect(GOOGLE, state, code)
    late = await brought(calendars, server, account)
    clock.now += ASKED_SECONDS + 1
    with pytest.raises(ConsentFailed):
        await calendars.connect(GOOGLE, late.query["state"], late.query["code"])


async def test_a_code_of_another_consent_is_refused_by_the_provider(
    calendars: CalendarService, server: OAuthServer, account: Account
) -> None:
    first, second = await brought(calendars, server, account), await brought(calendars, server, account)
    with pytest.raises(ProviderFailed, match="refused it with the status 400"):
        await calendars.connect(GOOGLE, first.query["state"], second.query["code"])
    assert await calendars.list_all(account.id, account.id) == []


async def test_a_second_consent_for_the_same_address_replaces_the_first(
    calendars: CalendarService, server: OAuthServer, account: Account
) -> None:
    await connect(calendars, server, account)
    (first,) = await calendars.list_all(account.id, account.id)
    await connect(calendars, server, account)
    (second,) = await calendars.list_all(account.id, account.id)
    assert second.id == first.id and second.token != first.token


async def test_a_user_connects_so_many_and_no_more(
    calendars: CalendarService, server: OAuthServer, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_OF_USER", 1)
    await connect(calendars, server, account)
    with pytest.raises(service.LimitReached, match="may connect 1 calendars"):
        await connect(calendars, server, account, "ben@example.com")
    await connect(calendars, server, account)


async def test_a_consent_is_taken_back_at_the_provider_too_and_stays_where_that_fails(
    calendars: CalendarService, server: OAuthServer, account: Account, other: Account
) -> None:
    await connect(calendars, server, account)
    server.fails = True
    with pytest.raises(ProviderFailed):
        await calendars.revoke(SYSTEM, account.id, account.id, GOOGLE, ANN)
    assert await calendars.list_all(account.id, account.id)
    server.fails = False
    for whose, user, provider, address in (
        (other, account.id, GOOGLE, ANN), (account, "user-2", GOOGLE, ANN), (account, account.id, OUTLOOK, ANN),
        (account, account.id, GOOGLE, "ben@example.com"),
    ):  # fmt: skip
        with pytest.raises(NotThere):
            await calendars.revoke(SYSTEM, whose.id, user, provider, address)
    await calendars.revoke(SYSTEM, account.id, account.id, GOOGLE, " Ann@example.com ")
    assert len(server.revoked) == 1 and await calendars.list_all(account.id, account.id) == []


async def test_one_that_the_provider_knows_no_more_is_taken_back(
    calendars: CalendarService, server: OAuthServer, account: Account
) -> None:
    await connect(calendars, server, account)
    server.refresh.clear()
    await calendars.revoke(SYSTEM, account.id, account.id, GOOGLE, ANN)
    assert await calendars.list_all(account.id, account.id) == []


async def test_microsoft_names_the_user_otherwise_and_takes_nothing_back(
    calendars: CalendarService, server: OAuthServer, account: Account
) -> None:
    server.name = "userPrincipalName"
    back = server.consent(await calendars.ask(account.id, account.id, OUTLOOK), ANN)
    made = await calendars.connect(OUTLOOK, back.query["state"], back.query["code"])
    assert made.address == ANN
    await calendars.revoke(SYSTEM, account.id, account.id, OUTLOOK, ANN)
    assert server.revoked == [] and await calendars.list_all(account.id, account.id) == []


async def test_without_a_client_nothing_is_asked(features: Features, account: Account) -> None:
    net = Net()
    nothing = CalendarService(features._platform, net, {}, "http://127.0.0.1/")
    with pytest.raises(NotSetUp, match="set CARILLON_GOOGLE_CLIENT_ID and CARILLON_GOOGLE_CLIENT_SECRET"):
        await nothing.ask(account.id, account.id, GOOGLE)
    await net.close()


def test_the_addresses_are_the_providers_own_unless_another_server_is_named() -> None:
    assert google("id", "secret").authorize == "https://accounts.google.com/o/oauth2/auth"
    assert outlook("id", "secret").authorize == "https://login.microsoftonline.com/common/oauth2/v2.0/authorize"


async def test_a_consent_of_an_account_that_was_disabled_meanwhile_is_not_kept_and_taken_back(
    calendars: CalendarService, server: OAuthServer, account: Account, features: Features
) -> None:
    back = await brought(calendars, server, account)
    platform: Platform = features._platform

    async def disable() -> None:
        await platform.writer.write(lambda conn: accounts.update(conn, account.id, disabled=True))
        await platform.cache.load()

    server.before_me = disable
    with pytest.raises(ConsentFailed, match="not there any more"):
        await calendars.connect(GOOGLE, back.query["state"], back.query["code"])
    assert len(server.revoked) == 1 and not server.refresh
    with pytest.raises(ConsentFailed):
        await calendars.asked(GOOGLE, (await brought(calendars, server, account)).query["state"])


async def test_the_calendars_of_who_is_removed_are_taken_back_at_the_provider(
    calendars: CalendarService, server: OAuthServer, account: Account, database: Database, features: Features
) -> None:
    await connect(calendars, server, account)
    await brought(calendars, server, account)
    platform: Platform = features._platform
    (calendar,) = await calendars.list_all(account.id, account.id)
    await platform.writer.write(lambda conn: calendars.let_go(conn, account.id, account.id))
    assert await calendars.list_all(account.id, account.id) == []
    assert await database.read(lambda conn: store.open_consents(conn, account.id, account.id)) == []
    work = await database.read(lambda conn: due_work.get(conn, f"{service.REVOKE}:{calendar.id}"))
    assert work and next(iter(server.refresh)) not in work.payload
    server.fails = True
    with pytest.raises(ProviderFailed):  # the scheduler tries again
        await calendars.revoke_due(work, lambda conn: None)
    server.fails = False
    await calendars.revoke_due(work, lambda conn: None)
    assert len(server.revoked) == 1


async def test_a_user_has_so_many_open_consents_and_the_oldest_are_forgotten(
    calendars: CalendarService, server: OAuthServer, account: Account, database: Database, clock: Clock
) -> None:
    first = await brought(calendars, server, account)
    for _ in range(MOST_ASKED):
        clock.now += 1
        await calendars.ask(account.id, account.id, GOOGLE)
    assert len(await database.read(lambda conn: store.open_consents(conn, account.id, account.id))) == MOST_ASKED
    with pytest.raises(ConsentFailed):
        await calendars.asked(GOOGLE, first.query["state"])


async def test_a_provider_s_answer_that_comes_in_pieces_is_read_whole_and_one_without_end_is_refused(
    calendars: CalendarService, server: OAuthServer, account: Account
) -> None:
    server.pieces = True
    await connect(calendars, server, account)
    assert [one.address for one in await calendars.list_all(account.id, account.id)] == [ANN]
    server.padding = 100_000
    with pytest.raises(ProviderFailed, match="too long"):
        await connect(calendars, server, account)
