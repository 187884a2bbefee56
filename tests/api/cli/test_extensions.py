"""Extensions of several accounts by the command line."""

from tests.api.cli.running import Run


async def test_an_extension_that_two_accounts_have_is_named_with_its_account(carillon: Run) -> None:
    users = {}
    for account in ("acme", "shop"):
        await carillon("accounts", "create", account)
        added = (await carillon("extensions", "add", "101", "--account", account, "--json")).json
        users[account] = added["user"]
        shown = (await carillon("extensions", "show", "101", "--account", account)).output
        assert added["user"] in shown and added["password"] in shown
    assert users["acme"] == "101" and users["shop"].startswith("101-")
    listed = (await carillon("extensions", "list", "--account", "shop", "--json")).json
    assert [(one["account"], one["user"]) for one in listed] == [("shop", users["shop"])]
    refused = await carillon("extensions", "remove", "101")
    assert refused.status == 1 and "one of acme, shop (--account NAME)" in refused.errors
    assert (await carillon("extensions", "remove", "101", "--account", "acme")).status == 0
    assert (await carillon("extensions", "show", "101", "--json")).json["account"] == "shop"


async def test_setup_shows_the_user_that_its_phone_registers_with(carillon: Run) -> None:
    await carillon("accounts", "create", "acme")
    await carillon("extensions", "add", "100", "--account", "acme")
    first, second = (await carillon("setup", "--json")).json["phones"]
    assert (first["number"], second["user"]) == ("100", "101") and first["user"].startswith("100-")
    assert f"user {first['user']}  password {first['password']}" in (await carillon("setup")).output
