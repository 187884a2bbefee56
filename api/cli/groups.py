"""carillon groups"""

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from cyclopts import App, Parameter

from api.cli.client import part
from api.cli.context import Cli, destination_of, present

Members = Annotated[list[str], Parameter(consume_multiple=True, negative="")]
"""Members of a group, each argument one or several with commas between them."""


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = Groups(cli)
    app = App(name="groups", help="Ring groups: several phones and numbers that ring together.")
    app.command(noun.add)
    app.command(noun.set)
    app.command(noun.list_all, name="list")
    app.command(noun.remove)
    return app


class Groups:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def add(
        self,
        name: str,
        members: Members,
        *,
        account: str | None = None,
        strategy: Literal["all", "in_order"] = "all",
        seconds: float = 60.0,
        seconds_each: float = 20.0,
        otherwise: str | None = None,
    ) -> None:
        """Create a ring group. To lead a number to it: carillon numbers add NUMBER --to group:NAME.

        Parameters
        ----------
        members
            Extensions and numbers, separated by spaces or commas: 101 102 +12015550100.
        strategy
            all: all members ring at once. in_order: one after the other.
        seconds
            For how many seconds the group rings.
        seconds_each
            For how many seconds each member rings with in_order.
        otherwise
            The destination of a call that no member answers, e.g. extension:109.
        """
        body: dict[str, Any] = {"name": name, "account": self._cli.account(account), "members": _members(members)}
        body |= {"strategy": strategy, "seconds": seconds, "seconds_each": seconds_each}
        self._shown(self._cli.admin.post("/groups", body | present(otherwise=destination_of(otherwise))))

    def set(
        self,
        name: str,
        *,
        account: str | None = None,
        members: Members | None = None,
        strategy: Literal["all", "in_order"] | None = None,
        seconds: float | None = None,
        seconds_each: float | None = None,
        otherwise: str | None = None,
    ) -> None:
        """Change a ring group. Options left out stay as they are.

        Parameters
        ----------
        members
            Extensions and numbers, separated by spaces or commas; they replace the former ones.
        otherwise
            A destination, or "" for none.
        """
        fields = present(
            members=None if members is None else _members(members),
            strategy=strategy,
            seconds=seconds,
            seconds_each=seconds_each,
            otherwise=destination_of(otherwise),
        )
        body = {"account": self._cli.account(account)} | fields
        self._shown(self._cli.admin.ask("PATCH", f"/groups/{part(name)}", body=body))

    def list_all(self) -> None:
        """List all ring groups."""
        found = self._cli.admin.get("/groups")["groups"]
        rows = [
            {
                "name": each["name"],
                "account": each["account"],
                "members": ", ".join(each["members"]),
                "strategy": each["strategy"],
                "seconds": each["seconds"],
                "otherwise": each["otherwise"] and each["otherwise"]["text"],
            }
            for each in found
        ]
        columns = ("name", "account", "members", "strategy", "seconds", "otherwise")
        self._cli.output.table(found, rows, columns, "There are no ring groups.", spare=("seconds", "strategy"))

    def remove(self, name: str, *, account: str | None = None) -> None:
        """Remove a ring group. Refused while a number, an extension or a group leads to it."""
        query = urlencode({"account": self._cli.account(account)})
        self._cli.admin.delete(f"/groups/{part(name)}?{query}")
        self._cli.output.done({"removed": name}, f"The group {name} was removed.")

    def _shown(self, group: dict[str, Any]) -> None:
        how = "all at once" if group["strategy"] == "all" else "one after the other"
        then = f", then {group['otherwise']['text']}" if group["otherwise"] else ""
        text = f"{group['name']} rings {', '.join(group['members'])} {how} for {group['seconds']:g} s{then}."
        self._cli.output.done(group, text)


def _members(given: list[str]) -> list[str]:
    return [each.strip() for text in given for each in text.split(",") if each.strip()]
