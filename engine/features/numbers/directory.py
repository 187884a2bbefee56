"""Who answers an inbound call, and what a softphone's dialling does (engine.calls.directory)."""

from collections.abc import Awaitable, Callable

import msgspec

from engine.calls.called import HEADERS, Called, user_of
from engine.calls.directory import Answering, NoDestination, Unmatched, UnmatchedReason
from engine.calls.verstat import NOWHERE, VerstatPlaces
from engine.features.destinations.registry import Destinations
from engine.features.errors import InvalidNumber
from engine.features.numbers.faxing import listening_for_faxes
from engine.features.numbers.inbound_numbers import dialled, find
from engine.features.numbers.phone_numbers import is_emergency, normalise
from engine.features.trunks.numbering import header_of, number_in
from engine.features.trunks.signalling import contact_user
from engine.model.destination import Destination
from engine.platform.codes import Codes
from engine.platform.settings_cache import SettingsCache
from engine.store.accounts import Account
from engine.store.numbers import Number
from engine.tasks.dial import Dial
from engine.tasks.go_to import GoTo

GuestsOf = Callable[[str], Awaitable[Answering | None]]
"""What the call of a browser does that has no extension, by the ticket that it dials; None: it is not good."""


class Directory:
    """Finds what answers, from the settings in memory. `guests` None: browsers without an extension call nothing."""

    def __init__(
        self,
        cache: SettingsCache,
        destinations: Destinations,
        codes: Codes | None = None,
        guests: GuestsOf | None = None,
    ) -> None:
        self._cache, self._guests = cache, guests
        self._destinations = destinations
        self._codes = codes or Codes()

    async def from_trunk(self, called: Called, trunk: str) -> Answering | Unmatched:
        """What answers a call that came in by a trunk.

        The number is read as engine.features.numbers.inbound_numbers says, first where the trunk has it
        (Numbering.called_in), then in the request URI. One whose user is the trunk's own (what it registers as its
        contact) or that has none names no number: then P-Called-Party-ID does, or else To.
        """
        line = self._cache.trunk(trunk)
        country, header = (line.country, header_of(line)) if line else ("", "")
        if header and called.headers is None:
            return Unmatched(reason=UnmatchedReason.NO_NUMBER, look_further=(header, *HEADERS))
        headers = called.headers or {}
        if header and isinstance(named := self._number(number_in(headers.get(header, "")), country), str):
            return self._of_number(named, called)
        user = user_of(called.uri) if called.uri else called.user
        found = self._number(user, country)
        plain = user.partition(";")[0]
        if isinstance(found, Unmatched) and (plain in ("", "s") or (line and plain == contact_user(line))):
            if called.headers is None:
                return Unmatched(reason=found.reason, look_further=HEADERS)
            for name in HEADERS:
                if not isinstance(found, str):
                    found = self._number(user_of(headers.get(name, "")), country)
        return found if isinstance(found, Unmatched) else self._of_number(found, called)

    def _number(self, user: str, country: str) -> str | Unmatched:
        wanted = dialled(user)
        return find(self._cache, wanted, country) if wanted else Unmatched(reason=UnmatchedReason.NO_NUMBER)

    def _of_number(self, number: str, called: Called) -> Answering | Unmatched:
        row = self._cache.number(number)
        leads_to = row.leads_to if row else None
        if row is None or leads_to is None:
            return Unmatched(reason=UnmatchedReason.UNASSIGNED)
        owner = self._cache.find(row.account)
        if owner is None or owner.disabled:
            return Unmatched(reason=UnmatchedReason.DISABLED)
        fax_to = self._destinations.written(owner, row.fax_to)
        answering = listening_for_faxes(self._led(row, leads_to), row.fax_to, fax_to)
        as_written = called.user.removeprefix("+") == number
        return answering if as_written else msgspec.structs.replace(answering, callee=number)

    def _led(self, number: Number, leads_to: Destination) -> Answering:
        """What a call for a number does; where that is nothing, its timeline says why."""
        try:
            return self._destinations.resolve(number.account, str(leads_to), hops=1)
        except NoDestination:
            return Answering(account=number.account, tasks=(GoTo(destination=str(leads_to)),))

    def verstat_places(self, trunk: str) -> VerstatPlaces:
        """Where the INVITEs of a trunk say whether their caller's number was checked; nowhere, if it was removed."""
        line = self._cache.trunk(trunk)
        if line is None:
            return VerstatPlaces(NOWHERE)
        return VerstatPlaces(line.numbering.verstat_in, line.numbering.attestation_in)

    async def lead(self, account: str, destination: str, *, hops: int) -> Answering:
        """What a call does that is led to one of its account's destinations; raises NoDestination."""
        return self._destinations.resolve(account, destination, hops=hops)

    async def from_extension(self, dialled: str, sip_user: str) -> Answering | None:
        """What an extension's dialling does: what an own number leads to, a code, another extension, else a number.

        The extension is known by the SIP user name of its phone, and reaches extensions of its own account only. One of
        an application that asks calls nobody by itself: the application says what each call does.

        None: the extension is unknown, or its account disabled.
        """
        own = self._cache.extension_of(sip_user)
        owner = self._cache.find(own.account) if own else None
        if own is None or owner is None or owner.disabled:
            return None
        if code := self._codes.get(dialled):
            return msgspec.structs.replace(code(owner, own), caller=own.number)
        read = self._as_read(dialled, owner)
        for digits in (dialled.removeprefix("+"), read):
            number = self._cache.number(digits)
            if number and number.account == owner.id and number.leads_to and not is_emergency(digits, owner.country):
                return msgspec.structs.replace(self._led(number, number.leads_to), caller=own.number)
        asking = self._cache.application(own.application) if own.application else None
        if asking and asking.asks and not is_emergency(read, owner.country):
            offered = self._destinations.resolve(owner.id, f"application:{asking.id}", hops=1)
            return msgspec.structs.replace(offered, caller=own.number, callee=read)
        if self._cache.extension_named(owner.id, read):
            answering = self._destinations.resolve(owner.id, f"extension:{read}", hops=1)
            return msgspec.structs.replace(answering, caller=own.number)
        # Whether it may be called is asked at the one door out, when the task runs.
        return Answering(account=owner.id, tasks=(Dial(to=read),), caller=own.number)

    async def from_guest(self, dialled: str) -> Answering | None:
        """What the call of a browser does that has no extension."""
        return await self._guests(dialled) if self._guests else None

    def _as_read(self, dialled: str, owner: Account) -> str:
        """Read a number as somebody in the account's country dials it; what is none stays, to be refused."""
        if self._cache.extension(owner.id, dialled) or is_emergency(dialled, owner.country):
            return dialled
        try:
            return normalise(dialled, owner.country)
        except InvalidNumber:
            return dialled
