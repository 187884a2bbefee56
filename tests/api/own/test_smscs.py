"""SMSCs, their routes, rates of texts and keywords in the administrator's API."""

from typing import Any

import pytest

from tests.api.own.installation import Installation

SMSC = {"name": "one", "host": "127.0.0.1", "port": 1, "user": "carillon", "password": "hush", "prefixes": ["+44", "*"]}
OWN = "12015552000"


async def add(installation: Installation, **fields: Any) -> tuple[int, Any]:
    return await installation.admin("POST", "/smscs", SMSC | fields)


@pytest.fixture
async def acme(installation: Installation) -> Installation:
    """An account with an application, an extension and a number for texts."""
    await installation.account("acme")
    for path, body in (
        ("/applications", {"account": "acme", "name": "shop", "tasks": []}),
        ("/extensions", {"account": "acme", "number": "101"}),
        ("/numbers", {"account": "acme", "number": OWN, "capability": "sms", "to": "application:shop"}),
    ):
        status, made = await installation.admin("POST", path, body)
        assert status == 201, made
    return installation


async def test_one_is_added_listed_changed_and_removed(installation: Installation) -> None:
    status, made = await add(installation, settings={"window": "20", "tls_verify": "false", "dest_type": ["1", "1"]})
    assert status == 201
    assert made == {
        "name": "one", "host": "127.0.0.1", "port": 1, "user": "carillon", "per_second": 100.0, "country": "",
        "disabled": False, "settings": {"window": 20, "tls_verify": False, "dest_type": [1, 1]},
        "routes": [
            {"prefix": "", "smsc": "one", "account": "", "priority": 10},
            {"prefix": "44", "smsc": "one", "account": "", "priority": 10},
        ],
        "state": "stopped", "since": None, "error": "",
    }  # fmt: skip
    assert (await add(installation))[0] == 409
    fields = {"host": "smsc.example.com", "country": "GB", "disabled": True, "settings": {"mode": "tx+rx"}}
    status, changed = await installation.admin("PATCH", "/smscs/one", fields)
    assert (status, changed["host"], changed["country"], changed["state"]) == (
        200,
        "smsc.example.com",
        "GB",
        "disabled",
    )
    assert changed["settings"] == made["settings"] | {"mode": "tx+rx"}
    assert (await installation.admin("GET", "/smscs"))[1] == {"smscs": [changed]}
    assert (await installation.admin("GET", "/smscs/one"))[1] == changed
    assert (await installation.admin("DELETE", "/smscs/one"))[0] == 204
    assert (await installation.admin("GET", "/smscs/one"))[0] == 404
    assert (await installation.admin("GET", "/smscs/routes"))[1] == {"routes": []}


async def test_a_password_is_shown_and_audited_nowhere(installation: Installation) -> None:
    await add(installation)
    await installation.admin("PATCH", "/smscs/one", {"password": "quiet"})
    _, found = await installation.admin("GET", "/smscs")
    entries = await installation.services.platform.audit.page(None)
    assert "hush" not in str(found) and "quiet" not in str(found)
    assert {entry.what for entry in entries} >= {"smsc.added", "smsc.changed"}
    assert not any("hush" in str(entry) or "quiet" in str(entry) for entry in entries)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "sip"}, {"name": "sip-trunk"}, {"name": "One"}, {"name": ""}, {"host": "a b"}, {"host": ""},
        {"port": 0}, {"port": 65536},
        {"per_second": 0}, {"per_second": 1e9}, {"per_second": -1}, {"country": "Germany"}, {"country": "XX"},
        {"prefixes": ["abc"]}, {"priority": -1}, {"settings": {"colour": "red"}}, {"settings": {"mode": "half"}},
        {"settings": {"window": 0}}, {"settings": {"password": "x"}}, {"user": "x" * 100},
        {"settings": {"tls": "perhaps"}},
    ],
)  # fmt: skip
async def test_one_that_cannot_be_is_refused(installation: Installation, fields: dict[str, Any]) -> None:
    status, found = await add(installation, **fields)
    assert (status, found["code"]) == (400, "invalid_setting") and len(found["error"]) < 300
    assert (await installation.admin("GET", "/smscs"))[1] == {"smscs": []}


async def test_routes_are_added_changed_and_removed(acme: Installation) -> None:
    await add(acme, prefixes=[])
    route = {"prefix": "+49", "account": "acme", "priority": 5}
    status, made = await acme.admin("POST", "/smscs/one/routes", route)
    assert (status, made) == (201, {"prefix": "49", "smsc": "one", "account": "acme", "priority": 5})
    await acme.admin("POST", "/smscs/one/routes", route | {"priority": 7})
    await acme.admin("POST", "/smscs/one/routes", {"prefix": "*"})
    _, found = await acme.admin("GET", "/smscs/routes")
    assert [(one["account"], one["prefix"], one["priority"]) for one in found["routes"]] == [
        ("", "", 10), ("acme", "49", 7),
    ]  # fmt: skip
    assert (await acme.admin("POST", "/smscs/two/routes", {}))[0] == 404
    assert (await acme.admin("POST", "/smscs/one/routes", {"account": "nobody"}))[0] == 404
    assert (await acme.admin("POST", "/smscs/one/routes", {"prefix": "x"}))[0] == 400
    assert (await acme.admin("DELETE", "/smscs/one/routes?prefix=%2B49"))[0] == 404
    assert (await acme.admin("DELETE", "/smscs/one/routes?prefix=%2B49&account=acme"))[0] == 204
    assert (await acme.admin("DELETE", "/smscs/one/routes?prefix=*"))[0] == 204


async def test_rates_of_texts_are_loaded_listed_and_removed(acme: Installation) -> None:
    table = b"prefix,price per part,currency\n1,0.0075,usd\n*,0.05,USD\n"
    status, loaded = await acme.admin("PUT", "/message-rates", data=table)
    assert (status, loaded) == (200, {"loaded": 2})
    assert (await acme.admin("PUT", "/message-rates?account=acme", data=b"44,0.04,USD\n"))[1] == {"loaded": 1}
    _, found = await acme.admin("GET", "/message-rates")
    assert [(one["account"], one["prefix"], one["price"]) for one in found["rates"]] == [
        (None, "", "0.05"), (None, "1", "0.0075"), ("acme", "44", "0.04"),
    ]  # fmt: skip
    for bad in (b"", b"1,0.01,EUR,60", b"x,0.01,USD", b"1,free,USD", b"1,0.01,USD\n1,0.02,USD", b"\xff"):
        assert (await acme.admin("PUT", "/message-rates", data=bad))[0] == 400
    assert (await acme.admin("PUT", "/message-rates?account=acme", data=b"44,0.04,EUR\n"))[0] == 400
    assert (await acme.admin("DELETE", "/message-rates"))[1] == {"removed": 2}
    assert len((await acme.admin("GET", "/message-rates?account=acme"))[1]["rates"]) == 1


async def test_keywords_are_added_listed_and_removed(acme: Installation) -> None:
    await acme.account("other")
    await acme.admin("POST", "/applications", {"account": "other", "name": "pizza", "tasks": []})
    status, made = await acme.admin("POST", "/keywords", {"number": OWN, "word": "help!", "to": "extension:101"})
    assert (status, made["word"], made["account"], made["leads_to"]["text"]) == (201, "HELP", "acme", "extension:101")
    wanted = {"number": f"+{OWN}", "word": "Pizza", "to": "application:pizza", "account": "other"}
    status, made = await acme.admin("POST", "/keywords", wanted)
    assert (status, made["leads_to"]["text"]) == (201, "application:pizza")
    assert (await acme.admin("POST", "/keywords", wanted | {"word": "PIZZA."}))[0] == 409
    _, found = await acme.admin("GET", "/keywords")
    assert [(one["word"], one["account"]) for one in found["keywords"]] == [("HELP", "acme"), ("PIZZA", "other")]
    assert len((await acme.admin("GET", "/keywords?account=other"))[1]["keywords"]) == 1
    for body, status in (
        ({"number": "999"}, 404), ({"word": "two words"}, 400), ({"word": ""}, 400), ({"to": None}, 400),
        ({"to": "hangup:busy"}, 400), ({"to": "application:shop"}, 404), ({"account": "nobody"}, 404),
    ):  # fmt: skip
        assert (await acme.admin("POST", "/keywords", wanted | {"word": "new"} | body))[0] == status, body
    assert (await acme.admin("DELETE", f"/keywords/{OWN}/pizza"))[0] == 204
    assert (await acme.admin("DELETE", f"/keywords/{OWN}/pizza"))[0] == 404


async def test_numbers_for_texts_lead_to_programs_and_phones(acme: Installation) -> None:
    body = {"account": "acme", "capability": "sms"}
    assert (await acme.admin("POST", "/numbers", body | {"number": "40404", "to": "extension:101"}))[0] == 201
    assert (await acme.admin("POST", "/numbers", body | {"number": "555", "unassigned": True}))[0] == 201
    for to in ("hangup:busy", "room:sales", "forward:+12015550140", "extension:109"):
        status, found = await acme.admin("POST", "/numbers", body | {"number": "40405", "to": to})
        assert status in (400, 404), found
    changed = {"to": "room:sales", "capability": "sms"}
    assert (await acme.admin("PATCH", "/numbers/40404", changed))[0] == 400
    assert (await acme.admin("POST", "/numbers", {"account": "acme", "number": "40404", "to": "hangup:busy"}))[0] == 201


async def test_the_doctor_says_when_an_smsc_is_down(installation: Installation) -> None:
    await add(installation)
    await add(installation, name="two", disabled=True)
    _, found = await installation.admin("GET", "/doctor")
    (check,) = [check for check in found["checks"] if check["name"].startswith("smsc")]
    assert (check["name"], check["ok"]) == ("smsc one", False) and "carillon smscs set one" in check["mend"]
