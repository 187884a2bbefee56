"""carillon status"""

from api.cli.context import Cli


class StatusCommand:
    """The command `carillon status`."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def show(self) -> int:
        """Show the system's addresses, its health and its load. The exit status is 1 if it is not healthy."""
        status = self._cli.admin.get("/status")
        if self._cli.output.json:
            self._cli.output.data(status)
        else:
            lines = status.pop("lines")
            self._cli.output.fields(status)
            self._cli.output.say()
            self._cli.output.table(lines, lines, ("name", "state"), "No trunks and no extensions.")
        return 0 if status["healthy"] else 1
