"""Asks questions over HTTP, whose answers say what a call does next. They are neither queued nor sent later."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

from api.accounts import Accounts
from api.breaker import Breaker
from api.callbacks.tags import Tag, decode, recoded
from api.exchange import About, ExchangeLog, exchange
from api.ports import CommandTaker
from api.vendors.vendor import AskingVendor, Question, Said
from engine.commands import EngineUnavailable, NoSuchQuestion, Reply
from engine.events import QuestionAsked
from engine.net import Net

log = structlog.get_logger(__name__)
AGAIN_SECONDS = 0.5
TagOf = Callable[[QuestionAsked], Awaitable[Tag | None]]
"""Finds the tag of a question without one: that of the inbound call's application."""


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
        tag_of: TagOf,
        journal: ExchangeLog,
        *,
        breaker: Breaker | None = None,
    ) -> None:
        self._engine, self._net, self._accounts, self._vendors = engine, net, accounts, vendors
        self._tag_of, self._journal, self._breaker = tag_of, journal, breaker or Breaker()
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
        said, tag = Said(silent=True), None
        try:
            tag = decode(event.tag) if event.tag else await self._tag_of(event)
            if tag is not None and (vendor := self._vendors.get(tag.dialect)) is not None:
                said = await self._said(vendor, event, tag)
        except Exception:
            log.exception("a question could not be asked", question=event.task)
            said = Said(silent=True, remarks=("The question could not be asked; the engine's log says why.",))
        await self._reply(event, said, tag)

    async def _said(self, vendor: AskingVendor, event: QuestionAsked, tag: Tag) -> Said:
        question = await vendor.question(event, tag)
        if isinstance(question, Said):
            return question
        about = About(account=event.account, subject=event.subject, root=event.root, question=event.task)
        reply, remarks = await self.inquire(vendor, question, about)
        said = await vendor.said(event, tag, reply)
        return Said(
            tasks=said.tasks,
            replace=said.replace,
            retag=said.retag,
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

    async def _reply(self, event: QuestionAsked, said: Said, tag: Tag | None) -> None:
        """Submit the reply to the engine, and retry while the engine is briefly unavailable."""
        command = Reply(
            account=event.account,
            call=event.subject,
            question=event.task,
            tasks=said.tasks,
            replace=said.replace,
            tag=recoded(said.retag, tag) if said.retag and tag else None,
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
