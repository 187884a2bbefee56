"""The bodies of events. Rules: «Callback API», [RequestBody] of each event."""

import pytest

from api.vendors.sinch import signing
from api.vendors.sinch.events import callbacks as c
from api.vendors.sinch.http.resources import Identity, money
from engine.tasks.results import Detected

CALL, KEY, AT = "822aa4b7-05b4-4d83-87c7-1f835ee0b6f6_257", "app-key", "2014-09-24T10:59:41Z"
RATE = money(36800, "USD")
TO = Identity(type="did", endpoint="+46708000001")


def test_ice() -> None:
    event = c.Ice(
        callid=CALL, timestamp=AT, user_rate=RATE, cli="+46708000000", to=TO, domain="pstn",
        application_key=KEY, origination_type="pstn", call_headers=c.pairs([("foo", "bar")]),
    )  # fmt: skip
    assert c.plain(event) == {
        "event": "ice",
        "callid": CALL,
        "version": 1,
        "timestamp": AT,
        "custom": "",
        "userRate": {"currencyId": "USD", "amount": 0.0368},
        "cli": "+46708000000",
        "to": {"type": "did", "endpoint": "+46708000001"},
        "domain": "pstn",
        "applicationKey": KEY,
        "originationType": "pstn",
        "duration": 0,
        "callHeaders": [{"key": "foo", "value": "bar"}],
    }


@pytest.mark.parametrize(("reason", "shown"), [("longgreeting", "longgreeting"), ("", "n/a"), ("n/a", "n/a")])
def test_a_detection_without_a_known_reason_is_shown_as_the_document_writes_it(reason: str, shown: str) -> None:
    assert c.amd_of(Detected(status="notsure", reason=reason, seconds=1.6)) == c.Amd(
        status="notsure", reason=shown, duration=2
    )


def test_ace() -> None:
    amd = c.Amd(status="machine", reason="longgreeting", duration=15)
    event = c.Ace(callid=CALL, timestamp=AT, application_key=KEY, amd=amd, cookies=c.cookies([("k", "v")]))
    assert c.plain(event) == {
        "event": "ace",
        "callid": CALL,
        "version": 1,
        "timestamp": AT,
        "custom": "",
        "applicationKey": KEY,
        "amd": {"status": "machine", "reason": "longgreeting", "duration": 15},
        "cookies": [{"key": "k", "value": "v"}],
    }
    assert "cookies" not in c.plain(c.Ace(callid=CALL, timestamp=AT, application_key=KEY, cookies=c.cookies([])))


# «duration is an optional field»; «string - from»
def test_dice() -> None:
    event = c.Dice(
        callid=CALL, timestamp=AT, reason="MANAGERHANGUP", result="ANSWERED", custom="mine", debit=RATE,
        user_rate=RATE, to=TO, duration=1, from_="+46708000000", application_key=KEY,
    )  # fmt: skip
    assert c.plain(event) == {
        "event": "dice",
        "callid": CALL,
        "version": 1,
        "timestamp": AT,
        "reason": "MANAGERHANGUP",
        "result": "ANSWERED",
        "custom": "mine",
        "debit": {"currencyId": "USD", "amount": 0.0368},
        "userRate": {"currencyId": "USD", "amount": 0.0368},
        "to": {"type": "did", "endpoint": "+46708000001"},
        "duration": 1,
        "from": "+46708000000",
        "applicationKey": KEY,
    }


# [MenuResult] menuId, type, value, inputMethod
def test_pie() -> None:
    menu = c.MenuResult(menu_id="main", type=c.MenuEnding.SEQUENCE, value="1452")
    assert c.plain(c.Pie(callid=CALL, timestamp=AT, application_key=KEY, menu_result=menu)) == {
        "event": "pie",
        "callid": CALL,
        "version": 1,
        "timestamp": AT,
        "applicationKey": KEY,
        "menuResult": {"menuId": "main", "type": "sequence", "value": "1452", "inputMethod": "dtmf"},
    }


# «Call-related error notification» and «Recording calls», Notification events, Example.
def test_notify() -> None:
    assert c.plain(c.illegal_svaml(CALL, "There is no action 'dance'.")) == {
        "event": "notify",
        "callid": CALL,
        "version": 1,
        "type": "callingerror",
        "errorCode": 40001,
        "errorMsg": "Illegal SVAML: There is no action 'dance'.",
    }
    assert c.plain(c.recording_finished(CALL)) == {
        "event": "notify",
        "callid": CALL,
        "version": 1,
        "type": "recording_finished",
    }
    assert c.plain(c.recording_available(CALL, "https://h/r.mp3"))["destination"] == "https://h/r.mp3"


# The vendor's page: the path alone is signed; a client that verifies sees what was sent.
def test_only_the_path_of_the_url_is_signed() -> None:
    one = signing.signed_headers("http://host/cb", b"{}", KEY, "c2VjcmV0", 0.0)
    assert one == signing.signed_headers("https://other:8080/cb?x=1", b"{}", KEY, "c2VjcmV0", 0.0)
    assert one != signing.signed_headers("http://host/cb/", b"{}", KEY, "c2VjcmV0", 0.0)
    assert signing.signed_headers("http://host", b"{}", KEY, "c2VjcmV0", 0.0) == signing.signed_headers(
        "http://host/", b"{}", KEY, "c2VjcmV0", 0.0
    )
