"""Ring: several parties are called, and the first that answers is connected."""

import pytest

from engine.calls.admission_protocol import Route
from engine.calls.directory import Answering
from engine.calls.group_ringing import member_of
from engine.commands import NumberRefused
from engine.events import CallEnded, TaskEnded, TaskRemarked, TaskStarted
from engine.model.leg_options import LegOptions
from engine.tasks.pause import Pause
from engine.tasks.results import Completed, Dialled
from engine.tasks.ring import Ring
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange
from tests.support.ringing import dialled, ringing

ALL = Ring(members=("101", "102", "103"), seconds=30)
IN_ORDER = Ring(members=("101", "102", "103"), strategy="in_order", seconds=60, seconds_each=15)


def reason(asterisk: FakeAri, channel: str) -> list[str | None]:
    """The Q.850 values with which a channel was hung up."""
    wanted = ("DELETE", f"/channels/{channel}")
    return [one.query.get("reason_code") for one in asterisk.requests if (one.method, one.path) == wanted]


async def test_all_ring_and_the_first_that_answers_gets_the_call_while_the_others_are_answered_elsewhere(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call, legs = await ringing(exchange, asterisk, ALL)
    assert sorted(dialled(asterisk)) == legs
    for leg in legs:
        asterisk.rings(leg)
    asterisk.picks_up(legs[1])
    ended = await exchange.event(TaskEnded, kind="ring")
    assert ended.outcome == Completed(Dialled(call=legs[1], answered=True))
    (bridge,) = asterisk.world.bridges.values()
    assert bridge["channels"] == ["in-1", legs[1]]
    for leg in (legs[0], legs[2]):
        assert (await exchange.ended(leg)).cause == "answered_elsewhere"
        assert reason(asterisk, leg) == ["26"]
    asterisk.hangs_up("in-1")
    assert (await exchange.ended(legs[1])).hung_up_by == "other"
    await exchange.ended(call)
    await settled()
    assert asterisk.world.bridges == {} and asterisk.world.channels == {}
    await exchange.told_once_each()


async def test_of_two_that_answer_at_once_one_is_connected_and_the_other_ends(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    _, legs = await ringing(exchange, asterisk, ALL)
    asterisk.picks_up(legs[2])
    asterisk.picks_up(legs[0])
    await exchange.event(TaskEnded, kind="ring")
    (bridge,) = asterisk.world.bridges.values()
    (winner,) = [leg for leg in legs if leg in bridge["channels"]]
    for leg in legs:
        if leg != winner:
            assert (await exchange.ended(leg)).cause == "answered_elsewhere"
    assert exchange.told_of(TaskEnded, kind="ring")[0].outcome == Completed(Dialled(call=winner, answered=True))


async def test_a_member_that_declines_or_is_busy_does_not_end_the_group(exchange: Exchange, asterisk: FakeAri) -> None:
    _, legs = await ringing(exchange, asterisk, ALL)
    asterisk.hangs_up(legs[0], 21, 603)
    asterisk.hangs_up(legs[1], 17, 486)
    await settled()
    assert not exchange.told_of(TaskEnded, kind="ring")
    asterisk.picks_up(legs[2])
    ended = await exchange.event(TaskEnded, kind="ring")
    assert ended.outcome == Completed(Dialled(call=legs[2], answered=True))


@pytest.mark.parametrize(
    ("ends", "cause"),
    [
        ([(17, 486), (17, 486), (17, 486)], "busy"),
        ([(17, 486), (20, None), (20, None)], "busy"),
        ([(20, None), (20, None), (20, None)], "unavailable"),
        ([(21, 603), (20, None), (17, 486)], "busy"),
    ],
)
async def test_where_nobody_can_take_it_the_group_is_over_at_once_with_the_cause_that_says_most(
    exchange: Exchange, asterisk: FakeAri, ends: list[tuple[int, int | None]], cause: str
) -> None:
    call, legs = await ringing(exchange, asterisk, ALL)
    began = exchange.clock()
    for leg, (q850, sip) in zip(legs, ends, strict=True):
        asterisk.hangs_up(leg, q850, sip)
    ended = await exchange.ended(call)
    assert (ended.cause, ended.hung_up_by) == (cause, "other")
    assert exchange.clock() - began < 1


async def test_a_group_that_nobody_answers_ends_when_its_time_is_over(exchange: Exchange, asterisk: FakeAri) -> None:
    call, legs = await ringing(exchange, asterisk, ALL)
    began = exchange.clock()
    ended = await exchange.ended(call)
    assert (ended.cause, ended.hung_up_by) == ("no_answer", "other")
    assert exchange.clock() - began == pytest.approx(30, abs=1)
    assert [(await exchange.ended(leg)).cause for leg in legs] == ["no_answer"] * 3


async def test_a_group_that_nobody_answers_leads_on(exchange: Exchange, asterisk: FakeAri) -> None:
    ring = Ring(members=("101", "102"), seconds=10, otherwise="extension:109", hops=2)
    exchange.directory.destinations["extension:109"] = Answering(account=ACCOUNT, tasks=(Pause(seconds=5),))
    call, legs = await ringing(exchange, asterisk, ring, Pause(seconds=99))
    asterisk.hangs_up(legs[0], 17, 486)
    asterisk.hangs_up(legs[1], 20)
    await exchange.task_of(call, "pause")
    assert exchange.directory.led == [("extension:109", 3)]
    rows = await exchange.rows(call)
    assert [(row.task.__struct_config__.tag, row.state) for row in rows] == [
        ("ring", "completed"), ("pause", "running"), ("pause", "discarded"),
    ]  # fmt: skip


async def test_a_caller_who_hangs_up_cancels_all(exchange: Exchange, asterisk: FakeAri) -> None:
    call, legs = await ringing(exchange, asterisk, ALL)
    asterisk.hangs_up("in-1")
    for leg in legs:
        ended = await exchange.ended(leg)
        assert (ended.cause, ended.hung_up_by) == ("cancelled", "other")
    await exchange.ended(call)
    await settled()
    assert asterisk.world.channels == {}
    await exchange.told_once_each()


async def test_in_order_each_rings_for_its_time_and_the_next_only_then(exchange: Exchange, asterisk: FakeAri) -> None:
    _, legs = await ringing(exchange, asterisk, IN_ORDER)
    assert dialled(asterisk) == legs[:1]
    began = exchange.clock()
    await asterisk.asked("POST", f"/channels/{legs[1]}/dial")
    assert exchange.clock() - began == pytest.approx(15, abs=3)
    assert (await exchange.ended(legs[0])).cause == "no_answer"
    asterisk.hangs_up(legs[1], 17, 486)
    await asterisk.asked("POST", f"/channels/{legs[2]}/dial")
    assert exchange.clock() - began == pytest.approx(15, abs=3)  # a busy one costs no time
    asterisk.picks_up(legs[2])
    ended = await exchange.event(TaskEnded, kind="ring")
    assert ended.outcome == Completed(Dialled(call=legs[2], answered=True))


async def test_in_order_the_time_in_all_ends_it_before_the_last_member(exchange: Exchange, asterisk: FakeAri) -> None:
    ring = Ring(members=("101", "102", "103"), strategy="in_order", seconds=20, seconds_each=15)
    call, legs = await ringing(exchange, asterisk, ring)
    began = exchange.clock()
    assert (await exchange.ended(call)).cause == "no_answer"
    assert exchange.clock() - began == pytest.approx(20, abs=1)
    assert dialled(asterisk) == legs[:2]


async def test_a_member_that_may_not_be_called_is_passed_over_and_the_timeline_says_why(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange.admission.refusals["101"] = NumberRefused("This account may not call that number.")
    _, legs = await ringing(exchange, asterisk, ALL)
    assert sorted(dialled(asterisk)) == legs[1:]
    remark = await exchange.event(TaskRemarked, kind="ring")
    assert remark.remark == "101 was not rung. This account may not call that number."


async def test_a_member_who_calls_the_group_is_not_rung(exchange: Exchange, asterisk: FakeAri) -> None:
    ring = Ring(members=("12015550101", "102"), seconds=10)
    _, legs = await ringing(exchange, asterisk, ring)
    assert dialled(asterisk) == legs[1:2]
    assert (await exchange.event(TaskRemarked)).remark == "12015550101 was not rung: it is who calls."


@pytest.mark.parametrize("ring", [ALL, IN_ORDER])
async def test_where_one_answers_and_hangs_up_before_the_bridge_the_next_gets_the_call(
    exchange: Exchange, asterisk: FakeAri, ring: Ring
) -> None:
    call, legs = await ringing(exchange, asterisk, ring)
    await _answers_and_hangs_up(asterisk, legs[0])
    await asterisk.asked("POST", f"/channels/{legs[1]}/dial")
    asterisk.picks_up(legs[1])
    ended = await exchange.event(TaskEnded, kind="ring")
    assert ended.outcome == Completed(Dialled(call=legs[1], answered=True))
    asterisk.hangs_up("in-1")
    await exchange.ended(call)


async def _answers_and_hangs_up(asterisk: FakeAri, leg: str) -> None:
    gate = asterisk.hold("POST", "/channels/in-1/answer")
    asterisk.picks_up(leg)
    await gate.reached.wait()
    asterisk.hangs_up(leg)
    await settled()
    gate.gate.set()  # type: ignore[union-attr]
    await settled()


async def test_where_the_last_one_answers_and_hangs_up_at_once_the_caller_ends(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call, legs = await ringing(exchange, asterisk, Ring(members=("101",), seconds=30))
    await _answers_and_hangs_up(asterisk, legs[0])
    ended = await exchange.ended(call)
    assert (ended.cause, ended.hung_up_by) == ("normal", "other")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"members": ()}, "members must be 1 to 20"),
        ({"members": ("101", "101")}, "named once"),
        ({"members": ("sip:evil",)}, "extension or a number"),
        ({"members": ("101",), "seconds": 0.0}, "seconds must be 1 to 600"),
        ({"members": ("101",), "seconds_each": float("nan")}, "seconds_each must be"),
        ({"members": ("101",), "otherwise": "Extension 101"}, "such as extension:101"),
    ],
)
def test_a_group_that_cannot_be_rung_is_refused(fields: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Ring(**fields)  # type: ignore[arg-type]


async def test_a_member_who_is_called_and_then_rings_its_group_is_not_rung(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    for number in ("101", "102"):
        exchange.admission.routes_of[number] = (Route(endpoint=f"PJSIP/{number}"),)
    call = await exchange.call(Ring(members=("101", "102"), seconds=10), callee="101")
    started = await exchange.event(TaskStarted, kind="ring")
    await asterisk.asked("POST", f"/channels/{member_of(started.task, 1)}/dial")
    assert (await exchange.event(TaskRemarked)).remark == "101 was not rung: it is who calls."
    assert dialled(asterisk) == [call.id, member_of(started.task, 1)]


@pytest.mark.parametrize(
    ("trunk", "members", "rung"),
    [("trunk-pbx", ("101", "102"), [0, 1]), ("u101", ("101", "102"), [1]), ("trunk-lab", ("14155550100", "102"), [1])],
    ids=["a PBX's extension 101", "our extension 101", "an outside number"],
)
async def test_a_caller_by_a_trunk_is_no_member_though_it_shows_an_extension_s_number(
    exchange: Exchange, asterisk: FakeAri, trunk: str, members: tuple[str, ...], rung: list[int]
) -> None:
    for number in ("101", "102"):
        exchange.admission.routes_of[number] = (Route(endpoint=f"PJSIP/{number}"),)
    answering = Answering(account=ACCOUNT, tasks=(Ring(members=members, seconds=10),))
    exchange.directory.numbers["500"] = exchange.directory.extensions["500"] = answering
    source = "inbound" if trunk.startswith("trunk-") else "extension"
    asterisk.incoming("in-1", [source, "500"], number=members[0], name=f"PJSIP/{trunk}-00000001")
    started = await exchange.event(TaskStarted, kind="ring")
    await asterisk.asked("POST", f"/channels/{member_of(started.task, 1)}/dial")
    await settled()
    assert sorted(dialled(asterisk)) == [member_of(started.task, place) for place in rung]
    asterisk.hangs_up("in-1")
    await exchange.event(CallEnded, subject=started.subject)


async def test_a_caller_who_hangs_up_while_the_others_are_cancelled_ends_who_answered_as_connected(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call, legs = await ringing(exchange, asterisk, ALL)
    gate = asterisk.hold("DELETE", f"/channels/{legs[0]}")
    asterisk.picks_up(legs[1])
    await gate.reached.wait()
    asterisk.hangs_up("in-1")
    await settled()
    gate.gate.set()  # type: ignore[union-attr]
    await exchange.ended(call)
    ended = await exchange.ended(legs[1])
    assert (ended.cause, ended.hung_up_by) == ("normal", "other")
    assert (await exchange.ended(legs[2])).cause == "answered_elsewhere"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [({"ringback": "us,recording:theirs"}, "ringback must be"), ({"music": "a/../b"}, "music must be")],
)
def test_a_group_s_tone_and_music_are_checked_as_those_of_a_dial(fields: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Ring(members=("101",), leg=LegOptions(**fields))  # type: ignore[arg-type]
