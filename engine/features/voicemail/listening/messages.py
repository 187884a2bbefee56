"""The messages of a folder, one after the other."""

import contextlib
from collections.abc import Sequence

from engine.features.errors import NotThere
from engine.features.voicemail.errors import BoxFull, NoSuchMessage
from engine.features.voicemail.greetings import message_source
from engine.features.voicemail.listening.place import Place, Step
from engine.features.voicemail.listening.steps import BY_PHONE, Done, Steps
from engine.features.voicemail.listening.turn import Turn
from engine.features.voicemail.model import Folder, Message
from engine.tasks.play import Play

MOST = 1_000
KEYS = "1456789*#"


async def message(steps: Steps, turn: Turn) -> Done:
    """Play the message at hand, and ask what becomes of it.

    1 or 5 again, 4 the one before, 6 the next, 7 delete or take back, 8 forward, 9 save, * the main menu, # the end.
    It counts as listened to once it was played to its end, or a key was pressed while it played.
    """
    place = turn.place
    found = await _in_folder(steps, turn)
    at = _at(found, place)
    if at is None:
        return place.at(Step.MAIN, first="no_messages" if not found else "")
    here = found[at]
    deleted = here.folder is Folder.TRASH
    if not place.heard:
        await _play(steps, turn, here)
    said = "deleted_menu" if deleted else "message_menu"
    place = place.at(Step.MESSAGE, message=here.id, folder=place.folder)
    match await turn.choice(KEYS, _first(turn), turn.sentence(said)):
        case "1" | "5":
            return place
        case "4" | "6" as pressed:
            return _beside(found, at, -1 if pressed == "4" else 1, place)
        case "7":
            return await _deleted_or_back(steps, turn, here, place)
        case "8":
            return place.at(Step.FORWARD)
        case "9":
            await steps.service.save(turn.call.account, here.id, by=BY_PHONE)
            return _menu_of(place, "saved")
        case "*":
            return place.at(Step.MAIN)
    return None


async def forward(steps: Steps, turn: Turn) -> Done:
    """Ask for a box, and put a copy of the message there."""
    place = turn.place
    number = await turn.digits(turn.phrases.ask_forward)
    if not number:
        return _menu_of(place, "not_forwarded")
    try:
        await steps.service.forward(turn.call.account, place.message, number, by=BY_PHONE)
    except BoxFull:
        return _menu_of(place, "box_full")
    except NoSuchMessage:
        return place.at(Step.MAIN)
    except NotThere:  # the box, or the file
        return _menu_of(place, "no_such_box")
    return _menu_of(place, "forwarded")


def _menu_of(place: Place, first: str) -> Place:
    """The same message, of which only the menu is spoken, behind a sentence."""
    return place.at(Step.MESSAGE, first=first, heard=True, ended=place.step is Step.FORWARD)


def _first(turn: Turn) -> str:
    return turn.sentence(turn.place.first) if turn.place.first else ""


async def _play(steps: Steps, turn: Turn, here: Message) -> None:
    timezone = (await steps.service.box(turn.call.account, turn.place.box)).timezone
    introduced = turn.phrases.said_message(
        here.caller, here.received, steps.platform.clock(), read=here.read, timezone=timezone
    )
    if not await turn.say(introduced):
        return
    await turn.play(Play(source=message_source(here.id)))
    if not here.read:
        await steps.service.mark_read(turn.call.account, here.id)


async def _deleted_or_back(steps: Steps, turn: Turn, here: Message, place: Place) -> Place:
    if here.folder is Folder.TRASH:
        await steps.service.undelete(turn.call.account, here.id, by=BY_PHONE)
        return _menu_of(place, "undeleted")
    await steps.service.delete(turn.call.account, here.id, by=BY_PHONE)
    return _menu_of(place, "deleted")


async def _in_folder(steps: Steps, turn: Turn) -> list[Message]:
    """The folder's messages from the oldest on, and the one at hand wherever it is now."""
    place, account, service = turn.place, turn.call.account, steps.service
    found = await service.messages(account, place.box, place.folder, limit=MOST)
    if place.message and all(one.id != place.message for one in found):
        with contextlib.suppress(NoSuchMessage):
            found.append(await service.message(account, place.message))
    box = await service.box(account, place.box)
    return sorted((one for one in found if one.box == box.id), key=lambda one: (one.received, one.id))


def _at(found: Sequence[Message], place: Place) -> int | None:
    """Which one it is: the one at hand, else the first that is new, else the first."""
    if not found:
        return None
    if place.message:
        return next((index for index, one in enumerate(found) if one.id == place.message), None)
    return next((index for index, one in enumerate(found) if not one.read), 0)


def _beside(found: Sequence[Message], at: int, by: int, place: Place) -> Place:
    """The next one or the one before that is still there."""
    index = at + by
    while 0 <= index < len(found) and found[index].folder is not place.folder:
        index += by
    if 0 <= index < len(found):
        return place.at(Step.MESSAGE, message=found[index].id)
    return _menu_of(place, "no_more")
