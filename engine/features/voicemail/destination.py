"""Calls that are led to a box: greeting, tone, recording."""

from collections.abc import Iterable

from engine.calls.directory import Answering, NoDestination
from engine.features.errors import InvalidSetting
from engine.features.voicemail.boxes import KIND, LISTENING
from engine.features.voicemail.directory import BoxDirectory, Entry
from engine.features.voicemail.errors import NoSuchBox
from engine.features.voicemail.greetings import greeting_source
from engine.features.voicemail.model import GreetingKind
from engine.features.voicemail.taking import PURPOSE
from engine.features.voicemail.wording import owner_of, words
from engine.platform.destination_kind import DestinationKind, DestinationKinds
from engine.store.accounts import Account
from engine.tasks.hang_up import HangUp
from engine.tasks.kinds import AnyTask
from engine.tasks.menu import Choice, Menu
from engine.tasks.play import Play
from engine.tasks.record import Record
from engine.tasks.run_menu import RunMenu
from engine.tasks.say import Say

END = "#"
_REASONS = (GreetingKind.BUSY, GreetingKind.AWAY)


class VoicemailKind(DestinationKind):
    """`voicemail:101`: the caller may leave a message in the box of that number.

    `voicemail:101/busy` and `voicemail:101/away` say why: a call that its party did not take is led there with its
    reason. `kinds` are all that there are.
    """

    name = KIND

    def __init__(self, directory: BoxDirectory, kinds: DestinationKinds) -> None:
        self._directory, self._kinds = directory, kinds

    def checked(self, account: Account, target: str) -> str:
        name, reason = _read(target)
        entry = self._directory.named(account.id, name)
        if entry is None:
            raise NoSuchBox(f"The account has no voicemail box {name[:40]}; `carillon voicemail boxes` shows all.")
        return _written(entry.box.number, reason)

    def because(self, target: str, reason: str) -> str:
        if "/" in target:
            return target
        return _written(target, GreetingKind.BUSY if reason == "busy" else GreetingKind.AWAY)

    def answering(self, account: Account, target: str, hops: int) -> Answering:
        try:
            name, reason = _read(target)
        except InvalidSetting as error:
            raise NoDestination(str(error)) from error
        entry = self._directory.named(account.id, name)
        if entry is None:
            raise NoDestination(f"The account has no voicemail box {name[:40]}.")
        return Answering(account=account.id, tasks=tuple(self._tasks(entry, reason, hops)))

    def _tasks(self, entry: Entry, reason: GreetingKind, hops: int) -> Iterable[AnyTask]:
        box, said = entry.box, words(entry.box.language)
        if not box.enabled or entry.usage.fills(box):
            sentence = said.full if box.enabled else said.closed
            yield self._say(entry, sentence)
            yield HangUp()
            return
        greeting = Menu(
            id="greeting", main=(self._greeting(entry, reason),), silence_seconds=0, choices=self._keys(entry)
        )
        yield RunMenu(first="greeting", menus=(greeting,), hops=hops)
        yield Record(
            name=box.number,
            max_seconds=box.max_seconds,
            max_silence=box.silence_seconds or None,
            terminator=END,
            wait=True,
            beep=True,
            purpose=PURPOSE + box.id,
        )
        yield self._say(entry, said.thanks)
        yield HangUp()

    def _greeting(self, entry: Entry, reason: GreetingKind) -> Play | Say:
        recorded = entry.greetings.get(reason) or entry.greetings.get(GreetingKind.ALL)
        if recorded:
            return Play(source=greeting_source(entry.box, recorded.kind))
        said = words(entry.box.language)
        state = said.busy if reason is GreetingKind.BUSY else said.away
        return self._say(entry, f"{state} {said.leave}")

    def _say(self, entry: Entry, sentence: str) -> Say:
        box = entry.box
        owner = owner_of(box.language, box.name if box.says_name else "", box.number)
        return Say(text=sentence.format(owner=owner), locale=box.language)

    def _keys(self, entry: Entry) -> tuple[Choice, ...]:
        """What may be pressed during the greeting."""
        keys = [Choice(digit=END, value="record")]
        if entry.box.star == "menu" and self._kinds.get(LISTENING):
            keys.append(Choice(digit="*", to=f"{LISTENING}:{entry.box.number}"))
        if entry.box.zero:
            keys.append(Choice(digit="0", to=entry.box.zero))
        return tuple(keys)


def _read(target: str) -> tuple[str, GreetingKind]:
    """Read a box and the reason; raises InvalidSetting."""
    name, slash, reason = target.partition("/")
    if not slash:
        return name, GreetingKind.ALL
    if reason not in _REASONS:
        raise InvalidSetting(
            f"A voicemail's reason must be busy or away, as in voicemail:101/busy (got {reason[:32]!r})."
        )
    return name, GreetingKind(reason)


def _written(number: str, reason: GreetingKind) -> str:
    return number if reason is GreetingKind.ALL else f"{number}/{reason.value}"
