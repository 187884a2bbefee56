"""carillon campaigns, carillon do-not-call"""

from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from api.cli.client import CommandFailed, part
from api.cli.context import Cli, present
from api.cli.files import save
from api.own.features.campaigns.cli_lists import do_not_call

AT_ONCE = 1000
"""Contacts that are sent, and read, in one request."""
_COLUMNS = ("id", "account", "name", "kind", "state", "reason", "started", "ended")
_CONTACTS = ("id", "number", "status", "reason", "attempts", "seconds", "playback", "digits", "price", "tags")
_SPARE = ("tags", "playback", "price", "reason")
_Machine = Literal["hang_up", "leave_message", "play"]


def commands(cli: Cli) -> tuple[App, ...]:
    """Return the nouns' commands."""
    noun = CampaignCommands(cli)
    app = App(name="campaigns", help="Many numbers that are called or texted with one message.")
    app.command(noun.create)
    app.command(noun.add_contacts)
    app.command(noun.list_all, name="list")
    app.command(noun.show)
    app.command(noun.contacts)
    app.command(noun.plan)
    app.command(noun.start)
    app.command(noun.pause)
    app.command(noun.resume)
    app.command(noun.stop)
    app.command(noun.report)
    app.command(noun.remove)
    return app, do_not_call(cli)


@Parameter(name="*")
class CampaignOptions:
    """How a campaign goes.

    Parameters
    ----------
    caller
        The number that is shown, by default the account's own.
    per_second
        Calls that begin in a second, at most.
    at_once
        Calls at the same time, at most.
    machine
        What is done if an answering machine answers.
    keys
        Report the keys that are pressed during the message, and 5 s after it.
    opt_out_key
        The key that puts a number on the do-not-call list.
    record
        Record the calls.
    zone
        The time zone of numbers that do not say one, such as Asia/Kathmandu.
    retry
        Try again: OUTCOME:TIMES:SECONDS, such as busy:2:300; may be given for each outcome.
    hours
        When contacts are called, in their own time: HH:MM-HH:MM, such as 09:00-21:00; may be given several times.
    priority
        1 to 9: who gets the places that two campaigns want.
    """

    def __init__(
        self,
        *,
        caller: str | None = None,
        per_second: float | None = None,
        at_once: int | None = None,
        machine: _Machine | None = None,
        keys: bool | None = None,
        opt_out_key: str | None = None,
        record: bool | None = None,
        zone: str | None = None,
        retry: list[str] | None = None,
        hours: list[str] | None = None,
        priority: int | None = None,
    ) -> None:
        """Take the options; raises CommandFailed for what cannot be read."""
        self.given: dict[str, Any] = present(
            caller=caller,
            per_second=per_second,
            at_once=at_once,
            machine=machine,
            keys=keys,
            opt_out_key=opt_out_key,
            record=record,
            zone=zone,
            priority=priority,
        )
        if retry:
            self.given["retries"] = [_retry(text) for text in retry]
        if hours:
            self.given["windows"] = [_window(text) for text in hours]


_NOTHING = CampaignOptions()
_Options = Annotated[CampaignOptions, Parameter(name="*")]


class CampaignCommands:
    """The commands. A campaign is named by its id."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def create(
        self,
        name: str,
        *,
        account: str | None = None,
        text: bool = False,
        say: str | None = None,
        audio: str | None = None,
        locale: str | None = None,
        options: _Options = _NOTHING,
    ) -> None:
        """Make a campaign, a draft without contacts.

        Parameters
        ----------
        text
            Send texts instead of calling.
        say
            What is spoken or sent; {NAME} is replaced by the contact's tag.
        audio
            The audio that is played: a URL, or upload:NAME.
        locale
            The language of what is spoken, such as en-US.
        """
        body: dict[str, Any] = {"name": name, "kind": "text" if text else "voice", "options": options.given}
        body["message"] = present(text=say, audio=audio, locale=locale)
        made = self._cli.admin.post(f"/accounts/{part(self._cli.account(account))}/campaigns", body)
        self._cli.output.done(made, str(made["id"]))

    def add_contacts(self, campaign: str, *numbers: str, file: Path | None = None) -> None:
        """Add contacts: numbers, or those of a file.

        Parameters
        ----------
        file
            An .xlsx or .csv file with a column of numbers; the other columns are tags.
        """
        if bool(numbers) == bool(file):
            raise CommandFailed("Give numbers, or a file with --file.")
        path = f"{self._path(campaign)}/contacts"
        shown: dict[str, Any] = {"added": 0, "duplicates": 0, "bad": []}
        if file:
            shown = self._cli.admin.ask_raw("POST", f"{path}/file", _content(file))
        for begin in range(0, len(numbers), AT_ONCE):
            some = [{"number": number} for number in numbers[begin : begin + AT_ONCE]]
            found = self._cli.admin.post(path, {"contacts": some})
            shown["added"] += found["added"]
            shown["duplicates"] += found["duplicates"]
            shown["bad"] += [each | {"line": each["line"] + begin} for each in found["bad"]]
        said = f"{shown['added']} added, {shown['duplicates']} were there already, {len(shown['bad'])} are not valid."
        self._cli.output.done(shown, said)
        for each in shown["bad"]:
            self._cli.output.say(f"  {each['line']}: {each['number'] + ': ' if each['number'] else ''}{each['reason']}")

    def list_all(self, *, account: str | None = None, limit: int = 50) -> None:
        """List campaigns, newest first."""
        found = self._cli.admin.get("/campaigns", account=account, limit=str(limit))["campaigns"]
        self._cli.output.table(found, found, _COLUMNS, "There are no campaigns.", spare=("reason", "ended"))

    def show(self, campaign: str) -> None:
        """Show a campaign, and what became of its contacts."""
        self._cli.output.fields(self._cli.admin.get(f"/campaigns/{part(campaign)}"))

    def contacts(self, campaign: str, *, status: str | None = None, after: int = 0, limit: int = 100) -> None:
        """List contacts in the order of their ids: those of a status, those after an id."""
        found = self._contacts(campaign, status, after, limit)
        self._cli.output.table(found, found, _CONTACTS, "There are no contacts.", spare=_SPARE)

    def plan(self, campaign: str, *, status: str | None = None, at: str | None = None) -> None:
        """Say what a start would do, before anything is dialled.

        Parameters
        ----------
        status
            Only contacts of these statuses, with commas between; by default those that are new.
        at
            As if it started then, such as 2030-01-31T12:00:00+01:00.
        """
        found = self._cli.admin.post(f"{self._path(campaign)}/plan", _start(status, at))
        self._cli.output.fields(found)

    def start(self, campaign: str, *, status: str | None = None, at: str | None = None) -> None:
        """Start a campaign, or schedule it.

        Parameters
        ----------
        status
            Only contacts of these statuses, with commas between; by default those that are new.
        at
            Start then, such as 2030-01-31T12:00:00+01:00.
        """
        found = self._cli.admin.post(f"{self._path(campaign)}/start", _start(status, at))
        state = "is scheduled" if at else "runs"
        held = f"{found['held']} {found['campaign']['currency']}"
        self._cli.output.done(found, f"The campaign {state}: {found['contacts']} contacts, {held} held.")

    def pause(self, campaign: str) -> None:
        """Begin no more calls; those that are up go on."""
        self._cli.output.done(self._do(campaign, "pause"), "The campaign is paused.")

    def resume(self, campaign: str) -> None:
        """Go on with a campaign that is paused."""
        self._cli.output.done(self._do(campaign, "resume"), "The campaign runs.")

    def stop(self, campaign: str) -> None:
        """End a campaign at once: its calls are hung up, and nobody else is called."""
        self._cli.output.done(self._do(campaign, "stop"), "The campaign is stopped.")

    def report(self, campaign: str, *, file: Path | None = None) -> None:
        """Print all contacts as CSV, or as JSON with --json.

        Parameters
        ----------
        file
            Save them in this file, which is an .xlsx file if its name ends so, and else CSV.
        """
        if file:
            kind = "xlsx" if file.suffix.lower() == ".xlsx" else "csv"
            save(file, self._report(campaign, kind))
            self._cli.output.done({"file": str(file)}, f"The report is in {file}.")
        elif self._cli.output.json:
            rows: list[dict[str, Any]] = []
            while page := self._contacts(campaign, None, rows[-1]["id"] if rows else 0, AT_ONCE):
                rows += page
            self._cli.output.data(rows)
        else:
            self._cli.output.say(self._report(campaign, "csv").decode("utf-8-sig").rstrip())

    def _report(self, campaign: str, kind: str) -> bytes:
        return self._cli.admin.raw("GET", f"{self._path(campaign)}/report", query={"format": kind})

    def remove(self, campaign: str) -> None:
        """Remove a campaign with its contacts."""
        self._cli.admin.delete(self._path(campaign))
        self._cli.output.done({"removed": campaign}, f"The campaign {campaign} was removed.")

    def _contacts(self, campaign: str, status: str | None, after: int, limit: int) -> list[dict[str, Any]]:
        path = f"{self._path(campaign)}/contacts"
        found: list[dict[str, Any]] = self._cli.admin.get(path, status=status, after=str(after), limit=str(limit))[
            "contacts"
        ]
        return found

    def _do(self, campaign: str, what: str) -> dict[str, Any]:
        done: dict[str, Any] = self._cli.admin.post(f"{self._path(campaign)}/{what}")
        return done

    def _path(self, campaign: str) -> str:
        owner = self._cli.admin.get(f"/campaigns/{part(campaign)}")["account"]
        return f"/accounts/{part(str(owner))}/campaigns/{part(campaign)}"


def _start(status: str | None, at: str | None) -> dict[str, Any]:
    statuses = [name.strip() for name in status.split(",")] if status else None
    return present(statuses=statuses, at=at)


def _retry(text: str) -> dict[str, Any]:
    outcome, _, rest = text.partition(":")
    times, _, seconds = rest.partition(":")
    try:
        return {"outcome": outcome, "times": int(times), "wait_seconds": float(seconds)}
    except ValueError:
        raise CommandFailed(f"--retry must be OUTCOME:TIMES:SECONDS, such as busy:2:300 (got {text}).") from None


def _window(text: str) -> dict[str, Any]:
    start, dash, end = text.partition("-")
    if not dash:
        raise CommandFailed(f"--hours must be HH:MM-HH:MM, such as 09:00-21:00 (got {text}).")
    return {"start": start, "end": end}


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandFailed(f"{file} cannot be read: {error.strerror}.") from error
