"""Puts files into buckets of Amazon's S3 and of compatible servers."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import re
import ssl
from pathlib import Path
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.credentials import AioCredentialResolver
from aiobotocore.session import AioSession
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, SSLError
from botocore.exceptions import ConnectionError as NotConnected
from botocore.parsers import ResponseParserError

from engine.media.s3_address import S3Keys, S3Location
from engine.net.guard import guarded_sockets

CONNECT_SECONDS = 10.0
PUT_SECONDS = 300.0
_BLOCK = 1 << 20
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_CODE = re.compile(r"[A-Za-z0-9.]{1,64}")
_UNREACHED = "The bucket's server cannot be reached, or is too slow."
_UNTRUSTED = "The certificate of the bucket's server is not trusted."
_REGION = "The bucket is in another region than the credentials name."
# Amazon, "Error responses": https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_SENTENCES = {
    "NoSuchBucket": "There is no such bucket.",
    "InvalidAccessKeyId": "The bucket's server does not know the access key.",
    "SignatureDoesNotMatch": "The secret key does not belong to the access key.",
    "AccessDenied": "The credentials do not allow putting files into the bucket.",
    "RequestTimeTooSkewed": "The clocks of this server and of the bucket's server are too far apart.",
    "AuthorizationHeaderMalformed": _REGION,
    "IllegalLocationConstraintException": _REGION,
    "PermanentRedirect": _REGION,
    "TemporaryRedirect": _REGION,
}


def _own_settings() -> dict[str, tuple[None, None, Any, Any]]:
    """Return a botocore session with botocore's defaults, which reads no environment variables and no files."""
    known = AioSession.SESSION_VARIABLES.items()
    settings = {name: (None, None, default, convert) for name, (_, _, default, convert) in known}
    return settings | dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))


class S3Error(Exception):
    """The file could not be put into its bucket. `passing`: a later attempt may succeed."""

    def __init__(self, sentence: str, *, passing: bool) -> None:
        super().__init__(sentence)
        self.passing = passing


class Buckets:
    """A client of Amazon's S3, by region, or of the server at `endpoint`, which may be a private address.

    Credentials of this machine (environment variables, files, the metadata service and its role) are never used: each
    request is signed with its customer's keys.
    """

    def __init__(self, endpoint: str = "") -> None:
        self._endpoint = endpoint
        self._session = AioSession(session_vars=_own_settings())
        self._session.register_component("credential_provider", AioCredentialResolver(providers=[]))
        self._session.register("before-call.s3.HeadBucket", _elsewhere)
        self._config = AioConfig(
            connector_args={"socket_factory": guarded_sockets(allow_private=bool(endpoint))},
            warm_up_loader_caches=True,  # in a thread: reading the API's description is slow
            max_pool_connections=1,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=PUT_SECONDS,
            retries={"total_max_attempts": 1, "mode": "standard"},  # the caller decides about retries
            proxies={},
            ignore_configured_endpoint_urls=True,
            user_agent="Carillon",
            # Content-MD5 is signed, and every server supports it. Not all servers support newer checksums, and a hash
            # of the whole file in the signature would be computed on the event loop.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path" if endpoint else "auto", "payload_signing_enabled": False},
        )

    async def put(
        self, file: Path, to: S3Location, keys: S3Keys, *, content_type: str, seconds: float = PUT_SECONDS
    ) -> None:
        """Put a file into a bucket in one attempt, replacing an object of that key. Raises S3Error."""
        try:
            async with asyncio.timeout(seconds):
                digest = base64.b64encode(await asyncio.to_thread(_md5, file)).decode()
                with await asyncio.to_thread(file.open, "rb") as body:
                    async with self._client(keys) as client:
                        await client.put_object(
                            Bucket=to.bucket, Key=to.key, Body=body, ContentType=content_type, ContentMD5=digest
                        )
        except (BotoCoreError, ClientError, ResponseParserError, OSError, ValueError) as error:
            raise _translated(error) from error

    def _client(self, keys: S3Keys) -> Any:
        return self._session.create_client(
            "s3",
            region_name=keys.region,
            endpoint_url=self._endpoint or None,
            aws_access_key_id=keys.id,
            aws_secret_access_key=keys.secret,
            verify=ssl.get_default_verify_paths().cafile or True,  # the CAs that Python trusts, not botocore's own list
            config=self._config,
        )


def _elsewhere(**_: object) -> None:
    """The server redirects without naming the region; botocore would request that, and again at each redirect."""
    raise S3Error(_REGION, passing=False)


def _translated(error: Exception) -> S3Error:
    match error:
        case ClientError():
            return _refusal(error)
        case SSLError():
            return S3Error(_UNTRUSTED, passing=True)
        case NotConnected() | HTTPClientError() | TimeoutError():
            return S3Error(_UNREACHED, passing=True)
        case ResponseParserError():
            return S3Error("The server that answered is not an S3 server.", passing=True)
        case BotoCoreError() | ValueError():  # before anything was sent
            return S3Error("The bucket's name, its region or the address of its server is not valid.", passing=False)
        case OSError(strerror=reason):
            return S3Error(f"The recording's file cannot be read: {reason}.", passing=False)
    return S3Error(_UNREACHED, passing=True)


def _refusal(error: ClientError) -> S3Error:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code = str(error.response.get("Error", {}).get("Code", ""))
    said = f"HTTP {status}"
    if _CODE.fullmatch(code) and code != str(status):
        said += f" {code}"
    default = _REGION if 300 <= status < 400 else "The bucket's server refused the recording."
    sentence = _SENTENCES.get(code, default).removesuffix(".")
    return S3Error(f"{sentence} ({said}).", passing=status in _PASSING)


def _md5(file: Path) -> bytes:
    digest = hashlib.md5(usedforsecurity=False)
    with file.open("rb") as content:
        while block := content.read(_BLOCK):
            digest.update(block)
    return digest.digest()
