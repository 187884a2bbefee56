"""Extensions of several accounts in the administrator's API: whose is meant, and what a phone is set up with."""

from tests.api.own.installation import Installation


async def test_two_accounts_have_the_same_extension_and_each_is_shown_with_its_own_user(
    installation: Installation,
) -> None:
    for name in ("acme", "shop"):
        await installation.account(name)
        status, added = await installation.admin("POST", "/extensions", {"number": "101", "account": name})
        assert (status, added["number"], added["account"]) == (201, "101", name)
        assert (await installation.admin("GET", f"/extensions/101/credentials?account={name}"))[1] == added
        assert installation.asterisk.objects["auth", added["user"]]["password"] == added["password"]
    listed = (await installation.admin("GET", "/extensions"))[1]["extensions"]
    assert {one["account"]: one["number"] for one in listed} == {"acme": "101", "shop": "101"}
    assert len({one["user"] for one in listed}) == 2
    (shops,) = (await installation.admin("GET", "/extensions?account=shop"))[1]["extensions"]
    assert shops == next(one for one in listed if one["account"] == "shop") and shops["state"] == "offline"


async def test_an_account_that_is_not_there_is_not_one_without_extensions(installation: Installation) -> None:
    status, answer = await installation.admin("GET", "/extensions?account=nobody")
    assert (status, answer) == (404, {"error": "There is no account nobody.", "code": "not_found"})


async def test_an_extension_of_several_accounts_is_named_with_its_account(installation: Installation) -> None:
    for name in ("acme", "shop"):
        await installation.account(name)
        await installation.admin("POST", "/extensions", {"number": "101", "account": name})
    sentence = "Several accounts have an extension 101: give the account, one of acme, shop (--account NAME)."
    wanted = {"error": sentence, "code": "invalid_setting"}
    assert await installation.admin("GET", "/extensions/101/credentials") == (400, wanted)
    assert await installation.admin("DELETE", "/extensions/101") == (400, wanted)
    assert (await installation.admin("DELETE", "/extensions/101?account=acme"))[0] == 204
    assert (await installation.admin("DELETE", "/extensions/101?account=acme"))[0] == 404
    assert (await installation.admin("GET", "/extensions/101/credentials"))[1]["account"] == "shop"
    assert (await installation.admin("DELETE", "/extensions/101"))[0] == 204
    assert (await installation.admin("GET", "/extensions"))[1]["extensions"] == []


async def test_an_extension_and_another_account_s_number_may_have_the_same_digits(installation: Installation) -> None:
    for name in ("acme", "shop"):
        await installation.account(name)
    assert (await installation.admin("POST", "/extensions", {"number": "500", "account": "shop"}))[0] == 201
    number = {"number": "500", "unassigned": True}
    assert (await installation.admin("POST", "/numbers", number | {"account": "shop"}))[0] == 409
    assert (await installation.admin("POST", "/numbers", number | {"account": "acme"}))[0] == 201


async def test_an_extension_belongs_to_a_user_until_that_is_removed(installation: Installation) -> None:
    for name in ("acme", "shop"):
        await installation.account(name)
        for role in ("owner", "member"):
            user = {"email": f"{role}@example.com", "role": role}
            assert (await installation.admin("POST", f"/accounts/{name}/users", user))[0] == 201
    wanted = {"number": "101", "account": "acme", "owner": "Member@example.com"}
    assert (await installation.admin("POST", "/extensions", wanted | {"owner": "eve@example.com"}))[0] == 404
    assert (await installation.admin("POST", "/extensions", wanted))[0] == 201
    assert await _owners(installation) == {"101": "member@example.com"}
    shops = (await installation.admin("GET", "/accounts/shop/users/member@example.com"))[1]["id"]
    assert (await installation.admin("PATCH", "/extensions/101", {"owner": shops}))[0] == 404
    status, changed = await installation.admin("PATCH", "/extensions/101", {"owner": "owner@example.com"})
    assert (status, changed["owner"]) == (200, "owner@example.com")
    assert (await installation.admin("PATCH", "/extensions/101", {"ring_seconds": 20}))[1]["owner"] == changed["owner"]
    assert (await installation.admin("PATCH", "/extensions/101", {"owner": None}))[1]["owner"] is None
    await installation.admin("PATCH", "/extensions/101", {"owner": "member@example.com"})
    assert (await installation.admin("DELETE", "/accounts/acme/users/member@example.com"))[0] == 204
    assert await _owners(installation) == {"101": None}


async def _owners(installation: Installation) -> dict[str, str | None]:
    listed = (await installation.admin("GET", "/extensions"))[1]["extensions"]
    return {one["number"]: one["owner"] for one in listed}
