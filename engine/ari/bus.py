"""Routes events to subscriptions by the id of the object, with one dictionary lookup."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Any, Self, TypeAlias

from msgspec import Struct

from engine.ari import generated as ari
from engine.ari.errors import SubscriptionClosed
from engine.ari.routing import ids_of, target_of


class Resumed(Struct, frozen=True, kw_only=True):
    """The events websocket was lost and is connected again; events in between were missed."""


class Nudged(Struct, frozen=True, kw_only=True):
    """A request was sent about the object that is followed: its next event may be due within a time from now."""


Delivered: TypeAlias = "ari.AnyEvent | Resumed | Nudged"

# Helper channels raise StasisStart too but are never calls: a MESSAGE without message_context, and our own snoops.
NEVER_CALLS = ("Message/", "Snoop/")


def _ignore(event: ari.AnyEvent) -> None:
    """Discards an event that no subscription follows."""


class Subscription:
    """An inbox with one reader: next(), until() or `async for`. Events stay in it until they are read."""

    __slots__ = ("_bus", "_closed", "_inbox", "_targets", "_types", "_waiter", "ids")

    def __init__(self, bus: "Bus", ids: tuple[str, ...], types: tuple[type, ...] | None, targets: bool) -> None:
        self.ids = ids
        self._bus = bus
        self._types = types
        self._targets = targets
        self._inbox: deque[Delivered] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._closed = False

    async def next(self, within: float | None = None) -> Delivered:
        """Returns the next event; waits at most `within` seconds for it (None: without a limit).

        Raises TimeoutError, or SubscriptionClosed if the subscription is closed and empty.
        """
        if not self._inbox:
            async with asyncio.timeout(within):
                await self._arrival()
        return self._inbox.popleft()

    async def until(self, *types: type[Any], within: float | None = None) -> Any:
        """Returns the next event of one of `types`, skipping others; `within` is for the whole wait. Raises as next."""
        async with asyncio.timeout(within):
            while True:
                event = await self.next()
                if isinstance(event, types):
                    return event

    def also(self, *ids: str) -> None:
        """Follows these objects too."""
        self._bus._follow(self, ids)
        self.ids += ids

    def only(self, id: str) -> None:
        """Follows this one of its objects alone; events in the inbox that are about others are discarded."""
        self._bus._forget(self)
        self.ids = ()
        self.also(id)
        kept = (one for one in self._inbox if isinstance(one, Resumed | Nudged) or id in ids_of(one))
        self._inbox = deque(kept)

    def close(self) -> None:
        """Ends the subscription; events in the inbox can still be read."""
        if not self._closed:
            self._closed = True
            self._bus._forget(self)
            self._wake()

    async def _arrival(self) -> None:
        while not self._inbox:
            if self._closed:
                raise SubscriptionClosed(type(self).__name__)
            if self._waiter is not None:
                raise RuntimeError("a subscription has one reader")
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None

    def _put(self, event: Delivered) -> None:
        if self._types is None or isinstance(event, self._types):
            self._inbox.append(event)
            self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def __aiter__(self) -> AsyncIterator[Delivered]:
        while True:
            try:
                event = await self.next()
            except SubscriptionClosed:
                return
            yield event

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Bus:
    """Routes each event to the subscriptions of the objects that it is about, or to `unclaimed` if there are none.

    `unclaimed` gets the StasisStart of new calls, messages, states of endpoints, and late events of calls that have
    ended. All methods are synchronous: subscribe, then act, with no await in between.
    """

    def __init__(self, unclaimed: Callable[[ari.AnyEvent], None] = _ignore) -> None:
        self.unclaimed = unclaimed
        self._by_id: dict[str, list[Subscription]] = {}
        self._by_target: dict[str, list[Subscription]] = {}

    def subscribe(self, *ids: str, types: tuple[type, ...] | None = None, targets: bool = False) -> Subscription:
        """Subscribes to the channels, bridges, playbacks and recordings with these ids (a recording's id is its name).

        With `types`, only these events come into the inbox (Resumed only if it is one of them). With `targets`, events
        of all playbacks and recordings on these objects come too.
        """
        subscription = Subscription(self, ids, types, targets)
        self._follow(subscription, ids)
        return subscription

    def dispatch(self, event: ari.AnyEvent) -> None:
        """Puts the event once into the inbox of every subscription that follows one of its objects."""
        reached: list[Subscription] = []
        for one in ids_of(event):
            for subscription in self._by_id.get(one, ()):
                if subscription not in reached:
                    reached.append(subscription)
        if self._by_target and (target := target_of(event)):
            reached += [one for one in self._by_target.get(target, ()) if one not in reached]
        for subscription in reached:
            subscription._put(event)
        if not reached:
            self._pass_on(event)

    def resume(self) -> None:
        """Puts Resumed into every inbox: events were missed. The connection calls it after the events that it held."""
        marker = Resumed()
        for subscription in {one for listeners in self._by_id.values() for one in listeners}:
            subscription._put(marker)

    def nudge(self, id: str) -> None:
        """Puts Nudged into the inbox of every subscription that follows this object and takes Nudged."""
        for subscription in self._by_id.get(id, ()):
            if subscription._types is not None and Nudged in subscription._types:
                subscription._put(Nudged())

    def _pass_on(self, event: ari.AnyEvent) -> None:
        channel = getattr(event, "channel", None)
        if channel is None or not channel.name.startswith(NEVER_CALLS):
            self.unclaimed(event)

    def _tables(self, subscription: Subscription) -> tuple[dict[str, list[Subscription]], ...]:
        return (self._by_id, self._by_target) if subscription._targets else (self._by_id,)

    def _follow(self, subscription: Subscription, ids: tuple[str, ...]) -> None:
        for table in self._tables(subscription):
            for one in ids:
                table.setdefault(one, []).append(subscription)

    def _forget(self, subscription: Subscription) -> None:
        for table in self._tables(subscription):
            for one in subscription.ids:
                listeners = table.get(one, [])
                if subscription in listeners:
                    listeners.remove(subscription)
                if not listeners:
                    table.pop(one, None)
