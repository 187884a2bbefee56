"""What comes in to an exchange, and what becomes of it."""

import asyncio
from typing import Any

import msgspec
from sqlalchemy import Connection, update

from engine.features.messaging import tables
from engine.features.messaging.carrier import Accepted, Incoming
from engine.features.messaging.configuration import store as configuration
from engine.features.messaging.events import MessageReceived
from engine.features.messaging.model import Direction, Keyword, Message, State
from engine.features.messaging.receiving.unmatched import UnmatchedMessages
from engine.features.users import store as users
from engine.features.users.model import User
from engine.features.users.role import Role
from engine.store import applications, extensions, numbers
from engine.store import events as stored_events
from engine.store.applications import Application
from engine.store.numbers import SMS, Number
from tests.engine.features.messaging.sending.exchange import NOW, OWN, US, Exchange
from tests.support.clock import settled

SHORT = "40404"


class Bay:
    """`receive` brings a text from `US` to `OWN`, which leads to the application `shop`; 12015550101 to extension 101.

    The phones of 101 and 102 are registered as u101 and u102.
    """

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.account = exchange.account.id
        self.shop = "app-shop"

    async def settle(self) -> None:
        """Add the application, the phones, and where the numbers lead."""
        exchange = self.exchange
        await self.add_application(self.shop, self.account)
        await self.lead(OWN, application=self.shop)
        await self.lead("12015550101", destination="extension:101")
        for number in ("101", "102"):
            await exchange.add_extension(number, f"u{number}")
            exchange.phones.registrations.registered.add(f"u{number}")
        exchange.one.say = lambda part: Accepted(part.id)
        await exchange.reload()

    async def add_application(self, id: str, account: str) -> None:
        row = Application(id=id, account=account, name=id, dialect="plain", settings={"url": f"http://{id}"})
        await self.write(lambda conn: applications.create(conn, row))

    async def lead(self, number: str, account: str = "", **to: str) -> None:
        row = Number(number=number, account=account or self.account, capability=SMS, **to)
        await self.write(lambda conn: numbers.assign(conn, row))

    async def add_keyword(self, word: str, account: str, leads_to: str, number: str = OWN) -> None:
        row = Keyword(number=number, word=word, account=account, leads_to=leads_to, owner=self.account)
        await self.write(lambda conn: configuration.add_keyword(conn, row))

    async def add_user(self, name: str, *phones: str) -> str:
        """Add a user with extensions; returns its id."""
        id = f"user-{name}"
        row = User(id=id, account=self.account, email=f"{name}@example.com", name=name, role=Role.MEMBER, created=NOW)

        def unit(conn: Connection) -> None:
            users.add(conn, row, "")
            for number in phones:
                had = extensions.get(conn, self.account, number)
                assert had
                extensions.give(conn, msgspec.structs.replace(had, owner=id))

        await self.write(unit)
        await self.exchange.reload()
        return id

    async def set_country(self, country: str) -> None:
        await self.write(lambda conn: conn.execute(update(tables.smscs).values(country=country)))

    async def write(self, unit: Any) -> Any:
        return await self.exchange.database.transact(unit)

    async def receive(
        self, text: str = "Hello.", *, sender: str = US, to: str = OWN, carrier: str = "one", **part: Any
    ) -> None:
        await self.exchange.feature.inbox.incoming(carrier, Incoming(sender=sender, recipient=to, text=text, **part))
        await settled()

    async def received(self, account: str | None = None) -> list[Message]:
        """What came in, the oldest first."""
        found = await self.exchange.messages.page(account, direction=Direction.IN)
        assert all(one.state is State.RECEIVED for one in found)
        return found[::-1]

    async def texts(self, account: str | None = None) -> list[str]:
        return [one.text for one in await self.received(account)]

    async def sent(self, origin: str | None = None) -> list[Message]:
        """What was sent, the oldest first."""
        found = await self.exchange.messages.page(None, direction=Direction.OUT, limit=1000)
        return [one for one in found[::-1] if origin in (None, one.origin)]

    async def phone(self) -> list[str]:
        """What reached the phones, in its order."""
        await asyncio.sleep(1)  # of a clock that jumps: the pace of an account
        submitted = self.exchange.phones.submitted
        return [part.content.decode("utf-16-be" if part.unicode else "ascii") for part in submitted]

    async def heard(self) -> list[MessageReceived]:
        """The events of what came in, in their order."""
        found = await self.exchange.database.read(lambda conn: stored_events.after(conn, 0, 1000))
        return [one.event for one in found if isinstance(one.event, MessageReceived)]

    async def unmatched(self) -> list[tuple[str, str, str]]:
        found = await UnmatchedMessages(self.exchange.database).page()
        return [(one.recipient, one.text, one.reason) for one in found]

    async def opted_out(self, number: str = US) -> bool:
        def read(conn: Connection) -> bool:
            return configuration.opt_out(conn, self.account, number) is not None

        return await self.exchange.database.read(read)
