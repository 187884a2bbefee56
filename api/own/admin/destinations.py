"""Destinations in requests of the admin API."""

import msgspec

from api.own.given_tasks import checked_tasks, listed_tasks
from engine.features.destinations.choosing import LeadsTo, nowhere, to_destination, to_tasks
from engine.features.destinations.registry import Destinations
from engine.tasks.kinds import AnyTask


class TaskList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fixed list of tasks as a destination; all other kinds are written as `kind:target`."""

    tasks: tuple[AnyTask, ...]


Wanted = str | TaskList | None
"""`extension:101`, or {"tasks": […]}; null or "": no destination."""


def leads_to(destinations: Destinations, wanted: Wanted) -> LeadsTo:
    """Return the function that resolves a request's destination; raises BadRequest."""
    if wanted is None:
        return nowhere
    tasks = listed_tasks(wanted) if isinstance(wanted, str) else wanted.tasks
    if tasks is not None:
        return to_tasks(destinations, tasks, checked_tasks)
    return to_destination(destinations, str(wanted))


def given(destinations: Destinations, wanted: Wanted | msgspec.UnsetType) -> LeadsTo | None:
    """Return the same, or None if the request does not change it."""
    return None if isinstance(wanted, msgspec.UnsetType) else leads_to(destinations, wanted)
