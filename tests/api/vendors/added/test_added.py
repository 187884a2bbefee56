"""A vendor is added by its folder and one name: its routes, errors, callbacks, keys and settings work."""

from typing import Any

import pytest

from api.vendors.registry import SERVED
from engine.commands import PlaceCall
from engine.model.call import Party
from engine.store import accounts
from tests.api.cli.running import Run
from tests.api.conftest import Stack
from tests.api.own.installation import Installation
from tests.fakes.sink import Sink

KEY = "echo-of-ann"


@pytest.fixture
async def echo(stack: Stack) -> Stack:
    """Ann has a key of the added dialect."""
    await stack.writer.write(lambda conn: accounts.set_credential(conn, "account-ann", "echo", KEY, "secret"))
    return stack


async def ask(stack: Stack, path: str, **body: Any) -> tuple[int, Any]:
    async with stack.client.post(path, json=body) as answer:
        return answer.status, await answer.json()


async def test_its_routes_place_calls_and_its_callbacks_are_signed_and_delivered(echo: Stack, sink: Sink) -> None:
    status, placed = await ask(echo, f"/echo/{KEY}/calls", to="12015550100", notify=sink.url())
    assert status == 201
    command = echo.engine.commands[-1]
    assert isinstance(command, PlaceCall) and (command.account, command.callee) == ("account-ann", "12015550100")
    await echo.engine.answer(placed["call"])
    await echo.engine.end(placed["call"], Party.FAR, seconds=1.0)
    assert await sink.next() == {"over": placed["call"]}
    assert sink.posts[0].headers["Echo-Attempt"] == "1"
    await echo.settle()
    assert len(sink.posts) == 1


async def test_its_errors_are_its_own_also_where_no_operation_is(echo: Stack) -> None:
    assert await ask(echo, "/echo/nobody/calls") == (401, {"wrong": "The key is unknown."})
    status, answer = await ask(echo, f"/echo/{KEY}/calls", to="12015550100")
    assert status == 400 and "notify" in answer["wrong"]
    status, answer = await ask(echo, f"/echo/{KEY}/nothing")
    assert status == 404 and set(answer) == {"wrong"}


async def test_the_other_vendors_answer_beside_it(echo: Stack) -> None:
    assert set(echo.vendors) == {*SERVED, "echo"}
    assert (await echo.ask("Call", key="nobody"))[0] == 401
    async with echo.client.get("/calling/v1/calls/id/call-1") as answer:
        assert answer.status == 401 and (await answer.json())["errorCode"] == 40100


async def test_accounts_have_its_keys_and_settings_and_the_command_line_lists_it(
    installation: Installation, carillon: Run
) -> None:
    made = await installation.account("acme")
    assert set(made["echo"]) == {"key", "secret"}
    listed = {each["name"]: each for each in (await carillon("dialects", "--json")).json}
    assert list(listed) == [*SERVED, "echo"]
    assert listed["echo"]["settings"] == {"loud": ["no", "yes"]}
    assert "loud=no|yes" in (await carillon("dialects")).output
    assert (await carillon("accounts", "set", "acme", "--setting", "loud=yes")).status == 0
    shown = (await carillon("accounts", "show", "acme", "--json")).json
    assert shown["settings"] == {"echo": {"loud": "yes"}}
    assert (await carillon("numbers", "add", "700", "--echo-url", "http://host/in")).status == 0
    (number,) = (row for row in (await carillon("numbers", "list", "--json")).json if row["number"] == "700")
    assert number["application"]["dialect"] == "echo"
    assert number["application"]["settings"] == {"notify": "http://host/in"}
