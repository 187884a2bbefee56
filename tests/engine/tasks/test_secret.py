"""A recording's credentials: in the store, and nowhere that anybody looks."""

import msgspec
import pytest

from api.own import render
from engine.store.tasks import TaskRow
from engine.tasks.kinds import decode, encode, shown
from engine.tasks.record import Record
from engine.tasks.secret import Secret
from engine.tasks.task import Phase, TaskState

WORD = "wJalrXUtnFEMI"
RECORD = Record(destination="s3://bucket", credentials=Secret(f"AKIAIOSFODNN7EXAMPLE:{WORD}:eu-west-1"))


def test_it_comes_back_from_the_store() -> None:
    assert WORD in encode(RECORD) and decode(encode(RECORD)) == RECORD and hash(RECORD)


def test_it_is_masked_wherever_it_is_shown() -> None:
    row = TaskRow(
        id="task-1", owner="call-1", position=1, task=RECORD, state=TaskState.QUEUED, phase=Phase.NONE, queued=0.0,
        begun=None, started=None, ended=None, outcome=None,
    )  # fmt: skip
    assert render.task(row)["parameters"]["credentials"] == "***"
    for text in (repr(RECORD), str(RECORD), f"{RECORD.credentials}", repr(row), str(shown(RECORD))):
        assert WORD not in text


def test_who_forgets_to_mask_it_gets_an_error_and_no_secret() -> None:
    with pytest.raises(TypeError):
        msgspec.json.encode(RECORD)
    with pytest.raises(TypeError):
        msgspec.to_builtins(RECORD)


@pytest.mark.parametrize(
    "fields", ['"destination":"ftp://x"', '"destination":"s3://bucket"', f'"destination":"s3://bucket","credentials":"{WORD}"',
               '"format":"ogg"', '"credentials":1']
)  # fmt: skip
def test_what_cannot_be_done_is_refused_without_repeating_it(fields: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        decode(f'{{"kind":"record",{fields}}}')
    assert WORD not in str(refused.value)
