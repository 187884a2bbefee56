"""Asks questions over HTTP, whose answers say what a call does next. They are neither queued nor sent later."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import msgspec
import structlog

from api.accounts import Accounts
from api.breaker import Breaker
from api.command_taker import CommandTaker
from api.exchange import About, ExchangeLog, exchange
from api.vendors.vendor import AskingVendor, Question, Said
from engine.commands import EngineUnavailable, NoSuchQuestion, Reply
from engine.events import QuestionAsked
from engine.model.call_data import CallData, DataPatch
from engine.net import Net

log = structlog.get_logger(__name__)
AGAIN_SECONDS = 0.5
DataOf = Callable[[QuestionAsked], Awaitable[CallData | None]]
"""Finds the data of a question without any: that of the inbound call's application."""


class Dialogue:
    """Asks the customer's server, then its fallback; owns one asyncio task for each open question.

    Nothing is stored here: the engine limits the time of a question, and submits it again after a restart.
    """

    def __init__(
        self,
        engine: CommandTaker,
        net: Net,
        accounts: Accounts,
        vendors: Mapping[str, AskingVendor],
        data_of: DataOf,
        journal: ExchangeLog,
        *,
        breaker: Breaker | None = None,
    ) -> None:
        self._engine, self._net, self._accounts, self._vendors = engine, net, accounts, vendors
        self._data_of, self._journal, self._breaker = data_of, journal, breaker or Breaker()
        self._asking: set[asyncio.Task[None]] = set()

    def ask(self, event: QuestionAsked) -> None:
        """Start to ask, without waiting (the callback engine.Parts.on_question)."""
        task = asyncio.create_task(self._ask(event), name=f"ask {event.task}")
        self._asking.add(task)
        task.add_done_callback(self._on_done)

    async def start(self) -> None:
        """Nothing is left from an earlier process: the engine puts its calls' open questions again."""

    async def stop(self) -> None:
        """Cancel all questions; the engine asks them again after the next start."""
        for task in self._asking:
            task.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)

    def __len__(self) -> int:
        return len(self._asking)

    def _on_done(self, task: "asyncio.Task[None]") -> None:
        self._asking.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a question failed; the call continues without an answer", exc_info=error)

    async def _ask(self, event: QuestionAsked) -> None:
        said, data = Said(silent=True), None
        try:
            data = event.data or await self._data_of(event)
            if data is not None and (vendor := self._vendors.get(data.dialect)) is not None:
                said = await self._said(vendor, event, data)
        except Exception:
            log.exception("a question could not be asked", question=event.task)
            said = Said(silent=True, remarks=("The question could not be asked; the engine's log says why.",))
        await self._reply(event, said, data)

    async def _said(self, vendor: AskingVendor, event: QuestionAsked, data: CallData) -> Said:
        question = await vendor.question(event, data)
        if isinstance(question, Said):
            return question
        about = About(account=event.account, subject=event.subject, root=event.root, question=event.task)
        reply, remarks = await self.inquire(vendor, question, about)
        said = await vendor.said(event, data, reply)
        return Said(
            tasks=said.tasks,
            replace=said.replace,
            patch=said.patch,
            refused=said.refused,
            remarks=(*remarks, *said.remarks),
            silent=said.silent,
        )

    async def inquire(
        self, vendor: AskingVendor, question: Question, about: About
    ) -> tuple[bytes | None, tuple[str, ...]]:
        """Ask the first address, then the fallback; returns a sentence for each failure too. Each request is logged."""
        remarks: list[str] = []
        for url in (question.url, question.fallback):
            if not url:
                continue
            circuit = (about.account, url)
            if url == question.url and question.fallback and not self._breaker.lets(circuit):
                remarks.append("The first address failed three times in a row, so the fallback was asked at once.")
                continue
            done = await exchange(self._net, vendor, question, url, allow_private=await self._may_go_private(about))
            self._journal.note(about, vendor.name, question, done)
            if done.error is None:
                self._breaker.succeeded(circuit)
                return done.body, tuple(remarks)
            self._breaker.failed(circuit)
            which = "The first address" if url == question.url else "The fallback"
            remarks.append(f"{which} gave no answer. {done.error}")
        return None, tuple(remarks)

    async def _may_go_private(self, about: About) -> bool:
        account = await self._accounts.get(about.account)
        return account is not None and account.allow_private

    async def _reply(self, event: QuestionAsked, said: Said, data: CallData | None) -> None:
        """Submit the reply to the engine, and retry while the engine is briefly unavailable."""
        command = Reply(
            account=event.account,
            call=event.subject,
            question=event.task,
            tasks=said.tasks,
            replace=said.replace,
            patch=_addressed(said.patch, data),
            refused=said.refused,
            remarks=said.remarks,
            silent=said.silent,
        )
        while True:
            try:
                await self._engine.submit(command)
            except NoSuchQuestion as refusal:
                log.info("an answer came too late", question=event.task, reason=str(refusal))
            except EngineUnavailable:
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            return


def _addressed(patch: DataPatch | None, data: CallData | None) -> DataPatch | None:
    """Return a patch that also says of which dialect a leg is that has no data yet: that of the question."""
    if patch is None or data is None:
        return None
    return msgspec.structs.replace(patch, dialect=data.dialect, address=data.address)
