"""The end of what a customer sees as one call: told when the last leg of a root has ended."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from engine.calls.admission_protocol import Admission
from engine.calls.ending import ending_of
from engine.events import EndedLeg, RootEnded
from engine.ids import new_id
from engine.model.call import Call
from engine.store import calls, events, tasks
from engine.tasks.dial import Dial
from engine.tasks.ring import Ring


def on_leg_ended(ended: Call, admission: Admission) -> Callable[[Connection], None]:
    """Return the step of the transaction that stores the end of `ended`, a leg of a call tree."""
    currency = admission.price(ended.account, ended.callee, 0.0).currency  # also where nothing is charged

    def unit(conn: Connection) -> None:
        legs = calls.by_root(conn, ended.root)
        root = next((leg for leg in legs if leg.id == leg.root), None)
        if root is None or any(leg.ended is None for leg in legs):
            return
        tried = any(isinstance(row.task, Dial | Ring) and row.begun is not None for row in tasks.of(conn, root.id))
        events.append(conn, _root_ended(root, [leg for leg in legs if leg is not root], tried, ended.ended, currency))

    return unit


def _root_ended(root: Call, others: Sequence[Call], tried: bool, at: float | None, currency: str) -> RootEnded:
    ending = ending_of(root)
    dialled = tried or bool(others)
    legs = (root, *others)
    return RootEnded(
        id=new_id("event"),
        account=root.account,
        subject=root.id,
        root=root.id,
        at=at or root.created,
        data=root.data,
        cause=ending.cause,
        hung_up_by=ending.by,
        answered=root.answered is not None and (not dialled or any(leg.answered is not None for leg in others)),
        seconds=sum(leg.duration for leg in others) if dialled else root.duration,
        price=sum(leg.price for leg in legs),
        currency=currency,
        caller=root.caller,
        callee=root.callee,
        legs=tuple(_leg(leg) for leg in legs),
    )


def _leg(leg: Call) -> EndedLeg:
    ending = ending_of(leg)
    return EndedLeg(
        call=leg.id,
        caller=leg.caller,
        callee=leg.callee,
        cause=ending.cause,
        hung_up_by=ending.by,
        answered=leg.answered is not None,
        seconds=leg.duration,
        price=leg.price,
    )
