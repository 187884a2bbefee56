"""What TringMe's calls do once their first party answers."""

from api.vendors.tringme.http.plan import Plan
from api.vendors.tringme.http.requests import Parameters
from engine.features.accounts import Account
from engine.tasks.dial import Dial
from engine.tasks.hang_up import HangUp
from engine.tasks.play import Play
from engine.tasks.run_menu import RunMenu
from engine.tasks.say import Say
from tests.support.digits import stands_in

ACCOUNT = Account(id="account-ann", name="ann", created=0.0)
GREETING, GOODBYE, RETRY = Play(source="http://h/a.wav"), Say(text="Bye", voice="male"), Play(source="http://h/r.wav")
PROMPTS = {"greeting": "http://h/a.wav", "bye": "male:Bye", "retry": "http://h/r.wav"}
DEST = "15015551234"


def plan(**given: str) -> Plan:
    return Plan.read(Parameters(tuple(given.items()), ACCOUNT))


def test_two_parties_and_at_most_a_greeting_are_a_pair() -> None:
    assert plan(dest=DEST).is_pair and plan(dest=DEST, greeting="male:Hi").is_pair
    for more in ({"bye": "male:Bye"}, {"dtmf": "1"}, {"pin": "1"}):
        assert not plan(dest=DEST, **more).is_pair
    assert not plan(greeting="male:Hi").is_pair


def test_one_party_hears_its_prompts() -> None:
    assert plan(**PROMPTS).tasks(None, None) == (GREETING, GOODBYE, HangUp())


def test_the_second_party_sees_the_first_ones_number_or_the_one_that_is_given() -> None:
    for shown in (None, "12015550777"):
        greeting, dial, *_ = plan(dest=DEST, **PROMPTS).tasks(None, shown)
        assert isinstance(dial, Dial) and (dial.to, dial.leg.caller, dial.hang_up_after) == (DEST, shown, True)
        assert greeting == GREETING


def test_a_first_party_that_is_not_connected_hears_the_goodbye() -> None:
    _, dial, *_ = plan(dest=DEST, **PROMPTS).tasks(None, None)
    assert isinstance(dial, Dial) and dial.diversions
    ways = {dial.diversions.no_answer, dial.diversions.busy, dial.diversions.unregistered}
    assert len(ways) == 1 and "Bye" in ways.pop()
    dial = plan(dest=DEST, dtmf="1", greeting="male:Hi").tasks(None, None)[-1]
    assert isinstance(dial, Dial) and dial.diversions is None


def test_a_first_party_that_was_connected_hears_the_goodbye_when_the_second_one_has_hung_up() -> None:
    _, dial, *behind = plan(dest=DEST, **PROMPTS).tasks(None, None)
    assert isinstance(dial, Dial) and dial.continue_after and behind == [GOODBYE, HangUp()]
    *_, dial = plan(dest=DEST, dtmf="1", greeting="male:Hi").tasks(None, None)
    assert isinstance(dial, Dial) and not dial.continue_after


def test_digits_are_asked_for_three_times_and_who_gives_none_is_not_connected() -> None:
    ask, dial, *_ = plan(dest=DEST, pin="4711", **PROMPTS).tasks(None, None)
    assert isinstance(ask, RunMenu) and isinstance(dial, Dial) and ask.secret
    (menu,) = ask.menus
    assert (menu.main, menu.repeat, menu.repeats, menu.most_digits) == ((GREETING,), (RETRY,), 2, 4)
    assert menu.otherwise.startswith("tasks:[") and "dial" not in menu.otherwise and "hang_up" in menu.otherwise
    assert menu.expected and not stands_in("4711", repr(ask))


def test_without_a_retry_prompt_the_greeting_is_repeated() -> None:
    ask, *_ = plan(greeting="http://h/a.wav", dtmf="2").tasks(None, None)
    assert isinstance(ask, RunMenu) and not ask.secret
    assert (ask.menus[0].repeat, ask.menus[0].expected) == ((GREETING,), "")
