"""The phonebook: one entry for each number, found by parts of names and numbers, an account's own."""

import pytest

from engine.features.errors import AlreadyThere, InvalidNumber, InvalidSetting, NotThere
from engine.features.phonebook.model import EntryFields, PhonebookFull
from engine.features.phonebook.service import Phonebook
from engine.platform.feature import Features
from engine.store.accounts import Account


@pytest.fixture
def phonebook(services: Features) -> Phonebook:
    return services[Phonebook]


def fields(number: str | None = None, first: str | None = None, last: str | None = None) -> EntryFields:
    return EntryFields(number=number, first_name=first, last_name=last)


async def test_a_number_has_one_entry_however_it_is_written(phonebook: Phonebook, account: Account) -> None:
    made, new = await phonebook.put(account.id, fields("(415) 555-2671", "Jane"))
    assert new and (made.number, made.first_name, made.last_name) == ("14155552671", "Jane", "")
    again, new = await phonebook.put(account.id, fields("+14155552671", "Ann"))
    assert not new and again == made
    assert await phonebook.of_numbers(account.id, ["14155552671", "14155552672"]) == {"14155552671": made}


async def test_entries_are_found_by_parts_of_names_and_numbers(phonebook: Phonebook, account: Account) -> None:
    for number, first, last in (("4155552671", "Jane", "Doe"), ("4155552672", "John", "100%"), ("2125552673", "", "")):
        await phonebook.put(account.id, fields(number, first, last))
    for text, found in (
        ("", ["Jane", "John", ""]), ("jane", ["Jane"]), ("ne do", ["Jane"]), ("+1415", ["Jane", "John"]),
        ("%", ["John"]), ("_", []), ("nobody", []),
    ):  # fmt: skip
        assert [each.first_name for each in await phonebook.search(account.id, text)] == found
    assert await phonebook.search("account-other") == []


async def test_an_entry_is_changed_and_removed_by_its_own_account(phonebook: Phonebook, account: Account) -> None:
    made, _ = await phonebook.put(account.id, fields("4155552671", "Jane"))
    other, _ = await phonebook.put(account.id, fields("4155552672"))
    changed = await phonebook.change(account.id, made.id, fields("4155552679", last="Doe"))
    assert (changed.number, changed.first_name, changed.last_name) == ("14155552679", "Jane", "Doe")
    with pytest.raises(AlreadyThere, match=r"has \+14155552679 already"):
        await phonebook.change(account.id, other.id, fields("4155552679"))
    for attempt in (phonebook.get("account-other", made.id), phonebook.remove("account-other", made.id)):
        with pytest.raises(NotThere):
            await attempt
    await phonebook.remove(account.id, made.id)
    with pytest.raises(NotThere, match="no entry"):
        await phonebook.change(account.id, made.id, fields())


async def test_what_cannot_be_is_refused(
    phonebook: Phonebook, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidSetting, match="number is missing"):
        await phonebook.put(account.id, fields(first="Jane"))
    with pytest.raises(InvalidNumber):
        await phonebook.put(account.id, fields("nobody"))
    with pytest.raises(InvalidSetting, match="first_name must have at most 100"):
        await phonebook.put(account.id, fields("4155552671", "x" * 101))
    monkeypatch.setattr("engine.features.phonebook.service.MOST", 0)
    with pytest.raises(PhonebookFull, match="at most 0 entries"):
        await phonebook.put(account.id, fields("4155552671"))
