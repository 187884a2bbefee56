"""TringMe's cancel: takes back what is scheduled, a call, a list of calls, texts, or a conference."""

from collections.abc import Mapping

from aiohttp import web

from api.command_taker import CommandTaker
from api.vendors.tringme.errors import Invalid
from api.vendors.tringme.http import resources
from api.vendors.tringme.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.tringme.http.conferences import Conferences
from api.vendors.tringme.ids import calls_of
from engine.features.accounts import Account
from engine.features.errors import NotThere, StillUsed
from engine.features.messaging.service import MessageService
from engine.features.pairs.commands import CancelPair, NoSuchPair, PairOver
from engine.features.pairs.model import State
from engine.features.pairs.service import PairService
from engine.features.rooms.model import Room
from engine.features.scheduled_calls.service import ScheduledCalls

MOST = 100
"""How many ids one request names, at most."""
BEGUN = "The parameter id is of something that has begun: it is too late to cancel it."
SOME_BEGUN = (
    "The parameter id is of a list of which {begun} calls have begun: it is too late to cancel those."
    " The other {cancelled} are cancelled."
)
ENDED = "The parameter id is of a call that had begun: it was hung up."
UNKNOWN = "The parameter id is of nothing that is scheduled."


class CancelOperations:
    """cancel. Whether a cancel or the start comes first is decided by the row of what is scheduled, once."""

    def __init__(
        self,
        engine: CommandTaker,
        scheduled: ScheduledCalls,
        pairs: PairService,
        messages: MessageService,
        conferences: Conferences,
    ) -> None:
        self._engine, self._scheduled, self._pairs = engine, scheduled, pairs
        self._messages, self._conferences = messages, conferences

    def operations(self) -> dict[str, Handler]:
        """Return it by its name."""
        return {"cancel": self.cancel}

    async def cancel(self, request: AuthenticatedRequest) -> web.Response:
        """Take back what an id, or each of a list of ids, names; what has begun goes on, and the answer names it."""
        named = (part.strip() for part in request.parameters.text("id").split(","))
        ids = list(dict.fromkeys(id for id in named if id))
        if not ids:
            raise Invalid("The parameter id is missing.")
        if len(ids) > MOST:
            raise Invalid(f"The parameter id may name at most {MOST} things (got {len(ids)}).")
        conferences = await self._conferences.by_number(request.account) if any(map(str.isdecimal, ids)) else {}
        kept: list[str] = []
        for id in ids:
            try:
                await self._one(request.account, id, conferences)
            except Invalid as error:
                kept.append(str(error) if len(ids) == 1 else f"{id[:80]}: {error}")
        if kept:
            others = f" The other {len(ids) - len(kept)} are cancelled." if len(ids) > len(kept) else ""
            raise Invalid(" ".join(kept) + others)
        return resources.done()

    async def _one(self, account: Account, id: str, conferences: Mapping[str, Room]) -> None:
        try:
            if id.startswith("call-"):
                await self._calls(account, id)
            elif id.isdecimal():
                if id not in conferences:
                    raise Invalid(UNKNOWN)
                await self._conferences.cancel(account, conferences[id])
            else:
                await self._messages.cancel(account.id, id)
        except (NotThere, NoSuchPair):
            raise Invalid(UNKNOWN) from None
        except (StillUsed, PairOver):
            raise Invalid(BEGUN) from None

    async def _calls(self, account: Account, id: str) -> None:
        try:
            pair = await self._pairs.get(account.id, id)
        except NoSuchPair:
            taken = await self._scheduled.cancel_all(account.id, calls_of(id))
            if taken.begun and taken.calls:
                raise Invalid(SOME_BEGUN.format(begun=len(taken.begun), cancelled=len(taken.calls))) from None
            if taken.begun:
                raise StillUsed(BEGUN) from None
            return
        if pair.state is not State.SCHEDULED:
            raise StillUsed(BEGUN)
        if (await self._engine.submit(CancelPair(account=account.id, pair=id))).state is not State.ENDED:
            raise Invalid(ENDED)  # it was placed by a controller that ended before it could note that
