"""TingTing's phone numbers: those for sale are bought, are the account's, and are given back."""

from typing import Any

from api.lab import Lab
from tests.clients.tingting.client import TingTing
from tests.support import people
from tests.support.carillon import Account, Admin

FIELDS = [
    *("phone_number", "rate", "available_capabilities", "phone_number_sid", "friendly_name"),
    *("accept_incoming", "configure_with", "call_comes_in", "call_url", "http_request"),
]


async def owned(tingting: TingTing) -> dict[str, dict[str, Any]]:
    found = (await tingting.ok("GET", "/api/system/owned/phone_numbers"))["data"]["owned_numbers"]
    return {each["phone_number"]: each for each in found}


async def owner(admin: Admin, number: str) -> set[str]:
    """The accounts that have a number, as the administrator sees it."""
    rows = (await admin.ask("GET", "numbers"))["numbers"]
    return {row["account"] for row in rows if row["number"].removeprefix("+") == number}


async def offered(tingting: TingTing, place: int = 0) -> dict[str, Any]:
    """A number for sale; another test process takes one of another page."""
    answer = await tingting.ok("GET", f"/api/system/phone_numbers?page={place + 1}")
    assert answer["message"] == "Number Lists Retrived Successfully!!"
    return dict(answer["data"]["number_lists"][-1])


async def test_a_number_is_bought_owned_and_released(
    tingting: TingTing, admin: Admin, account: Account, network: Lab
) -> None:
    found = await offered(tingting, 1)
    number, sid = found["phone_number"], found["phone_number_sid"]
    assert list(found) == FIELDS and found["rate"] > 0 and found["available_capabilities"] == "Voice, SMS"
    assert len(sid) == 32 and await owner(admin, number) == set()

    bought = await tingting.ok("POST", "/api/system/phone_numbers/", json={"phone_sid": sid})
    assert bought["message"] == f"{number} number bought successfully!!"
    assert bought["data"]["number_details"] == [found]
    assert (await owned(tingting))[number] == found and await owner(admin, number) == {account.name}
    await tingting.failed("POST", "/api/system/phone_numbers", 409, json={"phone_sid": sid})

    released = await tingting.ok("DELETE", "/api/system/phone_numbers", json={"phone_sid": sid})
    assert (released["status"], released["data"]) == (204, {})
    assert released["message"] == f"{number} number released successfully!!"
    assert number not in await owned(tingting) and await owner(admin, number) == set()
    await tingting.failed("DELETE", f"/api/system/phone_numbers/?phone_sid={sid}", 404)
    await tingting.ok("POST", "/api/system/phone_numbers", data={"phone_sid": sid})
    await tingting.ok("DELETE", f"/api/system/phone_numbers?phone_sid={sid}")


async def test_a_number_that_was_bought_answers_and_calls(
    tingting: TingTing, admin: Admin, account: Account, network: Lab, own: Any
) -> None:
    found = await offered(tingting, 2)
    number = found["phone_number"]
    await tingting.ok("POST", "/api/system/phone_numbers/", json={"phone_sid": found["phone_number_sid"]})
    placed = {"callee": people.HANGS_UP, "caller": number}
    status, call = await own.ask("POST", "calls", json=placed)
    assert status == 201, call
    assert (await own.call(call["id"]))["caller"].removeprefix("+") == number, "the number may be shown"
    await tingting.ok("DELETE", "/api/system/phone_numbers", json={"phone_sid": found["phone_number_sid"]})
    status, refused = await own.ask("POST", "calls", json=placed)
    assert status == 403, refused


async def test_a_number_of_nobodys_pool_is_not_sold(tingting: TingTing) -> None:
    for sid in ("b7142c5ae3b673d944d81c83bda4f5de", "12015552001", "x"):
        await tingting.failed("POST", "/api/system/phone_numbers/", 404, json={"phone_sid": sid})
    await tingting.failed("POST", "/api/system/phone_numbers/", 400, json={})
