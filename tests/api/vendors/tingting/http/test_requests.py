"""What TingTing's requests mean: the document's spellings, and what is refused with a sentence."""

import asyncio
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from api.vendors.tingting.errors import Invalid
from api.vendors.tingting.fields import Fields
from api.vendors.tingting.http import requests
from api.vendors.tingting.http.voices import voice
from engine.features.accounts import Account
from engine.features.campaigns.contact import Status
from engine.features.campaigns.model import Message

NOW = 1_800_000_000.0
ACCOUNT = Account(id="account-1", name="ann", created=0.0)


@pytest.mark.parametrize("given", [["failed, hungup"], ["failed", "hungup"], "failed,hungup", "Failed , HUNGUP"])
def test_statuses_are_a_list_or_one_text_with_commas(given: Any) -> None:
    assert requests.rerun(Fields({"status": given}), "status") == (Status.FAILED, Status.SKIPPED, Status.HUNG_UP)


@pytest.mark.parametrize("given", [["lost"], "failed;hungup", ["failed", 3]])
def test_an_unknown_status_is_named(given: Any) -> None:
    with pytest.raises(Invalid, match=r"status must be of hungup, unanswered, failed"):
        requests.rerun(Fields({"status": given}), "status")


@pytest.mark.parametrize(
    ("given", "numbers"),
    [
        ([9876543210, 98675432123], ["9876543210", "98675432123"]),
        (["+977 984-3818700"], ["+977 984-3818700"]),
        ("[9876543210]", ["9876543210"]),
        ("9876543210, 9876543211", ["9876543210", "9876543211"]),
        (9876543210.0, ["9876543210"]),
    ],
)
async def test_numbers_are_whole_numbers_or_texts(given: Any, numbers: list[str]) -> None:
    found = await requests.numbers(Fields({"individual_number": given}), "NP")
    assert [(each.number, each.line) for each in found] == [(number, at) for at, number in enumerate(numbers, 1)]


async def test_each_number_that_is_none_is_named_with_its_place() -> None:
    with pytest.raises(Invalid) as refused:
        await requests.numbers(Fields({"individual_number": [9876543210, "abc", 12]}), "NP")
    assert [fault.partition(":")[0] for fault in refused.value.errors] == [
        "individual_number, entry 2 (abc)",
        "individual_number, entry 3 (12)",
    ]


async def test_the_first_hundred_of_many_faults_are_named_and_others_have_their_turn_meanwhile() -> None:
    turns = 0

    async def another() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(another())
    with pytest.raises(Invalid, match="has 1000 that cannot be called") as refused:
        await requests.numbers(Fields({"individual_number": ["abc"] * 1000}), "NP")
    task.cancel()
    assert len(refused.value.errors) == requests.MOST_FAULTS
    assert turns >= 1000 / 50 - 1


def message(had: Message, audio: str | None = None, **given: Any) -> Message | None:
    return requests.message(Fields(given), had, audio)


def test_a_message_is_spoken_in_nepali_by_the_first_voice_where_none_is_named() -> None:
    made = message(Message(), message="नमस्कार")
    assert made == Message(text="नमस्कार", locale="ne-NP", voice="ne-female-1", priority="text")


def test_voice_and_length_are_what_is_asked_for_and_stay() -> None:
    made = message(Message(), message="a", voice_input="np_prasanna", length_factor="1.4")
    assert made and (made.voice, round(1 / made.speed, 3)) == ("ne-male-1", 1.4)
    again = message(made, message="b")
    assert again and (again.voice, again.speed, again.text) == (made.voice, made.speed, "b")


def test_what_is_new_is_played_and_priority_chooses_between_what_was_there() -> None:
    both = Message(text="a", audio="upload:b", locale="ne-NP", voice="ne-female-1")
    assert (found := message(both, message="new")) and (found.text, found.priority) == ("new", "text")
    assert (found := message(both, audio="upload:c")) and (found.audio, found.priority) == ("upload:c", "audio")
    assert (found := message(both, priority="audio")) and (found.text, found.priority) == ("a", "audio")
    with pytest.raises(Invalid, match="priority is missing"):
        message(both)
    with pytest.raises(Invalid, match="priority is missing"):
        message(Message(), audio="upload:b", message="a")
    with pytest.raises(Invalid, match="priority must be message or audio"):
        message(both, priority="both")


def test_a_message_that_says_nothing_new_changes_nothing() -> None:
    had = Message(text="a", locale="ne-NP", voice="ne-female-1")
    assert message(had) is None


@pytest.mark.parametrize("given", ["0.4", "2.1", "fast", "nan", 1e300])
def test_a_length_factor_that_nobody_understands_is_refused(given: Any) -> None:
    with pytest.raises(Invalid, match="length_factor must be"):
        requests.length_factor(Fields({"length_factor": given}))


@pytest.mark.parametrize("given", ["np_rija", "NP_RIJA", 1, "1", "Rija", {"id": 1, "voice_display_name": "Rija"}])
def test_a_voice_is_named_in_several_ways(given: Any) -> None:
    found = voice(Fields({"voice_input": given}))
    assert found and found.name == "np_rija"


def test_an_unknown_voice_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(Invalid, match="np_rija, np_prasanna, np_binod"):
        voice(Fields({"voice_input": "np_nobody"}))


def test_a_date_without_a_zone_is_nepals_and_must_be_to_come() -> None:
    at = requests.moment(Fields({"schedule_date": "2030-05-09T17:07"}), "schedule_date", ACCOUNT, lambda: NOW)
    assert at == datetime(2030, 5, 9, 17, 7, tzinfo=ZoneInfo("Asia/Kathmandu")).timestamp()
    with_offset = requests.moment(Fields({"d": "2030-05-09T17:07+00:00"}), "d", ACCOUNT, lambda: NOW)
    assert with_offset and at and with_offset - at == 5.75 * 3600
    with pytest.raises(Invalid, match="schedule_date must be a time to come"):
        requests.moment(Fields({"schedule_date": "2023-05-09T17:07"}), "schedule_date", ACCOUNT, lambda: NOW)
    with pytest.raises(Invalid, match="schedule_date must be a date and a time"):
        requests.moment(Fields({"schedule_date": "tomorrow"}), "schedule_date", ACCOUNT, lambda: NOW)


def test_a_start_is_of_all_new_numbers_of_some_or_of_a_status() -> None:
    def start(**given: Any) -> Any:
        return requests.start(Fields(given), ACCOUNT, None, lambda: NOW)

    assert (start().statuses, start().contacts, start().at) == ((), (), None)
    assert start(individual=[305, 306]).contacts == (305, 306)
    with pytest.raises(Invalid, match="individual must list the ids"):
        start(individual=["x"])
    with pytest.raises(Invalid, match="individual must have at most 10000 entries"):
        start(individual=list(range(1, 10_002)))
    with pytest.raises(Invalid, match="individual must list ids from 1"):
        start(individual=[0])
    with pytest.raises(Invalid, match="must not be given together"):
        start(individual=[1], status=["failed"])


def test_tags_are_texts_and_those_of_the_campaign() -> None:
    given = Fields({"available_tags": {"tags_name": "name", "tags_age": 25}})
    assert requests.tags(given, "available_tags") == {"tags_name": "name", "tags_age": "25"}
    assert requests.tags(given, "available_tags", usable=("tags_name", "tags_age"))
    with pytest.raises(Invalid, match="tags_age is not one of the campaign's usable_tags"):
        requests.tags(given, "available_tags", usable=("tags_name",))
    with pytest.raises(Invalid, match="available_tags must be an object"):
        requests.tags(Fields({"available_tags": [1]}), "available_tags")


@pytest.mark.parametrize("given", [{"page": 0}, {"page": "x"}, {"page_size": 0}, {"page_size": 1001}, {"page": 1.5}])
def test_a_page_that_is_none_is_refused(given: Any) -> None:
    with pytest.raises(Invalid):
        requests.page(Fields(given), 100)


def test_a_page_says_where_it_is() -> None:
    page = requests.page(Fields({"page": "2", "page_size": "10"}), 100)
    assert page.offset == 10
    assert page.pagination(25) == {
        "total_items": 25, "total_pages": 3, "page_number": 2, "has_next": True, "has_previous": True, "links": []
    }  # fmt: skip
    assert requests.page(Fields({}), 100).pagination(0)["total_pages"] == 1


@pytest.mark.parametrize("given", ["PHONE", "phone", "SMS"])
def test_services_are_two(given: str) -> None:
    assert requests.kind(Fields({"services": given})) in ("voice", "text")


@pytest.mark.parametrize("given", ["FAX", "SMS & PHONE", 1, True])
def test_other_services_are_refused(given: Any) -> None:
    with pytest.raises(Invalid, match="services must be"):
        requests.kind(Fields({"services": given}))
