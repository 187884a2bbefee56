"""/carillon/v1: an account's calls, queues and timelines, and nobody else's."""

import base64
import json
import time
from typing import Any

import pytest

from engine.commands import CancelTask, CreditSpent, Enqueue, LimitReached, NumberRefused, PlaceCall
from engine.model.leg_options import LegOptions
from engine.store import tasks
from engine.tasks.dial import Dial
from engine.tasks.kinds import decode_list
from engine.tasks.pause import Pause
from engine.tasks.say import Say
from tests.api.own.installation import Installation
from tests.support.call_data import noted

SAY = {"kind": "say", "text": "Hello"}


class Customer:
    """One account at the API."""

    def __init__(self, installation: Installation, token: str) -> None:
        self._installation, self._token = installation, token

    async def ask(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        server = self._installation.public_server
        return await self._installation.ask(server, method, f"/carillon/v1{path}", self._token, body, **more)


@pytest.fixture
async def ann(installation: Installation) -> Customer:
    """A customer."""
    return Customer(installation, (await installation.account("ann"))["carillon"]["token"])


@pytest.fixture
async def bob(installation: Installation) -> Customer:
    """Another one."""
    return Customer(installation, (await installation.account("bob"))["carillon"]["token"])


async def test_a_call_is_placed_with_its_tasks_and_answered_at_once(ann: Customer, installation: Installation) -> None:
    body = {"callee": "+1 201 555 0114", "tasks": [SAY, {"kind": "pause", "seconds": 1}]}
    status, call = await ann.ask("POST", "/calls", body)
    assert (status, call["callee"], call["state"]) == (201, "12015550114", "queued")
    command = installation.engine.commands[-1]
    assert isinstance(command, PlaceCall) and command.data is None
    assert command.tasks[1] == Pause(seconds=1)
    assert (await ann.ask("GET", f"/calls/{call['id']}"))[1] == call
    assert (await ann.ask("GET", "/calls"))[1]["calls"] == [call]


async def test_numbers_are_read_in_the_account_s_country(installation: Installation) -> None:
    swede = Customer(installation, (await installation.account("sven", country="SE"))["carillon"]["token"])
    body = {
        "callee": "073-017 01 01",
        "tasks": [{"kind": "dial", "to": "08-123 456 78"}, {"kind": "dial", "to": "100"}],
    }
    assert (await swede.ask("POST", "/calls", body))[0] == 201
    command = installation.engine.commands[-1]
    assert command.callee == "46730170101"
    assert command.tasks == (Dial(to="46812345678"), Dial(to="100"))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400), ({"callee": 5}, 400), ({"callee": "1", "nonsense": 1}, 400),
        ({"callee": "12015550114", "tasks": [{}]}, 400),
        ({"callee": "12015550114", "max_seconds": 0}, 400), ({"callee": "12015550114", "tasks": [SAY] * 101}, 400),
        ({"callee": "1201&555"}, 403), ({"callee": ""}, 403), ({"callee": "${EXTEN}"}, 403),
        ({"callee": "12015550114", "caller": "x@y"}, 403),
    ],
)  # fmt: skip
async def test_a_call_that_is_not_well_formed_is_refused_and_not_placed(
    ann: Customer, installation: Installation, body: Any, status: int
) -> None:
    answered, answer = await ann.ask("POST", "/calls", body)
    assert answered == status and answer["error"] and answer["code"]
    assert not installation.engine.commands


async def test_a_body_that_is_no_json_is_refused(ann: Customer) -> None:
    for body in ("{", "[1", "\xff", "nothing"):
        status, answer = await ann.ask("POST", "/calls", data=body.encode("latin-1"))
        assert status == 400 and answer["error"]


@pytest.mark.parametrize(
    ("refusal", "status", "code"),
    [
        (NumberRefused("No."), 403, "number_refused"),
        (LimitReached("No."), 429, "limit_reached"),
        (CreditSpent("No."), 402, "credit_spent"),
    ],
)
async def test_the_engine_s_refusal_is_told_in_its_words(
    ann: Customer, installation: Installation, refusal: Exception, status: int, code: str
) -> None:
    installation.engine.error = refusal
    answer = {"error": "No.", "code": code}
    assert await ann.ask("POST", "/calls", {"callee": "12015550114"}) == (status, answer)


async def test_while_the_engine_is_away_calls_are_refused_and_shown(ann: Customer, installation: Installation) -> None:
    installation.engine.available = False
    assert (await ann.ask("POST", "/calls", {"callee": "12015550114"}))[0] == 503
    assert (await ann.ask("GET", "/calls"))[0] == 200


async def test_an_accident_is_not_told_but_can_be_found_in_the_log(ann: Customer, installation: Installation) -> None:
    installation.engine.error = RuntimeError("the secret inside")
    status, answer = await ann.ask("POST", "/calls", {"callee": "12015550114"})
    assert status == 500 and "reference" in answer["error"] and "secret" not in str(answer)


async def test_a_queue_is_shown_appended_to_and_its_tasks_cancelled(ann: Customer, installation: Installation) -> None:
    _, call = await ann.ask("POST", "/calls", {"callee": "12015550114"})
    queue = f"/calls/{call['id']}/queue"
    status, added = await ann.ask("POST", queue, {"tasks": [SAY]})
    assert status == 201 and len(added["tasks"]) == 1
    assert isinstance(installation.engine.commands[-1], Enqueue)
    rows = await installation.writer.write(
        lambda conn: tasks.append(conn, call["id"], [Pause(seconds=1, data=noted("hidden"))], time.time())
    )
    (shown,) = (await ann.ask("GET", queue))[1]["tasks"]
    assert (shown["id"], shown["kind"], shown["state"], shown["parameters"]) == (
        rows[0].id, "pause", "queued", {"seconds": 1.0}
    )  # fmt: skip
    installation.engine.cancelled = (rows[0].id,)
    assert (await ann.ask("DELETE", f"{queue}/{rows[0].id}"))[0] == 204
    assert isinstance(installation.engine.commands[-1], CancelTask)
    assert (await ann.ask("DELETE", f"{queue}/task-none"))[0] == 404


async def test_the_timeline_holds_events_in_their_order(ann: Customer, installation: Installation) -> None:
    _, call = await ann.ask("POST", "/calls", {"callee": "12015550114"})
    await installation.engine.answer(call["id"])
    assert (await ann.ask("DELETE", f"/calls/{call['id']}"))[0] == 204
    _, story = await ann.ask("GET", f"/calls/{call['id']}/timeline")
    assert [event["event"] for event in story["events"]] == ["call_answered", "call_ended"]
    assert [event["sequence"] for event in story["events"]] == [1, 2]
    assert story["call"]["hung_up_by"] == "us"
    assert (await ann.ask("DELETE", f"/calls/{call['id']}"))[0] == 404


async def test_another_account_s_call_is_not_there_at_all(ann: Customer, bob: Customer) -> None:
    _, call = await ann.ask("POST", "/calls", {"callee": "12015550114"})
    nothing = await bob.ask("GET", "/calls/call-none")
    for method, path in (
        ("GET", ""), ("GET", "/timeline"), ("GET", "/queue"), ("DELETE", ""), ("DELETE", "/queue/task-1")
    ):  # fmt: skip
        assert (await bob.ask(method, f"/calls/{call['id']}{path}"))[0] == 404, f"{method} {path}"
    assert await bob.ask("GET", f"/calls/{call['id']}") == nothing
    assert (await bob.ask("GET", "/calls"))[1]["calls"] == []
    assert (await ann.ask("GET", f"/calls/{call['id']}"))[0] == 200


@pytest.mark.parametrize("path", ["/calls/%00", "/calls?before=%00", "/audit?before=a%00", "/users/%00"])
async def test_an_address_with_a_character_that_no_database_has_is_refused(ann: Customer, path: str) -> None:
    status, answer = await ann.ask("GET", path)
    assert (status, answer["code"]) == (400, "bad_request") and "U+0000" in answer["error"]


async def test_only_a_whole_valid_key_opens(installation: Installation, ann: Customer) -> None:
    credentials = (await installation.account("carl"))["carillon"]
    server, path = installation.public_server, "/carillon/v1/account"
    for token in (
        None,
        "",
        credentials["key"],
        credentials["key"] + ".",
        credentials["key"] + ".x",
        "x" * 5000,
        ".",
        "\u20ac".encode().decode("latin-1"),
    ):
        assert (await installation.ask(server, "GET", path, token))[0] == 401
    assert (await installation.ask(server, "GET", path, credentials["token"]))[1]["name"] == "carl"
    pair = base64.b64encode(f"{credentials['key']}:{credentials['secret']}".encode()).decode()
    for header, status in ((f"Basic {pair}", 200), ("Basic ???", 401), (f"Basic {pair[:-8]}", 401), ("Digest x", 401)):
        async with installation.session.get(server.make_url(path), headers={"Authorization": header}) as answer:
            assert answer.status == status


async def test_lists_take_limits_and_times_and_refuse_nonsense(ann: Customer) -> None:
    for number in range(3):
        await ann.ask("POST", "/calls", {"callee": f"1201555010{number}"})
    _, page = await ann.ask("GET", "/calls?limit=2")
    _, rest = await ann.ask("GET", f"/calls?before={page['calls'][-1]['id']}")
    assert [call["callee"][-1] for call in page["calls"] + rest["calls"]] == ["2", "1", "0"]
    assert (await ann.ask("GET", "/calls?since=2100-01-01"))[1]["calls"] == []
    assert len((await ann.ask("GET", "/calls?since=2020-01-01T00:00:00Z&live=true"))[1]["calls"]) == 3
    for query in ("limit=0", "limit=x", "limit=1001", "since=yesterday", "live=perhaps"):
        assert (await ann.ask("GET", f"/calls?{query}"))[0] == 400


NOTED = '{"dialect":"ringful","url":"http://elsewhere/"}'


def listed(**more: Any) -> str:
    """A destination that is a list of tasks, one of which has further fields."""
    return "tasks:" + json.dumps([{"kind": "dial", "to": "08-123 456 78", **more}])


@pytest.mark.parametrize(
    ("around", "place"),
    [
        (lambda more: SAY | more, "`$.tasks[0]`"),
        (lambda more: {"kind": "dial", "to": "100", "before_bridge": [SAY, SAY | more]},
         "`$.tasks[0].before_bridge[1]`"),
        (lambda more: {"kind": "dial", "to": "100", "diversions": {"busy": listed(**more)}}, "`$[0]`"),
        (lambda more: {"kind": "run_menu", "first": "m", "menus": [{"id": "m", "main": [SAY | more]}]},
         "`$.tasks[0].menus[0].main[0]`"),
        (lambda more: {"kind": "run_menu", "first": "m", "menus": [
            {"id": "m", "choices": [{"digit": "1", "to": listed(**more)}]}]}, "`$[0]`"),
        (lambda more: {"kind": "park", "hold": [SAY | more]}, "`$.tasks[0].hold[0]`"),
        (lambda more: {"kind": "ring", "members": ["100"], "otherwise": listed(**more)}, "`$[0]`"),
        (lambda more: {"kind": "go_to", "destination": listed(diversions={"busy": listed(**more)})}, "`$[0]`"),
    ],
)  # fmt: skip
async def test_a_field_of_the_engine_is_refused_at_any_depth_with_its_place(
    ann: Customer, installation: Installation, around: Any, place: str
) -> None:
    for path, body in (("/calls", {"callee": "100"}), ("/calls/call-1/queue", {})):
        for field in ("id", "data", "call_data", "stopped_data", "tag", "hops", "account", "dialect", "question"):
            status, answer = await ann.ask("POST", path, body | {"tasks": [around({field: NOTED})]})
            assert status == 400 and f"unknown field `{field}`" in answer["error"] and place in answer["error"]
    assert not installation.engine.commands


async def test_numbers_in_destinations_are_read_in_the_account_s_country(installation: Installation) -> None:
    swede = Customer(installation, (await installation.account("sven", country="SE"))["carillon"]["token"])
    tasks = [{"kind": "ring", "members": ["100"], "otherwise": listed(before_bridge=[SAY])}]
    assert (await swede.ask("POST", "/calls", {"callee": "100", "tasks": tasks}))[0] == 201
    (ring,) = installation.engine.commands[-1].tasks
    (dial,) = decode_list(ring.otherwise.removeprefix("tasks:"))
    assert dial == Dial(to="46812345678", before_bridge=(Say(text="Hello"),))


async def test_a_sip_address_is_dialled_as_it_is_written(ann: Customer, installation: Installation) -> None:
    task = {"kind": "dial", "to": "bob@example.com", "over": "sip", "transport": "tcp"}
    assert (await ann.ask("POST", "/calls", {"callee": "100", "tasks": [task]}))[0] == 201
    leg = LegOptions(reach="sip", transport="tcp")
    assert installation.engine.commands[-1].tasks == (Dial(to="bob@example.com", leg=leg),)


async def test_a_text_with_a_character_that_no_database_has_is_refused(ann: Customer) -> None:
    status, answer = await ann.ask("POST", "/calls", {"callee": "100", "tasks": [SAY | {"text": "a\0b"}]})
    assert (status, answer["code"]) == (400, "bad_request")
    assert answer["error"] == "A text must not contain the character U+0000 - at `$.tasks[0].text`."
    text = r"a\u0000"  # a backslash, and no escape
    assert (await ann.ask("POST", "/calls", {"callee": "100", "tasks": [SAY | {"text": text}]}))[0] == 201


@pytest.mark.parametrize(
    ("task", "sentence"),
    [
        ({"kind": "ring", "members": ["12015550101", "+1 201 555 0101"]}, "named once. - at `$.tasks[0]`"),
        ({"kind": "ring", "members": ["12015550101", "+12015550101"]}, "named once"),
        ({"kind": "dial", "to": "101", "ring_seconds": -1}, "ring_seconds must be 1 to 86400 seconds (got -1)"),
        ({"kind": "dial", "to": "101", "ring_seconds": 1e308}, "ring_seconds must be 1 to 86400 seconds"),
        ({"kind": "dial", "to": "101", "max_seconds": 0}, "max_seconds must be 1 to 86400 seconds"),
        ({"kind": "ring", "members": ["101"], "max_seconds": 1e9}, "max_seconds must be 1 to 86400 seconds"),
        ({"kind": "go_to", "destination": 'tasks:[{"kind":"dial","to":"101","ring_seconds":-1}]'}, "ring_seconds must"),
        ({"kind": "go_to", "destination": "tasks:[{}]"}, "list of tasks"),
        ({"kind": "go_to", "destination": 'tasks:[{"kind":"say","txt":"x"}]'}, "list of tasks"),
        ({"kind": "go_to", "destination": f"tasks:{json.dumps([SAY] * 101)}"}, "At most 100"),
        ({"kind": "go_to", "destination": 'tasks:[{"kind":"record","destination":"s3://mine/a",'
          '"credentials":"key:secret:eu-north-1"}]'}, "credentials"),
    ],
)  # fmt: skip
async def test_a_group_or_a_list_within_a_task_that_cannot_be_is_refused_with_a_sentence(
    ann: Customer, installation: Installation, task: Any, sentence: str
) -> None:
    status, answer = await ann.ask("POST", "/calls", {"callee": "12015550114", "tasks": [task]})
    assert status == 400 and sentence in answer["error"]
    assert not installation.engine.commands
