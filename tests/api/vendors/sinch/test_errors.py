"""Errors: `{errorCode, message, reference}`, the status being the code's first three digits."""

import json

import pytest

from api.vendors.sinch import errors
from api.vendors.sinch.errors import SinchOperation
from engine import commands
from tests.api.vendors.sinch.conftest import VendorsClient

# «Errors», [Error Codes] of the Calling API document.
GENERAL = {
    40001: "Illegal parameters",
    40002: "Missing parameter",
    40003: "Invalid request",
    40301: "Invalid authorization scheme for calling the method",
    40108: "Invalid credentials",
    50000: "Internal error",
}
# The «Errors» paragraph of each operation.
PRINTED = [
    (SinchOperation.GET_NUMBERS, 50000, "Internal error"),
    (SinchOperation.UPDATE_NUMBERS, 50000, "Unable to update number"),
    (SinchOperation.UPDATE_NUMBERS, 40001, "Unable to update numbers"),
    (SinchOperation.UPDATE_NUMBERS, 40003, "Invalid Application Key"),
    (SinchOperation.UNASSIGN_NUMBER, 40001, "Unable to update numbers"),
    (SinchOperation.UNASSIGN_NUMBER, 40003, "Invalid Application Key"),
    (SinchOperation.GET_CALLBACKS, 50000, "Unable to get configuration"),
    (SinchOperation.GET_CALLBACKS, 40003, "Invalid Application Key"),
    (SinchOperation.UPDATE_CALLBACKS, 50000, "Unable to update configuration"),
    (SinchOperation.QUERY_NUMBER, 40001, "Invalid number specified"),
    (SinchOperation.QUERY_NUMBER, 50000, "Internal error"),
    (SinchOperation.MANAGE_CALL, 40003, "Invalid request"),
    (SinchOperation.MANAGE_CALL, 40400, "Call not found"),
    (SinchOperation.GET_CALL, 40400, "Call not found"),
    (SinchOperation.GET_CONFERENCE, 40400, "Conference not found"),
    (SinchOperation.COMMAND_PARTICIPANT, 40400, "Conference not found"),
]


@pytest.mark.parametrize(("code", "text"), GENERAL.items())
def test_the_general_sentences_are_the_documents(code: int, text: str) -> None:
    assert errors.sentence(code) == text


@pytest.mark.parametrize(("operation", "code", "text"), PRINTED)
def test_each_operation_has_the_sentences_that_are_printed(operation: SinchOperation, code: int, text: str) -> None:
    assert errors.failure(code, operation=operation).message == text
    assert errors.failure(code, "more", operation).message == f"{text}: more"


def test_an_error_is_rendered_whole() -> None:
    response = errors.render(errors.failure(40400, operation=SinchOperation.GET_CALL), "ref-1")
    assert response.status == 404
    assert response.content_type == "application/json"
    assert json.loads(response.body) == {"errorCode": 40400, "message": "Call not found", "reference": "ref-1"}  # type: ignore[arg-type]


# RFC 9110 §15.5.2: a 401 names the schemes that are taken.
def test_a_401_names_the_two_schemes() -> None:
    challenge = errors.render(errors.failure(40102), "r").headers["WWW-Authenticate"]
    assert "Application" in challenge and "Basic" in challenge


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (commands.NoSuchCall("x"), 40400),
        (commands.NoSuchConference("x"), 40400),
        (commands.NumberRefused("x"), 40300),
        (commands.CallerRefused("x"), 40300),
        (commands.CreditSpent("x"), 40200),
        (commands.LimitReached("x"), 42900),
        (commands.EngineUnavailable("x"), 50300),
        (commands.CommandRefused("x"), 40003),
    ],
)
def test_what_the_engine_refuses_has_a_code(refusal: commands.CommandRefused, code: int) -> None:
    error = errors.of_refusal(refusal, SinchOperation.CALLOUT)
    assert (error.code, error.status) == (code, code // 100)


@pytest.mark.parametrize("status", [400, 404, 405, 413, 418, 429, 500, 503])
def test_every_status_of_the_web_server_has_a_code(status: int) -> None:
    error = errors.of_status(status)
    assert error.status == (400 if status in (400, 418) else status)


def test_the_vendors_client_reads_the_message(client: VendorsClient) -> None:
    client.answer = lambda: (404, errors.body(errors.failure(40400, operation=SinchOperation.GET_CONFERENCE), "r"))
    with pytest.raises(Exception, match="Conference not found"):
        client.voice.conferences.get("room")
