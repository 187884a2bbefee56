"""Destinations in requests of our own API."""

import msgspec

from api.own.schema.engine_tasks import engine_tasks, listed_tasks
from api.own.schema.leading import TaskList, Wanted
from engine.features.destinations.choosing import LeadsTo, nowhere, to_destination, to_tasks
from engine.features.destinations.registry import Destinations


def leads_to(destinations: Destinations, wanted: Wanted) -> LeadsTo:
    """Return the function that resolves a request's destination; raises BadRequest."""
    if wanted is None:
        return nowhere
    tasks = wanted.tasks if isinstance(wanted, TaskList) else listed_tasks(wanted)
    if tasks is not None:
        return to_tasks(destinations, tasks, engine_tasks)
    return to_destination(destinations, str(wanted))


def given(destinations: Destinations, wanted: Wanted | msgspec.UnsetType) -> LeadsTo | None:
    """Return the same, or None if the request does not change it."""
    return None if isinstance(wanted, msgspec.UnsetType) else leads_to(destinations, wanted)
