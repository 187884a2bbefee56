"""Calls that are led to the menu of a box."""

from typing import Any

from engine.calls.directory import Answering, NoDestination
from engine.features.voicemail.boxes import LISTENING
from engine.features.voicemail.directory import BoxDirectory
from engine.features.voicemail.errors import NoSuchBox
from engine.features.voicemail.listening.entering import first_of
from engine.features.voicemail.listening.place import task_of
from engine.platform.codes import Code
from engine.platform.destination_kind import DestinationKind
from engine.store.accounts import Account
from engine.store.extensions import Extension

CODE = "*97"
"""What phones dial for it, unless the installation says otherwise."""


class MenuKind(DestinationKind):
    """`voicemail_menu`: the caller is asked for a box and its PIN; `voicemail_menu:101`: for the PIN of that box."""

    name = LISTENING
    alone = True

    def __init__(self, directory: BoxDirectory) -> None:
        self._directory = directory

    def checked(self, account: Account, target: str) -> str:
        if not target:
            return ""
        if (entry := self._directory.named(account.id, target)) is None:
            raise NoSuchBox(f"The account has no voicemail box {target[:40]}.")
        return entry.box.number

    def answering(self, account: Account, target: str, hops: int) -> Answering:
        if target and self._directory.named(account.id, target) is None:
            raise NoDestination(f"The account has no voicemail box {target[:40]}.")
        return Answering(account=account.id, tasks=(task_of(first_of(target, opened=False)),))

    def fields(self, account: Account, target: str) -> dict[str, Any]:
        return {"target": target}


def dialled_by(directory: BoxDirectory) -> Code:
    """What the code does: the box of the extension that dialled it is known, and needs no PIN if it is set so."""

    def answering(account: Account, extension: Extension) -> Answering:
        entry = directory.of_extension(account.id, extension.number)
        if entry is None:
            place = first_of("", opened=False)
        else:
            place = first_of(entry.box.number, opened=entry.box.skip_pin_from_own_extension, own=True)
        return Answering(account=account.id, tasks=(task_of(place),))

    return answering
