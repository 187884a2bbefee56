"""Tasks in requests, made those that may be queued: what is not a customer's to set is taken out, numbers are read."""

from collections.abc import Sequence
from typing import Any

import msgspec

from api.own import spoken, strict
from api.own.bodies import number_as_read
from api.own.errors import BadRequest
from engine.model.destination import Destination, Diversions
from engine.tasks import secret
from engine.tasks.dial import Dial
from engine.tasks.go_to import GoTo
from engine.tasks.kinds import AnyTask
from engine.tasks.menu import Choice, Menu
from engine.tasks.ring import Ring
from engine.tasks.task import Task

MOST_TASKS = 100
TASK_LIST = "tasks"
"""The kind of destination whose target is a list of tasks as JSON."""
_NOT_GIVEN: dict[str, Any] = {"id": "", "data": None, "call_data": None, "stopped_data": None, "hops": 0}
_NUMBERS: dict[type[Any], tuple[str, ...]] = {Dial: ("to", "caller"), Ring: ("members", "caller")}
_DESTINATIONS: dict[type[Any], tuple[str, ...]] = {
    GoTo: ("destination",),
    Ring: ("otherwise",),
    Diversions: ("no_answer", "busy", "unregistered"),
    Choice: ("to",),
    Menu: ("otherwise",),
}


def checked_tasks(tasks: Sequence[AnyTask], country: str) -> tuple[AnyTask, ...]:
    """Return tasks as they may be queued: without ids, data and counts, which are not the customer's, and with their
    numbers read; those within tasks, and within the destinations that they name, too.

    Raises BadRequest, NumberRefused, and PromptError for a text that cannot be spoken.
    """
    if len(tasks) > MOST_TASKS:
        raise BadRequest(f"At most {MOST_TASKS} tasks may be queued at once.")
    spoken.check(tasks)
    return tuple(_plain(task, country) for task in tasks)


def listed_tasks(text: str) -> list[AnyTask] | None:
    """Read the tasks of a destination that is a list of tasks; None: it is another one, or none. Raises BadRequest."""
    kind, _, target = text.strip().partition(":")
    if kind != TASK_LIST:
        return None
    try:
        tasks = msgspec.json.decode(target, type=list[AnyTask], dec_hook=secret.read)
        strict.check(target.encode(), list[AnyTask])
    except msgspec.DecodeError as error:
        raise BadRequest(f"tasks must be a list of tasks as JSON: {error}.") from error
    if not tasks:
        raise BadRequest("A list of tasks must have at least one task.")
    return tasks


def _plain(value: Any, country: str) -> Any:
    if isinstance(value, tuple):
        return tuple(_plain(each, country) for each in value)
    if not isinstance(value, msgspec.Struct):
        return value
    numbers, destinations = _NUMBERS.get(type(value), ()), _DESTINATIONS.get(type(value), ())
    changes: dict[str, Any] = {}
    for name in value.__struct_fields__:
        given = getattr(value, name)
        if isinstance(value, Task) and name in _NOT_GIVEN:
            changes[name] = _NOT_GIVEN[name]
        elif name in numbers:
            changes[name] = _number(given, country)
        elif name in destinations:
            changes[name] = given and _destination(given, country)
        else:
            changes[name] = _plain(given, country)
    try:
        return msgspec.structs.replace(value, **changes)
    except ValueError as error:  # e.g. two numbers of a group that are one
        raise BadRequest(str(error)) from error


def _number(given: Any, country: str) -> Any:
    if isinstance(given, tuple):
        return tuple(number_as_read(each, country) for each in given)
    return None if given is None else number_as_read(given, country)


def _destination(text: str, country: str) -> str:
    tasks = listed_tasks(text)
    if tasks is None:
        return text
    try:
        return str(Destination(TASK_LIST, msgspec.json.encode(checked_tasks(tasks, country)).decode()))
    except TypeError:
        raise BadRequest("A list of tasks within a destination cannot hold credentials.") from None
