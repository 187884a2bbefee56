"""carillon subscriptions, carillon events, and carillon callbacks replay"""

import asyncio
import json

import pytest

from api.cli.client import CommandFailed
from api.own.features.subscriptions import cli
from tests.api.cli.running import Run
from tests.api.own.installation import Installation
from tests.fakes.sink import Sink


async def test_one_is_added_listed_rotated_and_removed(carillon: Run) -> None:
    await carillon("accounts", "create", "acme")
    url = ("--url", "https://example.com/hook")
    added = await carillon("subscriptions", "add", "acme", *url, "--events", "call.ended, recording.*", "--json")
    assert added.json["events"] == ["call.ended", "recording.*"] and added.json["secret"].startswith("whsec_")
    id, secret = added.json["id"], added.json["secret"]
    listed = await carillon("subscriptions", "list", "acme")
    assert id in listed.output and secret not in listed.output
    assert (await carillon("subscriptions", "show", id, "--json")).json["url"] == "https://example.com/hook"
    assert (await carillon("subscriptions", "set", id, "--disabled", "--json")).json["disabled"] is True
    rotated = await carillon("subscriptions", "rotate", id)
    assert "whsec_" in rotated.output and secret not in rotated.output
    assert "The secret is not shown again." in rotated.output
    assert (await carillon("subscriptions", "remove", id)).status == 0
    assert "There are no subscriptions" in (await carillon("subscriptions", "list")).output


async def test_what_is_wrong_is_one_sentence(carillon: Run) -> None:
    await carillon("accounts", "create", "acme")
    neither = await carillon("subscriptions", "add", "acme", "--events", "*")
    assert (neither.status, neither.errors) == (1, "carillon: Give either --url or --email.\n")
    unknown = await carillon("subscriptions", "add", "acme", "--url", "http://a.example/", "--events", "call.gone")
    assert unknown.status == 1 and "got 'call.gone'" in unknown.errors
    nothing = await carillon("callbacks", "replay")
    assert (nothing.status, nothing.errors) == (1, "carillon: Give an event's id, --call or --subscription.\n")
    assert "There is no callback of event-1" in (await carillon("callbacks", "replay", "event-1")).errors


async def test_a_test_event_is_sent_and_replayed(carillon: Run) -> None:
    await carillon("accounts", "create", "acme", "--allow-private")
    async with Sink() as sink:
        url = sink.url("/hook")
        added = await carillon("subscriptions", "add", "acme", "--url", url, "--events", "*", "--json")
        sent = await carillon("subscriptions", "test", added.json["id"])
        assert sent.status == 0 and f"A test event is sent to {url}." in sent.output
        await sink.next()
        again = await carillon("callbacks", "replay", "--subscription", added.json["id"], "--since", "2020-01-01")
        assert "callbacks are sent again." in again.output


async def test_events_are_listed_and_printed_as_they_happen(
    carillon: Run, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await carillon("accounts", "create", "acme")
    account = (await installation.services.account_named("acme")).id
    loop, made = asyncio.get_running_loop(), []

    async def call() -> str:
        one = await installation.engine._new_call(account, "12015550101", "12015550100")
        await installation.engine.end(one.id)
        made.append(one.id)
        return one.id

    assert "There are no such events." in (await carillon("events", "list")).output
    first = await call()
    listed = await carillon("events", "list", "acme", "--events", "call.ended", "--json")
    assert [each["data"]["call"] for each in listed.json["events"]] == [first]

    def sleep(seconds: float) -> None:
        """Something happens between two looks, twice; then it is interrupted."""
        if len(made) == 3:
            raise CommandFailed("Interrupted.")
        asyncio.run_coroutine_threadsafe(call(), loop).result(30)

    monkeypatch.setattr(cli.time, "sleep", sleep)
    printed = await carillon("events", "tail", "acme")
    lines = printed.output.splitlines()
    assert printed.errors == "carillon: Interrupted.\n" and len(lines) == 2
    for line, id in zip(lines, made[1:], strict=True):
        assert "  call.ended" in line and f"call={id}" in line
    again = await carillon("events", "tail", "--after", listed.json["last"], "--json")
    assert [json.loads(line)["data"]["call"] for line in again.output.splitlines()] == made[1:]
