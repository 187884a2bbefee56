"""Applications and their keys, as an administrator makes them."""

import pytest

from tests.api.own.installation import Installation

TASKS = [{"kind": "say", "text": "Hello"}, {"kind": "hang_up"}]


async def test_an_application_gets_a_key_which_names_it_and_never_shows_its_secret_in_a_list(
    installation: Installation,
) -> None:
    account = (await installation.account("acme"))["account"]
    body = {"account": "acme", "name": "shop", "dialect": "asking", "url": "http://host/ice"}
    status, made = await installation.admin("POST", "/applications", body)
    assert status == 201 and made["key"] != made["secret"]
    assert made["settings"] == {"primary": "http://host/ice"}
    holder = await installation.services.accounts.by_key("asking", made["key"])
    assert holder is not None and holder.application is not None
    assert (holder.account.id, holder.secret, holder.application.id) == (account, made["secret"], made["id"])
    assert holder.application.asks
    listed = (await installation.admin("GET", "/applications"))[1]["applications"]
    assert {each["name"]: each.get("key") for each in listed} == {"asking": listed[0]["key"], "shop": made["key"]}
    assert {each["account"] for each in listed} == {"acme"}
    assert made["secret"] not in str(listed)
    for name in (made["id"], made["key"]):
        assert await installation.admin("GET", f"/applications/{name}") == (200, made)


async def test_a_renewed_secret_counts_at_once(installation: Installation) -> None:
    await installation.account("acme")
    made = (await installation.admin("POST", "/applications", {"account": "acme", "name": "s", "dialect": "asking"}))[1]
    assert await installation.services.accounts.by_key("asking", made["key"])
    _, renewed = await installation.admin("POST", f"/applications/{made['id']}/rotate", {})
    holder = await installation.services.accounts.by_key("asking", made["key"])
    assert holder is not None and holder.secret == renewed["secret"] != made["secret"]


async def test_an_application_that_is_replaced_keeps_its_key_only_in_its_dialect(installation: Installation) -> None:
    await installation.account("acme")
    body = {"account": "acme", "name": "shop", "dialect": "asking"}
    first = (await installation.admin("POST", "/applications", body))[1]
    again = (await installation.admin("POST", "/applications", body | {"url": "http://host/"}))[1]
    assert (again["id"], again["key"], again["secret"]) == (first["id"], first["key"], first["secret"])
    fixed = (await installation.admin("POST", "/applications", {"account": "acme", "name": "shop", "tasks": TASKS}))[1]
    assert fixed["id"] == first["id"] and "key" not in fixed
    assert await installation.services.accounts.by_key("asking", first["key"]) is None
    assert (await installation.admin("POST", f"/applications/{first['id']}/rotate", {}))[0] == 400
    assert (await installation.admin("DELETE", f"/applications/{first['id']}"))[0] == 204
    assert (await installation.admin("GET", f"/applications/{first['id']}"))[0] == 404


async def test_an_application_with_a_number_is_not_deleted_and_its_key_stays(installation: Installation) -> None:
    made = (await installation.account("acme"))["asking"]
    status, answer = await installation.admin("DELETE", f"/applications/{made['key']}")
    assert status == 409 and "number" in answer["error"]
    assert (await installation.admin("GET", f"/applications/{made['key']}"))[1]["numbers"] == ["12015552000"]
    await installation.admin("PATCH", "/numbers/12015552000", {"application": None})
    assert (await installation.admin("DELETE", f"/applications/{made['key']}"))[0] == 204
    assert await installation.services.accounts.by_key("asking", made["key"]) is None


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"dialect": "nobody"}, 400), ({"dialect": "ringful"}, 400), ({"url": "ftp://host/"}, 400),
        ({"fallback": "host"}, 400), ({"tasks": TASKS, "url": "http://host/"}, 400), ({"name": "a/b"}, 400),
        ({"account": "nobody"}, 404), ({"dialect": "ringful", "url": "http://a/", "fallback": "http://b/"}, 400),
        ({"unknown": 1}, 400),
    ],
)  # fmt: skip
async def test_an_application_that_cannot_be_is_refused(
    installation: Installation, wrong: dict[str, object], status: int
) -> None:
    await installation.account("acme")
    body = {"account": "acme", "name": "shop", "dialect": "asking"}
    answered, answer = await installation.admin("POST", "/applications", body | wrong)
    assert answered == status and answer["error"]
    assert len((await installation.admin("GET", "/applications"))[1]["applications"]) == 1


async def test_a_number_goes_to_applications_of_its_account_only(installation: Installation) -> None:
    first, second = await installation.account("acme"), await installation.account("other")
    await installation.admin("POST", "/applications", {"account": "other", "name": "theirs", "tasks": TASKS})
    number = first["asking"]["number"].removeprefix("+")
    assert (await installation.admin("PATCH", f"/numbers/{number}", {"application": "theirs"}))[0] == 404
    assert (await installation.admin("PATCH", "/numbers/999999999", {"application": None}))[0] == 404
    body = {"number": number, "account": "other", "unassigned": True, "capability": "sms"}
    assert (await installation.admin("POST", "/numbers", body))[0] == 409
    _, unassigned = await installation.admin("PATCH", f"/numbers/{number}", {"application": None})
    assert unassigned["application"] is None and installation.services.cache.application_of(number) is None
    _, back = await installation.admin("PATCH", f"/numbers/{number}", {"application": "asking"})
    assert back["application"]["name"] == "asking"
    assert second["asking"]["number"] == "+12015552001"


# A signed request's Authorization header is its signature; Ringful signs no callback.
@pytest.mark.parametrize("field", ["url", "fallback"])
async def test_a_user_in_an_address_is_refused_where_its_requests_are_signed(
    installation: Installation, field: str
) -> None:
    await installation.account("acme")
    body = {"account": "acme", "name": "shop", "dialect": "asking", "url": "http://host/ice"}
    secret = {field: "http://ann:hunter2@host/"}
    status, refused = await installation.admin("POST", "/applications", body | secret)
    assert status == 400 and "must not have a user or a password" in refused["error"]
    assert "hunter2" not in refused["error"]
    _, made = await installation.admin("POST", "/applications", body)
    status, refused = await installation.admin("PATCH", f"/applications/{made['id']}", secret)
    assert status == 400 and "must not have a user or a password" in refused["error"]
    number = {"number": "12015550199", "account": "acme", "dialect": "asking", "url": "http://host/"} | secret
    assert (await installation.admin("POST", "/numbers", number))[0] == 400
    plain = {"account": "acme", "name": "told", "dialect": "ringful", "url": "http://ann:hunter2@host/"}
    assert (await installation.admin("POST", "/applications", plain))[0] == 201
