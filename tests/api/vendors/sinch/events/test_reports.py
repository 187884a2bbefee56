"""What is read in the answer to DiCE, and what is not."""

import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from api.vendors.sinch.events.reports import reported

DICE = '{"event":"dice","callid":"call-1"}'


def said(*instructions: Any, **more: Any) -> bytes:
    """An answer."""
    return json.dumps({"instructions": list(instructions), **more}).encode()


def report(value: str, **more: Any) -> dict[str, Any]:
    """reportCallStatus."""
    return {"name": "reportCallStatus", "value": value, **more}


@pytest.mark.parametrize(
    ("reply", "remark"),
    [
        (said(report("success", details="sold two")), "success: sold two"),
        (said(report("failure")), "failure"),
        (said(report("Success"), action={"name": "hangup"}), "success"),
        (said(report("failure", details="a\x00b\nc\u2028")), "failure: a b c"),
        (said(), ""),
        (said(action={"name": "continue"}), ""),
        (b"{}", ""),
        (b"", ""),
        (b" \r\n", ""),
    ],
)
def test_a_report_is_kept_and_silence_is_no_fault(reply: bytes, remark: str) -> None:
    with capture_logs() as logs:
        assert reported(DICE, reply) == remark
    assert not logs


@pytest.mark.parametrize(
    "reply",
    [
        b"OK",
        b"<html>Log in</html>",
        b"[]",
        b'{"instructions":"none"}',
        b'{"instructions":[{"name":"reportCallStatus"',
        b"\xff\xfe",
        b"[" * 5000,
        said(report("maybe")),
        said({"name": "reportCallStatus", "value": 7}),
        said({"name": "say", "text": "Goodbye", "locale": "en-US"}),
        said(action={"name": "connectPstn", "number": "+12015550100"}),
    ],
)
def test_anything_else_is_ignored_with_a_warning(reply: bytes) -> None:
    with capture_logs() as logs:
        assert reported(DICE, reply) == ""
    assert [one["log_level"] for one in logs] == ["warning"] and logs[0]["call"] == "call-1"


def test_details_are_cut_with_a_warning() -> None:
    with capture_logs() as logs:
        assert reported(DICE, said(report("success", details="d" * 65))) == f"success: {'d' * 64}"
    assert [one["log_level"] for one in logs] == ["warning"]


def test_answers_to_other_events_are_not_looked_at() -> None:
    with capture_logs() as logs:
        assert reported('{"event":"notify","callid":"call-1"}', said(report("success"))) == ""
        assert reported('{"event":"pie","callid":"call-1"}', b"OK") == ""
    assert not logs
