import asyncio

import pytest
from aiohttp import web

from engine.ari import errors
from engine.ari.client import AriClient, encode_query
from tests.fakes.ari import FakeAri
from tests.support.ports import unused_port


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.AriBadRequest),
        (401, errors.Forbidden),
        (403, errors.Forbidden),
        (404, errors.AriNotFound),
        (409, errors.AriConflict),
        (412, errors.AriConflict),
        (418, errors.AriError),
        (422, errors.Unprocessable),
        (500, errors.ServerError),
        (503, errors.ServerError),
    ],
)
async def test_each_status_has_its_error(
    asterisk: FakeAri, client: AriClient, status: int, kind: type[errors.AriError]
) -> None:
    asterisk.refuse("GET", "/channels/x", status, "in Asterisk's words")
    with pytest.raises(errors.AriError) as caught:
        await client.channels.get("x")
    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.operation) == (status, "GET /channels/x")
    assert str(caught.value) == f"{kind.__doc__} [GET /channels/x -> {status}: in Asterisk's words]"


async def test_no_answer_in_time_is_unreachable(asterisk: FakeAri) -> None:
    asterisk.hold("GET", "/channels/x")
    async with AriClient(asterisk.url, "carillon", "secret", "carillon-0", timeout=0.05) as hasty:
        with pytest.raises(errors.AriUnreachable, match="gave no answer"):
            await hasty.channels.get("x")


async def test_waiting_for_a_connection_of_the_pool_counts(asterisk: FakeAri) -> None:
    async with AriClient(asterisk.url, "carillon", "secret", "carillon-0", connections=1, timeout=0.5) as small:
        socket = await small.websocket(30)  # it keeps the only connection
        with pytest.raises(errors.AriUnreachable):
            await small.asterisk.ping()
        await socket.close()
        await small.asterisk.ping()


async def test_a_closed_port_is_unreachable() -> None:
    async with AriClient(f"http://127.0.0.1:{unused_port()}/ari", "u", "p", "carillon-0") as lonely:
        with pytest.raises(errors.AriUnreachable):
            await lonely.asterisk.ping()
        with pytest.raises(errors.AriUnreachable):
            await lonely.websocket(5)


async def test_a_client_that_is_not_open_says_so(asterisk: FakeAri) -> None:
    closed = AriClient(asterisk.url, "u", "p", "carillon-0")
    with pytest.raises(errors.AriUnreachable, match="not open"):
        await closed.asterisk.ping()


async def test_a_lost_lease_stops_commands_but_not_reads(asterisk: FakeAri) -> None:
    class LeaseLost(Exception):
        pass

    def check() -> None:
        raise LeaseLost

    async with AriClient(asterisk.url, "u", "p", "carillon-0", before_command=check) as fenced:
        assert await fenced.channels.list() == ()
        with pytest.raises(LeaseLost):
            await fenced.channels.hangup("call-1")
    assert not asterisk.was_asked("DELETE", "*")


async def test_a_command_waits_until_it_may_be_sent(asterisk: FakeAri) -> None:
    may = asyncio.Event()

    async def until_it_may() -> None:
        await may.wait()

    async with AriClient(asterisk.url, "u", "p", "carillon-0", before_command=until_it_may) as waiting:
        command = asyncio.create_task(waiting.channels.hangup("call-1"))
        assert await waiting.channels.list() == ()
        assert not asterisk.was_asked("DELETE", "*")
        may.set()
        with pytest.raises(errors.AriNotFound):
            await command


async def test_ids_are_quoted_in_the_path(asterisk: FakeAri, client: AriClient) -> None:
    with pytest.raises(errors.AriNotFound):
        await client.channels.get("a b/c?d")
    assert asterisk.requests[-1].path == "/channels/a b/c?d"


async def test_the_body_holds_what_asterisk_reads_from_there(asterisk: FakeAri, client: AriClient) -> None:
    with pytest.raises(errors.AriNotFound):
        await client.asterisk.update_object("res_pjsip", "aor", "tr1", fields=[{"attribute": "a", "value": "b"}])
    with pytest.raises(errors.AriNotFound):
        await client.endpoints.send_message(
            to="pjsip:tr1/sip:1@h", from_="sip:2@h", body="hi & bye", variables={"A": "b"}
        )
    push, message = asterisk.requests[-2:]
    assert (push.path, push.body) == (
        "/asterisk/config/dynamic/res_pjsip/aor/tr1",
        {"fields": [{"attribute": "a", "value": "b"}]},
    )
    assert message.query == {"to": "pjsip:tr1/sip:1@h", "from": "sip:2@h", "body": "hi & bye"}
    assert message.body == {"variables": {"A": "b"}}


async def test_the_password_goes_as_a_header() -> None:
    seen: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request.headers["Authorization"])
        return web.json_response({"message": "no"}, status=401)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    port = unused_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    async with AriClient(f"http://127.0.0.1:{port}/ari", "user", "word", "carillon-0") as client:
        with pytest.raises(errors.Forbidden, match="CARILLON_ARI_PASSWORD"):
            await client.asterisk.ping()
        with pytest.raises(errors.Forbidden):
            await client.websocket(5)
    await runner.cleanup()
    assert seen == ["Basic dXNlcjp3b3Jk"] * 2


def test_a_query_is_written_as_asterisk_reads_it() -> None:
    written = encode_query({"a": None, "b": True, "c": False, "d": 0, "e": "x y&z=ü", "f": ["p", "q"]})
    assert written == "?b=true&c=false&d=0&e=x+y%26z%3D%C3%BC&f=p%2Cq"
    assert encode_query({"a": None}) == ""
