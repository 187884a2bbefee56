"""The JSON of tasks that dial: leg options are the task's own fields, as customers write and the store holds them."""

import json
from typing import Any

import msgspec
import pytest

from engine.model.leg_options import LegOptions
from engine.tasks import secret
from engine.tasks.dial import Dial
from engine.tasks.kinds import AnyTask, decode, decode_list, encode, encode_list, encode_without_secrets, read, shown
from engine.tasks.play import Play
from engine.tasks.ring import Ring

ALL = LegOptions(
    reach="sip",
    transport="tcp",
    caller="12015550101",
    private=True,
    headers=(("X-Order", "1"),),
    ring_seconds=20,
    ringback="de",
    music="calm",
)
DIAL = Dial(id="task-1", to="anna@pbx.example", leg=ALL, max_seconds=60, before_bridge=(Play(source="upload:hello"),))
RING = Ring(id="task-2", members=("101", "102"), leg=LegOptions(caller="101", ringback="us-old", music="calm"))
PLAY = Play(id="task-3", source="http://host/a.wav")
WRITTEN_BEFORE = {
    "kind": "dial", "id": "task-1", "data": None, "to": "anna@pbx.example", "over": "sip", "transport": "tcp",
    "caller": "12015550101", "private": True, "headers": [["X-Order", "1"]], "ring_seconds": 20.0, "max_seconds": 60.0,
    "ringback": "de", "music": "calm", "diverted_by": "",
    "before_bridge": [{"kind": "play", "id": "", "data": None, "wait": True, "source": "upload:hello"}],
    "call_data": None, "hang_up_after": True, "continue_after": False, "diversions": None, "hops": 0,
}  # fmt: skip


class Body(msgspec.Struct):
    """As much of a request as has tasks."""

    tasks: tuple[AnyTask, ...]


@pytest.mark.parametrize("task", [DIAL, RING, PLAY, Dial(to="101")])
def test_a_task_comes_back_as_it_was_and_its_json_has_no_struct_of_options(task: AnyTask) -> None:
    assert decode(encode(task)) == task
    assert "leg" not in json.loads(encode(task)) and "leg" not in shown(task)
    assert json.loads(encode(task)) == json.loads(msgspec.json.encode(shown(task)))


def test_a_dial_is_written_as_it_was_before_it_had_a_struct_of_options() -> None:
    assert json.loads(encode(DIAL)) == WRITTEN_BEFORE
    assert decode(json.dumps(WRITTEN_BEFORE)) == DIAL


def test_a_ring_has_the_fields_of_options_that_it_had_before() -> None:
    written = json.loads(encode(RING))
    assert {"caller", "ringback", "music"} < written.keys() and not {"over", "private", "ring_seconds"} & written.keys()
    with pytest.raises(ValueError, match="caller, ringback and music only"):
        Ring(members=("101",), leg=LegOptions(private=True))


def test_lists_and_requests_are_read_alike() -> None:
    tasks = [DIAL, PLAY, RING]
    assert decode_list(encode_list(tasks)) == tasks
    assert json.loads(encode_list([PLAY])) == [json.loads(encode(PLAY))]
    assert decode_list(encode_without_secrets(tasks)) == tasks
    assert read(f'{{"tasks": {encode_list(tasks)}}}', Body, secret.read).tasks == tuple(tasks)


def test_a_kind_that_is_written_with_escapes_is_read_too() -> None:
    body = '{"tasks": [{"kind": "\\u0064ial", "to": "101", "private": true}]}'
    assert read(body, Body, secret.read).tasks == (Dial(to="101", leg=LegOptions(private=True)),)


def test_json_that_is_nested_too_deeply_is_refused_as_what_it_is() -> None:
    with pytest.raises(msgspec.DecodeError, match="too deeply"):
        read('{"tasks": ' + "[" * 100_000 + "]" * 100_000 + "}", Body, secret.read)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"private": 1}, r"Expected `bool`, got `int` - at `\$\.tasks\[0\]\.private`"),
        ({"over": "pigeon"}, r"Invalid enum value 'pigeon' - at `\$\.tasks\[0\]\.over`"),
        ({"ringback": "x/y"}, r"ringback must be a zone .* - at `\$\.tasks\[0\]`"),
        ({"headers": [["Via", "x"]]}, r"must begin with X- .* - at `\$\.tasks\[0\]`"),
        ({"to": None}, r"Expected `str`, got `null` - at `\$\.tasks\[0\]\.to`"),
    ],
)
def test_what_is_wrong_is_said_with_its_place_in_what_was_written(fields: dict[str, Any], said: str) -> None:
    body = json.dumps({"tasks": [{"kind": "dial", "to": "101"} | fields]})
    with pytest.raises(msgspec.ValidationError, match=said):
        read(body, Body, secret.read)
