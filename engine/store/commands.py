"""Commands of other processes: what was asked for, by which controller it is carried out, and the answer."""

from enum import StrEnum

import msgspec
from sqlalchemy import Connection, and_, bindparam, delete, or_, update

from engine.store.rows import Mapped, plain
from engine.store.statement import Statement, insert_into
from engine.store.tables import commands


class CommandState(StrEnum):
    """Where a command stands."""

    QUEUED = "queued"
    TAKEN = "taken"
    ANSWERED = "answered"
    REFUSED = "refused"


class CommandRow(msgspec.Struct, frozen=True, kw_only=True):
    """A command of another process. Times are Unix seconds.

    `ari_application` is the controller's that carries it out. `body` and `answer` are JSON (engine.commands.wire): an
    answer is the result, or a Refusal. `requester` is who waits for it. No controller takes it after its `deadline`.
    `epoch` is that of the controller that took it.
    """

    id: str
    ari_application: str
    account: str
    subject: str
    requester: str
    body: str
    created: float
    deadline: float
    state: CommandState = CommandState.QUEUED
    answer: str | None = None
    epoch: int | None = None


_rows = Mapped(CommandRow, commands)
_id = commands.c.id == bindparam("the_id")
_insert = insert_into(commands)
_get = Statement(_rows.select.where(_id))
_waiting = Statement(
    _rows.select.where(
        commands.c.ari_application == bindparam("ari_application"),
        commands.c.answer.is_(None),
        or_(
            and_(commands.c.epoch.is_(None), commands.c.deadline > bindparam("now")),
            commands.c.epoch != bindparam("ours"),
        ),
    )
    .order_by(commands.c.created, commands.c.id)
    .limit(bindparam("most"))
)
_take = Statement(
    update(commands)
    .where(
        _id,
        commands.c.answer.is_(None),
        or_(commands.c.epoch.is_(None), commands.c.epoch != bindparam("ours")),
    )
    .values(state=bindparam("state"), epoch=bindparam("epoch"))
)
_answer = Statement(
    update(commands)
    .where(_id, commands.c.epoch == bindparam("ours"))
    .values(state=bindparam("state"), answer=bindparam("answer"))
)
_withdraw = Statement(delete(commands).where(_id, commands.c.epoch.is_(None)))
_remove = Statement(delete(commands).where(_id))
_forget = Statement(delete(commands).where(commands.c.deadline < bindparam("before")))


def put(conn: Connection, row: CommandRow) -> None:
    """Ask for a command."""
    _insert.run(conn, **plain(row))


def get(conn: Connection, id: str) -> CommandRow | None:
    """Return a command; None if there is none, e.g. because it was removed."""
    return _rows.one(conn, _get, the_id=id)


def waiting(conn: Connection, ari_application: str, most: int, *, epoch: int, now: float) -> list[CommandRow]:
    """Return what the controller of this epoch has to answer, oldest first.

    That is what nobody has taken before its deadline, and what an earlier controller took and did not answer.
    """
    return _rows.all(conn, _waiting, ari_application=ari_application, most=most, ours=epoch, now=now)


def take(conn: Connection, id: str, epoch: int) -> bool:
    """Note that the controller of this epoch carries a command out; False if it does already, or it was withdrawn."""
    return _take.run(conn, the_id=id, ours=epoch, epoch=epoch, state=CommandState.TAKEN.value) > 0


def answer(conn: Connection, id: str, epoch: int, state: CommandState, text: str) -> bool:
    """Store the answer of a command that the controller of this epoch took; False if another has it now."""
    return _answer.run(conn, the_id=id, ours=epoch, state=state.value, answer=text) > 0


def withdraw(conn: Connection, id: str) -> bool:
    """Take a command back that no controller has taken; False if one has."""
    return _withdraw.run(conn, the_id=id) > 0


def remove(conn: Connection, id: str) -> None:
    """Delete a command whose answer was read."""
    _remove.run(conn, the_id=id)


def forget(conn: Connection, before: float) -> int:
    """Delete the commands whose deadline was before a time, a controller's that is gone too; returns how many."""
    return _forget.run(conn, before=before)
