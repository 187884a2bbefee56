"""What a cancel of a pair is answered with that meets the pair's end."""

import time

import pytest
from sqlalchemy import Connection

from engine.model.call import CallState
from engine.model.cause import HangupCause
from engine.platform import due_work
from engine.store import calls
from tests.api.own.installation import Installation
from tests.engine.store.samples import a_call


@pytest.mark.parametrize(
    ("cause", "status"), [(HangupCause.CANCELLED, 200), (None, 200), (HangupCause.NORMAL, 409), (HangupCause.BUSY, 409)]
)
async def test_a_cancel_whose_call_has_just_ended_is_refused_unless_it_ended_by_the_cancel(
    installation: Installation, cause: HangupCause | None, status: int
) -> None:
    made = await installation.account("shop")
    assert (await installation.admin("POST", "/accounts/shop/prefixes", {"prefix": "+1"}))[0] == 200
    own, token = installation.public_server, made["carillon"]["token"]
    body = {"first": "12015550101", "second": "12015550102", "at": time.time() + 3600}
    answered, pair = await installation.ask(own, "POST", "/carillon/v1/pairs", token, body)
    assert answered == 201, pair
    state = CallState.ENDED if cause else CallState.ANSWERED

    def placed(conn: Connection) -> None:
        due_work.remove(conn, pair["id"])
        calls.insert(conn, a_call(id=pair["id"], account=str(made["account"]), state=state, cause=cause))

    await installation.writer.write(placed)
    answered, problem = await installation.ask(own, "DELETE", f"/carillon/v1/pairs/{pair['id']}", token)
    assert answered == status, problem
    assert status == 200 or problem["code"] == "pair_over"
