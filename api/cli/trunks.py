"""carillon trunks"""

from typing import Annotated, Any

from cyclopts import App, Parameter

from api.cli import trunk_costs
from api.cli.client import CommandFailed, RequestRefused, part
from api.cli.context import Cli, present
from api.cli.follow import follow
from api.cli.secrets import GivenFile, password_of
from api.cli.trunk_options import MediaOptions, NumberingOptions, RoutingOptions, SignallingOptions, groups

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
    app.command(noun.show)
    app.command(noun.profiles)
    app.command(noun.remove)
    app.command(noun.test)
    app.command(trunk_costs.commands(cli))
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
        profile: str | None = None,
        port: int | None = None,
        user: str | None = None,
        password: str | None = None,
        password_file: GivenFile = None,
        register: bool | None = None,
        codecs: str | None = None,
        dtmf: str | None = None,
        prefix: str | None = None,
        priority: int | None = None,
        from_: _From = None,
        country: str | None = None,
        signalling: SignallingOptions | None = None,
        numbering: NumberingOptions | None = None,
        media: MediaOptions | None = None,
        routing: RoutingOptions | None = None,
    ) -> None:
        """Add a trunk, which is in use at once.

        Parameters
        ----------
        host
            The carrier's host name or address. Calls from it are accepted; on this machine, only from --port.
        profile
            Ready-made settings for a kind of carrier, which the other options replace: `carillon trunks profiles`.
        port
            Its port. Without one a name is looked up by NAPTR and SRV, and an address is called at 5060, or by TLS
            at 5061.
        password
            The password that the carrier gave. Other users of this machine see it in the list of processes:
            --password-file does not show it.
        password_file
            A file whose first line is the password; - is standard input.
        register
            Register with the carrier, so that it can reach us.
        codecs
            In order of preference, separated by commas; by default ulaw,alaw.
        dtmf
            rfc4733, info, inband, auto or auto_info; by default rfc4733.
        prefix
            The numbers it carries, e.g. +44, several separated by commas; by default all. The longest prefix wins.
        priority
            Among equal prefixes the lowest is tried first, the others if it fails; by default 10.
        from_
            Another source of its calls: an address, a network such as 203.0.113.0/28, or a host name, with :port or for
            any port; repeat it for each. If it is the host itself with a port, calls are accepted from that port only,
            so that phones behind the same address are not taken for the trunk.
        country
            The country in which the numbers that it sends are read, e.g. US; by default that of the number's account.
        """
        body = present(
            name=name, host=host, profile=profile, port=port, user=user, password=password_of(password, password_file),
            codecs=codecs, dtmf=dtmf, prefix=prefix, priority=priority, country=country,
        )  # fmt: skip
        body |= present(register=register) | {"from": from_ or []}
        body |= groups(signalling=signalling, numbering=numbering, media=media, routing=routing)
        added = self._cli.admin.post("/trunks", body)
        self._cli.output.done(added, f"The trunk {added['name']} was added. {_STATES.get(added['state'], '')}".strip())
        self._warn(added)

    def change(
        self,
        name: str,
        *,
        host: str | None = None,
        port: int | None = None,
        user: str | None = None,
        password: str | None = None,
        password_file: GivenFile = None,
        register: bool | None = None,
        codecs: str | None = None,
        dtmf: str | None = None,
        prefix: str | None = None,
        priority: int | None = None,
        from_: _From = None,
        country: str | None = None,
        signalling: SignallingOptions | None = None,
        numbering: NumberingOptions | None = None,
        media: MediaOptions | None = None,
        routing: RoutingOptions | None = None,
    ) -> None:
        """Change a trunk. Options left out stay as they are, and calls in progress continue.

        Parameters
        ----------
        port
            0: the host is looked up by NAPTR and SRV.
        password_file
            A file whose first line is the password; - is standard input.
        from_
            Replaces the other sources of its calls (see `carillon trunks add --help`); --from "" removes them.
        country
            The country in which the numbers that it sends are read; "" is that of the number's account.
        """
        body = present(
            host=host, port=port, user=user, password=password_of(password, password_file), register=register,
            codecs=codecs, dtmf=dtmf, prefix=prefix, priority=priority, country=country,
        )  # fmt: skip
        if port == 0:
            body["port"] = None
        if from_ is not None:
            body["from"] = [each for each in from_ if each]
        body |= groups(signalling=signalling, numbering=numbering, media=media, routing=routing)
        if not body:
            raise CommandFailed("Nothing to change: give an option, such as --from 203.0.113.7.")
        changed = self._cli.admin.ask("PATCH", f"/trunks/{part(name)}", body=body)
        self._cli.output.done(changed, f"The trunk {name} was changed.")
        self._warn(changed)

    def show(self, name: str) -> None:
        """Show all settings of a trunk, which of them are defaults, what Asterisk has of it, and its state."""
        trunk = self._cli.admin.get(f"/trunks/{part(name)}")
        kept: dict[str, Any] = {}
        for field, value in trunk.items():
            if isinstance(value, dict) and field not in _APART:
                kept |= {f"{field}.{name}": each for name, each in value.items()}
            elif field not in _APART:
                kept[field] = value
        rows = [
            {"setting": field, "value": _short(value), "default": "default" if field in trunk["defaults"] else ""}
            for field, value in kept.items()
        ]
        rows += [
            {"setting": f"asterisk {kind}.{field}", "value": value, "default": ""}
            for kind, fields in trunk["asterisk"].items()
            for field, value in sorted(fields.items())
        ]
        self._cli.output.table(trunk, rows, ("setting", "value", "default"), "")
        self._warn(trunk)

    def profiles(self) -> None:
        """List the ready-made settings for `carillon trunks add --profile`."""
        found = self._cli.admin.get("/trunk-profiles")["profiles"]
        rows = [
            profile
            | {"settings": _settings(profile["settings"]), "needs": " ".join(map(_option, profile["needs"])) or "-"}
            for profile in found
        ]
        self._cli.output.table(found, rows, ("name", "description", "settings", "needs"), "", spare=("settings",))

    def _warn(self, trunk: dict[str, Any]) -> None:
        for sentence in trunk["warnings"]:
            self._cli.output.say(f"Note: {sentence}")

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

    def test(self, number: str, *, account: str | None = None, caller: str | None = None, seconds: int = 30) -> int:
        """Call a number, speak a sentence when it answers, and show the result.

        Parameters
        ----------
        caller
            The number to show; by default the account's own.
        seconds
            For how many seconds it may ring.
        """
        tasks = [{"kind": "say", "text": "This is a test call from Carillon."}, {"kind": "hang_up"}]
        body = {"callee": number, "tasks": tasks, "ring_seconds": seconds, "max_seconds": 60, "caller": caller}
        payer = self._cli.account(account)
        try:
            placed = self._cli.admin.post(f"/accounts/{part(payer)}/calls", body)
        except RequestRefused as error:
            raise CommandFailed(f"{error}{permit(str(error), payer)}") from None
        timeline = follow(self._cli, placed["id"], within=seconds + 90)
        call = timeline["call"]
        by = f"trunk {call['trunk']}" if call["trunk"] else "no trunk"
        show = f"carillon calls show {call['id']}{' --sip' if call['cause'] not in ('no_route', 'over_limit') else ''}"
        result = f"{by}: {call['cause']}, SIP {call['sip_status'] or '-'}; `{show}`"
        self._cli.output.done(timeline, result)
        if call["answered"] is None:
            why = f"{call['cause']} (SIP {call['sip_status'] or '-'})"
            raise CommandFailed(f"{number} did not answer: {why}.{hint(timeline)}")
        return 0


_STATES = {
    "online": "It answers; `carillon doctor` shows whether it takes the password.",
    "checking": "`carillon trunks status` shows in some seconds whether it answers.",
    "unwatched": "It is sent no OPTIONS: `carillon trunks test NUMBER` shows whether it takes calls.",
    "offline": "It does not answer OPTIONS; calls are sent to it nevertheless.",
}
_APART = ("defaults", "asterisk", "warnings")


def _short(value: Any) -> Any:
    """Return a value as a table shows it: of PEM text how many certificates there are."""
    if isinstance(value, str) and value.startswith("-----BEGIN"):
        return f"PEM, {value.count('-----BEGIN')}"
    return value


def _option(field: str) -> str:
    """Return the option of a field, be it in a group or not."""
    return f"--{field.rpartition('.')[2].replace('_', '-')}"


def _settings(settings: dict[str, Any]) -> str:
    """Return the settings of a profile as options."""
    flat = {**settings}
    for group in [name for name, value in settings.items() if isinstance(value, dict)]:
        flat |= flat.pop(group)
    options = ((name.replace("_", "-"), value) for name, value in flat.items())
    return " ".join(f"--{name}" if value is True else f"--{name} {value}" for name, value in options) or "-"


_NOT_TAKEN = " The carrier did not take the trunk's user and password, or does not know our address."
_FORBIDDEN = (
    " The carrier may not take the trunk's user and password, not know our address, or want another From"
    " (--from-domain, --from-user, --default-caller): its answer in the SIP messages may say which."
)
_NO_ROUTE = " No trunk carries that number, and the lab does not know it: carillon trunks add …, or lab map."
_SILENT = " The carrier did not answer the INVITE at all: `carillon doctor` shows what to try."
_PASSED_OVER = " No trunk that carries the number could take the call: route_failed says why."
_HINTS = {401: _NOT_TAKEN, 403: _FORBIDDEN, 407: _NOT_TAKEN}


def hint(timeline: dict[str, Any]) -> str:
    """Return what to do about a test call that was not answered, or ""."""
    call = timeline["call"]
    if call["cause"] == "no_response" and not call["sip_status"]:
        return _SILENT
    if call["cause"] != "no_route":
        return _HINTS.get(call["sip_status"], "")
    failed = any(event["event"] == "route_failed" for event in timeline["events"])
    return _PASSED_OVER if failed else _NO_ROUTE


def permit(sentence: str, account: str) -> str:
    """Return what to do about a refusal because of a prefix that is not allowed, or of a caller; else ""."""
    if "caller id" in sentence:
        return f" Add it: carillon accounts callers {account} +…"
    return f" Allow one: carillon accounts allow {account} +…" if "prefix" in sentence else ""
