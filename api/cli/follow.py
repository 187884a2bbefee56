"""Prints a call's events until its end."""

import time
from datetime import UTC, datetime
from typing import Any

from api.cli.client import CommandFailed, part
from api.cli.context import Cli
from api.cli.lines import short, time_of
from api.cli.output import outcome_of
from api.cli.questions import line_of_question

_LOOK_SECONDS = 0.25
Timeline = dict[str, Any]


def follow(cli: Cli, call: str, *, within: float, quiet: bool = False) -> Timeline:
    """Print a call's events, questions and answers as they come (unless `quiet`); returns its timeline at its end.

    Raises CommandFailed if it has not ended after `within` seconds.
    """
    deadline = time.monotonic() + within
    shown: set[str] = set()
    while True:
        timeline: Timeline = cli.admin.get(f"/calls/{part(call)}")
        for line in [] if quiet else _new_lines(timeline, shown):
            cli.output.say("  " + line)
        if timeline["call"]["ended"]:
            return timeline
        if time.monotonic() > deadline:
            raise CommandFailed(
                f"The call {call} has not ended after {within:.0f} s; `carillon calls show` shows its state."
            )
        time.sleep(_LOOK_SECONDS)


def _new_lines(timeline: Timeline, shown: set[str]) -> list[str]:
    """Return a line for each event and question that is not in `shown`, by time, and add them to `shown`."""
    lines = [(each["at"], each["id"], line_of(each)) for each in timeline["events"]]
    lines += [(each["at"], each["id"], line_of_question(each)) for each in timeline["questions"]]
    new = [line for line in lines if line[1] not in shown]
    shown.update(id for _, id, _ in new)
    return [text for _, _, text in sorted(new, key=lambda line: line[0])]


def line_of(event: dict[str, Any]) -> str:
    """Return an event as one line."""
    hidden = ("event", "at", "id", "subject", "sequence", "task", "legs")
    given = {name: value for name, value in event.items() if name not in hidden and value is not None}
    fields = [f"{name}={_value(name, value)}" for name, value in given.items()]
    return f"{time_of(event['at'])}  {event['event']:<18} {' '.join(short(field) for field in fields)}".rstrip()


def _value(name: str, value: Any) -> Any:
    match name:
        case "outcome":
            return outcome_of(value)
        case "deadline":
            return time_of(datetime.fromtimestamp(value, UTC).isoformat(timespec="milliseconds"))
    return value
