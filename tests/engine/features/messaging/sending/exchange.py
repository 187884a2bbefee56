"""An installation whose carriers are the test's, which can be stopped, or killed, and started again."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import delete, insert, select, update

from engine.features import accounts as account_settings
from engine.features.accounts import NewAccount
from engine.features.destinations.feature import DestinationsFeature
from engine.features.files.feature import FilesFeature
from engine.features.messaging import tables
from engine.features.messaging.carrier import (
    Accepted,
    Answer,
    Receipt,
    ReceiptState,
    Submission,
    Unknown,
)
from engine.features.messaging.events import MessageEnded, MessageSent
from engine.features.messaging.feature import MessagingFeature
from engine.features.messaging.model import Message, NewMessage, Smsc, State
from engine.features.messaging.sending.expiry import LOOK_SECONDS
from engine.features.messaging.service import MessageService
from engine.media import Prompts, RecordingFiles
from engine.model.call_data import CallData
from engine.net import Net
from engine.platform import holds, ledger
from engine.platform.feature import Features
from engine.platform.folder import Folder
from engine.platform.platform import Platform
from engine.store import accounts, events, extensions, numbers
from engine.store.accounts import Account
from engine.store.applications import Application
from engine.store.database import Database
from engine.store.extensions import Extension
from engine.store.numbers import SMS, Number
from engine.store.tables import accounts as accounts_table
from tests.support.clock import VirtualLoop, settled
from tests.support.doubles import watched_writer

NOW = 1_800_000_000.0
US, UK = "12015550114", "442079460000"
OWN = "12015550100"
LINKS = "https://phone.example.com/f"
"""Where links to files lead."""
LONG = "0123456789" * 40
"""A text of three parts."""
S = TypeVar("S")
Say = Callable[[Submission], Answer | Awaitable[Answer]]


class FakeCarrier:
    """Answers what the test says; without a word of it, it accepts under the ids 1, 2, 3 …"""

    def __init__(self, name: str) -> None:
        self.name = name
        self.submitted: list[Submission] = []
        self.answers: list[Answer | Awaitable[Answer]] = []
        """The next ones, in their order."""
        self.say: Say = self.accept
        self._up = asyncio.Event()
        self._up.set()
        self._ids = count(1)
        self._unanswered: set[asyncio.Future[Answer]] = set()
        self.stopped = self.hangs = False
        self.state, self.since, self.last_error = "bound", NOW, ""

    @property
    def ready(self) -> bool:
        return self._up.is_set()

    async def wait_ready(self) -> None:
        await self._up.wait()

    def up(self, *, up: bool = True) -> None:
        """Connect, or lose the link."""
        if up:
            self._up.set()
        else:
            self._up.clear()

    def accept(self, part: Submission) -> Answer:
        return Accepted(str(next(self._ids)))

    def silent(self, part: Submission) -> Awaitable[Answer]:
        """Give no answer, until it is stopped."""
        future = asyncio.get_running_loop().create_future()
        self._unanswered.add(future)
        return future

    async def submit(self, part: Submission) -> Answer:
        self.submitted.append(part)
        said = self.answers.pop(0) if self.answers else self.say(part)
        return said if isinstance(said, Answer) else await said

    async def start(self) -> None:
        """It is up, or not."""

    async def stop(self) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        self.stopped = True
        for future in self._unanswered:
            if not future.done():
                future.set_result(Unknown("The link was closed."))

    @property
    def parts(self) -> list[str]:
        """What was submitted: recipient and number of the part."""
        return [f"{part.recipient}.{part.number}" for part in self.submitted]


class FakePhones(FakeCarrier):
    """The phones of extensions; their carrier sends no receipts."""

    def __init__(self) -> None:
        super().__init__("sip")
        self.say = lambda part: Accepted("")
        self.registrations = Registrations()


class Registrations:
    """Those in `registered` are there."""

    def __init__(self) -> None:
        self.registered: set[str] = set()
        self._callbacks: list[Callable[[str], None]] = []

    def is_registered(self, sip_user: str) -> bool:
        return sip_user in self.registered

    def on_registered(self, callback: Callable[[str], None]) -> None:
        self._callbacks.append(callback)

    def add(self, sip_user: str) -> None:
        self.registered.add(sip_user)
        for callback in self._callbacks:
            callback(sip_user)


class Exchange:
    """`account` may text every number that is not of high risk. A controller is between `start` and `stop` or `kill`.

    `clock` is Unix seconds, which pass with the loop's.
    """

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self._folder = database, folder
        self.carriers: dict[str, FakeCarrier] = {}
        self.account: Account
        self.on_new: Callable[[FakeCarrier], None] = lambda carrier: None
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        self._loop = loop
        self._began = self._loop.time()
        self._ahead = 0.0

    def clock(self) -> float:
        return NOW + self._loop.time() - self._began + self._ahead

    def set_clock(self, seconds: float) -> None:
        """Set the clock ahead, or back."""
        self._ahead += seconds

    @staticmethod
    def data_of(application: Application) -> CallData | None:
        """What texts to an application carry."""
        return CallData(dialect="plain", address=application.settings["url"]) if application.settings else None

    # What there is

    async def settle(self) -> None:
        """Add the account, its numbers and the first carrier."""
        self.account = await self.add_account("acme", OWN, "12015550101")
        await self.add_smsc("one")
        await self.add_route("", "one")
        await self.set_rules(per_second=1000)

    async def add_account(self, name: str, *own: str) -> Account:
        def unit(conn: Any) -> Account:
            account, _ = account_settings.create(conn, NewAccount(name=name), ["own"])
            accounts.allow(conn, account.id, "")
            for number in own:
                numbers.assign(conn, Number(number=number, account=account.id, capability=SMS))
            return account

        return await self.database.transact(unit)

    async def add_extension(self, number: str, sip_user: str) -> None:
        extension = Extension(account=self.account.id, number=number, sip_user=sip_user, password="x")
        await self.database.transact(lambda conn: extensions.add(conn, extension))

    async def add_smsc(self, name: str, *, per_second: float = 1000.0, **fields: Any) -> None:
        row = {"host": "127.0.0.1", "port": 2775, "system_id": "c", "password": "p", "settings": "{}", **fields}
        await self._execute(insert(tables.smscs).values(name=name, per_second=per_second, **row))

    async def change_smsc(self, name: str, **fields: Any) -> None:
        await self._execute(update(tables.smscs).where(tables.smscs.c.name == name).values(**fields))
        await self.messages.reload()

    async def remove_smsc(self, name: str) -> None:
        await self._execute(delete(tables.message_routes).where(tables.message_routes.c.smsc == name))
        await self._execute(delete(tables.smscs).where(tables.smscs.c.name == name))
        await self.messages.reload()

    async def add_route(self, prefix: str, smsc: str, *, account: str = "", priority: int = 10) -> None:
        row = {"prefix": prefix, "smsc": smsc, "account": account, "priority": priority}
        await self._execute(insert(tables.message_routes).values(**row))

    async def add_rate(self, prefix: str, per_part: int, *, account: str = "", currency: str = "USD") -> None:
        row = {"prefix": prefix, "per_part": per_part, "account": account, "currency": currency}
        await self._execute(insert(tables.message_rates).values(**row))

    async def set_rules(self, *, per_second: float, sender: str = "", account: str = "") -> None:
        row = {"account": account or self.account.id, "sender": sender, "per_second": per_second, "stop_words": True}
        await self._execute(delete(tables.texting).where(tables.texting.c.account == row["account"]))
        await self._execute(insert(tables.texting).values(**row))

    async def opt_out(self, number: str) -> None:
        row = {"account": self.account.id, "number": number, "since": NOW, "word": "STOP"}
        await self._execute(insert(tables.opt_outs).values(**row))

    async def disable(self, *, disabled: bool = True) -> None:
        at = accounts_table.c.id == self.account.id
        await self._execute(update(accounts_table).where(at).values(disabled=disabled))
        await self.reload()

    async def set_balance(self, amount: int | None) -> None:
        at = accounts_table.c.id == self.account.id
        await self._execute(update(accounts_table).where(at).values(balance=amount))

    async def reload(self) -> None:
        """Make what was added count."""
        await self.platform.refresh()
        await self.messages.reload()

    async def _execute(self, statement: Any) -> None:
        await self.database.transact(lambda conn: conn.execute(statement))

    # The controller

    async def start(self) -> None:
        self.writer = watched_writer(self.database, "carillon-0", lambda events: None)
        net = Net()
        self.platform = Platform(
            self.database,
            self.writer,
            RecordingFiles(self._folder),
            Prompts(net, self._folder / "prompts"),
            clock=self.clock,
        )
        await net.close()
        self.phones = FakePhones()
        features = Features(self.platform)
        leading = features.add(DestinationsFeature(self.platform)).registry
        self.files = features.add(FilesFeature(self.platform, Folder(self._folder / "files"), LINKS)).service
        self.feature = features.add(
            MessagingFeature(
                self.platform, leading, self.data_of, lambda inbox: self.phones, self._connect, files=self.files
            )
        )
        self.messages = features[MessageService]
        await self.writer.claim()
        await self.platform.cache.load()
        await features.start()
        self.running = features
        await settled()

    def _connect(self, smsc: Smsc, inbox: Any) -> FakeCarrier:
        carrier = self.carriers.get(smsc.name)
        if carrier is None or carrier.stopped or carrier.hangs:
            carrier = self.carriers[smsc.name] = FakeCarrier(smsc.name)
            self.on_new(carrier)
        return carrier

    async def stop(self) -> None:
        await self.running.stop()
        await self.writer.stop()

    async def kill(self) -> None:
        """End the controller as a kill does: what was not passed to the writer's thread is lost, what runs is gone."""
        lost, self.writer._pending = self.writer._pending, []
        self._loop.busy(-len(lost))
        await self.writer.stop()
        current = asyncio.current_task()
        mine = ("text", "link to", "texts")
        tasks = [task for task in asyncio.all_tasks() if task.get_name().startswith(mine) and task is not current]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.carriers = {}

    def feature_service(self, kind: type[S]) -> S:
        return self.running[kind]

    # What happens

    @property
    def one(self) -> FakeCarrier:
        return self.carriers["one"]

    async def send(self, to: str = US, text: str = "Good morning.", **fields: Any) -> Message:
        return await self.messages.send(self.account.id, NewMessage(to=to, text=text, **fields))

    async def pass_seconds(self, seconds: float) -> None:
        """Let time pass, and all happen that does until then."""
        await asyncio.sleep(seconds)
        await settled()

    async def leap(self, seconds: float) -> None:
        """Set the clock ahead: what is due then happens within the time in which the clock is looked at again."""
        await settled()
        self.set_clock(seconds - LOOK_SECONDS)
        await self.pass_seconds(LOOK_SECONDS)

    def hold_answer(self) -> asyncio.Future[Answer]:
        """Return the next answer of the first carrier, which is not given yet."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.one.answers.append(future)
        return future

    async def receipt(
        self, id: str, state: ReceiptState = ReceiptState.DELIVERED, error: str = "", carrier: str = "one"
    ) -> None:
        await self.feature.inbox.receipt(carrier, Receipt(id=id, state=state, error=error))

    async def get(self, message: Message) -> Message:
        return await self.messages.get(None, message.id)

    async def state(self, message: Message) -> State:
        return (await self.get(message)).state

    async def reports(self, message: Message) -> list[str]:
        """What its events say."""
        found = await self.database.read(lambda conn: events.of_subject(conn, message.id))
        return [_said(one.event) for one in found]

    async def held(self) -> int:
        """What is held of all accounts."""
        found = await self.database.read(lambda conn: holds.list(conn, self.account.id))
        return sum(hold.amount for hold in found)

    async def balance(self) -> int | None:
        found = await self.database.read(lambda conn: accounts.get(conn, self.account.id))
        return found.balance if found else None

    async def charged(self, message: Message | None = None) -> int:
        """What was charged for a text, or for all."""
        found = await self.database.read(lambda conn: ledger.entries(conn, self.account.id, 100_000))
        of = [entry for entry in found if entry.kind == "message"]
        return -sum(entry.amount for entry in of if message is None or entry.subject == message.id)

    async def part_states(self, message: Message) -> list[str]:
        return [part.state.value for part in await self.messages.parts(message.id)]

    async def early(self) -> int:
        return len(await self.database.read(lambda conn: conn.execute(select(tables.early_receipts)).all()))


def _said(event: Any) -> str:
    if isinstance(event, MessageSent):
        return "sent"
    assert isinstance(event, MessageEnded)
    return event.state.value
