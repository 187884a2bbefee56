"""Answering machine detection: the lab's voicemails against its human beings."""

import pytest

from api.lab import Lab
from tests.clients.sinch.customer import Customer
from tests.clients.sinch.script import connect, ending, going_on, svaml
from tests.support import people

ENABLED = {"enabled": True}
WHO = [
    (people.VOICEMAIL, ("machine",), "voicemail"),
    (people.VOICEMAIL_WITHOUT_BEEP, ("machine",), "voicemail-without-a-beep"),
    (people.SAYS_ITS_NAME, ("human", "notsure"), "human"),
]
REASONS = {
    "machine": ("longgreeting", "initialsilence", "beep"),
    "human": ("greeting",),
    "notsure": ("n/a",),
}


@pytest.mark.parametrize(("callee", "status"), [one[:2] for one in WHO], ids=[one[2] for one in WHO])
async def test_ace_says_who_has_answered(
    customer: Customer, network: Lab, callee: str, status: tuple[str, ...]
) -> None:
    customer.server.answers(ice=svaml(action=connect(callee, amd=ENABLED)), ace=ending())
    await network.dial(customer.number, people.LISTENS, seconds=20)
    ace = await customer.server.until("ace")
    assert ace["amd"]["status"] in status, ace.body
    assert ace["amd"]["reason"].lower() in REASONS[ace["amd"]["status"]]
    assert ace["amd"]["duration"] >= 0
    await customer.server.until("dice", ace.call)


async def test_beside_the_call_it_is_notified_while_the_two_are_joined_already(
    customer: Customer, network: Lab
) -> None:
    customer.server.answers(ice=svaml(action=connect(people.VOICEMAIL, amd=ENABLED | {"async": True})), ace=going_on())
    await network.dial(customer.number, people.LISTENS, seconds=8)
    ace = await customer.server.until("ace")
    assert "amd" not in ace.body
    notice = await customer.server.until("notify", ace.call, type="amd")
    assert notice["amd"]["status"] == "machine", notice.body
    assert notice.at > ace.at
    dice = await customer.server.until("dice", ace.call)
    assert dice["result"] == "ANSWERED"
    assert (await customer.far(dice.call)).heard.level > -45, "the caller heard the greeting"
