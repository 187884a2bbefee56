"""Who answers an inbound call, and what a softphone's dialling does (engine.calls.directory)."""

from contextlib import suppress

from engine.calls.directory import Answering
from engine.features.book import Book
from engine.features.destinations import is_emergency, normalise
from engine.features.errors import InvalidNumber
from engine.store.applications import Application
from engine.tasks.dial import Dial
from engine.tasks.hang_up import HangUp


class Directory:
    """Finds what answers, from the settings in memory."""

    def __init__(self, book: Book) -> None:
        self._book = book

    async def from_trunk(self, number: str, caller: str) -> Answering | None:
        """What answers `number` dialled from a trunk; None: nobody has that number."""
        digits = number.removeprefix("+")
        application = self._book.application_of(digits)
        return self._answering(application) if application else None

    async def from_extension(self, dialled: str, extension: str) -> Answering | None:
        """What an extension's dialling does: an application's number, another extension, else a number outside.

        None: the extension is unknown, or its account disabled.
        """
        own = self._book.extensions.get(extension)
        owner = self._book.find(own.account) if own else None
        if own is None or owner is None or owner.disabled:
            return None
        application = None if is_emergency(dialled, owner.country) else self._own_application(dialled, own.account)
        if application:
            return self._answering(application)
        # What may be dialled is asked at the one door out, when the task runs.
        tasks = (Dial(to=dialled), HangUp())
        return Answering(account=own.account, tasks=tasks, caller=own.number)

    def _own_application(self, dialled: str, account: str) -> Application | None:
        owner = self._book.find(account)
        spellings = [dialled.removeprefix("+")]
        with suppress(InvalidNumber):
            spellings.append(normalise(dialled, owner.country if owner else "US"))
        for digits in spellings:
            application = self._book.application_of(digits)
            if application and application.account == account:
                return application
        return None

    def _answering(self, application: Application) -> Answering | None:
        owner = self._book.find(application.account)
        if owner is None or owner.disabled:
            return None
        if application.tasks is not None:
            return Answering(account=application.account, tasks=tuple(application.tasks))
        return Answering(account=application.account, application=application.id)
