"""runMenu: its menus, their references, and a way out of each."""

import re
from collections.abc import Iterator

from api.vendors.sinch.fields import Fields, Illegal, Missing
from api.vendors.sinch.script import limits
from api.vendors.sinch.script.prompts import Reader
from api.vendors.sinch.script.svaml import PromptTask, SvamlRunMenu
from engine.tasks.menu import Choice, Menu

_DOES = re.compile(r"\s*(?P<does>return|menu)\s*\((?P<what>[^()]*)\)\s*", re.IGNORECASE)
_LONGEST_ID = 128


def run_menu(action: Fields, reader: Reader) -> SvamlRunMenu:
    """Read a runMenu action; raises BadField."""
    locale = reader.locale(action.text_or_none("locale"))
    menus = tuple(_menu(fields, reader, locale) for fields in action.objects("menus", most=limits.MOST_MENUS))
    by_id = {menu.id: menu for menu in menus}
    if not menus:
        raise Missing("runMenu must have at least one menu.")
    if len(by_id) < len(menus):
        raise Illegal("Two menus have the same id.")
    # «The menu with "id" : "main" will always play first, otherwise an error will be returned.»
    first = action.text_or_none("mainMenu") or limits.MAIN_MENU
    if first not in by_id:
        raise Illegal(f"There is no menu with the id {first[:64]!r}, which runMenu begins with.")
    for menu in menus:
        for choice in menu.choices:
            if choice.menu is not None and choice.menu not in by_id:
                raise Illegal(f"The menu {menu.id[:64]!r} leads to {choice.menu[:64]!r}, which does not exist.")
    _ways_out(first, by_id)
    return SvamlRunMenu(
        first=first,
        menus=menus,
        barge_in=action.flag("barge", default=limits.BARGE),
        voice=action.flag("enableVoice", default=False),
        locale=locale,
    )


def _menu(fields: Fields, reader: Reader, locale: str) -> Menu:
    choices = tuple(_choices(fields, reader))
    digits = fields.whole("maxDigits", least=1)
    if digits is not None and digits > limits.MOST_DIGITS:
        raise Illegal(f"{fields.name_of('maxDigits')} must be at most {limits.MOST_DIGITS}.")
    _seconds(fields, "maxTimeoutMills", limits.MENU_VOICE_MILLISECONDS)  # of speech, which we do not hear
    repeat = _prompts(fields, "repeatPrompt", reader, locale)
    return Menu(
        id=fields.text("id", most=_LONGEST_ID),
        main=_prompts(fields, "mainPrompt", reader, locale),
        repeat=repeat,
        repeats=_repeats(fields, reader) if repeat else 0,
        most_digits=digits or (None if choices else limits.MENU_DIGITS),
        silence_seconds=_seconds(fields, "timeoutMills", limits.MENU_SILENCE_MILLISECONDS),
        choices=choices,
    )


def _prompts(fields: Fields, name: str, reader: Reader, locale: str) -> tuple[PromptTask, ...]:
    text = fields.text_or_none(name, most=limits.LONGEST_PROMPTS)
    return reader.prompts((text,), fields.name_of(name), locale) if text else ()


def _repeats(fields: Fields, reader: Reader) -> int:
    repeats = fields.whole("repeats")
    if repeats is None:
        return limits.REPEATS
    if repeats > limits.MOST_REPEATS:
        reader.warn(f"{fields.name_of('repeats')} was cut to {limits.MOST_REPEATS}.")
    return min(repeats, limits.MOST_REPEATS)


def _seconds(fields: Fields, name: str, default: int) -> float:
    milliseconds = fields.whole(name)
    if not milliseconds:
        return default / 1000
    return min(milliseconds, limits.MOST_MENU_MILLISECONDS) / 1000


def _choices(fields: Fields, reader: Reader) -> Iterator[Choice]:
    taken: set[str] = set()
    for option in fields.objects("options", most=len(limits.MENU_KEYS) * 2):
        digit = option.text("dtmf")
        if digit not in limits.MENU_KEYS:
            raise Illegal(f"{option.name_of('dtmf')} must be one of 0-9, * and #.")
        does = _DOES.fullmatch(option.text("action"))
        if does is None:
            raise Illegal(f"{option.name_of('action')} must be return(…) or menu(…).")
        if digit in taken:
            reader.warn(f"{option.name_of('dtmf')} occurs twice; the first one is used.")
            continue
        taken.add(digit)
        what = does["what"].strip()
        if does["does"].lower() == "return":
            yield Choice(digit=digit, value=what)
        elif what:
            yield Choice(digit=digit, menu=what)
        else:
            raise Illegal(f"{option.name_of('action')} names no menu.")


def _ways_out(first: str, menus: dict[str, Menu]) -> None:
    """Refuse menus that lead only to one another: whoever presses a digit there never gets out."""
    ways = {menu.id: {choice.menu for choice in menu.choices if choice.menu is not None} for menu in menus.values()}
    out = {
        menu.id
        for menu in menus.values()
        if menu.most_digits is not None or any(choice.menu is None for choice in menu.choices)
    }
    while more := {id for id, to in ways.items() if id not in out and to & out}:
        out |= more
    seen, waiting = {first}, [first]
    while waiting:
        here = waiting.pop()
        if here not in out:
            raise Illegal(f"The menu {here[:64]!r} has no exit: every option leads to a menu again.")
        new = ways[here] - seen
        seen |= new
        waiting += new
