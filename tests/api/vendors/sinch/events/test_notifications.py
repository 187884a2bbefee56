"""What is told, and where: the end of a call, notifications, and the menu in which somebody hung up."""

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from api.callbacks.callback import Callback
from api.recordings import Recordings
from api.vendors.sinch import call_data
from api.vendors.sinch.events.notifications import Notifications
from engine.events import Event, RecordingAvailable, ReplyRefused, RootEnded, TaskEnded
from engine.features.recordings.service import RecordingService
from engine.media import Links
from engine.model.call import CallState, Direction, Party
from engine.model.call_data import CallData
from engine.model.cause import HangupCause
from engine.store import applications
from engine.tasks.results import Completed, Detected, Recorded, Stopped
from tests.api.vendors.sinch.served import FREE, Served, a_call

CARRIED = {"custom": "17", "cookie:k": "v"}
COOKIES = [{"key": "k", "value": "v"}]
number = itertools.count()


def carried(**values: str) -> CallData:
    return CallData(dialect="sinch", address="http://shop/one", values=values)


def common() -> dict[str, Any]:
    return {"id": f"event-{next(number)}", "account": "account-ann", "subject": "call-1", "root": "call-1", "at": 0.0}


def ended(kind: str, outcome: Any) -> TaskEnded:
    return TaskEnded(**common(), task="task-1", kind=kind, outcome=outcome)


HUNG_UP = ended("run_menu", Stopped("call_ended", where="sub"))
REFUSED = ReplyRefused(**common(), task="task-1", reason="There is no action 'dance'.")
RECORDED = ended("record", Completed(Recorded(recording="r", name="r", seconds=1.0, notify=True)))
SAVED = RecordingAvailable(**common(), task="t", recording="r", name="r", format="mp3", destination="s3://b/r.mp3")
DETECTED = ended("detect_machine", Completed(Detected(status="human", reason="greeting", seconds=1.2)))


class Told:
    """Ann's call, and what she is told of it."""

    def __init__(self, served: Served, folder: Path) -> None:
        self.served = served
        recordings = Recordings(served.features[RecordingService], Links("a secret of the tests"), "http://api")
        self.notifications = Notifications(served.features, served.parties, recordings)

    async def store(self, data: CallData, **fields: Any) -> None:
        """Ann's application has a URL, and a call with this data."""
        urls = {"primary": "http://shop/one"}
        await self.served.writer.write(lambda conn: applications.update(conn, "app-shop", settings=urls))
        await self.served.store(a_call(data=data, **fields))

    async def of(self, event: Event, data: CallData) -> Sequence[Callback]:
        return await self.notifications.callbacks(event, data)

    async def body(self, event: Event, data: CallData) -> dict[str, Any]:
        (callback,) = await self.of(event, data)
        read: dict[str, Any] = msgspec.json.decode(callback.body)
        return read


@pytest.fixture
def told(served: Served, tmp_path: Path) -> Told:
    return Told(served, tmp_path)


# «string - custom (if applicable)», and cookies «in subsequent events in the session»
@pytest.mark.parametrize("event", [REFUSED, RECORDED, SAVED, DETECTED], ids=lambda event: type(event).__name__)
async def test_every_notification_carries_custom_and_the_cookies_of_now(told: Told, event: Event) -> None:
    await told.store(carried(**CARRIED))
    body = await told.body(event, carried(custom="17"))
    assert (body["event"], body["custom"], body["cookies"]) == ("notify", "17", COOKIES)
    assert "user" not in body


async def test_a_notification_of_a_call_that_carries_nothing_has_neither(told: Told) -> None:
    await told.store(carried())
    assert await told.body(RECORDED, carried()) == {
        "event": "notify", "callid": "call-1", "version": 1, "type": "recording_finished",
    }  # fmt: skip


# «user shows the user Id that initiated the call»
async def test_a_data_clients_name_is_in_the_end_of_its_call_and_in_its_errors(told: Told) -> None:
    over = {"state": CallState.ENDED, "ended": 1_400_000_010.0, "cause": HangupCause.NORMAL, "hung_up_by": Party.FAR}
    await told.store(carried(), direction=Direction.INBOUND, caller="100", callee=FREE, trunk=None, **over)
    event = RootEnded(
        **common(), cause="normal", hung_up_by="far", answered=False, seconds=0.0, price=0, currency="USD",
        caller="100", callee=FREE, legs=(),
    )  # fmt: skip
    assert (await told.body(event, carried()))["user"] == "anna"
    assert (await told.body(REFUSED, carried()))["user"] == "anna"
    parties = told.served.parties
    assert parties.initiator(a_call(caller="100", trunk=None)) is None, "a callout is the server's"


def test_who_calls_by_a_trunk_is_no_data_client_whatever_number_it_shows(told: Told) -> None:
    parties = told.served.parties
    by_trunk, by_phone = (a_call(direction=Direction.INBOUND, caller="100", trunk=each) for each in ("lab", None))
    assert (parties.initiator(by_trunk), parties.initiator(by_phone)) == (None, "anna")
    assert not parties.from_data_client(by_trunk)


# customCallout, pie: a URL, or a script that answers in its place; enablePie false
@pytest.mark.parametrize(
    ("pie", "told_at"),
    [("", ["http://shop/one"]), ("http://own/pie", ["http://own/pie"]), ('{"action":{"name":"hangup"}}', []),
     (call_data.OFF, [])],
)  # fmt: skip
async def test_who_hangs_up_in_a_menu_is_told_where_the_menu_would_be_asked_about(
    told: Told, pie: str, told_at: list[str]
) -> None:
    where = {call_data.PIE: pie} if pie else {}
    await told.store(carried(**where))
    found = await told.of(HUNG_UP, carried(**where))
    assert [callback.url for callback in found] == told_at
    results = [msgspec.json.decode(callback.body)["menuResult"] for callback in found]
    assert all((one["menuId"], one["type"]) == ("sub", "hangup") for one in results)


async def test_a_recording_is_told_at_the_applications_url_whatever_the_menu_says(told: Told) -> None:
    await told.store(carried(**{call_data.PIE: call_data.OFF}))
    (callback,) = await told.of(RECORDED, carried(**{call_data.PIE: call_data.OFF}))
    assert callback.url == "http://shop/one"
