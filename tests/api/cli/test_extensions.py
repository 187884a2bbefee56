"""Extensions of several accounts by the command line."""

from pathlib import Path

from tests.api.cli.running import Run


async def test_an_extension_that_two_accounts_have_is_named_with_its_account(carillon: Run) -> None:
    users = {}
    for account in ("acme", "shop"):
        await carillon("accounts", "create", account)
        added = (await carillon("extensions", "add", "101", "--account", account, "--json")).json
        users[account] = added["user"]
        shown = (await carillon("extensions", "show", "101", "--account", account)).output
        assert added["user"] in shown and added["password"] in shown
    assert users["acme"] == "101" and users["shop"].startswith("101-")
    listed = (await carillon("extensions", "list", "--account", "shop", "--json")).json
    assert [(one["account"], one["user"]) for one in listed] == [("shop", users["shop"])]
    refused = await carillon("extensions", "remove", "101")
    assert refused.status == 1 and "one of acme, shop (--account NAME)" in refused.errors
    assert (await carillon("extensions", "remove", "101", "--account", "acme")).status == 0
    assert (await carillon("extensions", "show", "101", "--json")).json["account"] == "shop"


async def test_setup_shows_the_user_that_its_phone_registers_with(carillon: Run) -> None:
    await carillon("accounts", "create", "acme")
    await carillon("extensions", "add", "100", "--account", "acme")
    first, second = (await carillon("setup", "--json")).json["phones"]
    assert (first["number"], second["user"]) == ("100", "101") and first["user"].startswith("100-")
    assert f"user {first['user']}  password {first['password']}" in (await carillon("setup")).output


async def test_an_extension_s_media_caller_and_recordings_are_set_and_taken_back(carillon: Run) -> None:
    await carillon("accounts", "create", "acme")
    options = ("--dtmf", "inband", "--codecs", "alaw,g722", "--record-external", "out", "--record-internal", "both")
    added = (await carillon("extensions", "add", "101", *options, "--json")).json
    assert (added["dtmf"], added["codecs"], added["record_external"]) == ("inband", "alaw,g722", "out")
    refused = await carillon("extensions", "phones", "101", "--outbound-caller", "+12015559999")
    assert refused.status == 1 and "owns or has verified (got '+12015559999')" in refused.errors
    usual = ("--dtmf", "auto", "--codecs", "", "--outbound-caller", "", "--record-external", "never")
    changed = (await carillon("extensions", "phones", "101", *usual, "--json")).json
    assert (changed["dtmf"], changed["codecs"], changed["outbound_caller"]) == ("auto", None, None)
    assert (changed["record_external"], changed["record_internal"]) == ("never", "both")


async def test_a_phone_is_set_up_by_a_qr_code_and_an_extension_gets_browsers(carillon: Run, tmp_path: Path) -> None:
    await carillon("accounts", "create", "acme")
    await carillon("extensions", "add", "101", "--password", "two words; ä", "--max-contacts", "2")
    shown = (await carillon("extensions", "show", "101", "--json")).json
    assert shown["uri"] == "sip:101:two%20words%3B%20%C3%A4@127.0.0.1:5060"
    assert (shown["max_contacts"], shown["browser"], shown["tls_server"]) == (2, None, "127.0.0.1:5061")
    assert "█" in (await carillon("extensions", "show", "101", "--qr")).output
    for kind, begins in (("png", b"\x89PNG"), ("svg", b"<?xml")):
        file = tmp_path / f"ann.{kind}"
        assert (await carillon("extensions", "show", "101", "--qr-file", str(file))).status == 0
        assert file.read_bytes().startswith(begins) and file.stat().st_mode & 0o777 == 0o600
    refused = await carillon("extensions", "show", "101", "--qr-file", str(tmp_path / "ann.gif"))
    assert refused.status == 1 and ".png or .svg" in refused.errors
    changed = (await carillon("extensions", "phones", "101", "--webrtc", "--max-contacts", "4", "--json")).json
    assert changed["browser"] == {"user": "web-101", "url": "ws://127.0.0.1:8080/sip"}
    assert changed["max_contacts"] == 4 and changed["password"] == "two words; ä"
    refused = await carillon("extensions", "phones", "101", "--max-contacts", "11")
    assert refused.status == 1 and "max_contacts must be 1 to 10 (got 11)" in refused.errors
    assert (await carillon("extensions", "phones", "101", "--no-webrtc", "--json")).json["browser"] is None
