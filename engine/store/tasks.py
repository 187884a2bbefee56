"""Queued tasks: the queue of every call and conference, with the progress of each task."""

from collections.abc import Iterable, Sequence

import msgspec
import structlog
from sqlalchemy import Connection, bindparam, func, literal_column, select, update

from engine.ids import new_id
from engine.store import tables
from engine.store.rows import seal_of, to_json
from engine.store.statement import Row, Statement, insert_into
from engine.tasks.kinds import AnyTask, decode, encode, kind_of
from engine.tasks.results import Outcome
from engine.tasks.secret import Seal
from engine.tasks.task import Phase, TaskState

log = structlog.get_logger(__name__)


class TaskRow(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a queue. `begun`: taken from the queue; `started`: its effect began. Times are Unix seconds."""

    id: str
    owner: str
    position: int
    task: AnyTask
    state: TaskState
    phase: Phase
    queued: float
    begun: float | None = None
    started: float | None = None
    ended: float | None = None
    outcome: Outcome | None = None


_table = tables.tasks
_OPEN = (TaskState.QUEUED.value, TaskState.RUNNING.value)
_outcomes: msgspec.json.Decoder[Outcome] = msgspec.json.Decoder(Outcome)
_insert = insert_into(_table)
_last = Statement(select(func.max(_table.c.position)).where(_table.c.owner == bindparam("owner")))
_one = _table.c.id == bindparam("the_id")
_begin = Statement(
    update(_table).where(_one).values(state=TaskState.RUNNING.value, begun=bindparam("begun"), phase=bindparam("phase"))
)
_set_phase = Statement(update(_table).where(_one).values(phase=bindparam("phase")))
_started = Statement(update(_table).where(_one).values(started=bindparam("started"), phase=bindparam("phase")))
_end = Statement(
    update(_table).where(_one).values(state=bindparam("state"), outcome=bindparam("outcome"), ended=bindparam("ended"))
)
_NAMES = ("id", "owner", "position", "parameters", "state", "phase", "queued", "begun", "started", "ended", "outcome")
_select = select(*(_table.c[name] for name in _NAMES))
_get = Statement(_select.where(_one))
_of = Statement(_select.where(_table.c.owner == bindparam("owner")).order_by(_table.c.position))
_last_of_kind = Statement(
    _select.where(_table.c.owner == bindparam("owner"), _table.c.kind == bindparam("kind"))
    .order_by(_table.c.position.desc())
    .limit(1)
)
_behind = (_table.c.owner == bindparam("the_owner"), _table.c.position > bindparam("behind"))
_make_space = Statement(update(_table).where(*_behind).values(position=-_table.c.position - bindparam("by")))
_settle = Statement(
    update(_table)
    .where(_table.c.owner == bindparam("the_owner"), _table.c.position < literal_column("0"))
    .values(position=-_table.c.position)
)
_open_of = Statement(
    _select.where(_table.c.owner == bindparam("owner"), _table.c.state.in_([bindparam("a"), bindparam("b")])).order_by(
        _table.c.position
    )
)


def append(conn: Connection, owner: str, tasks: Sequence[AnyTask], at: float) -> list[TaskRow]:
    """Append tasks to the owner's queue and return their rows. A task without an id gets one."""
    if not tasks:
        return []
    first = 1 + (_last.value(conn, owner=owner) or 0)
    rows = [_queued(owner, position, task, at) for position, task in enumerate(tasks, first)]
    _store(conn, rows)
    return rows


def insert_behind(conn: Connection, id: str, tasks: Sequence[AnyTask], at: float) -> list[TaskRow]:
    """Insert tasks into the queue directly after the task `id`, and return their rows."""
    row = get(conn, id)
    if row is None or not tasks:
        return []
    _make_space.run(conn, the_owner=row.owner, behind=row.position, by=len(tasks))  # through negative positions,
    _settle.run(conn, the_owner=row.owner)  # because no two may be equal at any moment
    rows = [_queued(row.owner, position, task, at) for position, task in enumerate(tasks, row.position + 1)]
    _store(conn, rows)
    return rows


def begin(conn: Connection, id: str, at: float, phase: Phase) -> None:
    """Store that a task was taken from its queue."""
    _begin.run(conn, the_id=id, begun=at, phase=phase.value)


def set_phase(conn: Connection, id: str, phase: Phase) -> None:
    """Store the progress of a running task."""
    _set_phase.run(conn, the_id=id, phase=phase.value)


def started(conn: Connection, id: str, at: float, phase: Phase) -> None:
    """Store that a task's effect began, and its progress."""
    _started.run(conn, the_id=id, started=at, phase=phase.value)


def end(conn: Connection, id: str, state: TaskState, outcome: Outcome, at: float) -> None:
    """Store how a task ended."""
    _end.run(conn, the_id=id, state=state.value, outcome=to_json(outcome), ended=at)


def get(conn: Connection, id: str) -> TaskRow | None:
    """Return a task by its id."""
    row = _get.first(conn, the_id=id)
    return None if row is None else _read(row)


def of(conn: Connection, owner: str) -> list[TaskRow]:
    """Return an owner's tasks in the order of the queue."""
    return _readable(_of.all(conn, owner=owner))


def last_of_kind(conn: Connection, owner: str, kind: str) -> TaskRow | None:
    """Return the last task of a kind in an owner's queue, or None."""
    row = _last_of_kind.first(conn, owner=owner, kind=kind)
    return None if row is None else _read(row)


def open_of(conn: Connection, owner: str) -> list[TaskRow]:
    """Return an owner's tasks that are queued or running, in the order of the queue."""
    a, b = _OPEN
    return _readable(_open_of.all(conn, owner=owner, a=a, b=b))


def _queued(owner: str, position: int, task: AnyTask, at: float) -> TaskRow:
    if not task.id:
        task = msgspec.structs.replace(task, id=new_id("task"))
    return TaskRow(
        id=task.id, owner=owner, position=position, task=task, state=TaskState.QUEUED, phase=Phase.NONE, queued=at
    )


def _store(conn: Connection, rows: Sequence[TaskRow]) -> None:
    seal = seal_of(conn)
    _insert.many(conn, [_stored(row, seal) for row in rows])


def _stored(row: TaskRow, seal: Seal | None) -> dict[str, object]:
    return {
        "id": row.id,
        "owner": row.owner,
        "position": row.position,
        "kind": kind_of(row.task),
        "parameters": encode(row.task, seal),
        "state": row.state.value,
        "phase": row.phase.value,
        "queued": row.queued,
        "begun": None,
        "started": None,
        "ended": None,
        "outcome": None,
    }


def _readable(rows: Iterable[Row]) -> list[TaskRow]:
    """Read rows; one that cannot be read is left out, with a line in the log: it would stop all that is beside it."""
    found = []
    for row in rows:
        try:
            found.append(_read(row))
        except msgspec.DecodeError:
            log.error("a stored task cannot be read and is left out", task=row[0], owner=row[1], exc_info=True)
    return found


def _read(row: Row) -> TaskRow:
    id, owner, position, parameters, state, phase, queued, begun, started, ended, outcome = row
    return TaskRow(
        id=id,
        owner=owner,
        position=position,
        task=decode(parameters),
        state=TaskState(state),
        phase=Phase(phase),
        queued=queued,
        begun=begun,
        started=started,
        ended=ended,
        outcome=None if outcome is None else _outcomes.decode(outcome),
    )
