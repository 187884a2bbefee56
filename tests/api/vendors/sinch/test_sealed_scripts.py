"""Scripts that come with a customCallout and hold a bucket's credentials: sealed while the call keeps them."""

import msgspec
import pytest

from api.callbacks.tags import Tag
from api.vendors.sinch import tags
from api.vendors.sinch.events.questions import Questions
from api.vendors.sinch.http import callouts
from api.vendors.sinch.http.callouts import CustomCallout, EventScript
from api.vendors.vendor import Said
from engine.events import QuestionAsked
from engine.tasks.record import Record
from engine.tasks.secret import SEALED, Seal
from tests.api.vendors.sinch.served import Served, a_call

WORD = "wJalrXUtnFEMI"
SEAL = Seal("the installation's secret")
ACE = {
    "action": {
        "name": "continue",
        "record": True,
        "recordingOptions": {"destinationUrl": "s3://bucket", "credentials": f"AKIAIOSFODNN7:{WORD}:eu-west-1"},
    }
}
EVENT = QuestionAsked(
    id="event-1", account="account-ann", subject="call-1", root="call-1", at=1_400_000_000.0, task="task-1",
    question="answered", deadline=1_400_000_012.0,
)  # fmt: skip


def a_sealed_callout() -> tuple[EventScript, EventScript]:
    custom = {
        "destination": {"type": "number", "endpoint": "+46730170102"},
        "ice": '{"action":{"name":"hangup"}}',
        "ace": msgspec.json.encode(ACE).decode(),
    }
    body = msgspec.json.encode({"method": "customCallout", "customCallout": custom})
    wanted = callouts.read(body, "US")
    assert isinstance(wanted, CustomCallout)
    sealed = callouts.sealed(wanted, SEAL)
    assert isinstance(sealed.ice, EventScript) and isinstance(sealed.ace, EventScript)
    return sealed.ice, sealed.ace


def test_only_a_script_with_credentials_is_sealed() -> None:
    ice, ace = a_sealed_callout()
    assert ice.text == '{"action":{"name":"hangup"}}'
    assert ace.text.startswith(SEALED) and WORD not in ace.text


@pytest.mark.parametrize("secret", ["the installation's secret", "another secret"])
async def test_a_sealed_script_is_followed_or_refused_with_the_setting_s_name(served: Served, secret: str) -> None:
    _, ace = a_sealed_callout()
    call = a_call()
    await served.store(call)
    questions = Questions(served.features, served.accounts, served.parties, {"call-1": call}.get, Seal(secret))
    said = await questions.question(EVENT, Tag(dialect="sinch", data={tags.ACE: ace.text}))
    assert isinstance(said, Said)
    if secret == "another secret":
        assert "CARILLON_SECRET" in said.refused and WORD not in said.refused
        return
    (recorder,) = [task for task in said.tasks if isinstance(task, Record)]
    assert recorder.credentials and recorder.credentials.value.split(":")[1] == WORD
