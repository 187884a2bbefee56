"""The context of every command: output, settings, and the admin API."""

import json
from functools import cached_property
from pathlib import Path
from typing import Any

from api.cli.client import ApiClient, CommandFailed
from api.cli.output import Output
from api.cli.settings import CliSettings, read

_MOST_NAMED = 10


class Cli:
    """The output, the settings and the admin API; settings are read, and the client is made, at the first use."""

    def __init__(self, output: Output) -> None:
        self.output = output

    @cached_property
    def settings(self) -> CliSettings:
        """The system's addresses and token; raises CommandFailed if they cannot be read."""
        return read()

    @cached_property
    def admin(self) -> ApiClient:
        """A client of the admin API; raises CommandFailed if the settings cannot be read."""
        return ApiClient(self.settings.admin, self.settings.admin_token)

    def account(self, named: str | None) -> str:
        """Return the given account, or the only account there is.

        Raises CommandFailed if none is given and there is none, or several, which the message names.
        """
        if named:
            return named
        names = sorted(str(account["name"]) for account in self.admin.get("/accounts")["accounts"])
        if not names:
            raise CommandFailed("There is no account yet. Create one with carillon accounts create NAME.")
        if len(names) == 1:
            return names[0]
        shown = ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")
        raise CommandFailed(f"There are several accounts; choose one with --account NAME: {shown}.")


def answering(say: str | None, tasks: Path | None) -> dict[str, Any]:
    """Return the API's fields for the given options that determine what answers a number or an application."""
    listed = tasks_of(say, tasks)
    return {} if listed is None else {"tasks": listed}


def destination_of(text: str | None) -> Any:
    """Return a destination in the API's form; for `tasks:FILE` with the file's tasks. Raises CommandFailed."""
    if text is None or not text.startswith("tasks:") or text.startswith("tasks:["):
        return text
    file = text.removeprefix("tasks:")
    if not file:
        raise CommandFailed("tasks: must be followed by the name of a JSON file with a list of tasks.")
    return {"tasks": tasks_of(None, Path(file))}


def present(**fields: Any) -> dict[str, Any]:
    """Return the fields that are not None."""
    return {name: value for name, value in fields.items() if value is not None}


def tasks_of(say: str | None, tasks: Path | None) -> list[Any] | None:
    """Return the tasks of --say or --tasks, None if neither is given; raises CommandFailed."""
    if say is not None and tasks is not None:
        raise CommandFailed("Give --say or --tasks, not both.")
    if say is not None:
        return [{"kind": "say", "text": say}, {"kind": "hang_up"}]
    if tasks is None:
        return None
    try:
        read = json.loads(tasks.read_text())
    except OSError as error:
        raise CommandFailed(f"{tasks} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise CommandFailed(f"{tasks} is not JSON: {error}.") from error
    if not isinstance(read, list):
        raise CommandFailed(f'{tasks} must hold a list of tasks such as [{{"kind": "say", "text": "Hello"}}].')
    return read
