"""TringMe's calls, as the far ends hear them and the customer's server is notified of them."""

import asyncio
import hashlib

import pytest

from tests.clients.tringme.client import TringMe
from tests.e2e.tringme.conftest import Notified
from tests.support import people
from tests.support.carillon import Account, Command, Own
from tests.support.far_end import assert_melody
from tests.support.scenario import LabEars, call_ended
from tests.support.sink import Sink

GREETING, GOODBYE, RETRY = 500.0, 620.0, 830.0


async def test_two_parties_hear_each_other_and_each_stage_is_notified_once(
    tringme: TringMe, notified: Notified, lab: LabEars, own: Own
) -> None:
    (first, low), (second, high) = people.speakers(2)
    call = await tringme.ok("call", src=first, dest=second, flag="3", tag="order7", cookie=tringme.cookie)
    answered = await notified.until(call, "SRCANSWERED")
    assert {name: answered[name] for name in ("f", "tag", "src", "dest")} == {
        "f": "tm", "tag": "order7", "src": first, "dest": second
    }  # fmt: skip
    await asyncio.sleep(4.0)  # of conversation
    assert (await own.ask("DELETE", f"calls/{call}"))[0] in (200, 204)
    ended = await notified.until(call, "COMPLETED")
    assert int(ended["srcduration"]) >= int(ended["destduration"]) >= 2 and ended["charges"] == "0"
    assert notified.statuses(call) == ["SRCANSWERED", "COMPLETED"]
    (leg,) = (await own.call(call))["legs"]
    assert leg["caller"] == first, "the second party sees the first one's number"
    assert (await lab.of(call)).heard.has(high, 1.0) and (await lab.of(leg["id"])).heard.has(low, 1.0)


async def test_a_private_call_shows_both_parties_the_accounts_own_number(
    tringme: TringMe, notified: Notified, own: Own, carillon: Command, account: Account
) -> None:
    await carillon("accounts", "callers", account.name, "+12015550777")
    call = await tringme.ok("call", src=people.HANGS_UP, dest=people.LISTENS, flag="17", callerid="12015550777")
    await notified.until(call, "COMPLETED")
    shown = await own.call(call)
    assert [shown["caller"], *(leg["caller"] for leg in shown["legs"])] == ["12015550777", "12015550777"]


@pytest.mark.parametrize(
    ("source", "destination", "status"),
    [
        (people.BUSY, people.LISTENS, "SRCNOTANSWERED"),
        (people.UNAVAILABLE, people.LISTENS, "SRCNOTANSWERED"),
        (people.CONGESTED, people.LISTENS, "SRCFAILED"),
        (people.DOES_NOT_EXIST, people.LISTENS, "SRCFAILED"),
        (people.SPEAKS_440, people.BUSY, "DESTBUSY"),
        (people.SPEAKS_440, people.UNAVAILABLE, "DESTNOTANSWERED"),
        (people.SPEAKS_440, people.CONGESTED, "DESTCONGESTED"),
        (people.SPEAKS_440, people.DOES_NOT_EXIST, "DESTNETWORKERROR"),
    ],
)
@pytest.mark.parametrize("goodbye", [False, True])
async def test_which_end_failed_and_how_is_told_apart(
    tringme: TringMe,
    notified: Notified,
    sink: Sink,
    lab: LabEars,
    source: str,
    destination: str,
    status: str,
    goodbye: bool,
) -> None:
    more = {"goodbye": sink.tone(GOODBYE, 0.5)} if goodbye else {}
    call = await tringme.ok("call", src=source, dest=destination, **more)
    ended = await notified.until(call, status)
    assert ended["destduration"] == "0" and notified.statuses(call) == [status]
    if goodbye and status in ("DESTBUSY", "DESTNOTANSWERED"):
        assert (await lab.of(call)).heard.has(GOODBYE), "who is not connected hears the goodbye"


async def test_who_was_connected_hears_the_goodbye_when_the_other_one_has_hung_up(
    tringme: TringMe, notified: Notified, lab: LabEars, own: Own
) -> None:
    call = await tringme.ok(
        "call", src=people.SPEAKS_440, dest=people.HANGS_UP, flag="3", bye="male:Please leave a message after the tone"
    )
    ended = await notified.until(call, "COMPLETED", within=60)
    assert int(ended["srcduration"]) > int(ended["destduration"]) >= 2
    assert notified.statuses(call) == ["SRCANSWERED", "COMPLETED"]
    assert (await lab.of(call)).heard.says("after the tone")
    shown = await own.call(call)
    (leg,) = shown["legs"]
    assert (leg["hung_up_by"], shown["hung_up_by"]) == ("far", "us")
    heard = (await lab.of(leg["id"])).heard
    assert not heard.says("after the tone"), "who has hung up hears no goodbye"


async def test_one_party_hears_the_greeting_and_the_goodbye(
    tringme: TringMe, notified: Notified, sink: Sink, lab: LabEars
) -> None:
    call = await tringme.ok(
        "call", src=people.LISTENS, greeting=sink.tone(GREETING, 0.6), thankyou=sink.tone(GOODBYE, 0.6), verb="POST"
    )
    ended = await notified.until(call, "COMPLETED")
    assert int(ended["srcduration"]) >= 1 and "dest" not in ended
    assert_melody((await lab.of(call)).heard, GREETING, GOODBYE)


async def test_a_man_and_a_woman_speak_and_are_not_the_same_voice(
    tringme: TringMe, notified: Notified, lab: LabEars
) -> None:
    heard = []
    for voice in ("male", "female"):
        call = await tringme.ok("call", src=people.LISTENS, greeting=f"{voice}:Please leave a message after the tone")
        await notified.until(call, "COMPLETED")
        heard.append((await lab.of(call)).heard)
        assert heard[-1].says("after the tone"), voice
    man, woman = heard
    assert abs(man.seconds - woman.seconds) > 0.05 or abs(man.level - woman.level) > 0.5


async def test_a_list_of_numbers_hears_the_greeting_each_under_one_id(
    tringme: TringMe, notified: Notified, sink: Sink, lab: LabEars
) -> None:
    numbers = [number for number, _ in people.speakers(3)]
    operation = await tringme.ok("call", src=",".join(numbers), greeting=sink.tone(GREETING, 0.6), tag="all")
    calls = [f"{operation.partition('.of')[0]}.{place}" for place in (1, 2, 3)]
    assert operation.endswith(".of3")
    for call, number in zip(calls, numbers, strict=True):
        ended = await notified.until(call, "COMPLETED")
        assert (ended["src"], ended["tag"]) == (number, "all")
        assert_melody((await lab.of(call)).heard, GREETING)


async def test_digits_that_were_asked_for_are_notified_before_the_end(
    tringme: TringMe, notified: Notified, sink: Sink, lab: LabEars
) -> None:
    call = await tringme.ok(
        "call", src=people.PRESSES_1, greeting=sink.tone(GREETING, 0.5), input="1", goodbye=sink.tone(GOODBYE, 0.5)
    )
    pressed = await notified.until(call, "DTMF")
    assert pressed["dtmf"] == "1"
    await notified.until(call, "COMPLETED")
    assert notified.statuses(call) == ["DTMF", "COMPLETED"]
    assert_melody((await lab.of(call)).heard, GREETING, GOODBYE)


async def test_a_wrong_pin_is_asked_for_again_and_never_connects(
    tringme: TringMe, notified: Notified, sink: Sink, lab: LabEars, own: Own
) -> None:
    call = await tringme.ok(
        "call", src=people.PRESSES_1, dest=people.LISTENS, pin="7", greeting=sink.tone(GREETING, 0.5),
        retry=sink.tone(RETRY, 0.5), goodbye=sink.tone(GOODBYE, 0.5),
    )  # fmt: skip
    await notified.until(call, "COMPLETED", within=60)
    assert notified.statuses(call) == ["COMPLETED"]
    assert_melody((await lab.of(call)).heard, GREETING, RETRY, GOODBYE)
    shown = await own.call(call)
    assert shown["legs"] == [] and '"7"' not in str(shown)


async def test_the_right_pin_connects(tringme: TringMe, notified: Notified, sink: Sink, own: Own) -> None:
    call = await tringme.ok(
        "call", src=people.PRESSES_1, dest=people.HANGS_UP, pin="1", greeting=sink.tone(GREETING, 0.5)
    )
    ended = await notified.until(call, "COMPLETED", within=60)
    assert int(ended["destduration"]) >= 2
    assert len((await own.call(call))["legs"]) == 1


async def test_without_a_bit_nothing_is_notified(tringme: TringMe, notified: Notified, sink: Sink, own: Own) -> None:
    call = await tringme.ok("call", src=people.LISTENS, greeting=sink.tone(GREETING, 0.3), flag="0")
    await call_ended(own, call)
    later = await tringme.ok("call", src=people.LISTENS, greeting=sink.tone(GREETING, 0.3))
    await notified.until(later, "COMPLETED")
    assert notified.of(call) == []


async def test_notifications_are_signed_and_come_by_get_or_post_as_the_account_wants(
    tringme: TringMe, notified: Notified, sink: Sink, carillon: Command, account: Account
) -> None:
    methods = {}
    for method in ("post", "get"):
        await carillon("accounts", "set", account.name, "--setting", f"tringme.notify={method}")
        call = await tringme.ok("call", src=people.LISTENS, greeting=sink.tone(GREETING, 0.3), tag="a1")
        fields = await notified.until(call, "COMPLETED")
        given = fields.pop("sig")
        text = "".join(f"{name}={fields[name]}" for name in sorted(fields)) + tringme.private
        assert given == hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
        methods[method] = next(one.method for one in sink.received if call in one.path + one.body)
    assert methods == {"post": "POST", "get": "GET"}
