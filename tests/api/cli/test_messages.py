"""carillon messages, optouts, smscs, keywords, and rates of texts"""

import io
from pathlib import Path

import pytest

from engine.features.messaging.configuration import store as configuration
from tests.api.cli.running import Run
from tests.api.own.installation import Installation

OWN, US = "+12015552000", "+12015550140"


async def ready(carillon: Run) -> None:
    await carillon("accounts", "create", "acme")
    await carillon("extensions", "add", "101", "--name", "Ann")
    added = await carillon("smscs", "add", "one", "--host", "127.0.0.1", "--user", "me", "--password", "hush")
    assert (added.status, added.errors) == (0, "") and "The SMSC one was added" in added.output
    number = await carillon("numbers", "add", OWN, "--capability", "sms", "--to", "extension:101")
    assert number.output == "12015552000 leads to extension:101.\n"


async def test_a_text_is_sent_listed_shown_and_cancelled(carillon: Run) -> None:
    await ready(carillon)
    sent = await carillon("messages", "send", US, "Good morning.", "--at", "2027-01-31T12:00:00Z")
    id = sent.output.strip()
    assert (sent.status, id.partition("-")[0]) == (0, "message")
    listed = await carillon("messages", "list", "--state", "queued", "--number", US)
    assert id in listed.output and "Good morning." in listed.output
    shown = await carillon("messages", "show", id)
    assert "12015550140" in shown.output and "waiting" in shown.output and "no callback was due" in shown.output
    assert (await carillon("messages", "show", id, "--json")).json["message"]["state"] == "queued"
    assert (await carillon("messages", "cancel", id)).output == f"{id} was cancelled.\n"
    assert "cancelled" in (await carillon("messages", "show", id)).output
    assert (await carillon("messages", "list", "--direction", "in")).output == "There are no texts.\n"
    assert (await carillon("messages", "unmatched")).output == "Every text reached a number.\n"


async def test_what_cannot_be_sent_is_one_sentence(carillon: Run) -> None:
    await ready(carillon)
    refused = await carillon("messages", "send", "911", "Help")
    assert (refused.status, refused.output) == (1, "") and refused.errors.count("\n") == 1
    assert "text must not be empty" in (await carillon("messages", "send", US, "")).errors


async def test_what_an_account_sets_is_shown_and_changed(carillon: Run) -> None:
    await ready(carillon)
    assert (await carillon("messages", "settings", "--json")).json["stop_words"] is True
    changed = await carillon("messages", "settings", "acme", "--sender", OWN, "--no-stop-words", "--json")
    assert changed.json == {"sender": "12015552000", "per_second": 10.0, "stop_words": False}


async def test_opt_outs_are_added_listed_and_removed(carillon: Run) -> None:
    await ready(carillon)
    assert (await carillon("optouts", "list")).output == "Every number gets the texts.\n"
    assert (await carillon("optouts", "add", US)).output == "12015550140 gets no texts any more.\n"
    assert "12015550140" in (await carillon("optouts", "list", "acme")).output
    assert "STOP" in (await carillon("messages", "send", US, "Hi")).errors
    assert (await carillon("optouts", "remove", US)).status == 0


async def test_smscs_are_listed_changed_and_removed(carillon: Run) -> None:
    await ready(carillon)
    listed = await carillon("smscs", "list")
    assert "one" in listed.output and "stopped" in listed.output and "hush" not in listed.output
    options = ("--set", "parts_by=sar", "--set", "dest_type=1,1", "--no-tls", "--per-second", "50", "--disabled")
    changed = await carillon("smscs", "set", "one", *options, "--json")
    assert changed.json["settings"] == {"parts_by": "sar", "dest_type": [1, 1], "tls": False}
    assert "parts_by=sar" in (await carillon("smscs", "show", "one")).output
    assert "Nothing to change" in (await carillon("smscs", "set", "one")).errors
    assert "NAME=VALUE" in (await carillon("smscs", "set", "one", "--set", "sar")).errors
    assert (await carillon("smscs", "routes", "add", "one", "+44", "--account", "acme")).output == (
        "one carries texts of the account acme to +44.\n"
    )
    routes = await carillon("smscs", "routes", "list")
    assert "everybody" in routes.output and "+44" in routes.output
    assert (await carillon("smscs", "routes", "remove", "one", "+44", "--account", "acme")).status == 0
    assert (await carillon("smscs", "routes", "remove", "one", "*")).status == 0
    assert (await carillon("smscs", "remove", "one")).output == "The SMSC one was removed.\n"
    assert "carillon smscs add" in (await carillon("smscs", "list")).output


async def test_an_smsc_for_some_prefixes_or_none(carillon: Run) -> None:
    await ready(carillon)
    where = ("--host", "smsc.example.com", "--user", "me", "--json")
    two = await carillon(
        "smscs", "add", "two", *where, "--prefix", "+44", "--prefix", "+49", "--tls", "--mode", "tx+rx"
    )
    assert [route["prefix"] for route in two.json["routes"]] == ["44", "49"]
    assert two.json["settings"] == {"tls": True, "mode": "tx+rx"}
    assert (await carillon("smscs", "add", "three", *where, "--prefix", "none")).json["routes"] == []


async def test_keywords_are_added_listed_and_removed(carillon: Run) -> None:
    await ready(carillon)
    added = await carillon("keywords", "add", OWN, "help", "--to", "extension:101")
    assert added.output == "HELP to 12015552000 leads to extension:101.\n"
    assert "HELP" in (await carillon("keywords", "list")).output
    assert (await carillon("keywords", "remove", OWN, "help")).status == 0
    assert (await carillon("keywords", "list")).output == "There are no keywords.\n"


async def test_rates_of_texts(carillon: Run, tmp_path: Path) -> None:
    file = tmp_path / "texts.csv"
    file.write_text("prefix,price,currency\n1,0.0075,USD\n")
    assert (await carillon("rates", "load", str(file), "--texts")).output == "1 rate was loaded.\n"
    listed = await carillon("rates", "list", "--texts")
    assert "0.0075" in listed.output and "first" not in listed.output
    assert (await carillon("rates", "list")).output == "There are no rates: every call is free.\n"
    assert (await carillon("rates", "clear", "--texts", "--yes")).output == "1 rate was removed.\n"
    assert (await carillon("rates", "list", "--texts")).output == "There are no rates: every text is free.\n"


async def test_the_password_of_an_smsc_is_read_from_standard_input(
    carillon: Run, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ready(carillon)
    where = ("--host", "smsc.example.com", "--user", "me")
    monkeypatch.setattr("sys.stdin", io.StringIO("hush\nsomething else\n"))
    assert (await carillon("smscs", "add", "two", *where, "--password-stdin")).status == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("quiet\n"))
    assert (await carillon("smscs", "set", "one", "--password-stdin")).status == 0
    kept = {each.name: each.password for each in await installation.db.read(configuration.all_smscs)}
    assert (kept["two"], kept["one"]) == ("hush", "quiet")
    both = await carillon("smscs", "set", "one", "--password-stdin", "--password", "x")
    assert both.status and "not both" in both.errors


async def test_a_word_of_stop_is_no_keyword(carillon: Run) -> None:
    await ready(carillon)
    for word in ("stop", "UNSUBSCRIBE", "start"):
        refused = await carillon("keywords", "add", OWN, word, "--to", "extension:101")
        assert refused.status and f"{word.upper()} cannot be a keyword" in refused.errors
    assert (await carillon("keywords", "add", OWN, "yes", "--to", "extension:101")).status == 0


async def test_a_text_to_an_extension_that_is_not_there_is_refused_with_a_sentence(carillon: Run) -> None:
    await ready(carillon)
    refused = await carillon("messages", "send", "102", "Lunch?", "--account", "acme")
    assert refused.status and "There is no extension 102 in this account" in refused.errors


async def test_a_users_inbox_and_extensions(carillon: Run) -> None:
    await ready(carillon)
    assert (await carillon("users", "add", "ann@example.com", "--account", "acme")).status == 0
    changed = await carillon("extensions", "set", "101", "--owner", "ann@example.com")
    assert changed.output == "101: no call is forwarded; it belongs to ann@example.com.\n"
    assert "ann@example.com" in (await carillon("extensions", "list")).output
    led = await carillon("keywords", "add", OWN, "ann", "--to", "user:ann@example.com")
    assert led.output == f"ANN to {OWN[1:]} leads to user:ann@example.com.\n"
    inbox = await carillon("messages", "list", "--user", "ann@example.com", "--account", "acme")
    assert inbox.output == "There are no texts.\n"
    assert (await carillon("messages", "list", "--user", "bob@example.com", "--account", "acme")).status
