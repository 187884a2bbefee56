"""The administrator's accounts."""

import asyncio
import time

import pytest

from engine.platform import holds, ledger
from engine.platform.holds import Hold
from engine.store import accounts
from tests.api.own.installation import Installation


async def test_a_new_account_has_keys_for_every_dialect_and_may_call_the_lab(installation: Installation) -> None:
    made = await installation.account("acme", allow_private=True)
    assert made.pop("allowed") == ["1201555"]
    assert [made.pop(field) for field in ("texting_number", "fax_number", "owner")] == [None] * 3
    assert set(made) == {"account", "name", "carillon", "ringful", "asking"}
    assert set(made["ringful"]) == {"apikey", "secret"}
    assert set(made["asking"]) == {"key", "secret", "number"} and made["asking"]["number"] == "+12015552000"
    assert made["carillon"]["token"] == f"{made['carillon']['key']}.{made['carillon']['secret']}"
    _, shown = await installation.admin("GET", "/accounts/acme")
    assert (shown["allow_private"], shown["allowed"], shown["balance"]) == (True, ["1201555"], None)
    assert await installation.admin("GET", "/accounts/acme/credentials") == (200, made)
    assert shown.pop("holds") == []
    assert (await installation.admin("GET", "/accounts"))[1]["accounts"] == [shown]


async def test_a_new_account_has_the_numbers_and_the_owner_that_were_asked_for(installation: Installation) -> None:
    made = await installation.account("acme", email="olga@example.com", texting_number=True, fax_number=True)
    assert (made["texting_number"], made["fax_number"]) == ("+12015552001", "+12015552002")
    _, users = await installation.admin("GET", "/accounts/acme/users")
    password = made["owner"].pop("password")
    assert users["users"] == [made["owner"]] and made["owner"]["role"] == "owner"
    _, listed = await installation.admin("GET", "/numbers")
    led = [(each["number"], each["capability"], each["leads_to"]) for each in listed["numbers"]]
    assert led[1:3] == [("12015552001", "voice", None), ("12015552001", "sms", None)]
    assert (led[3][:2], led[3][2]["text"]) == (("12015552002", "voice"), "fax")
    signing = {"account": "acme", "email": "olga@example.com", "password": password}
    public = installation.public_server
    assert (await installation.ask(public, "POST", "/carillon/v1/sign-in", None, signing))[0] == 201


async def test_an_owner_s_address_that_is_none_is_named_and_nothing_is_made(installation: Installation) -> None:
    wanted = {"name": "acme", "email": "olga", "texting_number": True}
    status, answer = await installation.admin("POST", "/accounts", wanted)
    assert status == 400 and "such as ann@example.com (got 'olga')" in answer["error"]
    assert (await installation.admin("GET", "/accounts"))[1]["accounts"] == []
    assert (await installation.admin("GET", "/numbers"))[1]["numbers"] == []


@pytest.mark.parametrize(
    "body", [{"name": ""}, {"name": "a b"}, {"name": "../x"}, {"name": "a", "country": "XX"}, {"name": "a", "x": 1}, {}]
)
async def test_an_account_that_is_not_well_formed_is_refused(installation: Installation, body: dict[str, str]) -> None:
    status, answer = await installation.admin("POST", "/accounts", body)
    assert status == 400 and answer["error"]
    assert (await installation.admin("GET", "/accounts"))[1]["accounts"] == []


async def test_a_name_is_taken_once(installation: Installation) -> None:
    await installation.account("acme")
    status, answer = await installation.admin("POST", "/accounts", {"name": "acme"})
    assert (status, answer["error"]) == (409, "An account named acme already exists.")


async def test_rotated_keys_replace_the_old_ones_at_once(installation: Installation) -> None:
    made = await installation.account("acme")
    public, old = installation.public_server, made["carillon"]["token"]
    assert (await installation.ask(public, "GET", "/carillon/v1/account", old))[0] == 200
    _, renewed = await installation.admin("POST", "/accounts/acme/rotate", {"dialect": "carillon"})
    assert renewed["ringful"] == made["ringful"]
    assert (await installation.ask(public, "GET", "/carillon/v1/account", old))[0] == 401
    assert (await installation.ask(public, "GET", "/carillon/v1/account", renewed["carillon"]["token"]))[0] == 200


async def test_an_application_s_key_stays_when_the_account_s_are_rotated_and_its_secret_does_not(
    installation: Installation,
) -> None:
    made = await installation.account("acme")
    _, renewed = await installation.admin("POST", "/accounts/acme/rotate", {})
    assert (renewed["asking"]["key"], renewed["asking"]["number"]) == (made["asking"]["key"], "+12015552000")
    assert renewed["asking"]["secret"] != made["asking"]["secret"]
    assert renewed["ringful"]["apikey"] != made["ringful"]["apikey"]
    _, again = await installation.admin("POST", "/accounts/acme/rotate", {"dialect": "asking"})
    assert again["asking"]["secret"] != renewed["asking"]["secret"] and again["ringful"] == renewed["ringful"]


async def test_each_account_has_a_number_of_its_own_until_the_pool_is_empty(installation: Installation) -> None:
    given = [(await installation.account(f"acme-{index}"))["asking"]["number"] for index in range(11)]
    assert given[:10] == [f"+1201555200{index}" for index in range(10)] and given[10] is None
    listed = (await installation.admin("GET", "/numbers"))[1]["numbers"]
    assert [each["account"] for each in listed] == [f"acme-{index}" for index in range(10)]


async def test_a_disabled_account_s_keys_are_worth_nothing(installation: Installation) -> None:
    token = (await installation.account("acme"))["carillon"]["token"]
    await installation.admin("PATCH", "/accounts/acme", {"disabled": True})
    assert (await installation.ask(installation.public_server, "GET", "/carillon/v1/calls", token))[0] == 401
    await installation.admin("PATCH", "/accounts/acme", {"disabled": False})
    assert (await installation.ask(installation.public_server, "GET", "/carillon/v1/calls", token))[0] == 200


async def test_a_dialect_s_setting_takes_its_values_and_no_others(installation: Installation) -> None:
    await installation.account("acme")
    _, shown = await installation.admin("PATCH", "/accounts/acme", {"dialect": {"sig": "kvmd5"}})
    assert shown["settings"] == {"ringful": {"sig": "kvmd5"}}
    for setting in ({"sig": "md5"}, {"nothing": "x"}):
        assert (await installation.admin("PATCH", "/accounts/acme", {"dialect": setting}))[0] == 400


async def test_prefixes_and_caller_ids_count_at_once(installation: Installation) -> None:
    account = (await installation.account("acme"))["account"]
    await installation.admin("POST", "/accounts/acme/prefixes", {"prefix": "+44"})
    _, shown = await installation.admin("POST", "/accounts/acme/callers", {"number": "(415) 555-0123"})
    assert (shown["allowed"], shown["callers"]) == (["1201555", "44"], ["14155550123"])
    rules = installation.services.cache.rules(account)
    assert (rules.prefixes, rules.owned) == (("1201555", "44"), ("14155550123", "12015552000"))
    for path, body in (
        ("prefixes", {"prefix": "44", "allowed": False}),
        ("callers", {"number": "14155550123", "verified": False}),
    ):
        assert (await installation.admin("POST", f"/accounts/acme/{path}", body))[0] == 200
        assert (await installation.admin("POST", f"/accounts/acme/{path}", body))[0] == 404
    assert installation.services.cache.rules(account).prefixes == ("1201555",)
    assert (await installation.admin("POST", "/accounts/acme/prefixes", {"prefix": "1&2"}))[0] == 400
    assert (await installation.admin("POST", "/accounts/acme/prefixes", {"prefix": "sip:PBX.example:5080"}))[0] == 200
    assert installation.services.cache.rules(account).prefixes == ("1201555", "sip:pbx.example:5080")
    assert (await installation.admin("POST", "/accounts/acme/prefixes", {"prefix": "sip:a b"}))[0] == 400


async def test_a_first_payment_makes_an_account_prepaid(installation: Installation) -> None:
    account = (await installation.account("acme"))["account"]
    assert (await installation.admin("POST", "/accounts/acme/credit", {"amount": "12.50"}))[1]["balance"] == "12.50"
    assert (await installation.admin("POST", "/accounts/acme/credit", {"amount": "-0.000001"}))[1][
        "balance"
    ] == "12.499999"
    amounts = [entry.amount for entry in await installation.db.read(lambda conn: ledger.entries(conn, account))]
    assert sorted(amounts) == [-1, 12_500_000]
    for amount in ("x", "nan", "1e99", "0.0000001", ""):
        assert (await installation.admin("POST", "/accounts/acme/credit", {"amount": amount}))[0] == 400
    assert (await installation.admin("POST", "/accounts/acme/credit", {"amount": "none"}))[1]["balance"] is None


async def test_limits_are_changed_one_by_one(installation: Installation) -> None:
    account = (await installation.account("acme"))["account"]
    await installation.admin("PATCH", "/accounts/acme/limits", {"max_calls": 7})
    _, shown = await installation.admin("PATCH", "/accounts/acme/limits", {"calls_per_second": 2.5, "daily_spend": "3"})
    assert (shown["max_calls"], shown["calls_per_second"], shown["daily_spend"]) == (7, 2.5, "3.00")
    assert (await installation.admin("PATCH", "/accounts/acme/limits", {"daily_spend": "none"}))[1][
        "daily_spend"
    ] is None
    for wrong in ({"max_calls": -1}, {"calls_per_second": 0}, {"daily_spend": "-1"}, {"max_calls": "x"}):
        assert (await installation.admin("PATCH", "/accounts/acme/limits", wrong))[0] == 400
    row = await installation.db.read(lambda conn: accounts.get(conn, account))
    assert row is not None and row.max_calls == 7


async def test_without_the_token_nobody_is_told_anything(installation: Installation) -> None:
    for token in (None, "", "x", "the-token-of-the-administrator "[:-2]):
        for path in ("/accounts", "/metrics", "/status", "/nothing"):
            status, answer = await installation.ask(installation.admin_server, "GET", path, token)
            assert (status, answer["code"]) == (401, "token")


async def test_two_changes_at_once_are_both_in_memory_afterwards(installation: Installation) -> None:
    account = (await installation.account("acme"))["account"]
    prefixes = [f"4{number}" for number in range(20, 39)]
    await asyncio.gather(
        *(installation.admin("POST", "/accounts/acme/prefixes", {"prefix": prefix}) for prefix in prefixes)
    )
    assert set(prefixes) <= set(installation.services.cache.rules(account).prefixes)


@pytest.mark.parametrize("code", ["BTC", "XXX", "XTS", "XAU", "DEM", "usd", "US", "ABC", ""])
async def test_a_currency_is_one_of_iso_4217(installation: Installation, code: str) -> None:
    status, answer = await installation.admin("POST", "/accounts", {"name": "acme", "currency": code})
    assert (status, answer["error"]) == (400, f"currency must be a code of ISO 4217, such as USD (got {code!r}).")
    assert (await installation.admin("POST", "/accounts", {"name": "acme", "currency": "XOF"}))[0] == 201


async def test_everything_is_shown_as_a_star_and_nothing_is_not_everything(installation: Installation) -> None:
    account = (await installation.account("acme"))["account"]
    for empty in ("", " ", "+"):
        assert (await installation.admin("POST", "/accounts/acme/prefixes", {"prefix": empty}))[0] == 400
    assert installation.services.cache.rules(account).prefixes == ("1201555",)
    _, shown = await installation.admin("POST", "/accounts/acme/prefixes", {"prefix": "*"})
    assert shown["allowed"] == ["*", "1201555"]
    assert installation.services.cache.rules(account).prefixes == ("", "1201555")
    _, shown = await installation.admin("POST", "/accounts/acme/prefixes", {"prefix": "*", "allowed": False})
    assert shown["allowed"] == ["1201555"]


async def test_a_range_of_high_risk_takes_a_word_of_its_own(installation: Installation) -> None:
    await installation.account("acme")
    status, answer = await installation.admin("POST", "/accounts/acme/prefixes", {"prefix": "+882"})
    assert status == 400 and "+882 is within a range of high risk, +882 (international networks)" in answer["error"]
    for prefix, word, expected in (("+882", True, 200), ("+44", True, 400), ("*", True, 400), ("+44", False, 200)):
        body = {"prefix": prefix, "high_risk": word}
        assert (await installation.admin("POST", "/accounts/acme/prefixes", body))[0] == expected, body
    assert (await installation.admin("GET", "/accounts/acme"))[1]["allowed"] == ["1201555", "44", "882"]


async def test_what_is_held_is_shown_with_what_it_is_for(installation: Installation) -> None:
    account = (await installation.account("acme"))["account"]
    await installation.admin("POST", "/accounts/acme/credit", {"amount": "5"})
    hold = Hold(kind="call", id="call-1", account=account, at=0.0, amount=1_500_000, note="call to 12015550114")
    await installation.writer.write(lambda conn: holds.put(conn, hold))
    shown = (await installation.admin("GET", "/accounts/acme"))[1]
    assert (shown["balance"], shown["held"]) == ("5.00", "1.50")
    since = "1970-01-01T00:00:00.000Z"
    assert shown["holds"] == [
        {"kind": "call", "id": "call-1", "amount": "1.50", "for": "call to 12015550114", "since": since}
    ]


async def test_a_daily_spend_counts_what_was_spent_before_it_was_set(installation: Installation) -> None:
    account = (await installation.account("acme"))["account"]
    await installation.writer.write(lambda conn: ledger.charge(conn, account, ledger.for_call("call-1"), 700_000))
    await installation.admin("PATCH", "/accounts/acme/limits", {"daily_spend": "1"})
    funds = await installation.db.read(lambda conn: holds.funds(conn, account, time.time()))
    assert funds and funds.left == 300_000
