"""carillon lab"""

from typing import Annotated

from cyclopts import App, Parameter

from api.cli.client import CommandFailed
from api.cli.context import Cli


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = LabCommands(cli)
    app = App(name="lab", help="The telephone network in the box: numbers that are people.")
    app.command(noun.personas)
    app.command(noun.map_number, name="map")
    app.command(noun.mapped)
    app.command(noun.dial)
    return app


class LabCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def personas(self) -> None:
        """List who lives there."""
        found = self._cli.admin.get("/lab/personas")["personas"]
        self._cli.output.table(found, found, ("number", "does"), "Nobody lives there.")

    def map_number(self, number: str, persona: str | None = None, *, remove: bool = False) -> None:
        """Give any other number a persona, e.g. +442079460000 0114.

        Parameters
        ----------
        remove
            The number has no persona any more.
        """
        if remove == (persona is not None):
            raise CommandFailed("Give a persona, or --remove.")
        mapped = self._cli.admin.post("/lab/map", {"number": number, "persona": persona})
        text = f"{mapped['number']} is {mapped['persona'] or 'nobody'} in the lab now."
        if mapped["persona"]:
            text += f" Where an account may not call it yet: carillon accounts allow ACCOUNT +{mapped['number']}"
        self._cli.output.done(mapped, text)

    def mapped(self) -> None:
        """List the numbers that were given a persona."""
        found = self._cli.admin.get("/lab/mapped")["mapped"]
        rows = [{"number": number, "persona": persona} for number, persona in sorted(found.items())]
        self._cli.output.table(found, rows, ("number", "persona"), "No other number has a persona.")

    def dial(
        self,
        number: str,
        *,
        persona: Annotated[str, Parameter(name=("--as", "--persona"))] = "12015550101",
        seconds: int = 20,
        through: str = "carillon",
    ) -> None:
        """Let the lab call one of our numbers as a persona; fails where nobody takes the call.

        Parameters
        ----------
        seconds
            How long the call lasts from the answer.
        through
            The lab's trunk: carillon, which knows us by our address, or registered, over the contact that registered.
        """
        body = {"number": number, "persona": persona, "seconds": seconds, "trunk": through}
        dialled = self._cli.admin.post("/lab/dial", body)
        if dialled["state"] == "refused":
            why = "it refused the call" if dialled["known"] else "no application answers a number of these digits"
            raise CommandFailed(f"{number} did not take the call: {why}. `carillon numbers list` shows what answers.")
        text = f"The lab calls {number}: {dialled['state']}; SIP Call-ID {dialled['sip_call_id']}."
        self._cli.output.done(dialled, text)
