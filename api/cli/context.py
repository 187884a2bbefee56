"""What every command works with."""

import json
from functools import cached_property
from pathlib import Path
from typing import Any

from api.cli.client import ApiClient, CommandFailed
from api.cli.output import Output
from api.cli.settings import CliSettings, read

_MOST_NAMED = 10


class Cli:
    """Where to print, where the system is, and its administrator's API; the last two when they are asked for."""

    def __init__(self, output: Output) -> None:
        self.output = output

    @cached_property
    def settings(self) -> CliSettings:
        """Where the system is; raises CommandFailed."""
        return read()

    @cached_property
    def admin(self) -> ApiClient:
        """The administrator's API; raises CommandFailed."""
        return ApiClient(self.settings.admin, self.settings.admin_token)

    def account(self, named: str | None) -> str:
        """Return the account that is named, else the only one there is; where there are several, which is not guessed.

        Raises CommandFailed, which names them.
        """
        if named:
            return named
        names = sorted(str(account["name"]) for account in self.admin.get("/accounts")["accounts"])
        if not names:
            raise CommandFailed("There is no account yet: carillon accounts create NAME.")
        if len(names) == 1:
            return names[0]
        shown = ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")
        raise CommandFailed(f"There are several accounts; say which: --account NAME, one of {shown}.")


def answering(say: str | None, tasks: Path | None, ringful_url: str | None) -> dict[str, Any]:
    """Return the fields that say what answers a number or an application, of those options that are given."""
    body: dict[str, Any] = {}
    listed = tasks_of(say, tasks)
    if listed is not None:
        body["tasks"] = listed
    if ringful_url is not None:
        body |= {"dialect": "ringful", "url": ringful_url}
    return body


def destination_of(text: str | None) -> Any:
    """Return a destination as the API takes it, `tasks:FILE` with the tasks of the file; raises CommandFailed."""
    if text is None or not text.startswith("tasks:") or text.startswith("tasks:["):
        return text
    file = text.removeprefix("tasks:")
    if not file:
        raise CommandFailed("tasks: must be followed by the name of a JSON file with a list of tasks.")
    return {"tasks": tasks_of(None, Path(file))}


def present(**fields: Any) -> dict[str, Any]:
    """Return the fields that are given; one that is None is not."""
    return {name: value for name, value in fields.items() if value is not None}


def tasks_of(say: str | None, tasks: Path | None) -> list[Any] | None:
    """Return the tasks of --say or --tasks; None where neither is given."""
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
