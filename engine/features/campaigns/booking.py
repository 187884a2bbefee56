"""Campaigns: made, changed, shown and removed."""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection

from engine.commands import LimitReached
from engine.features.campaigns import moves, rules
from engine.features.campaigns.core import Core, found, idle
from engine.features.campaigns.model import Campaign, CampaignChange, Counts, NewCampaign, Options, State
from engine.features.campaigns.store import campaigns, contacts
from engine.features.errors import NotThere, StillUsed
from engine.ids import new_id
from engine.platform import audit
from engine.platform.audit import Actor

MOST = 10_000
"""Campaigns of an account."""


class Booking(Core):
    """The part of the service that keeps campaigns."""

    async def create(self, by: Actor, account: str, wanted: NewCampaign) -> Campaign:
        """Make a campaign, a draft without contacts; raises InvalidSetting, LimitReached."""
        name, description = rules.checked_name(wanted.name), rules.checked_description(wanted.description)
        message, options = rules.checked_message(wanted.message), rules.checked_options(wanted.options)
        currency = self._cache.rules(account).account.currency

        def unit(conn: Connection) -> Campaign:
            if campaigns.count(conn, account) >= MOST:
                raise LimitReached(f"An account has at most {MOST} campaigns: remove one first.")
            made = Campaign(
                id=new_id("campaign"),
                account=account,
                serial=campaigns.next_serial(conn, account),
                name=name,
                kind=wanted.kind,
                description=description,
                state=State.DRAFT,
                created=self._clock(),
                message=message,
                options=options,
                at=wanted.at,
                currency=currency,
            )
            campaigns.insert(conn, made)
            after = _audited(made)
            audit.record(conn, by, account=account, what="campaign.added", subject=made.id, after=after)
            return made

        return await self._writer.write(unit)

    async def update(self, by: Actor, account: str, campaign: str, change: CampaignChange) -> Campaign:
        """Change a campaign; raises InvalidSetting, StillUsed where it is scheduled or running.

        Of one that is paused the kind and the message stay; while calls of it are up, also what is done with a machine
        and the key that asks for no more calls.
        """

        def unit(conn: Connection) -> Campaign:
            given = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not None}
            before = _changeable(conn, account, campaign, given)
            after = msgspec.structs.replace(before, **given)
            fields = {
                "name": rules.checked_name(after.name),
                "description": rules.checked_description(after.description),
                "kind": after.kind,
                "message": rules.checked_message(after.message),
                "options": rules.checked_options(after.options),
                "at": after.at,
                "call_seconds": _call_seconds(before, after.options),
            }
            campaigns.change(conn, before.id, **fields)
            after = msgspec.structs.replace(after, name=str(fields["name"]))
            old, new = audit.changed(_audited(before), _audited(after))
            if new:
                audit.record(
                    conn, by, account=account, what="campaign.changed", subject=before.id, before=old, after=new
                )
            return after

        return await self._writer.write(unit)

    async def remove(self, by: Actor, account: str, campaign: str) -> Campaign:
        """Remove a campaign with its contacts; raises StillUsed where it is scheduled, running or paused."""

        def unit(conn: Connection) -> Campaign:
            gone = idle(conn, account, campaign, "it is removed")
            campaigns.delete_all(conn, gone.id)
            audit.record(conn, by, account=account, what="campaign.removed", subject=gone.id, before=_audited(gone))
            return gone

        return await self._writer.write(unit)

    async def get(self, account: str | None, campaign: str) -> Campaign:
        """Return a campaign."""
        return await self._db.read(lambda conn: found(conn, account, campaign))

    async def by_serial(self, account: str, serial: int) -> Campaign:
        """Return a campaign by its serial number."""
        there = await self._db.read(lambda conn: campaigns.by_serial(conn, account, serial))
        if there is None:
            raise NotThere(f"There is no campaign {serial}.")
        return there

    async def count(self, account: str) -> int:
        """Return how many campaigns an account has."""
        return await self._db.read(lambda conn: campaigns.count(conn, account))

    async def page(
        self, account: str | None, *, limit: int = 100, before: str | None = None, offset: int = 0
    ) -> list[Campaign]:
        """Return campaigns, newest first. `before` is the last id of the page before; `offset` passes over so many,
        for APIs whose pages are numbered.
        """
        return await self._db.read(lambda conn: campaigns.page(conn, account, limit, before, offset))

    async def counts(self, account: str | None, campaign: str) -> Counts:
        """Return how many contacts a campaign has of each status, and what they cost."""
        return await self._db.read(lambda conn: moves.counts(conn, found(conn, account, campaign)))


def _changeable(conn: Connection, account: str, id: str, given: Mapping[str, Any]) -> Campaign:
    """Return a campaign that may be changed so; raises NotThere, StillUsed."""
    there = found(conn, account, id)
    if there.state is not State.PAUSED:
        return idle(conn, account, id, "it is changed")
    for name in ("kind", "message", "at"):
        if given.get(name, getattr(there, name)) != getattr(there, name):
            raise StillUsed(f"The campaign {there.name!r} is paused: stop it before {name} is changed.")
    options: Options = given.get("options", there.options)
    ending = (options.machine, options.opt_out_key) != (there.options.machine, there.options.opt_out_key)
    if ending and (up := contacts.active(conn, there.id)):
        raise StillUsed(
            f"The campaign {there.name!r} is paused, and {up} of its calls are up: machine and opt_out_key are changed"
            " when they have ended."
        )
    return there


def _call_seconds(before: Campaign, options: Options) -> float:
    """Return for how long a call is answered once a campaign has these options (seconds)."""
    if not before.call_seconds:  # it was never started, or is one of texts
        return before.call_seconds
    return before.call_seconds - before.options.seconds_for_keys + options.seconds_for_keys


def _audited(campaign: Campaign) -> dict[str, object]:
    return rules.audited(campaign.name, campaign.message, campaign.options) | {"kind": campaign.kind}
