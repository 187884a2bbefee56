"""A kind of event is known to the store as soon as its class is defined, wherever that is."""

from typing import Any

import msgspec
import pytest

from engine.events import CallAnswered, CallEnded, Event
from engine.store import events
from engine.store.database import Database

COMMON: dict[str, Any] = {"account": "acct-1", "subject": "fax-1", "root": "fax-1", "at": 1.5}


class FaxArrived(Event, frozen=True, kw_only=True, tag="test_fax_arrived"):
    """An event of a feature's own."""

    pages: int


async def test_a_features_event_is_stored_and_read_like_the_call_cores(database: Database) -> None:
    happened = (CallAnswered(id="event-1", **COMMON), FaxArrived(id="event-2", pages=3, **COMMON))
    for event in happened:
        await database.transact(lambda conn, event=event: events.append(conn, event))
    read = [stored.event for stored in await database.read(lambda conn: events.after(conn, 0, 10))]
    assert read == [msgspec.structs.replace(each, sequence=at) for at, each in enumerate(happened, 1)]


def test_an_event_that_is_defined_after_others_were_read_is_read_too() -> None:
    body = {"event": "test_fax_lost", "id": "event-1", **COMMON}
    with pytest.raises(msgspec.ValidationError, match="test_fax_lost"):
        Event.kinds.decode(msgspec.json.encode(body))

    class FaxLost(Event, frozen=True, kw_only=True, tag="test_fax_lost"):
        pass

    assert isinstance(Event.kinds.decode(msgspec.json.encode(body)), FaxLost)
    assert Event.kinds.by_tag["test_fax_lost"] is FaxLost


def test_two_kinds_of_one_tag_are_an_error_and_the_first_one_stays() -> None:
    with pytest.raises(TypeError, match=r"Second and engine\.events\.calls\.CallEnded have the same tag, 'call_ended'"):

        class Second(Event, frozen=True, kw_only=True, tag="call_ended"):
            pass

    assert Event.kinds.by_tag["call_ended"] is CallEnded
    assert Event not in Event.kinds.by_tag.values(), "the base is no kind"
