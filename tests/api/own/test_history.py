"""What was changed of an account: who, what, before and after."""

from tests.api.own.installation import Installation


async def _changes(installation: Installation, query: str = "") -> list[dict[str, object]]:
    status, answer = await installation.admin("GET", f"/accounts/acme/audit{query}")
    assert status == 200, answer
    return list(answer["audit"])


async def test_each_change_is_kept_with_what_was_there_before_and_after(installation: Installation) -> None:
    await installation.account("acme")
    for method, path, body in (
        ("PATCH", "", {"disabled": True}),
        ("PATCH", "/limits", {"max_calls": 7, "daily_spend": "3"}),
        ("POST", "/prefixes", {"prefix": "+44"}),
        ("POST", "/prefixes", {"prefix": "+44", "allowed": False}),
        ("POST", "/callers", {"number": "+14155550123"}),
        ("POST", "/credit", {"amount": "12.50", "note": "invoice 7"}),
        ("PATCH", "", {"dialect": {"sig": "kvmd5"}}),
    ):
        assert (await installation.admin(method, f"/accounts/acme{path}", body))[0] == 200
    changes = await _changes(installation)
    assert [(each["what"], each["subject"], each["before"], each["after"]) for each in changes[:-1]] == [
        ("account.changed", "acme", {"settings": {}}, {"settings": {"ringful": {"sig": "kvmd5"}}}),
        ("credit.paid", "acme", {"balance": None}, {"balance": "12.50", "paid": "12.50", "note": "invoice 7"}),
        ("caller.added", "14155550123", {"callers": []}, {"callers": ["14155550123"]}),
        ("prefix.removed", "44", {"allowed": ["1201555", "44"]}, {"allowed": ["1201555"]}),
        ("prefix.allowed", "44", {"allowed": ["1201555"]}, {"allowed": ["1201555", "44"]}),
        ("limits.changed", "acme", {"daily_spend": None, "max_calls": 100}, {"daily_spend": "3.00", "max_calls": 7}),
        ("account.changed", "acme", {"disabled": False}, {"disabled": True}),
    ]
    assert changes[-1]["what"] == "account.created" and changes[-1]["before"] is None
    assert {str(each["by"]) for each in changes} == {"{'kind': 'admin', 'id': None, 'name': 'administrator'}"}


async def test_what_changes_nothing_and_what_is_refused_are_not_kept(installation: Installation) -> None:
    await installation.account("acme")
    assert (await installation.admin("PATCH", "/accounts/acme", {"disabled": False}))[0] == 200
    assert (await installation.admin("PATCH", "/accounts/acme/limits", {"max_calls": -1}))[0] == 400
    assert (await installation.admin("POST", "/accounts/acme/prefixes", {"prefix": "x"}))[0] == 400
    assert [each["what"] for each in await _changes(installation)] == ["account.created"]


async def test_renewed_keys_are_kept_without_the_keys(installation: Installation) -> None:
    made = await installation.account("acme")
    _, renewed = await installation.admin("POST", "/accounts/acme/rotate", {})
    (change, *_) = await _changes(installation)
    assert (change["what"], change["after"]) == (
        "keys.rotated", {"dialects": ["carillon", "ringful"], "applications": ["asking"]},
    )  # fmt: skip
    shown = str(await _changes(installation))
    for keys in (made, renewed):
        assert not any(keys[dialect]["secret"] in shown for dialect in ("carillon", "ringful", "asking"))


async def test_a_page_begins_behind_the_last_one(installation: Installation) -> None:
    await installation.account("acme")
    for number in range(4):
        await installation.admin("PATCH", "/accounts/acme/limits", {"max_calls": number})
    everything = await _changes(installation)
    first = await _changes(installation, "?limit=3")
    rest = await _changes(installation, f"?limit=3&before={first[-1]['id']}")
    assert first + rest == everything and len(everything) == 5
    assert await _changes(installation, "?before=audit-none") == []
    assert (await installation.admin("GET", "/accounts/acme/audit?limit=x"))[0] == 400
    assert (await installation.admin("GET", "/accounts/nobody/audit"))[0] == 404
