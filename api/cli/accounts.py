"""carillon accounts"""

from typing import Any

from cyclopts import App

from api.cli import changes
from api.cli.client import part
from api.cli.confirm import confirm
from api.cli.context import Cli

_COLUMNS = (
    *("name", "account", "disabled", "balance", "held", "currency"),
    *("max_calls", "calls_per_second", "allowed"),
)


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = AccountCommands(cli)
    app = App(name="accounts", help="Who uses the system: keys, limits, credit.")
    app.command(noun.create)
    app.command(noun.list_all, name="list")
    app.command(noun.show)
    app.command(noun.credentials)
    app.command(noun.set)
    app.command(noun.allow)
    app.command(noun.callers)
    app.command(noun.limits)
    app.command(noun.credit)
    app.command(noun.rotate)
    app.command(noun.disable)
    app.command(noun.enable)
    app.command(noun.remove)
    app.command(noun.history)
    return app


class AccountCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def create(self, name: str, *, allow_private: bool = False, country: str = "US", currency: str = "USD") -> None:
        """Make an account and print its keys.

        Parameters
        ----------
        allow_private
            Its callbacks and announcements may reach private addresses.
        country
            How its national numbers are read.
        """
        body = {"name": name, "allow_private": allow_private, "country": country.upper(), "currency": currency.upper()}
        made = self._cli.admin.post("/accounts", body)
        self._show_credentials(made if self._cli.output.json else {**made, "allowed": None})
        prefixes = ", ".join(f"+{prefix}…" for prefix in made["allowed"])
        self._cli.output.say(
            f"It may call its own extensions and numbers, and the lab's people ({prefixes}). Further numbers: "
            f"carillon accounts allow {name} +44"
        )

    def list_all(self, *, closed: bool = False) -> None:
        """List all accounts.

        Parameters
        ----------
        closed
            Those that were removed and not purged.
        """
        found = self._cli.admin.get("/accounts", closed="true" if closed else None)["accounts"]
        spare = ("account", "calls_per_second", "max_calls", "disabled", "currency")
        nothing = "There are no accounts: carillon accounts create NAME."
        self._cli.output.table(found, found, _COLUMNS, nothing, spare=spare)

    def show(self, name: str) -> None:
        """Show one account."""
        self._cli.output.fields(self._cli.admin.get(f"/accounts/{part(name)}"))

    def credentials(self, name: str) -> None:
        """Print an account's keys."""
        self._show_credentials(self._cli.admin.get(f"/accounts/{part(name)}/credentials"))

    def set(self, name: str, *, sig: str | None = None, allow_private: bool | None = None) -> None:
        """Change how an account works.

        Parameters
        ----------
        sig
            Ringful's signature: off, or kvmd5 (requests must be signed, callbacks are).
        allow_private
            Its callbacks and announcements may reach private addresses.
        """
        body: dict[str, Any] = {} if sig is None else {"dialect": {"sig": sig}}
        if allow_private is not None:
            body["allow_private"] = allow_private
        self._changed("PATCH", name, "", body)

    def allow(
        self, name: str, prefix: str, *, remove: bool = False, high_risk: bool = False, yes: bool = False
    ) -> None:
        """Let an account call the numbers that begin with a prefix, e.g. +44; * is every number but those of high risk.

        sip:pbx.example.com allows SIP addresses at that host (with :port at that port only); none is allowed by *.

        Parameters
        ----------
        remove
            Take the prefix back.
        high_risk
            The prefix is one of premium rate, satellite or another expensive range, e.g. +882, and is meant to be.
        yes
            Do not ask about *.
        """
        if prefix.strip() == "*" and not remove:
            confirm(f"Let {name} call every number in the world but those of high risk?", yes=yes, needed=False)
        body: dict[str, Any] = {"prefix": prefix, "allowed": not remove}
        self._changed("POST", name, "/prefixes", body | ({"high_risk": True} if high_risk else {}))

    def callers(self, name: str, number: str, *, remove: bool = False) -> None:
        """Note a number as the account's own, so that it may be shown as the caller.

        Parameters
        ----------
        remove
            It is not its own any more.
        """
        self._changed("POST", name, "/callers", {"number": number, "verified": not remove})

    def limits(
        self,
        name: str,
        *,
        max_calls: int | None = None,
        calls_per_second: float | None = None,
        daily_spend: str | None = None,
    ) -> None:
        """Change an account's limits.

        Parameters
        ----------
        max_calls
            Calls at once.
        daily_spend
            The most it may spend a day (UTC), e.g. 25.00; none takes the limit away.
        """
        body = {"max_calls": max_calls, "calls_per_second": calls_per_second, "daily_spend": daily_spend}
        self._changed("PATCH", name, "/limits", {key: value for key, value in body.items() if value is not None})

    def credit(self, name: str, amount: str, *, note: str = "") -> None:
        """Pay in, e.g. 12.50: the account is prepaid from then on. none ends prepayment."""
        self._changed("POST", name, "/credit", {"amount": amount, "note": note})

    def rotate(self, name: str, *, dialect: str | None = None) -> None:
        """Renew an account's keys; the old ones are worth nothing at once.

        Parameters
        ----------
        dialect
            Only this API's, e.g. ringful; of sinch the secrets of all applications, their keys stay.
        """
        self._show_credentials(self._cli.admin.post(f"/accounts/{part(name)}/rotate", {"dialect": dialect}))

    def disable(self, name: str) -> None:
        """Refuse an account's keys and calls; calls that are up go on."""
        self._changed("PATCH", name, "", {"disabled": True})

    def enable(self, name: str) -> None:
        """Take an account's keys and calls again."""
        self._changed("PATCH", name, "", {"disabled": False})

    def remove(self, name: str, *, purge: bool = False, yes: bool = False) -> None:
        """Remove an account with its applications, numbers, extensions, prompts, keys and rates.

        What was charged, its calls and recordings stay under its id, and its name is free. Refused while it has calls.

        Parameters
        ----------
        purge
            Delete its ledger, calls, events and recordings too, also of an account that was removed before (by its id).
        yes
            Do not ask.
        """
        money = ", its ledger, calls and recordings" if purge else ""
        confirm(f"Remove the account {name} with its applications, numbers, extensions, keys{money}?", yes=yes)
        query = {"purge": "true" if purge else None}
        answer = self._cli.admin.ask("DELETE", f"/accounts/{part(name)}", query=query)
        stays = "" if purge else f" Its books stay: carillon accounts show {answer['account']}."
        self._cli.output.done(answer, f"The account {answer['name']} was removed.{stays}")

    def history(self, name: str | None = None, *, limit: int = 50, before: str | None = None) -> None:
        """List what was changed of an account, newest first: when, by whom, what, and from what to what.

        Without a name: what belongs to no account, such as trunks.

        Parameters
        ----------
        limit
            How many changes, 1 to 1000.
        before
            The id of a change; those before it are listed (--json shows ids).
        """
        path = "/audit" if name is None else f"/accounts/{part(name)}/audit"
        found = self._cli.admin.get(path, limit=str(limit), before=before)["audit"]
        rows = [changes.row(entry) for entry in found]
        self._cli.output.table(found, rows, changes.COLUMNS, "Nothing was changed yet.")

    def _changed(self, method: str, name: str, path: str, body: dict[str, Any]) -> None:
        self._cli.output.fields(self._cli.admin.ask(method, f"/accounts/{part(name)}{path}", body=body))

    def _show_credentials(self, credentials: dict[str, Any]) -> None:
        if self._cli.output.json:
            self._cli.output.data(credentials)
            return
        for name, value in credentials.items():
            if isinstance(value, dict):
                for field, text in value.items():
                    self._cli.output.say(f"{name} {field}: {text}")
            elif value is not None:
                self._cli.output.say(f"{name}: {value}")
