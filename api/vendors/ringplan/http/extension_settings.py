"""An extension is made, changed and removed as a whole: its phone, where its calls go, its voicemail, what is kept."""

from contextlib import suppress

import msgspec

from api.vendors.ringplan.errors import Invalid
from api.vendors.ringplan.http.authenticated import AuthenticatedRequest
from api.vendors.ringplan.http.extension_fields import WantedExtension
from api.vendors.ringplan.ids import DIALECT
from engine.ari.errors import AriError
from engine.features.destinations.choosing import LeadsTo, nowhere, to_destination
from engine.features.destinations.extension_settings import DiversionFields, ExtensionDiversions
from engine.features.destinations.registry import Destinations
from engine.features.details.model import Fields
from engine.features.details.service import DetailService
from engine.features.endpoints.model import Dtmf, Extension, NewExtension, PhoneFields, Records
from engine.features.endpoints.service import Extensions
from engine.features.errors import NotProvisioned, NotThere
from engine.features.locations.service import LocationService
from engine.features.users.service import UserService
from engine.features.voicemail.model import Box, BoxFields
from engine.features.voicemail.service import VoicemailService

KIND = f"{DIALECT} extension"
_PHONES = (
    *("name", "max_contacts", "webrtc", "password"),
    *("dtmf", "codecs", "outbound_caller", "record_external", "record_internal"),
)
"""What is equipped, by the names of WantedExtension, PhoneFields and Extension."""
_NOT_TAKEN = ("no_answer", "busy", "unregistered")


class ExtensionSettings:
    """Changes them; what was begun when something is refused is undone."""

    def __init__(
        self,
        extensions: Extensions,
        diversions: ExtensionDiversions,
        destinations: Destinations,
        voicemail: VoicemailService,
        details: DetailService,
        locations: LocationService,
        users: UserService,
    ) -> None:
        self._extensions, self._diversions, self._destinations = extensions, diversions, destinations
        self._voicemail, self._details, self._locations, self._users = voicemail, details, locations, users

    async def add(self, request: AuthenticatedRequest, wanted: WantedExtension) -> Extension:
        """Add an extension; raises Invalid, FeatureError and AriError, and then there is none."""
        if wanted.number is None:
            raise Invalid("data.id is missing: the extension's number, 2 to 6 digits.")
        await self._check(request, wanted)
        new = NewExtension(
            number=wanted.number,
            account=request.account.id,
            name=wanted.name or "",
            password=wanted.password,
            max_contacts=wanted.max_contacts or 5,
            webrtc=bool(wanted.webrtc),
            dtmf=wanted.dtmf or Dtmf.AUTO,
            codecs=wanted.codecs or "",
            outbound_caller=wanted.outbound_caller or "",
            record_external=wanted.record_external or Records.NEVER,
            record_internal=wanted.record_internal or Records.NEVER,
        )
        added = await self._extensions.add(request.by, new)
        try:
            await self._set(request, added, wanted)
        except BaseException:
            await self._extensions.remove(request.by, added.account, added.number)
            if box := self._voicemail.box_of_extension(added.account, added.number):
                await self._voicemail.delete_box(request.by, added.account, box.id)
            raise
        return self._extensions.by_id(added.account, added.id)

    async def change(self, request: AuthenticatedRequest, row: Extension, wanted: WantedExtension) -> Extension:
        """Change an extension; raises Invalid, FeatureError and AriError, and then it is as it was.

        Phones that are registered stay so unless the password changes. A PIN that was changed before something else was
        refused stays changed.
        """
        await self._check(request, wanted)
        phones = PhoneFields(**{name: getattr(wanted, name) for name in _PHONES})
        self._extensions.check(row, phones)
        box = self._voicemail.box_of_extension(row.account, row.number)
        kept = (await self._details.get(row.account, KIND, row.id)).fields
        try:
            await self._set(request, row, wanted)
            if phones != PhoneFields():
                await self._extensions.equip(request.by, row.account, row.number, phones)
        except BaseException:
            await self._undo(request, row, box, kept)
            raise
        return self._extensions.by_id(row.account, row.id)

    async def _undo(self, request: AuthenticatedRequest, row: Extension, box: Box | None, kept: Fields) -> None:
        """Bring back what an extension was."""
        by, account = request.by, row.account
        had = DiversionFields(
            no_answer=self._leads_to(row.no_answer),
            busy=self._leads_to(row.busy),
            unregistered=self._leads_to(row.unregistered),
            ring_seconds=row.ring_seconds or 0.0,
            call_waiting=row.call_waiting,
            do_not_disturb=row.do_not_disturb,
            owner=row.owner or "",
        )
        await self._diversions.change(by, account, row.number, had)
        if now := self._voicemail.box_of_extension(account, row.number):
            if box is None:
                await self._voicemail.delete_box(by, account, now.id)
            elif now != box:
                was = BoxFields(name=box.name, email=box.email, enabled=box.enabled)
                await self._voicemail.update_box(by, account, box.id, was)
        await self._details.replace(account, KIND, row.id, kept)
        changed = _differing(row, self._extensions.by_id(account, row.id))
        if changed != PhoneFields():
            with suppress(AriError, NotProvisioned):  # Asterisk has it with the next push
                await self._extensions.equip(by, account, row.number, changed)

    async def remove(self, request: AuthenticatedRequest, row: Extension) -> None:
        """Remove an extension with its box; raises StillUsed while something else leads to the box."""
        if box := self._voicemail.box_of_extension(row.account, row.number):
            had = {name: getattr(row, name) for name in _NOT_TAKEN if getattr(row, name) == _to(box)}
            await self._divert(request, row, dict.fromkeys(had, ""))
            try:
                await self._voicemail.delete_box(request.by, row.account, box.id)
            except BaseException:
                await self._divert(request, row, had)
                raise
        await self._extensions.remove(request.by, row.account, row.number)
        await self._details.remove(row.account, KIND, row.id)

    async def _check(self, request: AuthenticatedRequest, wanted: WantedExtension) -> None:
        """Raise Invalid for a location or a contact that the company does not have."""
        account = request.account.id
        if wanted.location:
            try:
                await self._locations.get(account, wanted.location)
            except NotThere:
                raise Invalid(f"location_id must be one of the company's (got {wanted.location!r}).") from None
        if wanted.user:
            try:
                await self._users.get(account, wanted.user)
            except NotThere:
                raise Invalid(f"user must be one of the company's contacts (got {wanted.user!r}).") from None

    async def _set(self, request: AuthenticatedRequest, row: Extension, wanted: WantedExtension) -> None:
        had = self._voicemail.box_of_extension(row.account, row.number)
        box = await self._set_box(request, row, had, wanted)
        diversions = dict(wanted.diversions)
        if box and box.enabled and not (had and had.enabled):  # calls that are not taken go to a new box
            diversions = {name: getattr(row, name) or _to(box) for name in _NOT_TAKEN} | diversions
        elif box and not box.enabled:
            diversions = {name: "" for name in _NOT_TAKEN if getattr(row, name) == _to(box)} | diversions
        await self._divert(request, row, diversions, wanted)
        await self._details.merge(row.account, KIND, row.id, wanted.kept)

    async def _divert(
        self,
        request: AuthenticatedRequest,
        row: Extension,
        diversions: dict[str, str],
        wanted: WantedExtension | None = None,
    ) -> None:
        changes: dict[str, LeadsTo] = {name: self._leads_to(text) for name, text in diversions.items()}
        fields = DiversionFields(**changes)  # type: ignore[arg-type]
        if wanted is not None:
            fields = msgspec.structs.replace(
                fields,
                ring_seconds=wanted.ring_seconds,
                call_waiting=wanted.call_waiting,
                do_not_disturb=wanted.do_not_disturb,
                owner=wanted.user,
            )
        if fields != DiversionFields():
            try:
                await self._diversions.change(request.by, row.account, row.number, fields)
            except NotThere as error:  # what calls are to be led to
                raise Invalid(str(error)) from None

    def _leads_to(self, text: str) -> LeadsTo:
        return to_destination(self._destinations, text) if text else nowhere

    async def _set_box(
        self, request: AuthenticatedRequest, row: Extension, had: Box | None, wanted: WantedExtension
    ) -> Box | None:
        """Make or change the voicemail box of an extension; returns it."""
        by, account, on = request.by, row.account, wanted.voicemail
        name, email = wanted.name, wanted.voicemail_email
        if had is None:
            if not on:
                return None
            made = BoxFields(name=name or row.name, email=email, extension=row.number)
            return (await self._voicemail.create_box(by, account, row.number, made, pin=wanted.voicemail_pin)).box
        changed = BoxFields(name=name, email=email, enabled=on)
        box = had if changed == BoxFields() else await self._voicemail.update_box(by, account, had.id, changed)
        if wanted.voicemail_pin:
            await self._voicemail.set_pin(by, account, box.id, wanted.voicemail_pin)
        return box


def _differing(row: Extension, now: Extension) -> PhoneFields:
    """Return what an extension was that it is not now."""
    return PhoneFields(**{name: getattr(row, name) for name in _PHONES if getattr(row, name) != getattr(now, name)})


def _to(box: Box) -> str:
    return f"voicemail:{box.number}"
