"""carillon calls"""

from pathlib import Path
from typing import Any

from cyclopts import App

from api.cli import wording
from api.cli.client import CommandFailed, part
from api.cli.context import Cli, tasks_of
from api.cli.files import save
from api.cli.follow import follow as watch
from api.cli.follow import line_of
from api.cli.lines import time_of
from api.cli.questions import show_questions
from api.cli.sip_flow import show_sip

_COLUMNS = (
    *("id", "account", "direction", "trunk", "caller", "callee", "application", "state", "created", "seconds", "cause"),
    "price",
)
_SCHEDULED = ("at", "id", "account", "callee", "caller", "state", "reason")
_SPARE = ("price", "application", "created", "account", "trunk", "state", "direction")
LONGEST_CALL = 4 * 3600
"""For how many seconds `--wait` and `--follow` watch a call."""
_TASKS = ("kind", "state", "queued", "started", "ended", "outcome", "id")
_CALLBACKS = ("time", "action", "state", "attempts", "last", "remark", "url", "id")


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = CallCommands(cli)
    app = App(name="calls", help="Calls: place, list, show, hang up and export them.")
    app.command(noun.list_all, name="list")
    app.command(noun.show)
    app.command(noun.pcap)
    app.command(noun.place)
    app.command(noun.hangup)
    app.command(noun.transfer)
    app.command(noun.export)
    scheduled = App(name="scheduled", help="Calls that are placed at a time: listed, cancelled.")
    scheduled.command(noun.scheduled, name="list")
    scheduled.command(noun.cancel)
    app.command(scheduled)
    return app


_ELSEWHERE = (
    "If callee is not the number that was called: find that in the INVITE (carillon calls show ID --sip), and tell its "
    "place: carillon trunks set TRUNK --called-in to (or a header's name)."
)


class CallCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def list_all(
        self, *, live: bool | None = None, account: str | None = None, since: str | None = None, limit: int = 50
    ) -> None:
        """List calls, newest first. Calls from a trunk that reached no number have the account "-".

        Parameters
        ----------
        live
            List only calls in progress (--no-live: only calls that have ended).
        since
            A date such as 2030-01-31, or a time such as 2030-01-31T12:00:00Z.
        """
        query = {"account": account, "since": since, "limit": str(limit)}
        query["live"] = None if live is None else str(live).lower()
        found = self._cli.admin.get("/calls", **query)["calls"]
        rows = [wording.listed(call) for call in found]
        self._cli.output.table(found, rows, _COLUMNS, "There are no calls.", spare=_SPARE)

    def show(self, call: str, *, follow: bool = False, sip: bool = False) -> None:
        """Show a call: its queue, events, questions and answers, callbacks and recordings.

        "hung up by" is what ended it: far, the party that called or was called; other, the other one of two
        connected parties; us, a request, a task or a limit; network, the network or a trunk.

        Parameters
        ----------
        follow
            Print the call's events as they come, until it has ended; then show it.
        sip
            Show the SIP messages of all its legs instead: --> was sent, <-- was received. --json has them whole.
        """
        output = self._cli.output
        if sip:
            if follow:
                raise CommandFailed("SIP messages are not followed: leave out --follow or --sip.")
            self._show_sip(call)
            return
        timeline = (
            watch(self._cli, call, within=LONGEST_CALL) if follow else self._cli.admin.get(f"/calls/{part(call)}")
        )
        if output.json:
            output.data(timeline)
            return
        output.fields(wording.shown(timeline["call"]))
        if timeline["call"].get("reason") == "no_number":
            output.say(_ELSEWHERE)
        output.say("\nqueue")
        output.table(None, timeline["tasks"], _TASKS, "  nothing was queued", spare=("id", "queued", "started"))
        output.say("\nevents")
        for event in timeline["events"]:
            output.say(f"  {event['sequence']:>3}  {line_of(event)}")
        show_questions(output, timeline["questions"])
        output.say("\ncallbacks")
        output.table(None, [_callback(each) for each in timeline["callbacks"]], _CALLBACKS, "  no callback was due")
        output.say("\nrecordings")
        output.table(None, timeline["recordings"], ("id", "seconds", "bytes", "url"), "  none")
        if timeline["legs"]:
            output.say("\nother legs")
            output.table(None, timeline["legs"], ("id", "callee", "state", "cause"), "")

    def pcap(self, call: str, file: Path) -> None:
        """Save the SIP messages of all legs of a call as a capture file, for Wireshark and others.

        Each message is one UDP datagram in it, however it travelled. Passwords, keys and digits are masked.
        """
        data = self._cli.admin.raw("GET", f"/calls/{part(call)}/pcap")
        save(file, data)
        self._cli.output.done({"file": str(file), "bytes": len(data)}, f"{file} was written: {len(data)} bytes.")

    def place(
        self,
        number: str,
        *,
        account: str | None = None,
        caller: str | None = None,
        say: str | None = None,
        tasks: Path | None = None,
        at: str | None = None,
        wait: bool = False,
    ) -> None:
        """Call a number or an extension.

        Parameters
        ----------
        say
            When the call is answered, speak this text and hang up.
        tasks
            A JSON file with the list of tasks to run when the call is answered.
        at
            Place it at this time, such as 2030-01-31T12:00:00+01:00, at most a year ahead.
        wait
            Print the call's events until it has ended.
        """
        if at is not None and wait:
            raise CommandFailed("A scheduled call cannot be waited for: leave out --wait or --at.")
        body: dict[str, Any] = {"callee": number, "caller": caller, "tasks": tasks_of(say, tasks) or []}
        if at is not None:
            body["at"] = at
        placed = self._cli.admin.post(f"/accounts/{part(self._cli.account(account))}/calls", body)
        if wait:
            self._cli.output.say(placed["id"])
            timeline = watch(self._cli, placed["id"], within=LONGEST_CALL)
            self._cli.output.done(timeline, f"The call ended: {timeline['call']['cause']}.")
        else:
            self._cli.output.done(placed, str(placed["id"]))

    def scheduled(self, *, account: str | None = None, limit: int = 50) -> None:
        """List the calls that are scheduled, the next one first, and those that were refused at their time."""
        found = self._cli.admin.get("/calls/scheduled", account=account, limit=str(limit))["calls"]
        self._cli.output.table(found, found, _SCHEDULED, "No call is scheduled.", spare=("reason", "account"))

    def cancel(self, call: str) -> None:
        """Cancel a scheduled call."""
        self._cli.admin.delete(f"/calls/scheduled/{part(call)}")
        self._cli.output.done({"cancelled": call}, f"{call} was cancelled.")

    def hangup(self, call: str) -> None:
        """End a call now."""
        self._cli.admin.delete(f"/calls/{part(call)}")
        self._cli.output.done({"hung_up": call}, f"{call} was hung up.")

    def transfer(
        self,
        call: str,
        to: str | None = None,
        *,
        to_call: str | None = None,
        announce: str | None = None,
        accept: str | None = None,
        music: str | None = None,
    ) -> None:
        """Move the party of a call to an extension, a number, or a destination such as group:sales or room:lobby.

        Whom it is connected with waits, and its call ends when the party is there. If that fails, the two are connected
        again; `carillon calls show CALL` says why.

        Parameters
        ----------
        to_call
            Another call instead of TO (attended transfer): its party and this call's are connected, and the calls of
            the transferor end.
        announce
            What the person who answers hears before the two are connected.
        accept
            The key that the person who answers must press after that, such as 1.
        music
            The class of music that the party hears meanwhile.
        """
        if (to is None) == (to_call is None):
            raise CommandFailed("Say where the party is moved: TO, or --to-call.")
        body: dict[str, Any] = {"to": to} if to_call is None else {"to_call": to_call}
        if announce is not None:
            body["announcement"] = [{"kind": "say", "text": announce}]
        body |= {name: value for name, value in (("accept", accept), ("music", music)) if value is not None}
        started = self._cli.admin.post(f"/calls/{part(call)}/transfer", body)
        self._cli.output.done(started, f"{call} is being transferred to {to or to_call}.")

    def export(self, *, account: str | None = None, since: str | None = None, file: Path | None = None) -> None:
        """Print call records as CSV, newest first.

        Parameters
        ----------
        file
            Write the records to this file instead.
        """
        if self._cli.output.json:
            raise CommandFailed("An export is CSV; `carillon calls list --json` prints JSON.")
        data = self._cli.admin.raw("GET", "/calls/export", query={"account": account, "since": since})
        if file is None:
            print(data.decode(), end="")
            return
        try:
            file.write_bytes(data)
        except OSError as error:
            raise CommandFailed(f"{file} cannot be written: {error.strerror}.") from error
        self._cli.output.say(f"{file} was written: {len(data)} bytes.")

    def _show_sip(self, call: str) -> None:
        trace = self._cli.admin.get(f"/calls/{part(call)}/sip")
        if self._cli.output.json:
            self._cli.output.data(trace)
        else:
            show_sip(self._cli.output, trace, call)


def _callback(callback: dict[str, Any]) -> dict[str, Any]:
    attempts = callback["attempts"]
    last = attempts[-1] if attempts else {}
    result = last.get("status") or last.get("error") or callback["error"]
    return {**callback, "time": time_of(callback["created"]), "attempts": len(attempts), "last": result}
