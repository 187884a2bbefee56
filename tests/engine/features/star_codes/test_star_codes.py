"""Star codes: what each changes, what is refused, and that all is said in every language."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from engine.calls.keypad import PressedDigit, Presses
from engine.features.star_codes import conversation
from engine.features.star_codes.conversation import StarCodes, task_of
from engine.features.star_codes.feature import StarCodesFeature
from engine.features.star_codes.languages import PHRASES, language_of, text
from engine.features.star_codes.orders import ORDERS, Dialled
from engine.model.call import Call, CallState, Direction
from engine.platform.codes import Codes
from engine.store.extensions import Extension
from engine.tasks.hang_up import HangUp
from engine.tasks.pick_up import PickUp
from tests.engine.features.destinations.test_destinations import NUMBER, House, house

__all__ = ["house"]


class Heard:
    """A task's view of a call whose caller types these keys, and what was said to it."""

    def __init__(self, keys: str = "") -> None:
        self.task_id, self.keypad, self._keys = "task-1", self, keys

    @contextmanager
    def taking(self, *, typed_ahead: bool = False, secret: bool = False) -> Iterator[Presses]:
        """Take the keys."""
        yield Presses([PressedDigit(key, "call-1") for key in self._keys], takes=None)

    async def digit(self, digit: PressedDigit, *, accepted: bool) -> None:
        """A key was heard."""


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What phones were told."""
    found: list[str] = []

    async def say(talk: Any, *sentences: str) -> bool:
        found.extend(sentences)
        return True

    monkeypatch.setattr(conversation.Talk, "say", say)
    return found


async def dials(house: House, code: str, number: str = "", keys: str = "") -> Extension:
    """The phone of 101 dials a code; what its extension is then."""
    codes = StarCodes(house.cache, house.destinations, house.diversions)
    dialled = Dialled(code=code, extension="101", number=number)
    call = Call(
        id="call-1", root="call-1", account=house.account.id, direction=Direction.INBOUND, caller="101", callee=code,
        state=CallState.ANSWERED, created=0.0, ari_application="carillon-0",
    )  # fmt: skip
    found = await codes.turn(call, task_of(dialled, "US").state, Heard(keys))  # type: ignore[arg-type]
    assert found.tasks == (HangUp(),)
    extension = house.cache.extension(house.account.id, "101")
    assert extension
    return extension


async def test_each_code_changes_its_settings_and_another_takes_them_back(house: House, said: list[str]) -> None:
    assert (await dials(house, "*72", "102")).always == "extension:102"
    assert said == ["All calls are forwarded to 1 0 2."]
    assert (await dials(house, "*73")).always == ""
    assert (await dials(house, "*90", keys="102#")).busy == "extension:102"
    found = await dials(house, "*52", "102")
    assert (found.no_answer, found.unregistered, found.busy) == ("extension:102",) * 3
    found = await dials(house, "*53")
    assert (found.no_answer, found.unregistered, found.busy) == ("", "", "extension:102")
    assert (await dials(house, "*91")).busy == ""
    assert (await dials(house, "*78")).do_not_disturb
    assert not (await dials(house, "*79")).do_not_disturb
    assert not (await dials(house, "*71")).call_waiting
    assert (await dials(house, "*70")).call_waiting
    assert (await house.audited())[-10:] == ["extension.diverted"] * 10


async def test_a_number_of_the_account_s_own_is_not_called_but_followed(house: House) -> None:
    await house.number(NUMBER, "room:lobby")
    codes = StarCodes(house.cache, house.destinations, house.diversions)
    assert codes._destination(house.account, NUMBER) == f"forward:+{NUMBER}"


@pytest.mark.parametrize("number", ["911", "19005550100", "442071838750", "101", "109", "", "12"])
async def test_what_the_account_may_not_call_or_leads_back_is_refused(
    house: House, said: list[str], number: str
) -> None:
    assert (await dials(house, "*72", number, keys="#")).always == ""
    assert said[-1] == "Calls cannot be forwarded to this number."


async def test_a_phone_that_leads_back_is_refused(house: House, said: list[str]) -> None:
    await house.divert("102", no_answer="extension:101")
    assert (await dials(house, "*72", "102")).always == ""
    assert said == ["Calls cannot be forwarded to this number."]


def test_every_language_has_every_phrase_and_every_country_one() -> None:
    names = set(PHRASES["en"])
    for language, phrases in PHRASES.items():
        assert set(phrases) == names, language
        assert {name for name in names if "{digits}" in phrases[name]} == {"always", "busy", "unanswered"}, language
    assert {order.said for order in ORDERS.values()} <= names
    assert [language_of(country) for country in ("DE", "BR", "US", "XX", "")] == ["de", "pt", "en", "en", "en"]
    assert text("de", "always", "102") == "Alle Anrufe werden an 1 0 2 weitergeleitet."


def test_a_code_is_known_whole_before_one_that_a_number_follows(house: House) -> None:
    codes = Codes()
    feature = StarCodesFeature.__new__(StarCodesFeature)
    feature.__init__(_Platform(house), house.destinations, house.diversions)  # type: ignore[misc,arg-type]
    for code, answers in feature.codes.items():
        codes.add(code, answers)
    for code, answers_with in feature.codes_with.items():
        codes.add_with(code, answers_with)
    with pytest.raises(ValueError, match="Two features answer"):
        codes.add("*72", feature.codes["*73"])
    extension = house.cache.extension(house.account.id, "101")
    assert extension

    def tasks(dialled: str) -> Any:
        found = codes.get(dialled)
        return found(house.account, extension).tasks if found else None

    assert tasks("*72102#")[0].state == task_of(Dialled(code="*72", extension="101", number="102"), "US").state
    assert tasks("*72")[0].says[0].text == "Please enter the number, followed by the pound key."
    assert tasks("**102") == (PickUp(extension="102"),)
    assert tasks("*8") == tasks("**") == (PickUp(),)
    assert tasks("*731") is tasks("*72abc") is tasks("72102") is None


class _Platform:
    def __init__(self, house: House) -> None:
        self.cache = house.cache
