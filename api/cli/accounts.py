"""carillon accounts"""

from typing import Any

from cyclopts import App

from api.cli import audit, keys
from api.cli.client import CommandFailed, part
from api.cli.confirm import confirm
from api.cli.context import Cli, present

_COLUMNS = (
    *("name", "account", "disabled", "balance", "held", "currency"),
    *("max_calls", "calls_per_second", "allowed"),
)


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = AccountCommands(cli)
    app = App(name="accounts", help="Accounts: keys, limits, credit, history.")
    app.command(noun.create)
    app.command(noun.list_all, name="list")
    app.command(noun.show)
    app.command(noun.credentials)
    app.command(noun.set)
    app.command(noun.allow)
    app.command(noun.callers)
    app.command(noun.verify)
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

    def create(
        self,
        name: str,
        *,
        allow_private: bool = False,
        country: str = "US",
        currency: str = "USD",
        email: str | None = None,
        texting_number: bool = False,
        fax_number: bool = False,
    ) -> None:
        """Create an account and print its keys.

        Parameters
        ----------
        allow_private
            Allow its callbacks, prompts and files to use private addresses.
        country
            The country in which its numbers without + are read, as two letters.
        email
            The e-mail address of its first owner, whose password is printed once.
        texting_number
            Let it buy a free number for calls and texts.
        fax_number
            Let it buy a free number whose calls are received as faxes.
        """
        body = {"name": name, "allow_private": allow_private, "country": country.upper(), "currency": currency.upper()}
        body |= {"email": email, "texting_number": texting_number, "fax_number": fax_number}
        made = self._cli.admin.post("/accounts", body)
        keys.show_opened(self._cli.output, made, body)

    def list_all(self, *, closed: bool = False) -> None:
        """List all accounts.

        Parameters
        ----------
        closed
            List the accounts that were removed and not purged instead.
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
        keys.show(self._cli.output, self._cli.admin.get(f"/accounts/{part(name)}/credentials"))

    def set(
        self,
        name: str,
        *,
        sig: str | None = None,
        setting: list[str] | None = None,
        allow_private: bool | None = None,
    ) -> None:
        """Change an account's settings.

        Parameters
        ----------
        sig
            Whether requests must be signed: the setting sig of an API; carillon dialects lists its values.
        setting
            NAME=VALUE, a setting of an API; carillon dialects lists them. It may be given several times.
        allow_private
            Allow its callbacks, prompts and files to use private addresses.
        """
        settings = dict(_setting(text) for text in setting or ()) | present(sig=sig)
        body: dict[str, Any] = {"dialect": settings} if settings else {}
        if allow_private is not None:
            body["allow_private"] = allow_private
        self._changed("PATCH", name, "", body)

    def allow(
        self, name: str, prefix: str, *, remove: bool = False, high_risk: bool = False, yes: bool = False
    ) -> None:
        """Allow an account to call the numbers that begin with a prefix, e.g. +44; * allows all but high-risk numbers.

        sip:pbx.example.com allows SIP addresses at that host (with :port, at that port only). * allows no SIP address.

        Parameters
        ----------
        remove
            Remove the prefix.
        high_risk
            Confirm a prefix of premium rate, satellite or other expensive numbers, e.g. +882.
        yes
            Do not ask for confirmation of *.
        """
        if prefix.strip() == "*" and not remove:
            confirm(f"Allow {name} to call every number in the world except those of high risk?", yes=yes, needed=False)
        body: dict[str, Any] = {"prefix": prefix, "allowed": not remove}
        self._changed("POST", name, "/prefixes", body | ({"high_risk": True} if high_risk else {}))

    def callers(self, name: str, number: str, *, remove: bool = False) -> None:
        """Add a number that the account may show as its caller ID.

        Parameters
        ----------
        remove
            Remove the number.
        """
        self._changed("POST", name, "/callers", {"number": number, "verified": not remove})

    def verify(
        self,
        name: str,
        number: str,
        *,
        text: bool = False,
        call: bool = False,
        message: str | None = None,
        default: bool = False,
        code: str | None = None,
    ) -> None:
        """Send a code to a number, to prove that it is the account's own; then, with --code, check it.

        Parameters
        ----------
        text
            Send the code by a text; so it is sent if nothing is said.
        call
            Send it by a call that says it twice.
        message
            What is sent or said, with {code} where the code is to be.
        default
            Show the number by default once it is proved.
        code
            The code that arrived there.
        """
        path = f"/accounts/{part(name)}/caller-ids"
        if code is not None:
            if text or call or default or message is not None:
                raise CommandFailed("--code checks a code that was sent: leave out the other options.")
            proved = self._cli.admin.post(f"{path}/{part(number)}/verify", {"code": code})
            return self._cli.output.done(proved, f"{name} may show {proved['number']}.")
        if text and call:
            raise CommandFailed("Give either --text or --call.")
        how = "call" if call else "text"
        body = {"number": number, "how": how, "make_default": default, "again": True} | present(message=message)
        sent = self._cli.admin.post(path, body)
        then = f"carillon accounts verify {name} {number} --code CODE"
        self._cli.output.done(sent, f"A {how} brings the code to {sent['number']}. Then: {then}")

    def limits(
        self,
        name: str,
        *,
        max_calls: int | None = None,
        calls_per_second: float | None = None,
        max_attempts: int | None = None,
        daily_spend: str | None = None,
    ) -> None:
        """Change an account's limits.

        Parameters
        ----------
        max_calls
            How many calls may be up at once.
        max_attempts
            How many trunks are tried for one call; 0: as many as CARILLON_MAX_ATTEMPTS says.
        daily_spend
            The most it may spend a day (UTC), e.g. 25.00; none removes the limit.
        """
        body = {"max_calls": max_calls, "calls_per_second": calls_per_second, "daily_spend": daily_spend}
        body |= {"max_attempts": max_attempts}
        self._changed("PATCH", name, "/limits", {key: value for key, value in body.items() if value is not None})

    def credit(self, name: str, amount: str, *, note: str = "") -> None:
        """Add credit, e.g. 12.50, which makes the account prepaid; none makes it postpaid again."""
        self._changed("POST", name, "/credit", {"amount": amount, "note": note})

    def rotate(self, name: str, *, dialect: str | None = None) -> None:
        """Renew an account's keys. The old ones are refused at once.

        Parameters
        ----------
        dialect
            Renew only this API's; carillon dialects lists them. Applications with keys of their own get new secrets
            and keep the keys.
        """
        keys.show(self._cli.output, self._cli.admin.post(f"/accounts/{part(name)}/rotate", {"dialect": dialect}))

    def disable(self, name: str) -> None:
        """Refuse an account's keys and new calls; calls in progress continue."""
        self._changed("PATCH", name, "", {"disabled": True})

    def enable(self, name: str) -> None:
        """Accept a disabled account's keys and calls again."""
        self._changed("PATCH", name, "", {"disabled": False})

    def remove(self, name: str, *, purge: bool = False, yes: bool = False) -> None:
        """Remove an account with its applications, numbers, extensions, prompts, keys and rates.

        Its ledger, calls and recordings stay under its id; its name is free again. Refused while calls are in progress.

        Parameters
        ----------
        purge
            Delete its ledger, calls, events and recordings too; NAME may be the id of an account removed before.
        yes
            Do not ask for confirmation.
        """
        money = ", its ledger, calls and recordings" if purge else ""
        confirm(f"Remove the account {name} with its applications, numbers, extensions, keys{money}?", yes=yes)
        query = {"purge": "true" if purge else None}
        answer = self._cli.admin.ask("DELETE", f"/accounts/{part(name)}", query=query)
        stays = "" if purge else f" Its ledger stays: carillon accounts show {answer['account']}."
        self._cli.output.done(answer, f"The account {answer['name']} was removed.{stays}")

    def history(self, name: str | None = None, *, limit: int = 50, before: str | None = None) -> None:
        """List the changes of an account, newest first: the time, the author, and each field before and after.

        Without a name, list the changes of what belongs to no account, such as trunks.

        Parameters
        ----------
        limit
            The number of changes to list, 1 to 1000.
        before
            List the changes before the one with this id (--json shows ids).
        """
        path = "/audit" if name is None else f"/accounts/{part(name)}/audit"
        found = self._cli.admin.get(path, limit=str(limit), before=before)["audit"]
        rows = [audit.row(entry) for entry in found]
        self._cli.output.table(found, rows, audit.COLUMNS, "There are no changes yet.")

    def _changed(self, method: str, name: str, path: str, body: dict[str, Any]) -> None:
        self._cli.output.fields(self._cli.admin.ask(method, f"/accounts/{part(name)}{path}", body=body))


def _setting(text: str) -> tuple[str, str]:
    """Read NAME=VALUE; raises CommandFailed."""
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise CommandFailed(f"--setting must be NAME=VALUE (got {text!r}).")
    return name, value
