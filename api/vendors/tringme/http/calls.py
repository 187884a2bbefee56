"""TringMe's calls: to one party, to two that are connected, to a hundred that hear a message."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiohttp import web

from api.command_taker import CommandTaker
from api.forms import WrittenNumber
from api.vendors.tringme import call_data
from api.vendors.tringme.errors import Invalid
from api.vendors.tringme.http import resources
from api.vendors.tringme.http.account_state import AccountState
from api.vendors.tringme.http.audio import Audio
from api.vendors.tringme.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.tringme.http.plan import Plan
from api.vendors.tringme.ids import calls_of, new_operation
from engine.commands import CallerRefused, NumberRefused, PlaceCall
from engine.features.accounts import Account
from engine.features.caller_ids.service import CallerIds
from engine.features.pairs.commands import PairRefused, PlacePair
from engine.features.pairs.model import WantedPair
from engine.features.pairs.service import PairService
from engine.features.scheduled_calls.model import WantedCall
from engine.features.scheduled_calls.service import ScheduledCalls
from engine.model.call_data import CallData
from engine.model.leg_options import LegOptions

TRIED_SECONDS = 3600.0
"""For how long the calls of a list are tried while the account has as many calls as it may have."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """A request to call: whose, whom, what for, when, and who is notified."""

    account: Account
    sources: Sequence[WrittenNumber]
    plan: Plan
    at: float | None
    caller: str | None
    private: bool
    url: str
    tag: str
    flags: int

    def data(self, source: WrittenNumber, *, pair: bool = False) -> CallData | None:
        """Return the data of one of its calls; `pair`: the first one of a pair."""
        to = self.plan.destination.written if self.plan.destination else ""
        return call_data.notified(
            self.url, tag=self.tag, flags=self.flags, source=source.written, destination=to, pair=pair
        )


class CallOperations:
    """call (click2call in version 3.0). `try_until` of lists counts from `clock` (Unix seconds)."""

    def __init__(
        self,
        engine: CommandTaker,
        scheduled: ScheduledCalls,
        pairs: PairService,
        caller_ids: CallerIds,
        state: AccountState,
        audio: Audio,
        clock: Callable[[], float],
    ) -> None:
        self._engine, self._scheduled, self._pairs, self._ids = engine, scheduled, pairs, caller_ids
        self._state, self._audio, self._clock = state, audio, clock

    def operations(self) -> dict[str, Handler]:
        """Return each by its name."""
        return {"call": self.call, "click2call": self.call}

    async def call(self, request: AuthenticatedRequest) -> web.Response:
        """Call src and connect it with dest, or play prompts to it; the id comes back before anybody is called."""
        order = await self._order(request)
        await self._audio.check(order.account, order.plan.prompts)
        self._check(order)
        if order.plan.destination is not None:
            try:
                self._pairs.check(order.account.id, self._parties(order))
            except PairRefused as refusal:
                raise Invalid(f"The parameter dest cannot be connected with src. {refusal}") from None
        if len(order.sources) == 1 and order.plan.is_pair:
            return resources.done(await self._pair(order))
        if len(order.sources) == 1 and order.at is None:
            return resources.done(await self._one(order))
        operation = new_operation(len(order.sources))
        wanted = {
            id: self._wanted(order, source) for id, source in zip(calls_of(operation), order.sources, strict=True)
        }
        await self._scheduled.schedule_all(order.account.id, wanted, order.at)
        return resources.done(operation)

    async def _order(self, request: AuthenticatedRequest) -> Order:
        parameters, account = request.parameters, request.account
        sources, plan, flags = parameters.numbers("src"), Plan.read(parameters), parameters.flags()
        if len(sources) > 1 and plan.destination:
            raise Invalid("The parameter dest must not be given where src lists several numbers.")
        if plan.destination is None and plan.greeting is None:
            raise Invalid("The parameter dest is missing (or a greeting, for a call to src alone).")
        given = parameters.number_or_none("callerid")
        private = bool(flags & call_data.PRIVATE)
        caller = given.digits if given else await self._own_caller(request)
        if private and plan.destination and caller is None:
            caller = self._default_caller(account)
        return Order(
            account=account,
            sources=sources,
            plan=plan,
            at=parameters.schedule(),
            caller=caller,
            private=private,
            url=await self._state.notify_url(account.id, request.user),
            tag=parameters.tag(),
            flags=flags,
        )

    def _check(self, order: Order) -> None:
        """Refuse numbers that may not be called or shown, by the names of their parameters; raises Invalid."""
        named = [("src", source) for source in order.sources]
        named += [("dest", order.plan.destination)] if order.plan.destination else []
        for name, number in named:
            try:
                self._scheduled.check(order.account.id, number.digits, order.caller)
            except NumberRefused as refusal:
                raise Invalid(f"The parameter {name} has a number that is not called: {refusal}") from None
            except CallerRefused as refusal:
                raise Invalid(f"The parameter callerid is not shown: {refusal}") from None

    async def _own_caller(self, request: AuthenticatedRequest) -> str | None:
        """Return the caller id that a user other than the first one has chosen; None: the account's is shown."""
        return await self._ids.default_of(request.account.id, request.user) if request.user else None

    def _default_caller(self, account: Account) -> str:
        """Return the number that both parties see of a private call; raises Invalid where the account has none."""
        owned = self._pairs.default_caller(account.id)
        if owned is None:
            raise Invalid("The parameter callerid is missing: a private call shows a number of yours (setcallerid).")
        return owned

    def _parties(self, order: Order) -> WantedPair:
        """The two parties of a call, and what the first one hears meanwhile."""
        (source,), plan = order.sources, order.plan
        assert plan.destination is not None
        return WantedPair(
            first=source.digits,
            second=plan.destination.digits,
            caller=order.caller,
            private=order.private,
            greeting=(plan.greeting,) if plan.greeting else (),
            data=order.data(source, pair=True),
        )

    async def _pair(self, order: Order) -> str:
        wanted = self._parties(order)
        return (await self._engine.submit(PlacePair(account=order.account.id, wanted=wanted, at=order.at))).id

    async def _one(self, order: Order) -> str:
        (source,) = order.sources
        data = order.data(source)
        command = PlaceCall(
            account=order.account.id,
            callee=source.digits,
            options=LegOptions(caller=order.caller),
            tasks=order.plan.tasks(data, order.caller if order.private else None),
            data=data,
            reports_tree=True,
        )
        return (await self._engine.submit(command)).id

    def _wanted(self, order: Order, source: WrittenNumber) -> WantedCall:
        data, start = order.data(source), order.at or self._clock()
        return WantedCall(
            callee=source.digits,
            caller=order.caller,
            tasks=order.plan.tasks(data, order.caller if order.private else None),
            data=data,
            reports_tree=True,
            try_until=start + TRIED_SECONDS if len(order.sources) > 1 else 0.0,
        )
