"""runMenu. Rules: «Callback API», RunMenu and Voice IVR."""

import json
from typing import Any

import pytest

from api.vendors.sinch.script.actions import ScriptEvent
from api.vendors.sinch.script.instructions import read
from api.vendors.sinch.script.svaml import IllegalSvaml, Svaml, SvamlRunMenu
from engine.tasks.menu import Choice
from engine.tasks.play import Play
from engine.tasks.say import Say
from tests.api.vendors.sinch.conftest import VendorsClient


def run(*menus: dict[str, Any], event: ScriptEvent = ScriptEvent.ICE, **fields: Any) -> SvamlRunMenu | str:
    body = json.dumps({"action": {"name": "runMenu", "menus": menus, **fields}})
    found = read(body.encode(), event, "US")
    if isinstance(found, IllegalSvaml):
        return found.reason
    assert isinstance(found.then, SvamlRunMenu)
    return found.then


def option(digit: Any, action: str) -> dict[str, Any]:
    return {"dtmf": digit, "action": action}


# «Example of runMenu action», copied (with the comma that the page forgets).
def test_the_documents_example() -> None:
    found = run(
        {
            "id": "main",
            "mainPrompt": "#tts[Welcome to the main menu. Press 1 for support or 2 to continue.]",
            "options": [option("1", "return(support)"), option("2", "menu(sub)")],
        },
        {
            "id": "sub",
            "mainPrompt": "#tts[Welcome to the sub menu. Enter your 4-digit PIN.];#href[http://your.host.com/m.mp3]",
            "repeatPrompt": "#tts[Enter your 4-digit PIN.];http://your.host.com/m.mp3",
            "repeats": 3,
            "maxDigits": 4,
        },
        barge=True,
    )
    assert isinstance(found, SvamlRunMenu)
    main, sub = found.menus
    assert found.first == "main" and found.barge_in
    assert main.choices == (Choice(digit="1", value="support"), Choice(digit="2", menu="sub"))
    assert main.most_digits is None
    assert sub.repeat == (
        Say(text="Enter your 4-digit PIN.", locale="en-US"),
        Play(source="http://your.host.com/m.mp3"),
    )
    assert (sub.repeats, sub.most_digits) == (3, 4)


# «timeoutMills … Default is 5000 milliseconds», «By default, barging is enabled»
def test_defaults() -> None:
    found = run({"id": "main"})
    assert isinstance(found, SvamlRunMenu)
    menu = found.menus[0]
    assert (menu.silence_seconds, menu.most_digits, menu.repeats) == (5.0, 1, 0)
    assert found.barge_in and not found.voice


# The public reference: «mainMenu selects the menu item from the menus array to play as the main menu».
def test_another_menu_may_be_the_first() -> None:
    found = run({"id": "confirm", "maxDigits": 1}, mainMenu="confirm")
    assert isinstance(found, SvamlRunMenu) and found.first == "confirm"


@pytest.mark.parametrize(
    ("menus", "sentence"),
    [
        ([], "at least one menu"),
        # «The menu with "id" : "main" will always play first, otherwise an error will be returned.»
        ([{"id": "other"}], "no menu with the id 'main'"),
        ([{"id": "main"}, {"id": "main"}], "same id"),
        ([{"mainPrompt": "x"}], "id is missing"),
        ([{"id": "main", "options": [option("1", "menu(none)")]}], "which does not exist"),
        ([{"id": "main", "options": [option("1", "menu(main)")]}], "has no exit"),
        (
            [
                {"id": "main", "options": [option("1", "return(x)"), option("2", "menu(a)")]},
                {"id": "a", "options": [option("1", "menu(b)")]},
                {"id": "b", "options": [option("1", "menu(a)")]},
            ],
            "has no exit",
        ),
        ([{"id": "main", "options": [option("12", "return(x)")]}], "must be one of 0-9"),
        ([{"id": "main", "options": [option("1", "dance(x)")]}], "must be return(…) or menu(…)"),
        ([{"id": "main", "options": [option("1", "menu()")]}], "names no menu"),
        ([{"id": "main", "maxDigits": 0}], "at least 1"),
        ([{"id": f"m{n}"} for n in range(51)], "at most 50 entries"),
    ],
)
def test_what_a_menu_must_not_be(menus: list[dict[str, Any]], sentence: str) -> None:
    found = run(*menus)
    assert isinstance(found, str) and sentence in found


def test_menus_may_go_back_to_one_another_where_there_is_a_way_out() -> None:
    found = run(
        {"id": "main", "options": [option(1, "Menu(sub)"), option("9", "RETURN( bye )")]},
        {"id": "sub", "options": [option("0", "menu(main)")]},
    )
    assert isinstance(found, SvamlRunMenu) and found.menus[0].choices[1].value == "bye"


def test_the_vendors_client_writes_menus_with_underscores_and_nulls(client: VendorsClient) -> None:
    from sinch.domains.voice.models.svaml.actions import RunMenuAction
    from sinch.domains.voice.models.svaml.actions.actions import MenuOption, Option
    from sinch.domains.voice.models.svaml.instructions.instructions import PlayFileInstruction

    menu = MenuOption(
        id="main",
        main_prompt="#tts[Hi]",
        max_digits=2,
        timeout_mills=700,
        options=[Option(dtmf="1", action="return(x)")],
    )
    files = PlayFileInstruction(ids=[["#tts[Hello]"]], locale="en-US")
    client.voice.calls.update("call-1", [files], RunMenuAction(barge=False, menus=[menu]))
    found = read(client.body(), ScriptEvent.PATCH, "US")
    assert isinstance(found, Svaml) and isinstance(found.then, SvamlRunMenu)
    assert found.steps == (Say(text="Hello", locale="en-US"),)
    assert found.then.menus[0].most_digits == 2
    assert found.then.menus[0].silence_seconds == 0.7
    assert not found.then.barge_in
