"""Who knows the codes that callers enter, by name; features offer them."""

from collections.abc import Sequence
from typing import Protocol

from engine.model.call import Call
from engine.tasks.kinds import AnyTask


class Gate(Protocol):
    """Knows the codes of one kind (engine.tasks.enter_code.EnterCode.gate)."""

    async def open(self, call: Call, target: str, code: str) -> Sequence[AnyTask] | None:
        """What a call does next that enters this code for `target`; None: the code is wrong.

        It limits the pace of guesses itself.
        """
