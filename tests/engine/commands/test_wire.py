"""Commands are data: each goes through JSON and back, and so does what it returns and why it is refused."""

from typing import Any

import msgspec
import pytest

from engine.commands import (
    CancelTask,
    Command,
    CommandRefused,
    ConferenceMember,
    ConferenceView,
    EngineUnavailable,
    Enqueue,
    FindConference,
    HangUpCall,
    HangUpConference,
    HoldMember,
    Invitation,
    KickMember,
    LeaveNow,
    LockConference,
    MuteAll,
    MuteMember,
    NoSuchExtension,
    NumberRefused,
    PlaceCall,
    QueryConference,
    Redirect,
    Reply,
    StartConference,
    StopTasks,
    TransferCall,
    wire,
)
from engine.commands.once import Once
from engine.model.call import Call, CallState, Direction, Party
from engine.model.call_data import CallData, DataPatch
from engine.model.cause import HangupCause
from engine.model.leg_options import LegOptions
from engine.tasks.ask import Ask
from engine.tasks.dial import Dial
from engine.tasks.join_conference import JoinConference
from engine.tasks.menu import Choice, Menu
from engine.tasks.record import Record
from engine.tasks.run_menu import RunMenu
from engine.tasks.say import Say
from engine.tasks.secret import Seal, Secret
from engine.tasks.stop import StopBackground

DATA = CallData(dialect="one", address="http://shop/", values={"cookie:ü": '{"a": "1"}', "b": ""})
PATCH = DataPatch(set={"a": "1"}, remove=("b",), dialect="one", address="http://shop/")
LEG = LegOptions(private=True, headers=(("X-A", "1"),))
HELLO = Say(id="task-1", text="Hello, 世界", data=DATA)
TASKS = (
    HELLO,
    Dial(to="100", call_data=DATA, before_bridge=(Ask(question="answered"), HELLO), leg=LEG),
    Record(destination="s3://bucket", credentials=Secret("key:secret:eu-north-1"), notify=True),
    RunMenu(first="m", menus=(Menu(id="m", main=(HELLO,), choices=(Choice(digit="1", value="yes"),)),)),
    StopBackground(stops="record", stopped_data=DATA),
    JoinConference(name="team"),
)
PARTY = Invitation(callee="100", caller="12015550101", data=DATA, join_data=DATA, before=TASKS)
OWN, NAMED = {"account": "acct-1"}, {"account": "acct-1", "name": "team"}
MEMBER: dict[str, Any] = {**NAMED, "call": "call-1", "conference": "conf-1"}
ANSWER: dict[str, Any] = {**OWN, "call": "call-1", "tasks": TASKS, "patch": PATCH}

COMMANDS: list[Command[Any]] = [
    PlaceCall(
        **OWN, callee="100", party="12015550102", party_by_trunk=True, data=DATA, application="app-1", tasks=TASKS,
        root="call-0", id="call-1", options=LEG, max_seconds=60.0, reports_tree=True,
        once=Once(key="order-7", digest="d"),
    ),
    HangUpCall(**OWN, call="call-1", cause=HangupCause.BUSY),
    TransferCall(
        to_call="call-9",
        **OWN, call="call-1", to="extension:101", announcement=(HELLO,), accept="1", music="ring", ring_seconds=9.0
    ),
    Enqueue(**OWN, owner="call-1", tasks=TASKS, now=True, patch=PATCH),
    CancelTask(**OWN, owner="call-1", task="task-1"),
    StopTasks(**OWN, owner="call-1", kind="record", data=DATA),
    Reply(**ANSWER, question="task-1", replace=False, refused="No.", remarks=("One.", "Two."), silent=True),
    Redirect(**ANSWER, resume=True),
    StartConference(
        **OWN, moderator=PARTY, attendees=(PARTY, PARTY), wait_for_participant=False, waiting_prompt="http://host/a.wav",
        data=DATA, id="conf-1",
    ),
    LeaveNow(**OWN, conference="conf-1", call="call-1"),
    HangUpConference(**NAMED, conference="conf-1"),
    MuteMember(**MEMBER, muted=True),
    HoldMember(**MEMBER, held=True, music="default"),
    KickMember(**MEMBER),
    LockConference(account="acct-1", conference="conf-1", name="room-1", locked=True),
    MuteAll(account="acct-1", conference="conf-1", name="room-1", muted=True),
    QueryConference(**OWN, conference="conf-1"),
    FindConference(**NAMED),
]  # fmt: skip

CALL = Call(
    id="call-1", root="call-0", account="acct-1", direction=Direction.INBOUND, caller="1", callee="2",
    state=CallState.ENDED, created=1.5, application="app-1", data=DATA, answered=2.0, ended=3.0,
    cause=HangupCause.NORMAL, sip_status=200, hung_up_by=Party.CONNECTED, price=2**40, trunk="lab", reports_tree=True,
    options=LegOptions(private=True, headers=(("X-A", "1"),)), headers=(("X-B", "2"),),
)  # fmt: skip
ONE = ConferenceMember(call="call-1", number="100", data=DATA, muted=True, held=True, joined=1.5)
VIEW = ConferenceView(id="conf-1", moderator=ONE, participants=(ONE, ONE), name="team")
RESULTS: dict[Any, Any] = {Call: CALL, tuple[str, ...]: ("task-1", "task-2"), int: 2, str: "conf-1",
                           type(None): None, ConferenceView: VIEW}  # fmt: skip
CORE = [kind for kind in Command.kinds.by_tag.values() if kind.__module__.startswith("engine.commands.")]


def test_every_command_has_an_example_here() -> None:
    assert {type(command) for command in COMMANDS} == set(CORE)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_the_example_of_a_command_gives_every_field_a_value_of_its_own(command: Command[Any]) -> None:
    missing = [
        field.name
        for field in msgspec.structs.fields(command)
        if not field.required and getattr(command, field.name) == field.default
    ]
    assert missing == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_a_command_goes_through_json_and_back(command: Command[Any]) -> None:
    assert wire.decode(wire.encode(command)) == command


def test_a_commands_secrets_are_sealed_and_opened_again() -> None:
    seal = Seal("the installation's secret")
    text = wire.encode(COMMANDS[0], seal)
    assert "key:secret" not in text
    read = wire.decode(text)
    assert isinstance(read, PlaceCall)
    record = read.tasks[2]
    assert isinstance(record, Record) and record.credentials and record.credentials.sealed
    assert seal.open(record.credentials.value) == "key:secret:eu-north-1"


@pytest.mark.parametrize("kind", CORE, ids=lambda kind: kind.__name__)
def test_what_a_command_returns_goes_through_json_and_back(kind: type[Command[Any]]) -> None:
    result = RESULTS[wire.result_type(kind)]
    assert wire.decode_result(kind, wire.encode_result(result)) == result


@pytest.mark.parametrize("kind", CommandRefused.kinds.values(), ids=lambda kind: kind.__name__)
def test_every_refusal_comes_back_as_its_own_class_with_its_sentence(kind: type[CommandRefused]) -> None:
    back = _brought(wire.Refusal.of(kind("Why it was refused.")))
    assert type(back) is kind and str(back) == "Why it was refused."


def test_a_refusal_of_a_class_that_is_not_known_comes_back_as_the_next_one_above_it() -> None:
    known = wire.Refusal.of(NoSuchExtension("x"))
    assert (known.reason, known.above) == ("NoSuchExtension", ("NumberRefused", "CommandRefused"))
    newer = wire.Refusal(reason="Newer", sentence="x", above=("NewToo", *known.above))
    assert type(_brought(newer)) is NumberRefused
    assert isinstance(wire.Refusal(reason="Unheard", sentence="x").error, EngineUnavailable)


def test_two_refusals_of_one_name_are_an_error() -> None:
    with pytest.raises(TypeError, match="have a reason of one name, NumberRefused"):
        type("NumberRefused", (CommandRefused,), {})
    assert CommandRefused.kinds["NumberRefused"] is NumberRefused


def test_two_commands_of_one_tag_are_an_error() -> None:
    with pytest.raises(TypeError, match=r"engine\.commands\.calls\.HangUpCall have the same tag"):

        class Second(Command[None], frozen=True, kw_only=True, tag="hang_up_call"):
            pass

    assert Command.kinds.by_tag["hang_up_call"] is HangUpCall


def _brought(refusal: wire.Refusal) -> CommandRefused:
    return msgspec.json.decode(msgspec.json.encode(refusal), type=wire.Refusal).error
