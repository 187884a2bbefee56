"""A foreign S3: moto's server in a process of its own, which checks signatures and what a key may do."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import boto3
import pytest
from botocore.config import Config

from engine.media.s3_address import S3Keys

REGION = "eu-west-1"
START_SECONDS = 60.0
_EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


class Stored(NamedTuple):
    """An object as it was stored."""

    content_type: str
    body: bytes


def _free(port: int) -> int:
    """Return a port that can be bound: this one, as soon as nobody has it any more, or any for 0."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with socket.create_server(("127.0.0.1", port)) as probe:
                return int(probe.getsockname()[1])
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


class S3Server:
    """`keys` may do everything; `strangers_keys` are good, and may do nothing."""

    def __init__(self, port: int = 0) -> None:
        self.port = _free(port)
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, wait until it answers, and make the keys; from then on nothing is done without any."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError("moto's server does not start")
            time.sleep(0.05)
        self.keys, self.strangers_keys = self._user("owner", _EVERYTHING), self._user("stranger", None)
        self._ask("moto-api/reset-auth", b"0")

    def stop(self) -> None:
        """Kill it; what it kept is gone."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def bucket(self, name: str = "bucket") -> "Bucket":
        """Make a bucket; its name gets a random end, for others use the server, too."""
        made = Bucket(self, f"{name}-{secrets.token_hex(4)}")
        with self._client("s3", self.keys) as client:
            client.create_bucket(Bucket=made.name, CreateBucketConfiguration={"LocationConstraint": REGION})
        return made

    def get(self, bucket: str, key: str) -> Stored:
        """Read an object."""
        with self._client("s3", self.keys) as client:
            answer = client.get_object(Bucket=bucket, Key=key)
            with answer["Body"] as body:
                return Stored(answer["ContentType"], body.read())

    def list(self, bucket: str) -> list[str]:
        """The keys of what is in a bucket."""
        with self._client("s3", self.keys) as client:
            return [one["Key"] for one in client.list_objects_v2(Bucket=bucket).get("Contents", [])]

    def _user(self, name: str, policy: Any) -> S3Keys:
        with self._client("iam", S3Keys("setup", "setup", REGION)) as client:
            client.create_user(UserName=name)
            if policy is not None:
                client.put_user_policy(UserName=name, PolicyName=name, PolicyDocument=json.dumps(policy))
            made = client.create_access_key(UserName=name)["AccessKey"]
        return S3Keys(made["AccessKeyId"], made["SecretAccessKey"], REGION)

    @contextmanager
    def _client(self, service: str, keys: S3Keys) -> Iterator[Any]:
        client = boto3.Session().client(
            service, endpoint_url=self.url, region_name=keys.region, aws_access_key_id=keys.id,
            aws_secret_access_key=keys.secret, config=Config(proxies={}, s3={"addressing_style": "path"}),
        )  # fmt: skip
        try:
            yield client
        finally:
            client.close()

    def _answers(self) -> bool:
        try:
            self._ask("moto-api/data.json")
        except OSError:
            return False
        return True

    def _ask(self, path: str, data: bytes | None = None) -> None:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        request = urllib.request.Request(f"{self.url}/{path}", data=data, headers={"Content-Type": "text/plain"})
        with opener.open(request, timeout=10) as answer:
            answer.read()


class Bucket(NamedTuple):
    """One bucket."""

    server: S3Server
    name: str

    def get(self, key: str) -> Stored:
        """Read an object."""
        return self.server.get(self.name, key)

    @property
    def keys(self) -> list[str]:
        """What is in it."""
        return self.server.list(self.name)


@contextmanager
def running(port: int = 0) -> Iterator[S3Server]:
    """A server that is up, at a port of its own or at this one."""
    server = S3Server(port)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    """One server for all tests of this process."""
    with running() as server:
        yield server


@pytest.fixture
def bucket(s3_server: S3Server) -> Bucket:
    """A bucket of the test's own."""
    return s3_server.bucket()
