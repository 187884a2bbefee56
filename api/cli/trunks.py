"""carillon trunks"""

from typing import Annotated, Any

from cyclopts import App, Parameter

from api.cli.client import CommandFailed, Refused, part
from api.cli.context import Cli
from api.cli.follow import follow

_COLUMNS = ("name", "host", "port", "user", "register", "codecs", "dtmf", "prefix", "priority", "state")


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = Trunks(cli)
    app = App(name="trunks", help="Lines to carriers.")
    app.command(noun.add)
    app.command(noun.list_all, name="list")
    app.command(noun.list_all, name="status")
    app.command(noun.remove)
    app.command(noun.test)
    return app


class Trunks:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def add(
        self,
        name: str,
        *,
        host: str,
        port: int = 5060,
        user: str | None = None,
        password: str | None = None,
        register: Annotated[bool, Parameter(negative="")] = False,
        codecs: str = "ulaw,alaw",
        dtmf: str = "rfc4733",
        prefix: str = "",
        priority: int = 10,
    ) -> None:
        """Add a trunk; it works at once.

        Parameters
        ----------
        host
            The carrier's host name or address; calls that come from there are taken.
        register
            Register with the carrier, so that it finds us.
        codecs
            In the order we want them, with commas.
        dtmf
            rfc4733, info, inband or auto.
        prefix
            The numbers it carries, e.g. +44, several with commas; without it all. The longest prefix wins.
        priority
            Among equal prefixes the lowest is tried first, the others when it fails.
        """
        body: dict[str, Any] = {"name": name, "host": host, "port": port, "user": user, "password": password}
        body |= {"register": register, "codecs": codecs, "dtmf": dtmf, "prefix": prefix, "priority": priority}
        added = self._cli.admin.post("/trunks", body)
        then = "`carillon trunks status` shows whether it answers, `carillon doctor` whether it takes the password."
        self._cli.output.done(added, f"The trunk {added['name']} was added; {then}")

    def list_all(self) -> None:
        """List all trunks and how they are: online when the far end answers, else offline.

        A trunk with a wrong password is online too: `carillon doctor` tells.
        """
        found = self._cli.admin.get("/trunks")["trunks"]
        spare = ("codecs", "dtmf", "register", "user", "priority")
        self._cli.output.table(found, found, _COLUMNS, "There are no trunks.", spare=spare)

    def remove(self, name: str) -> None:
        """Remove a trunk; calls on it go on."""
        self._cli.admin.delete(f"/trunks/{part(name)}")
        self._cli.output.done({"removed": name}, f"The trunk {name} was removed.")

    def test(self, number: str, *, account: str | None = None, seconds: int = 30) -> int:
        """Call a number, say a sentence when it answers, and show what happened.

        Parameters
        ----------
        seconds
            How long it may ring.
        """
        tasks = [{"kind": "say", "text": "This is a test call from Carillon."}, {"kind": "hang_up"}]
        body = {"callee": number, "tasks": tasks, "ring_seconds": seconds, "max_seconds": 60}
        payer = self._cli.account(account)
        try:
            placed = self._cli.admin.post(f"/accounts/{part(payer)}/calls", body)
        except Refused as error:
            raise CommandFailed(f"{error}{permit(str(error), payer)}") from None
        story = follow(self._cli, placed["id"], within=seconds + 90)
        call = story["call"]
        self._cli.output.done(story, f"trunk {call['trunk']}: {call['cause']}, SIP {call['sip_status'] or '-'}")
        if call["answered"] is None:
            why = f"{call['cause']} (SIP {call['sip_status'] or '-'})"
            hint = _NO_ROUTE if call["cause"] == "no_route" else _HINTS.get(call["sip_status"], "")
            raise CommandFailed(f"{number} did not answer: {why}.{hint}")
        return 0


_NOT_TAKEN = " The carrier did not take the trunk's user and password, or does not know our address."
_NO_ROUTE = " No trunk carries that number, and the lab does not know it: carillon trunks add …, or lab map."
_HINTS = {401: _NOT_TAKEN, 403: _NOT_TAKEN, 407: _NOT_TAKEN}


def permit(sentence: str, account: str) -> str:
    """Return what to do about a refusal for want of an allowed prefix; "" for any other."""
    return f" Allow one: carillon accounts allow {account} +…" if "prefix" in sentence else ""
