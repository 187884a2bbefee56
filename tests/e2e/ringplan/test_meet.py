"""RingPlan's Meet: a meeting's link opens its page, and a user connects and takes back its calendars."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.e2e.meetings.conftest import Guest, guest
from tests.e2e.meetings.test_meetings import HOST, people
from tests.e2e.ringplan.conftest import Company
from tests.support.far_end import assert_hears
from tests.support.oauth_server import OAuthServer
from tests.support.system import NoSystem, System

__all__ = ["guest"]
LINK = "/meet/app/calendar/events/get-link"
ANN = "ann.lee@example.com"
pytestmark = pytest.mark.xdist_group("oauth")


@pytest.fixture
async def provider(system: System) -> AsyncIterator[OAuthServer]:
    """Google and Microsoft, where the system looks for them."""
    at = urlsplit(system.setting("GOOGLE_OAUTH_URL"))
    if at.hostname != "127.0.0.1" or not at.port:
        raise NoSystem(f"CARILLON_GOOGLE_OAUTH_URL in {system.file} is not http://127.0.0.1:PORT: `make test` sets it.")
    async with OAuthServer(port=at.port) as server:
        yield server


async def _page(http: aiohttp.ClientSession, url: Any, **form: str) -> tuple[int, str]:
    """Open a page, or send its form."""
    method = "POST" if form else "GET"
    async with http.request(method, url, data=form or None) as answer:
        return answer.status, await answer.text()


async def test_a_meeting_s_link_is_answered_and_lets_its_guests_in(
    company: Company, other: Company, guest: Guest
) -> None:
    status, made = await company.own.ask("POST", "meetings", json={"name": "Sales"})
    assert status == 201
    shown = await company.api.ok("GET", f"{LINK}/{made['id']}")
    assert shown == {"full_link": made["link"]}
    anna, ben = await guest(shown["full_link"], "Anna"), await guest(made["host_link"], "Ben", HOST)
    await anna.enter()
    await ben.enter()
    await people(company.own, made, 2)
    assert_hears(await anna.hears(), [HOST], [])
    for api, id in ((other.api, made["id"]), (company.api, "214824405"), (company.api, "nonsense")):
        error = await api.ok("GET", f"{LINK}/{id}", status=404)
        assert (error["detail"], error["status"]) == ("Invalid meeting ID.", 404)


@pytest.mark.parametrize(("who", "path"), [("google", "calendar"), ("outlook", "outlook")])
async def test_a_user_connects_a_calendar_in_its_browser_and_takes_it_back(
    company: Company, other: Company, provider: OAuthServer, http: aiohttp.ClientSession, who: str, path: str
) -> None:
    api, provider.name = company.api, "email" if who == "google" else "mail"
    assert (await api.ok("GET", "/meet/app/calendar", status=404))["detail"] == "There is no calendar for this contact."
    url = (await api.ok("GET", f"/meet/app/{path}/get-auth-url"))["auth_url"]
    back = provider.consent(url, ANN)
    status, page = await _page(http, back)
    assert status == 200 and f"Connect your {who.title()} calendar?" in page
    assert company.account.name in page and not provider.refresh, "nothing is kept yet"
    status, page = await _page(http, back.with_query(None), code=back.query["code"], state=back.query["state"])
    assert status == 200 and f"{ANN} is connected." in page
    status, page = await _page(http, back.with_query(None), code=back.query["code"], state=back.query["state"])
    assert status == 409 and "was used already" in page
    if who == "google":
        shown = await api.ok("GET", "/meet/app/calendar")
        assert (shown["calendar"], shown["user_id"]) == (ANN, company.id) and shown["update"].endswith("Z")
    assert (await company.own.ask("GET", "calendars"))[1]["calendars"][0]["address"] == ANN
    revoke = f"/meet/{who}/revoke"
    assert await other.api.ok("POST", revoke, {"calendar": ANN}, status=400) == {"result": False}
    assert await api.ok("POST", revoke, {"calendar": "ben@example.com"}, status=400) == {"result": False}
    assert await api.ok("POST", revoke, {"calendar": ANN}) == {"result": True}
    assert await api.ok("POST", revoke, {"calendar": ANN}, status=400) == {"result": False}
    assert len(provider.revoked) == (who == "google")
    assert (await company.own.ask("GET", "calendars"))[1] == {"calendars": []}


async def test_a_consent_that_was_not_given_connects_nothing(
    company: Company, provider: OAuthServer, http: aiohttp.ClientSession, system: System
) -> None:
    url = (await company.api.ok("GET", "/meet/app/calendar/get-auth-url"))["auth_url"]
    back = provider.consent(url, ANN)
    page = f"{system.api}/calendars/callback"
    for query in ("error=access_denied&state=x", "", "code=x", f"code=x&state={'y' * 48}"):
        status, text = await _page(http, f"{page}/google?{query}")
        assert status == 409 and "Not connected" in text, query
    assert (await _page(http, f"{page}/yahoo?code=x&state=y"))[0] == 404
    other = back.with_path(back.path.replace("google", "outlook"))
    assert (await _page(http, other))[0] == 409, "another provider's consent"
    evil = back.update_query({"code": '"><script>alert(1)</script>'})
    status, text = await _page(http, evil)
    assert status == 200 and "<script>" not in text
    provider.fails = True
    status, text = await _page(http, back.with_query(None), code=back.query["code"], state=back.query["state"])
    assert status == 502 and "refused it with the status 503" in text
    assert (await company.own.ask("GET", "calendars"))[1] == {"calendars": []}
