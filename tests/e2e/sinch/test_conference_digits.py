"""What becomes of digits that are pressed in a conference: told by PIE, passed on, or left out."""

import secrets

from api.lab import Lab
from tests.clients.sinch.customer import Customer
from tests.clients.sinch.script import confer, ending, svaml
from tests.support import people


async def test_digits_in_a_conference_are_told_by_pie_where_that_was_wished(customer: Customer, network: Lab) -> None:
    options = {"mode": "detect", "maxDigits": 2, "timeoutMills": 3000}
    action = confer(f"room-{secrets.token_hex(4)}", conferenceDtmfOptions=options)
    customer.server.answers(ice=svaml(action=action), pie=ending())
    await network.dial(customer.number, people.PRESSES_5_THEN_1, seconds=20)
    pie = await customer.server.until("pie")
    assert (pie["menuResult"]["type"], pie["menuResult"]["value"]) == ("sequence", "51")
    await customer.server.until("dice", pie.call)


async def test_digits_are_passed_on_to_the_others_where_that_was_wished(customer: Customer, network: Lab) -> None:
    name = f"room-{secrets.token_hex(4)}"
    customer.server.answers(ice=svaml(action=confer(name, conferenceDtmfOptions={"mode": "forward"})))
    listener = await customer.conference(people.LISTENS, name)
    await customer.gathered(name, 1)
    await network.dial(customer.number, people.PRESSES_5_THEN_1, seconds=7)
    dice = await customer.server.until("dice")
    assert dice["reason"] == "CALLERHANGUP"
    await customer.patch(listener, action={"name": "hangup"})
    assert (await customer.far(listener)).digits == "51"
