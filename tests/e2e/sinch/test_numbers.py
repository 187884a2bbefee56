"""A Sinch application's numbers and callback URLs, and what a number costs, by the vendor's own client."""

import pytest

from api.lab import Lab, LabError
from tests.clients.sinch.customer import Customer
from tests.clients.sinch.fixtures import MakeCustomer
from tests.clients.sinch.script import HANG_UP, svaml
from tests.support import people
from tests.support.scenario import until


async def refused(network: Lab, number: str) -> None:
    """Dial a number that must lead nowhere. The call may be over before the lab can look at it."""
    try:
        dialled = await network.dial(number, people.LISTENS, seconds=10)
    except LabError as error:
        assert "ended at once" in str(error)
    else:
        await until(lambda: network.state(dialled.channel), lambda state: state is None, what="nobody takes the call")


async def test_a_new_customer_has_a_voice_number_of_its_application(customer: Customer) -> None:
    numbers = (await customer.vendors(lambda voice: voice.applications.get_numbers())).numbers
    assert [(one.number, one.capability, one.applicationkey) for one in numbers] == [
        (customer.credentials.number, "voice", customer.credentials.key)
    ]


async def test_a_number_that_is_unassigned_rings_nowhere_until_it_is_assigned_again(
    customer: Customer, network: Lab
) -> None:
    customer.server.answers(ice=svaml(action=HANG_UP))
    number = customer.credentials.number
    await customer.vendors(lambda voice: voice.applications.unassign_number(number, capability="voice"))
    (left,) = (await customer.vendors(lambda voice: voice.applications.get_numbers())).numbers
    assert (left.number, left.applicationkey) == (number, None), "still the customer's"
    await refused(network, customer.number)
    assert customer.server.received == []
    await customer.vendors(lambda voice: voice.applications.assign_numbers([number]))
    await network.dial(customer.number, people.LISTENS, seconds=10)
    await customer.server.until("ice")


async def test_callback_urls_are_read_as_they_were_set(customer: Customer) -> None:
    await customer.callbacks("http://127.0.0.1:9/one?a=b", "http://127.0.0.1:9/two")
    key = customer.credentials.key
    seen = await customer.vendors(lambda voice: voice.applications.get_callback_urls(key))
    assert (seen.primary, seen.fallback) == ("http://127.0.0.1:9/one?a=b", "http://127.0.0.1:9/two")


async def test_a_number_is_looked_up_with_its_country_its_kind_and_our_rate(
    make_customer: MakeCustomer, rates: str
) -> None:
    customer = await make_customer(currency=rates)
    seen = await customer.vendors(lambda voice: voice.applications.query_number(f"+{people.SPEAKS_440}"))
    assert (seen.country_id, seen.normalized_number) == ("US", f"+{people.SPEAKS_440}")
    assert seen.rate == {"currencyId": rates, "amount": 1.2}
    assert seen.restricted is False


@pytest.mark.parametrize("written", ["+46(0)73-017-0101", "+46%280%2973-017-0101", "46730170101"])
async def test_the_documents_number_is_read_however_it_is_written(customer: Customer, written: str) -> None:
    answer = await customer.ask("GET", f"/v1/calling/query/number/{written}")
    assert answer.status == 200, answer
    assert answer.body["number"] == answer.body["numberItem"]
    item = answer.body["numberItem"]
    assert (item["countryId"], item["numberType"], item["normalizedNumber"]) == ("SE", "Mobile", "+46730170101")
    assert item["restricted"] is True, "this account may not call Sweden"
