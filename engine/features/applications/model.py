"""What an application is, and what a request may want of one."""

from typing import NamedTuple

import msgspec

from engine.model.call import Call
from engine.store.applications import Application
from engine.tasks.kinds import AnyTask

__all__ = ["Application", "ApplicationDetails", "CallApplication", "ListedApplication", "WantedApplication"]


class WantedApplication(msgspec.Struct, frozen=True, kw_only=True):
    """What an application shall be: a fixed list of tasks, or a dialect's with a URL and one that is tried after it."""

    tasks: tuple[AnyTask, ...] | None = None
    dialect: str | None = None
    url: str | None = None
    fallback: str | None = None


class ListedApplication(NamedTuple):
    """An application with its account's name, and its key where it has one of its own."""

    application: Application
    account: str
    key: str | None


class ApplicationDetails(NamedTuple):
    """An application with its key and secret where it has its own, and the numbers that lead to it."""

    application: Application
    key: str | None
    secret: str | None
    numbers: tuple[str, ...]


class CallApplication(NamedTuple):
    """A call, its application, and the application's key and secret ("": it has none of its own)."""

    call: Call
    application: Application | None
    key: str
    secret: str
