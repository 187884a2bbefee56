"""Users of an account in the real system: signed in with a password, they place calls that are heard, and are named."""

from dataclasses import replace

from tests.e2e.conftest import make_account
from tests.support import people
from tests.support.carillon import Admin, Command, Own
from tests.support.far_end import assert_melody
from tests.support.scenario import LabEars, call_ended
from tests.support.sink import Sink

PASSWORD = "correct horse battery"


async def _signed_in(own: Own, admin: Admin, role: str) -> Own:
    """Add a user and sign in with its password, as somebody without any key."""
    email = f"{role}@example.com"
    user = {"email": email, "role": role, "password": PASSWORD}
    await admin.ask("POST", f"accounts/{own.account.name}/users", user)
    nobody = Own(own.session, own.system, replace(own.account, token=""))
    credentials = {"account": own.account.name, "email": email, "password": PASSWORD}
    status, made = await nobody.ask("POST", "sign-in", json=credentials)
    assert status == 201, made
    return Own(own.session, own.system, replace(own.account, token=made["token"]))


async def test_a_user_signs_in_and_places_a_call_that_is_heard_and_kept_under_its_name(
    own: Own, admin: Admin, carillon: Command, lab: LabEars, sink: Sink
) -> None:
    own = Own(own.session, own.system, make_account(admin))
    user, member = await _signed_in(own, admin, "admin"), await _signed_in(own, admin, "member")
    tasks = [{"kind": "play", "source": sink.tone(500, 1.0)}, {"kind": "hang_up"}]
    wanted = {"callee": people.LISTENS, "tasks": tasks}
    assert (await member.ask("POST", "calls", json=wanted))[0] == 403
    status, call = await user.ask("POST", "calls", json=wanted)
    assert status == 201, call
    await call_ended(user, call["id"])
    assert_melody((await lab.of(call["id"], user)).heard, 500)
    assert (await member.ask("GET", f"calls/{call['id']}"))[0] == 200
    history = await carillon.json("accounts", "history", own.account.name)
    placed = [each for each in history if each["what"] == "call.placed"]
    assert [(each["subject"], each["by"]["name"]) for each in placed] == [(call["id"], "admin@example.com")]
    await carillon("users", "set", "admin@example.com", "--account", own.account.name, "--disabled")
    assert (await user.ask("GET", "calls"))[0] == 401
