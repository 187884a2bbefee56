"""carillon lab: texts"""

from typing import Annotated, Literal

from cyclopts import Parameter

from api.cli.context import Cli


class LabTextCommands:
    """The commands of the lab's SMSC."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def text_personas(self) -> None:
        """List the numbers that take texts in a way of their own; any other is delivered to at once."""
        found = self._cli.admin.get("/lab/texts/personas")["personas"]
        self._cli.output.table(found, found, ("number", "does"), "The lab has no such numbers.")

    def texts(self, number: str) -> None:
        """List the texts that arrived at a number of the lab, oldest first."""
        found = self._cli.admin.get("/lab/texts", number=number)["texts"]
        columns = ("sender", "parts", "text")
        self._cli.output.table(found, found, columns, f"No text arrived at {number}.")

    def text(
        self,
        number: str,
        text: str,
        *,
        sender: Annotated[str, Parameter(name=("--as", "--sender"))] = "12015550140",
    ) -> None:
        """Text one of our numbers from the lab, as a number of the network, e.g. +12015552000 "Hello".

        Parameters
        ----------
        sender
            The number that sends it; letters and short codes are possible.
        """
        sent = self._cli.admin.post("/lab/texts", {"sender": sender, "recipient": number, "text": text})
        parts = "1 part" if sent["parts"] == 1 else f"{sent['parts']} parts"
        self._cli.output.done(sent, f"The lab sends a text of {parts} from {sender} to {number}.")

    def smsc(self, state: Literal["up", "down", "slow"] | None = None) -> None:
        """Show how the lab's SMSC is, or set it up, down or slow."""
        path = "/lab/smsc"
        found = self._cli.admin.ask("PUT", path, body={"state": state}) if state else self._cli.admin.get(path)
        self._cli.output.done(found, f"The lab's SMSC is {found['state']}.")
