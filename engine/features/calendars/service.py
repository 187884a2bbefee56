"""The rules of calendars: consent is asked for and kept, and taken back. The only writer of their tables."""

from urllib.parse import quote

import msgspec
import structlog
from sqlalchemy import Connection

from engine.commands import LimitReached
from engine.features.calendars import store
from engine.features.calendars.clients import Clients
from engine.features.calendars.model import (
    ASKED_SECONDS,
    MOST_OF_USER,
    Calendar,
    Client,
    Consent,
    ConsentFailed,
    NotSetUp,
    Provider,
    ProviderFailed,
)
from engine.features.calendars.oauth import OAuth, consent_url, digest_of, new_secret
from engine.features.errors import NotThere
from engine.ids import new_id
from engine.net import Net
from engine.platform import audit, due_work
from engine.platform.audit import Actor
from engine.platform.due_work import DueWork
from engine.platform.platform import Platform
from engine.platform.scheduler import Finish
from engine.tasks.secret import Seal

log = structlog.get_logger(__name__)
REVOKE = "calendars.revoke"
"""The kind of work that takes back a consent of a user who was removed."""
_TOO_OLD = "This consent is too old, or was used already. Ask for a new address to give it."


class CalendarService:
    """Connects calendars. A user is given by its id, or by its account's if the account itself asks.

    `callback` is the address that providers lead to, without the provider's name at its end.
    """

    def __init__(self, platform: Platform, net: Net, clients: Clients, callback: str) -> None:
        self._db, self._writer, self._clock = platform.database, platform.writer, platform.clock
        self._seal, self._cache = platform.seal or Seal(""), platform.cache
        self._oauth, self._clients, self._callback = OAuth(net), clients, callback

    async def list_all(self, account: str, user: str, provider: Provider | None = None) -> list[Calendar]:
        """Return a user's calendars, the oldest first; of one provider, or of all."""
        found = await self._db.read(lambda conn: store.list(conn, account, user))
        return [one for one in found if provider in (None, one.provider)]

    async def ask(self, account: str, user: str, provider: Provider) -> str:
        """Return the address where the user gives its consent, within ASKED_SECONDS. Raises NotSetUp."""
        client, state, verifier = self._client(provider), new_secret(), new_secret()
        now = self._clock()
        consent = Consent(
            state=digest_of(state),
            account=account,
            user=user,
            provider=provider,
            verifier=self._seal.close(verifier),
            expires=now + ASKED_SECONDS,
        )
        await self._writer.write(lambda conn: store.put_consent(conn, consent, now))
        return consent_url(client, self._redirect(provider), state, verifier)

    async def asked(self, provider: Provider, state: str) -> tuple[str, str]:
        """Return whom a consent is for: the account's name, and the user's e-mail address ("" for the account itself).

        Raises ConsentFailed.
        """
        found = await self._db.read(lambda conn: store.consent(conn, digest_of(state)))
        return self._names_of(self._good(found, provider))

    async def connect(self, provider: Provider, state: str, code: str) -> Calendar:
        """Take the consent that a provider brought, and keep it. Raises NotSetUp, ConsentFailed, ProviderFailed, and
        LimitReached.
        """
        client = self._client(provider)
        await self.asked(provider, state)  # most that is no consent is found without a write
        taken = await self._writer.write(lambda conn: store.take_consent(conn, digest_of(state)))
        consent = self._good(taken, provider)
        verifier = self._seal.open(consent.verifier)
        access, refresh = await self._oauth.tokens(client, self._redirect(provider), code, verifier)
        try:
            address = await self._oauth.address(client, access)
            return await self._writer.write(lambda conn: self._kept(conn, consent, address, refresh))
        except BaseException:
            await self._take_back(provider, refresh)
            raise

    def _kept(self, conn: Connection, consent: Consent, address: str, refresh: str) -> Calendar:
        """Store a calendar; raises ConsentFailed if the user or the account went away meanwhile."""
        self._good(consent, consent.provider)
        known, now = _check_room(conn, consent, address), self._clock()
        calendar = Calendar(
            id=known.id if known else new_id("calendar"),
            account=consent.account,
            user=consent.user,
            provider=consent.provider,
            address=address,
            token=self._seal.close(refresh),
            created=known.created if known else now,
            updated=now,
        )
        store.put(conn, calendar)
        after = {"provider": calendar.provider.value, "user": consent.user}
        audit.record(
            conn, audit.SYSTEM, account=consent.account, what="calendar.connected", subject=address, after=after
        )
        return calendar

    async def revoke(self, by: Actor, account: str, user: str, provider: Provider, address: str) -> None:
        """Take a consent back, at the provider too. Raises NotThere, NotSetUp, ProviderFailed (then it stays)."""
        found = await self.list_all(account, user, provider)
        calendar = next((one for one in found if one.address == address.strip().lower()), None)
        if calendar is None:
            raise NotThere(f"The user has not connected the {provider} calendar {address[:80]}.")
        await self._oauth.revoke(self._client(provider), self._seal.open(calendar.token))

        def unit(conn: Connection) -> None:
            if store.delete(conn, calendar):
                before = {"provider": provider.value, "user": user}
                audit.record(
                    conn, by, account=account, what="calendar.revoked", subject=calendar.address, before=before
                )

        await self._writer.write(unit)

    def let_go(self, conn: Connection, account: str, user: str | None = None) -> None:
        """Forget the calendars of a user, or of all users of an account; their consents are taken back soon after.

        It is in the transaction that removes the user, or closes the account.
        """
        for calendar in store.of_account(conn, account):
            if user in (None, calendar.user):
                store.delete(conn, calendar)
                payload = msgspec.json.encode([calendar.provider, calendar.token]).decode()
                work = DueWork(id=f"{REVOKE}:{calendar.id}", kind=REVOKE, at=self._clock(), payload=payload)
                due_work.put(conn, work)
        if user is not None:
            store.forget_consents(conn, account, user)

    async def revoke_due(self, work: DueWork, finish: Finish) -> None:
        """Take a consent back that belongs to nobody any more (the work of the kind REVOKE)."""
        provider, token = msgspec.json.decode(work.payload, type=tuple[Provider, str])
        if provider in self._clients:
            await self._oauth.revoke(self._clients[provider], self._seal.open(token))
        await self._writer.write(lambda conn: finish(conn))

    async def _take_back(self, provider: Provider, refresh: str) -> None:
        """Take back what was given and cannot be kept."""
        try:
            await self._oauth.revoke(self._client(provider), refresh)
        except ProviderFailed as error:
            log.warning("A consent that was not kept was not taken back.", provider=provider, error=str(error))

    def _client(self, provider: Provider) -> Client:
        if provider not in self._clients:
            name = provider.value.upper()
            raise NotSetUp(
                f"This installation has no client at {provider.value.title()}: "
                f"set CARILLON_{name}_CLIENT_ID and CARILLON_{name}_CLIENT_SECRET."
            )
        return self._clients[provider]

    def _redirect(self, provider: Provider) -> str:
        return f"{self._callback}/{quote(provider.value)}"

    def _good(self, consent: Consent | None, provider: Provider) -> Consent:
        """Return a consent that may be kept now; raises ConsentFailed."""
        if consent is None or consent.provider is not provider or consent.expires < self._clock():
            raise ConsentFailed(_TOO_OLD)
        owner, person = self._cache.find(consent.account), self._cache.user(consent.account, consent.user)
        if owner is None or owner.disabled or owner.closed or (consent.user != consent.account and person is None):
            raise ConsentFailed("The user or the account is not there any more.")
        return consent

    def _names_of(self, consent: Consent) -> tuple[str, str]:
        owner = self._cache.find(consent.account)
        person = self._cache.user(consent.account, consent.user)
        return owner.name if owner else "", person.email if person else ""


def _check_room(conn: Connection, consent: Consent, address: str) -> Calendar | None:
    """Return the calendar that a consent replaces; raises LimitReached where it is one too many."""
    known = store.list(conn, consent.account, consent.user)
    had = next((one for one in known if (one.provider, one.address) == (consent.provider, address)), None)
    if had is None and len(known) >= MOST_OF_USER:
        raise LimitReached(f"A user may connect {MOST_OF_USER} calendars: take one back first.")
    return had
