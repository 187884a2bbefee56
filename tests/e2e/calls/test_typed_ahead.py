"""Keys that are pressed before anybody waits for them, in a newcomer's first call and in a customer's timeline."""

from api.cli.setup import TASKS
from tests.e2e.conftest import MakeCarrier, MakeNumber
from tests.support.carillon import Command, Own
from tests.support.scenario import until
from tests.support.sip_caller import SipCaller
from tests.support.system import System


async def test_the_first_number_that_a_newcomer_calls_takes_a_key_during_its_welcome(
    number: MakeNumber, carrier: MakeCarrier, own: Own, system: System
) -> None:
    ours, network = await number(tasks=TASKS), await carrier()
    host, port = system.sip.split(":")
    called = await SipCaller(host, int(port), address=network.address).call(ours, seconds=20, press=((0.5, "4"),))
    assert called.answered is not None and called.ended_by_peer is not None
    story = await own.call((await last_call(own, ours))["id"])
    welcome, wait, *_ = story["tasks"]
    assert welcome["outcome"] == {"type": "stopped", "reason": "requested"}
    assert wait["outcome"]["result"]["digits"] == "4"


async def test_a_key_during_a_prompt_is_in_the_timeline_and_taken_where_that_is_asked_for(
    number: MakeNumber, carrier: MakeCarrier, own: Own, system: System, carillon: Command
) -> None:
    say = {"kind": "say", "text": "Please enter your four digits now."}
    wait = {"kind": "wait_for_digits", "count": 2, "seconds": 8, "typed_ahead": True}
    ours = await number(tasks=[say, wait, {**wait, "secret": True}, {"kind": "hang_up"}])
    network, (host, port) = await carrier(), system.sip.split(":")
    press = ((0.2, "9"), (0.4, "0"), (0.6, "2"), (0.8, "1"))
    called = await SipCaller(host, int(port), address=network.address).call(ours, seconds=20, press=press)
    assert called.ended_by_peer is not None
    call = (await last_call(own, ours))["id"]
    story = await own.call(call)
    pressed = [one for one in story["events"] if one["event"] == "digit_pressed"]
    assert [(one["digit"], one["kept"]) for one in pressed] == [("***", True)] * 4, "some of them may be the secret"
    results = [one["outcome"]["result"] for one in story["tasks"] if one["kind"] == "wait_for_digits"]
    assert [one["digits"] for one in results] == ["90", "***"]
    told = [one["outcome"]["result"] for one in await own.queue(call) if one["kind"] == "wait_for_digits"]
    assert [one["digits"] for one in told] == ["90", "21"]
    shown = await carillon("calls", "show", call)
    assert "digit_pressed" in shown and "digits ***" in shown


async def last_call(own: Own, number: str) -> dict[str, object]:
    """The newest call to a number of ours, once it has ended."""

    async def look() -> list[dict[str, object]]:
        _, body = await own.ask("GET", "calls?limit=50")
        return [one for one in body["calls"] if one["callee"] == number and one["ended"]]

    return (await until(look, bool, what=f"the call to {number} ends"))[0]
