"""The lab's client against an ARI that keeps numbers as the lab does, and the one list of tones in its three places."""

import re
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from aiohttp import encode_basic_auth, web

from api.lab import PERSONAS, Lab, LabError, file_name

ROOT = Path(__file__).parents[2]
LAB = ROOT / "asterisk-config" / "lab"


class FakeLab:
    """The part of the lab's ARI that its client uses: Local channels at [database], calls through a trunk."""

    def __init__(self) -> None:
        self.numbers: dict[str, str] = {}
        self.channels: dict[str, dict[str, Any]] = {}
        self.placed: list[dict[str, Any]] = []
        self.reads_before_told = 2
        self.registered = False
        self.keeps = True
        self.ends_at_once = False
        self.url = ""

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self.guard])
        app.router.add_post("/ari/channels", self.originate)
        app.router.add_get("/ari/channels/{id}", self.show)
        app.router.add_delete("/ari/channels/{id}", self.delete)
        app.router.add_get("/ari/channels/{id}/variable", self.variable)
        return app

    @web.middleware
    async def guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.headers.get("Authorization") != encode_basic_auth("carillon", "right"):
            return web.json_response({"error": "Unauthorized"}, status=401)
        answer: web.StreamResponse = await handler(request)
        return answer

    async def originate(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body["endpoint"].endswith("@registered") and not self.registered:
            return web.json_response({"error": "Allocation failed"}, status=500)
        variables = dict(body["variables"])
        if body["endpoint"] == "Local/keep@database/n" and variables["LAB_NUMBER"] and self.keeps:
            self.numbers[variables["LAB_NUMBER"]] = variables["LAB_PERSONA"]
            if not variables["LAB_PERSONA"]:
                del self.numbers[variables["LAB_NUMBER"]]
        elif body["endpoint"].startswith("PJSIP/"):
            self.placed.append(body)
            if self.ends_at_once:
                return web.json_response({"id": body["channelId"], "protocol_id": "0a1b@127.0.0.2"})
        variables["reads"] = self.reads_before_told
        self.channels[body["channelId"]] = variables
        return web.json_response({"id": body["channelId"], "protocol_id": "0a1b@127.0.0.2"})

    async def variable(self, request: web.Request) -> web.Response:
        channel, name = self.channels.get(request.match_info["id"]), request.query["variable"]
        if channel is None:
            return web.json_response({"message": "Provided channel was not found"}, status=404)
        told = [f"{number}={persona}" for number, persona in self.numbers.items()]
        pages = [" ".join(told[at : at + 100]) for at in range(0, max(1, len(told)), 100)]
        if name == "LAB_PAGES":
            channel["reads"] -= 1
            if channel["reads"] >= 0:
                return web.json_response({"message": "Provided variable was not found"}, status=404)
            return web.json_response({"value": str(len(pages))})
        if name.startswith("LAB_PAGE_"):
            return web.json_response({"value": pages[int(name.removeprefix("LAB_PAGE_"))]})
        if name == "LAB_KEPT":
            return web.json_response({"value": self.numbers.get(channel["LAB_NUMBER"], "")})
        return web.json_response({"value": channel[name]})

    async def show(self, request: web.Request) -> web.Response:
        if request.match_info["id"] not in self.channels:
            return web.json_response({"message": "Channel not found"}, status=404)
        return web.json_response({"state": "Up"})

    async def delete(self, request: web.Request) -> web.Response:
        found = self.channels.pop(request.match_info["id"], None)
        return web.Response(status=404 if found is None else 204)


@pytest.fixture
async def fake() -> AsyncIterator[FakeLab]:
    made = FakeLab()
    runner = web.AppRunner(made.app(), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


@pytest.fixture
async def lab(fake: FakeLab) -> AsyncIterator[Lab]:
    async with Lab(fake.url, "right") as made:
        yield made


async def test_a_mapped_number_is_kept_and_its_channel_is_not_left_behind(fake: FakeLab, lab: Lab) -> None:
    await lab.map("+49301234", "12015550104")
    assert await lab.mapped() == {"49301234": "12015550104"}
    assert fake.channels == {}


async def test_unmapping_takes_only_that_number_away(lab: Lab) -> None:
    await lab.map("77", "12015550101")
    await lab.map("78", "12015550102")
    await lab.unmap("77")
    await lab.unmap("79")
    assert await lab.mapped() == {"78": "12015550102"}


async def test_all_mapped_numbers_are_told_past_the_first_page(fake: FakeLab, lab: Lab) -> None:
    fake.numbers = {str(49_300_000 + n): "12015550101" for n in range(230)}
    assert await lab.mapped() == fake.numbers


@pytest.mark.parametrize(
    ("number", "persona", "said"),
    [
        ("12&34", "12015550101", "12&34 is not a number"),
        ("${EXTEN}", "12015550101", "is not a number"),
        ("1234567890123456", "12015550101", "is not a number"),
        ("1234", "12015550119", "12015550119 is not a persona"),
        ("12015550101", "12015550102", "12015550101 is a persona itself"),
    ],
)
async def test_what_cannot_be_mapped_is_refused_with_a_sentence(
    fake: FakeLab, lab: Lab, number: str, persona: str, said: str
) -> None:
    with pytest.raises(LabError, match=re.escape(said)):
        await lab.map(number, persona)
    assert fake.numbers == {}


async def test_a_number_that_the_lab_did_not_keep_is_an_error(fake: FakeLab, lab: Lab) -> None:
    fake.keeps = False
    with pytest.raises(LabError, match="did not keep the persona of 1234"):
        await lab.map("1234", "12015550101")


async def test_a_call_goes_through_the_trunk_as_the_persona_and_tells_its_call_id(fake: FakeLab, lab: Lab) -> None:
    dialled = await lab.dial("+1500", as_="12015550101", seconds=2.5)
    [placed] = fake.placed
    assert (placed["endpoint"], placed["context"], placed["extension"]) == (
        "PJSIP/1500@carillon",
        "caller",
        "12015550101",
    )
    assert placed["callerId"] == "12015550101"
    assert placed["variables"] == {"LAB_SECONDS": "2.5"}
    assert dialled.call_id == "0a1b@127.0.0.2"
    assert await lab.state(dialled.channel) == "Up"
    await lab.hang_up(dialled.channel)
    await lab.hang_up(dialled.channel)
    assert await lab.state(dialled.channel) is None


async def test_a_call_that_ends_at_once_is_a_call_too(fake: FakeLab, lab: Lab) -> None:
    fake.ends_at_once = True
    dialled = await lab.dial("500", as_="12015550101")
    assert dialled.call_id == "0a1b@127.0.0.2"
    assert await lab.state(dialled.channel) is None


async def test_a_mapped_number_may_call_and_an_unknown_one_may_not(fake: FakeLab, lab: Lab) -> None:
    with pytest.raises(LabError, match="49301234 has no persona; give it one with `carillon lab map 49301234"):
        await lab.dial("500", as_="49301234")
    await lab.map("49301234", "12015550102")
    await lab.dial("500", as_="+49301234")
    assert [call["extension"] for call in fake.placed] == ["49301234"]


async def test_the_registered_trunk_needs_someone_registered(fake: FakeLab, lab: Lab) -> None:
    with pytest.raises(LabError, match="has anyone registered"):
        await lab.dial("500", as_="12015550101", trunk="registered")
    fake.registered = True
    await lab.dial("500", as_="12015550101", trunk="registered")
    assert fake.placed[0]["endpoint"] == "PJSIP/500@registered"
    await lab.dial("500", as_="12015550101", trunk="plus")
    assert (fake.placed[1]["endpoint"], fake.placed[1]["callerId"]) == ("PJSIP/+500@plus", "+12015550101")
    with pytest.raises(LabError, match=r"carillon, registered, plus, .* or late"):
        await lab.dial("500", as_="12015550101", trunk="other")


async def test_a_wrong_password_and_a_lab_that_is_down_are_said(fake: FakeLab) -> None:
    async with Lab(fake.url, "wrong") as lab:
        with pytest.raises(LabError, match="CARILLON_LAB_ARI_PASSWORD"):
            await lab.mapped()
    async with Lab("http://127.0.0.1:9", "right") as lab:
        with pytest.raises(LabError, match="does not answer at http://127\\.0\\.0\\.1:9/ari: start it with `make run`"):
            await lab.mapped()


def test_a_file_is_named_by_the_call_id_without_what_a_path_could_use() -> None:
    assert file_name("a1-b_2.C@127.0.0.1") == "a1-b_2.C127.0.0.1"
    assert file_name("../../etc/$(x);`y`") == "....etcxy"
    assert file_name("x" * 300) == "x" * 200


def test_the_dialplan_has_the_personas_that_are_listed() -> None:
    dialplan = (LAB / "extensions.conf").read_text()
    arrive = dialplan[dialplan.index("[arrive]") : dialplan.index("[answer]")]
    patterns = [
        re.compile(pattern.replace("X", "[0-9]")) for pattern in re.findall(r"(?m)^exten => _?([^,]+),1,", arrive)
    ]
    assert patterns
    everyone = [f"1201555{suffix:04d}" for suffix in range(90, 180)]
    assert [n for n in everyone if any(p.fullmatch(n) for p in patterns)] == [p.number for p in PERSONAS]


def test_every_tone_is_the_same_in_the_dialplan_the_client_and_the_page() -> None:
    found = re.findall(r"(?m)^TONE_(\d+)=(\d+)$", (LAB / "tones.conf").read_text())
    assert {number: int(hertz) for number, hertz in found} == {p.number: p.tone for p in PERSONAS if p.tone}
    page = (ROOT / "docs" / "lab.md").read_text()
    for persona in PERSONAS:
        assert f"| `{persona.number}` | {persona.does} |" in page


def test_no_two_tones_can_be_taken_for_one_another_nor_for_a_digit() -> None:
    dtmf = (697, 770, 852, 941, 1209, 1336, 1477, 1633)
    twenty = [p.tone for p in PERSONAS if p.tone and p.number >= "12015550120"]
    assert len(twenty) == 20
    steps = [after - before for before, after in pairwise(twenty)]
    assert len(set(steps)) == len(steps) and min(steps) >= 70
    assert min(twenty) > 350 and max(twenty) < 3000
    for tone in twenty:
        assert all(abs(tone - digit) > 0.03 * digit for digit in dtmf)
        others = [other for other in (*twenty, 440) if other < tone]
        assert all(abs(tone - times * other) >= 20 for other in others for times in range(2, 9))
