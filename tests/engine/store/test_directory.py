"""Applications, numbers, extensions, trunks and rates."""

import pytest
from sqlalchemy import Connection

from engine.features.billing import store as rates
from engine.features.billing.store import Rate
from engine.store import accounts, applications, extensions, numbers, trunks
from engine.store.applications import Application
from engine.store.database import Database
from engine.store.errors import StoreConflict
from engine.store.extensions import Extension
from engine.store.numbers import SMS, VOICE, Number
from engine.store.trunks import Trunk
from engine.store.writer import Writer
from engine.tasks.hang_up import HangUp
from engine.tasks.say import Say
from tests.engine.store.samples import an_account, store_account

ASKED = Application(id="app-1", account="acct-1", name="asked", dialect="one", settings={"url": "http://a"})
FIXED_AS_ONE = Application(id="app-2", account="acct-1", name="fixed", dialect="one")
FIXED = Application(id="app-2", account="acct-1", name="fixed", tasks=[Say(text="Hello."), HangUp()])


def _prepare(conn: Connection) -> None:
    store_account(conn)
    accounts.create(conn, an_account(id="acct-2", name="second"))
    applications.create(conn, ASKED)
    applications.create(conn, FIXED)


async def test_applications_come_back_as_they_were_stored(writer: Writer, database: Database) -> None:
    await writer.write(_prepare)
    assert await database.read(lambda conn: applications.list(conn, "acct-1")) == [ASKED, FIXED]
    assert await database.read(lambda conn: applications.list(conn)) == [ASKED, FIXED]
    assert await database.read(lambda conn: applications.list(conn, "acct-2")) == []
    assert await database.read(lambda conn: applications.get(conn, "app-2")) == FIXED
    assert await database.read(lambda conn: applications.by_name(conn, "acct-1", "asked")) == ASKED


async def test_an_application_is_changed(writer: Writer, database: Database) -> None:
    await writer.write(_prepare)
    changes = {"dialect": "", "settings": {}, "tasks": [HangUp()]}
    assert await writer.write(lambda conn: applications.update(conn, "app-1", **changes))
    changed = await database.read(lambda conn: applications.get(conn, "app-1"))
    assert changed == Application(id="app-1", account="acct-1", name="asked", tasks=[HangUp()])
    assert await writer.write(lambda conn: applications.update(conn, "app-1", tasks=None))
    with pytest.raises(StoreConflict):
        await writer.write(lambda conn: applications.update(conn, "app-1", name="fixed"))
    with pytest.raises(StoreConflict):
        await writer.write(lambda conn: applications.create(conn, ASKED))


async def test_an_application_that_a_number_leads_to_is_not_deleted(writer: Writer, database: Database) -> None:
    await writer.write(_prepare)
    number = Number(number="500", account="acct-1", application="app-1")
    await writer.write(lambda conn: numbers.assign(conn, number))
    with pytest.raises(StoreConflict):
        await writer.write(lambda conn: applications.delete(conn, "app-1"))
    assert await writer.write(lambda conn: numbers.release(conn, "500"))
    assert await writer.write(lambda conn: applications.delete(conn, "app-1"))
    assert not await writer.write(lambda conn: applications.delete(conn, "app-1"))


async def test_a_number_is_moved_between_applications_but_not_accounts(writer: Writer, database: Database) -> None:
    await writer.write(_prepare)
    for application in ("app-1", "app-2"):
        number = Number(number="500", account="acct-1", application=application)
        await writer.write(lambda conn, number=number: numbers.assign(conn, number))
        assert await database.read(lambda conn: numbers.get(conn, "500")) == number
    assert await database.read(lambda conn: numbers.list(conn, "acct-1")) == [number]
    with pytest.raises(StoreConflict, match="Another account"):
        await writer.write(
            lambda conn: numbers.assign(conn, Number(number="500", account="acct-2", application="app-1"))
        )
    with pytest.raises(StoreConflict, match="no such"):
        await writer.write(
            lambda conn: numbers.assign(conn, Number(number="501", account="acct-1", application="app-9"))
        )


async def test_a_number_may_lead_to_nothing_and_is_assigned_by_capability(
    writer: Writer, database: Database
) -> None:
    await writer.write(_prepare)
    owned = [Number(number="14155550100", account="acct-1", capability=capability) for capability in (VOICE, SMS)]
    for number in owned:
        await writer.write(lambda conn, number=number: numbers.assign(conn, number))
    assert await database.read(lambda conn: numbers.of(conn, "14155550100")) == owned

    async def lead(account: str, capability: str, application: str = "app-1") -> bool:
        return await writer.write(lambda conn: numbers.lead(conn, account, "14155550100", capability, application))

    async def unassign(capability: str, application: str) -> bool:
        return await writer.write(lambda conn: numbers.unassign(conn, "acct-1", "14155550100", capability, application))

    assert await lead("acct-1", SMS)
    assert not await lead("acct-2", SMS) and not await lead("acct-1", "fax")
    voice, sms = await database.read(lambda conn: numbers.list(conn, "acct-1"))
    assert (voice.application, sms.application) == (None, "app-1")
    assert not await unassign(SMS, "app-2") and not await unassign(VOICE, "app-1")
    assert await unassign(SMS, "app-1")
    assert await database.read(lambda conn: numbers.list(conn)) == owned
    with pytest.raises(StoreConflict, match="Another account"):
        await writer.write(lambda conn: numbers.assign(conn, Number(number="14155550100", account="acct-2")))
    with pytest.raises(StoreConflict, match="Another account"):
        fax = Number(number="14155550100", account="acct-2", capability="fax")
        await writer.write(lambda conn: numbers.assign(conn, fax))
    assert await writer.write(lambda conn: numbers.release(conn, "14155550100"))
    assert await database.read(lambda conn: numbers.list(conn)) == []


async def test_an_application_has_a_key_of_its_own(writer: Writer, database: Database) -> None:
    def unit(conn: Connection) -> None:
        _prepare(conn)
        accounts.set_credential(conn, "acct-1", "one", "the account's", "secret")
        applications.set_key(conn, ASKED, "first", "secret")
        applications.set_key(conn, ASKED, "key", "other secret")

    await writer.write(unit)
    assert await database.read(lambda conn: applications.by_key(conn, "one", "key")) == ASKED
    assert await database.read(lambda conn: applications.by_key(conn, "one", "first")) is None
    assert await database.read(lambda conn: applications.by_key(conn, "one", "the account's")) is None
    assert await database.read(lambda conn: applications.key(conn, "app-1")) == ("key", "other secret")
    assert await database.read(lambda conn: applications.keys(conn, "acct-1")) == {"app-1": "key"}
    assert await database.read(lambda conn: applications.keys(conn, "acct-2")) == {}
    found = await database.read(lambda conn: accounts.by_key(conn, "one", "key"))
    assert found is not None and (found.account.id, found.secret, found.application) == (
        "acct-1", "other secret", "app-1"
    )  # fmt: skip
    # The account's own key is another one, and stays when it is renewed.
    await writer.write(lambda conn: accounts.set_credential(conn, "acct-1", "one", "newer", "secret"))
    assert await database.read(lambda conn: accounts.credentials(conn, "acct-1")) == {"one": ("newer", "secret")}
    assert await database.read(lambda conn: applications.key(conn, "app-1")) == ("key", "other secret")
    with pytest.raises(StoreConflict):
        await writer.write(lambda conn: applications.set_key(conn, FIXED_AS_ONE, "key", "secret"))
    assert await writer.write(lambda conn: applications.delete(conn, "app-1"))
    assert await database.read(lambda conn: accounts.by_key(conn, "one", "key")) is None


async def test_extensions(writer: Writer, database: Database) -> None:
    await writer.write(_prepare)
    extension = Extension(number="100", sip_user="100-x", account="acct-1", password="secret", name="Ann")
    await writer.write(lambda conn: extensions.add(conn, extension))
    assert await database.read(lambda conn: extensions.get(conn, "acct-1", "100")) == extension
    assert await database.read(lambda conn: extensions.list(conn)) == [extension]
    assert await database.read(lambda conn: extensions.list(conn, "acct-2")) == []
    with pytest.raises(StoreConflict):
        await writer.write(lambda conn: extensions.add(conn, extension))
    assert await writer.write(lambda conn: extensions.remove(conn, "acct-1", "100"))
    assert not await writer.write(lambda conn: extensions.remove(conn, "acct-1", "100"))


async def test_trunks_are_listed_by_priority(writer: Writer, database: Database) -> None:
    second = Trunk(name="a", host="192.0.2.1", priority=20, register=True, username="u", password="p", prefix="44")
    first = Trunk(name="b", host="192.0.2.2")
    for trunk in (second, first):
        await writer.write(lambda conn, trunk=trunk: trunks.add(conn, trunk))
    assert await database.read(trunks.list) == [first, second]
    assert await database.read(lambda conn: trunks.get(conn, "a")) == second
    with pytest.raises(StoreConflict):
        await writer.write(lambda conn: trunks.add(conn, first))
    assert await writer.write(lambda conn: trunks.remove(conn, "a"))
    assert not await writer.write(lambda conn: trunks.remove(conn, "a"))


async def test_the_longest_prefix_of_the_currency_gives_the_rate(writer: Writer, database: Database) -> None:
    table = [
        Rate(prefix="", currency="USD", per_minute=9),
        Rate(prefix="1", currency="USD", per_minute=1),
        Rate(prefix="1201", currency="USD", per_minute=2, first=1, next=1),
        Rate(prefix="12015", currency="EUR", per_minute=3),
    ]
    await writer.write(lambda conn: rates.replace_all(conn, table))

    async def match(digits: str, currency: str) -> int | None:
        rate = await database.read(lambda conn: rates.match(conn, digits, currency))
        return rate.per_minute if rate else None

    assert await match("12015550100", "USD") == 2
    assert await match("13015550100", "USD") == 1
    assert await match("442079460000", "USD") == 9
    assert await match("12015550100", "EUR") == 3
    assert await match("442079460000", "EUR") is None
    await writer.write(lambda conn: rates.replace_all(conn, table[:1]))
    assert await database.read(rates.list) == table[:1]
