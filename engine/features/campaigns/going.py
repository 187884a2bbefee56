"""Campaigns: planned, started, paused, resumed and stopped."""

import asyncio
from functools import partial

import msgspec
from sqlalchemy import Connection

from engine.commands import CreditSpent, EngineUnavailable
from engine.features.campaigns import claiming, forecast, moves, pace, worker
from engine.features.campaigns.choosing import Choosing, Chosen
from engine.features.campaigns.contact import Status
from engine.features.campaigns.core import IS, found, idle
from engine.features.campaigns.errors import WrongState
from engine.features.campaigns.events import CampaignResumed
from engine.features.campaigns.forecast import Expected, Forecast
from engine.features.campaigns.model import Campaign, Plan, Start, Started, State
from engine.features.campaigns.purse import SHORT
from engine.features.campaigns.store import campaigns, contacts, do_not_call
from engine.features.campaigns.store.contacts import Row
from engine.ids import new_id
from engine.platform import audit, money
from engine.platform.audit import Actor
from engine.store import events

NEW = Start()
"""Those that are new, now, with the campaign's message."""
STOPPED = "stopped"


class Going(Choosing):
    """The part of the service that lets campaigns go."""

    async def plan(self, account: str, campaign: str, start: Start = NEW) -> Plan:
        """Say what a start would do; nothing is dialled and nothing is held. Of a campaign that runs: what is left.

        One plan of an account is made at a time. Raises what `start` raises, but for money.
        """
        async with self._planning.setdefault(account, asyncio.Lock()):
            return await self._plan(account, campaign, start)

    async def _plan(self, account: str, campaign: str, start: Start) -> Plan:
        chosen = await self.choose(account, campaign, start)
        expect = await self.expected(chosen)
        numbers = [row.number for row in chosen.rows]
        listed = await self._db.read(lambda conn: do_not_call.among(conn, account, numbers))
        begins = start.at or self._clock()
        gone = await asyncio.to_thread(partial(self._gone_through, chosen, expect, begins, listed))
        price = 0
        prefix_prices: dict[tuple[str, float], int] = {}
        by_number = {row.number: row for row in chosen.rows}
        for place, (number, seconds) in enumerate(gone.answered):
            if place % 200 == 199:
                await asyncio.sleep(0)
            key = (number, seconds)
            if key not in prefix_prices:
                prefix_prices[key] = self.price(chosen.campaign, by_number[number], chosen.message, seconds)
            price += prefix_prices[key]
        return Plan(
            contacts=gone.contacts,
            calls=gone.calls,
            begins=gone.begins,
            ends=gone.ends,
            per_minute=forecast.per_minute(gone),
            price=price,
            currency=chosen.campaign.currency,
            message_seconds=chosen.seconds,
            skipped=tuple(gone.skipped),
        )

    def _gone_through(self, chosen: Chosen, expect: Expected, begins: float, listed: set[str]) -> Forecast:
        options = chosen.campaign.options
        at_once = options.at_once
        if chosen.campaign.kind == "voice":
            may = self._cache.rules(chosen.campaign.account).account
            at_once = min(at_once, may.max_calls)
            per_second = pace.per_second(chosen.campaign, may.calls_per_second)
            options = msgspec.structs.replace(options, per_second=per_second)

        def never(row: Row) -> str | None:
            return claiming.DO_NOT_CALL if row.number in listed else None

        return forecast.forecast(chosen.rows, options, at_once, begins, expect, never)

    async def start(self, by: Actor, account: str, campaign: str, start: Start = NEW) -> Started:
        """Start a campaign, or schedule it; of two starts at once one is refused.

        Raises InvalidSetting (a time that has passed, no message, nobody to call), UnknownTag (a tag of the message
        that a contact has not: which, and in which line), StillUsed where it is scheduled, running or paused,
        CallerRefused, CreditSpent, EngineUnavailable.
        """
        if self._writer.out:
            raise EngineUnavailable("The store cannot be reached now. Try again.")
        await self._db.read(lambda conn: idle(conn, account, campaign, "it is started again"))
        chosen = await self.choose(account, campaign, start)
        each = forecast.each_price(await self.prices(chosen, await self.expected(chosen)))
        started = await self._writer.write(lambda conn: self._start(conn, by, chosen, start, each))
        self._scheduler.wake(started.campaign.at)
        return started

    def _start(self, conn: Connection, by: Actor, chosen: Chosen, start: Start, each: int) -> Started:
        now, account = self._clock(), chosen.campaign.account
        before = idle(conn, account, chosen.campaign.id, "it is started again")
        ids, statuses = [row.id for row in chosen.rows] if start.contacts else [], _of(chosen)
        count = contacts.enqueue(conn, before.id, statuses, ids, start.at or now)
        held, note = each * count, f"campaign {before.name}"
        refused = money.hold(conn, account, campaigns.purpose(before.id), held, now, note=note) if held else None
        if isinstance(refused, money.Refused):
            raise CreditSpent(refused.why)
        fields = {"message": chosen.message, "held_each": each, "call_seconds": chosen.call_seconds, "reason": ""}
        campaigns.change(conn, before.id, **fields)
        if start.at is None:
            worker.begin(conn, before, count, now)
        else:
            campaigns.change(conn, before.id, state=State.SCHEDULED.value, at=start.at, started=None, ended=None)
            moves.wake(conn, before, start.at)
        what, after = "campaign.started" if start.at is None else "campaign.scheduled", {"contacts": count}
        audit.record(conn, by, account=account, what=what, subject=before.id, after=after | {"at": start.at})
        return Started(campaign=found(conn, account, before.id), contacts=count, held=held)

    async def pause(self, by: Actor, account: str, campaign: str) -> Campaign:
        """Begin no more calls; those that are up go on. Raises WrongState where it is not running."""

        def unit(conn: Connection) -> Campaign:
            there = _in(conn, account, campaign, State.RUNNING, done="paused")
            moves.pause(conn, there, "", self._clock())
            audit.record(conn, by, account=account, what="campaign.paused", subject=there.id)
            return found(conn, account, campaign)

        return await self._writer.write(unit)

    async def resume(self, by: Actor, account: str, campaign: str) -> Campaign:
        """Go on with a campaign that is paused; raises WrongState for any other.

        Its options may have changed: who waited for hours or for money is looked at anew.
        """

        def unit(conn: Connection) -> Campaign:
            there, now = _in(conn, account, campaign, State.PAUSED, done="resumed"), self._clock()
            campaigns.change(conn, there.id, state=State.RUNNING.value, reason="")
            longest = max((retry.wait_seconds for retry in there.options.retries), default=None)
            pace.begin(conn, there, now)
            contacts.look_again_at_all(conn, there.id, now, SHORT, longest)
            moves.wake(conn, there, now)
            noted = CampaignResumed(
                id=new_id("event"), account=account, subject=there.id, root=there.id, at=now, name=there.name
            )
            events.append(conn, noted)
            audit.record(conn, by, account=account, what="campaign.resumed", subject=there.id)
            return found(conn, account, campaign)

        resumed = await self._writer.write(unit)
        self._scheduler.wake()
        return resumed

    async def stop(self, by: Actor, account: str, campaign: str) -> Campaign:
        """End a campaign now: its calls are hung up, and nobody else is called. What is scheduled is taken back.

        Raises WrongState where it is not scheduled, running or paused.
        """

        def unit(conn: Connection) -> tuple[Campaign, list[Row]]:
            there = _in(conn, account, campaign, State.SCHEDULED, State.RUNNING, State.PAUSED, done="stopped")
            now, up = self._clock(), []
            for row in contacts.all_active(conn, there.id):
                if self._runner.placed(conn, row):
                    up.append(row)
                else:
                    moves.give_up(conn, row, STOPPED, now)
            contacts.give_up(conn, there.id, Status.TERMINATED, STOPPED, now)
            moves.end(conn, there, State.STOPPED, now)
            audit.record(conn, by, account=account, what="campaign.stopped", subject=there.id)
            return found(conn, account, campaign), up

        stopped, up = await self._writer.write(unit)
        await self._runner.end_calls(stopped, up)
        return stopped


def _of(chosen: Chosen) -> tuple[Status, ...]:
    return tuple({row.status: None for row in chosen.rows})


def _in(conn: Connection, account: str, id: str, *states: State, done: str) -> Campaign:
    """Return a campaign that is in one of these states; raises NotThere, WrongState."""
    campaign = found(conn, account, id)
    if campaign.state not in states:
        state = IS.get(campaign.state, f"is {campaign.state.value}")
        raise WrongState(f"The campaign {campaign.name!r} {state}: it cannot be {done}.")
    return campaign
