"""The operations that need no running call, field by field as the Calling API document prints them."""

import json
from typing import Any

import pytest

from engine.model.call import CallState, Direction, Party
from engine.model.call_data import CallData
from engine.model.cause import HangupCause
from engine.store import accounts, applications
from engine.store.numbers import SMS
from tests.api.vendors.sinch.served import BOBS, BOBS_NUMBER, BOTH, FREE, HELP, SHOP, SHOPS, Served, a_call

NUMBERS = "/v1/configuration/numbers/"
CALLBACKS = "/v1/configuration/callbacks/applications/"
QUERY = "/v1/calling/query/number/"
CALL = "/calling/v1/calls/id/"


# «Get information about your numbers. It returns a list of numbers that you own, as well as their capability … For the
#  ones that are assigned to an app, it returns the application key of the app.»
async def test_get_numbers_lists_what_the_account_owns(served: Served) -> None:
    answer = await served.shop.ask("GET", NUMBERS)
    assert answer.status == 200
    assert answer.body == {
        "numbers": [
            {"number": f"+{BOTH}", "capability": "voice"},
            {"number": f"+{BOTH}", "capability": "sms"},
            {"number": f"+{SHOPS}", "applicationkey": SHOP, "capability": "voice"},
            {"number": f"+{FREE}", "capability": "voice"},
        ]
    }


# «applicationkey … If empty, the application key that is used to sign the request will be used.»
@pytest.mark.parametrize(
    ("written", "key"), [({}, SHOP), ({"applicationkey": ""}, SHOP), ({"applicationKey": HELP}, HELP)]
)
async def test_numbers_are_assigned_to_the_signing_application_or_to_the_one_named(
    served: Served, written: dict[str, str], key: str
) -> None:
    answer = await served.shop.ask("POST", NUMBERS, {"numbers": [f"+{FREE}", "+46 (0)73-017-0101"], **written})
    assert (answer.status, answer.body) == (200, {})
    listed = (await served.shop.ask("GET", NUMBERS)).body["numbers"]
    assert {"number": f"+{FREE}", "applicationkey": key, "capability": "voice"} in listed
    found = served.cache.application_of(FREE)
    assert found is not None and found.id == {SHOP: "app-shop", HELP: "app-help"}[key]


async def test_each_capability_of_a_number_is_assigned_by_itself(served: Served) -> None:
    assert (await served.shop.ask("POST", NUMBERS, {"numbers": [BOTH], "capability": "SMS"})).status == 200
    voice, sms = await served.number(BOTH), await served.number(BOTH, SMS)
    assert voice is not None and sms is not None
    assert (voice.application, sms.application) == (None, "app-shop")
    assert served.cache.application_of(BOTH) is None


async def test_numbers_are_assigned_all_or_none(served: Served) -> None:
    answer = await served.shop.ask("POST", NUMBERS, {"numbers": [FREE, BOBS_NUMBER]})
    assert (answer.status, answer.code, answer.body["message"]) == (400, 40001, "Unable to update numbers")
    free = await served.number(FREE)
    assert free is not None and free.application is None


# «40001 - Unable to update numbers», «40003 - Invalid Application Key»: another account's reads as what is not there.
@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"numbers": [BOBS_NUMBER]}, 40001, "Unable to update numbers"),
        ({"numbers": ["+14155559999"]}, 40001, "Unable to update numbers"),
        ({"numbers": [SHOPS], "capability": "sms"}, 40001, "Unable to update numbers"),
        ({"numbers": [FREE], "applicationkey": BOBS}, 40003, "Invalid Application Key"),
        ({"numbers": [FREE], "applicationkey": "nobody's"}, 40003, "Invalid Application Key"),
        ({"numbers": [FREE], "applicationkey": "k\u0000\u00e9"}, 40003, "Invalid Application Key"),
    ],
)
async def test_what_is_not_the_accounts_is_not_assigned(
    served: Served, body: dict[str, Any], code: int, message: str
) -> None:
    answer = await served.shop.ask("POST", NUMBERS, body)
    assert (answer.status, answer.code, answer.body["message"]) == (400, code, message)
    bobs = await served.number(BOBS_NUMBER)
    assert bobs is not None and bobs.application == "app-bob"


# «Un-assign a number from an application.»
async def test_a_number_is_unassigned_from_the_application_that_has_it(served: Served) -> None:
    body = {"number": f"+{SHOPS}", "capability": "voice"}
    for wrong in (body | {"applicationKey": HELP}, body | {"number": BOBS_NUMBER}, body | {"capability": "sms"}):
        answer = await served.shop.ask("DELETE", NUMBERS, wrong)
        assert (answer.code, answer.body["message"]) == (40001, "Unable to update numbers"), wrong
    assert (await served.shop.ask("DELETE", NUMBERS, body | {"applicationKey": BOBS})).code == 40003
    assert served.cache.application_of(SHOPS) is not None
    assert (await served.shop.ask("DELETE", NUMBERS, body)).status == 200
    assert served.cache.application_of(SHOPS) is None
    listed = (await served.shop.ask("GET", NUMBERS)).body["numbers"]
    assert {"number": f"+{SHOPS}", "capability": "voice"} in listed
    assert (await served.shop.ask("DELETE", NUMBERS, body)).code == 40001


# «primary is your primary callback URL. fallback … is used only if Sinch platform gets a timeout or error».
async def test_callback_urls_are_kept_with_the_application(served: Served) -> None:
    assert (await served.shop.ask("GET", CALLBACKS + SHOP)).body == {"url": {}}
    urls = {"primary": "http://primary.com", "fallback": "http://fallback.com"}
    answer = await served.shop.ask("POST", CALLBACKS + SHOP, {"url": urls})
    assert (answer.status, answer.body) == (200, {})
    for client in (served.shop, served.help):
        assert (await client.ask("GET", CALLBACKS + SHOP)).body == {"url": urls}
    assert (await served.shop.ask("GET", CALLBACKS + HELP)).body == {"url": {}}
    await served.shop.ask("POST", CALLBACKS + SHOP, {"url": {"primary": "http://other.com/ice", "fallback": None}})
    assert (await served.shop.ask("GET", CALLBACKS + SHOP)).body == {"url": {"primary": "http://other.com/ice"}}
    found = await served.db.read(lambda conn: applications.get(conn, "app-shop"))
    assert found is not None and found.settings == {"primary": "http://other.com/ice"} and found.asks


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("key", [BOBS, "nobody's", "%00", "%C3%A9", "x" * 500])
async def test_another_accounts_application_reads_like_none(served: Served, method: str, key: str) -> None:
    answer = await served.shop.ask(method, CALLBACKS + key, {"url": {"primary": "http://evil.com"}})
    assert (answer.status, answer.code, answer.body["message"]) == (400, 40003, "Invalid Application Key")
    assert (await served.bob.ask("GET", CALLBACKS + BOBS)).body == {"url": {}}


# The document's example, and its `numberItem` beside the definition's `number`.
@pytest.mark.parametrize("written", ["+46(0)73-017-0101", "%2B46730170101", "46730170101", "+46(0)73-017-0101/"])
async def test_a_number_is_queried(served: Served, written: str) -> None:
    answer = await served.shop.ask("GET", QUERY + written)
    item = {
        "countryId": "SE",
        "numberType": "Mobile",
        "normalizedNumber": "+46730170101",
        "restricted": False,
        "rate": {"currencyId": "USD", "amount": 0.0368},
    }
    assert (answer.status, answer.body) == (200, {"number": item, "numberItem": item})


@pytest.mark.parametrize(
    ("number", "restricted"), [("+442079460000", True), ("+46730170101", False), ("+4673017010", False)]
)
async def test_a_number_that_the_account_may_not_call_is_restricted(
    served: Served, number: str, restricted: bool
) -> None:
    answer = await served.shop.ask("GET", QUERY + number)
    assert (answer.status, answer.body["number"]["restricted"]) == (200, restricted)


@pytest.mark.parametrize("written", ["abc", "+46", "123456", "1" * 16, "+46%00730170101", "-", "%20"])
async def test_what_is_no_number_is_not_queried(served: Served, written: str) -> None:
    answer = await served.shop.ask("GET", QUERY + written)
    assert (answer.status, answer.code) == (400, 40001)
    assert answer.body["message"].startswith("Invalid number specified")


async def test_a_path_that_is_not_utf_8_is_refused_and_its_byte_named(served: Served) -> None:
    answer = await served.shop.ask("GET", QUERY + "%FF")
    assert (answer.status, answer.code) == (400, 40003) and "0xFF" in answer.body["message"], answer.body


async def test_the_result_of_a_call_is_told_as_the_document_prints_it(served: Served) -> None:
    data = CallData(dialect="sinch", address="http://primary.com", values={"custom": '{"order": 7}'})
    over = a_call(
        data=data, state=CallState.ENDED, answered=1_400_000_002.0, ended=1_400_000_062.4, cause=HangupCause.NORMAL,
        hung_up_by=Party.FAR, price=40_480,
    )  # fmt: skip
    await served.store(over)
    answer = await served.shop.ask("GET", CALL + "call-1")
    assert answer.status == 200
    assert answer.body == {
        "from": {"type": "number", "endpoint": f"+{BOTH}"},
        "to": {"type": "number", "endpoint": "+46730170102"},
        "domain": "pstn",
        "callId": "call-1",
        "duration": 60,
        "status": "FINAL",
        "result": "ANSWERED",
        "reason": "CALLERHANGUP",
        "timestamp": "2014-05-13T16:53:20Z",
        "custom": '{"order": 7}',
        "userRate": {"currencyId": "USD", "amount": 0.0368},
        "debit": {"currencyId": "USD", "amount": 0.04048},
        "debitMinutes": 1.1,
    }


async def test_a_call_in_progress_is_ongoing_and_one_to_a_data_client_is_mxp(served: Served) -> None:
    await served.store(a_call(callee="100", caller="", trunk=None))
    body = (await served.shop.ask("GET", "/v1/call/id/call-1")).body
    assert (body["status"], body["result"], body["reason"], body["duration"]) == ("ONGOING", "N/A", "N/A", 0)
    assert (body["to"], body["domain"]) == ({"type": "username", "endpoint": "anna"}, "mxp")
    assert "from" not in body and body["custom"] == ""
    assert body["userRate"] == body["debit"] == {"currencyId": "USD", "amount": 0.0} and body["debitMinutes"] == 0


async def test_the_callee_is_spelled_as_the_customer_wrote_it(served: Served) -> None:
    data = CallData(dialect="sinch", values={"to": "+46 (0)73-017-0102", "to_type": "number"})
    await served.store(a_call(data=data))
    assert (await served.shop.ask("GET", CALL + "call-1")).body["to"] == {
        "type": "number", "endpoint": "+46 (0)73-017-0102"
    }  # fmt: skip


@pytest.mark.parametrize(("cli", "shown"), [("1 (415) 555-0100", "1 (415) 555-0100"), ("private", f"+{BOTH}")])
async def test_the_caller_is_spelled_as_the_customer_wrote_it(served: Served, cli: str, shown: str) -> None:
    await served.store(a_call(data=CallData(dialect="sinch", values={"cli": cli})))
    assert (await served.shop.ask("GET", CALL + "call-1")).body["from"] == {"type": "number", "endpoint": shown}


async def test_a_call_that_came_in_costs_nothing_and_one_it_was_connected_with_does(served: Served) -> None:
    over = {"state": CallState.ENDED, "answered": 1_400_000_002.0, "cause": HangupCause.NORMAL}
    inbound = a_call(
        "call-1", direction=Direction.INBOUND, caller="46730170102", callee=FREE, trunk=None, ended=1_400_000_072.0,
        hung_up_by=Party.CONNECTED, **over,
    )  # fmt: skip
    await served.store(inbound)
    body = (await served.shop.ask("GET", CALL + "call-1")).body
    assert (body["userRate"]["amount"], body["debit"]["amount"], body["duration"]) == (0.0, 0.0, 70)
    leg = a_call(
        "call-2", root="call-1", callee="46730170109", ended=1_400_000_033.0, hung_up_by=Party.FAR, price=22_080, **over
    )
    await served.store(leg)
    body = (await served.shop.ask("GET", CALL + "call-1")).body
    assert (body["userRate"]["amount"], body["debit"]["amount"], body["debitMinutes"]) == (0.0368, 0.02208, 0.6)
    assert (body["duration"], body["result"], body["reason"]) == (31, "ANSWERED", "CALLEEHANGUP")
    assert (body["from"]["endpoint"], body["to"]["endpoint"]) == ("+46730170102", "+46730170109")


async def test_a_call_of_another_application_or_account_reads_like_none(served: Served) -> None:
    await served.store(a_call("call-1"), a_call("call-2", root="call-1"))
    assert (await served.shop.ask("GET", CALL + "call-1")).status == 200
    for client, id in (
        (served.help, "call-1"), (served.bob, "call-1"), (served.shop, "call-2"), (served.shop, "call-3"),
        (served.shop, "%00"), (served.shop, "x" * 500), (served.shop, "%C3%A9"), (served.shop, "a%2Fb"),
    ):  # fmt: skip
        answer = await client.ask("GET", CALL + id)
        assert (answer.status, answer.code, answer.body["message"]) == (404, 40400, "Call not found"), id


async def test_a_disabled_accounts_key_is_worth_nothing(served: Served) -> None:
    await served.writer.write(lambda conn: accounts.update(conn, "account-ann", disabled=True))
    await served.refresh()
    assert (await served.shop.ask("GET", NUMBERS)).code == 40108
    assert (await served.bob.ask("GET", NUMBERS)).status == 200


async def test_a_database_that_is_away_is_503_and_an_accident_500_with_a_reference(
    served: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from engine.store.errors import StoreUnavailable

    accidents: list[Exception] = [
        StoreUnavailable("The database cannot be reached now. Try again."),
        RuntimeError("oh"),
    ]
    monkeypatch.setattr(type(served.db), "read", _raiser(accidents))
    served.accounts.forget()
    answer = await served.shop.ask("GET", NUMBERS)
    assert (answer.status, answer.code) == (503, 50300)
    answer = await served.shop.ask("GET", NUMBERS)
    assert (answer.status, answer.code) == (500, 50000) and answer.body["reference"] and "oh" not in answer.text


def _raiser(accidents: list[Exception]) -> Any:
    async def read(self: Any, function: Any) -> Any:
        raise accidents.pop(0)

    return read


async def test_answers_are_json_in_utf_8(served: Served) -> None:
    async with served.shop.session.get(
        served.shop.base + NUMBERS, headers=served.shop.signed("GET", NUMBERS, b"")
    ) as answer:
        assert answer.content_type == "application/json"
        assert json.loads(await answer.read())["numbers"]
