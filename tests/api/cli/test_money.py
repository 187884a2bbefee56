"""Accounts' money, prefixes and ends on the command line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from api.cli import confirm as confirming
from tests.api.cli.running import Run


class Terminal:
    """A terminal that answers."""

    def __init__(self, answer: str) -> None:
        self._answer = answer

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return self._answer + "\n"


Answers = Callable[[str], None]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Makes the terminal answer so."""
    return lambda answer: monkeypatch.setattr(confirming.sys, "stdin", Terminal(answer))


async def test_everything_is_allowed_only_by_a_confirmed_star(carillon: Run, answers: Answers) -> None:
    await carillon("accounts", "create", "shop")
    refused = await carillon("accounts", "allow", "shop", "")
    assert refused.status != 0 and "prefix must be digits, such as +44, or * for every number" in refused.errors
    answers("n")
    assert (await carillon("accounts", "allow", "shop", "*")).errors.endswith("Nothing was changed.\n")
    assert "allowed           1201555\n" in (await carillon("accounts", "show", "shop")).output
    answers("y")
    allowed = await carillon("accounts", "allow", "shop", "*")
    assert "every number in the world except those of high risk? [y/N]" in allowed.errors
    assert "allowed           *, 1201555\n" in allowed.output
    assert "*, 1201555" in (await carillon("accounts", "list")).output


async def test_a_range_of_high_risk_is_allowed_by_an_option(carillon: Run) -> None:
    await carillon("accounts", "create", "shop")
    refused = await carillon("accounts", "allow", "shop", "+882")
    assert refused.status != 0 and "--high-risk" in refused.errors
    allowed = await carillon("accounts", "allow", "shop", "+882", "--high-risk", "--json")
    assert allowed.json["allowed"] == ["1201555", "882"]


async def test_an_account_is_removed_if_that_is_confirmed(carillon: Run, answers: Answers) -> None:
    await carillon("accounts", "create", "shop")
    refused = await carillon("accounts", "remove", "shop")
    assert refused.status != 0 and "add --yes" in refused.errors
    answers("")
    assert (await carillon("accounts", "remove", "shop")).status != 0
    answers("y")
    removed = await carillon("accounts", "remove", "shop")
    assert removed.output.startswith("The account shop was removed. Its ledger stays: carillon accounts show account-")
    assert "There are no accounts" in (await carillon("accounts", "list")).output
    (closed,) = (await carillon("accounts", "list", "--closed", "--json")).json
    purged = await carillon("accounts", "remove", closed["account"], "--purge", "--yes", "--json")
    assert purged.json["purged"] is True
    assert (await carillon("accounts", "list", "--closed", "--json")).json == []


async def test_rates_are_loaded_for_one_account_and_cleared(carillon: Run, tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    file.write_text("1201,0.02,60,60,USD\n")
    await carillon("accounts", "create", "shop")
    assert "1 rate was loaded." in (await carillon("rates", "load", str(file))).output
    own = await carillon("rates", "load", str(file), "--account", "shop")
    assert own.output == "1 rate of the account shop was loaded.\n"
    assert "shop" in (await carillon("rates", "list")).output
    assert (await carillon("rates", "clear")).status != 0
    assert (await carillon("rates", "clear", "--yes")).output == "1 rate was removed.\n"
    assert len((await carillon("rates", "list", "--json")).json) == 1
    cleared = await carillon("rates", "clear", "--account", "shop", "--yes")
    assert cleared.output == "1 rate of the account shop was removed.\n"
    assert "every call is free" in (await carillon("rates", "list")).output
