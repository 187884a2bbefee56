"""Transfers that a program or the command line asks for (engine.commands.TransferCall)."""

from engine.calls.directory import NoDestination
from engine.calls.outbound import with_ids
from engine.calls.pair import Pair
from engine.calls.registry import Registry
from engine.calls.session import Session
from engine.calls.transfer_ways import way_of
from engine.calls.transferor import Transferor, parted, seconds_left
from engine.commands import NoSuchCall, NotTransferable, NumberRefused, TransferCall
from engine.model.cause import HangupCause
from engine.queues.queue import QueueClosed
from engine.store.errors import StoreError
from engine.tasks.transfer import Transfer

_GONE = "There is no such call, or it has ended."


class TransferRequests:
    """Carries them out."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    async def transfer(self, command: TransferCall) -> str:
        """See TransferCall."""
        session = self._registry.find(command.account, command.call)
        if session is None or session.hanging_up:
            raise NoSuchCall(_GONE)
        self._refuse_busy(session)
        if not command.to_call:
            try:
                await way_of(session.services, command.account, self._task(session, command))
            except NoDestination as error:
                raise NumberRefused(str(error)) from error
            self._refuse_busy(session)  # another request may have come meanwhile
        (task,) = with_ids((self._task(session, command),))
        assert isinstance(task, Transfer)
        behind = task.parted.task if task.parted and task.parted.session == session.call.id else ""
        transferor = Transferor(session, self._registry, task)
        transferor.set_aside()
        try:
            await session.queue.displace((task,), behind=behind)
        except QueueClosed:
            raise NoSuchCall(_GONE) from None
        except StoreError:
            await transferor.give_back(HangupCause.ERROR)
            raise
        return task.id

    def _task(self, session: Session, command: TransferCall) -> Transfer:
        pair = self._registry.pairs.of(session)
        apart = parted(pair) if pair else None
        consulted = self._consulted(session, pair, command) if command.to_call else None
        other = parted(consulted) if consulted else None
        asking = [(pair, session), (consulted, self._registry.get(command.to_call))]
        return Transfer(
            to=command.to,
            parted=apart,
            consulted=other,
            holders=tuple(each.partner(one).call.id for each, one in asking if each and one),
            announcement=command.announcement,
            accept=command.accept,
            music=command.music,
            ring_seconds=command.ring_seconds,
            max_seconds=seconds_left(session.services.clock(), apart, other),
            hang_up_after=apart.hang_up_after if apart else True,
            continue_after=bool(pair and apart and apart.continue_after and pair.session is session),
        )

    def _consulted(self, session: Session, pair: Pair | None, command: TransferCall) -> Pair:
        """Return the other pair of an attended transfer."""
        other = self._registry.find(command.account, command.to_call)
        if other is None or other.hanging_up:
            raise NoSuchCall("There is no such call to transfer to, or it has ended.")
        if other is self._registry.get(command.call):
            raise NotTransferable("The other call must be another one than the call that is transferred.")
        self._refuse_busy(other, "other call")
        found = self._registry.pairs.of(other)
        if pair is None:
            raise NotTransferable("The call is connected with nobody who could transfer it.")
        if found is None:
            raise NotTransferable("The other call is connected with nobody who could transfer to it.")
        if found is pair:
            raise NotTransferable("The two calls are connected with each other already.")
        return found

    def _refuse_busy(self, session: Session, named: str = "call") -> None:
        if not session.answered:
            raise NotTransferable(f"The {named} has not been answered. Transfer it when it is.")
        if session.conference:
            raise NotTransferable(f"The {named} is in a conference. Let it leave the conference first.")
        pairs = self._registry.pairs
        if session.queue.doing(Transfer) or (pairs.of(session) is None and pairs.is_moving(session)):
            raise NotTransferable(f"The {named} is being transferred already.")
