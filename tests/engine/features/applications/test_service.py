"""The rules of applications, and what is kept of each change."""

import pytest

from engine.features.applications.errors import ApplicationInvalid
from engine.features.applications.model import WantedApplication
from engine.features.applications.service import ApplicationService
from engine.features.errors import NotThere, StoreConflict
from engine.platform.audit import ADMIN
from engine.platform.feature import Features
from engine.store import extensions, numbers
from engine.store.accounts import Account
from engine.store.extensions import Extension
from engine.store.numbers import Number
from engine.store.writer import Writer
from engine.tasks.hang_up import HangUp
from tests.engine.features.conftest import History

SHOP = WantedApplication(dialect="keyed", url="https://ann:secret-word@shop.example/ice?token=secret-word")


async def test_an_application_of_a_dialect_with_keys_gets_one_and_keeps_it_when_it_is_replaced(
    services: Features, account: Account, history: History
) -> None:
    first = await services[ApplicationService].put(ADMIN, account.id, "shop", SHOP)
    assert first.key and first.secret and first.application.asks
    again = await services[ApplicationService].put(ADMIN, account.id, "shop", WantedApplication(dialect="keyed"))
    assert (again.application.id, again.key, again.secret) == (first.application.id, first.key, first.secret)
    assert again.application.settings == {}
    replaced, added = await history(account.id)
    assert (added.what, added.before, added.actor_kind) == ("application.added", None, "admin")
    assert (replaced.what, replaced.subject) == ("application.replaced", first.application.id)
    assert replaced.before == added.after


async def test_the_audit_keeps_no_credentials_of_a_url(services: Features, account: Account, history: History) -> None:
    await services[ApplicationService].put(ADMIN, account.id, "shop", SHOP)
    (added,) = await history(account.id)
    assert added.after is not None and added.after["settings"] == {"primary": "https://shop.example/ice?***"}
    assert "secret-word" not in str(added)


async def test_an_application_that_becomes_another_dialects_loses_its_key(services: Features, account: Account) -> None:
    first = await services[ApplicationService].put(ADMIN, account.id, "shop", SHOP)
    assert first.key
    plain = WantedApplication(dialect="plain", url="http://shop.example/")
    assert (await services[ApplicationService].put(ADMIN, account.id, "shop", plain)).key is None
    with pytest.raises(NotThere):
        await services[ApplicationService].details(first.key)


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (WantedApplication(), "either tasks or a URL"),
        (WantedApplication(tasks=(HangUp(),), url="http://a.example/"), "either tasks or a URL"),
        (WantedApplication(dialect="unknown", url="http://a.example/"), "takes no calls by a URL"),
        (WantedApplication(dialect="plain"), "either tasks or a URL"),
        (WantedApplication(dialect="plain", url="http://a.example/", fallback="http://b.example/"), "no second URL"),
    ],
)
async def test_what_no_application_is_changes_nothing(
    services: Features, account: Account, history: History, wanted: WantedApplication, sentence: str
) -> None:
    with pytest.raises(ApplicationInvalid, match=sentence):
        await services[ApplicationService].put(ADMIN, account.id, "shop", wanted)
    assert await services[ApplicationService].list() == [] and await history(account.id) == []


async def test_urls_change_one_by_one_and_an_empty_one_goes(
    services: Features, account: Account, history: History
) -> None:
    made = await services[ApplicationService].put(ADMIN, account.id, "shop", WantedApplication(dialect="keyed"))
    id = made.application.id
    await services[ApplicationService].set_urls(ADMIN, id, url="http://a.example/", fallback="http://b.example/")
    changed = await services[ApplicationService].set_urls(ADMIN, made.key or "", url="", fallback=None)
    assert changed.application.settings == {"fallback": "http://b.example/"}
    last = (await history(account.id))[0]
    assert last.what == "application.changed" and last.after is not None and last.before is not None
    assert last.before["settings"] == {"primary": "http://a.example/", "fallback": "http://b.example/"}


async def test_a_renewed_secret_leaves_the_key(services: Features, account: Account, history: History) -> None:
    made = await services[ApplicationService].put(ADMIN, account.id, "shop", SHOP)
    renewed = await services[ApplicationService].renew_secret(ADMIN, made.application.id)
    assert renewed.key == made.key and renewed.secret != made.secret
    last = (await history(account.id))[0]
    assert (last.what, last.after) == ("application.secret_renewed", {"key": made.key})


async def test_an_application_that_a_number_leads_to_stays(
    services: Features, account: Account, writer: Writer, history: History
) -> None:
    made = await services[ApplicationService].put(ADMIN, account.id, "shop", SHOP)
    id = made.application.id
    row = Number(number="12015552000", account=account.id, application=id)
    await writer.write(lambda conn: numbers.assign(conn, row))
    with pytest.raises(StoreConflict):
        await services[ApplicationService].remove(ADMIN, id)
    assert (await services[ApplicationService].details(id)).numbers == ("12015552000",)
    assert [entry.what for entry in await history(account.id)] == ["application.added"]
    await writer.write(lambda conn: numbers.release(conn, "12015552000"))
    await services[ApplicationService].remove(ADMIN, id)
    assert (await history(account.id))[0].what == "application.removed"


async def test_an_application_that_an_extension_leads_to_stays(
    services: Features, account: Account, writer: Writer, history: History
) -> None:
    made = await services[ApplicationService].put(ADMIN, account.id, "shop", SHOP)
    row = Extension(
        number="101",
        sip_user="101",
        account=account.id,
        password="secret-word",
        no_answer=f"application:{made.application.id}",
    )
    await writer.write(lambda conn: extensions.add(conn, row))
    with pytest.raises(StoreConflict, match="An extension"):
        await services[ApplicationService].remove(ADMIN, made.application.id)
    assert (await services[ApplicationService].details(made.application.id)).key == made.key
    assert [entry.what for entry in await history(account.id)] == ["application.added"]
