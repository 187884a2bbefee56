"""Transfers in the engine: what becomes of each leg, over restarts, hang-ups and crashes in every moment."""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest

from engine.calls.admission_protocol import Route
from engine.calls.directory import Answering
from engine.calls.group_ringing import member_of
from engine.calls.pair import other_of
from engine.commands import NoSuchCall, NotTransferable, NumberRefused, TransferCall
from engine.events import CallEnded, CallTransferred, TaskEnded, TaskStarted, TransferFailed
from engine.tasks.dial import Dial
from engine.tasks.join_conference import JoinConference
from engine.tasks.ring import Ring
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange

TO = "extension:103"
DIAL = Dial(to="102")
SECOND = Dial(to="103")


class Two(NamedTuple):
    """Two extensions' phones that are connected: their calls."""

    caller: str
    callee: str


async def rung_by_101(exchange: Exchange, asterisk: FakeAri, dial: Dial = DIAL) -> Two:
    """101 has called 102, which rings; 103 and 104 can be called."""
    for number in ("102", "103", "104"):
        exchange.admission.routes_of.setdefault(number, (Route(endpoint=f"PJSIP/{number}"),))
        answering = Answering(account=ACCOUNT, tasks=(dial if number == dial.to else Dial(to=number),), caller="101")
        exchange.directory.extensions[number] = answering
        exchange.directory.destinations.setdefault(f"extension:{number}", answering)
    asterisk.incoming("in-1", ["extension", dial.to], number="101", name="PJSIP/101")
    started = await exchange.event(TaskStarted, kind="dial")
    callee = other_of(started.task)
    await asterisk.asked("POST", f"/channels/{callee}/dial")
    await settled()
    return Two(started.subject, callee)


async def connected(exchange: Exchange, asterisk: FakeAri, dial: Dial = DIAL) -> Two:
    """101 has called 102, and is connected; 103 and 104 can be called."""
    two = await rung_by_101(exchange, asterisk, dial)
    asterisk.picks_up(two.callee)
    await exchange.event(TaskEnded, subject=two.caller, kind="dial")
    await settled()
    return two


def refers(asterisk: FakeAri, channel: str, to: str = "103", **refer_to: Any) -> None:
    """The phone of a channel sends a REFER."""
    asterisk.emit({
        "type": "ChannelTransfer",
        "refer_to": {"requested_destination": {"destination": to, **refer_to.pop("requested", {})}, **refer_to},
        "referred_by": {"source_channel": asterisk.world.channel(channel)},
    })  # fmt: skip


async def rings(exchange: Exchange, asterisk: FakeAri, party: str) -> str:
    """The leg of whoever is called by a call's transfer."""
    started = await exchange.event(TaskStarted, subject=party, kind="transfer")
    leg = member_of(started.task, 0)
    await asterisk.asked("POST", f"/channels/{leg}/dial")
    asterisk.rings(leg)
    await settled()
    return leg


def told(asterisk: FakeAri, channel: str) -> list[str]:
    """What a phone was told of its transfer."""
    path = f"/channels/{channel}/transfer_progress"
    return [one.query["states"] for one in asterisk.requests if one.path == path]


async def over(exchange: Exchange, asterisk: FakeAri, calls: Sequence[str]) -> None:
    """Every call has ended once, and nothing is left in Asterisk."""
    for call in calls:
        await exchange.ended(call)
    await settled()
    assert asterisk.world.bridges == {} and asterisk.world.channels == {}
    for call in calls:
        assert len(exchange.told_of(CallEnded, subject=call)) == 1


@pytest.mark.parametrize("who", ["callee", "caller"])
async def test_a_phone_moves_whoever_it_is_connected_with(exchange: Exchange, asterisk: FakeAri, who: str) -> None:
    two = await connected(exchange, asterisk)
    channels = {two.caller: "in-1", two.callee: two.callee}
    phone, party = (two.callee, two.caller) if who == "callee" else (two.caller, two.callee)
    refers(asterisk, channels[phone])
    leg = await rings(exchange, asterisk, party)
    assert asterisk.world.bridges == {}, "the two are parted"
    asterisk.picks_up(leg)
    done = await exchange.event(CallTransferred, subject=party)
    assert (done.to, done.by, done.call, done.attended) == ("103", phone, leg, False)
    await settled()
    assert told(asterisk, channels[phone]) == ["channel_progress", "channel_answered"]
    await exchange.ended(phone)
    (bridge,) = asterisk.world.bridges.values()
    assert bridge["channels"] == [channels[party], leg]
    asterisk.hangs_up(leg)
    assert (await exchange.ended(party)).hung_up_by == "other"
    await over(exchange, asterisk, (two.caller, two.callee, leg))
    await exchange.told_once_each()


async def test_a_phone_that_asks_as_soon_as_it_is_answered_has_its_transfer(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    two = await rung_by_101(exchange, asterisk)
    held = asterisk.hold("POST", "/bridges/bridge-*/addChannel")
    asterisk.picks_up(two.callee)
    await held.reached.wait()  # the caller's phone was answered
    refers(asterisk, "in-1")
    await settled()
    assert told(asterisk, "in-1") == []
    assert held.gate
    held.gate.set()
    leg = await rings(exchange, asterisk, two.callee)
    asterisk.picks_up(leg)
    await exchange.event(CallTransferred, subject=two.callee)
    asterisk.hangs_up(leg)
    await over(exchange, asterisk, (two.caller, two.callee, leg))


@pytest.mark.parametrize("restart", [False, True], ids=["", "over a restart"])
async def test_nobody_answers_and_the_two_are_connected_again(
    exchange: Exchange, asterisk: FakeAri, restart: bool
) -> None:
    two = await connected(exchange, asterisk)
    await exchange.submit(TransferCall(account=ACCOUNT, call=two.caller, to=TO))
    leg = await rings(exchange, asterisk, two.caller)
    if restart:
        await exchange.leave()
        await exchange.start()
    asterisk.hangs_up(leg, 17, 486)
    failed = await exchange.event(TransferFailed, subject=two.caller)
    assert (failed.cause, failed.by) == ("busy", two.callee)
    await settled()
    (bridge,) = asterisk.world.bridges.values()
    assert sorted(bridge["channels"]) == sorted(["in-1", two.callee])
    await exchange.leave()
    await exchange.start()
    asterisk.hangs_up("in-1")
    await over(exchange, asterisk, (two.caller, two.callee, leg))
    await exchange.told_once_each()


async def test_a_controller_that_comes_while_it_rings_goes_on_and_calls_nobody_twice(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    two = await connected(exchange, asterisk)
    await exchange.submit(TransferCall(account=ACCOUNT, call=two.caller, to=TO))
    leg = await rings(exchange, asterisk, two.caller)
    await exchange.leave()
    await exchange.start()
    asterisk.picks_up(leg)
    await exchange.event(CallTransferred, subject=two.caller)
    await exchange.ended(two.callee)
    assert len([one for one in asterisk.requests if one.path.endswith(f"{leg}/dial")]) == 1
    asterisk.hangs_up("in-1")
    await over(exchange, asterisk, (two.caller, two.callee, leg))
    await exchange.told_once_each()


@pytest.mark.parametrize("gone", ["the party", "whoever transfers", "whoever is called"])
async def test_who_hangs_up_while_no_controller_is_there_leaves_nobody_behind(
    exchange: Exchange, asterisk: FakeAri, gone: str
) -> None:
    two = await connected(exchange, asterisk)
    await exchange.submit(TransferCall(account=ACCOUNT, call=two.caller, to=TO))
    leg = await rings(exchange, asterisk, two.caller)
    await exchange.leave()
    asterisk.hangs_up({"the party": "in-1", "whoever transfers": two.callee, "whoever is called": leg}[gone])
    await exchange.start()
    if gone == "whoever transfers":
        asterisk.picks_up(leg)
        await exchange.event(CallTransferred, subject=two.caller)
        asterisk.hangs_up(leg)
    elif gone == "whoever is called":
        await exchange.event(TransferFailed, subject=two.caller)
        await settled()
        asterisk.hangs_up(two.callee)
    await over(exchange, asterisk, (two.caller, two.callee, leg))
    await exchange.told_once_each()


async def test_a_controller_killed_between_the_join_and_the_end_of_the_transferor_ends_it(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    two = await connected(exchange, asterisk)
    await exchange.submit(TransferCall(account=ACCOUNT, call=two.caller, to=TO))
    leg = await rings(exchange, asterisk, two.caller)
    asterisk.refuse("DELETE", f"/channels/{two.callee}", 500)
    asterisk.picks_up(leg)
    await exchange.event(CallTransferred, subject=two.caller)
    await exchange.leave()
    await exchange.start()
    await exchange.ended(two.callee)
    (bridge,) = asterisk.world.bridges.values()
    assert sorted(bridge["channels"]) == sorted(["in-1", leg])
    asterisk.hangs_up("in-1")
    await over(exchange, asterisk, (two.caller, two.callee, leg))
    assert len(exchange.told_of(CallTransferred)) == 1


async def consulting(exchange: Exchange, asterisk: FakeAri, dial: Dial = SECOND) -> tuple[Two, Two]:
    """101 has called 102, and by another call 103: the two pairs."""
    first = await connected(exchange, asterisk)
    exchange.directory.extensions["103"] = Answering(account=ACCOUNT, tasks=(dial,), caller="101")
    asterisk.incoming("in-2", ["extension", "103"], number="101", name="PJSIP/101")
    started = await exchange.event(TaskStarted, kind="dial", times=2)
    leg = other_of(started.task)
    await asterisk.asked("POST", f"/channels/{leg}/dial")
    await settled()
    asterisk.picks_up(leg)
    await exchange.event(TaskEnded, task=started.task)
    await settled()
    return first, Two(started.subject, leg)


@pytest.mark.parametrize("restart", [False, True], ids=["", "over a restart"])
async def test_a_phone_with_two_calls_joins_its_parties(exchange: Exchange, asterisk: FakeAri, restart: bool) -> None:
    first, second = await consulting(exchange, asterisk)
    if restart:  # the commands that end the phone's calls do not reach Asterisk before the controller is gone
        asterisk.refuse("DELETE", "/channels/in-1", 500)
        asterisk.refuse("DELETE", "/channels/in-2", 500)
    refers(asterisk, "in-1", requested={"protocol_id": "x"}, destination_channel=asterisk.world.channel("in-2"))
    done = await exchange.event(CallTransferred, subject=first.callee)
    assert (done.call, done.attended, done.by) == (second.callee, True, first.caller)
    if restart:
        await exchange.leave()
        await exchange.start()
    for call in (first.caller, second.caller):
        await exchange.ended(call)
    await settled()
    (bridge,) = asterisk.world.bridges.values()
    assert sorted(bridge["channels"]) == sorted([first.callee, second.callee])
    await exchange.leave()
    await exchange.start()
    asterisk.hangs_up(second.callee)
    await over(exchange, asterisk, (*first, *second))


@pytest.mark.parametrize("restart", [False, True], ids=["", "over a restart"])
async def test_a_program_joins_the_parties_of_two_calls(exchange: Exchange, asterisk: FakeAri, restart: bool) -> None:
    first, second = await consulting(exchange, asterisk)
    await exchange.submit(TransferCall(account=ACCOUNT, call=first.callee, to_call=second.callee))
    done = await exchange.event(CallTransferred, subject=first.callee)
    assert (done.call, done.attended, done.by) == (second.callee, True, first.caller)
    if restart:
        await exchange.leave()
        await exchange.start()
    for call in (first.caller, second.caller):
        await exchange.ended(call)
    await settled()
    (bridge,) = asterisk.world.bridges.values()
    assert sorted(bridge["channels"]) == sorted([first.callee, second.callee])
    asterisk.hangs_up(first.callee)
    await over(exchange, asterisk, (*first, *second))
    await exchange.told_once_each()


async def test_calls_that_cannot_be_joined_stay_as_they_are(exchange: Exchange, asterisk: FakeAri) -> None:
    first, second = await consulting(exchange, asterisk)
    for wanted, refusal in (
        ({"to_call": first.caller}, NotTransferable),
        ({"to_call": first.callee}, NotTransferable),
        ({"to_call": "call-none"}, NoSuchCall),
    ):
        with pytest.raises(refusal):
            await exchange.submit(TransferCall(account=ACCOUNT, call=first.callee, **wanted))
    with pytest.raises(NoSuchCall):
        await exchange.submit(TransferCall(account="another", call=first.callee, to_call=second.callee))
    assert len(asterisk.world.bridges) == 2
    asterisk.hangs_up("in-1")
    asterisk.hangs_up("in-2")
    await over(exchange, asterisk, (*first, *second))


@pytest.mark.parametrize("name", ["PJSIP/109", "PJSIP/101-x"])
async def test_another_phones_call_is_not_joined(exchange: Exchange, asterisk: FakeAri, name: str) -> None:
    first, second = await consulting(exchange, asterisk)
    theirs = asterisk.world.channel("in-2") | {"name": f"{name}-00000007"}
    refers(asterisk, "in-1", requested={"protocol_id": "x"}, destination_channel=theirs)
    await settled()
    assert told(asterisk, "in-1") == ["channel_declined"] and len(asterisk.world.bridges) == 2
    asterisk.hangs_up("in-1")
    asterisk.hangs_up("in-2")
    await over(exchange, asterisk, (*first, *second))


async def test_the_party_that_hangs_up_meanwhile_ends_everybody(exchange: Exchange, asterisk: FakeAri) -> None:
    two = await connected(exchange, asterisk)
    await exchange.submit(TransferCall(account=ACCOUNT, call=two.caller, to=TO))
    leg = await rings(exchange, asterisk, two.caller)
    asterisk.hangs_up("in-1")
    await over(exchange, asterisk, (two.caller, two.callee, leg))
    assert (await exchange.ended(leg)).cause == "cancelled"
    await exchange.told_once_each()


async def rung_back(exchange: Exchange, asterisk: FakeAri, two: Two) -> str:
    """102 has transferred 101 to 103 and hung up, and 103 is busy; returns the leg by which 102 is rung back."""
    await exchange.submit(TransferCall(account=ACCOUNT, call=two.caller, to=TO))
    leg = await rings(exchange, asterisk, two.caller)
    asterisk.hangs_up(two.callee)
    await settled()
    asterisk.hangs_up(leg, 17, 486)
    dialled = await exchange.event(TaskStarted, subject=two.caller, kind="dial", times=2)
    back = other_of(dialled.task)
    await asterisk.asked("POST", f"/channels/{back}/dial")
    assert (await exchange.stored(back)).callee == "102"
    return back


async def test_a_transferor_that_is_gone_is_rung_back_and_connected_again(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    two = await connected(exchange, asterisk)
    back = await rung_back(exchange, asterisk, two)
    asterisk.picks_up(back)
    await settled()
    (bridge,) = asterisk.world.bridges.values()
    assert bridge["channels"] == ["in-1", back]
    asterisk.hangs_up("in-1")
    await over(exchange, asterisk, (two.caller, two.callee, back))
    await exchange.told_once_each()


async def test_a_party_whose_transferor_does_not_take_the_call_back_is_told_and_its_call_ends(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    two = await connected(exchange, asterisk)
    back = await rung_back(exchange, asterisk, two)
    asterisk.hangs_up(back, 21, 603)
    asterisk.finishes(await exchange.played())
    assert (await exchange.ended(two.caller)).cause == "busy"
    await over(exchange, asterisk, (two.caller, two.callee, back))
    await exchange.told_once_each()


async def test_a_party_whose_transferor_was_no_phone_of_ours_is_told_and_its_call_ends(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    two = await connected(exchange, asterisk)
    exchange.admission.routes_of.pop("102")  # its route is a trunk's from now on
    await exchange.submit(TransferCall(account=ACCOUNT, call=two.caller, to=TO))
    leg = await rings(exchange, asterisk, two.caller)
    asterisk.hangs_up(two.callee)
    await settled()
    asterisk.hangs_up(leg, 17, 486)
    asterisk.finishes(await exchange.played())
    assert (await exchange.ended(two.caller)).cause == "busy"
    await over(exchange, asterisk, (two.caller, two.callee, leg))
    await exchange.told_once_each()


async def test_a_transferor_whose_bye_follows_a_refer_that_fails_at_once_is_rung_back(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    two = await connected(exchange, asterisk)
    refers(asterisk, two.callee, "nobody")
    await exchange.event(TransferFailed, subject=two.caller)
    asterisk.hangs_up(two.callee)
    dialled = await exchange.event(TaskStarted, subject=two.caller, kind="dial", times=2)
    back = other_of(dialled.task)
    await asterisk.asked("POST", f"/channels/{back}/dial")
    asterisk.picks_up(back)
    await settled()
    asterisk.hangs_up(back)
    await over(exchange, asterisk, (two.caller, two.callee, back))


async def test_a_transfer_that_asterisk_refuses_gives_the_call_back(exchange: Exchange, asterisk: FakeAri) -> None:
    two = await connected(exchange, asterisk)
    await exchange.submit(TransferCall(account=ACCOUNT, call=two.caller, to=TO))
    leg = await rings(exchange, asterisk, two.caller)
    asterisk.refuse("POST", "/bridges/bridge-*/addChannel", 500)
    asterisk.picks_up(leg)
    failed = await exchange.event(TransferFailed, subject=two.caller)
    assert failed.cause == "error"
    await settled()
    (bridge,) = asterisk.world.bridges.values()
    assert sorted(bridge["channels"]) == sorted(["in-1", two.callee])
    asterisk.hangs_up("in-1")
    await over(exchange, asterisk, (two.caller, two.callee, leg))
    await exchange.told_once_each()


async def test_a_recording_of_two_extensions_ends_when_one_of_them_is_transferred(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange.admission.recorded.add("102")
    two = await connected(exchange, asterisk)
    record = await exchange.event(TaskStarted, subject=two.callee, kind="record")
    await exchange.submit(TransferCall(account=ACCOUNT, call=two.callee, to=TO))
    leg = await rings(exchange, asterisk, two.callee)
    ended = await exchange.event(TaskEnded, task=record.task)
    assert ended.outcome
    asterisk.picks_up(leg)
    await exchange.event(CallTransferred, subject=two.callee)
    asterisk.hangs_up(leg)
    await over(exchange, asterisk, (two.caller, two.callee, leg))


async def test_a_transferor_whose_bye_follows_its_refer_leaves_the_party_up(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    two = await connected(exchange, asterisk)
    refers(asterisk, two.callee)
    asterisk.hangs_up(two.callee)
    leg = await rings(exchange, asterisk, two.caller)
    asterisk.picks_up(leg)
    await exchange.event(CallTransferred, subject=two.caller)
    asterisk.hangs_up("in-1")
    await over(exchange, asterisk, (two.caller, two.callee, leg))


async def test_the_time_of_a_connection_goes_on_over_a_transfer(exchange: Exchange, asterisk: FakeAri) -> None:
    two = await connected(exchange, asterisk, Dial(to="102", max_seconds=100))
    await asyncio.sleep(60)
    await exchange.submit(TransferCall(account=ACCOUNT, call=two.caller, to=TO))
    asterisk.picks_up(await rings(exchange, asterisk, two.caller))
    began = exchange.clock()
    assert (await exchange.ended(two.caller)).cause == "max_duration"
    assert exchange.clock() - began == pytest.approx(40, abs=2)


async def test_a_group_is_rung_and_a_room_is_entered_at_once(exchange: Exchange, asterisk: FakeAri) -> None:
    two = await connected(exchange, asterisk)
    exchange.directory.destinations["group:sales"] = Answering(
        account=ACCOUNT, tasks=(Ring(members=("103", "104"), seconds=20),)
    )
    exchange.directory.destinations["room:x"] = Answering(account=ACCOUNT, tasks=(JoinConference(name="x"),))
    await exchange.submit(TransferCall(account=ACCOUNT, call=two.caller, to="group:sales"))
    leg = await rings(exchange, asterisk, two.caller)
    second = f"{leg[:-1]}1"
    asterisk.picks_up(second)
    await exchange.event(CallTransferred, subject=two.caller, call=second)
    assert (await exchange.ended(leg)).cause == "answered_elsewhere"
    await exchange.ended(two.callee)
    await exchange.submit(TransferCall(account=ACCOUNT, call=second, to="room:x"))
    await exchange.event(CallTransferred, subject=second, call="")
    await exchange.ended(two.caller)
    asterisk.hangs_up(second)
    await over(exchange, asterisk, (two.caller, two.callee, leg, second))
    await exchange.told_once_each()


async def test_what_cannot_be_transferred_is_refused(exchange: Exchange, asterisk: FakeAri) -> None:
    two = await connected(exchange, asterisk)
    with pytest.raises(NumberRefused):
        await exchange.submit(TransferCall(account=ACCOUNT, call=two.caller, to="extension:999"))
    await exchange.submit(TransferCall(account=ACCOUNT, call=two.caller, to=TO))
    leg = await rings(exchange, asterisk, two.caller)
    for call in two:  # the transferor waits, and is not moved either
        with pytest.raises(NotTransferable, match="is being transferred"):
            await exchange.submit(TransferCall(account=ACCOUNT, call=call, to=TO))
    asterisk.hangs_up("in-1")
    await over(exchange, asterisk, (two.caller, two.callee, leg))


async def test_of_two_transfers_of_one_moment_one_is_made(exchange: Exchange, asterisk: FakeAri) -> None:
    two = await connected(exchange, asterisk)
    wanted = [TransferCall(account=ACCOUNT, call=call, to=TO) for call in (two.caller, two.caller, two.callee)]
    done = await asyncio.gather(*(exchange.submit(one) for one in wanted), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["NotTransferable", "NotTransferable", "str"]
    party = (await exchange.event(TaskStarted, kind="transfer")).subject
    asterisk.picks_up(await rings(exchange, asterisk, party))
    await exchange.event(TaskEnded, subject=party, kind="transfer")
    assert len(exchange.told_of(TaskStarted, kind="transfer")) == len(exchange.told_of(CallTransferred)) == 1
    await exchange.submit(TransferCall(account=ACCOUNT, call=party, to="extension:104"))  # it may be again
    asterisk.hangs_up("in-1" if party == two.caller else two.callee)
    await over(exchange, asterisk, (two.caller, two.callee))


async def test_a_program_does_not_move_whom_a_phone_moves(exchange: Exchange, asterisk: FakeAri) -> None:
    two = await connected(exchange, asterisk)
    refers(asterisk, "in-1")
    await settled()
    with pytest.raises(NotTransferable, match="is being transferred"):
        await exchange.submit(TransferCall(account=ACCOUNT, call=two.callee, to="extension:104"))
    leg = await rings(exchange, asterisk, two.callee)
    asterisk.hangs_up(two.callee)
    await over(exchange, asterisk, (two.caller, two.callee, leg))


async def test_two_that_are_joined_have_the_time_of_the_connection_that_ends_first(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    first, second = await consulting(exchange, asterisk, Dial(to="103", max_seconds=100))
    await asyncio.sleep(60)
    await exchange.submit(TransferCall(account=ACCOUNT, call=first.callee, to_call=second.callee))
    began = exchange.clock()
    assert (await exchange.ended(first.callee)).cause == "max_duration"
    assert exchange.clock() - began == pytest.approx(40, abs=2)
