"""The vendor's own Python client, sinch 1.1.4, with its requests handed to a function instead of a network; and the
dialect behind a real server and a real store."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from api.accounts import Accounts
from api.vendors.sinch.auth import Incoming
from engine.features.accounts.credentials import Credentials
from engine.store import accounts, applications
from engine.store.accounts import Account
from engine.store.applications import Application
from engine.store.database import Database
from engine.store.writer import Writer
from tests.api.vendors.sinch.served import Served, serving
from tests.support.stores import migrated_file

# The published vectors' key and secret (https://github.com/sinch/docs, «Using REST»).
KEY, SECRET = "5F5C418A0F914BBC8234A9BF5EDDAD97", "JViE5vDor0Sw3WllZka15Q=="


@pytest.fixture
async def known(tmp_path: Path) -> AsyncIterator[Accounts]:
    """Ann's account, with the vectors' key."""
    db = Database(migrated_file(tmp_path / "carillon.db"))
    writer = Writer(db)

    def unit(conn: Any) -> None:
        accounts.create(conn, Account(id="account-ann", name="ann", created=0.0))
        shop = Application(id="app-shop", account="account-ann", name="shop", dialect="sinch")
        applications.create(conn, shop)
        applications.set_key(conn, shop, KEY, SECRET)

    await writer.write(unit)
    yield Accounts(Credentials(db))
    await writer.stop()
    await db.close()


@dataclass
class VendorsClient:
    """`voice` is the client's; each of its requests is kept, and answered by `answer`."""

    voice: Any = None
    requests: list[Incoming] = field(default_factory=list)
    answer: Callable[[], tuple[int, bytes]] = lambda: (200, b"{}")

    def body(self) -> bytes:
        """Return the last request's body."""
        return self.requests[-1].body


@pytest.fixture
def client() -> VendorsClient:
    """The vendor's client."""
    import sinch
    from sinch.core.models.http_response import HTTPResponse
    from sinch.core.ports.http_transport import HTTPTransport

    made = VendorsClient()

    class Handed(HTTPTransport):  # type: ignore[misc]
        def request(self, endpoint: Any) -> Any:
            asked = self.authenticate(endpoint, self.prepare_request(endpoint))
            body = (asked.request_body or "").encode()
            target = "/" + asked.url.split("://", 1)[1].split("/", 1)[1]
            made.requests.append(
                Incoming(
                    method=asked.http_method,
                    target=target,
                    authorization=asked.headers["Authorization"],
                    timestamp=asked.headers["x-timestamp"],
                    content_type=asked.headers["Content-Type"],
                    body=body,
                )
            )
            status, answer = made.answer()
            return endpoint.handle_response(
                HTTPResponse(status_code=status, body=json.loads(answer or b"{}"), headers={})
            )

    whole = sinch.SinchClient(key_id="", key_secret="", project_id="", application_key=KEY, application_secret=SECRET)
    whole.configuration.transport = Handed(whole)
    made.voice = whole.voice
    return made


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    """Ann's and Bob's accounts, and the dialect that serves them."""
    async with serving(tmp_path) as found:
        yield found
