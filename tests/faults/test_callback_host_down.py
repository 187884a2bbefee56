"""The customer's web server is down while calls go on, and comes back."""

from tests.clients.ringful.client import Ringful
from tests.support import people
from tests.support.carillon import Own
from tests.support.far_end import assert_melody
from tests.support.ports import unused_port
from tests.support.scenario import LabEars, call_ended
from tests.support.sink import Sink


async def test_callbacks_wait_for_a_host_that_is_down_and_come_in_order_when_it_is_up(
    ringful: Ringful, sink: Sink, lab: LabEars, own: Own
) -> None:
    later = Sink(port=unused_port())
    url = f"http://127.0.0.1:{later.port}/later"
    calls = [await ringful.call(callee=people.LISTENS, callbackUrl=url) for _ in range(3)]
    for call in calls:
        await ringful.play(callId=call, announcement=sink.tone(500, 0.5), callbackUrl=url)
        await ringful.hangup(callId=call, immediate="false")
    for call in calls:
        assert (await call_ended(own, call))["cause"] == "normal", "the calls are not held up"
        assert_melody((await lab.of(call)).heard, 500)
    async with later:
        for call in calls:
            await later.until("ServerHangup", callId=call, within=40)
            assert later.actions(callId=call) == ["CallEstablished", "PlayStart", "PlayComplete", "ServerHangup"]
