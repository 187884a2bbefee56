"""Calendars: consent is asked for, brought once, kept sealed, and taken back at the provider too."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from yarl import URL

from engine.features.calendars import service
from engine.features.calendars.clients import google, outlook
from engine.features.calendars.model import ASKED_SECONDS, ConsentFailed, NotSetUp, Provider, ProviderFailed
from engine.features.calendars.service import CalendarService
from engine.features.errors import NotThere
from engine.net import Net
from engine.platform.audit import SYSTEM
from engine.platform.feature import Features
from engine.platform.platform import Platform
from engine.store.accounts import Account
from engine.store.database import Database
from tests.engine.features.rooms.conftest import account, clock, database, features, other, writer
from tests.engine.features.subscriptions.conftest import Clock
from tests.support.oauth_server import ID, SECRET, OAuthServer

__all__ = ["account", "clock", "database", "features", "other", "writer"]
ANN, USER = "ann@example.com", "user-1"
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
    return server.consent(await calendars.ask(account.id, USER, GOOGLE), address)


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
    assert (made.address, made.user, made.provider) == (ANN, USER, GOOGLE)
    assert await calendars.list_all(account.id, USER) == [made]
    assert await calendars.list_all(account.id, USER, OUTLOOK) == []
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
    assert await calendars.list_all(account.id, USER) == []


async def test_a_second_consent_for_the_same_address_replaces_the_first(
    calendars: CalendarService, server: OAuthServer, account: Account
) -> None:
    await connect(calendars, server, account)
    (first,) = await calendars.list_all(account.id, USER)
    await connect(calendars, server, account)
    (second,) = await calendars.list_all(account.id, USER)
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
        await calendars.revoke(SYSTEM, account.id, USER, GOOGLE, ANN)
    assert await calendars.list_all(account.id, USER)
    server.fails = False
    for whose, user, provider, address in (
        (other, USER, GOOGLE, ANN), (account, "user-2", GOOGLE, ANN), (account, USER, OUTLOOK, ANN),
        (account, USER, GOOGLE, "ben@example.com"),
    ):  # fmt: skip
        with pytest.raises(NotThere):
            await calendars.revoke(SYSTEM, whose.id, user, provider, address)
    await calendars.revoke(SYSTEM, account.id, USER, GOOGLE, " Ann@example.com ")
    assert len(server.revoked) == 1 and await calendars.list_all(account.id, USER) == []


async def test_one_that_the_provider_knows_no_more_is_taken_back(
    calendars: CalendarService, server: OAuthServer, account: Account
) -> None:
    await connect(calendars, server, account)
    server.refresh.clear()
    await calendars.revoke(SYSTEM, account.id, USER, GOOGLE, ANN)
    assert await calendars.list_all(account.id, USER) == []


async def test_microsoft_names_the_user_otherwise_and_takes_nothing_back(
    calendars: CalendarService, server: OAuthServer, account: Account
) -> None:
    server.name = "userPrincipalName"
    back = server.consent(await calendars.ask(account.id, USER, OUTLOOK), ANN)
    made = await calendars.connect(OUTLOOK, back.query["state"], back.query["code"])
    assert made.address == ANN
    await calendars.revoke(SYSTEM, account.id, USER, OUTLOOK, ANN)
    assert server.revoked == [] and await calendars.list_all(account.id, USER) == []


async def test_without_a_client_nothing_is_asked(features: Features, account: Account) -> None:
    net = Net()
    nothing = CalendarService(features._platform, net, {}, "http://127.0.0.1/")
    with pytest.raises(NotSetUp, match="set CARILLON_GOOGLE_CLIENT_ID and CARILLON_GOOGLE_CLIENT_SECRET"):
        await nothing.ask(account.id, USER, GOOGLE)
    await net.close()


def test_the_addresses_are_the_providers_own_unless_another_server_is_named() -> None:
    assert google("id", "secret").authorize == "https://accounts.google.com/o/oauth2/auth"
    assert outlook("id", "secret").authorize == "https://login.microsoftonline.com/common/oauth2/v2.0/authorize"
