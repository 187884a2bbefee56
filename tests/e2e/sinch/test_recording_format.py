"""What a recording's format is: mp3 where nothing else is said, wav where that is."""

import io

import pytest
import soundfile

from api.lab import Lab
from tests.clients.sinch.customer import Customer
from tests.clients.sinch.script import ending, play, record
from tests.support import people
from tests.support.sink import Sink

FORMATS = [({}, "audio/mpeg", "MP3"), ({"format": "mp3"}, "audio/mpeg", "MP3"), ({"format": "wav"}, "audio/wav", "WAV")]


@pytest.mark.parametrize(("options", "content_type", "kind"), FORMATS, ids=("default", "mp3", "wav"))
async def test_the_link_leads_to_a_file_of_the_format_that_was_wished(
    customer: Customer, network: Lab, sink: Sink, options: dict[str, str], content_type: str, kind: str
) -> None:
    customer.server.answers(ice=ending(record(**options), play(sink.tones([(0, 1.5), (620, 0.3)]))))
    await network.dial(customer.number, people.SPEAKS_440, seconds=20)
    available = await customer.server.until("notify", type="recording_available")
    async with customer.own.session.get(available["destination"]) as answer:
        assert (answer.status, answer.content_type) == (200, content_type)
        found = soundfile.info(io.BytesIO(await answer.read()))
    assert found.format in (kind, "MPEG") and found.duration > 1.0
