"""Numbers of campaigns: read from files, and added so that a campaign without any is not left behind."""

from collections.abc import Sequence
from typing import NamedTuple

from api.vendors.tingting.auth import Requester
from api.vendors.tingting.errors import Invalid
from api.vendors.tingting.fields import UploadedFile
from api.vendors.tingting.http.files import Files
from api.vendors.tingting.http.requests import MOST_FAULTS
from engine.features.campaigns.contact import BadContact, NewContact
from engine.features.campaigns.model import Campaign, NewCampaign
from engine.features.campaigns.service import CampaignService
from engine.features.sheets.model import SheetRefused
from engine.features.sheets.reading import Sheets

AT_ONCE = 10_000


class Read(NamedTuple):
    """What a file has: its contacts, and a sentence for each line that is not one."""

    contacts: list[NewContact]
    faults: list[str]


class Filling:
    """Reads files of numbers and adds numbers."""

    def __init__(self, campaigns: CampaignService, files: Files, sheets: Sheets) -> None:
        self._campaigns, self._files, self._sheets = campaigns, files, sheets

    async def read(self, requester: Requester, found: UploadedFile | str, field: str) -> Read:
        """Return the numbers of a file and their tags; raises Invalid for one that has none."""
        file = await self._files.sheet(requester, found, field)
        try:
            read = await self._sheets.contacts(file.content, requester.account.country)
        except SheetRefused as error:
            raise Invalid(f"{field} cannot be read. {error}") from None
        faults = [f"{field}, line {each.line}: {each.reason}" for each in read.errors[:MOST_FAULTS]]
        if not read.rows:
            raise Invalid(f"{field} has no number that can be called.", faults)
        rows = [NewContact(number=f"+{each.number}", tags=each.tags, line=each.line) for each in read.rows]
        return Read(rows, faults)

    async def created(
        self, requester: Requester, wanted: NewCampaign, contacts: Sequence[NewContact]
    ) -> tuple[Campaign, list[str]]:
        """Make a campaign with numbers; returns it, and a sentence for each that was not added.

        Raises Invalid where none was, and what the service raises: there is no campaign then.
        """
        account = requester.account.id
        made = await self._campaigns.create(requester.by, account, wanted)
        try:
            faults = await self.add(requester, made, contacts)
        except BaseException:
            await self._campaigns.remove(requester.by, account, made.id)
            raise
        return await self._campaigns.get(account, made.id), faults

    async def add(self, requester: Requester, campaign: Campaign, contacts: Sequence[NewContact]) -> list[str]:
        """Add numbers to a campaign; returns a sentence for each that was not added. Raises Invalid where none was."""
        bad: list[BadContact] = []
        count = 0
        for begin in range(0, len(contacts), AT_ONCE):
            part = contacts[begin : begin + AT_ONCE]
            added = await self._campaigns.add_contacts(requester.by, requester.account.id, campaign.id, part)
            bad += added.bad
            count += added.added + added.duplicates
        faults = [f"line {each.line} ({each.number[:40]}): {each.reason}" for each in bad[:MOST_FAULTS]]
        if not count:
            raise Invalid("There is no number that can be called.", faults)
        return faults
