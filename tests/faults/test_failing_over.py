"""kill -9 of the controller while a call is tried by one trunk after the other."""

from tests.clients.ringful.client import Ringful
from tests.e2e.conftest import MakeCarrier
from tests.e2e.trunks.test_failing_over import routes
from tests.faults.conftest import kill_the_controller
from tests.support.carillon import Own
from tests.support.scenario import call_ended, until
from tests.support.sink import Sink
from tests.support.system import System


async def test_each_trunk_is_tried_once_though_a_rest_of_one_is_forgotten_with_the_controller(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, own: Own, system: System
) -> None:
    first = await carrier(priority=1)
    second, third = await carrier(prefix=first.prefix, priority=2), await carrier(prefix=first.prefix, priority=3)
    async with second.answers("uas_reject", keys={"code": "486"}) as far:  # the first one answers no INVITE, and rests
        assert (await call_ended(own, await ringful.call(callee=first.number())))["trunk"] == second.name
        await far.done()
    async with (
        second.answers("uas_reject", keys={"code": "503"}, seconds=90),
        third.answers("uas_trying", keys={"code": "503", "trying": "20000"}, seconds=90),
        # the INVITE that it did not answer comes again
        first.answers("uas_reject", keys={"code": "486"}, calls=2, seconds=90),
    ):
        call = await ringful.call(callee=first.number(), callbackUrl=sink.url())
        until_then = [(second.name, "dialled"), (second.name, "congestion"), (third.name, "dialled")]
        await until(lambda: routes(own, call), lambda seen: seen == until_then, what="the third trunk is dialled")
        await kill_the_controller(system)
        ended = await call_ended(own, call, within=60)
        assert (ended["trunk"], ended["cause"]) == (first.name, "busy")
        assert await routes(own, call) == [*until_then, (third.name, "congestion"), (first.name, "dialled")]
