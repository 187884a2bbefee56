"""carillon lab"""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from api.cli.client import CommandFailed
from api.cli.context import Cli
from api.cli.lab_texts import LabTextCommands


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = LabCommands(cli)
    app = App(name="lab", help="The simulated telephone network: numbers that behave as people do.")
    app.command(noun.personas)
    app.command(noun.carriers)
    app.command(noun.map_number, name="map")
    app.command(noun.mapped)
    app.command(noun.dial)
    texts = LabTextCommands(cli)
    app.command(texts.text_personas)
    app.command(texts.texts)
    app.command(texts.text)
    app.command(texts.smsc)
    return app


class LabCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def personas(self) -> None:
        """List the personas: numbers and what each does."""
        found = self._cli.admin.get("/lab/personas")["personas"]
        self._cli.output.table(found, found, ("number", "does"), "The lab has no personas.")

    def carriers(self, *, ca_file: Path | None = None) -> None:
        """List the carriers: their addresses, what each wants, and the command that connects us to it.

        Parameters
        ----------
        ca_file
            Save the certificate of the authority behind the carrier that speaks TLS as this file.
        """
        answer = self._cli.admin.get("/lab/carriers")
        found = answer["carriers"]
        if ca_file:
            ca_file.write_text(answer["authority"])
            self._cli.output.done(answer, f"The certificate of the lab's authority is in {ca_file}.")
            return
        rows = [one | {"address": one["host"] + (f":{one['port']}" if one["port"] else "")} for one in found]
        self._cli.output.table(found, rows, ("name", "address", "transport", "does"), "The lab has no carriers.")
        for one in found:
            self._cli.output.say(one["command"])

    def map_number(self, number: str, persona: str | None = None, *, remove: bool = False) -> None:
        """Give any other number a persona, e.g. +442079460000 0114.

        Parameters
        ----------
        remove
            Remove the number's persona.
        """
        if remove == (persona is not None):
            raise CommandFailed("Give a persona, or --remove.")
        mapped = self._cli.admin.post("/lab/map", {"number": number, "persona": persona})
        persona_now = f"the persona {mapped['persona']}" if mapped["persona"] else "no persona"
        text = f"{mapped['number']} has {persona_now} in the lab now."
        if mapped["persona"]:
            text += f" To allow an account to call it: carillon accounts allow ACCOUNT +{mapped['number']}"
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
        """Call one of our numbers from the lab, as a persona; fails if the call is not taken.

        Parameters
        ----------
        seconds
            How long the call lasts from the answer.
        through
            The lab's trunk: carillon, which calls our address; registered, which calls the contact that registered; or
            one of `carillon lab carriers`.
        """
        body = {"number": number, "persona": persona, "seconds": seconds, "trunk": through}
        dialled = self._cli.admin.post("/lab/dial", body)
        if dialled["state"] == "refused":
            why = "it refused the call" if dialled["known"] else "no application answers a number of these digits"
            raise CommandFailed(f"{number} did not take the call: {why}. `carillon numbers list` shows what answers.")
        text = f"The lab calls {number}: {dialled['state']}; SIP Call-ID {dialled['sip_call_id']}."
        self._cli.output.done(dialled, text)
