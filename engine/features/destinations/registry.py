"""The kinds of destination there are, each resolved by the feature that it belongs to.

A destination is kept and passed on as text, `kind:target` (engine.model.destination). Nothing else knows which kinds
there are: a feature names its own (engine.platform.feature.Feature.destinations).
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from engine.calls.directory import Answering, NoDestination
from engine.features.errors import FeatureError, InvalidSetting, NotThere, StillUsed
from engine.features.numbers.phone_numbers import is_emergency
from engine.model.cause import HangupCause
from engine.model.destination import MOST_HOPS, Destination, Diversions
from engine.platform.destination_kind import DestinationKinds
from engine.platform.leads import Lead, LeadsOf
from engine.platform.settings_cache import SettingsCache
from engine.store.accounts import Account
from engine.tasks.dial import Dial
from engine.tasks.kinds import AnyTask
from engine.tasks.ring import Ring

REASONS = Diversions.__struct_fields__
_BARE = re.compile(r"\+?[0-9][0-9 ().-]*", re.ASCII)
"""What is an extension or a number, and names no kind."""
_SHORT = re.compile(r"[0-9]{1,6}", re.ASCII)


class Destinations:
    """Reads, shows and resolves destinations by their kinds."""

    def __init__(self, cache: SettingsCache, kinds: DestinationKinds, leads: Sequence[LeadsOf] = ()) -> None:
        """`leads` say what leads somewhere; features may be added to them later."""
        self._cache, self._kinds, self._leads = cache, kinds, leads

    def checked(self, account: Account, text: str) -> str:
        """Return a destination as it is stored. Raises InvalidSetting, and what its kind raises (FeatureError)."""
        found = _read(text)
        kind = self._kinds.get(found.kind)
        if kind is None:
            known = ", ".join(self._kinds.names)
            raise InvalidSetting(f"A destination's kind must be one of {known} (got {found.kind!r}).")
        if not (found.target or kind.alone):
            raise InvalidSetting(f"A destination must say which {kind.name} it names (got {text[:64]!r}).")
        return str(Destination(found.kind, kind.checked(account, found.target)))

    def read(self, account: Account, text: str) -> str:
        """Return a destination as it is stored, of a text that may be an extension or a number alone.

        Raises FeatureError.
        """
        bare = text.strip()
        if not _BARE.fullmatch(bare):
            return self.checked(account, text)
        if extension := self._cache.extension_named(account.id, bare):
            return self.checked(account, f"extension:{extension.number}")
        number = self._cache.number(bare)
        known = (number is not None and number.account == account.id) or is_emergency(bare, account.country)
        if _SHORT.fullmatch(bare) and not known:
            raise NotThere(f"The account has no extension {bare}, and a telephone number has 7 to 15 digits.")
        return self.checked(account, f"forward:{bare}")

    def shown(self, account: Account, text: str) -> dict[str, Any] | None:
        """A stored destination as it is shown: its kind, its target as it is written, and both as `text`.

        None for "", which leads nowhere.
        """
        if not text:
            return None
        found = _read(text)
        kind = self._kinds.get(found.kind)
        fields = kind.fields(account, found.target) if kind else {"target": found.target}
        return {"kind": found.kind, "text": str(Destination(found.kind, fields["target"])), **fields}

    def written(self, account: Account, text: str) -> str:
        """A stored destination as it is written; "" for nowhere."""
        shown = self.shown(account, text)
        return str(shown["text"]) if shown else ""

    @staticmethod
    def noted(shown: dict[str, Any] | None) -> dict[str, Any] | None:
        """What the audit keeps of a destination as it is shown: tasks by their kinds, for secrets may be in them."""
        if shown is None or "tasks" not in shown:
            return shown
        return {**shown, "tasks": [task["kind"] for task in shown["tasks"]]}

    def resolve(self, account: str, text: str, *, hops: int) -> Answering:
        """What a call does that is led there for the `hops`th time; raises NoDestination."""
        owner = self._cache.find(account)
        if owner is None or owner.disabled:
            raise NoDestination("The account is disabled.", HangupCause.NOT_ALLOWED)
        if hops > MOST_HOPS:
            raise NoDestination(
                f"The call was led on {MOST_HOPS} times and is ended before {self.written(owner, text)}.",
                HangupCause.LOOP,
                "loop",
            )
        try:
            found = Destination.read(text)
        except ValueError as error:
            raise NoDestination(str(error)) from error
        kind = self._kinds.get(found.kind)
        if kind is None:
            raise NoDestination(f"There is no destination of the kind {found.kind}.")
        answering = kind.answering(owner, found.target, hops)
        return msgspec.structs.replace(answering, tasks=tuple(map(self._with_reasons, answering.tasks)))

    def _with_reasons(self, task: AnyTask) -> AnyTask:
        """Let each destination that a task diverts to know why it is led there."""
        if isinstance(task, Dial) and task.diversions:
            ways = {why: self._because(getattr(task.diversions, why), why) for why in REASONS}
            return msgspec.structs.replace(task, diversions=Diversions(**ways))
        if isinstance(task, Ring) and task.otherwise:
            return msgspec.structs.replace(task, otherwise=self._because(task.otherwise, "no_answer"))
        return task

    def _because(self, text: str, reason: str) -> str:
        if not text:
            return text
        found = Destination.read(text)
        kind = self._kinds.get(found.kind)
        return str(Destination(found.kind, kind.because(found.target, reason))) if kind else text

    def refuse_used(self, conn: Connection, account: str, texts: Iterable[str], what: str) -> None:
        """Refuse to remove `what`, which stored destinations name, while something leads there; raises StillUsed."""
        owner, named = self._cache.find(account), frozenset(texts)
        if owner is None:
            return
        leading = [
            lead.what for leads in self._leads for lead in leads(conn, account) if self._names(owner, lead, named)
        ]
        if leading:
            shown = ", ".join(dict.fromkeys(leading[:5]))
            raise StillUsed(f"{what} is still used: {shown} leads to it. Let that lead elsewhere first.")

    def _names(self, account: Account, lead: Lead, named: frozenset[str]) -> bool:
        """Whether a destination, or one that is written in it, is among these, however it is written."""
        looked_at: set[str] = set()
        open_ = [lead.to]
        while open_:
            text = open_.pop()
            if not text or text in looked_at:
                continue
            looked_at.add(text)
            try:
                stored = self.checked(account, text)
                found = _read(stored)
                open_ += self._kinds.get(found.kind).names(account, found.target)  # type: ignore[union-attr]
            except FeatureError:
                continue  # it names what is not there
            if stored in named:
                return True
        return False

    def refuse_loop(self, account: Account, subject: str, text: str) -> None:
        """Refuse to let `subject` lead to `text` where that leads back to it; both as stored. Raises InvalidSetting."""
        if not text:
            return
        if path := self._path(account, text, subject):
            shown = " → ".join(self.written(account, each) for each in path)
            raise InvalidSetting(f"{self.written(account, subject)} would lead to itself: {shown}.")

    def _path(self, account: Account, text: str, end: str) -> tuple[str, ...]:
        """The shortest way from `end` by `text` back to `end`; empty where there is none. Each is looked at once."""
        ways: deque[tuple[str, ...]] = deque([(end, text)])
        found = {text}
        while ways:
            way = ways.popleft()
            if way[-1] == end:
                return way
            for following in self._leads_on(account, way[-1]):
                if following not in found:
                    found.add(following)
                    ways.append((*way, following))
        return ()

    def _leads_on(self, account: Account, text: str) -> Iterator[str]:
        found = _read(text)
        kind = self._kinds.get(found.kind)
        for following in kind.leads_on(account, found.target) if kind else ():
            try:
                if following:
                    yield self.checked(account, following)
            except FeatureError:
                continue  # it names what is not there: a call is not led on to it


def counted(tasks: Iterable[AnyTask], hops: int) -> tuple[AnyTask, ...]:
    """Give tasks that may lead on the count of how often their call was led on."""
    return tuple(msgspec.structs.replace(task, hops=hops) if hasattr(task, "hops") else task for task in tasks)


def _read(text: str) -> Destination:
    try:
        return Destination.read(text)
    except ValueError as error:
        raise InvalidSetting(str(error)) from error
