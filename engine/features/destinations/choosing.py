"""What somebody wants a thing to lead to, made into a destination as stored, in the transaction that stores it."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection

from engine.features.destinations.registry import Destinations
from engine.store.accounts import Account
from engine.store.rows import seal_of
from engine.tasks.kinds import AnyTask, encode_list

Given = TypeVar("Given")
LeadsTo = Callable[[Connection, Account], str]
"""Gives a destination as stored, "" for nowhere; it may make what it names. Raises FeatureError."""
ReadTasks = Callable[[Sequence[Given], str], tuple[AnyTask, ...]]
"""Reads tasks as a request gives them, their numbers as in a country (ISO 3166)."""


def nowhere(conn: Connection, account: Account) -> str:
    """Nobody answers."""
    return ""


def to_destination(destinations: Destinations, text: str) -> LeadsTo:
    """Lead to a destination as it is written, or to an extension or number alone; "" is nowhere."""
    return lambda conn, account: destinations.read(account, text) if text else ""


def to_tasks(destinations: Destinations, tasks: Sequence[Given], read: ReadTasks[Given]) -> LeadsTo:
    """Lead to a fixed list of tasks."""

    def leads_to(conn: Connection, account: Account) -> str:
        sealed = encode_list(read(tasks, account.country), seal_of(conn))
        return destinations.checked(account, f"tasks:{sealed}")

    return leads_to
