"""carillon rooms"""

from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from api.cli.client import CommandFailed, part
from api.cli.context import Cli, present

_COLUMNS = ("number", "name", "announces", "locked", "muted", "opens", "closes", "id")
_PARTICIPANTS = ("call", "number", "admin", "muted", "joined")
_Announces = Literal["nothing", "tone", "name"]


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = RoomCommands(cli)
    app = App(name="rooms", help="Rooms: conferences that callers enter with a PIN.")
    app.command(noun.add)
    app.command(noun.list_all, name="list")
    app.command(noun.show)
    app.command(noun.set)
    app.command(noun.remove)
    app.command(noun.participants)
    app.command(noun.lock)
    app.command(noun.mute)
    app.command(noun.kick)
    app.command(noun.end)
    return app


@Parameter(name="*")
class RoomOptions:
    """What a room's conferences do.

    Parameters
    ----------
    pin
        The participants' PIN, 4 to 10 digits; chosen at random where a new room has none.
    admin_pin
        The admins' PIN, another one.
    waits_for_admin
        Participants wait with music until an admin has entered; --no-waits-for-admin: they do not.
    ends_with_admin
        The conference ends when its last admin leaves.
    announces
        What those in it hear when one comes or leaves.
    music
        The class of music on hold while waiting and alone; "": silence.
    locked
        Conferences begin locked.
    muted
        Conferences begin with all but the admins muted.
    most
        How many participants get in; 0: any number.
    prefix
        The key before each key that does something.
    language
        Of what is spoken, such as en-US or de-DE.
    timezone
        In which times are spoken, such as Europe/Berlin.
    opens
        From when callers get in, such as 2030-01-31T12:00:00+01:00; "": no limit.
    closes
        Until when callers get in; the conference ends for all then.
    lasting
        It goes on then for who is in it.
    """

    def __init__(
        self,
        *,
        pin: str | None = None,
        admin_pin: str | None = None,
        waits_for_admin: bool | None = None,
        ends_with_admin: bool | None = None,
        announces: _Announces | None = None,
        music: str | None = None,
        locked: bool | None = None,
        muted: bool | None = None,
        most: int | None = None,
        prefix: str | None = None,
        language: str | None = None,
        timezone: str | None = None,
        opens: str | None = None,
        closes: str | None = None,
        lasting: bool | None = None,
    ) -> None:
        """Take the options."""
        times = {name: value or None for name, value in present(opens=opens, closes=closes).items()}
        self.given: dict[str, Any] = times | present(
            pin=pin,
            admin_pin=admin_pin,
            waits_for_admin=waits_for_admin,
            ends_with_admin=ends_with_admin,
            announces=announces,
            music=music,
            locked=locked,
            muted=muted,
            most=most,
            prefix=prefix,
            language=language,
            timezone=timezone,
            lasting=lasting,
        )


_NOTHING = RoomOptions()
_Options = Annotated[RoomOptions, Parameter(name="*")]


class RoomCommands:
    """The commands. A room is named by its number or its id."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def add(
        self,
        account: str | None = None,
        *,
        number: str | None = None,
        name: str | None = None,
        options: _Options = _NOTHING,
    ) -> None:
        """Make a room. Its PINs are printed once.

        Parameters
        ----------
        account
            The account; may be left out if there is only one.
        number
            1 to 9 digits; chosen at random by default.
        name
            Its name; by default its number.
        """
        made = self._cli.admin.post(self._path(account), present(number=number, name=name) | options.given)
        self._cli.output.fields(made)
        self._cli.output.say(
            "The PINs are not shown again. Let a number lead here: carillon numbers set NUMBER --to rooms."
        )

    def list_all(self, account: str | None = None) -> None:
        """List the rooms of an account."""
        found = self._cli.admin.get(self._path(account))["rooms"]
        nothing = "There are no rooms: carillon rooms add."
        self._cli.output.table(found, found, _COLUMNS, nothing, spare=("id", "closes", "opens"))

    def show(self, room: str, *, account: str | None = None) -> None:
        """Show a room, without its PINs."""
        self._cli.output.fields(self._cli.admin.get(self._path(account, room)))

    def set(
        self, room: str, *, account: str | None = None, name: str | None = None, options: _Options = _NOTHING
    ) -> None:
        """Change a room. A conference that goes on in it keeps its rules."""
        body = present(name=name) | options.given
        if not body:
            raise CommandFailed("Nothing to change: give --pin, --name or another option.")
        self._cli.output.fields(self._cli.admin.ask("PATCH", self._path(account, room), body=body))

    def remove(self, room: str, *, account: str | None = None) -> None:
        """Remove a room. A conference that goes on in it is not ended."""
        self._cli.admin.delete(self._path(account, room))
        self._cli.output.done({"removed": room}, f"The room {room} was removed.")

    def participants(self, room: str, *, account: str | None = None) -> None:
        """List those who are in a room now."""
        shown = self._cli.admin.get(f"{self._path(account, room)}/participants")
        found = shown["participants"]
        self._cli.output.table(found, found, _PARTICIPANTS, "The room is empty.", spare=("joined",))

    def lock(self, room: str, *, account: str | None = None, off: bool = False) -> None:
        """Lock the conference that goes on in a room: only admins get in. --off opens it."""
        done = self._cli.admin.post(f"{self._path(account, room)}/lock", {"locked": not off})
        self._cli.output.done(done, f"The room {room} is {'open' if off else 'locked'}.")

    def mute(self, room: str, call: str | None = None, *, account: str | None = None, off: bool = False) -> None:
        """Mute a participant by its call's id, or all but the admins. --off unmutes."""
        path = f"{self._path(account, room)}/participants" + ("" if call is None else f"/{part(call)}")
        done = self._cli.admin.ask("PATCH", path, body={"muted": not off})
        self._cli.output.done(done, f"{call or 'All but the admins'}: {'heard again' if off else 'muted'}.")

    def kick(self, room: str, call: str, *, account: str | None = None) -> None:
        """Hang up a participant by its call's id."""
        self._cli.admin.delete(f"{self._path(account, room)}/participants/{part(call)}")
        self._cli.output.done({"removed": call}, f"The call {call} was hung up.")

    def end(self, room: str, *, account: str | None = None) -> None:
        """End the conference that goes on in a room, for all."""
        self._cli.admin.post(f"{self._path(account, room)}/end")
        self._cli.output.done({"ended": room}, f"The conference in {room} was ended.")

    def _path(self, account: str | None, room: str | None = None) -> str:
        path = f"/accounts/{part(self._cli.account(account))}/rooms"
        return path if room is None else f"{path}/{part(room)}"
