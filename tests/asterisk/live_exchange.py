"""The engine on a real Asterisk: an ARI application of its own, so that the system's controller is not disturbed.

Asterisk and the engine share two volumes: the engine plays what lies in the one and measures what Asterisk wrote into
the other. The tests run outside of containers, so they reach the volumes where Docker keeps them, as root.
"""

import asyncio
import json
import subprocess
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import numpy as np

from engine.ari.client import AriClient
from engine.calls.state import Milestone
from engine.commands import HangUpCall, NoSuchCall
from engine.engine import Engine, Parts
from engine.events import CallAnswered
from engine.features.endpoints.provisioner import Provisioner
from engine.features.trunks.trunk import lab, pieces
from engine.media import g711
from engine.media.prompts import Prompt, SourceOf
from engine.media.recordings import RecordingFiles
from engine.model.call import Call
from engine.settings import EngineSettings
from engine.store import accounts
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.unmatched_calls import UnmatchedCall
from engine.tasks.kinds import AnyTask
from tests.support.doubles import ScriptedAdmission, ScriptedDirectory, watched_writer
from tests.support.exchange import ACCOUNT, Exchange
from tests.support.system import NoSystem, System

IN_CONTAINER = "/var/lib/carillon/prompts"


def volume(system: System, path: str) -> Path:
    """Where a volume that Asterisk mounts at `path` is on this machine."""
    inspected = subprocess.run(
        ["docker", "inspect", "--format", "{{json .Mounts}}", system.container("asterisk")],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for mount in json.loads(inspected):
        if mount["Destination"] == path:
            folder = Path(mount["Source"])
            if not folder.is_dir():
                raise NoSystem(f"Docker's volume {folder} cannot be read: run `make test` as root.")
            return folder
    raise NoSystem(f"Asterisk mounts nothing at {path}.")


class TonePrompts:
    """A source is a number of milliseconds of a 1000 Hz tone; "missing" a file that is not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.made: list[Path] = []
        self.sources: dict[str, SourceOf] = {}

    async def prepare(self, source: str, *, allow_private: bool = False) -> Prompt:
        name = f"tasks-{uuid.uuid4().hex}"
        if source != "missing":
            times = np.arange(int(source) * 8) / 8000
            samples = (10000 * np.sin(2 * np.pi * 1000 * times)).astype(np.int16)
            file = self._folder / f"{name}.ulaw"
            file.write_bytes(g711.ulaw(samples).tobytes())
            self.made.append(file)
        return Prompt(path=f"{IN_CONTAINER}/{name}", seconds=0.0)

    async def say(
        self, text: str, *, locale: str = "", voice: str = "", ssml: bool = False, length_factor: float = 1.0
    ) -> Prompt:
        return await self.prepare(text)


class LiveExchange(Exchange):
    """See tests.support.exchange; `call` waits for the lab's answer."""

    patience = 30.0

    def __init__(self, system: System, database: Database, recordings: Path, prompts: Path) -> None:
        self.system, self.database, self.folder = system, database, recordings
        self.tones = TonePrompts(prompts)
        self.admission, self.directory = ScriptedAdmission(), ScriptedDirectory()
        self.told, self.questions = [], []
        self.unmatched: list[UnmatchedCall] = []
        self.application = f"carillon-test-tasks-{uuid.uuid4().hex[:8]}"
        self._news = asyncio.Condition()
        self._started, self._since = False, time.time()

    @classmethod
    async def make(cls, system: System, url: str, recordings: Path, prompts: Path) -> Self:
        database = Database(url)
        account = Account(id=ACCOUNT, name="acme", created=1000.0)
        await database.transact(lambda conn: accounts.create(conn, account))
        return cls(system, database, recordings, prompts)

    def clock(self) -> float:
        return time.time()

    async def start(self) -> Self:
        self.writer = watched_writer(self.database, self.application, self._feed)
        ari = f"http://127.0.0.1:{self.system.setting('ARI_PORT', '8088')}/ari"
        self.client = AriClient(ari, self.system.setting("ARI_USER", "carillon"), self.system.setting("ARI_PASSWORD"),
                             self.application, before_command=self._may_command)  # fmt: skip
        self._leaving = False
        ready = asyncio.Event()

        async def on_media_server() -> None:
            await self._see_to_the_trunk()
            ready.set()

        self.engine = Engine(
            Parts(
                client=self.client,
                database=self.database,
                writer=self.writer,
                prompts=self.tones,  # type: ignore[arg-type]
                files=RecordingFiles(self.folder),
                admission=self.admission,
                directory=self.directory,
                settings=EngineSettings(ari_application=self.application, recordings=self.folder),
                on_media_server=on_media_server,
                on_question=self._asked,
                on_unmatched=self.unmatched.append,
            )
        )
        await self.writer.claim()
        await self.engine.start()
        self._started = True
        await ready.wait()
        while not self.engine.available:  # noqa: ASYNC110  # the engine tells nobody when it begins to take calls
            await asyncio.sleep(0.02)
        return self

    async def _see_to_the_trunk(self) -> None:
        """The system's controller has put the trunk to the lab there; without one it is put there now."""
        if not any(one.resource == "trunk-lab" for one in await self.client.endpoints.list()):
            address = self.system.setting("LAB_ADDRESS", "127.0.0.2")
            trunk = lab(address, int(self.system.setting("LAB_SIP_PORT", "5070")))
            await Provisioner(self.client).put(pieces(trunk))

    async def again(self) -> None:
        """The controller goes, and the next one takes over."""
        self._leaving = True
        await self.engine.stop()
        await self.writer.stop()
        self._started = False
        await self.start()

    async def close(self) -> None:
        if not self._started:
            return
        sessions = list(self.engine.registry)
        left = [session.call.id for session in sessions if not session.gone]
        for call in left:
            with suppress(NoSuchCall):  # it ended meanwhile
                await self.engine.submit(HangUpCall(account=ACCOUNT, call=call))
        await asyncio.gather(*(session.until(Milestone.ENDED) for session in sessions))
        await self.engine.stop()
        await self.writer.stop()
        for file in self.tones.made:
            file.unlink(missing_ok=True)
        for row in self.folder.glob("rec-*.wav"):
            if row.stem in self._recordings():
                row.unlink()
        assert left == [], "a test left calls up"

    def _recordings(self) -> set[str]:
        return {one.task.replace("task-", "rec-") for one in self.told if hasattr(one, "task")}

    async def call(self, *queued: AnyTask, callee: str = "12015550100", **fields: Any) -> Call:
        call = await self.place(*queued, callee=callee, **fields)
        await self.event(CallAnswered, subject=call.id)
        return call

    async def hang_up(self, call: str) -> list[str]:
        """Hang up, and what was told since the answer."""
        await self.submit(HangUpCall(account=ACCOUNT, call=call))
        await self.ended(call)
        return self.since_answer(call)

    def since_answer(self, call: str) -> list[str]:
        story = self.story(call)
        return story[story.index("call answered") + 1 :]
