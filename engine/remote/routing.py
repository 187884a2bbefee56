"""Which controller a command is for."""

from typing import Any

from sqlalchemy import Connection

from engine.commands import Command
from engine.store import calls, conferences

_SUBJECTS = ("call", "owner", "conference", "root")


def subject_of(command: Command[Any]) -> str:
    """Return the call or conference that a command names by its id; "" for one that names none."""
    return next((id for name in _SUBJECTS if (id := getattr(command, name, None))), "")


def controller_of(conn: Connection, command: Command[Any]) -> str | None:
    """Return the ARI application of the controller that has what a command names; None: any may have it.

    A conference that is given by its name is looked for in the command's account.
    """
    if subject := subject_of(command):
        call = calls.get(conn, subject)
        conference = None if call else conferences.get(conn, subject)
    else:
        call, conference = None, conferences.named(conn, getattr(command, "account", ""), getattr(command, "name", ""))
    found = call or conference
    return found.ari_application if found else None
