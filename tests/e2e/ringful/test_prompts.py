"""Announcements: odd ones play, bad ones are told and do no harm."""

import pytest

from tests.clients.ringful.client import Ringful
from tests.e2e.conftest import make_account
from tests.support import people
from tests.support.carillon import Admin, Own
from tests.support.far_end import assert_melody
from tests.support.scenario import LabEars
from tests.support.sink import Sink

REASONS = {
    "missing": "not_found",
    "error": "http_error",
    "html": "not_audio",
    "truncated": "truncated",
    "empty": "empty",
    "huge": "too_large",
    "slow": "too_slow",
    "loop": "redirects",
}


@pytest.mark.parametrize("kind", REASONS)
async def test_a_prompt_that_cannot_be_played_is_told_with_its_reason_and_the_queue_goes_on(
    ringful: Ringful, sink: Sink, lab: LabEars, own: Own, kind: str
) -> None:
    call = await ringful.call(callee=people.LISTENS, callbackUrl=sink.url("call"))
    bad = sink.bad(kind)
    await ringful.play(callId=call, announcement=sink.tone(500, 0.5), callbackUrl=sink.url("good"))
    await ringful.play(callId=call, announcement=bad, callbackUrl=sink.url("bad"))
    await ringful.play(callId=call, announcement=sink.tone(700, 0.5), callbackUrl=sink.url("good"))
    await ringful.hangup(callId=call, immediate="false")
    failed = await sink.until("PlayFailed", callId=call)
    assert failed.form == {"action": "PlayFailed", "announcement": bad, "callId": call, "reason": REASONS[kind]}
    await sink.until("ServerHangup", callId=call)
    assert_melody((await lab.of(call)).heard, 500, 700)
    assert [one.action for one in sink.received if one.path == "/bad"] == ["PlayFailed"], "never PlayComplete"
    states = [task["state"] for task in (await own.call(call))["tasks"]]
    assert states == ["completed", "failed", "completed", "completed"]


ELSEWHERE = {
    "http://127.0.0.1:9/nothing.wav": "unreachable",
    "http://no-such-host.invalid/a.wav": "unreachable",
    "http://169.254.169.254/latest/meta-data": "private_address",
    "file:///etc/passwd": "not_found",  # the URL's root is the media folder
    "file:///var/lib/carillon/media/../carillon.db": "outside_media_root",
}


@pytest.mark.parametrize("url", ELSEWHERE)
async def test_a_prompt_that_must_not_or_cannot_be_reached_fails(ringful: Ringful, sink: Sink, url: str) -> None:
    call = await ringful.call(callee=people.LISTENS, callbackUrl=sink.url())
    await ringful.play(callId=call, announcement=url, callbackUrl=sink.url())
    await ringful.hangup(callId=call, immediate="false")
    failed = await sink.until("PlayFailed", callId=call)
    assert failed.form["reason"] == ELSEWHERE[url]
    await sink.until("ServerHangup", callId=call)


async def test_an_account_that_may_not_reach_private_addresses_does_not(
    admin: Admin, ringful: Ringful, sink: Sink, lab: LabEars
) -> None:
    account = make_account(admin, private=False)
    stranger = Ringful(ringful.session, ringful.base, account.apikey)
    prompt = sink.tone(500, 0.5)
    call = await stranger.call(callee=people.LISTENS, callbackUrl=sink.url())
    await stranger.play(callId=call, announcement=prompt, callbackUrl=sink.url())
    await stranger.hangup(callId=call, immediate="false")
    own = Own(ringful.session, lab.own.system, account)
    far = await lab.of(call, own)
    assert far.heard.melody() == []
    assert sink.fetches(prompt) == 0 and sink.received == [], "neither the prompt nor a callback left the house"
    (play, _) = (await own.call(call))["tasks"]
    assert play["state"] == "failed" and play["outcome"]["reason"] == "private_address"


@pytest.mark.parametrize("kind", ["stereo44", "wide24", "mp3", "flac", "ogg", "octet-stream"])
async def test_odd_but_valid_audio_plays(ringful: Ringful, sink: Sink, lab: LabEars, kind: str) -> None:
    call = await ringful.call(callee=people.LISTENS, callbackUrl=sink.url())
    await ringful.play(callId=call, announcement=sink.odd(kind, 1230, 1.0), callbackUrl=sink.url())
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("ServerHangup", callId=call)
    heard = (await lab.of(call)).heard
    assert_melody(heard, 1230)
    assert 0.85 < heard.lasted(1230) < 1.15, "at its own speed"
    assert "PlayComplete" in sink.actions()


async def test_a_spoken_prompt_is_understood_at_the_far_end(ringful: Ringful, sink: Sink, lab: LabEars) -> None:
    call = await ringful.call(callee=people.LISTENS, callbackUrl=sink.url())
    await ringful.play(callId=call, announcement=sink.spoken("Hello. My name is Carillon. Good bye."))
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("ServerHangup", callId=call)
    assert (await lab.of(call)).heard.says("my name is")
