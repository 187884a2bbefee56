"""Manage Call: whose queue a script goes to, and what is left to do after a menu."""

import json
from typing import Any

import msgspec
import pytest
from aiohttp.test_utils import make_mocked_request

from api.vendors.sinch.errors import SinchError
from api.vendors.sinch.events.questions import Questions
from api.vendors.sinch.http.authenticated import AuthenticatedRequest
from api.vendors.sinch.http.calls import CallOperations
from engine.commands import Enqueue, Redirect
from engine.events import QuestionAsked
from engine.features.call_history.views import CallHistory
from engine.model.call import CallState, Direction
from engine.model.call_data import CallData
from engine.store import accounts, applications, tasks
from engine.tasks.ask import Ask
from engine.tasks.join_conference import JoinConference
from engine.tasks.kinds import AnyTask, kind_of
from engine.tasks.park import Park
from engine.tasks.say import Say
from engine.tasks.task import Phase
from tests.api.vendors.sinch.served import BOTH, Served, a_call

MENU = {"name": "runMenu", "menus": [{"id": "main", "options": [{"dtmf": "1", "action": "return(1)"}]}]}
TALKS = {"state": CallState.ANSWERED, "answered": 1_400_000_002.0}
INBOUND = TALKS | {"direction": Direction.INBOUND, "caller": "46730170102", "callee": BOTH}
SPOKEN = {"instructions": [{"name": "say", "text": "Hi"}]}


class Desk:
    """Ann's application; its commands go to an engine that takes everything."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.commands: list[Redirect | Enqueue] = []
        self.operations = CallOperations(self, served.features[CallHistory], served.parties)

    async def submit(self, command: Any) -> Any:
        """Take a command (api.command_taker.CommandTaker)."""
        self.commands.append(command)

    async def patch(self, script: dict[str, Any], leg: str = "") -> None:
        """Manage the call."""

        def read(conn: Any) -> Any:
            return accounts.get(conn, "account-ann"), applications.get(conn, "app-shop")

        path = {"call": "call-1"} | ({"leg": leg} if leg else {})
        request = make_mocked_request("PATCH", "/calling/v1/calls/id/call-1", match_info=path)
        asked = AuthenticatedRequest(*await self.served.db.read(read), request, json.dumps(script).encode())
        await self.operations.manage(asked)

    async def does(self, *running: AnyTask) -> None:
        """Let the call's queue run these."""

        def unit(conn: Any) -> None:
            named = [msgspec.structs.replace(task, id=f"task-{index}") for index, task in enumerate(running)]
            for row in tasks.append(conn, "call-1", named, 0.0):
                tasks.begin(conn, row.id, 0.0, Phase.NONE)

        await self.served.writer.write(unit)

    @property
    def owners(self) -> list[str]:
        """Whose queues were told something."""
        return [one.call if isinstance(one, Redirect) else one.owner for one in self.commands]

    @property
    def last(self) -> list[str]:
        """The kinds of the tasks of the last command, with what is asked."""
        return [task.question if isinstance(task, Ask) else kind_of(task) for task in self.commands[-1].tasks]


@pytest.fixture
def desk(served: Served) -> Desk:
    return Desk(served)


async def test_a_call_that_only_runs_a_menu_ends_behind_it(desk: Desk) -> None:
    await desk.served.store(a_call(**INBOUND))
    await desk.patch({"action": MENU})
    assert desk.last == ["run_menu", "menu_ended", "hang_up"]


async def test_a_menu_in_the_middle_of_a_prompt_leaves_what_the_call_was_to_do_behind_it(desk: Desk) -> None:
    await desk.served.store(a_call(**TALKS))
    await desk.does(Say(text="a long one"))
    await desk.patch({"action": MENU})
    assert desk.last == ["run_menu", "menu_ended"]
    (redirect,) = desk.commands
    assert isinstance(redirect, Redirect) and redirect.resume


@pytest.mark.parametrize("beside", ["another party", "a conference"])
async def test_a_menu_beside_something_else_leaves_that_as_it_is(desk: Desk, beside: str) -> None:
    await desk.served.store(a_call(**INBOUND))
    if beside == "another party":
        await desk.served.store(a_call("call-2", **TALKS | {"root": "call-1"}))
    else:
        await desk.does(JoinConference(name="room"))
    await desk.patch({"action": MENU})
    assert desk.last == ["run_menu", "menu_beside_ended"]


async def test_a_menu_that_follows_a_menu_beside_something_else_leaves_that_too(served: Served) -> None:
    root = a_call(**INBOUND)
    questions = Questions(served.features, served.accounts, served.parties, {"call-1": root}.get)
    for question, left in (("menu_ended", ["menu_ended", "hang_up"]), ("menu_beside_ended", ["menu_beside_ended"])):
        event = QuestionAsked(
            id="event-1", account="account-ann", subject="call-1", root="call-1", at=0.0, task="task-1",
            question=question, deadline=12.0,
        )  # fmt: skip
        said = await questions.said(event, CallData(dialect="sinch"), json.dumps({"action": MENU}).encode())
        behind = [task.question if isinstance(task, Ask) else kind_of(task) for task in said.tasks[1:]]
        assert behind == left


# «The callLeg identifier is ignored for calls that are part of a conference and calls initiated using the Callout API.»
@pytest.mark.parametrize("leg", ["caller", "callee", "both"])
async def test_the_one_party_of_a_callout_and_of_a_conference_hears_what_any_leg_is_told(desk: Desk, leg: str) -> None:
    await desk.served.store(a_call(**TALKS))
    await desk.patch(SPOKEN, leg)
    assert desk.owners == ["call-1"]


async def test_who_is_in_a_conference_hears_what_the_callee_is_told(desk: Desk) -> None:
    await desk.served.store(a_call(**INBOUND))
    with pytest.raises(SinchError) as raised:
        await desk.patch(SPOKEN, "callee")
    assert raised.value.code == 40400
    await desk.does(JoinConference(name="room"))
    await desk.patch(SPOKEN, "callee")
    assert desk.owners == ["call-1"]


async def test_a_leg_is_told_what_is_for_it(desk: Desk) -> None:
    await desk.served.store(a_call(**INBOUND), a_call("call-2", **TALKS | {"root": "call-1"}))
    for leg in ("caller", "callee", "both"):
        await desk.patch(SPOKEN, leg)
    assert desk.owners == ["call-1", "call-2", "call-1", "call-2"]


# The vendor's example of call headers was a 500 here.
async def test_a_parked_call_is_connected_with_call_headers_or_they_are_refused(desk: Desk) -> None:
    await desk.served.store(a_call(**INBOUND))
    await desk.does(Park())
    connect = {"name": "connectMxp", "destination": {"endpoint": "anna"}}
    await desk.patch({"action": connect | {"callHeaders": [{"key": "foo", "value": "bar"}]}})
    assert desk.last == ["dial"]
    with pytest.raises(SinchError) as raised:
        await desk.patch({"action": connect | {"callHeaders": [{"key": "foo", "value": "b" * 1000}] * 5}})
    assert raised.value.code == 40003
    with pytest.raises(SinchError) as raised:
        await desk.patch(SPOKEN)
    assert raised.value.code == 40003
