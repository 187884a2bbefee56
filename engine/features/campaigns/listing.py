"""The contacts of campaigns: added, changed, shown and removed."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice

from sqlalchemy import Connection

from engine.commands import LimitReached, NumberRefused
from engine.features.accounts.allowed_prefixes import not_allowed
from engine.features.campaigns import template
from engine.features.campaigns.contact import Added, BadContact, Contact, ContactChange, NewContact, Status
from engine.features.campaigns.core import Core, found, idle
from engine.features.campaigns.model import Campaign
from engine.features.campaigns.store import campaigns, contacts
from engine.features.campaigns.store.contacts import Row
from engine.features.errors import AlreadyThere, InvalidNumber, InvalidSetting, NotThere
from engine.features.numbers import phone_numbers
from engine.platform import audit
from engine.platform.audit import Actor

MOST_AT_ONCE = 10_000
MOST = 200_000
"""Contacts of a campaign."""
MOST_TAGS = 50
MOST_NAMES = 200
"""Different names of tags in a campaign."""
LONGEST_TAG = 1000
BETWEEN = 50
"""Numbers that are read before others get their turn: a number costs some 0.1 ms."""
PAGE = 1000
IN_ONE = 1000
"""Contacts that are stored in one transaction."""


class Listing(Core):
    """The part of the service that keeps contacts."""

    async def add_contacts(self, by: Actor, account: str, campaign: str, contacts: Sequence[NewContact]) -> Added:
        """Add contacts to a campaign, at most 10,000 at once; bad ones are left out and reported.

        A number that the campaign has already is not added again. Raises StillUsed where it is scheduled, running or
        paused, LimitReached where it would have too many, InvalidSetting where its contacts would have too many
        different tags.
        """
        if len(contacts) > MOST_AT_ONCE:
            raise LimitReached(f"At most {MOST_AT_ONCE} contacts are added at once (got {len(contacts)}).")
        there = await self._db.read(lambda conn: found(conn, account, campaign))
        good: dict[str, NewContact] = {}
        bad: list[BadContact] = []
        for place, given in enumerate(contacts):
            if place % BETWEEN == BETWEEN - 1:
                await asyncio.sleep(0)
            try:
                digits = self._number(account, given.number, there.kind)
                _check_tags(given.tags)
            except (InvalidNumber, NumberRefused, InvalidSetting) as error:
                bad.append(BadContact(given.line, given.number, str(error)))
                continue
            good.setdefault(digits, given)
        _with(there.tags, [given.tags for given in good.values()])

        rows: list[Row] = []
        for some in batched(good.items()):
            rows += await self._writer.write(partial(self._add, by=by, account=account, campaign=campaign, new=some))
        return Added(
            added=len(rows),
            duplicates=len(contacts) - len(bad) - len(rows),
            bad=tuple(bad),
            contacts=tuple(rows),
        )

    def _add(
        self, conn: Connection, *, by: Actor, account: str, campaign: str, new: Mapping[str, NewContact]
    ) -> list[Row]:
        return _add(conn, by, idle(conn, account, campaign, "contacts are added"), new)

    async def contact(self, account: str, id: int) -> Contact:
        """Return a contact of any campaign of an account."""
        return await self._db.read(lambda conn: _one(conn, account, id))

    async def change_contact(self, by: Actor, account: str, id: int, change: ContactChange) -> Contact:
        """Change a contact; raises InvalidNumber, NumberRefused, InvalidSetting (also for too many names of tags),
        AlreadyThere, StillUsed.
        """
        before = await self.contact(account, id)
        kind = (await self.campaign_of(before)).kind
        digits = before.number if change.number is None else self._number(account, change.number, kind)
        if change.tags is not None:
            _check_tags(change.tags)

        def unit(conn: Connection) -> Row:
            row = _one(conn, account, id)
            campaign = idle(conn, account, row.campaign, "its contacts are changed")
            if digits != row.number and contacts.numbers(conn, row.campaign, [digits]):
                raise AlreadyThere(f"The campaign has the number {digits} already.")
            tags = row.tags if change.tags is None else change.tags
            campaigns.change(conn, campaign.id, tags=_with(campaign.tags, [tags]))
            what, after = "campaign.contact_changed", {"contact": id, "number": digits}
            audit.record(conn, by, account=account, what=what, subject=campaign.id, after=after)
            return contacts.change(conn, row, number=digits, tags=tags)

        return await self._writer.write(unit)

    async def remove_contact(self, by: Actor, account: str, id: int) -> Contact:
        """Remove a contact; raises StillUsed where its campaign is scheduled, running or paused."""

        def unit(conn: Connection) -> Row:
            row = _one(conn, account, id)
            campaign = idle(conn, account, row.campaign, "its contacts are removed")
            contacts.remove(conn, row)
            what, before = "campaign.contact_removed", {"contact": id, "number": row.number}
            audit.record(conn, by, account=account, what=what, subject=campaign.id, before=before)
            return row

        return await self._writer.write(unit)

    async def contacts(
        self,
        account: str | None,
        campaign: str,
        *,
        limit: int = 100,
        after: int = 0,
        statuses: tuple[Status, ...] = (),
    ) -> list[Contact]:
        """Return a campaign's contacts in the order of their ids; those `after` an id, and of these statuses (none:
        of all).
        """

        def read(conn: Connection) -> list[Contact]:
            found(conn, account, campaign)
            return list(contacts.page(conn, campaign, limit=limit, after=after, statuses=statuses))

        return await self._db.read(read)

    async def report(self, account: str | None, campaign: str) -> AsyncIterator[Contact]:
        """Return all contacts of a campaign, page by page: the rows of its report."""
        after = 0
        while page := await self.contacts(account, campaign, limit=PAGE, after=after):
            for contact in page:
                yield contact
            after = page[-1].id

    async def campaign_of(self, contact: Contact) -> Campaign:
        """Return a contact's campaign."""
        return await self._db.read(lambda conn: found(conn, contact.account, contact.campaign))

    def _number(self, account: str, written: str, kind: str) -> str:
        """Return the digits of a number that an account may call or text; raises InvalidNumber, NumberRefused."""
        rules = self._cache.rules(account)
        country = rules.account.country
        if phone_numbers.is_emergency(written, country):
            raise NumberRefused("An emergency number is in no campaign.")
        digits = phone_numbers.normalise(written, country)
        if kind == "voice":
            self._check(account, digits, None)
        elif why := not_allowed(digits, rules.prefixes):
            raise NumberRefused(why.replace("may not call", "may not text"))
        return digits


def _add(conn: Connection, by: Actor, campaign: Campaign, good: Mapping[str, NewContact]) -> list[Row]:
    known = contacts.numbers(conn, campaign.id, list(good))
    new = [(digits, given) for digits, given in good.items() if digits not in known]
    if sum(count for _, count, _, _ in contacts.sums(conn, campaign.id)) + len(new) > MOST:
        raise LimitReached(f"A campaign has at most {MOST} contacts.")
    if not new:
        return []
    first = campaigns.next_contacts(conn, campaign.account, len(new))
    rows = [
        Row(
            id=first + place,
            account=campaign.account,
            campaign=campaign.id,
            number=digits,
            tags=given.tags,
            status=Status.NEW,
            line=given.line,
        )
        for place, (digits, given) in enumerate(new)
    ]
    contacts.insert(conn, rows)
    tags = _with(campaign.tags, [row.tags for row in rows])
    if tags != campaign.tags:
        campaigns.change(conn, campaign.id, tags=tags)
    what, after = "campaign.contactsadded", {"contacts": len(rows)}
    audit.record(conn, by, account=campaign.account, what=what, subject=campaign.id, after=after)
    return rows


def batched(good: Iterable[tuple[str, NewContact]]) -> Iterator[dict[str, NewContact]]:
    """Return contacts in parts that are stored together: nobody else waits long for the store."""
    found = iter(good)
    while some := dict(islice(found, IN_ONE)):
        yield some


def _with(names: tuple[str, ...], added: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    """Return a campaign's names of tags with those of contacts; raises InvalidSetting for too many."""
    found = dict.fromkeys(chain(names, *added))
    if len(found) > MOST_NAMES:
        raise InvalidSetting(f"A campaign's contacts have at most {MOST_NAMES} different tags (got {len(found)}).")
    return tuple(found)


def _check_tags(tags: Mapping[str, str]) -> None:
    if len(tags) > MOST_TAGS:
        raise InvalidSetting(f"A contact has at most {MOST_TAGS} tags (got {len(tags)}).")
    for name, value in tags.items():
        if not template.NAME.fullmatch(name):
            raise InvalidSetting(
                f"A tag's name must begin with a letter, then letters, digits, blanks and _.- only (got {name[:50]!r})."
            )
        if len(value) > LONGEST_TAG or "\0" in value:
            raise InvalidSetting(f"The tag {name!r} must have at most {LONGEST_TAG} characters.")


def _one(conn: Connection, account: str, id: int) -> Row:
    row = contacts.get(conn, account, id)
    if row is None:
        raise NotThere(f"There is no contact {id}.")
    return row
