"""Meetings in our own API, and the page by which a browser enters one."""

from typing import Any

import pytest

from api.own.features.meetings.public import AT_ONCE
from tests.api.own.installation import Installation
from tests.api.own.test_subscriptions import Program, acme, program

__all__ = ["acme"]


async def _page(installation: Installation, link: str, method: str = "GET", body: Any = None) -> tuple[int, str, Any]:
    """What the path of a link answers: its status, text and headers."""
    path = "/join/" + link.rpartition("/join/")[2]
    url = installation.public_server.make_url(path)
    async with installation.session.request(method, url, json=body) as answer:
        return answer.status, await answer.text(), answer.headers


async def test_a_meeting_is_made_shown_changed_and_removed(acme: Program) -> None:
    wanted = {"name": "Monday", "starts": "2030-01-31T12:00:00+01:00", "ends": "2030-01-31T13:00:00+01:00"}
    status, made = await acme.ask("POST", "/meetings", wanted | {"timezone": "Europe/Berlin"})
    assert status == 201 and made.pop("pin") and made.pop("host_pin")
    assert (made["name"], made["starts"], made["ends"]) == (
        "Monday", "2030-01-31T11:00:00.000Z", "2030-01-31T12:00:00.000Z",
    )  # fmt: skip
    assert f"/join/{made['id']}-" in made["link"] and made["link"] != made["host_link"]
    one = f"/meetings/{made['id']}"
    assert await acme.ask("GET", one) == (200, made)
    assert await acme.ask("GET", "/meetings") == (200, {"meetings": [made]})
    assert (await acme.ask("GET", f"/rooms/{made['id']}"))[1]["id"] == made["room"]
    status, changed = await acme.ask("PATCH", one, {"name": "Tuesday", "ends": None, "pin": "582914"})
    assert status == 200 and changed.pop("pin") == "582914" and "host_pin" not in changed
    assert changed == made | {"name": "Tuesday", "ends": None}
    status, renewed = await acme.ask("PATCH", one, {"new_links": True})
    assert status == 200 and renewed["link"] != made["link"]
    assert (await acme.ask("DELETE", f"/rooms/{made['room']}"))[0] == 409
    assert (await acme.ask("DELETE", one))[0] == 204
    assert (await acme.ask("GET", one))[0] == 404
    whats = [entry["what"] for entry in (await acme.ask("GET", "/audit"))[1]["audit"]]
    assert [what for what in whats if what.startswith("meeting")] == [
        "meeting.removed", "meeting.changed", "meeting.changed", "meeting.added",
    ]  # fmt: skip


async def test_an_account_never_reaches_the_meetings_of_another(installation: Installation, acme: Program) -> None:
    other = await program(installation, "shop")
    _, made = await other.ask("POST", "/meetings", {"name": "Secret"})
    for method, body in (("GET", None), ("PATCH", {"name": "Mine"}), ("DELETE", None)):
        assert (await acme.ask(method, f"/meetings/{made['id']}", body))[0] == 404
    assert await acme.ask("GET", "/meetings") == (200, {"meetings": []})


async def test_a_meeting_belongs_to_the_user_who_makes_it(installation: Installation, acme: Program) -> None:
    await installation.admin("POST", "/accounts/acme/users", {"email": "ann@example.com", "role": "admin"})
    _, token = await installation.admin("POST", "/accounts/acme/users/ann@example.com/tokens", {})
    ann = Program(installation, token["token"], acme.account)
    _, made = await ann.ask("POST", "/meetings", {})
    assert made["owner"] == "ann@example.com" and made["name"] == made["id"]
    assert (await acme.ask("POST", "/meetings", {}))[1]["owner"] is None
    assert (await installation.admin("DELETE", "/accounts/acme/users/ann@example.com"))[0] == 204
    assert (await acme.ask("GET", f"/meetings/{made['id']}"))[1]["owner"] is None, "it is the account's then"


async def test_the_page_of_a_link_is_the_meeting_s_and_trusts_no_other_host(
    installation: Installation, acme: Program
) -> None:
    _, made = await acme.ask("POST", "/meetings", {"name": "<script>alert('1')</script>"})
    for link, role in ((made["link"], "guest"), (made["host_link"], "host")):
        status, text, headers = await _page(installation, link)
        assert status == 200 and f'data-role="{role}"' in text
        assert "<script>alert" not in text and "&lt;script&gt;" in text
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
        assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("no-referrer", "no-store")
    for file, kind in (("meeting.js", "text/javascript"), ("meeting.css", "text/css")):
        status, text, headers = await _page(installation, f"/join/page/{file}")
        assert status == 200 and text and headers["Content-Type"].startswith(kind)
    for file in ("public.py", "..%2fv1.py", "meeting.html", "nothing.js"):
        assert (await _page(installation, f"/join/page/{file}"))[0] == 404


async def test_a_guest_is_told_what_to_call_by_the_right_link_alone(installation: Installation, acme: Program) -> None:
    _, made = await acme.ask("POST", "/meetings", {})
    status, text, _ = await _page(installation, made["link"], "POST", {"name": "Änna"})
    assert status == 200 and '"user": "guest"' in text and f"sip:{made['id']}g" in text
    status, text, _ = await _page(installation, made["host_link"], "POST", {})
    assert status == 200 and f"sip:{made['id']}h" in text
    for link in (made["link"][:-1] + "x", f"/join/{made['id']}", "/join/x", f"/join/{made['id']}-{'0' * 20}"):
        assert (await _page(installation, link, "POST", {}))[0] == 404
        status, text, _ = await _page(installation, link)
        assert status == 404 and "There is no such meeting" in text and "jssip" not in text
    for body in ({"name": 7}, {"name": "Anna", "host": True}, []):
        assert (await _page(installation, made["link"], "POST", body))[0] == 400


async def test_a_meeting_is_entered_so_often_and_no_more(installation: Installation, acme: Program) -> None:
    _, made = await acme.ask("POST", "/meetings", {})
    statuses = [(await _page(installation, made["link"], "POST", {}))[0] for _ in range(AT_ONCE + 5)]
    assert statuses[: AT_ONCE - 1] == [200] * (AT_ONCE - 1) and statuses[-1] == 429
    _, other = await acme.ask("POST", "/meetings", {})
    assert (await _page(installation, other["link"], "POST", {}))[0] == 200


async def test_a_member_sees_the_host_s_link_of_its_own_meeting_alone(
    installation: Installation, acme: Program
) -> None:
    await installation.admin("POST", "/accounts/acme/users", {"email": "ann@example.com", "role": "member"})
    _, token = await installation.admin("POST", "/accounts/acme/users/ann@example.com/tokens", {})
    ann = Program(installation, token["token"], acme.account)
    _, own = await acme.ask("POST", "/meetings", {"owner": "ann@example.com"})
    await acme.ask("POST", "/meetings", {})
    shown = (await ann.ask("GET", "/meetings"))[1]["meetings"]
    assert [one["host_link"] for one in shown] == [own["host_link"], None] and all(one["link"] for one in shown)


async def test_links_that_are_guessed_are_throttled_and_a_right_one_is_not(
    installation: Installation, acme: Program
) -> None:
    _, made = await acme.ask("POST", "/meetings", {})
    assert (await _page(installation, made["link"]))[0] == 200
    statuses = [(await _page(installation, f"/join/{made['id']}-{guess:020x}"))[0] for guess in range(110)]
    assert statuses[:99] == [404] * 99 and statuses[-1] == 429
    assert (await _page(installation, made["link"]))[0] == 200, "it was right before"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"starts": "tomorrow"}, "starts must be Unix seconds, or a date and a time with an offset"),
        ({"starts": 10, "ends": 5}, "starts must be before ends"),
        ({"pin": "1111"}, "easy to guess"),
        ({"owner": "eve@example.com"}, "eve@example.com"),
        ({"language": "xx"}, "language must be one that rooms speak"),
        ({"room": "room-1"}, "unknown field"),
    ],
)
async def test_what_cannot_be_a_meeting_is_refused(acme: Program, body: dict[str, Any], words: str) -> None:
    status, answer = await acme.ask("POST", "/meetings", body)
    assert status in (400, 404) and words in answer["error"]
    assert await acme.ask("GET", "/meetings") == (200, {"meetings": []})
