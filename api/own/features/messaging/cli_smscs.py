"""carillon smscs, carillon keywords"""

from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from api.cli import passwords
from api.cli.client import CommandFailed, part
from api.cli.context import Cli, present

_COLUMNS = ("name", "host", "port", "user", "prefixes", "per second", "country", "state", "since", "error")
_SPARE = ("country", "per second", "user", "port", "since")
_Prefixes = Annotated[list[str] | None, Parameter(name="--prefix", negative="")]
_Set = Annotated[list[str] | None, Parameter(name="--set", negative="")]
_FromStdin = Annotated[bool, Parameter(negative="")]
Mode = Literal["trx", "tx+rx"]
_HINT = "`carillon smscs list` shows whether it is bound."


def smscs(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = SmscCommands(cli)
    app = App(name="smscs", help="SMSCs: SMPP connections to carriers of texts.")
    app.command(noun.add)
    app.command(noun.set)
    app.command(noun.list_all, name="list")
    app.command(noun.show)
    app.command(noun.remove)
    routes = App(name="routes", help="Which SMSC carries texts to which numbers.")
    routes.command(noun.list_routes, name="list")
    routes.command(noun.add_route, name="add")
    routes.command(noun.remove_route, name="remove")
    app.command(routes)
    return app


class SmscCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def add(
        self,
        name: str,
        *,
        host: str,
        user: str,
        password: str | None = None,
        password_stdin: _FromStdin = False,
        port: int = 2775,
        prefix: _Prefixes = None,
        priority: int = 10,
        per_second: float = 100.0,
        country: str = "",
        tls: Annotated[bool, Parameter(negative="")] = False,
        mode: Mode = "trx",
        set_: _Set = None,
    ) -> None:
        """Connect to a carrier of texts by SMPP 3.4. It carries texts at once.

        Parameters
        ----------
        host
            The carrier's host name or address.
        user
            The system_id that the carrier gave.
        password
            The password that the carrier gave. Other users of this machine may see it: --password-stdin is better.
        password_stdin
            Read the password from standard input (at a terminal: ask for it).
        prefix
            The numbers that it carries, e.g. +44; repeat it for each. By default every number; "none" for no route.
        priority
            Among SMSCs with the same prefix the lowest is used.
        per_second
            How many texts it takes in a second.
        country
            The country in which numbers without + that it sends are read, e.g. US; by default they are international.
        tls
            Connect by TLS.
        mode
            trx: one link that sends and receives; tx+rx: one link for each.
        set_
            Another setting of its link as NAME=VALUE, such as system_type=cp, parts_by=sar, receipt_ids=hex_to_decimal,
            alphabet=latin1, window=20; repeat it for each.
        """
        body: dict[str, Any] = {"name": name, "host": host, "port": port, "user": user, "country": country}
        body |= {"prefixes": _carried(prefix), "priority": priority, "per_second": per_second}
        body |= {"settings": _link(tls, mode, set_)} | _password(password, password_stdin)
        added = self._cli.admin.post("/smscs", body)
        self._cli.output.done(added, f"The SMSC {added['name']} was added; {_HINT}")

    def set(
        self,
        name: str,
        *,
        host: str | None = None,
        user: str | None = None,
        password: str | None = None,
        password_stdin: _FromStdin = False,
        port: int | None = None,
        per_second: float | None = None,
        country: str | None = None,
        tls: bool | None = None,
        mode: Mode | None = None,
        disabled: bool | None = None,
        set_: _Set = None,
    ) -> None:
        """Change an SMSC; its link is made anew, and what waits is kept. Options left out stay as they are.

        Parameters
        ----------
        password_stdin
            Read the password from standard input (at a terminal: ask for it).
        disabled
            Keep no link to it; its texts wait. --no-disabled connects again.
        set_
            A setting of its link as NAME=VALUE (see `carillon smscs add --help`).
        """
        body = present(host=host, user=user, port=port, per_second=per_second, country=country)
        body |= _password(password, password_stdin)
        settings = present(tls=tls, mode=mode) | _settings(set_)
        body |= present(disabled=disabled) | ({"settings": settings} if settings else {})
        if not body:
            raise CommandFailed("Nothing to change: give an option, such as --per-second 50.")
        changed = self._cli.admin.ask("PATCH", f"/smscs/{part(name)}", body=body)
        self._cli.output.done(changed, f"The SMSC {name} was changed; {_HINT}")

    def list_all(self) -> None:
        """List the SMSCs and whether they are bound, with what is wrong if one is not."""
        found = self._cli.admin.get("/smscs")["smscs"]
        rows = [_row(each) for each in found]
        nothing = "There are no SMSCs: carillon smscs add NAME --host … --user … --password-stdin"
        self._cli.output.table(found, rows, _COLUMNS, nothing, spare=_SPARE)

    def show(self, name: str) -> None:
        """Show an SMSC, the settings of its link, and its routes."""
        found = self._cli.admin.get(f"/smscs/{part(name)}")
        self._cli.output.fields(found if self._cli.output.json else found | {"routes": _prefixes(found)})

    def remove(self, name: str) -> None:
        """Remove an SMSC with its routes; what waits for it goes by another one, if a route leads there."""
        self._cli.admin.delete(f"/smscs/{part(name)}")
        self._cli.output.done({"removed": name}, f"The SMSC {name} was removed.")

    def list_routes(self) -> None:
        """List the routes: an account's own are looked for first, then the longest prefix wins."""
        found = self._cli.admin.get("/smscs/routes")["routes"]
        rows = [
            {**each, "prefix": _prefix(each["prefix"]), "account": each["account"] or "everybody"} for each in found
        ]
        self._cli.output.table(found, rows, ("account", "prefix", "smsc", "priority"), "There are no routes.")

    def add_route(self, name: str, prefix: str, *, account: str = "", priority: int = 10) -> None:
        """Let an SMSC carry texts to a prefix, or change the priority of that.

        Parameters
        ----------
        name
            The SMSC's name.
        prefix
            Such as +44; "*" is every number.
        account
            Only for this account, whose own routes are looked for first.
        priority
            Among SMSCs with the same prefix the lowest is used.
        """
        body = {"prefix": prefix, "account": account, "priority": priority}
        made = self._cli.admin.post(f"/smscs/{part(name)}/routes", body)
        of = f" of the account {account}" if account else ""
        self._cli.output.done(made, f"{name} carries texts{of} to {_prefix(made['prefix'])}.")

    def remove_route(self, name: str, prefix: str, *, account: str | None = None) -> None:
        """Let an SMSC not carry texts to a prefix any more.

        Parameters
        ----------
        account
            The route of this account; by default everybody's.
        """
        self._cli.admin.delete(f"/smscs/{part(name)}/routes", prefix=prefix, account=account)
        self._cli.output.done({"removed": prefix}, f"{name} does not carry texts to {prefix} any more.")


def keywords(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = KeywordCommands(cli)
    app = App(name="keywords", help="Keywords: the first word of texts to a number, and where they lead.")
    app.command(noun.add)
    app.command(noun.list_all, name="list")
    app.command(noun.remove)
    return app


class KeywordCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def add(self, number: str, word: str, *, to: str, account: str | None = None) -> None:
        """Let texts to a number that begin with a word lead elsewhere than the others.

        Parameters
        ----------
        number
            A number or short code with the capability sms.
        word
            Its case does not matter, nor punctuation around it.
        to
            application:NAME, extension:101 or user:ann@example.com.
        account
            The account that gets these texts; by default the number's.
        """
        body = {"number": number, "word": word, "to": to, "account": account}
        made = self._cli.admin.post("/keywords", body)
        self._cli.output.done(made, f"{made['word']} to {made['number']} leads to {made['leads_to']['text']}.")

    def list_all(self, *, account: str | None = None) -> None:
        """List the keywords of all numbers, or those of an account."""
        found = self._cli.admin.get("/keywords", account=account)["keywords"]
        rows = [{**each, "leads to": each["leads_to"] and each["leads_to"]["text"]} for each in found]
        self._cli.output.table(found, rows, ("number", "word", "account", "leads to"), "There are no keywords.")

    def remove(self, number: str, word: str) -> None:
        """Remove a keyword of a number."""
        self._cli.admin.delete(f"/keywords/{part(number)}/{part(word)}")
        self._cli.output.done({"removed": word}, f"{word} was removed from {number}.")


def _row(smsc: dict[str, Any]) -> dict[str, Any]:
    return {**smsc, "prefixes": _prefixes(smsc), "per second": smsc["per_second"]}


def _prefixes(smsc: dict[str, Any]) -> str:
    shown = [_prefix(each["prefix"]) + (f" ({each['account']})" if each["account"] else "") for each in smsc["routes"]]
    return ", ".join(shown)


def _prefix(digits: str) -> str:
    return f"+{digits}" if digits else "*"


def _carried(prefixes: list[str] | None) -> list[str]:
    """Return the prefixes that an SMSC is to carry: every number without any, and none for "none"."""
    return [""] if prefixes is None else [each for each in prefixes if each != "none"]


def _link(tls: bool, mode: Mode, given: list[str] | None) -> dict[str, Any]:
    """Return the settings of a link that are not the usual ones."""
    own: dict[str, Any] = ({"tls": True} if tls else {}) | ({"mode": mode} if mode != "trx" else {})
    return own | _settings(given)


def _password(given: str | None, from_stdin: bool) -> dict[str, Any]:
    """Return the field of the password; no field if there is none. Raises CommandFailed."""
    if given is not None and from_stdin:
        raise CommandFailed("Give either --password or --password-stdin, not both.")
    return {"password": passwords.from_stdin()} if from_stdin else present(password=given)


def _settings(given: list[str] | None) -> dict[str, str | list[str]]:
    """Read NAME=VALUE; a value with commas is a list. Raises CommandFailed."""
    found: dict[str, str | list[str]] = {}
    for each in given or ():
        name, equals, value = (piece.strip() for piece in each.partition("="))
        if not equals:
            raise CommandFailed(f"--set takes NAME=VALUE, such as parts_by=sar (got {each!r}).")
        found[name] = [piece.strip() for piece in value.split(",")] if "," in value else value
    return found
