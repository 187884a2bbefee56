"""What an INVITE says besides, read at arrival where the application wants it, within its limits."""

import pytest
from structlog.testing import capture_logs

from engine.calls.directory import Answering
from engine.calls.inbound_invite import LONGEST, MOST_HEADERS
from engine.events import TaskStarted
from engine.model.call import Call
from engine.tasks.play import Play
from tests.fakes.ari import FakeAri
from tests.support.exchange import ACCOUNT, Exchange

WANTED = Answering(account=ACCOUNT, tasks=(Play(source="http://host/a.wav"),), headers=True)


def invites(asterisk: FakeAri, *headers: tuple[str, str], diverted_from: str = "") -> None:
    """The INVITE of the channel in-1 has these."""
    known, names = asterisk.world.variables, [name for name, _ in headers]
    known["in-1", "PJSIP_HEADERS(X-)"] = ",".join(names)
    known["in-1", "REDIRECTING(from-num)"] = diverted_from
    for place, (name, value) in enumerate(headers):
        nth = 1 + sum(before.lower() == name.lower() for before in names[:place])
        known["in-1", f"PJSIP_HEADER(read,{name},{nth})"] = value


async def came(exchange: Exchange, asterisk: FakeAri, answering: Answering = WANTED) -> Call:
    """The call in-1, as it is stored."""
    exchange.directory.numbers["500"] = answering
    asterisk.incoming("in-1", ["inbound", "500"])
    started = await exchange.event(TaskStarted, kind="play")
    return await exchange.stored(started.subject)


async def test_headers_come_in_their_order_and_twice_where_they_were_twice(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    headers = (("X-One", "a, b; c"), ("x-two", ""), ("x-one", "again"))
    invites(asterisk, *headers, diverted_from="+12025550111")
    call = await came(exchange, asterisk)
    assert (call.headers, call.diverted_from) == (headers, "+12025550111")


async def test_only_so_many_are_taken(exchange: Exchange, asterisk: FakeAri) -> None:
    headers = [(f"X-{number}", "v") for number in range(MOST_HEADERS + 5)]
    invites(asterisk, *headers)
    assert (await came(exchange, asterisk)).headers == tuple(headers[:MOST_HEADERS])


@pytest.mark.parametrize("name", ["X-", "X-a b", "X-(read)", "X-ä", 'X-"q"', "X-" + "n" * LONGEST])
async def test_a_name_that_is_no_token_or_too_long_is_left_out(
    exchange: Exchange, asterisk: FakeAri, name: str
) -> None:
    invites(asterisk, (name, "v"), ("X-good", "v"))
    assert (await came(exchange, asterisk)).headers == (("X-good", "v"),)
    assert not [one for one in asterisk.requests if name in one.query.get("variable", "") and name != "X-"]


async def test_a_value_that_is_too_long_is_left_out_not_cut(exchange: Exchange, asterisk: FakeAri) -> None:
    longest = "v" * LONGEST
    invites(asterisk, ("X-fits", longest), ("X-long", longest + "v"), diverted_from=longest + "1")
    call = await came(exchange, asterisk)
    assert (call.headers, call.diverted_from) == ((("X-fits", longest),), "")


async def test_a_header_that_asterisk_does_not_tell_is_left_out(exchange: Exchange, asterisk: FakeAri) -> None:
    invites(asterisk, ("X-One", "v"), ("X-Two", "v"))
    del asterisk.world.variables["in-1", "PJSIP_HEADER(read,X-One,1)"]
    assert (await came(exchange, asterisk)).headers == (("X-Two", "v"),)


async def test_a_call_without_headers_of_its_own_is_no_trouble_in_the_log(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    asterisk.world.variables["in-1", "REDIRECTING(from-num)"] = ""
    asterisk.refuse("GET", "/channels/in-1/variable", 500)  # the first that is asked: the names of headers
    with capture_logs() as logs:
        assert (await came(exchange, asterisk)).headers == ()
    assert not [line for line in logs if line["log_level"] == "warning"]


async def test_the_call_goes_on_where_nothing_can_be_read(exchange: Exchange, asterisk: FakeAri) -> None:
    invites(asterisk, ("X-One", "v"), diverted_from="+12025550111")
    for _ in range(2):
        asterisk.refuse("GET", "/channels/in-1/variable", 500)
    call = await came(exchange, asterisk)
    assert (call.headers, call.diverted_from) == ((), "")


async def test_nobody_reads_them_for_an_application_that_does_not_want_them(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    invites(asterisk, ("X-One", "v"), diverted_from="+12025550111")
    call = await came(exchange, asterisk, Answering(account=ACCOUNT, tasks=WANTED.tasks))
    assert (call.headers, call.diverted_from) == ((), "")
    assert not asterisk.was_asked("GET", "/channels/in-1/variable")
