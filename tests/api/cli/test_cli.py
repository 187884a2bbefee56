"""The command line against both APIs: its output and its errors."""

import asyncio
import csv
import io
from pathlib import Path

import pytest

from api.cli import main
from api.cli.follow import line_of
from api.cli.trunks import hint, permit
from engine.commands import CallerRefused, HangUpCall, PlaceCall
from engine.store import unmatched_calls
from engine.store.unmatched_calls import UnmatchedCall
from tests.api.cli.running import Run
from tests.api.own.installation import Installation
from tests.support.sounds import notes_of, wav


async def test_an_account_is_made_and_its_keys_are_printed(carillon: Run) -> None:
    made = await carillon("accounts", "create", "acme", "--allow-private", "--json")
    opened = {"texting_number", "fax_number", "owner"}
    assert made.status == 0
    assert set(made.json) == {"account", "name", "ringful", "carillon", "asking", "allowed"} | opened
    assert all(made.json[field] is None for field in opened)
    assert (await carillon("accounts", "show", "acme", "--json")).json["allow_private"] is True
    printed = await carillon("accounts", "credentials", "acme")
    assert f"ringful apikey: {made.json['ringful']['apikey']}" in printed.output
    assert "acme" in (await carillon("accounts", "list")).output


async def test_an_account_is_changed(carillon: Run) -> None:
    await carillon("accounts", "create", "acme")
    assert (await carillon("accounts", "set", "acme", "--sig", "kvmd5", "--json")).json["settings"] == {
        "ringful": {"sig": "kvmd5"}
    }
    assert (await carillon("accounts", "allow", "acme", "+44", "--json")).json["allowed"] == ["1201555", "44"]
    assert (await carillon("accounts", "allow", "acme", "+44", "--remove", "--json")).json["allowed"] == ["1201555"]
    assert (await carillon("accounts", "callers", "acme", "+14155550123", "--json")).json["callers"] == ["14155550123"]
    limits = (await carillon("accounts", "limits", "acme", "--max-calls", "5", "--daily-spend", "9.5", "--json")).json
    assert (limits["max_calls"], limits["daily_spend"], limits["calls_per_second"]) == (5, "9.50", 10.0)
    assert (await carillon("accounts", "credit", "acme", "12.50", "--json")).json["balance"] == "12.50"
    assert (await carillon("accounts", "disable", "acme", "--json")).json["disabled"] is True
    assert (await carillon("accounts", "enable", "acme", "--json")).json["disabled"] is False
    old = (await carillon("accounts", "credentials", "acme", "--json")).json
    new = (await carillon("accounts", "rotate", "acme", "--dialect", "ringful", "--json")).json
    assert new["ringful"] != old["ringful"] and new["carillon"] == old["carillon"]


async def test_numbers_are_answered_by_a_text_a_list_or_a_url(carillon: Run, tmp_path: Path) -> None:
    await carillon("accounts", "create", "acme")
    tasks = tmp_path / "tasks.json"
    tasks.write_text('[{"kind": "say", "text": "Hello"}, {"kind": "wait_for_digits"}]')
    assert (await carillon("numbers", "add", "500", "--tasks", str(tasks))).status == 0
    spoken = await carillon("numbers", "add", "501", "--account", "acme", "--say", "Hi")
    assert spoken.output.strip() == "501 is answered: say hang_up."
    assert (await carillon("numbers", "add", "502", "--ringful-url", "http://host/in")).status == 0
    assert (await carillon("applications", "add", "shared", "--say", "Hi")).status == 0
    assert (await carillon("numbers", "add", "503", "--application", "shared")).status == 0
    listed = (await carillon("numbers", "list")).output
    for line in ("say wait_for_digits", "say hang_up", "ringful: http://host/in", "shared"):
        assert line in listed
    assert (await carillon("numbers", "remove", "503")).status == 0
    assert len((await carillon("numbers", "list", "--json")).json) == 4
    assert len((await carillon("applications", "list", "--json")).json) == 5


async def test_an_application_with_a_key_of_its_own_is_made_shown_changed_and_renewed(carillon: Run) -> None:
    await carillon("accounts", "create", "acme")
    made = (await carillon("applications", "add", "shop", "--dialect", "asking", "--json")).json
    assert made["key"] and made["secret"] and made["numbers"] == []
    printed = await carillon("applications", "add", "other", "--dialect", "asking", "--url", "http://host/in")
    assert printed.status == 0 and "secret" in printed.output and "http://host/in" in printed.output
    key = made["key"]
    changed = (
        await carillon("applications", "set", key, "--url", "http://a/", "--fallback", "http://b/", "--json")
    ).json
    assert changed["settings"] == {"primary": "http://a/", "fallback": "http://b/"}
    assert (await carillon("applications", "set", key, "--fallback", "", "--json")).json["settings"] == {
        "primary": "http://a/"
    }
    renewed = (await carillon("applications", "rotate", key, "--json")).json
    assert renewed["key"] == key and renewed["secret"] != made["secret"]
    assert (await carillon("applications", "show", made["id"], "--json")).json == renewed
    assert key in (await carillon("applications", "list")).output


async def test_a_number_is_assigned_and_unassigned_by_capability(carillon: Run) -> None:
    await carillon("accounts", "create", "acme")
    await carillon("applications", "add", "shop", "--dialect", "asking")
    added = await carillon("numbers", "add", "+14155550100", "--unassigned")
    assert added.output.strip() == "14155550100 is not answered."
    assert (await carillon("numbers", "add", "+14155550100", "--unassigned", "--capability", "sms")).status == 0
    assert "is answered by shop" in (await carillon("numbers", "assign", "14155550100", "shop")).output
    rows = [line.split() for line in (await carillon("numbers", "list")).output.splitlines() if "1415" in line]
    assert [row[2:4] for row in rows] == [["voice", "shop"], ["sms", "-"]]
    assert "is not answered" in (await carillon("numbers", "unassign", "+14155550100")).output
    for refused in (("shop", "--capability", "fax"), ("nothing",)):
        assert (await carillon("numbers", "assign", "14155550100", *refused)).status == 1
    assert (await carillon("numbers", "remove", "14155550100")).status == 0
    assert "14155550100" not in (await carillon("numbers", "list")).output


async def test_a_trunk_is_changed_and_says_where_its_calls_come_from(carillon: Run) -> None:
    added = await carillon(
        "trunks", "add", "itsp", "--host", "192.0.2.1", "--from", "203.0.113.7", "--from", "203.0.113.16/28", "--json"
    )
    assert added.json["from"] == ["203.0.113.7", "203.0.113.16/28"]
    changed = await carillon("trunks", "set", "itsp", "--from", "198.51.100.1:5060", "--country", "GB", "--json")
    assert (changed.json["from"], changed.json["country"]) == (["198.51.100.1:5060"], "GB")
    listed = (await carillon("trunks", "list")).output
    assert "198.51.100.1:5060" in listed and "GB" in listed
    assert (await carillon("trunks", "set", "itsp", "--from", "", "--json")).json["from"] == []
    for wrong, said in (((), "Nothing to change"), (("--from", "0.0.0.0/0"), "/8 or smaller")):
        ran = await carillon("trunks", "set", "itsp", *wrong)
        assert ran.status == 1 and said in ran.errors


async def test_calls_that_reached_no_number_are_listed_with_their_trunk(
    carillon: Run, installation: Installation
) -> None:
    lost = UnmatchedCall(id="call-x", at=1.0, trunk="lab", caller="13125550177", callee="nobody", reason="no_number")
    await installation.writer.write(lambda conn: unmatched_calls.note(conn, [lost]))
    (line,) = [one for one in (await carillon("calls", "list")).output.splitlines() if "call-x" in one]
    assert line.split()[:6] == ["call-x", "-", "inbound", "lab", "13125550177", "nobody"]
    shown = (await carillon("calls", "show", "call-x")).output
    assert "no_number" in shown and "404" in shown and "--called-in" in shown
    assert "1 call by lab reached no number" in (await carillon("trunks", "list")).output


async def test_trunks_extensions_and_rates(carillon: Run, tmp_path: Path) -> None:
    await carillon("accounts", "create", "acme")
    added = await carillon(
        "trunks", "add", "itsp", "--host", "192.0.2.1", "--prefix", "+44", "--priority", "5", "--json"
    )
    assert (added.json["name"], added.json["prefix"], added.json["priority"]) == ("itsp", "44", 5)
    assert [trunk["name"] for trunk in (await carillon("trunks", "status", "--json")).json] == ["itsp", "lab"]
    assert (await carillon("trunks", "remove", "itsp")).status == 0
    phone = (await carillon("extensions", "add", "100", "--name", "Ann", "--json")).json
    assert phone["user"] == "100" and phone["password"]
    assert phone["password"] in (await carillon("extensions", "show", "100")).output
    assert "offline" in (await carillon("extensions", "list")).output
    assert (await carillon("extensions", "remove", "100")).status == 0
    rates = tmp_path / "rates.csv"
    rates.write_text("1201555,0.60,60,60,USD\n")
    assert (await carillon("rates", "load", str(rates), "--json")).json == {"loaded": 1}
    assert "1201555" in (await carillon("rates", "list")).output


async def test_calls_are_placed_shown_hung_up_and_exported(carillon: Run, installation: Installation) -> None:
    await carillon("accounts", "create", "acme")
    placed = (await carillon("calls", "place", "+1 201 555 0114", "--say", "Hello", "--json")).json
    assert isinstance(installation.engine.commands[-1], PlaceCall)
    await installation.engine.answer(placed["id"])
    (listed,) = (await carillon("calls", "list", "--live", "--json")).json
    assert listed["id"] == placed["id"]
    assert (await carillon("calls", "hangup", placed["id"])).status == 0
    assert isinstance(installation.engine.commands[-1], HangUpCall)
    shown = await carillon("calls", "show", placed["id"])
    assert "no callback was due" in shown.output and "call_answered" in shown.output and "cause=normal" in shown.output
    story = (await carillon("calls", "show", placed["id"], "--json")).json
    assert {"call", "tasks", "events", "questions", "callbacks", "recordings", "legs"} == set(story)
    assert "sip_call_id" in story["call"]
    rows = list(csv.DictReader(io.StringIO((await carillon("calls", "export", "--account", "acme")).output)))
    assert [(row["id"], row["verified"], row["attestation"]) for row in rows] == [(placed["id"], "", "")]
    file = installation.folder / "calls.csv"
    assert (await carillon("calls", "export", "--file", str(file))).status == 0
    assert placed["id"] in file.read_text()
    assert (await carillon("calls", "list", "--no-live", "--since", "2020-01-01", "--json")).json != []


async def test_prompts_are_uploaded_listed_fetched_and_deleted(carillon: Run, tmp_path: Path) -> None:
    await carillon("accounts", "create", "acme")
    file, back = tmp_path / "hello.wav", tmp_path / "back.wav"
    file.write_bytes(wav(notes_of([(440, 1)])))
    assert (await carillon("prompts", "upload", str(file), "--json")).json["source"] == "upload:hello.wav"
    assert (await carillon("prompts", "upload", str(file), "--name", "sv/hej.wav", "--account", "acme")).status == 0
    assert "sv/hej.wav" in (await carillon("prompts", "list")).output
    assert (await carillon("prompts", "fetch", "sv/hej.wav", str(back))).status == 0
    assert back.read_bytes() == file.read_bytes()
    assert (await carillon("prompts", "delete", "sv/hej.wav")).status == 0
    assert len((await carillon("prompts", "list", "--json")).json) == 1
    refused = await carillon("prompts", "upload", str(tmp_path / "none.wav"))
    assert refused.status == 1 and "cannot be read" in refused.errors


async def test_setup_makes_what_is_missing_and_changes_nothing_the_second_time(carillon: Run) -> None:
    first = await carillon("setup", "--json")
    second = await carillon("setup", "--json")
    assert first.status == second.status == 0 and first.json == second.json
    assert [phone["number"] for phone in first.json["phones"]] == ["100", "101"]
    hint = (await carillon("setup")).output
    assert "500" in hint and "127.0.0.1:1:" in hint and first.json["phones"][0]["password"] in hint
    assert "curl" in hint and first.json["apikey"] in hint


async def test_status_shows_the_health_and_has_it_as_exit_status(carillon: Run, installation: Installation) -> None:
    well = await carillon("status", "--json")
    assert (well.status, well.json["healthy"], well.json["api"]) == (0, True, "http://127.0.0.1:8080")
    installation.connected[0] = False
    ill = await carillon("status")
    assert ill.status == 1 and "healthy" in ill.output and "trunk-lab" in ill.output


async def test_the_doctor_names_what_fails_and_how_to_mend_it(carillon: Run, installation: Installation) -> None:
    installation.asterisk.states["trunk-lab"] = "online"
    ran = await carillon("doctor", "--json")
    checks = {check["name"]: check for check in ran.json["checks"]}
    assert ran.status == 1 and ran.json["healthy"] is False
    assert checks["database"]["ok"] and checks["api"]["ok"] and not checks["ari port"]["ok"] and not checks["sip"]["ok"]
    assert checks["sip"]["mend"]
    assert "-> " in (await carillon("doctor")).output


async def test_the_lab_s_personas_are_listed_and_its_absence_is_reported(carillon: Run) -> None:
    assert "12015550114" in (await carillon("lab", "personas")).output
    for arguments in (("map", "+442079460000", "0114"), ("dial", "500"), ("mapped",)):
        ran = await carillon("lab", *arguments)
        assert ran.status == 1 and "no lab" in ran.errors


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("calls", "show", "call-none"), "no such call"),
        (("accounts", "set", "nobody", "--sig", "kvmd5"), "no account nobody"),
        (("numbers", "add", "500", "--say", "x"), "accounts create"),
        (("numbers", "add", "500", "--account", "a", "--tasks", "/nothing/there.json"), "cannot be read"),
        (("rates", "load", "/nothing/there.csv"), "cannot be read"),
        (("trunks", "add", "x"), "--host"),
        (("trunks", "add", "x", "--host", "a;b"), "host"),
        (("callbacks", "resend"), "--every"),
        (("callbacks", "resend", "delivery-none"), "no dead callback"),
        (("recordings", "delete", "rec-none"), "no such recording"),
        (("calls", "list", "--since", "yesterday"), "since"),
        (("nonsense",), "nonsense"),
        (("calls", "show"), "CALL"),
        (("accounts", "limits", "nobody", "--max-calls", "many"), "many"),
    ],
)
async def test_a_command_that_fails_prints_one_sentence_and_exits_with_1(
    carillon: Run, arguments: tuple[str, ...], words: str
) -> None:
    ran = await carillon(*arguments)
    assert ran.status == 1 and ran.output == ""
    assert ran.errors.startswith("carillon: ") and ran.errors.count("\n") == 1
    assert words.lower() in ran.errors.lower(), ran.errors


async def test_without_a_running_system_it_says_how_to_start_one(
    carillon: Run, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARILLON_ADMIN_PORT", "1")
    ran = await carillon("accounts", "list")
    assert ran.status == 1 and "does not answer" in ran.errors and "make run" in ran.errors


async def test_a_wrong_token_and_missing_settings_are_reported(
    carillon: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CARILLON_ADMIN_TOKEN", "wrong")
    assert "token" in (await carillon("accounts", "list")).errors
    monkeypatch.delenv("CARILLON_ADMIN_TOKEN")
    monkeypatch.setenv("CARILLON_ENV_FILE", str(tmp_path / "none.env"))
    assert "is not there" in (await carillon("accounts", "list")).errors
    (tmp_path / "none.env").write_text("CARILLON_API_PORT=8080\n")
    assert "CARILLON_ADMIN_TOKEN is not set" in (await carillon("accounts", "list")).errors


async def test_help_needs_no_system(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("CARILLON_ENV_FILE", "/nothing/there.env")
    assert await asyncio.to_thread(main, ["--help"]) == 0
    assert "accounts" in capsys.readouterr().out


async def test_text_of_a_remote_party_does_not_control_the_terminal(carillon: Run, installation: Installation) -> None:
    account = (await installation.account("acme"))["account"]
    call = await installation.engine.offer(account, "app", "\x1b[2Jevil", "500")
    shown = await carillon("calls", "show", call.id)
    assert "\x1b" not in shown.output and "evil" in shown.output
    assert "\x1b" not in (await carillon("calls", "list")).output


def test_a_number_that_is_not_allowed_says_how_to_allow_it() -> None:
    said = permit("This account may not call that number: no allowed prefix matches it.", "acme")
    assert said == " Allow one: carillon accounts allow acme +…"
    assert permit("Emergency numbers are not called.", "acme") == ""


def test_a_caller_id_that_is_refused_says_how_to_add_it() -> None:
    said = permit(f"{CallerRefused.__doc__}", "acme")
    assert said == " Add it: carillon accounts callers acme +…"


@pytest.mark.parametrize(
    ("cause", "status", "reasons", "says"),
    [
        ("no_route", None, [], "No trunk carries that number"),
        ("no_response", None, [], "carillon doctor"),
        ("no_route", None, ["full", "out_of_hours"], "route_failed says why"),
        ("forbidden", 403, [], "--from-domain"),
        ("forbidden", 401, ["no_response"], "user and password"),
    ],
)
def test_a_test_call_that_failed_says_what_to_look_at(
    cause: str, status: int | None, reasons: list[str], says: str
) -> None:
    events = [{"event": "route_failed", "reason": reason} for reason in reasons]
    assert says in hint({"call": {"cause": cause, "sip_status": status}, "events": [{"event": "call_ended"}, *events]})


def test_a_question_in_a_timeline_has_a_time_that_can_be_read() -> None:
    event = {"event": "question_asked", "at": "2030-01-31T12:00:00.000Z", "deadline": 1896091205.25, "legs": [{}]}
    assert line_of(event) == "12:00:00.000  question_asked     deadline=12:00:05.250"


async def test_a_trunk_s_settings_are_options_and_are_shown_in_a_table(carillon: Run, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("p @+;w\n")
    added = await carillon(
        "trunks", "add", "itsp", "--host", "192.0.2.1", "--user", "me", "--password-file", str(secret),
        "--profile", "register-plus", "--strip-digits", "0", "--options-seconds", "0", "--json",
    )  # fmt: skip
    assert (added.json["register"], added.json["numbering"]["number_format"]) == (True, "e164-plus")
    shown = (await carillon("trunks", "show", "itsp")).output
    for line in ("numbering.number_format e164-plus", "numbering.identity pai default", "state unwatched"):
        assert line in " ".join(shown.split())
    assert "p @+;w" not in shown
    changed = await carillon("trunks", "set", "itsp", "--session-timers", "required", "--json")
    assert changed.json["signalling"]["session_timers"] == "required"
    assert "tls-srtp" in (await carillon("trunks", "profiles")).output


async def test_a_password_comes_from_a_file_or_from_standard_input(
    carillon: Run, installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("from-stdin-1\nmore\n"))
    first = await carillon("trunks", "add", "itsp", "--host", "192.0.2.1", "--user", "me", "--password-file", "-")
    assert first.status == 0, first.errors
    assert installation.asterisk.objects["auth", "trunk-itsp"]["password"] == "from-stdin-1"
    await carillon("accounts", "create", "acme")
    secret = tmp_path / "password"
    secret.write_text("phone-s3cret\n")
    made = await carillon("extensions", "add", "100", "--password-file", str(secret), "--json")
    assert made.json["password"] == "phone-s3cret"
    for wrong, said in (
        (("--password", "x", "--password-file", str(secret)), "not both"),
        (("--password-file", str(tmp_path / "none")), "cannot be read"),
        (("--password-file", "/dev/null"), "must have the password in its first line"),
    ):
        ran = await carillon("trunks", "set", "itsp", *wrong)
        assert ran.status == 1 and said in ran.errors
