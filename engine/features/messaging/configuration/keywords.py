"""Keywords: the first word of texts to a number, and where those lead; one number may serve several accounts."""

from typing import Any, NamedTuple

from sqlalchemy import Connection

from engine.features import accounts as account_settings
from engine.features.destinations.choosing import LeadsTo
from engine.features.destinations.registry import Destinations
from engine.features.errors import AlreadyThere, InvalidSetting, NotThere
from engine.features.messaging.configuration import store
from engine.features.messaging.model import Keyword
from engine.features.messaging.receiving.wording import Wish, first_word, wish_of
from engine.features.numbers.phone_numbers import digits_of
from engine.features.numbers.texting import checked_for_texts
from engine.platform import audit
from engine.platform.audit import Actor
from engine.platform.platform import Platform
from engine.store import accounts, numbers
from engine.store.accounts import Account
from engine.store.numbers import SMS

LONGEST = 40
_RESERVED = (Wish.STOP, Wish.START)


class KeywordView(NamedTuple):
    """A keyword as it is shown: its account's name, and where it leads (Destinations.shown)."""

    keyword: Keyword
    account: str
    leads_to: dict[str, Any] | None


class Keywords:
    """Adds and removes them. They are read from the store with each text: a change counts at once."""

    def __init__(self, platform: Platform, destinations: Destinations) -> None:
        self._db, self._writer, self._destinations = platform.database, platform.writer, destinations

    async def list(self, account: str | None = None) -> list[KeywordView]:
        """All keywords, or those of an account (its id), by number."""

        def read(conn: Connection) -> list[KeywordView]:
            found = store.all_keywords(conn)
            return [self._view(conn, row) for row in found if account in (None, row.account)]

        return await self._db.read(read)

    async def add(self, by: Actor, number: str, word: str, account: str | None, leads_to: LeadsTo) -> KeywordView:
        """Add a keyword of a number, for an account (its name or id; None: the number's).

        Raises InvalidNumber, InvalidSetting, NotThere, AlreadyThere.
        """
        digits, keyword = digits_of(number), _checked(word)
        if wish_of(keyword) in _RESERVED:
            raise InvalidSetting(f"{keyword} cannot be a keyword: it stops or starts the texts of an account.")

        def unit(conn: Connection) -> KeywordView:
            row = numbers.get(conn, digits, SMS)
            if row is None:
                raise NotThere(f"There is no number {digits} for texts.")
            if (had := store.keyword(conn, digits, keyword)) and had.owner == row.account:
                raise AlreadyThere(f"The number {digits} has the keyword {keyword} already; remove it first.")
            if had:  # of an account that had the number before
                store.remove_keyword(conn, digits, keyword)
            owner = account_settings.find(conn, account or row.account)
            target = checked_for_texts(leads_to(conn, owner))
            if not target:
                raise InvalidSetting("A keyword must lead to an application, an extension or a user.")
            made = Keyword(number=digits, word=keyword, account=owner.id, leads_to=target, owner=row.account)
            store.add_keyword(conn, made)
            self._note(conn, by, "keyword.added", made, added=True)
            return self._view(conn, made)

        return await self._writer.write(unit)

    async def remove(self, by: Actor, number: str, word: str) -> None:
        """Remove a keyword; raises InvalidNumber, NotThere."""
        digits, keyword = digits_of(number), _checked(word)

        def unit(conn: Connection) -> None:
            had = store.keyword(conn, digits, keyword)
            if had is None:
                raise NotThere(f"The number {digits} has no keyword {keyword}.")
            store.remove_keyword(conn, digits, keyword)
            self._note(conn, by, "keyword.removed", had, added=False)

        await self._writer.write(unit)

    def _note(self, conn: Connection, by: Actor, what: str, row: Keyword, *, added: bool) -> None:
        view = self._view(conn, row)
        fields = {"number": row.number, "leads_to": view.leads_to and view.leads_to["text"]}
        before, after = (None, fields) if added else (fields, None)
        audit.record(conn, by, account=row.account, what=what, subject=row.word, before=before, after=after)

    def _view(self, conn: Connection, row: Keyword) -> KeywordView:
        owner: Account | None = accounts.get(conn, row.account)
        shown = self._destinations.shown(owner, row.leads_to) if owner else None
        return KeywordView(row, owner.name if owner else row.account, shown)


def _checked(word: str) -> str:
    found = first_word(word)
    if not found or len(word.split()) > 1 or len(found) > LONGEST:
        raise InvalidSetting(f"A keyword must be one word of at most {LONGEST} characters (got {word[:64]!r}).")
    return found
