"""Callouts as they are placed: who is asked what to do, and what the answer becomes."""

import json
from typing import Any

import msgspec
import pytest
from aiohttp.test_utils import make_mocked_request

from api.exchange import About
from api.vendors.sinch import call_data
from api.vendors.sinch.errors import SinchError
from api.vendors.sinch.events.questions import Questions
from api.vendors.sinch.http.authenticated import AuthenticatedRequest
from api.vendors.sinch.http.placing import CalloutOperations
from api.vendors.vendor import AskingVendor, Question
from engine.commands import PlaceCall
from engine.model.call_data import CallData
from engine.store import accounts, applications
from engine.tasks.ask import Ask
from engine.tasks.kinds import kind_of
from engine.tasks.send_dtmf import SendDtmf
from tests.api.vendors.sinch.served import Served, a_call

CONNECT = {"name": "connectPstn", "number": "+46730170102"}
STREAM = {"name": "connectStream", "destination": {"type": "Websocket", "endpoint": "wss://shop/audio"}}


def script(*instructions: dict[str, Any], action: dict[str, Any]) -> dict[str, Any]:
    return {"instructions": list(instructions), "action": action}


class Office:
    """Ann's application; what it places goes to an engine that takes everything, and `answer` is what a URL says."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.placed: list[PlaceCall] = []
        self.questions: list[Question] = []
        self.answer: bytes | None = None
        questions = Questions(served.features, served.accounts, served.parties, lambda call: None)
        self.operations = CalloutOperations(self, questions, self.inquire)

    async def submit(self, command: Any) -> Any:
        """Take a command (api.command_taker.CommandTaker)."""
        self.placed.append(command)
        return a_call(command.id)

    async def inquire(
        self, vendor: AskingVendor, question: Question, about: About
    ) -> tuple[bytes | None, tuple[str, ...]]:
        """Put a question."""
        assert about.account == "account-ann" and about.subject == about.root
        self.questions.append(question)
        return self.answer, () if self.answer else ("The first address gave no answer.",)

    async def place(self, headers: dict[str, str] | None = None, method: str = "customCallout", **fields: Any) -> str:
        """Ask for a callout; returns its id."""

        def read(conn: Any) -> Any:
            return accounts.get(conn, "account-ann"), applications.get(conn, "app-shop")

        body = json.dumps({"method": method, method: fields}).encode()
        request = make_mocked_request("POST", "/calling/v1/callouts", headers=headers or {})
        answer = await self.operations.place(AuthenticatedRequest(*await self.served.db.read(read), request, body))
        assert isinstance(answer.body, bytes)
        return str(msgspec.json.decode(answer.body)["callId"])

    async def refused(self, **custom: Any) -> tuple[int, str]:
        """Ask for a custom callout that is refused; returns the code and the message."""
        with pytest.raises(SinchError) as raised:
            await self.place(**custom)
        assert not self.placed
        return raised.value.code, raised.value.message

    @property
    def data(self) -> CallData:
        """What the call that was placed last carries."""
        found = self.placed[-1].data
        assert found is not None
        return found

    async def urls(self, **urls: str) -> None:
        """Give the application its URLs."""
        await self.served.writer.write(lambda conn: applications.update(conn, "app-shop", settings=urls))


@pytest.fixture
def office(served: Served) -> Office:
    return Office(served)


async def test_who_is_asked_whom_to_call_hears_the_calls_own_id_and_headers(office: Office) -> None:
    office.answer = json.dumps(script(action=CONNECT)).encode()
    call = await office.place(ice="http://own/ice", custom="17", headers={"X-CB-Order": "17"})
    (question,) = office.questions
    ice = msgspec.json.decode(question.body)
    assert (question.url, question.fallback, question.headers) == ("http://own/ice", "", {"X-CB-Order": "17"})
    assert (ice["callid"], ice["custom"], ice["originationType"]) == (call, "17", "SERVER")
    assert ice["callResourceUrl"] == f"http://api/calling/v1/calls/id/{call}"
    assert office.placed[0].id == call


# «Leave the "ice" field empty (and do not specify destination). If you have a callback URL configured …»
async def test_without_destination_and_ice_the_applications_urls_are_asked(office: Office) -> None:
    code, message = await office.refused()
    assert code == 40002 and "no callback URL" in message
    await office.urls(primary="http://shop/one", fallback="http://shop/two")
    code, message = await office.refused()
    assert code == 40001 and "gave no answer" in message
    office.answer = json.dumps(script(action=CONNECT)).encode()
    await office.place()
    assert {(one.url, one.fallback) for one in office.questions} == {("http://shop/one", "http://shop/two")}
    assert office.placed[0].callee == "46730170102"


@pytest.mark.parametrize("inline", [True, False])
async def test_cookies_and_recordings_of_the_ice_script_are_the_calls(office: Office, inline: bool) -> None:
    said = json.dumps(
        script({"name": "setCookie", "key": "k", "value": "v"}, {"name": "startRecording"}, action=CONNECT)
    )
    office.answer = said.encode()
    await office.place(ice=said if inline else "http://own/ice")
    assert call_data.cookies_of(office.data) == (("k", "v"),)
    assert [kind_of(task) for task in office.placed[0].tasks] == ["record", "answer", "ask"]


async def test_what_the_request_says_of_the_caller_and_of_digits_holds_where_the_script_is_silent(
    office: Office,
) -> None:
    said = json.dumps(script(action=CONNECT))
    await office.place(ice=said, cli="+1 415 555 0100", dtmf="12")
    assert office.placed[0].tasks[0] == SendDtmf(digits="12")
    assert office.data.values[call_data.CALLER] == "+1 415 555 0100"
    await office.place(ice=json.dumps(script(action=CONNECT | {"dtmf": "3"})), dtmf="12")
    assert office.placed[1].tasks[0] == SendDtmf(digits="3")


# «If it is set to false, no PIE event will be sent to your backend.»
@pytest.mark.parametrize(("given", "off"), [({"enablePie": False}, True), ({}, False)])
async def test_no_menu_is_asked_about_where_enable_pie_is_false(office: Office, given: Any, off: bool) -> None:
    destination = {"endpoint": "+46730170102"}
    await office.place(method="ttsCallout", destination=destination, text="Hi", enableAce=True, **given)
    assert (office.data.values.get(call_data.PIE) == call_data.OFF) is off and call_data.ACE not in office.data.values


async def test_a_callout_of_which_nothing_is_known_ends_where_nobody_says_what_to_do(office: Office) -> None:
    await office.place(destination={"endpoint": "+46730170102"})
    await office.place(ice=json.dumps(script(action=CONNECT)))
    for placed in office.placed:
        ask = placed.tasks[-1]
        assert isinstance(ask, Ask) and ask.hang_up_on_silence


async def test_a_script_that_cannot_be_done_is_refused_with_its_own_reason(office: Office) -> None:
    stream = json.dumps(script(action=STREAM))
    assert await office.refused(ice=stream) == (
        40001, "Illegal parameters: ice: connectStream is not available on this server.",
    )  # fmt: skip
    elsewhere = {"name": "startRecording", "options": {"destinationUrl": "azure://a/b"}}
    code, message = await office.refused(
        destination={"endpoint": "+46730170102"}, ace=json.dumps(script(elsewhere, action={"name": "hangup"}))
    )
    assert code == 40001 and message.startswith("Illegal parameters: ace: The destination of a recording must")
    office.answer = stream.encode()
    assert "connectStream" in (await office.refused(ice="http://own/ice"))[1]
    code, message = await office.refused(ice=json.dumps(script(action={"name": "hangup"})))
    assert code == 40001 and "connects to a number" in message


async def test_what_every_event_of_a_custom_callout_carries_is_bounded(office: Office) -> None:
    said = json.dumps(script(*[{"name": "say", "text": "x" * 500}] * 6, action={"name": "hangup"}))
    code, message = await office.refused(destination={"endpoint": "+46730170102"}, ice=said, ace=said, pie=said)
    assert code == 40001 and "8192 bytes in all; give URLs" in message
    await office.place(destination={"endpoint": "+46730170102"}, ace=said, pie=said)
    office.answer = json.dumps(script(*[{"name": "say", "text": "x" * 500}] * 20, action=CONNECT)).encode()
    await office.place(ice="http://own/ice")
    assert call_data.ICE not in office.data.values, "it has been asked"


async def test_a_menu_whose_end_goes_to_a_url_of_its_own_is_told_though_the_application_has_none(
    office: Office,
) -> None:
    await office.place(destination={"endpoint": "+46730170102"}, ace="http://own/ace", pie="http://own/pie")
    assert office.data.address == "http://own/pie"
    await office.place(destination={"endpoint": "+46730170102"}, dice=json.dumps(script(action={"name": "hangup"})))
    assert office.data.address == ""
