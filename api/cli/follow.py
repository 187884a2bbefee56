"""Watching a call to its end."""

import time
from datetime import UTC, datetime
from typing import Any

from api.cli.client import CommandFailed, part
from api.cli.context import Cli
from api.cli.output import outcome_of

_LOOK_SECONDS = 0.25
Story = dict[str, Any]


def follow(cli: Cli, call: str, *, within: float, quiet: bool = False) -> Story:
    """Print a call's events as they come (unless `quiet`); returns its timeline when it has ended.

    Raises CommandFailed when it has not ended `within` seconds.
    """
    deadline = time.monotonic() + within
    shown = 0
    while True:
        story: Story = cli.admin.get(f"/calls/{part(call)}")
        for event in [] if quiet else story["events"][shown:]:
            cli.output.say("  " + line_of(event))
        shown = len(story["events"])
        if story["call"]["ended"]:
            return story
        if time.monotonic() > deadline:
            raise CommandFailed(
                f"The call {call} has not ended after {within:.0f} s; `carillon calls show` tells more."
            )
        time.sleep(_LOOK_SECONDS)


def line_of(event: dict[str, Any]) -> str:
    """Return an event as one line."""
    hidden = ("event", "at", "id", "subject", "sequence", "task", "legs")
    given = {name: value for name, value in event.items() if name not in hidden and value is not None}
    fields = [f"{name}={_value(name, value)}" for name, value in given.items()]
    return f"{_time(event['at'])}  {event['event']:<18} {' '.join(_short(field) for field in fields)}".rstrip()


def _value(name: str, value: Any) -> Any:
    match name:
        case "outcome":
            return outcome_of(value)
        case "deadline":
            return _time(datetime.fromtimestamp(value, UTC).isoformat(timespec="milliseconds"))
    return value


def _time(text: str) -> str:
    return text[11:23]


def _short(text: str) -> str:
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return plain if len(plain) <= 120 else plain[:117] + "..."
