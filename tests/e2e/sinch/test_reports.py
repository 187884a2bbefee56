"""reportCallStatus: what a Sinch customer answers to DiCE is kept with the call; no answer makes DiCE fail."""

import pytest

from tests.clients.sinch.customer import Customer
from tests.clients.sinch.server import Reply
from tests.support import people
from tests.support.carillon import Command
from tests.support.scenario import until


async def told(customer: Customer, reply: object) -> tuple[str, dict[str, object]]:
    """A call whose DiCE is answered so; its id, and the callback once it is over."""
    customer.server.answers(dice=reply)
    call = await customer.tts(people.LISTENS, text="Hello.", enable_dice=True)
    seen = await until(
        lambda: customer.own.call(call),
        lambda story: [one for one in story["callbacks"] if one["state"] == "delivered"],
        what="DiCE is delivered",
    )
    (callback,) = seen["callbacks"]
    assert len(customer.server.taken("dice", call)) == 1
    return call, callback


async def test_how_the_customer_judges_a_call_is_shown_with_it(customer: Customer, carillon: Command) -> None:
    report = {"name": "reportCallStatus", "value": "success", "details": "sold two"}
    call, callback = await told(customer, {"instructions": [report]})
    assert callback["remark"] == "success: sold two"
    assert "success: sold two" in await carillon("calls", "show", call)


@pytest.mark.parametrize(
    "reply",
    [
        {"instructions": [{"name": "say", "text": "Goodbye", "locale": "en-US"}]},
        {"instructions": [{"name": "reportCallStatus", "value": "perhaps", "details": "\x00"}]},
        Reply.html(),
        Reply.garbled(),
        Reply.huge(1),
        Reply(status=204),
    ],
    ids=("another instruction", "another value", "HTML", "not UTF-8", "1 MB", "204"),
)
async def test_an_answer_that_is_no_report_changes_nothing(customer: Customer, reply: object) -> None:
    _, callback = await told(customer, reply)
    assert (callback["remark"], callback["error"]) == (None, None)
