"""The life of a text: accepted, queued, submitted, sent, and what became of it."""

from engine.features.messaging.model import State
from tests.engine.features.messaging.sending.exchange import OWN, US, Exchange
from tests.support.clock import settled


async def test_a_text_is_accepted_sent_and_delivered(exchange: Exchange) -> None:
    text = await exchange.send()
    assert (text.state, text.sender, text.recipient, text.carrier) == (State.QUEUED, OWN, US, "one")
    await settled()
    assert [part.content for part in exchange.one.submitted] == [b"Good morning."]
    assert await exchange.state(text) == State.SENT
    await exchange.receipt("1")
    assert await exchange.state(text) == State.DELIVERED
    assert await exchange.reports(text) == ["sent", "delivered"]
