"""A call is led from one destination to the next: by a task, by a party that was not reached, by a menu."""

from typing import Any

import pytest

from engine.calls.admission_protocol import Route
from engine.calls.directory import Answering
from engine.events import CallAnswered, CallEnded, CallOffered, TaskEnded
from engine.model.destination import MOST_HOPS, Destination, Diversions
from engine.tasks.ask import Ask
from engine.tasks.dial import Dial
from engine.tasks.go_to import GoTo
from engine.tasks.hang_up import HangUp
from engine.tasks.menu import Choice, Menu
from engine.tasks.pause import Pause
from engine.tasks.results import Completed, Failed, MenuEnded
from engine.tasks.run_menu import RunMenu
from engine.tasks.say import Say
from tests.fakes.ari import FakeAri
from tests.support.call_data import noted
from tests.support.clock import settled
from tests.support.dialling import dialling
from tests.support.exchange import ACCOUNT, Exchange
from tests.support.ringing import led_in

DIVERSIONS = Diversions(no_answer="forward:12015550109", busy="group:sales", unregistered="room:lobby")
DIAL = Dial(to="12015550199", diversions=DIVERSIONS, hops=1)
WAIT = Answering(account=ACCOUNT, tasks=(Pause(seconds=5),))


async def test_a_task_leads_on_and_what_was_queued_behind_it_is_replaced(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.directory.destinations["extension:101"] = WAIT
    await led_in(exchange, asterisk, GoTo(destination="extension:101"), HangUp(cause="busy"))
    (ended,) = exchange.told_of(TaskEnded, kind="hang_up")
    assert ended.outcome.reason == "replaced"  # type: ignore[union-attr]
    await exchange.task_of(ended.subject, "pause")
    assert exchange.directory.led == [("extension:101", 1)]


@pytest.mark.parametrize(
    ("q850", "sip", "led"),
    [
        (17, 486, "group:sales"),
        (21, 603, "group:sales"),
        (19, 480, "forward:12015550109"),
        (20, None, "room:lobby"),
        (18, 408, "room:lobby"),
    ],
)
async def test_a_party_that_was_not_reached_leads_on_by_its_cause(
    exchange: Exchange, asterisk: FakeAri, q850: int, sip: int | None, led: str
) -> None:
    exchange.directory.destinations[led] = WAIT
    call, other = await dialling(exchange, asterisk, DIAL)
    asterisk.hangs_up(other, q850, sip)
    await exchange.task_of(call, "pause")
    assert exchange.directory.led == [(led, 2)]
    assert not exchange.told_of(CallEnded, subject=call)


async def test_a_party_that_does_not_answer_in_its_time_leads_on(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.directory.destinations["forward:12015550109"] = WAIT
    call, other = await dialling(exchange, asterisk, DIAL)
    asterisk.emit({"type": "ChannelHangupRequest", "channel": asterisk.world.channels[other], "soft": True})
    asterisk.hangs_up(other, 19, 480)
    await exchange.task_of(call, "pause")
    assert exchange.directory.led == [("forward:12015550109", 2)]


async def test_a_cause_without_a_diversion_ends_the_caller_as_ever(exchange: Exchange, asterisk: FakeAri) -> None:
    call, other = await dialling(exchange, asterisk, DIAL)
    asterisk.hangs_up(other, 1, 404)
    assert (await exchange.ended(call)).cause == "unknown_number"
    assert exchange.directory.led == []


async def test_a_party_is_dialled_by_the_next_controller_where_this_one_leaves_just_then(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    lead = exchange.directory.lead

    async def leaving(*given: Any, **more: Any) -> Answering:
        exchange.engine._outbound.open, exchange.engine._leaving = False, True
        return await lead(*given, **more)

    exchange.directory.lead = leaving  # type: ignore[method-assign]
    exchange.directory.destinations["extension:101"] = Answering(account=ACCOUNT, tasks=(Dial(to="12015550199"),))
    await led_in(exchange, asterisk, GoTo(destination="extension:101"))
    await settled()
    await exchange.leave()
    await exchange.start()
    await asterisk.asked("POST", "/channels/*/dial")
    assert not exchange.told_of(TaskEnded, kind="dial") and not exchange.told_of(CallEnded)


async def test_a_party_that_talked_and_hung_up_leads_nowhere(exchange: Exchange, asterisk: FakeAri) -> None:
    call, other = await dialling(exchange, asterisk, DIAL)
    asterisk.picks_up(other)
    await exchange.event(TaskEnded, kind="dial")
    asterisk.hangs_up(other)
    assert (await exchange.ended(call)).cause == "normal"
    assert exchange.directory.led == []


async def test_a_chain_is_cut_and_the_timeline_says_so(exchange: Exchange, asterisk: FakeAri) -> None:
    for place in range(MOST_HOPS + 2):
        after = GoTo(destination=f"extension:{place + 1}", hops=place + 1)
        exchange.directory.destinations[f"extension:{place}"] = Answering(account=ACCOUNT, tasks=(after,))
    await led_in(exchange, asterisk, GoTo(destination="extension:0"))
    ended = await exchange.event(CallEnded)
    assert (ended.cause, ended.hung_up_by) == ("loop", "us")
    assert len(exchange.directory.led) == MOST_HOPS + 1
    assert exchange.told_of(TaskEnded, kind="go_to")[-1].outcome == Failed("loop", "Too often.")


async def test_a_destination_that_is_not_there_ends_the_call_and_the_timeline_says_which(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    await led_in(exchange, asterisk, GoTo(destination="group:gone"))
    assert (await exchange.event(CallEnded)).cause == "unknown_number"
    assert exchange.told_of(TaskEnded)[-1].outcome == Failed("no_destination", "There is no group:gone.")


async def test_a_program_is_offered_a_call_that_is_led_to_it_and_has_its_time(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange.directory.destinations["application:shop"] = Answering(account=ACCOUNT, application="app-1")
    await led_in(exchange, asterisk, GoTo(destination="application:shop"))
    offered = await exchange.event(CallOffered)
    assert (offered.application, offered.callee) == ("app-1", "500")
    assert (await exchange.stored(offered.subject)).application == "app-1"
    await exchange.enqueue(offered.subject, Say(text="Hello"))
    await exchange.event(CallAnswered, subject=offered.subject)
    assert not exchange.told_of(CallEnded)


async def test_a_program_that_queues_nothing_in_time_ends_the_call_over_a_restart_too(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange.directory.destinations["application:shop"] = Answering(account=ACCOUNT, application="app-1")
    await led_in(exchange, asterisk, GoTo(destination="application:shop"))
    offered = await exchange.event(CallOffered)
    await exchange.leave()
    await exchange.start()
    ended = await exchange.ended(offered.subject)
    assert (ended.cause, ended.answered) == ("no_application", False)
    assert ended.at - offered.at == pytest.approx(exchange.settings.offer_seconds, abs=0.5)
    assert len(exchange.told_of(CallOffered)) == 1


async def test_an_application_that_asks_gets_its_tag_and_the_end_of_the_whole_call(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    asking = Answering(
        account=ACCOUNT, application="app-2", data=noted("its tag"), reports_tree=True, tasks=(Ask(question="offered"),)
    )
    exchange.directory.destinations["application:desk"] = asking
    await led_in(exchange, asterisk, GoTo(destination="application:desk"))
    await settled()
    (question,) = exchange.questions
    assert question.data == noted("its tag")
    asterisk.hangs_up("in-1")
    ended = await exchange.ended(question.subject)
    assert ended.data == noted("its tag")
    await exchange.told_once_each()


MENU = RunMenu(
    first="main",
    menus=(
        Menu(
            id="main",
            main=(Say(text="Press 1"),),
            silence_seconds=5,
            choices=(Choice(digit="1", to="extension:101"), Choice(digit="2", value="two")),
            otherwise="group:sales",
        ),
    ),
    hops=3,
)


@pytest.mark.parametrize(("pressed", "led"), [("1", ("extension:101", 1)), ("", ("group:sales", 4))])
async def test_a_menu_leads_on_by_its_choice_or_by_its_end(
    exchange: Exchange, asterisk: FakeAri, pressed: str, led: tuple[str, int]
) -> None:
    exchange.directory.destinations[led[0]] = WAIT
    await led_in(exchange, asterisk, MENU, HangUp())
    await exchange.played()
    if pressed:
        asterisk.presses("in-1", pressed)
    else:
        asterisk.finishes(await exchange.played())
    ended = await exchange.event(TaskEnded, kind="run_menu")
    assert isinstance(ended.outcome, Completed) and isinstance(ended.outcome.result, MenuEnded)
    assert ended.outcome.result.how == ("return" if pressed else "timeout")
    await exchange.task_of(ended.subject, "pause")
    assert exchange.directory.led == [led]


async def test_a_choice_with_a_value_leads_nowhere(exchange: Exchange, asterisk: FakeAri) -> None:
    await led_in(exchange, asterisk, MENU, Pause(seconds=9))
    await exchange.played()
    asterisk.presses("in-1", "2")
    ended = await exchange.event(TaskEnded, kind="run_menu")
    await exchange.task_of(ended.subject, "pause")
    assert exchange.directory.led == []


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("extension:101", Destination("extension", "101")),
        (" hangup ", Destination("hangup")),
        ("room: sales : east", Destination("room", "sales : east")),
    ],
)
def test_a_destination_is_read_as_it_is_written(text: str, read: Destination) -> None:
    assert Destination.read(text) == read
    assert Destination.read(str(read)) == read


@pytest.mark.parametrize("text", ["", ":101", "Extension:101", "101", "a b:c", "x" * 70_000])
def test_what_is_not_a_destination_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="such as extension:101"):
        Destination.read(text)


async def test_a_restart_while_a_party_rings_does_not_forget_where_the_call_goes_then(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange.directory.destinations["group:sales"] = WAIT
    call, other = await dialling(exchange, asterisk, DIAL)
    asterisk.rings(other)
    await settled()
    await exchange.leave()
    await exchange.start()
    asterisk.hangs_up(other, 17, 486)
    await exchange.task_of(call, "pause")
    assert exchange.directory.led == [("group:sales", 2)]


@pytest.mark.parametrize("tasks", [(), (Ask(question="offered"),)])
async def test_a_call_that_we_placed_is_offered_to_no_program(
    exchange: Exchange, asterisk: FakeAri, tasks: tuple[Ask, ...]
) -> None:
    exchange.directory.destinations["application:desk"] = Answering(account=ACCOUNT, application="app-2", tasks=tasks)
    call = await exchange.place(GoTo(destination="application:desk"))
    ended = await exchange.event(TaskEnded, kind="go_to")
    assert ended.outcome == Failed("no_destination", "Only a call that came in can be offered to an application.")
    assert (await exchange.ended(call.id)).hung_up_by == "us"
    assert exchange.questions == []


async def test_a_controller_that_is_killed_just_after_it_led_on_leaves_nothing_of_what_was_replaced(
    exchange: Exchange, asterisk: FakeAri, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange.directory.destinations["extension:101"] = WAIT
    lead = exchange.directory.lead

    async def last_words(*given: Any, **more: Any) -> Answering:
        monkeypatch.setattr(exchange.writer, "post", lambda unit: None)  # what waits in memory is lost
        return await lead(*given, **more)

    monkeypatch.setattr(exchange.directory, "lead", last_words)
    await led_in(exchange, asterisk, GoTo(destination="extension:101"), HangUp(cause="busy"))
    await exchange.leave()
    await exchange.start()
    call = (await exchange.event(TaskEnded, kind="pause")).subject
    await settled()
    assert not exchange.told_of(CallEnded)
    assert [(row.task.__struct_config__.tag, row.state) for row in await exchange.rows(call)] == [
        ("go_to", "completed"), ("pause", "completed"), ("hang_up", "discarded"),
    ]  # fmt: skip


async def test_a_forwarded_call_says_outside_which_number_was_called_and_inside_who_forwarded_it(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange.admission.routes_of["102"] = (Route(endpoint="PJSIP/102"),)
    always = GoTo(destination="extension:101", diverted_by="101")
    for number, to in (("12015550100", "442079460000"), ("12015550101", "102")):
        exchange.directory.destinations["extension:101"] = Answering(account=ACCOUNT, tasks=(Dial(to=to),))
        exchange.directory.numbers[number] = Answering(account=ACCOUNT, tasks=(always,))
        asterisk.incoming(f"in-{to}", ["inbound", number], number="14155550100", name=f"PJSIP/trunk-lab-{to}")
        await settled()
    made = [one.body["variables"] for one in asterisk.requests if one.path == "/channels/create"]
    told = [(one["REDIRECTING(from-num,i)"], one["REDIRECTING(count,i)"]) for one in made]
    assert told == [("12015550100", "1"), ("101", "1")]
