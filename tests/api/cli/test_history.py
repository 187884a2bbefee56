"""carillon accounts history"""

from api.cli.audit import difference
from tests.api.cli.running import Run


async def test_the_history_of_an_account_says_who_changed_what(carillon: Run) -> None:
    await carillon("accounts", "create", "acme")
    await carillon("accounts", "limits", "acme", "--max-calls", "7")
    lines = (await carillon("accounts", "history", "acme")).output.splitlines()
    assert lines[0].split() == ["when", "who", "what", "subject", "change"]
    assert lines[1].split()[1:] == ["administrator", "limits.changed", "acme", "max", "calls:", "100", "→", "7"]
    assert "account.created" in lines[2] and "currency: USD" in lines[2]
    listed = (await carillon("accounts", "history", "acme", "--limit", "1", "--json")).json
    assert [(each["what"], each["before"], each["after"]) for each in listed] == [
        ("limits.changed", {"max_calls": 100}, {"max_calls": 7})
    ]
    older = (await carillon("accounts", "history", "acme", "--before", listed[0]["id"], "--json")).json
    assert [each["what"] for each in older] == ["account.created"]


async def test_what_belongs_to_no_account_is_listed_without_a_name(carillon: Run) -> None:
    await carillon("accounts", "create", "acme")
    account = (await carillon("accounts", "show", "acme", "--json")).json["account"]
    await carillon("accounts", "remove", "acme", "--purge", "--yes")
    assert account in (await carillon("accounts", "history")).output


def test_a_change_is_shown_with_the_values_before_and_after() -> None:
    assert difference({"allow_private": False}, {"allow_private": True}) == "allow private: no → yes"
    assert difference(None, {"name": "Desk", "codecs": ["ulaw", "alaw"]}) == "name: Desk; codecs: ulaw, alaw"
    assert difference({"balance": None}, {"balance": "1.00", "note": ""}) == "balance: - → 1.00; note: "
    assert difference({"name": "Desk"}, None) == "name: Desk"
