"""What the caller of a Dial hears while the other party's phone rings."""

import pytest

from engine.commands import HangUpCall
from engine.events import TaskEnded
from engine.model.leg_options import LegOptions
from engine.tasks.dial import Dial
from engine.tasks.play import Play
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.dialling import answered_and_dialling, dialling, order
from tests.support.exchange import ACCOUNT, Exchange

DIAL = Dial(to="12015550199")
GERMAN = Dial(to="12015550199", leg=LegOptions(ringback="de"))


def playing(asterisk: FakeAri) -> dict[str, str]:
    """What is played on which channel."""
    return {one["target_uri"]: one["media_uri"] for one in asterisk.world.playbacks.values()}


async def end(exchange: Exchange, asterisk: FakeAri, one: str, channel: str, other: str) -> None:
    asterisk.hangs_up(channel)
    await exchange.ended(one)
    await exchange.ended(other)


async def test_an_answered_caller_hears_the_countrys_ringing_tone_until_the_other_answers(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    one, other = await answered_and_dialling(exchange, asterisk, GERMAN)
    assert playing(asterisk) == {f"channel:{one}": "tone:ring;tonezone=de"}
    asterisk.rings(other)
    await settled()
    assert asterisk.world.playbacks
    asterisk.picks_up(other)
    await exchange.event(TaskEnded, kind="dial")
    assert not asterisk.world.playbacks
    stopped, bridged = order(asterisk, ("DELETE", "/playbacks/ring-"), ("POST", "/bridges/bridge-"))
    assert stopped < bridged
    await end(exchange, asterisk, one, one, other)


async def test_a_caller_who_was_not_answered_hears_it_as_early_media_and_no_180(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    one, other = await dialling(exchange, asterisk, GERMAN)
    assert playing(asterisk) == {"channel:in-1": "tone:ring;tonezone=de"}
    assert not asterisk.was_asked("POST", "/channels/in-1/ring")
    assert not asterisk.was_asked("POST", "/channels/in-1/answer")
    asterisk.picks_up(other)
    await exchange.event(TaskEnded, kind="dial")
    stopped, answered = order(asterisk, ("DELETE", "/playbacks/ring-"), ("POST", "/channels/in-1/answer"))
    assert stopped < answered
    await end(exchange, asterisk, one, "in-1", other)


async def test_an_answered_caller_hears_music_until_the_other_answers(exchange: Exchange, asterisk: FakeAri) -> None:
    dial = Dial(to="2", leg=LegOptions(music="calm", ringback="de"))
    one, other = await answered_and_dialling(exchange, asterisk, dial)
    assert (await asterisk.asked("POST", f"/channels/{one}/moh")).query["mohClass"] == "calm"
    assert not asterisk.world.playbacks and not asterisk.was_asked("DELETE", f"/channels/{one}/moh")
    asterisk.picks_up(other)
    await exchange.event(TaskEnded, kind="dial")
    stopped, bridged = order(asterisk, ("DELETE", f"/channels/{one}/moh"), ("POST", "/bridges/bridge-"))
    assert stopped < bridged
    await end(exchange, asterisk, one, one, other)


async def test_music_waits_for_an_answer_and_a_180_is_sent_meanwhile(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await dialling(exchange, asterisk, Dial(to="2", leg=LegOptions(music="calm")))
    assert asterisk.was_asked("POST", "/channels/in-1/ring")
    assert not asterisk.was_asked("POST", "/channels/in-1/moh")
    await end(exchange, asterisk, one, "in-1", other)


async def test_the_tone_ends_before_what_follows_a_busy_party(exchange: Exchange, asterisk: FakeAri) -> None:
    dial = Dial(to="2", leg=LegOptions(ringback="fr"), hang_up_after=False)
    call = await exchange.call(dial, Play(source="http://host/a.wav"))
    other = (await asterisk.asked("POST", "/channels/*/dial", 2)).path.split("/")[2]
    await settled()
    asterisk.hangs_up(other, 17, 486)
    await asterisk.asked("POST", f"/channels/{call.id}/play/task-*")
    assert playing(asterisk) == {f"channel:{call.id}": "sound:/prompts/a"}
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_a_tone_that_cannot_be_played_ends_no_dial(exchange: Exchange, asterisk: FakeAri) -> None:
    asterisk.refuse("POST", "/channels/*/play/ring-*", 500)
    one, other = await answered_and_dialling(exchange, asterisk, GERMAN)
    asterisk.picks_up(other)
    await exchange.event(TaskEnded, kind="dial")
    assert "dial completed" in exchange.story(one)
    await end(exchange, asterisk, one, one, other)


async def test_the_caller_gives_up_while_the_tone_plays(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await answered_and_dialling(exchange, asterisk, GERMAN)
    await end(exchange, asterisk, one, one, other)
    assert "dial stopped call_ended" in exchange.story(one)


async def test_the_tone_of_a_controller_that_is_gone_is_ended_and_another_one_played(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    one, other = await answered_and_dialling(exchange, asterisk, GERMAN)
    await exchange.leave()
    assert playing(asterisk) == {f"channel:{one}": "tone:ring;tonezone=de"}
    await exchange.start()
    assert asterisk.was_asked("DELETE", "/playbacks/ring-*")
    assert playing(asterisk) == {f"channel:{one}": "tone:ring;tonezone=de"}
    asterisk.picks_up(other)
    await exchange.event(TaskEnded, kind="dial")
    assert not asterisk.world.playbacks
    await end(exchange, asterisk, one, one, other)


async def test_the_tone_of_a_controller_that_is_gone_ends_also_where_the_other_was_busy_meanwhile(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    dial = Dial(to="2", leg=LegOptions(ringback="de"), hang_up_after=False)
    one, other = await answered_and_dialling(exchange, asterisk, dial)
    await exchange.leave()
    asterisk.hangs_up(other, 17, 486)
    await exchange.start()
    await exchange.event(TaskEnded, kind="dial")
    await settled()
    assert not asterisk.world.playbacks
    await exchange.submit(HangUpCall(account=ACCOUNT, call=one))
    await exchange.ended(one)


@pytest.mark.parametrize("country", ["de,number:1", "DE", "../x", "d", "de;x"])
def test_a_country_that_is_none_is_refused(country: str) -> None:
    with pytest.raises(ValueError, match="zone of Asterisk's indications"):
        Dial(to="2", leg=LegOptions(ringback=country))


@pytest.mark.parametrize("music", ["a b", "a/b", "x" * 65, "a\n"])
def test_a_class_of_music_that_is_none_is_refused(music: str) -> None:
    with pytest.raises(ValueError, match="class of music"):
        Dial(to="2", leg=LegOptions(music=music))


@pytest.mark.parametrize(
    "headers",
    [
        (("Subject", "x"),),
        (("X-A B", "x"),),
        (("X-A:", "x"),),
        (("X-A", "x\r\nVia: y"),),
        (("X-A", "\x00"),),
        (("X-A", "x" * 1025),),
        (("X-A)", "x"),),
        (("X-A", "x"),) * 21,
    ],
)
def test_a_header_that_would_say_something_of_sips_own_is_refused(headers: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(ValueError, match=r"header"):
        Dial(to="2", leg=LegOptions(headers=headers))


def test_headers_with_commas_quotes_and_other_alphabets_are_taken() -> None:
    assert LegOptions(headers=(("X-Ä".replace("Ä", "A"), 'a, b; "c" ü'),)).headers[0][1] == 'a, b; "c" ü'
