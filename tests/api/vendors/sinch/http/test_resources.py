"""Answers as printed in the Calling API document, and as the vendor's client reads them."""

import json
from typing import Any

import pytest

from api.vendors.sinch import call_data
from api.vendors.sinch.http import resources
from api.vendors.sinch.http.resources import Identity, money
from api.vendors.sinch.http.results import Reason, SinchEnding, SinchResult
from engine.model.call_data import CallData
from tests.api.vendors.sinch.conftest import VendorsClient


def plain(resource: Any) -> Any:
    return json.loads(resources.encode(resource))


# Get Numbers, Example.
def test_numbers() -> None:
    assert plain(
        resources.numbers(
            [
                ("+19160001112222", None, "voice"),
                ("+14151112223333", "11983f76-12c8-1111-9515-4785c7b49ca8", "voice"),
            ]
        )
    ) == {
        "numbers": [
            {"number": "+19160001112222", "capability": "voice"},
            {
                "number": "+14151112223333",
                "applicationkey": "11983f76-12c8-1111-9515-4785c7b49ca8",
                "capability": "voice",
            },
        ]
    }


# Get Callbacks, Example.
def test_callbacks() -> None:
    assert plain(resources.callbacks("http://primary.com", "http://fallback.com")) == {
        "url": {"primary": "http://primary.com", "fallback": "http://fallback.com"}
    }
    assert plain(resources.callbacks(None, None)) == {"url": {}}


# Query Number, Example: `numberItem`; the definition above it says `number`.
def test_query_number_in_both_spellings() -> None:
    item = {
        "countryId": "SE",
        "numberType": "Mobile",
        "normalizedNumber": "+46730170101",
        "restricted": False,
        "rate": {"currencyId": "USD", "amount": 0.0368},
    }
    found = resources.query_number("46730170101", restricted=False, rate=money(36800, "USD"))
    assert plain(found) == {"number": item, "numberItem": item}


@pytest.mark.parametrize(
    ("digits", "country", "kind"),
    [
        ("4684010100", "SE", "Fixed"),
        ("12015550123", "US", "Other"),
        ("46000000001", "SE", "Unknown"),
        ("0000000", "", "Unknown"),
    ],
)
def test_the_type_of_a_number(digits: str, country: str, kind: str) -> None:
    found = resources.query_number(digits, restricted=True, rate=money(0, "EUR")).number
    assert found.number_type == kind
    assert found.country_id in (country, "")  # a number that is not assigned has no country


def result(**changes: Any) -> Any:
    fields: dict[str, Any] = {
        "call": "4398599d1ba84ef3bde0a82dfb61abed",
        "caller": Identity(type="number", endpoint="+46708000000"),
        "callee": Identity(type="number", endpoint="+46708000001"),
        "domain": "pstn",
        "seconds": 14.4,
        "ended": SinchEnding(SinchResult.ANSWERED, Reason.CALLEEHANGUP),
        "at": 1_411_556_381.9,
        "custom": "customData",
        "user_rate": money(36800, "USD"),
        "debit": money(18400, "USD"),
        "minutes": 0.5,
    }
    return resources.call_result(**(fields | changes))


# Get Call Result, [GetCallResultResponse].
def test_call_result_in_the_documents_order() -> None:
    assert list(plain(result()).items()) == [
        ("from", {"type": "number", "endpoint": "+46708000000"}),
        ("to", {"type": "number", "endpoint": "+46708000001"}),
        ("domain", "pstn"),
        ("callId", "4398599d1ba84ef3bde0a82dfb61abed"),
        ("duration", 14),
        ("status", "FINAL"),
        ("result", "ANSWERED"),
        ("reason", "CALLEEHANGUP"),
        ("timestamp", "2014-09-24T10:59:41Z"),
        ("custom", "customData"),
        ("userRate", {"currencyId": "USD", "amount": 0.0368}),
        ("debit", {"currencyId": "USD", "amount": 0.0184}),
        ("debitMinutes", 0.5),
    ]


def test_a_call_that_goes_on() -> None:
    read = plain(result(ended=None))
    assert (read["status"], read["result"], read["reason"]) == ("ONGOING", "N/A", "N/A")


# Get Conference Info, Example, with `onhold` of the public reference.
def participants() -> resources.ConferenceInfo:
    return resources.ConferenceInfo(
        participants=[
            resources.Participant(cli="+46708168731", id="abcabcabcabca", duration=14, muted=False, onhold=False)
        ]
    )


def test_conference() -> None:
    assert plain(participants()) == {
        "participants": [
            {"cli": "+46708168731", "id": "abcabcabcabca", "duration": 14, "muted": False, "onhold": False}
        ]
    }


# «the phone number of the PSTN participant …, or whatever was passed as CLI for data originated/terminated calls»
@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ({"to": "46708168731", "to_type": "number", "cli": "+1"}, "46708168731"),
        ({"to": "anna", "to_type": "username", "cli": "+46 70"}, "+46 70"),
        ({"to": "anna", "to_type": "username"}, "anna"),
    ],
)
def test_as_whom_a_callout_takes_part(data: dict[str, str], shown: str) -> None:
    assert call_data.participant(CallData(dialect="sinch", values=data)) == shown
    assert call_data.participant(CallData(dialect="ringful", values=data)) == call_data.participant(None) == ""


def test_empty_is_an_object() -> None:
    assert resources.encode(resources.EmptyObject()) == b"{}"


class TestTheVendorsClient:
    """sinch 1.1.4 reads every answer."""

    def read(self, client: VendorsClient, resource: Any) -> Any:
        client.answer = lambda: (200, resources.encode(resource))
        return client.voice

    def test_numbers(self, client: VendorsClient) -> None:
        voice = self.read(client, resources.numbers([("+4670", "key", "voice"), ("+4671", None, "sms")]))
        assert [(n.number, n.applicationkey, n.capability) for n in voice.applications.get_numbers().numbers] == [
            ("+4670", "key", "voice"),
            ("+4671", None, "sms"),
        ]

    def test_callbacks(self, client: VendorsClient) -> None:
        found = self.read(client, resources.callbacks("http://a", None)).applications.get_callback_urls("key")
        assert (found.primary, found.fallback) == ("http://a", None)

    def test_query_number(self, client: VendorsClient) -> None:
        item = resources.query_number("46730170101", restricted=False, rate=money(36800, "USD"))
        found = self.read(client, item).applications.query_number("+46(0)73-017-0101")
        assert (found.country_id, found.number_type, found.rate["amount"]) == ("SE", "Mobile", 0.0368)

    def test_call(self, client: VendorsClient) -> None:
        # The client cannot read the documented `from` (a defect of its own): it is left out here, and only here.
        found = self.read(client, result(caller=None)).calls.get("4398599d1ba84ef3bde0a82dfb61abed")
        assert (found.status, found.reason, found.duration, found.custom) == ("FINAL", "CALLEEHANGUP", 14, "customData")
        assert found.timestamp.isoformat() == "2014-09-24T10:59:41+00:00"
        assert (found.user_rate.currency_id, found.user_rate.amount) == ("USD", 0.0368)

    def test_conference(self, client: VendorsClient) -> None:
        found = self.read(client, participants()).conferences.get("myConference")
        assert found.participants[0].id == "abcabcabcabca"

    def test_callout(self, client: VendorsClient) -> None:
        voice = self.read(client, resources.Placed(call_id="call-1"))
        assert voice.callouts.text_to_speech(destination={"type": "number", "endpoint": "+4670"}).call_id == "call-1"

    def test_empty(self, client: VendorsClient) -> None:
        voice = self.read(client, resources.EmptyObject())
        voice.conferences.kick_all("room")
        voice.applications.update_callback_urls("key", primary="http://a", fallback="http://b")
