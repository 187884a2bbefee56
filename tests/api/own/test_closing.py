"""Accounts that are removed: what goes, what stays for the books, and when it is refused."""

import time
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, func, select

from api.callbacks.signer_protocol import NotToBeSent
from api.callbacks.subscribers import trial_of
from api.callbacks.subscription_signer import SubscriptionSigner
from engine.features.billing.call_rates import CallRates
from engine.features.pairs.events import PairEnded
from engine.features.pairs.service import PairService
from engine.features.questions import store as questions
from engine.features.questions.model import QuestionAttempt
from engine.features.subscriptions.model import Sink, Subscription
from engine.features.subscriptions.service import SubscriptionService
from engine.model.call import CallState
from engine.platform import due_work, ledger
from engine.platform.due_work import DueWork
from engine.store import accounts, calls, events, extensions, recordings, tables
from engine.store.recordings import RecordingRow
from tests.api.own.installation import Installation
from tests.engine.store.samples import a_call, an_event
from tests.support.sounds import notes_of, wav

RATES = "prefix,price,first,next,currency\n1201,0.60,60,60,USD\n"


async def _furnished(installation: Installation) -> str:
    """An account that has one of everything; returns its id."""
    made = await installation.account("shop")
    account = str(made["account"])
    for path, body in (
        ("/extensions", {"number": "100", "account": "shop"}),
        ("/numbers", {"number": "500", "account": "shop", "tasks": [{"kind": "hang_up"}]}),
        ("/applications", {"account": "shop", "name": "menu", "tasks": [{"kind": "hang_up"}]}),
        ("/accounts/shop/callers", {"number": "+14155550123"}),
        ("/accounts/shop/credit", {"amount": "5"}),
    ):
        assert (await installation.admin("POST", path, body))[0] in (200, 201), path
    assert (await installation.admin("PUT", "/rates?account=shop", data=RATES))[0] == 200
    token = made["carillon"]["token"]
    sound = wav(notes_of([(440, 0.5)]))
    status, _ = await installation.ask(
        installation.public_server, "PUT", "/carillon/v1/prompts/hello", token, data=sound
    )
    assert status in (200, 201)
    return account


def _books(account: str, **fields: Any) -> Any:
    def unit(conn: Connection) -> None:
        ended = {"state": CallState.ENDED, "ended": 1010.0, "answered": 1000.0, "price": 600_000}
        calls.insert(conn, a_call("call-1", account=account, **(ended | fields)))
        events.append(conn, an_event("call-1", account=account))
        ledger.charge(conn, account, ledger.for_call("call-1"), 600_000)
        row = RecordingRow(id="rec-1", account=account, owner="call-1", task="task-1", name="a", created=1.0)
        recordings.begin(conn, row)

    return unit


def _rows(account: str) -> Any:
    def read(conn: Connection) -> dict[str, int]:
        found = {}
        for table in tables.metadata.sorted_tables:
            if "account" in table.c:
                count = select(func.count()).select_from(table).where(table.c.account == account)
                if rows := conn.execute(count).scalar_one():
                    found[table.name] = rows
        return found

    return read


async def test_a_removed_account_leaves_its_books_under_its_id_and_its_name_free(installation: Installation) -> None:
    account = await _furnished(installation)
    services = installation.services
    await installation.writer.write(_books(account))
    uploads = list((installation.folder / "uploads").rglob("*"))
    assert any(path.is_file() for path in uploads)
    assert await installation.admin("DELETE", "/accounts/shop") == (
        200, {"account": account, "name": "shop", "purged": False},
    )  # fmt: skip
    left = await installation.db.read(_rows(account))
    assert left.pop("audit") and left == {"ledger": 2, "calls": 1, "events": 1, "recordings": 1}
    _, history = await installation.admin("GET", f"/accounts/{account}/audit")
    what = [entry["what"] for entry in history["audit"]]
    assert what[0] == "account.removed" and what[-1] == "account.created" and "credit.paid" in what
    assert history["audit"][0]["before"]["balance"] == "4.40"
    assert not any(path.is_file() for path in (installation.folder / "uploads").rglob("*"))
    assert not services.cache.extensions() and services.cache.application_of("500") is None
    assert services.features[CallRates].table.match("12015550114", "USD", account) is None
    assert (await installation.admin("GET", "/accounts/shop"))[0] == 404
    assert (await installation.admin("GET", "/accounts"))[1]["accounts"] == []
    (closed,) = (await installation.admin("GET", "/accounts?closed=true"))[1]["accounts"]
    shown = (await installation.admin("GET", f"/accounts/{account}"))[1]
    assert closed["account"] == shown["account"] == account and shown["closed"] and shown["balance"] == "4.40"
    assert (await installation.admin("POST", f"/accounts/{account}/credit", {"amount": "1"}))[0] == 404
    again = await installation.account("shop")
    assert again["account"] != account
    assert (await installation.admin("POST", "/extensions", {"number": "100", "account": "shop"}))[0] == 201


async def test_the_keys_of_a_removed_account_are_worth_nothing(installation: Installation) -> None:
    token = (await installation.account("shop"))["carillon"]["token"]
    assert (await installation.ask(installation.public_server, "GET", "/carillon/v1/account", token))[0] == 200
    await installation.admin("DELETE", "/accounts/shop")
    assert (await installation.ask(installation.public_server, "GET", "/carillon/v1/account", token))[0] == 401


async def test_the_scheduled_pairs_of_a_removed_account_end_with_their_event(installation: Installation) -> None:
    made, other = await installation.account("shop"), await installation.account("other")
    ids = []
    for account in (made, other):
        assert (await installation.admin("POST", f"/accounts/{account['name']}/prefixes", {"prefix": "+1"}))[0] == 200
        body = {"first": "12015550101", "second": "12015550102", "at": time.time() + 3600}
        status, pair = await installation.ask(
            installation.public_server, "POST", "/carillon/v1/pairs", account["carillon"]["token"], body
        )
        assert (status, pair["state"]) == (201, "scheduled"), pair
        ids.append(pair["id"])
    assert (await installation.admin("DELETE", "/accounts/shop"))[0] == 200
    pairs = installation.services.features[PairService]
    ended, kept = [await pairs.get(None, id) for id in ids]
    assert (ended.state, ended.result, ended.reason) == ("ended", "cancelled", "The account was removed.")
    assert kept.state == "scheduled"
    found = await installation.db.read(lambda conn: events.of_subject(conn, ids[0]))
    assert [type(each.event) for each in found] == [PairEnded]
    assert await installation.db.read(lambda conn: [due_work.get(conn, id) is None for id in ids]) == [True, False]


async def test_what_still_waits_for_a_subscription_of_a_removed_account_is_given_up(
    installation: Installation,
) -> None:
    hook, made = {"events": ["*"], "url": "http://hook.invalid"}, []
    for name in ("shop", "other"):
        await installation.account(name)
        made.append((await installation.admin("POST", f"/accounts/{name}/subscriptions", hook))[1])
    await installation.admin("DELETE", "/accounts/shop")
    subscriptions = installation.services.features[SubscriptionService]
    assert subscriptions.index.get(made[0]["id"]) is None and subscriptions.index.get(made[1]["id"]) is not None
    signer = SubscriptionSigner(subscriptions, lambda: 0.0)
    row = trial_of(Subscription(id=made[0]["id"], account="a", events=(), sink=Sink.HTTP, address="", created=0.0), 0.0)
    with pytest.raises(NotToBeSent, match="was removed"):
        await signer.sign(row, 1)


async def test_a_purged_account_leaves_nothing(installation: Installation) -> None:
    account = await _furnished(installation)
    services = installation.services
    await installation.writer.write(_books(account))
    services.platform.files.path("rec-1").write_bytes(b"RIFF")
    assert (await installation.admin("DELETE", "/accounts/shop?purge=true"))[1]["purged"] is True
    assert await installation.db.read(_rows(account)) == {}
    assert await installation.db.read(lambda conn: accounts.get(conn, account)) is None
    assert not services.platform.files.path("rec-1").exists()
    assert (await installation.admin("GET", f"/accounts/{account}"))[0] == 404
    _, history = await installation.admin("GET", "/audit")
    assert [entry["subject"] for entry in history["audit"] if entry["what"] == "account.purged"] == [account]


def _asked_and_planned(account: str) -> Any:
    def unit(conn: Connection) -> None:
        question = QuestionAttempt(
            id="question-1", account=account, root="call-1", subject="call-1", question="task-1", dialect="sinch",
            name="ICE", url="http://shop.example", at=1.0, seconds=0.1, status=200, error=None, asked="{}",
            answered="{}", answered_bytes=2,
        )  # fmt: skip
        questions.add(conn, question)
        due_work.put(conn, DueWork(id="due-1", kind="call", at=1.0, account=account))

    return unit


async def test_what_a_purged_account_was_asked_and_what_it_planned_go_too(installation: Installation) -> None:
    account = (await installation.account("shop"))["account"]
    await installation.writer.write(_books(account))
    await installation.writer.write(_asked_and_planned(account))
    assert (await installation.admin("DELETE", "/accounts/shop"))[0] == 200
    left = await installation.db.read(_rows(account))
    assert left["question_attempts"] == 1 and "due_work" not in left
    assert (await installation.admin("DELETE", f"/accounts/{account}?purge=true"))[0] == 200
    assert await installation.db.read(_rows(account)) == {}


async def test_an_account_that_was_removed_can_be_purged_afterwards(installation: Installation) -> None:
    account = (await installation.account("shop"))["account"]
    await installation.writer.write(_books(account))
    await installation.admin("DELETE", "/accounts/shop")
    assert (await installation.admin("DELETE", f"/accounts/{account}"))[0] == 404
    assert (await installation.admin("DELETE", f"/accounts/{account}?purge=true"))[0] == 200
    assert await installation.db.read(_rows(account)) == {}


async def test_an_account_with_a_live_call_is_not_removed_and_goes_on_working(installation: Installation) -> None:
    made = await installation.account("shop")
    live = a_call("call-1", account=made["account"], state=CallState.ANSWERED, answered=1000.0)
    writer = installation.writer
    await writer.write(lambda conn: calls.insert(conn, live))
    status, answer = await installation.admin("DELETE", "/accounts/shop")
    assert (status, answer["error"]) == (
        409, "The account shop has 1 live calls or conferences: hang them up first.",
    )  # fmt: skip
    token = made["carillon"]["token"]
    assert (await installation.ask(installation.public_server, "GET", "/carillon/v1/account", token))[0] == 200
    ended = msgspec.structs.replace(live, ended=1010.0, state=CallState.ENDED)
    await writer.write(lambda conn: calls.update(conn, ended))
    assert (await installation.admin("DELETE", "/accounts/shop"))[0] == 200


async def test_a_call_that_was_being_placed_keeps_its_account(installation: Installation) -> None:
    made = await installation.account("shop")
    services = installation.services
    load = services.cache.load

    async def placed_meanwhile() -> None:
        services.cache.load = load  # type: ignore[method-assign]
        await installation.writer.write(lambda conn: calls.insert(conn, a_call("call-1", account=made["account"])))
        await load()

    services.cache.load = placed_meanwhile  # type: ignore[method-assign]
    assert (await installation.admin("DELETE", "/accounts/shop"))[0] == 409
    shown = (await installation.admin("GET", "/accounts/shop"))[1]
    assert (shown["disabled"], shown["closed"]) == (False, None)


async def test_an_account_that_is_not_removed_because_of_a_call_keeps_its_extensions(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await _furnished(installation)
    services = installation.services
    reload = services.cache.reload

    async def placed_meanwhile(id: str) -> None:
        await installation.writer.write(lambda conn: calls.insert(conn, a_call("call-1", account=account)))
        await reload(id)

    monkeypatch.setattr(services.cache, "reload", placed_meanwhile)
    status, _ = await installation.admin("DELETE", "/accounts/shop")
    there = await installation.db.read(lambda conn: extensions.list(conn, account))
    assert (status == 200) == (there == []) == (("endpoint", "100") not in installation.asterisk.objects)


async def test_an_unknown_account_cannot_be_removed(installation: Installation) -> None:
    assert (await installation.admin("DELETE", "/accounts/nobody"))[0] == 404
