"""Numbers that an account's program lets lead to its applications."""

import pytest
from sqlalchemy import Connection

from engine.features.accounts import NewAccount, create
from engine.features.applications.model import WantedApplication
from engine.features.applications.service import ApplicationService
from engine.features.errors import NotThere
from engine.features.numbers.assignments import NumberAssignments
from engine.platform.audit import ADMIN, Actor
from engine.platform.feature import Features
from engine.store import applications, numbers
from engine.store.accounts import Account
from engine.store.numbers import Number
from engine.store.writer import Writer
from tests.engine.features.conftest import History


class TestAssignments:
    """Ann's application and two numbers of hers."""

    @pytest.fixture(autouse=True)
    async def _filled(self, services: Features, account: Account, writer: Writer) -> None:
        self.services, self.account, self.writer = services, account.id, writer
        made = await services[ApplicationService].put(ADMIN, account.id, "shop", WantedApplication(dialect="keyed"))
        self.shop, self.by = made.application.id, Actor("account", account.id, account.name)
        for digits in ("12015552000", "12015552001"):
            row = Number(number=digits, account=account.id)
            await writer.write(lambda conn, row=row: numbers.assign(conn, row))  # type: ignore[misc]

    async def led(self) -> list[str | None]:
        return [row.application for row in await self.services[NumberAssignments].of_account(self.account)]

    async def test_all_of_them_lead_there_or_none(self, history: History) -> None:
        wanted = [["12015552000"], ["12015559999"]]
        with pytest.raises(NotThere, match="12015559999"):
            await self.services[NumberAssignments].lead(self.by, self.account, wanted, "voice", self.shop)
        assert await self.led() == [None, None]
        wanted = [["0012015552000", "12015552000"], ["12015552001"]]
        await self.services[NumberAssignments].lead(self.by, self.account, wanted, "voice", self.shop)
        assert await self.led() == [self.shop, self.shop]
        assert [entry.what for entry in await history(self.account)][:2] == ["number.changed"] * 2
        assert (await history(self.account))[0].actor == self.account

    async def test_another_accounts_application_is_none(self) -> None:
        other = await self.writer.write(_other_accounts_application)
        with pytest.raises(NotThere):
            await self.services[NumberAssignments].lead(self.by, self.account, [["12015552000"]], "voice", other)
        assert await self.led() == [None, None]

    async def test_a_number_that_leads_elsewhere_is_not_unassigned(self, history: History) -> None:
        with pytest.raises(NotThere):
            await self.services[NumberAssignments].unassign(self.by, self.account, ["12015552000"], "voice", self.shop)
        await self.services[NumberAssignments].lead(self.by, self.account, [["12015552000"]], "voice", self.shop)
        await self.services[NumberAssignments].unassign(self.by, self.account, ["12015552000"], "voice", self.shop)
        assert await self.led() == [None, None]
        last = (await history(self.account))[0]
        assert last.what == "number.changed" and last.before == {"capability": "voice", "application": self.shop}

    async def test_the_audit_keeps_where_a_number_led_before(self, history: History) -> None:
        had = Number(number="12015552000", account=self.account, destination="room:sales")
        await self.writer.write(lambda conn: numbers.assign(conn, had))
        await self.services[NumberAssignments].lead(self.by, self.account, [["12015552000"]], "voice", self.shop)
        (last, *_) = await history(self.account)
        assert last.before == {"capability": "voice", "application": None, "destination": "room:sales"}


def _other_accounts_application(conn: Connection) -> str:
    other, _ = create(conn, NewAccount(name="other"), [])
    return applications.create(conn, applications.Application(id="app-other", account=other.id, name="x")).id
