"""Recordings of Sinch calls that go to s3://…: into the bucket, with the customer's keys, and not to our store."""

import io
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import soundfile

from api.lab import Lab
from tests.clients.sinch.customer import Customer
from tests.clients.sinch.script import ending, play, record
from tests.support import people, turns
from tests.support.far_end import Sound
from tests.support.s3_server import Bucket, S3Server, running
from tests.support.scenario import until
from tests.support.sink import Sink
from tests.support.system import NoSystem, System

REFUSED = "The secret key does not belong to the access key (HTTP 403 SignatureDoesNotMatch)."
# They share one server, at the port that the system was told.
pytestmark = pytest.mark.xdist_group("s3")


@pytest.fixture(scope="module")
def s3_server(system: System) -> Iterator[S3Server]:
    """The bucket's server that the running system was told to use."""
    told = urlsplit(system.setting("S3_ENDPOINT"))
    if told.hostname != "127.0.0.1" or not told.port:
        raise NoSystem(f"CARILLON_S3_ENDPOINT in {system.file} is not http://127.0.0.1:PORT: `make test` sets it.")
    with turns.the_only(system.file, "s3"), running(told.port) as server:
        yield server


@pytest.fixture
def bucket(s3_server: S3Server) -> Bucket:
    """A bucket of the test's own."""
    return s3_server.bucket("calls")


async def test_an_mp3_of_what_the_caller_said_goes_into_the_customer_s_bucket(
    customer: Customer, network: Lab, sink: Sink, s3_server: S3Server, bucket: Bucket
) -> None:
    destination, credentials = f"s3://{bucket.name}/2026/first-call.mp3", ":".join(s3_server.keys)
    wished = record(format="mp3", destinationUrl=destination, credentials=credentials)
    customer.server.answers(ice=ending(wished, play(sink.tones([(0, 2.0), (620, 0.3)]))))
    await network.dial(customer.number, people.SPEAKS_440, seconds=20)
    ice = await customer.server.until("ice")
    finished = await customer.server.until("notify", ice.call, type="recording_finished")
    available = await customer.server.until("notify", ice.call, type="recording_available")
    assert finished.at <= available.at and available["destination"] == destination

    assert bucket.keys == ["2026/first-call.mp3"]
    stored = bucket.get("2026/first-call.mp3")
    assert stored.content_type == "audio/mpeg"
    with soundfile.SoundFile(io.BytesIO(stored.body)) as file:
        assert file.format in ("MP3", "MPEG")
        heard = Sound(file.read(dtype="float32"), file.samplerate, "the object in the bucket")
    assert heard.has(440, 1.0) and heard.seconds > 1.5


async def test_a_folder_gets_a_file_named_by_the_call_and_our_store_keeps_none(
    customer: Customer, network: Lab, sink: Sink, s3_server: S3Server, bucket: Bucket
) -> None:
    folder, credentials = f"s3://{bucket.name}/calls/", ":".join(s3_server.keys)
    wished = record(destinationUrl=folder, credentials=credentials)
    customer.server.answers(ice=ending(wished, play(sink.tone(500, 1.0))))
    await network.dial(customer.number, people.SPEAKS_440, seconds=20)
    available = await customer.server.until("notify", type="recording_available")
    (key,) = bucket.keys
    assert available["destination"] == f"s3://{bucket.name}/{key}"
    assert key.startswith("calls/") and key.endswith(".mp3")
    await until(
        lambda: customer.own.call(available.call),
        lambda seen: [one["url"] for one in seen["recordings"]] == [None],
        what="the recording has left our store",
    )


async def test_keys_that_the_bucket_refuses_leave_the_recording_here_with_the_reason(
    customer: Customer, network: Lab, sink: Sink, system: System, s3_server: S3Server, bucket: Bucket
) -> None:
    wrong = s3_server.keys._replace(secret="wrong-secret-of-a-test")
    wished = record(destinationUrl=f"s3://{bucket.name}", credentials=":".join(wrong))
    customer.server.answers(ice=ending(wished, play(sink.tone(500, 1.0))))
    await network.dial(customer.number, people.SPEAKS_440, seconds=20)
    dice = await customer.server.until("dice")
    story = await until(
        lambda: customer.own.call(dice.call),
        lambda seen: all(one["error"] for one in seen["recordings"]),
        what="it is told why the recording stays here",
    )
    (recording,) = story["recordings"]
    assert recording["error"] == REFUSED
    async with customer.own.session.get(recording["url"]) as answer:
        assert (answer.status, answer.content_type) == (200, "audio/mpeg")
    assert bucket.keys == [] and not customer.server.taken("notify", type="recording_available")
    logs = await system.docker("logs", system.container("carillon"))
    assert REFUSED in logs
    assert wrong.secret not in logs and s3_server.keys.secret not in logs and wrong.id not in logs
