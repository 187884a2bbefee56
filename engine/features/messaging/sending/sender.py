"""Sends what is queued for one carrier: claims parts in turns, submits them, and stores what was answered.

1. A part is claimed, and committed as submitting, before it leaves; its answer is stored behind that.
2. What is claimed is few: as much as the carrier takes at once. So little is unknown if this process dies.
3. Nothing here waits for another carrier.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple

import structlog
from sqlalchemy import Connection

from engine.features.messaging import progress
from engine.features.messaging.carrier import Accepted, Answer, Carrier, NotSent, PutOff, Submission, Unknown
from engine.features.messaging.progress import Progress
from engine.features.messaging.sending import claims
from engine.features.messaging.sending.alarm import Alarm
from engine.features.messaging.sending.lanes import Lanes
from engine.features.messaging.sending.pace import Pace, Paces
from engine.features.messaging.store import parts
from engine.features.messaging.store.parts import Claimed, Lane
from engine.store.database import Database
from engine.store.errors import Fenced, StoreClosed, StoreError
from engine.store.writer import Writer

log = structlog.get_logger(__name__)
MOST_CLAIMED = 100
"""Parts that are claimed in one transaction."""
AGAIN_SECONDS = 1.0
"""After an accident in the store."""
NO_LINK_SECONDS = 0.25
"""Until a lane is looked at again of which a part did not leave: its phone may have gone, or the link."""
STOP_SECONDS = 5.0
SLOWER = progress.PAUSES
"""How long nothing is submitted to a carrier that asked for less, each time in turn."""
CUT = "The link was closed before the carrier answered."
FAULT = "The carrier's answer could not be read."


class Common(NamedTuple):
    """What all senders share.

    `on_progress` keeps in memory what was committed. `is_open`: whether a lane's texts may go now. `user_of` gives the
    SIP user name of a lane's phone.
    """

    database: Database
    writer: Writer
    clock: Callable[[], float]
    paces: Paces
    on_progress: Callable[[Progress], None]
    is_open: Callable[[Lane], bool]
    user_of: Callable[[Lane], str]


class Sender:
    """Owns the task that claims for one carrier, and one for each part that is being submitted."""

    def __init__(self, carrier: Carrier, common: Common, *, per_second: float, at_once: int) -> None:
        self.carrier, self._common, self._at_once = carrier, common, at_once
        loop = asyncio.get_running_loop()
        self._time = loop.time
        self.pace = Pace(per_second, loop.time)
        self._lanes, self._alarm = Lanes(), Alarm(common.clock)
        self._slower, self._not_before = 0, 0.0
        self._submitting: set[asyncio.Task[None]] = set()
        self._freed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def submitting(self) -> int:
        """How many parts are being submitted."""
        return len(self._submitting)

    def note(self, lane: Lane, due: float) -> None:
        """Note that a part waits in a lane; after it was committed."""
        self._lanes.note(lane, due)
        self._alarm.set(due)

    def open(self, lane: Lane) -> None:
        """Let a lane go on that was closed: its phone can be reached."""
        if self._lanes.open(lane):
            self._alarm.wake()

    def open_all(self) -> None:
        """Look at all closed lanes again."""
        if self._lanes.open_all():
            self._alarm.wake()

    async def start(self) -> None:
        """Read which lanes there are, connect, and begin."""
        name = self.carrier.name
        for lane, due in (await self._common.database.read(partial(parts.lanes, carrier=name))).items():
            self.note(lane, due)
        self._tasks = [
            asyncio.create_task(self._connect(), name=f"link to {name}"),
            asyncio.create_task(self._run(), name=f"texts to {name}"),
        ]

    async def stop(self) -> None:
        """Claim no more, end the link, and store what was answered; the carrier gives no answer as Unknown."""
        if not self._tasks:
            return
        connecting, running = self._tasks
        running.cancel()
        await asyncio.wait((running,))
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self.carrier.stop()
        except Exception:
            log.exception("a carrier of texts did not stop", carrier=self.carrier.name)
        connecting.cancel()
        await asyncio.wait((connecting, *self._submitting), timeout=STOP_SECONDS)
        late = list(self._submitting)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _connect(self) -> None:
        try:
            await self.carrier.start()
        except Exception:
            log.exception("a carrier of texts does not start", carrier=self.carrier.name)

    async def _run(self) -> None:
        while True:
            try:
                await self._turn()
            except (Fenced, StoreClosed):
                log.warning("no more texts are sent here: the store is another controller's, or stopped")
                return
            except Exception:
                log.exception("texts could not be claimed; the sender goes on", carrier=self.carrier.name)
                await asyncio.sleep(AGAIN_SECONDS)

    async def _turn(self) -> None:
        """Wait until a part is due and the carrier takes it; then claim what there is."""
        while self._lanes.next_at > self._common.clock():
            self._alarm.set(self._lanes.next_at)
            await self._alarm.wait()
        if not self.carrier.ready:
            await self.carrier.wait_ready()
        while (free := self._at_once - len(self._submitting)) <= 0:
            self._freed.clear()
            await self._freed.wait()
        if (seconds := max(self._not_before - self._time(), self.pace.seconds)) > 0:
            await asyncio.sleep(seconds)
            return
        taken = self.pace.take(min(free, MOST_CLAIMED))
        claimed = await self._claim(taken)
        self.pace.give_back(taken - len(claimed))
        contents = claims.contents(claimed)
        for one in claimed:
            self._begin(one, contents[one.text.id])

    async def _claim(self, most: int) -> list[Claimed]:
        """Claim up to so many parts: of each lane its share, as its account's pace lets it."""
        shares = self._shares(most)
        if not shares:
            return []
        now, name = self._common.clock(), self.carrier.name
        write = self._common.writer.write(lambda conn: claims.claim(conn, name, shares, now), hurry=False)
        claiming = asyncio.ensure_future(write)
        try:
            claimed = await asyncio.shield(claiming)
        except asyncio.CancelledError:
            with suppress(Exception):
                self._release([one for of_lane in await claiming for one in of_lane.claimed])
            raise
        except BaseException:
            for lane in shares:
                self.note(lane, now + AGAIN_SECONDS)
            raise
        for (lane, share), of_lane in zip(shares.items(), claimed, strict=True):
            self._common.paces.of(lane.account).give_back(share - len(of_lane.claimed))
            for done in of_lane.ended:
                self._common.on_progress(done)
            if of_lane.next_at is not None:
                self.note(lane, of_lane.next_at)
        return [one for of_lane in claimed for one in of_lane.claimed]

    def _shares(self, most: int) -> dict[Lane, int]:
        """Return how much of which lanes is claimed; those that may not now wait again."""
        now = self._common.clock()
        share = max(1, most // max(1, self._lanes.waiting(now)))
        shares: dict[Lane, int] = {}
        while most > 0 and (lanes := self._lanes.take(now, 1)):
            (lane,) = lanes
            if not self._common.is_open(lane):
                self._lanes.close(lane)
                continue
            pace = self._common.paces.of(lane.account)
            if taken := pace.take(min(share, most)):
                shares[lane] = taken
                most -= taken
            else:
                self.note(lane, now + pace.seconds)
        return shares

    def _release(self, claimed: Sequence[Claimed]) -> None:
        """Let parts wait again that were claimed and did not leave."""
        now = self._common.clock()
        for one in claimed:
            self._post(partial(progress.answered, claimed=one, answer=NotSent(""), now=now))

    def _begin(self, claimed: Claimed, content: tuple[bool, list[bytes]]) -> None:
        name = f"text {claimed.text.id}.{claimed.number}"
        task = asyncio.create_task(self._submit(claimed, *content), name=name)
        self._submitting.add(task)
        task.add_done_callback(self._on_done)

    def _on_done(self, task: "asyncio.Task[None]") -> None:
        self._submitting.discard(task)
        self._freed.set()

    async def _submit(self, claimed: Claimed, unicode: bool, contents: list[bytes]) -> None:
        now = self._common.clock()
        try:
            answer: Answer = await self.carrier.submit(self._submission(claimed, unicode, contents, now))
        except asyncio.CancelledError:
            self._post(partial(progress.answered, claimed=claimed, answer=Unknown(CUT), now=now))
            raise
        except Exception:
            log.exception("a carrier raised for a part", carrier=self.carrier.name, text=claimed.text.id)
            answer = Unknown(FAULT)
        self._heed(answer)
        await self._store(claimed, answer)

    def _submission(self, claimed: Claimed, unicode: bool, contents: list[bytes], now: float) -> Submission:
        lane = claimed.lane
        recipient = self._common.user_of(lane) if lane.extension else claimed.text.recipient
        return claims.submission(claimed, recipient, unicode, contents, now)

    async def _store(self, claimed: Claimed, answer: Answer) -> None:
        now = self._common.clock()
        unit = partial(progress.answered, claimed=claimed, answer=answer, now=now)
        try:
            done = await self._common.writer.write(unit, hurry=False)
        except StoreError as error:
            log.warning("an answer was not stored; its part is unknown after the next start", error=str(error))
        except Exception:
            log.exception("an answer could not be stored", carrier=self.carrier.name, text=claimed.text.id)
        else:
            self._common.on_progress(done)
            if done.due is not None:
                waits = NO_LINK_SECONDS if isinstance(answer, NotSent) else 0.0
                self.note(claimed.lane, done.due + waits)

    def _heed(self, answer: Answer) -> None:
        """Submit nothing for a while to a carrier that asked for less."""
        match answer:
            case PutOff(slower=True):
                pause = SLOWER[min(self._slower, len(SLOWER) - 1)]
                if self._time() >= self._not_before:  # of several answers at once the first counts
                    self._slower += 1
                    self._not_before = self._time() + pause
            case Accepted():
                self._slower = 0

    def _post(self, unit: Callable[[Connection], object]) -> None:
        try:
            self._common.writer.post(unit)
        except StoreClosed:
            log.warning("an answer was not stored: the store was stopped", carrier=self.carrier.name)
