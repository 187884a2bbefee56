"""A leg that is recorded because an extension says so: from its answer on, and before what it does itself."""

from engine.calls.directory import Answering
from engine.events import TaskEnded
from engine.store import recordings
from engine.tasks.dial import Dial
from engine.tasks.pause import Pause
from engine.tasks.record import Record
from engine.tasks.results import Completed, Dialled
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange

CALLEE = "12015550101"


async def test_a_leg_is_recorded_from_its_answer_on_until_it_ends(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.admission.recorded.add(CALLEE)
    exchange.directory.numbers["500"] = Answering(account=ACCOUNT, tasks=(Dial(to=CALLEE),))
    asterisk.incoming("in-1", ["inbound", "500"])
    other = (await asterisk.asked("POST", "/channels/*/dial")).path.split("/")[2]
    await settled()
    assert not asterisk.was_asked("POST", "/channels/*/snoop/*")
    asterisk.picks_up(other)
    assert (await asterisk.asked("POST", "/channels/*/snoop/*")).path.split("/")[2] == other
    recording = (await exchange.task_of(other, "record")).replace("task-", "rec-")
    connected = await exchange.event(TaskEnded, kind="dial")
    assert connected.outcome == Completed(Dialled(call=other, answered=True))
    (row,) = await exchange.rows(other)
    assert row.task == Record(id=row.id, both_sides=True, ends_with_pair=True)
    asterisk.hangs_up(other)
    await exchange.ended(other)
    kept = await exchange.database.read(lambda conn: recordings.get(conn, recording))
    assert kept and (kept.account, kept.owner, kept.purpose) == (ACCOUNT, other, "")


async def test_a_leg_that_is_not_answered_is_not_recorded(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.admission.recorded.add(CALLEE)
    call = await exchange.dialled(Pause(seconds=1), callee=CALLEE)
    asterisk.hangs_up(call.id, 17, 486)
    await exchange.ended(call.id)
    assert exchange.story(call.id)[1] == "record discarded call_ended"
    assert not asterisk.was_asked("POST", "/channels/*/snoop/*")
