"""Files are put into buckets: signed as AWS's own examples are, and errors are sentences."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.media import s3
from engine.media.s3 import Keys, Place, S3Error
from engine.net import Net
from tests.fakes.s3 import KEYS, FakeS3

AT = datetime(2013, 5, 24, tzinfo=UTC)
HOST = "https://examplebucket.s3.amazonaws.com"


# The two examples of AWS's "Examples: Signature Calculations", GET Object and PUT Object.
def test_signatures_are_those_of_the_published_examples() -> None:
    empty = hashlib.sha256(b"").hexdigest()
    got = s3.signed("GET", f"{HOST}/test.txt", {"Range": "bytes=0-9"}, empty, KEYS, AT)["Authorization"]
    assert got.endswith("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    body = hashlib.sha256(b"Welcome to Amazon S3.").hexdigest()
    headers = {"Date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"}
    put = s3.signed("PUT", f"{HOST}/test%24file.text", headers, body, KEYS, AT)["Authorization"]
    assert put.endswith("Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("s3://my-bucket", Place("my-bucket", "call-1.mp3")),
        ("s3://my-bucket/", Place("my-bucket", "call-1.mp3")),
        ("s3://my-bucket/a/b/", Place("my-bucket", "a/b/call-1.mp3")),
        ("s3://my-bucket/a/b.mp3", Place("my-bucket", "a/b.mp3")),
        ("S3://My-Bucket/a", Place("my-bucket", "a")),
    ],
)
def test_places(url: str, expected: Place) -> None:
    assert s3.place(url).of("call-1.mp3") == expected


@pytest.mark.parametrize("url", ["", "s3://", "s3://x", "http://bucket/a", "s3://a_b/c", "s3://bucket/a\nb", "s3://b@c/d"])
def test_what_is_no_place(url: str) -> None:
    with pytest.raises(ValueError, match="s3://bucket"):
        s3.place(url)


def test_credentials_are_read_and_never_shown() -> None:
    read = s3.keys(" AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY:eu-central-1 ")
    assert read == KEYS._replace(region="eu-central-1")
    assert "wJalr" not in repr(KEYS)
    for wrong in ("", "a:b", "AKIA:secretsecret:evil.example.com/", "AKIA:secretsecret:eu:west"):
        with pytest.raises(ValueError, match="access key") as refused:
            s3.keys(wrong)
        assert "secretsecret" not in str(refused.value)


def test_addresses() -> None:
    assert s3.address(Place("b-1", "a b/ü.mp3"), "eu-west-1") == "https://b-1.s3.eu-west-1.amazonaws.com/a%20b/%C3%BC.mp3"
    assert s3.address(Place("b.c", "x"), "eu-west-1") == "https://s3.eu-west-1.amazonaws.com/b.c/x"
    assert s3.address(Place("b-1", "x"), "eu-west-1", "http://host:9000/") == "http://host:9000/b-1/x"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file to put."""
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF" * 50_000)
    return path


async def put(file: Path, endpoint: str, keys: Keys = KEYS) -> None:
    net = Net()
    try:
        to = Place("bucket", "folder/ü $1.wav")
        await s3.put(net.session(True), file, to, keys, content_type="audio/wav", endpoint=endpoint, seconds=5)
    finally:
        await net.close()


async def test_a_file_arrives_whole_under_its_key_and_type(file: Path) -> None:
    async with FakeS3() as bucket:
        await put(file, bucket.url)
        assert bucket.objects == {"/bucket/folder/ü $1.wav": ("audio/wav", b"RIFF" * 50_000)}


@pytest.mark.parametrize(
    ("status", "passing", "words"),
    [(403, False, "HTTP 403 AccessDenied"), (404, False, "404"), (503, True, "503"), (301, False, "another region")],
)
async def test_a_refusal_is_a_sentence(file: Path, status: int, passing: bool, words: str) -> None:
    async with FakeS3() as bucket:
        bucket.answers = [status]
        with pytest.raises(S3Error, match=words) as refused:
            await put(file, bucket.url)
        assert refused.value.passing is passing and KEYS.secret not in str(refused.value)


async def test_a_wrong_secret_is_refused(file: Path) -> None:
    async with FakeS3() as bucket:
        with pytest.raises(S3Error, match="SignatureDoesNotMatch"):
            await put(file, bucket.url, KEYS._replace(secret="another-secret"))


async def test_nobody_there_and_no_file(file: Path) -> None:
    with pytest.raises(S3Error, match="cannot be reached") as gone:
        await put(file, "http://127.0.0.1:9")
    assert gone.value.passing
    with pytest.raises(S3Error, match="cannot be read") as missing:
        await put(file.with_name("none"), "http://127.0.0.1:9")
    assert not missing.value.passing
