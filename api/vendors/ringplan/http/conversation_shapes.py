"""Conversations and messages as objects, with the texting contacts that they show."""

from collections.abc import Iterable, Mapping, Sequence

from api.vendors.ringplan.http import resources
from engine.features.errors import FeatureError
from engine.features.messaging.threads.model import ThreadText, ThreadView
from engine.features.messaging.threads.service import ThreadService
from engine.features.phonebook.model import EntryFields, PhonebookEntry
from engine.features.phonebook.service import Phonebook


class ConversationShapes:
    """Makes them of threads and their texts. What takes a thread's id raises NotThere where there is none."""

    def __init__(self, threads: ThreadService, phonebook: Phonebook) -> None:
        self._threads, self._phonebook = threads, phonebook

    async def messages(self, account: str, thread: str, found: Iterable[ThreadText]) -> list[resources.Shape]:
        """Return texts of a thread."""
        view = await self._threads.view(account, thread)
        entries = await self._entries(account, [view])
        return [resources.text(view.thread, entries.get(view.thread.theirs), each) for each in found]

    async def conversations(self, account: str, views: Sequence[ThreadView]) -> list[resources.Shape]:
        """Return threads."""
        entries = await self._entries(account, views)
        return [resources.conversation(view, entries.get(view.thread.theirs)) for view in views]

    async def _entries(self, account: str, views: Sequence[ThreadView]) -> Mapping[str, PhonebookEntry]:
        """Return the texting contacts of conversations by number; a number without one gets it, if it is a number."""
        numbers = {view.thread.theirs for view in views}
        found = dict(await self._phonebook.of_numbers(account, numbers))
        for number in numbers - found.keys():
            if number.isdigit():
                try:
                    found[number], _ = await self._phonebook.put(account, EntryFields(number=f"+{number}"))
                except FeatureError:  # a short code, or the phonebook is full: there is no contact
                    continue
        return found
