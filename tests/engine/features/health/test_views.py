"""What status and metrics say of the store."""

import pytest

from engine.features.errors import StoreError
from engine.features.health.views import StoreHealth
from engine.model.call import CallState
from engine.platform.feature import Features
from engine.store import calls
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.errors import StoreUnavailable
from engine.store.writer import Writer
from tests.engine.store.samples import a_call


async def test_live_calls_are_counted_by_their_state(services: Features, account: Account, writer: Writer) -> None:
    made = [
        a_call("call-1"), a_call("call-2"), a_call("call-3", state=CallState.ANSWERED),
        a_call("call-4", state=CallState.ENDED, ended=1010.0),
    ]  # fmt: skip
    await writer.write(lambda conn: [calls.insert(conn, call) for call in made])
    assert await services[StoreHealth].live_calls() == {"queued": 2, "answered": 1}
    assert await services[StoreHealth].accounts() == 1
    await services[StoreHealth].check()
    assert services[StoreHealth].is_writable and services[StoreHealth].writes_waiting == 0


async def test_a_database_that_does_not_answer_is_an_error_of_the_features(
    services: Features, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(function: object) -> None:
        raise StoreUnavailable("The database cannot be reached now. Try again.")

    monkeypatch.setattr(database, "read", away)
    with pytest.raises(StoreError, match="cannot be reached"):
        await services[StoreHealth].check()
