"""carillon groups"""

import pytest

from tests.api.cli.running import Run


@pytest.mark.parametrize("members", [("101", "102"), ("101,102",), ("101,", "102"), ("--members", "101", "102")])
async def test_members_are_separated_by_spaces_or_commas(carillon: Run, members: tuple[str, ...]) -> None:
    await carillon("accounts", "create", "acme")
    for number in ("101", "102", "103"):
        await carillon("extensions", "add", number)
    added = await carillon("groups", "add", "sales", *members, "--seconds", "30", "--json")
    assert (added.errors, added.json["members"]) == ("", ["101", "102"])
    changed = await carillon("groups", "set", "sales", "--members", "103", "101")
    assert changed.output == "sales rings 103, 101 all at once for 30 s.\n"


async def test_a_group_without_members_is_refused(carillon: Run) -> None:
    await carillon("accounts", "create", "acme")
    refused = await carillon("groups", "add", "sales")
    assert refused.status == 1 and "members" in refused.errors.lower()
