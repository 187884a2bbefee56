"""Who answers an inbound call, and what a softphone's dialling does (engine.calls.directory)."""

from collections.abc import Callable

import msgspec

from engine.calls.called import Called, user_of
from engine.calls.directory import Answering, Unmatched, UnmatchedReason
from engine.features.destinations import is_emergency, normalise
from engine.features.errors import InvalidNumber
from engine.features.inbound_numbers import dialled, find
from engine.platform.settings_cache import SettingsCache
from engine.store.accounts import Account
from engine.store.applications import Application
from engine.tasks.ask import Ask
from engine.tasks.dial import Dial
from engine.tasks.kinds import AnyTask
from engine.tasks.say import Say

OFFERED = "offered"
"""The question that a call of an application that asks begins with."""
APOLOGY = Say(text="Sorry, your call cannot be taken now. Goodbye.")
FIRST_TASKS: tuple[AnyTask, ...] = (Ask(question=OFFERED, apology=APOLOGY, hang_up_on_silence=True),)


def untagged(application: Application) -> str:
    """Say that an application's calls carry no tag."""
    return ""


class Directory:
    """Finds what answers, from the settings in memory. `tag`: what calls of an application that asks carry."""

    def __init__(self, cache: SettingsCache, tag: Callable[[Application], str] = untagged) -> None:
        self._cache = cache
        self._tag = tag

    async def from_trunk(self, called: Called, trunk: str) -> Answering | Unmatched:
        """What answers a call that came in by a trunk.

        The number is read as engine.features.inbound_numbers says. A request URI whose user is the trunk's own (what
        it registers as its contact) or that has none names no number: then P-Called-Party-ID does, or else To.
        """
        line = self._cache.trunk(trunk)
        user = user_of(called.uri) if called.uri else called.user
        found = self._number(user, line.country if line else "")
        plain = user.partition(";")[0]
        if isinstance(found, Unmatched) and (plain in ("", "s") or (line and plain == line.username)):
            if called.headers is None:
                return Unmatched(reason=found.reason, look_further=True)
            for header in called.headers:
                if not isinstance(found, str):
                    found = self._number(user_of(header), line.country if line else "")
        return found if isinstance(found, Unmatched) else self._of_number(found, called)

    def _number(self, user: str, country: str) -> str | Unmatched:
        wanted = dialled(user)
        return find(self._cache, wanted, country) if wanted else Unmatched(reason=UnmatchedReason.NO_NUMBER)

    def _of_number(self, number: str, called: Called) -> Answering | Unmatched:
        application = self._cache.application_of(number)
        if application is None:
            return Unmatched(reason=UnmatchedReason.UNASSIGNED)
        answering = self._answering(application)
        if answering is None:
            return Unmatched(reason=UnmatchedReason.DISABLED)
        as_written = called.user.removeprefix("+") == number
        return answering if as_written else msgspec.structs.replace(answering, callee=number)

    async def from_extension(self, dialled: str, sip_user: str) -> Answering | None:
        """What an extension's dialling does: an application's number, another extension, else a number outside.

        The extension is known by the SIP user name of its phone, and reaches extensions of its own account only. One of
        an application that asks calls nobody by itself: the application says what each call does.

        None: the extension is unknown, or its account disabled.
        """
        own = self._cache.extension_of(sip_user)
        owner = self._cache.find(own.account) if own else None
        if own is None or owner is None or owner.disabled:
            return None
        read = self._as_read(dialled, owner)
        for digits in (dialled.removeprefix("+"), read):
            application = self._cache.application_of(digits)
            if application and application.account == owner.id and not is_emergency(digits, owner.country):
                return self._answering(application)
        asking = self._cache.application(own.application) if own.application else None
        if asking and asking.asks and not is_emergency(read, owner.country):
            offered = self._answering(asking)
            return offered and msgspec.structs.replace(offered, caller=own.number, callee=read)
        # Whether it may be called is asked at the one door out, when the task runs.
        return Answering(account=owner.id, tasks=(Dial(to=read),), caller=own.number)

    def _as_read(self, dialled: str, owner: Account) -> str:
        """Read a number as somebody in the account's country dials it; what is none stays, to be refused."""
        if self._cache.extension(owner.id, dialled) or is_emergency(dialled, owner.country):
            return dialled
        try:
            return normalise(dialled, owner.country)
        except InvalidNumber:
            return dialled

    def _answering(self, application: Application) -> Answering | None:
        owner = self._cache.find(application.account)
        if owner is None or owner.disabled:
            return None
        if application.tasks is not None:
            return Answering(account=application.account, application=application.id, tasks=tuple(application.tasks))
        if application.asks:
            tag = self._tag(application)
            return Answering(
                account=owner.id,
                application=application.id,
                tasks=FIRST_TASKS,
                tag=tag,
                reports_tree=True,
                headers=True,
            )
        return Answering(account=application.account, application=application.id)
