"""The first turn of a call that listens to who answered."""

import msgspec
import pytest

from engine.ari.errors import AriError, AriUnreachable
from engine.features.campaigns.opening import CampaignOpening
from engine.features.campaigns.placing import Opening
from engine.tasks import kinds
from engine.tasks.play import Play
from engine.tasks.results import Detected
from tests.engine.store.samples import a_call

MESSAGE = Play(source="http://host/a.wav")
STATE = msgspec.json.encode(Opening(machine="hang_up", tasks=kinds.encode_list((MESSAGE,)))).decode()


class Deaf:
    """A task whose detector cannot listen. `over`: since the call has ended."""

    def __init__(self, *, over: bool) -> None:
        self.detector, self._over = self, over

    async def detect(self, on: object) -> Detected:
        raise AriUnreachable("No answer.")

    async def only_the_end(self, error: object) -> bool:
        return self._over


async def test_who_cannot_be_listened_to_counts_as_a_person() -> None:
    found = await CampaignOpening().turn(a_call("call-1"), STATE, Deaf(over=False))  # type: ignore[arg-type]
    assert [type(task) for task in found.tasks] == [Play]


async def test_a_call_that_ended_meanwhile_has_no_message() -> None:
    with pytest.raises(AriError):
        await CampaignOpening().turn(a_call("call-1"), STATE, Deaf(over=True))  # type: ignore[arg-type]
