"""Conversations and messages as objects, with the texting contacts that they show."""

from collections.abc import Iterable, Mapping, Sequence

from api.vendors.ringplan.http import fax_shapes, resources
from engine.features.errors import FeatureError
from engine.features.files.service import FileService
from engine.features.messaging.threads.model import ThreadText, ThreadView
from engine.features.messaging.threads.service import ThreadService
from engine.features.phonebook.model import EntryFields, PhonebookEntry
from engine.features.phonebook.service import Phonebook


class ConversationShapes:
    """Makes them of threads and their texts. What takes a thread's id raises NotThere where there is none."""

    def __init__(self, threads: ThreadService, phonebook: Phonebook, files: FileService) -> None:
        self._threads, self._phonebook, self._files = threads, phonebook, files

    async def messages(self, account: str, thread: str, found: Sequence[ThreadText]) -> list[resources.Shape]:
        """Return texts of a thread."""
        view = await self._threads.view(account, thread)
        entries, files = await self._entries(account, [view]), await self._of_texts(account, found)
        return [resources.text(view.thread, entries.get(view.thread.theirs), each, files) for each in found]

    async def conversations(self, account: str, views: Sequence[ThreadView]) -> list[resources.Shape]:
        """Return threads."""
        entries = await self._entries(account, views)
        files = await self._of_texts(account, (view.last for view in views if view.last))
        return [resources.conversation(view, entries.get(view.thread.theirs), files) for view in views]

    async def _of_texts(self, account: str, texts: Iterable[ThreadText]) -> Mapping[str, resources.Shape]:
        """Return the files of texts by their ids. Previews are not made for them: GET /files/ID has one."""
        found = await self._files.several(account, (id for each in texts for id in each.message.files))
        return {id: fax_shapes.file(row, None) for id, row in found.items()}

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
