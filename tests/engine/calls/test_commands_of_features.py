"""Commands of features do not need Asterisk; those of calls wait until the calls of before the start are known."""

import pytest

from engine.commands import EngineUnavailable, HangUpCall, PlaceCall
from engine.features.messaging.commands import SendMessage
from engine.features.messaging.model import NewMessage
from tests.support.clock import settled
from tests.support.exchange import Exchange


async def test_a_text_is_taken_while_asterisk_is_away_and_a_call_is_not(stopped_exchange: Exchange) -> None:
    stopped_exchange.begin()  # Asterisk has not been reached yet
    taken: list[SendMessage] = []

    async def take(command: SendMessage) -> None:
        taken.append(command)

    engine = stopped_exchange.engine
    engine.carries_out({SendMessage: take})
    await engine.submit(SendMessage(account="acct-1", message=NewMessage(to="12015550114", text="Hello.")))
    assert len(taken) == 1
    for command in (PlaceCall(account="acct-1", callee="12015550114"), HangUpCall(account="acct-1", call="call-1")):
        with pytest.raises(EngineUnavailable, match="starting or stopping"):
            await engine.submit(command)
    await settled()
