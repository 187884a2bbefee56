"""Calls that are led to fax: a fax is received."""

from typing import Any

from engine.calls.directory import Answering, NoDestination
from engine.features.errors import NotThere
from engine.features.fax.boxes import KIND, FaxBoxes
from engine.features.fax.files import received_name
from engine.features.fax.model import PREFIX
from engine.ids import new_id
from engine.platform.destination_kind import DestinationKind
from engine.store.accounts import Account
from engine.tasks.fax import ReceiveFax
from engine.tasks.hang_up import HangUp

PURPOSE = "fax:"
"""What a fax is received for, of a task; the box's id follows, or nothing."""


class FaxKind(DestinationKind):
    """`fax`: a fax is received. `fax:BOX`: it is sent on to the box's addresses as well; stored by the box's id."""

    name = KIND
    alone = True

    def __init__(self, boxes: FaxBoxes) -> None:
        self._boxes = boxes

    def checked(self, account: Account, target: str) -> str:
        return self._boxes.get(account.id, target).id if target else ""

    def fields(self, account: Account, target: str) -> dict[str, Any]:
        try:
            return {"target": self._boxes.get(account.id, target).name if target else ""}
        except NotThere:
            return {"target": target}

    def answering(self, account: Account, target: str, hops: int) -> Answering:
        try:
            box = self._boxes.get(account.id, target).id if target else ""
        except NotThere as error:
            raise NoDestination(str(error)) from error
        receive = ReceiveFax(file=received_name(new_id(PREFIX)), station=account.name[:20], purpose=PURPOSE + box)
        return Answering(account=account.id, tasks=(receive, HangUp()))
