"""The customer's server of the tests: it says what came wrong, and answers as it was told."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.clients.sinch.server import NotAsked, Reply, SinchServer
from tests.clients.sinch.signing import signed

KEY, SECRET = "669E367E-6BBA-48AB-AF15-266871C28135", "BeIukql3pTKJ8RGL5zo0DA=="
ACE = {"event": "ace", "callid": "c1", "timestamp": "2014-09-24T10:59:41Z", "version": 1, "custom": ""}


@pytest.fixture
async def server() -> AsyncIterator[SinchServer]:
    async with SinchServer({KEY: SECRET}) as server:
        yield server


async def sent(server: SinchServer, event: dict[str, Any], path: str = "/events") -> tuple[int, str]:
    body = json.dumps(event).encode()
    headers = signed(KEY, SECRET, "POST", path, body)
    headers["Authorization"] = headers["Authorization"].replace("Application", "application")
    url = server.url(path[1:])
    async with aiohttp.ClientSession() as http, http.post(url, data=body, headers=headers) as answer:
        return answer.status, await answer.text()


async def test_scripts_answer_one_after_the_other_and_the_last_of_them_stays(server: SinchServer) -> None:
    server.answers(ace=[{"n": 1}, Reply.error(503), lambda event: {"n": event.call}])
    answers = [await sent(server, ACE) for _ in range(4)]
    assert answers == [(200, '{"n": 1}'), (503, "broken"), (200, '{"n": "c1"}'), (200, '{"n": "c1"}')]
    assert (await server.until("ace", "c1", count=4)).kind == "ace"
    assert server.kinds() == ["ace"] * 4


async def test_a_question_without_a_script_is_404_and_a_notice_200(server: SinchServer) -> None:
    assert (await sent(server, ACE))[0] == 404
    assert (await sent(server, {"event": "notify", "callid": "c1", "version": 1, "type": "amd"}))[0] == 200
    server.check()


@pytest.mark.parametrize(
    "wrong", [{"version": 2}, {"version": True}, {"callid": 7}, {"custom": None}, {"event": "dice"}, {"event": "x"}]
)
async def test_an_event_that_lacks_a_field_fails_the_test(server: SinchServer, wrong: dict[str, Any]) -> None:
    await sent(server, ACE | wrong)
    with pytest.raises(NotAsked):
        server.check()


async def test_an_event_that_is_not_signed_fails_the_test(server: SinchServer) -> None:
    async with aiohttp.ClientSession() as http, http.post(server.url(), json=ACE):
        pass
    with pytest.raises(NotAsked, match="Authorization"):
        await server.until("ace")
