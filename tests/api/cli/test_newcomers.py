"""Difficulties of new users: each command says what it does, refuses what would surprise, and says what to do."""

import asyncio
import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from api.cli import output as output_module
from api.cli.doctor import _sip
from api.cli.files import audio_file
from api.cli.output import Output, fitting
from api.cli.wording import shown
from api.lab import LabDial
from engine.commands import PlaceCall
from engine.model.call import Call, CallState, Direction
from engine.store import calls, recordings
from engine.store.recordings import RecordingRow
from tests.api.cli.running import Run
from tests.api.own.installation import Installation
from tests.support.digits import stands_in
from tests.support.sounds import notes_of, wav


async def test_of_several_accounts_none_is_guessed_and_all_are_named(carillon: Run) -> None:
    await carillon("accounts", "create", "demo")
    assert (await carillon("numbers", "add", "500", "--say", "Hi")).status == 0, "the only one needs no name"
    await carillon("accounts", "create", "shop")
    for arguments in (
        ("numbers", "add", "501", "--say", "Hi"),
        ("extensions", "add", "300"),
        ("applications", "add", "x", "--say", "Hi"),
        ("calls", "place", "12015550101", "--say", "Hi"),
        ("prompts", "list"),
        ("trunks", "test", "12015550101"),
    ):
        ran = await carillon(*arguments)
        assert ran.status == 1 and "--account" in ran.errors and "demo, shop" in ran.errors, (arguments, ran)
    assert (await carillon("numbers", "add", "501", "--account", "shop", "--say", "Hi")).status == 0


async def test_a_new_account_says_what_it_may_call(carillon: Run) -> None:
    made = await carillon("accounts", "create", "acme")
    assert "the lab's personas (+1201555…)" in made.output and "carillon accounts allow acme" in made.output
    assert (await carillon("accounts", "create", "other", "--json")).json["allowed"] == ["1201555"]


async def test_an_extension_and_a_number_of_the_same_digits_are_refused_whichever_comes_second(carillon: Run) -> None:
    await carillon("accounts", "create", "acme")
    await carillon("numbers", "add", "500", "--say", "Hi")
    ran = await carillon("extensions", "add", "500")
    assert ran.status == 1 and "500 is a number of the account acme already" in ran.errors
    await carillon("extensions", "add", "300")
    ran = await carillon("numbers", "add", "300", "--say", "Hi")
    assert ran.status == 1 and "300 is an extension of the account acme already" in ran.errors
    assert not stands_in("300", (await carillon("numbers", "list")).output)
    assert not stands_in("500", (await carillon("extensions", "list")).output)


async def test_a_number_leads_to_tasks_of_a_file_or_as_they_are_written(carillon: Run, tmp_path: Path) -> None:
    await carillon("accounts", "create", "acme")
    file = tmp_path / "tasks.json"
    file.write_text('[{"kind": "say", "text": "Hello"}]')
    for to in (f"tasks:{file}", 'tasks:[{"kind": "say", "text": "Hello"}]'):
        ran = await carillon("numbers", "add", "600", "--replace", "--to", to)
        assert (ran.status, ran.output) == (0, "600 leads to tasks.\n")
    ran = await carillon("numbers", "set", "600", "--to", "tasks:")
    assert ran.status == 1 and "must be followed by the name of a JSON file" in ran.errors


async def test_a_number_is_replaced_only_with_an_option(carillon: Run) -> None:
    await carillon("accounts", "create", "acme")
    await carillon("numbers", "add", "600", "--ringful-url", "http://host/one")
    again = await carillon("numbers", "add", "600", "--ringful-url", "http://host/two")
    assert again.status == 1 and "--replace" in again.errors and "numbers assign 600" in again.errors
    assert "http://host/one" in (await carillon("numbers", "list")).output
    assert (await carillon("numbers", "add", "600", "--ringful-url", "http://host/two", "--replace")).status == 0
    assert "http://host/two" in (await carillon("numbers", "list")).output


@pytest.mark.parametrize(
    ("text", "words"), [("", "no words"), ("...", "no words"), ("x" * 700, "600"), ("x" * 601, "600")]
)
async def test_a_text_that_cannot_be_spoken_is_refused_before_a_phone_rings(
    carillon: Run, installation: Installation, text: str, words: str
) -> None:
    await carillon("accounts", "create", "acme")
    for arguments in (("calls", "place", "12015550101", "--say", text), ("numbers", "add", "500", "--say", text)):
        ran = await carillon(*arguments)
        assert ran.status == 1 and words in ran.errors, ran
    assert not [command for command in installation.engine.commands if isinstance(command, PlaceCall)]
    assert (await carillon("calls", "place", "12015550101", "--say", "x" * 600)).status == 0


async def test_a_text_within_a_menu_or_a_dial_is_checked_too(carillon: Run, tmp_path: Path) -> None:
    await carillon("accounts", "create", "acme")
    long = '{"kind": "say", "text": "' + "x" * 700 + '"}'
    menu = '{"id": "a", "main": [%s], "choices": [{"digit": "1", "value": "x"}]}'
    for task in (
        '{"kind": "run_menu", "first": "a", "menus": [' + menu + "]}",
        '{"kind": "dial", "to": "100", "before_bridge": [%s]}',
        '{"kind": "park", "intro": [%s]}',
    ):
        file = tmp_path / "tasks.json"
        file.write_text(f"[{task % long}]")
        ran = await carillon("calls", "place", "12015550101", "--tasks", str(file))
        assert ran.status == 1 and "600 are allowed" in ran.errors, ran


class Lab:
    """The lab's answers about a placed call."""

    def __init__(self, outcome: str) -> None:
        self._outcome = outcome

    async def dial(self, *_: object, **__: object) -> LabDial:
        return LabDial(channel="lab-1", call_id="id-1")

    async def outcome(self, channel: str) -> str:
        return self._outcome


@pytest.mark.parametrize(("outcome", "status"), [("refused", 1), ("ringing", 0), ("answered", 0)])
async def test_the_lab_s_call_reports_its_state_and_fails_if_it_is_not_taken(
    carillon: Run, installation: Installation, outcome: str, status: int
) -> None:
    object.__setattr__(installation.services, "lab", Lab(outcome))
    ran = await carillon("lab", "dial", "999")
    assert ran.status == status
    said = ran.errors if status else ran.output
    assert ("no application answers a number of these digits" if status else outcome) in said


async def _recorded(installation: Installation, format: str) -> str:
    account = (await installation.account("acme"))["account"]
    id = f"rec-{format}"
    row = RecordingRow(id=id, account=account, owner="c", task="t", name="n", created=0, seconds=1, format=format)
    await installation.writer.write(lambda conn: recordings.begin(conn, row))
    installation.services.platform.files.path(id, format).write_bytes(b"audio")
    return id


@pytest.mark.parametrize(("format", "right", "wrong"), [("mp3", "x.mp3", "x.wav"), ("wav", "x.WAV", "x.mp3")])
async def test_a_recording_is_saved_under_a_name_of_its_kind(
    carillon: Run, installation: Installation, tmp_path: Path, format: str, right: str, wrong: str
) -> None:
    recording = await _recorded(installation, format)
    refused = await carillon("recordings", "fetch", recording, str(tmp_path / wrong))
    assert refused.status == 1 and format.upper() in refused.errors and f"x.{format}" in refused.errors
    assert not (tmp_path / wrong).exists()
    for file, kept in ((right, right), ("plain", "plain"), ("", f"{recording}.{format}")):
        assert (await carillon("recordings", "fetch", recording, str(tmp_path / file))).status == 0
        assert (tmp_path / kept).read_bytes() == b"audio"


async def test_an_uploaded_prompt_is_not_saved_under_a_name_of_another_kind(carillon: Run, tmp_path: Path) -> None:
    await carillon("accounts", "create", "acme")
    (tmp_path / "a.wav").write_bytes(wav(notes_of([(440, 0.5)])))
    assert "upload:a.wav" in (await carillon("prompts", "upload", str(tmp_path / "a.wav"))).output
    refused = await carillon("prompts", "fetch", "a.wav", str(tmp_path / "b.mp3"))
    assert refused.status == 1 and "WAV" in refused.errors


def test_a_file_of_another_kind_is_never_the_answer() -> None:
    assert audio_file(None, "audio/mpeg", "rec-1") == Path("rec-1.mp3")
    assert audio_file(Path("x.wave"), "audio/wav", "rec-1") == Path("x.wave")
    assert audio_file(Path("x.dat"), "audio/wav", "rec-1") == Path("x.dat")


async def _a_call(installation: Installation, **fields: Any) -> None:
    account = (await installation.account("acme"))["account"]
    applications = (await installation.admin("GET", "/applications"))[1]["applications"]
    call = Call(
        **{
            "id": "call-0199aa00bb11cc22dd33ee44ff55", "root": "call-0199aa00bb11cc22dd33ee44ff55", "account": account,
            "application": applications[0]["id"], "direction": Direction.INBOUND, "caller": "101",
            "callee": "14155550123", "state": CallState.ANSWERED, "created": 1.0, "answered": 2.0,
            "channel_id": "c",
        }
        | fields
    )  # fmt: skip
    await installation.writer.write(lambda conn: calls.insert(conn, call))


async def test_a_call_that_is_up_has_seconds_and_its_application_a_name(
    carillon: Run, installation: Installation
) -> None:
    await _a_call(installation)
    (call,) = (await carillon("calls", "list", "--json")).json
    assert call["seconds"] > 1_000_000 and call["application_name"] == "asking"
    assert call["application"].startswith("app-"), "its id stays where it was"
    assert "asking" in (await carillon("calls", "list")).output
    printed = await carillon("calls", "show", call["id"])
    assert f"asking ({call['application']})" in printed.output


@pytest.mark.parametrize(
    ("fields", "origin", "words"),
    [
        ({}, "extension", "from extension"),
        ({"caller": "12015550101"}, "trunk", "inbound"),
        ({"caller": "101", "trunk": "acme"}, "trunk", "inbound"),
        ({"direction": Direction.OUTBOUND}, "api", "outbound"),
    ],
)
async def test_a_softphone_s_own_call_is_distinguished_from_a_trunk_s(
    carillon: Run, installation: Installation, fields: dict[str, Any], origin: str, words: str
) -> None:
    await _a_call(installation, **fields)
    (call,) = (await carillon("calls", "list", "--json")).json
    assert call["origin"] == origin and call["direction"] in ("inbound", "outbound")
    assert words in (await carillon("calls", "list")).output
    assert words in (await carillon("calls", "show", call["id"])).output


def test_what_ended_a_call_is_shown_in_words() -> None:
    parties = ("far", "us", "other", "network")
    said = {by: shown({"direction": "inbound", "hung_up_by": by})["hung_up_by"] for by in parties}
    assert all(text.startswith(f"{by} (") for by, text in said.items()) and len(set(said.values())) == 4
    assert shown({"direction": "inbound", "hung_up_by": None})["hung_up_by"] is None


@pytest.mark.parametrize("columns", ["80", "40"])
async def test_tables_fit_the_terminal_and_say_what_they_leave_out(
    carillon: Run, installation: Installation, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    await _a_call(installation)
    await carillon("trunks", "list")
    monkeypatch.setattr(output_module, "_is_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", columns)
    for noun in ("calls", "accounts", "trunks"):
        lines = (await carillon(noun, "list")).output.splitlines()
        table = [line for line in lines if not line.startswith("(not shown")]
        assert max(len(line.rstrip()) for line in table) <= int(columns), lines
        assert any(line.startswith(f"(not shown at {columns} columns: ") and "--json" in line for line in lines), lines
    wide = (await carillon("calls", "list")).output
    assert columns == "40" or "call-0199aa00bb11cc22dd33ee44ff55" in wide, "an id stays whole, to be copied"


async def test_a_program_gets_every_column(carillon: Run, installation: Installation) -> None:
    await _a_call(installation)
    header = (await carillon("calls", "list")).output.splitlines()[0]
    assert all(name in header for name in ("id", "account", "application", "created", "price"))


def test_spare_columns_are_left_out_one_by_one() -> None:
    cells = {"id": ["x" * 10], "url": ["y" * 30], "seconds": ["1"]}
    assert fitting(cells, 100, ("url", "seconds")) == ["id", "url", "seconds"]
    assert fitting(cells, 30, ("url", "seconds")) == ["id", "seconds"]
    assert fitting(cells, 12, ("url", "seconds")) == ["id"]


def test_a_terminal_s_width_is_its_own(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "33")
    monkeypatch.setattr(output_module, "_is_terminal", lambda: True)
    Output().table(None, [{"text": "word " * 20}], ("text",), "nothing")
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 33
    monkeypatch.setattr(output_module, "_is_terminal", lambda: False)
    Output().table(None, [{"text": "word " * 20}], ("text",), "nothing")
    assert len(capsys.readouterr().out.splitlines()) == 2


@pytest.mark.parametrize("bind", ["127.0.0.1", "0.0.0.0"])
def test_the_doctor_s_request_comes_from_the_lab_s_address_wherever_sip_listens(bind: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asterisk:
        asterisk.bind((bind, 0))
        asterisk.settimeout(10)
        asked: list[tuple[str, int]] = []

        def answer() -> None:
            _, sender = asterisk.recvfrom(4096)
            asked.append(sender)
            asterisk.sendto(b"SIP/2.0 200 OK\r\n\r\n", sender)

        with ThreadPoolExecutor(1) as pool:
            answering = pool.submit(answer)
            check = _sip(bind, asterisk.getsockname()[1], "127.0.0.77")
            answering.result(10)
    assert check["ok"] and "200 OK" in check["detail"] and asked[0][0] == "127.0.0.77"


async def test_a_reader_that_closes_the_pipe_ends_a_command_without_a_traceback(
    installation: Installation, carillon: Run
) -> None:
    await installation.account("acme")
    assert (await carillon("accounts", "list")).status == 0
    reading, writing = os.pipe()
    os.close(reading)  # as head does, once it has its lines
    for words in (["accounts", "list"], ["accounts", "show", "acme"]):
        command = [sys.executable, "-c", f"import sys; from api.cli import main; sys.exit(main({words}))"]
        ended = await asyncio.to_thread(
            subprocess.run, command, stdout=writing, stderr=subprocess.PIPE, check=False, timeout=30
        )
        assert (ended.returncode, ended.stderr) == (1, b"")
    os.close(writing)
