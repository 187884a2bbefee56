"""Runs campaigns: looks at each when it is due, places the calls and texts that were claimed, and stops them."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol, TypeVar

import structlog
from sqlalchemy import Connection

from engine.calls.account_prompts import Preparing
from engine.commands import Command, CommandRefused, EngineUnavailable, HangUpCall, NoSuchCall
from engine.features.campaigns import claiming, moves, pace, placing, refusals, rendering
from engine.features.campaigns.around import Around
from engine.features.campaigns.claiming import Look
from engine.features.campaigns.contact import Status
from engine.features.campaigns.errors import UnknownTag
from engine.features.campaigns.events import CampaignStarted
from engine.features.campaigns.live import Live
from engine.features.campaigns.model import Campaign, State
from engine.features.campaigns.outcome import Ended
from engine.features.campaigns.store import campaigns, contacts, do_not_call
from engine.features.campaigns.store.contacts import Row
from engine.features.campaigns.texting import Texting
from engine.features.errors import NotThere, StillUsed
from engine.ids import new_id
from engine.media.errors import PromptError
from engine.model.cause import HangupCause
from engine.platform.due_work import DueWork
from engine.platform.platform import Platform
from engine.platform.scheduler import Finish
from engine.store import calls, events
from engine.store.errors import Fenced, StoreClosed, StoreUnavailable

log = structlog.get_logger(__name__)
AT_ONCE = 20
"""Campaigns that are looked at at the same time."""
FAILED = "The call could not be placed; the engine's log says why."
STOP_SECONDS = 5.0
MOST = 1_000_000
"""Contacts that are counted; a campaign has fewer."""
R = TypeVar("R")


class Engine(Protocol):
    """Who places and ends calls."""

    async def ready(self) -> None:
        """Wait until calls are taken, or never will be again."""

    async def submit(self, command: Command[R]) -> R:
        """Carry out a command; raises CommandRefused."""


class CampaignRunner:
    """`prepare` makes an account's prompts; `live` are the calls and texts that are under way."""

    def __init__(
        self,
        platform: Platform,
        engine: Callable[[], Engine],
        texting: Texting,
        prepare: Callable[[str], Preparing],
        around: Around,
        live: Live,
    ) -> None:
        self._db, self._writer, self._clock = platform.database, platform.writer, platform.clock
        self._scheduler, self._engine, self._texting = platform.scheduler, engine, texting
        self._prepare, self._around, self._live = prepare, around, live
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Go on with what an earlier controller left: put back who was claimed and not called; end what was stopped,
        and the calls of those who asked for no more of them.
        """
        rows = await self._db.read(contacts.all_active)
        there = await self._db.read(lambda conn: {row.call for row in rows if self.placed(conn, row)})

        def unit(conn: Connection) -> None:
            now = self._clock()
            for row in rows:
                if row.call not in there and (campaign := campaigns.get(conn, row.campaign)):
                    moves.put_back(conn, campaign, row, now, now)
                    moves.look_again(conn, campaign, now)

        await self._writer.write(unit)
        placed: dict[str, list[Row]] = {}
        for row in rows:
            if row.call in there:
                self._live.add(row)
                placed.setdefault(row.campaign, []).append(row)
        for id, up in placed.items():
            campaign = await self._db.read(lambda conn: campaigns.get(conn, id))  # noqa: B023
            if campaign and campaign.state is State.STOPPED:
                self._spawn(self._end_all(campaign, up), f"end the calls of {id}")
            elif campaign and campaign.options.opt_out_key:
                for gone in await self._db.read(lambda conn: [row for row in up if _opted_out(conn, row)]):  # noqa: B023
                    await self.hang_up(gone.account, gone.call or "")

    def placed(self, conn: Connection, row: Row) -> bool:
        """Whether the call or the text of a contact that was claimed is stored."""
        if row.call is None:
            return False
        return calls.get(conn, row.call) is not None or self._texting.is_there(conn, row.call)

    async def stop(self) -> None:
        """Let calls that are being placed be placed; what is not done then is done after the next start."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def look(self, work: DueWork, finish: Finish) -> None:
        """Look at a campaign (engine.platform.scheduler.Handler)."""
        await self._engine().ready()
        found = await self._writer.write(lambda conn: self._look(conn, work.id))
        if found.campaign is None:
            return
        for row in found.claimed:
            self._live.add(row)
            place = self._place_call if found.campaign.kind == "voice" else self._send
            self._spawn(place(found.campaign, row), f"place {row.call}")
        if found.again is not None:
            self._scheduler.wake(found.again)

    def _look(self, conn: Connection, id: str) -> Look:
        now = self._clock()
        campaign = campaigns.get(conn, id)
        if campaign and campaign.state is State.SCHEDULED:
            if campaign.at is not None and campaign.at > now:
                moves.wake(conn, campaign, campaign.at)
                return Look(campaign, [], campaign.at)
            begin(conn, campaign, contacts.count_due(conn, id, float("inf"), most=MOST), now)
        return claiming.look(conn, id, now, self._around)

    # Placing

    async def _place_call(self, campaign: Campaign, row: Row) -> None:
        try:
            task = rendering.task_of(campaign.message, row.tags)
            prompt = await rendering.prepared(task, self._prepare(campaign.account))
            self._writer.post(lambda conn: _note_length(conn, row, prompt.seconds))
            await self._engine().submit(placing.command_of(campaign, row, task))
        except (PromptError, UnknownTag) as error:
            await self._end(row, Ended(Status.FAILED, f"The message cannot be played: {error}"))
        except CommandRefused as error:
            await self._refused(row, error)
        except StoreUnavailable as error:
            await self._refused(row, EngineUnavailable(str(error)))
        except (Fenced, StoreClosed):
            return  # the next controller finds it
        except Exception:
            log.exception("a contact of a campaign could not be called", campaign=campaign.id, call=row.call)
            await self._end(row, Ended(Status.FAILED, FAILED))

    async def _send(self, campaign: Campaign, row: Row) -> None:
        try:
            await self._texting.send(campaign, row)
        except UnknownTag as error:
            await self._end(row, Ended(Status.FAILED, f"The text cannot be sent: {error}"))
        except CommandRefused as error:
            await self._refused(row, error)
        except StoreUnavailable as error:
            await self._refused(row, EngineUnavailable(str(error)))
        except (Fenced, StoreClosed):
            return
        except Exception:
            log.exception("a contact of a campaign could not be texted", campaign=campaign.id, message=row.call)
            await self._end(row, Ended(Status.FAILED, FAILED))

    async def _refused(self, row: Row, error: CommandRefused) -> None:
        def unit(conn: Connection) -> None:
            if found := _still(conn, row):
                refusals.refused(conn, *found, error, self._clock(), self._around)

        await self._settle(row, unit)

    async def _end(self, row: Row, ended: Ended) -> None:
        def unit(conn: Connection) -> None:
            now, found = self._clock(), _still(conn, row)
            if found:
                moves.end_unplaced(conn, *found, ended, now)
                moves.look_again(conn, found[0], now)

        await self._settle(row, unit)

    async def _settle(self, row: Row, unit: Callable[[Connection], None]) -> None:
        """End what was under way for a contact; let the campaign go on."""
        await self._writer.write(unit)
        self._live.drop(row.call)
        self._scheduler.wake()

    # Stopping

    async def end_calls(self, campaign: Campaign, rows: Sequence[Row]) -> None:
        """Hang up these calls of a campaign, or take back its texts that have not left.

        If the engine takes no commands now, they end as soon as it does; nobody waits for that.
        """
        task = self._spawn(self._end_all(campaign, rows), f"end the calls of {campaign.id}")
        await asyncio.wait([task], timeout=STOP_SECONDS)

    async def _end_all(self, campaign: Campaign, rows: Sequence[Row]) -> None:
        if campaign.kind == "voice":
            await self._engine().ready()
        await asyncio.gather(*(self._end_one(campaign, row) for row in rows))

    async def _end_one(self, campaign: Campaign, row: Row) -> None:
        if row.call is None:
            return
        with contextlib.suppress(CommandRefused, NotThere, StillUsed, NoSuchCall):
            if campaign.kind == "text":
                await self._texting.cancel(campaign.account, row.call)
            else:
                await self._engine().submit(
                    HangUpCall(account=campaign.account, call=row.call, cause=HangupCause.CANCELLED)
                )

    async def hang_up(self, account: str, call: str) -> None:
        """End one call, whose party asked for no more of them: now, or as soon as the engine takes commands."""
        self._spawn(self._hang_up(account, call), f"end the calls of {call}")

    async def _hang_up(self, account: str, call: str) -> None:
        await self._engine().ready()
        with contextlib.suppress(CommandRefused):
            await self._engine().submit(HangUpCall(account=account, call=call))

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) and not isinstance(error, Fenced | StoreClosed):
            log.error("a step of a campaign failed", step=task.get_name(), exc_info=error)


def begin(conn: Connection, campaign: Campaign, chosen: int, now: float) -> None:
    """Let a campaign run from now on."""
    fields = {"started": now, "ended": None, "at": None, "reason": ""}
    campaigns.change(conn, campaign.id, state=State.RUNNING.value, **fields)
    pace.begin(conn, campaign, now)
    moves.wake(conn, campaign, now)
    noted = CampaignStarted(
        id=new_id("event"),
        account=campaign.account,
        subject=campaign.id,
        root=campaign.id,
        at=now,
        name=campaign.name,
        contacts=chosen,
    )
    events.append(conn, noted)


def _still(conn: Connection, row: Row) -> tuple[Campaign, Row] | None:
    """Return a contact whose attempt goes on, with its campaign; None: it was ended, or both were removed."""
    found, campaign = contacts.get(conn, row.account, row.id), campaigns.get(conn, row.campaign)
    if found is None or campaign is None or (found.call, found.status) != (row.call, Status.ACTIVE):
        return None
    return campaign, found


def _opted_out(conn: Connection, row: Row) -> bool:
    """Whether the key that asks for no more calls was pressed in a contact's call."""
    entry = do_not_call.get(conn, row.account, row.number)
    return entry is not None and entry.why == do_not_call.KEY and entry.at >= (row.called or 0.0)


def _note_length(conn: Connection, row: Row, seconds: float) -> None:
    contacts.change(conn, row, message_seconds=seconds)
