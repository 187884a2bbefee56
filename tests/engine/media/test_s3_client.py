"""Files are put into buckets of an independent server, only with the customer's keys; errors are sentences."""

import asyncio
import base64
import hashlib
import logging
import socket
from pathlib import Path

import aiohttp
import pytest

from engine.media.s3_address import S3Keys, S3Location
from engine.media.s3_client import Buckets, S3Error
from engine.net import blocked
from tests.fakes.s3 import Front
from tests.support.s3_server import Bucket, S3Server

BODY = bytes(range(256)) * 4000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file to put, of a megabyte."""
    path = tmp_path / "a.wav"
    path.write_bytes(BODY)
    return path


async def put(file: Path, url: str, bucket: Bucket, keys: S3Keys, key: str = "a.wav", seconds: float = 20.0) -> None:
    place = S3Location(bucket.name, key)
    await Buckets(url).put(file, place, keys, content_type="audio/wav", seconds=seconds)


async def refused(file: Path, url: str, bucket: Bucket, keys: S3Keys, seconds: float = 20.0) -> S3Error:
    with pytest.raises(S3Error) as found:
        await put(file, url, bucket, keys, seconds=seconds)
    assert keys.secret not in str(found.value) and keys.id not in str(found.value)
    return found.value


async def test_a_file_arrives_completely_under_its_key_and_type(
    file: Path, s3_server: S3Server, bucket: Bucket
) -> None:
    key = "folder/ü $1+%2F ~.wav"
    await put(file, s3_server.url, bucket, s3_server.keys, key)
    assert bucket.keys == [key]
    assert bucket.get(key) == ("audio/wav", BODY)


async def test_an_existing_object_is_replaced(file: Path, s3_server: S3Server, bucket: Bucket) -> None:
    await put(file, s3_server.url, bucket, s3_server.keys)
    await asyncio.to_thread(file.write_bytes, b"another")
    await put(file, s3_server.url, bucket, s3_server.keys)
    assert bucket.get("a.wav").body == b"another" and len(bucket.keys) == 1


async def test_several_customers_files_at_once_get_each_its_own_keys(
    file: Path, s3_server: S3Server, bucket: Bucket
) -> None:
    buckets = Buckets(s3_server.url)
    wrong = s3_server.keys._replace(secret="another-secret")
    results = await asyncio.gather(
        *(
            buckets.put(file, S3Location(bucket.name, str(n)), keys, content_type="audio/wav")
            for n, keys in enumerate((s3_server.keys, wrong, s3_server.keys, wrong))
        ),
        return_exceptions=True,
    )
    assert [type(one) for one in results] == [type(None), S3Error, type(None), S3Error]
    assert bucket.keys == ["0", "2"]


async def test_wrong_keys_and_a_missing_bucket_are_sentences(file: Path, s3_server: S3Server, bucket: Bucket) -> None:
    keys, url = s3_server.keys, s3_server.url
    secret = await refused(file, url, bucket, keys._replace(secret="another-secret"))
    assert str(secret) == "The secret key does not belong to the access key (HTTP 403 SignatureDoesNotMatch)."
    nobody = await refused(file, url, bucket, keys._replace(id="AKIAIOSFODNN7EXAMPLE"))
    assert str(nobody) == "The bucket's server does not know the access key (HTTP 403 InvalidAccessKeyId)."
    stranger = await refused(file, url, bucket, s3_server.strangers_keys)
    assert str(stranger) == "The credentials do not allow putting files into the bucket (HTTP 403 AccessDenied)."
    missing = await refused(file, url, bucket._replace(name="no-such-bucket"), keys)
    assert str(missing) == "There is no such bucket (HTTP 404 NoSuchBucket)."
    assert not any(one.passing for one in (secret, nobody, stranger, missing))
    assert bucket.keys == []


@pytest.mark.parametrize(
    ("answer", "passing", "words"),
    [
        ((503, "SlowDown"), True, "refused the recording (HTTP 503 SlowDown)."),
        ((500, "InternalError"), True, "refused the recording (HTTP 500 InternalError)."),
        ((502, ""), True, "refused the recording (HTTP 502)."),
        ((413, "EntityTooLarge"), False, "refused the recording (HTTP 413 EntityTooLarge)."),
        ((403, "RequestTimeTooSkewed"), False, "too far apart (HTTP 403 RequestTimeTooSkewed)."),
        ((400, "AuthorizationHeaderMalformed"), False, "another region"),
        ((403, "Evil code: AKIA"), False, "refused the recording (HTTP 403)."),
    ],
)
async def test_a_server_s_error_is_reported_and_the_request_is_sent_once(
    file: Path, s3_server: S3Server, bucket: Bucket, answer: tuple[int, str], passing: bool, words: str
) -> None:
    async with Front() as front:
        front.answers = [answer] * 9
        error = await refused(file, front.url, bucket, s3_server.keys)
        assert words in str(error) and error.passing is passing
        assert front.asked == 1 or "region" in words


@pytest.mark.parametrize("status", [301, 307])
async def test_a_redirect_is_a_bucket_elsewhere(file: Path, s3_server: S3Server, bucket: Bucket, status: int) -> None:
    async with Front() as front:
        front.answers = [(status, "PermanentRedirect")] * 9
        error = await refused(file, front.url, bucket, s3_server.keys)
        assert "another region" in str(error) and not error.passing and front.asked == 1


async def test_a_request_is_repeated_for_the_region_that_the_server_names(
    file: Path, s3_server: S3Server, bucket: Bucket
) -> None:
    async with Front(s3_server.port) as front:
        front.answers, front.extra = [(301, "PermanentRedirect")], "x-amz-bucket-region: us-west-2\r\n"
        await put(file, front.url, bucket, s3_server.keys)
        assert front.asked == 2 and bucket.get("a.wav").body == BODY


async def test_the_target_of_a_redirect_gets_no_signature(file: Path, s3_server: S3Server, bucket: Bucket) -> None:
    async with Front() as front, Front() as other:
        front.answers, front.extra = [(307, "TemporaryRedirect")] * 2, f"Location: {other.url}/bucket\r\n"
        other.answers = [(403, "AccessDenied")] * 2
        await refused(file, front.url, bucket, s3_server.keys)
        assert b"authorization" in front.head.lower() and b"authorization" not in other.head.lower()


async def test_the_md5_of_the_file_is_signed_with_the_request(file: Path, s3_server: S3Server, bucket: Bucket) -> None:
    digest = base64.b64encode(hashlib.md5(BODY).digest())
    async with Front() as front:
        front.answers = [(400, "BadDigest")]
        await refused(file, front.url, bucket, s3_server.keys)
        assert b"\r\nContent-MD5: " + digest + b"\r\n" in front.head
        assert b"SignedHeaders=content-md5;content-type;host;" in front.head
        assert b"\r\nContent-Length: 1024000\r\n" in front.head and b"chunked" not in front.head


async def test_a_later_attempt_at_a_server_that_is_down_may_succeed(
    file: Path, s3_server: S3Server, bucket: Bucket
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    for where in (url, url.replace("http", "https"), "http://nobody.invalid"):
        error = await refused(file, where, bucket, s3_server.keys)
        assert str(error) == "The bucket's server cannot be reached, or is too slow." and error.passing


async def test_a_silent_server_is_an_error_in_time(file: Path, s3_server: S3Server, bucket: Bucket) -> None:
    async with Front() as front:
        front.silent = True
        started = asyncio.get_running_loop().time()
        error = await refused(file, front.url, bucket, s3_server.keys, seconds=3.0)
        assert asyncio.get_running_loop().time() - started < 20
        assert str(error) == "The bucket's server cannot be reached, or is too slow." and error.passing
        assert front.asked == 1


async def test_no_file_and_no_region(file: Path, s3_server: S3Server, bucket: Bucket) -> None:
    missing = await refused(file.with_name("none"), s3_server.url, bucket, s3_server.keys)
    assert str(missing) == "The recording's file cannot be read: No such file or directory." and not missing.passing
    nowhere = await refused(file, "", bucket, s3_server.keys._replace(region="--"))
    assert "its region" in str(nowhere) and not nowhere.passing


@pytest.mark.parametrize("url", ["http://169.254.169.254", "http://[fe80::1]", "http://0.0.0.0:9"])
async def test_not_even_an_endpoint_is_at_a_link_local_address(
    file: Path, s3_server: S3Server, bucket: Bucket, url: str
) -> None:
    error = await refused(file, url, bucket, s3_server.keys)
    assert str(error) == "The bucket's server cannot be reached, or is too slow."
    assert error.__cause__ and error.__cause__.__context__ and blocked(error.__cause__.__context__)


async def test_what_the_machine_knows_of_amazon_is_never_used(
    file: Path, tmp_path: Path, s3_server: S3Server, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    async with Front() as elsewhere:
        config.write_text(
            "[default]\naws_access_key_id = AKIAOFTHEMACHINE\naws_secret_access_key = secret-of-the-machine\n"
            f"region = us-east-2\nendpoint_url = {elsewhere.url}\n"
        )
        machine = {
            "AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": str(config), "AWS_PROFILE": "default",
            "AWS_ACCESS_KEY_ID": "AKIAOFTHEMACHINE", "AWS_SECRET_ACCESS_KEY": "secret-of-the-machine",
            "AWS_SESSION_TOKEN": "token-of-the-machine", "AWS_DEFAULT_REGION": "us-east-2",
            "AWS_DEFAULTS_MODE": "auto", "AWS_EC2_METADATA_SERVICE_ENDPOINT": elsewhere.url,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": elsewhere.url, "AWS_ENDPOINT_URL": elsewhere.url,
            "AWS_ENDPOINT_URL_S3": elsewhere.url, "HTTP_PROXY": elsewhere.url, "http_proxy": elsewhere.url,
            "AWS_MAX_ATTEMPTS": "9", "AWS_CA_BUNDLE": "/nonexistent",
        }  # fmt: skip
        with monkeypatch.context() as environment:
            for name, value in machine.items():
                environment.setenv(name, value)
            await put(file, s3_server.url, bucket, s3_server.keys)
            await refused(file, s3_server.url, bucket, s3_server.keys._replace(secret="another-secret"))
            environment.setenv("AWS_PROFILE", "no-such-profile")
            await put(file, s3_server.url, bucket, s3_server.keys, "b.wav")
        assert elsewhere.asked == 0
    assert bucket.keys == ["a.wav", "b.wav"]


async def test_without_keys_no_keys_of_the_machine_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOFTHEMACHINE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-the-machine")
    assert await Buckets()._session.get_credentials() is None


async def test_amazons_buckets_are_at_its_hosts_and_those_of_an_endpoint_below_it(
    file: Path, bucket: Bucket, s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def note(self: aiohttp.ClientSession, method: str, *_: object, url: object, **__: object) -> None:
        asked.append(f"{method} {url}")
        raise aiohttp.ClientConnectionError

    monkeypatch.setattr(aiohttp.ClientSession, "request", note)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", "true")
    keys = s3_server.keys
    for endpoint, name in (("", "b-1"), ("", "b.c"), ("http://host:9000/", "b-1"), ("https://host/s3", "b-1")):
        await refused(file, endpoint, bucket._replace(name=name), keys)
    await refused(file, "", bucket, keys._replace(region="cn-north-1"))
    assert asked == [
        "PUT https://b-1.s3.eu-west-1.amazonaws.com/a.wav",
        "PUT https://s3.eu-west-1.amazonaws.com/b.c/a.wav",
        "PUT http://host:9000/b-1/a.wav",
        "PUT https://host/s3/b-1/a.wav",
        f"PUT https://{bucket.name}.s3.cn-north-1.amazonaws.com.cn/a.wav",
    ]


async def test_secrets_are_in_no_log(
    file: Path, s3_server: S3Server, bucket: Bucket, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await put(file, s3_server.url, bucket, s3_server.keys)
    await refused(file, s3_server.url, bucket, s3_server.keys._replace(secret="another-secret"))
    assert s3_server.keys.secret not in caplog.text and "another-secret" not in caplog.text
