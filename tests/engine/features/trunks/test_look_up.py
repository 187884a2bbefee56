"""Host names are looked up although a name server answers one kind of question and drops another."""

import asyncio
import socket
from typing import Any

import pytest

from engine.features.trunks import names
from engine.features.trunks.names import Answer, Names


async def test_a_server_that_drops_questions_for_srv_records_loses_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    async def dropped(*_: Any) -> Any:
        await asyncio.Event().wait()

    monkeypatch.setattr(names, "_records", dropped)
    monkeypatch.setattr(names, "LONGEST_SECONDS", 0.5)
    answers = await Names().look_up(["localhost"])  # it is in the hosts file, so that no server is asked for it
    assert "127.0.0.1" in answers["localhost"].addresses and answers["localhost"].targets == ()


async def test_a_server_that_is_down_is_told_from_a_name_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "LONGEST_SECONDS", 0.5)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        servers = Names([f"127.0.0.1:{deaf.getsockname()[1]}"])
        found = await servers.look_up(["sip.example.com"])
    assert found["sip.example.com"] == Answer(failed=True)
    found = await servers.look_up(["sip.example.com"])  # nobody is there now
    assert found["sip.example.com"] == Answer(failed=True)
    assert await Names().look_up(["not a name"]) == {"not a name": Answer()}
