"""TringMe's parameters: every guessed name, and what each value means."""

from datetime import UTC, datetime

import pytest

from api.vendors.tringme.errors import Invalid
from api.vendors.tringme.http.requests import NAMES, Parameters
from engine.features.accounts import Account
from engine.tasks.play import Play
from engine.tasks.say import Say

NOW = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
ACCOUNT = Account(id="account-ann", name="ann", created=0.0)


def parameters(**given: str) -> Parameters:
    return Parameters(tuple(given.items()), ACCOUNT, lambda: NOW)


def refused(ask: object, *named: str) -> None:
    with pytest.raises(Invalid) as refusal:
        ask()  # type: ignore[operator]
    assert all(name in str(refusal.value) for name in named), refusal.value


@pytest.mark.parametrize("what", ["greeting", "goodbye", "retry"])
def test_a_prompt_is_taken_under_each_of_its_names(what: str) -> None:
    for name in NAMES[what]:
        assert parameters(**{name: "http://host/a.wav"}).prompt(what) == Play(source="http://host/a.wav")
        refused(lambda name=name: parameters(**{name: "somewhere"}).prompt(what), f"parameter {name} ")
    assert parameters().prompt(what) is None


@pytest.mark.parametrize("voice", ["male", "female"])
def test_a_text_is_spoken_by_the_voice_before_it(voice: str) -> None:
    wanted = Say(text="Welcome to XYZ Bank: press 1", voice=voice)
    for written in (f"{voice}:Welcome to XYZ Bank: press 1", f"{voice.upper()}: Welcome to XYZ Bank: press 1 "):
        assert parameters(greeting=written).prompt("greeting") == wanted


def test_the_flag_is_taken_under_each_of_its_names_and_is_1_by_default() -> None:
    assert [parameters(**{name: "18"}).flags() for name in NAMES["flag"]] == [18, 18, 18]
    assert (parameters().flags(), parameters(flag="0").flags()) == (1, 0)
    for wrong in ("4", "32", "-1", "one", "1.0", "\u0663", "99999"):
        refused(lambda wrong=wrong: parameters(notify=wrong).flags(), "parameter notify ")


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("60", NOW + 60),
        ("0.5", NOW + 0.5),
        ("1767225700", 1767225700.0),
        ("2026-01-01T01:00:00Z", NOW + 3600),
        ("2026-01-01T03:00:00+02:00", NOW + 3600),
        ("2026-01-01T03:00:00 02:00", NOW + 3600),
    ],
)
def test_a_time_is_seconds_from_now_unix_seconds_or_a_date_with_an_offset(written: str, at: float) -> None:
    assert [parameters(**{name: written}).schedule() for name in NAMES["schedule"]] == [at] * 3
    assert parameters().schedule() is None


@pytest.mark.parametrize("written", ["0", "-1", "1700000000", "2025-12-31T23:59:59Z"])
def test_a_time_that_has_passed_is_refused(written: str) -> None:
    refused(lambda: parameters(at=written).schedule(), "parameter at ", "to come")


@pytest.mark.parametrize("written", ["31622401", "2027-01-03T00:00:00Z", "1799000000"])
def test_a_time_that_is_too_far_ahead_is_refused(written: str) -> None:
    refused(lambda: parameters(at=written).schedule(), "parameter at ", "within 366 days")


@pytest.mark.parametrize("written", ["tomorrow", "2026-01-01T03:00:00", "nan", "inf", "1e99", "12:00"])
def test_a_time_that_cannot_be_read_is_refused(written: str) -> None:
    refused(lambda: parameters(time=written).schedule(), "parameter time ", "seconds from now")


def test_the_numbers_of_a_list_are_read_once_each_and_are_at_most_a_hundred() -> None:
    read = parameters(src="18585551212, 19125551212,+1 858 555 1212,").numbers("src")
    assert [number.digits for number in read] == ["18585551212", "19125551212"]
    many = ",".join(str(18585551000 + place) for place in range(101))
    assert len(parameters(src=many[: many.rindex(",")]).numbers("src")) == 100
    refused(lambda: parameters(src=many).numbers("src"), "parameter src ", "100", "101")
    refused(lambda: parameters(src=" , ").numbers("src"), "parameter src ")


def test_how_many_digits_are_asked_for_or_which_ones() -> None:
    assert parameters(dtmf="4").digits() == parameters(input="4").digits() == (4, "")
    assert parameters(pin="0042", dtmf="1").digits() == (4, "0042")
    assert parameters().digits() is None
    for name, wrong in (("dtmf", "0"), ("input", "33"), ("dtmf", "x"), ("pin", "12#"), ("pin", "1" * 33)):
        refused(lambda name=name, wrong=wrong: parameters(**{name: wrong}).digits(), f"parameter {name} ")


def test_a_tag_is_letters_and_digits() -> None:
    assert (parameters(tag="order7").tag(), parameters().tag()) == ("order7", "")
    refused(lambda: parameters(tag="a b").tag(), "parameter tag ")


def test_what_can_never_be_notified_or_spoken_is_refused_with_its_parameter() -> None:
    refused(lambda: parameters(tag="x" * 65).tag(), "parameter tag ", "64")
    refused(lambda: parameters(url="http://host/" + "x" * 2_000).url("url"), "parameter url ", "2000")
    for text in ("male:.", "male:" + "a " * 301):
        refused(lambda text=text: parameters(greeting=text).prompt("greeting"), "parameter greeting ")
