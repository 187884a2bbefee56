"""Who answers an inbound call."""

from engine.calls.called import Called
from engine.calls.directory import Answering, Unmatched
from engine.features.billing import store as rates
from engine.features.billing.call_rates import CallRates
from engine.features.billing.store import Rate
from engine.features.numbers.directory import Directory
from engine.platform.settings_cache import SettingsCache
from engine.store import applications, extensions, numbers
from engine.store.accounts import Account
from engine.store.applications import Application
from engine.store.extensions import Extension
from engine.store.numbers import SMS, Number
from engine.store.writer import Writer
from engine.tasks.ask import Ask
from engine.tasks.hang_up import HangUp
from tests.support.features import standard

NUMBER = Called(user="14155550100")


async def _reached(cache: SettingsCache, dialled: str) -> str | None:
    """Why a call by a trunk reaches nobody; None where it does."""
    found = await Directory(cache, standard(cache)).from_trunk(Called(user=dialled), "")
    return found.reason if isinstance(found, Unmatched) else None


async def _with(
    writer: Writer, cache: SettingsCache, account: Account, application: Application | None, **fields: str
) -> None:
    def unit(conn: object) -> None:
        if application:
            applications.create(conn, application)  # type: ignore[arg-type]
        id = application.id if application else None
        row = Number(number="14155550100", account=account.id, application=id, **fields)
        numbers.assign(conn, row)  # type: ignore[arg-type]

    await writer.write(unit)
    await cache.load()


async def test_a_number_that_leads_to_nobody_is_answered_by_nobody(
    writer: Writer, cache: SettingsCache, account: Account
) -> None:
    await _with(writer, cache, account, None)
    assert await _reached(cache, "+14155550100") == "unassigned"
    assert cache.rules(account.id).owned == ("14155550100",)


async def test_a_number_for_messages_takes_no_call(writer: Writer, cache: SettingsCache, account: Account) -> None:
    fixed = Application(id="app-1", account=account.id, name="fixed", tasks=[HangUp()])
    await _with(writer, cache, account, fixed, capability=SMS)
    assert await _reached(cache, "14155550100") == "no_number"


async def test_a_call_of_an_application_that_asks_is_its_own_and_carries_its_tag(
    writer: Writer, cache: SettingsCache, account: Account
) -> None:
    asking = Application(id="app-1", account=account.id, name="asks", dialect="one", settings={"url": "x"}, asks=True)
    await _with(writer, cache, account, asking)
    destinations = standard(cache, lambda application: f"to {application.settings['url']}")
    found = await Directory(cache, destinations).from_trunk(NUMBER, "")
    assert isinstance(found, Answering)
    assert (found.account, found.application, found.tag) == (account.id, "app-1", "to x")
    (first,) = found.tasks
    assert isinstance(first, Ask) and first.question == "offered"


async def test_a_call_of_an_application_that_is_told_has_no_tag(
    writer: Writer, cache: SettingsCache, account: Account
) -> None:
    told = Application(id="app-1", account=account.id, name="told", dialect="one", settings={"url": "x"})
    await _with(writer, cache, account, told)
    found = await Directory(cache, standard(cache, lambda application: "tag")).from_trunk(NUMBER, "")
    assert isinstance(found, Answering) and (found.application, found.tag, found.tasks) == ("app-1", "", ())


async def test_what_a_minute_costs_is_by_prefix_and_own_extensions_cost_nothing(
    writer: Writer, cache: SettingsCache, call_rates: CallRates, account: Account
) -> None:
    deck = [Rate(prefix="1", currency="USD", per_minute=5), Rate(prefix="4", currency="EUR", per_minute=7)]
    await writer.write(lambda conn: rates.load(conn, deck))
    own = Extension(number="100", sip_user="100", account=account.id, password="x")
    await writer.write(lambda conn: extensions.add(conn, own))
    await cache.load()
    await call_rates.load()
    assert call_rates.rate_of(account.id, "14155550100") == deck[0]
    assert call_rates.rate_of(account.id, "442079460000") is None
    assert call_rates.rate_of(account.id, "100") is None
    assert call_rates.rate_of("nobody", "14155550100") is None


async def test_an_extension_of_an_application_that_asks_calls_nobody_by_itself(
    writer: Writer, cache: SettingsCache, account: Account
) -> None:
    asking = Application(id="app-1", account=account.id, name="asks", dialect="one", asks=True)
    await _with(writer, cache, account, asking)
    anna = Extension(
        number="100", sip_user="100-anna", account=account.id, name="anna", password="12345678", application="app-1"
    )
    await writer.write(lambda conn: extensions.add(conn, anna))
    await cache.load()
    for dialled, callee in (("+1 212 555 0100", "12125550100"), ("ben", "ben")):
        found = await Directory(cache, standard(cache)).from_extension(dialled, "100-anna")
        assert found is not None
        assert (found.application, found.caller, found.callee, found.reports_tree) == ("app-1", "100", callee, True)
        assert isinstance(found.tasks[0], Ask)
    emergency = await Directory(cache, standard(cache)).from_extension("911", "100-anna")
    assert emergency is not None and emergency.application is None, "refused at the one door out"
