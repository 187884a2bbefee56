"""An installation with voicemail, without Asterisk: a store, a folder of recordings, an account with two boxes."""

import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from argon2 import PasswordHasher
from sqlalchemy import Connection

from engine.events import TaskEnded
from engine.features.accounts.model import actor_of
from engine.features.destinations.feature import DestinationsFeature
from engine.features.guesses.feature import GuessesFeature
from engine.features.users.passwords import Passwords
from engine.features.voicemail.feature import VoicemailFeature
from engine.features.voicemail.model import BoxFields
from engine.features.voicemail.service import VoicemailService
from engine.features.voicemail.taking import PURPOSE
from engine.ids import new_id
from engine.media import Prompts, PromptSettings, RecordingFiles
from engine.media.speech.registry import Voices
from engine.model.call import CallState, Direction
from engine.net import Net
from engine.platform.feature import Features
from engine.platform.platform import Platform
from engine.platform.post import Post
from engine.store import accounts, calls, events, extensions, recordings
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.extensions import Extension
from engine.store.recordings import RecordingRow
from engine.store.writer import Writer
from engine.tasks.results import Completed, Outcome, Recorded
from tests.engine.store.samples import a_call
from tests.support.audio import sine

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
ANNA, BEN = "201", "202"
"""The numbers of the boxes."""
NOW = 1_800_000_000.0


def spoken(seconds: float, before: float = 1.0, after: float = 1.0, level: float = 0.2) -> np.ndarray:
    """What a caller says, with silence before and after."""
    parts = [np.zeros(int(before * 8000)), sine(440, seconds, 8000) * level, np.zeros(int(after * 8000))]
    return np.concatenate(parts).astype(np.float32)


class House:
    """`begin` is the start of a controller, `end` its end."""

    def __init__(self, url: str, folder: Path) -> None:
        self.db, self.folder, self.now = Database(url), folder, NOW
        self.net = Net()
        self.account = Account(id="acct-1", name="acme", created=0.0)
        self.other = Account(id="acct-2", name="other", created=0.0)
        self.by = actor_of(self.account)
        self.lamps: Any = None
        self.post: Post | None = None

    async def open(self) -> None:
        await self.begin(first=True)
        for number, name in ((ANNA, "Anna"), (BEN, "")):
            made = await self.voicemail.create_box(self.by, "acct-1", number, BoxFields(name=name), pin="271828")
            assert made.pin == "271828"

    async def begin(self, *, first: bool = False) -> None:
        self.writer = Writer(self.db, "carillon-0")
        self.files = RecordingFiles(self.folder)
        settings = PromptSettings(uploads=self.folder / "uploads")
        self.prompts = Prompts(self.net, self.folder / "prompts", settings, Voices([]))
        await self.prompts.start()
        self.platform = Platform(self.db, self.writer, self.files, self.prompts, clock=lambda: self.now)
        self.features = Features(self.platform)
        leading = self.features.add(DestinationsFeature(self.platform))
        guesses = self.features.add(GuessesFeature(self.platform)).service
        feature = VoicemailFeature(
            self.platform, leading.registry, guesses, Passwords(QUICK), lamps=self.lamps, post=self.post
        )
        self.feature = self.features.add(feature)
        self.voicemail = self.features[VoicemailService]
        await self.writer.claim()
        if first:
            await self.writer.write(self._settings)
        await self.platform.cache.load()
        await self.features.start()
        await self.platform.start()

    async def end(self) -> None:
        await self.platform.stop()
        await self.features.stop()
        await self.writer.stop()
        await self.prompts.close()

    async def close(self) -> None:
        await self.end()
        await self.net.close()
        await self.db.close()

    def _settings(self, conn: Connection) -> None:
        for account in (self.account, self.other):
            accounts.create(conn, account)
        extensions.add(conn, Extension(account="acct-1", number="101", sip_user="101", password="secret"))

    async def recorded(
        self,
        samples: np.ndarray | None,
        *,
        box: str = ANNA,
        id: str = "1",
        private: bool = False,
        failed: bool = False,
        direction: Direction = Direction.INBOUND,
    ) -> None:
        """A call to a box was recorded, and the recording ended; `failed`: with the media server."""
        purpose = PURPOSE + (await self.voicemail.box("acct-1", box)).id
        if samples is not None:
            with wave.open(str(self.folder / f"rec-{id}.wav"), "wb") as file:
                file.setparams((1, 2, 8000, 0, "NONE", ""))
                file.writeframes((samples * 32767).astype("<i2").tobytes())
        saved = Recorded(recording=f"rec-{id}", name=box, seconds=2.0, purpose=purpose)

        def unit(conn: Connection) -> None:
            call = a_call(
                f"call-{id}",
                caller="12015550114",
                callee="12015550100",
                state=CallState.ENDED,
                private=private,
                direction=direction,
            )
            calls.insert(conn, call)
            row = RecordingRow(
                id=f"rec-{id}", account="acct-1", owner=call.id, task=f"task-{id}", name=box, created=NOW,
                purpose=purpose,
            )  # fmt: skip
            recordings.begin(conn, row)
            events.append(conn, self._ended(id, call.id, Completed(saved)))

        await self.writer.write(unit)

    def _ended(self, id: str, call: str, outcome: Outcome) -> TaskEnded:
        return TaskEnded(
            id=new_id("event"), account="acct-1", subject=call, root=call, at=self.now, task=f"task-{id}",
            kind="record", outcome=outcome,
        )  # fmt: skip


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """An installation on SQLite, and one on PostgreSQL."""
    house = House(database_url, tmp_path)
    await house.open()
    yield house
    await house.close()
