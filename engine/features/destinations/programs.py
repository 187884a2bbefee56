"""Calls that are led to a program: an application, or a fixed list of tasks."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from engine.calls.directory import Answering, NoDestination
from engine.features.destinations.registry import counted
from engine.features.errors import InvalidSetting, NotThere
from engine.model.call_data import CallData
from engine.model.destination import TASK_LIST
from engine.platform.destination_kind import DestinationKind
from engine.platform.settings_cache import SettingsCache
from engine.store.accounts import Account
from engine.store.applications import Application
from engine.tasks.ask import Ask
from engine.tasks.dial import Dial
from engine.tasks.go_to import GoTo
from engine.tasks.kinds import AnyTask, decode_list, kind_of
from engine.tasks.kinds import shown as shown_task
from engine.tasks.ring import Ring
from engine.tasks.run_menu import RunMenu
from engine.tasks.say import Say

OFFERED = "offered"
"""The question that a call of an application that asks begins with."""
APOLOGY = Say(text="Sorry, your call cannot be taken now. Goodbye.")
FIRST_TASKS: tuple[AnyTask, ...] = (Ask(question=OFFERED, apology=APOLOGY, hang_up_on_silence=True),)


def without_data(application: Application) -> CallData | None:
    """Say that an application's calls carry no data."""
    return None


class ApplicationKind(DestinationKind):
    """`application:NAME`, stored by its id: a customer's program, or a fixed list of tasks that has a name."""

    name = "application"

    def __init__(self, cache: SettingsCache, data: Callable[[Application], CallData | None] = without_data) -> None:
        self._cache, self._data = cache, data

    def checked(self, account: Account, target: str) -> str:
        if (found := self._find(account, target)) is None:
            raise NotThere(f"The account has no application {target}; `carillon applications list` shows all.")
        return found.id

    def fields(self, account: Account, target: str) -> dict[str, Any]:
        found = self._find(account, target)
        return {"target": found.name if found else target}

    def answering(self, account: Account, target: str, hops: int) -> Answering:
        application = self._find(account, target)
        if application is None:
            raise NoDestination(f"The account has no application {target}.")
        tasks = counted(application.tasks or (), hops)
        found = Answering(account=account.id, application=application.id, tasks=tasks)
        if application.tasks is None and application.asks:
            data = self._data(application)
            return msgspec.structs.replace(found, tasks=FIRST_TASKS, data=data, reports_tree=True, headers=True)
        return found

    def leads_on(self, account: Account, target: str) -> Iterable[str]:
        found = self._find(account, target)
        return _led_by(found.tasks or ()) if found else ()

    def _find(self, account: Account, target: str) -> Application | None:
        found = self._cache.application(target)
        return found if found and found.account == account.id else self._cache.application_named(account.id, target)


class TaskListKind(DestinationKind):
    """`tasks:[…]`: a fixed list of tasks as JSON, its secrets sealed where it is stored."""

    name = TASK_LIST

    def checked(self, account: Account, target: str) -> str:
        self._tasks(target)
        return target

    def fields(self, account: Account, target: str) -> dict[str, Any]:
        tasks = [shown_task(task) for task in self._tasks(target)]
        return {"target": "", "tasks": [_without_ids(task) for task in tasks]}

    def answering(self, account: Account, target: str, hops: int) -> Answering:
        try:
            return Answering(account=account.id, tasks=counted(self._tasks(target), hops))
        except InvalidSetting as error:
            raise NoDestination(str(error)) from error

    def leads_on(self, account: Account, target: str) -> Iterable[str]:
        return _led_by(self._tasks(target))

    def names(self, account: Account, target: str) -> Iterable[str]:
        return named_by(self._tasks(target))

    def _tasks(self, target: str) -> list[AnyTask]:
        try:
            tasks = decode_list(target)
        except (msgspec.DecodeError, ValueError) as error:
            raise InvalidSetting(f"tasks must be a list of tasks as JSON: {error}.") from error
        if refused := sorted({kind_of(task) for task in tasks if not task.offered}):
            raise InvalidSetting(f"A list of tasks must have no task {refused[0]}: only the engine writes it.")
        if not tasks:
            raise InvalidSetting("A list of tasks must have at least one task.")
        return tasks


def named_by(tasks: Iterable[AnyTask]) -> Iterator[str]:
    """Every destination that is written in tasks, those that a caller chooses too."""
    for task in tasks:
        yield from _led_by((task,))
        if isinstance(task, RunMenu):
            for menu in task.menus:
                yield menu.otherwise
                yield from (choice.to or "" for choice in menu.choices)


def _led_by(tasks: Iterable[AnyTask]) -> Iterator[str]:
    for task in tasks:
        match task:
            case GoTo():
                yield task.destination
            case Ring():
                yield task.otherwise
            case Dial() if task.diversions:
                yield from (task.diversions.no_answer, task.diversions.busy, task.diversions.unregistered)


def _without_ids(task: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in task.items() if name not in ("id", "data")}
