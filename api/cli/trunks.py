"""carillon trunks"""

from typing import Annotated, Any

from cyclopts import App, Parameter

from api.cli.client import CommandFailed, RequestRefused, part
from api.cli.context import Cli
from api.cli.follow import follow

_COLUMNS = (
    "name", "host", "port", "from", "country", "user", "register", "codecs", "dtmf", "prefix", "priority", "state",
)  # fmt: skip
_From = Annotated[list[str] | None, Parameter(name="--from", negative="")]


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = TrunkCommands(cli)
    app = App(name="trunks", help="Trunks: SIP connections to carriers.")
    app.command(noun.add)
    app.command(noun.change, name="set")
    app.command(noun.list_all, name="list")
    app.command(noun.list_all, name="status")
    app.command(noun.remove)
    app.command(noun.test)
    return app


class TrunkCommands:
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
        from_: _From = None,
        country: str = "",
    ) -> None:
        """Add a trunk, which is in use at once.

        Parameters
        ----------
        host
            The carrier's host name or address. Calls from it are accepted; on this machine, only from --port.
        register
            Register with the carrier, so that it can reach us.
        codecs
            In order of preference, separated by commas.
        dtmf
            rfc4733, info, inband or auto.
        prefix
            The numbers it carries, e.g. +44, several separated by commas; by default all. The longest prefix wins.
        priority
            Among equal prefixes the lowest is tried first, the others if it fails.
        from_
            Another source of its calls: an address, a network such as 203.0.113.0/28, or a host name, with :port or for
            any port; repeat it for each. If it is the host itself with a port, calls are accepted from that port only,
            so that phones behind the same address are not taken for the trunk.
        country
            The country in which the numbers that it sends are read, e.g. US; by default that of the number's account.
        """
        body: dict[str, Any] = {"name": name, "host": host, "port": port, "user": user, "password": password}
        body |= {"register": register, "codecs": codecs, "dtmf": dtmf, "prefix": prefix, "priority": priority}
        body |= {"from": from_ or [], "country": country}
        added = self._cli.admin.post("/trunks", body)
        then = "`carillon trunks status` shows whether it answers, `carillon doctor` whether it takes the password."
        self._cli.output.done(added, f"The trunk {added['name']} was added; {then}")

    def change(
        self,
        name: str,
        *,
        host: str | None = None,
        port: int | None = None,
        user: str | None = None,
        password: str | None = None,
        register: bool | None = None,
        codecs: str | None = None,
        dtmf: str | None = None,
        prefix: str | None = None,
        priority: int | None = None,
        from_: _From = None,
        country: str | None = None,
    ) -> None:
        """Change a trunk. Options left out stay as they are, and calls in progress continue.

        Parameters
        ----------
        from_
            Replaces the other sources of its calls (see `carillon trunks add --help`); --from "" removes them.
        country
            The country in which the numbers that it sends are read; "" is that of the number's account.
        """
        wanted = {"host": host, "port": port, "user": user, "password": password, "register": register}
        wanted |= {"codecs": codecs, "dtmf": dtmf, "prefix": prefix, "priority": priority, "country": country}
        body: dict[str, Any] = {field: value for field, value in wanted.items() if value is not None}
        if from_ is not None:
            body["from"] = [each for each in from_ if each]
        if not body:
            raise CommandFailed("Nothing to change: give an option, such as --from 203.0.113.7.")
        changed = self._cli.admin.ask("PATCH", f"/trunks/{part(name)}", body=body)
        self._cli.output.done(changed, f"The trunk {name} was changed.")

    def list_all(self) -> None:
        """List all trunks and their status: online if the far end answers, else offline.

        A trunk with a wrong password is online too; `carillon doctor` checks the password.
        """
        answer = self._cli.admin.get("/trunks")
        found = answer["trunks"]
        rows = [trunk | {"from": ",".join(trunk["from"])} for trunk in found]
        spare = ("codecs", "dtmf", "register", "user", "priority", "from")
        self._cli.output.table(found, rows, _COLUMNS, "There are no trunks.", spare=spare)
        for trunk in found:
            if trunk["unmatched"]:
                count = "1 call" if trunk["unmatched"] == 1 else f"{trunk['unmatched']} calls"
                lost = f"{count} by {trunk['name']} reached no number"
                self._cli.output.say(f"{lost}: `carillon calls list`.")
        for each in answer["refused"]:
            self._cli.output.say(f"{each['sentence']}.")

    def remove(self, name: str) -> None:
        """Remove a trunk; calls in progress continue."""
        self._cli.admin.delete(f"/trunks/{part(name)}")
        self._cli.output.done({"removed": name}, f"The trunk {name} was removed.")

    def test(self, number: str, *, account: str | None = None, seconds: int = 30) -> int:
        """Call a number, speak a sentence when it answers, and show the result.

        Parameters
        ----------
        seconds
            For how many seconds it may ring.
        """
        tasks = [{"kind": "say", "text": "This is a test call from Carillon."}, {"kind": "hang_up"}]
        body = {"callee": number, "tasks": tasks, "ring_seconds": seconds, "max_seconds": 60}
        payer = self._cli.account(account)
        try:
            placed = self._cli.admin.post(f"/accounts/{part(payer)}/calls", body)
        except RequestRefused as error:
            raise CommandFailed(f"{error}{permit(str(error), payer)}") from None
        timeline = follow(self._cli, placed["id"], within=seconds + 90)
        call = timeline["call"]
        self._cli.output.done(timeline, f"trunk {call['trunk']}: {call['cause']}, SIP {call['sip_status'] or '-'}")
        if call["answered"] is None:
            why = f"{call['cause']} (SIP {call['sip_status'] or '-'})"
            hint = _NO_ROUTE if call["cause"] == "no_route" else _HINTS.get(call["sip_status"], "")
            raise CommandFailed(f"{number} did not answer: {why}.{hint}")
        return 0


_NOT_TAKEN = " The carrier did not take the trunk's user and password, or does not know our address."
_NO_ROUTE = " No trunk carries that number, and the lab does not know it: carillon trunks add …, or lab map."
_HINTS = {401: _NOT_TAKEN, 403: _NOT_TAKEN, 407: _NOT_TAKEN}


def permit(sentence: str, account: str) -> str:
    """Return what to do about a refusal because of a prefix that is not allowed; "" for any other refusal."""
    return f" Allow one: carillon accounts allow {account} +…" if "prefix" in sentence else ""
