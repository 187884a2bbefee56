"""What v1 takes is its own: apart from the engine's types, with nothing of the engine's in it."""

from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest
from msgspec import inspect

from api.own.errors import BadRequest
from api.own.features.registry import modules
from api.own.schema import account, admin_accounts, calls, leading, outcomes, people, recordings, system, tasks
from api.own.schema.engine_tasks import engine_tasks
from api.own.schema.fields import Given, Shown
from api.own.schema.shown_tasks import as_given
from engine.tasks import kinds

MODULES = (
    account, admin_accounts, calls, leading, outcomes, people, recordings, system, tasks, *modules("schema"),
)  # fmt: skip
OWN = {"api.own.schema.fields", "api.own.schema.trunk_groups", *(module.__name__ for module in MODULES)}
ENGINES = {"id", "data", "call_data", "stopped_data", "hops", "masked", "purpose", "rules", "admin", "spoken", "sorry"}
ENGINES |= {"diverted_by", "ends_with_pair"}
NEEDED: dict[str, dict[str, Any]] = {
    "play": {"source": "http://x/a.wav"},
    "say": {"text": "Hello"},
    "send_dtmf": {"digits": "1"},
    "pause": {"seconds": 1.0},
    "dial": {"to": "101", "diversions": {"busy": 'tasks:[{"kind":"answer"}]'}},
    "leave_conference": {"conference": "conf-1"},
    "stop_background": {"stops": "record"},
    "run_menu": {"first": "m", "menus": [{"id": "m", "choices": [{"digit": "1", "to": "extension:101"}]}]},
    "ring": {"members": ["101"]},
    "go_to": {"destination": "extension:101"},
}
"""The fields that a kind of task must have."""


def structs(kind: type[Any]) -> Iterator[Any]:
    for module in MODULES:
        for each in vars(module).values():
            if isinstance(each, type) and issubclass(each, kind) and each.__module__ == module.__name__:
                yield each


def offered() -> dict[str, Any]:
    return {str(each.__struct_config__.tag): each for each in get_args(tasks.AnyTask)}


def test_each_kind_of_task_is_offered_or_is_not_for_a_reason() -> None:
    engines = {str(each.__struct_config__.tag) for each in get_args(kinds.AnyTask)}
    assert set(offered()) | set(tasks.NOT_OFFERED) == engines
    assert {str(each.__struct_config__.tag) for each in get_args(kinds.AnyTask) if each.offered} == set(offered())
    assert all(tasks.NOT_OFFERED.values())


@pytest.mark.parametrize("kind", sorted(offered()))
def test_a_task_has_the_engine_s_fields_and_defaults_but_those_that_are_not_a_customer_s(kind: str) -> None:
    engines = next(each for each in get_args(kinds.AnyTask) if each.__struct_config__.tag == kind)
    ours = {field.encode_name: field.type for field in msgspec.structs.fields(offered()[kind])}
    theirs = {field.encode_name for field in msgspec.structs.fields(engines)}
    if leg := kinds.FLAT.get(engines):
        theirs = theirs - {"leg"} | set(leg)
    assert theirs - set(ours) - {"question"} <= ENGINES
    assert set(ours) <= theirs
    given = msgspec.convert({"kind": kind, **NEEDED.get(kind, {})}, tasks.AnyTask)
    (made,) = engine_tasks([given], "US")
    assert isinstance(made, engines)


@pytest.mark.parametrize("kind", sorted(offered()))
def test_a_task_that_was_shown_can_be_given_again(kind: str) -> None:
    given = msgspec.convert({"kind": kind, **NEEDED.get(kind, {})}, tasks.AnyTask)
    made = engine_tasks([given], "US")
    again = msgspec.convert([as_given(kinds.shown(task)) for task in made], list[tasks.AnyTask])
    assert engine_tasks(again, "US") == made


@pytest.mark.parametrize("depth", [1, 2])
def test_a_list_of_tasks_within_a_destination_has_no_nul(depth: int) -> None:
    """An escape within an escape: the request itself has none."""
    tasks_of = [{"kind": "record", "name": "a\0b"}]
    for _ in range(depth):
        tasks_of = [{"kind": "go_to", "destination": f"tasks:{msgspec.json.encode(tasks_of).decode()}"}]
    given = msgspec.convert(tasks_of, list[tasks.AnyTask])
    with pytest.raises(BadRequest, match=r"A text must not contain the character U\+0000"):
        engine_tasks(given, "US")


def test_every_request_refuses_fields_that_it_does_not_have() -> None:
    requests = list(structs(Given))
    assert len(requests) > 40
    assert [each.__name__ for each in requests if not each.__struct_config__.forbid_unknown_fields] == []


def test_no_request_refers_to_a_type_of_the_engine() -> None:
    foreign: set[str] = set()
    for each in structs(Given):
        pending = [inspect.type_info(each)]
        while pending:
            found = pending.pop()
            if isinstance(found, inspect.StructType):
                foreign |= {found.cls.__module__} - OWN
                pending += [field.type for field in found.fields]
            pending += [getattr(found, name) for name in ("item_type", "value_type", "type") if hasattr(found, name)]
            pending += [*getattr(found, "types", ()), *getattr(found, "item_types", ())]
    assert foreign == set()


def test_an_answer_may_get_further_fields() -> None:
    assert [each.__name__ for each in structs(Shown) if each.__struct_config__.forbid_unknown_fields] == []
