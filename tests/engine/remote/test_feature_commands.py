"""Commands of a feature from another process: like those of the call core."""

from typing import Any

import pytest

from engine.commands import Command, CommandRefused
from engine.commands.refusals import LimitReached
from engine.platform.feature import CommandHandler, Feature
from tests.engine.remote.test_remote import Installation, installation

__all__ = ["installation"]


class FaxesFull(LimitReached):
    """A reason of a feature's own."""


class SendFax(Command[tuple[str, int]], frozen=True, kw_only=True, tag="test_send_fax"):
    """A command of a feature's own. Returns its id and its pages. Raises FaxesFull."""

    account: str
    pages: int


class ReadFax(Command[str], frozen=True, kw_only=True, tag="test_read_fax"):
    """A command that may be repeated."""

    repeatable = True
    account: str


class FaxFeature(Feature):
    """A feature with commands."""

    name = "faxes"

    def __init__(self) -> None:
        self.commands = {SendFax: self._send, ReadFax: self._read}

    async def _send(self, command: SendFax) -> tuple[str, int]:
        if command.pages > 9:
            raise FaxesFull("A fax has 9 pages at most.")
        return "fax-1", command.pages

    async def _read(self, command: ReadFax) -> str:
        return "Hello"


@pytest.fixture(autouse=True)
def faxes(installation: Installation) -> None:
    """The feature, in the controller."""
    handlers: dict[type[Command[Any]], CommandHandler] = dict(FaxFeature().commands)

    async def carried_out(command: Command[Any]) -> Any:
        return await handlers[type(command)](command)

    installation.engine.answer = carried_out


async def test_a_features_command_is_carried_out_and_its_result_read(installation: Installation) -> None:
    async with installation.remote() as remote:
        assert await remote.submit(SendFax(account="acct-1", pages=3)) == ("fax-1", 3)


async def test_a_features_refusal_is_the_same_exception_there(installation: Installation) -> None:
    async with installation.remote() as remote:
        with pytest.raises(CommandRefused, match="9 pages") as refused:
            await remote.submit(SendFax(account="acct-1", pages=10))
    assert type(refused.value) is FaxesFull


@pytest.mark.parametrize(
    ("command", "answer"), [(ReadFax(account="acct-1"), "Hello"), (SendFax(account="acct-1", pages=3), "Look whether")]
)
async def test_only_a_repeatable_command_is_done_again(
    installation: Installation, command: Command[Any], answer: str
) -> None:
    row = await installation.answered(await installation.left_behind(command))
    assert answer in (row.answer or "")
