import json
import types
from pathlib import Path
from typing import Any

import pytest

from engine.ari import generated
from engine.ari.generate import generate, snake

EVENTS = {
    "apis": [],
    "models": {
        "Message": {"subTypes": ["Event"], "properties": {"type": {"type": "string"}}},
        "Event": {"subTypes": ["Rang"], "properties": {}},
        "Rang": {"properties": {"bell": {"type": "Bell", "required": True}, "from": {"type": "string"}}},
        "Bell": {
            "properties": {
                "id": {"type": "string", "required": True},
                "weights": {"type": "List[int]", "required": True},
                "maxWeight": {"type": "double"},
            }
        },
    },
}
OPERATION = {
    "httpMethod": "POST",
    "nickname": "ringWithId",
    "responseClass": "Bell",
    "parameters": [
        {"name": "bellId", "paramType": "path", "dataType": "string", "required": True},
        {"name": "howLong", "paramType": "query", "dataType": "int"},
        {"name": "channel", "paramType": "query", "dataType": "string", "required": True, "allowMultiple": True},
        {"name": "variables", "paramType": "body", "dataType": "containers"},
    ],
}
CHANNELS = {"apis": [{"path": "/bells/{bellId}/ring", "operations": [OPERATION]}], "models": {}}


@pytest.fixture
def made(tmp_path: Path) -> Any:
    (tmp_path / "events.json").write_text(json.dumps(EVENTS))
    (tmp_path / "channels.json").write_text(json.dumps(CHANNELS))
    (tmp_path / "resources.json").write_text("{}")
    module = types.ModuleType("made_by_the_generator")
    source = generate(tmp_path).replace("from __future__ import annotations\n", "")
    exec(compile(source, "made", "exec", dont_inherit=True), module.__dict__)
    return module


class Telegraph:
    def __init__(self) -> None:
        self.sent: list[tuple[Any, ...]] = []

    async def request(self, *sent: Any) -> bytes:
        self.sent.append(sent)
        return b'{"id": "b1", "weights": [1], "unknown": 1}'


async def test_an_operation_puts_each_parameter_where_it_belongs(made: Any) -> None:
    telegraph = Telegraph()
    bell = await made.Resources(telegraph).channels.ring_with_id("b/1", channel=["x"], how_long=3, variables={"a": "b"})
    assert telegraph.sent == [
        ("POST", "/bells/b%2F1/ring", {"channel": ["x"], "howLong": 3}, {"variables": {"a": "b"}}),
    ]
    assert bell == made.Bell(id="b1", weights=(1,))


async def test_what_is_optional_may_be_left_out(made: Any) -> None:
    telegraph = Telegraph()
    await made.Resources(telegraph).channels.ring_with_id("b1", channel="x")
    assert telegraph.sent == [("POST", "/bells/b1/ring", {"channel": "x", "howLong": None}, None)]


def test_absent_fields_are_empty_or_none(made: Any) -> None:
    bell = made.Bell(id="b1")
    assert (bell.weights, bell.max_weight) == ((), None)
    with pytest.raises(TypeError):
        made.Bell()


def test_keywords_of_python_get_an_underscore(made: Any) -> None:
    assert made.Rang(bell=made.Bell(id="b"), from_="x").from_ == "x"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("sendDTMF", "send_dtmf"),
        ("absorbDTMF", "absorb_dtmf"),
        ("originateWithId", "originate_with_id"),
        ("rtpstatistics", "rtpstatistics"),
        ("reason_code", "reason_code"),
        ("from", "from_"),
    ],
)
def test_names_are_spelt_pythons_way(theirs: str, ours: str) -> None:
    assert snake(theirs) == ours


def test_a_folder_without_descriptions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"holds no channels\.json"):
        generate(tmp_path)


def test_no_descriptions_were_copied() -> None:
    lines = Path(generated.__file__).read_text().splitlines()
    assert sum('"""' in line for line in lines) == 4
