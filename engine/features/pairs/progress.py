"""Follows the calls of pairs: each stage is committed with its event and the consumer's cursor, so it is told once."""

from collections.abc import Sequence

from sqlalchemy import Connection

from engine.events import CallAnswered, Event, RootEnded, TaskEnded
from engine.features.pairs import store
from engine.features.pairs.events import PairConnected, PairEnded, PairFirstAnswered
from engine.features.pairs.model import Pair, Result, State
from engine.features.pairs.outcome import result_of
from engine.ids import new_id
from engine.model.call_data import CallData
from engine.platform.consumers import Done
from engine.store import events
from engine.store.events import StoredEvent
from engine.store.writer import Writer
from engine.tasks.results import Completed, Dialled


class PairProgress:
    """The consumer. `live` has the ids of all pairs that have not ended: every other call costs a look there."""

    name = "pairs"
    kinds: frozenset[type[Event]] | None = frozenset({CallAnswered, TaskEnded, RootEnded})

    def __init__(self, writer: Writer, live: set[str]) -> None:
        self._writer, self._live = writer, live

    async def handle(self, events: Sequence[StoredEvent], done: Done) -> None:
        """Take events of all calls, oldest first."""
        ours = [each.event for each in events if each.event.root in self._live]
        if not ours:
            return

        def unit(conn: Connection) -> None:
            for event in ours:
                moved(conn, event)
            done(conn)

        await self._writer.write(unit)
        self._live.difference_update(event.root for event in ours if isinstance(event, RootEnded))


def moved(conn: Connection, event: Event) -> None:
    """Move the pair of a call tree by an event of it, and write its own event; does nothing if it has moved."""
    pair = store.get(conn, event.root)
    if pair is None:
        return
    match event:
        case CallAnswered(subject=pair.id):
            _reach(conn, pair, State.FIRST_ANSWERED, event)
        case TaskEnded(subject=pair.id, outcome=Completed(result=Dialled(answered=True, cause=None))):
            _reach(conn, pair, State.CONNECTED, event)
        case RootEnded():
            _end(conn, pair, event)


def _reach(conn: Connection, pair: Pair, state: State, event: Event) -> None:
    if pair.state.rank >= state.rank:
        return
    store.change(conn, pair.id, state=state, **{state.value: event.at})
    kind = PairFirstAnswered if state is State.FIRST_ANSWERED else PairConnected
    note = kind(
        id=new_id("event"),
        account=pair.account,
        subject=pair.id,
        root=pair.id,
        at=event.at,
        data=event.data,
        first=pair.first,
        second=pair.second,
    )
    events.append(conn, note)


def _end(conn: Connection, pair: Pair, ended: RootEnded) -> None:
    if pair.state is State.ENDED:
        return
    store.change(conn, pair.id, legs=ended.legs, price=ended.price, currency=ended.currency)
    seconds = ended.at - pair.connected if pair.connected else 0.0
    end(conn, pair, result_of(ended), ended.at, data=ended.data, seconds=seconds, tree=ended)


def end(
    conn: Connection,
    pair: Pair,
    result: Result,
    at: float,
    *,
    data: CallData | None,
    reason: str = "",
    seconds: float = 0.0,
    tree: RootEnded | None = None,
) -> None:
    """End a pair, with its last event; `tree` is the end of its calls, None: nobody was called."""
    store.change(conn, pair.id, state=State.ENDED, ended=at, result=result, reason=reason)
    note = PairEnded(
        id=new_id("event"),
        account=pair.account,
        subject=pair.id,
        root=pair.id,
        at=at,
        data=data,
        first=pair.first,
        second=pair.second,
        result=result,
        reason=reason,
        legs=tree.legs if tree else (),
        seconds=max(0.0, seconds),
        price=tree.price if tree else 0,
        currency=tree.currency if tree else pair.currency,
    )
    events.append(conn, note)
