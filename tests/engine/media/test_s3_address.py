"""Destinations and credentials are read as they are written, and secrets are never shown."""

import pytest

from engine.media import s3_address
from engine.media.s3_address import S3Keys, S3Location

KEYS = S3Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("s3://my-bucket", S3Location("my-bucket", "call-1.mp3")),
        ("s3://my-bucket/", S3Location("my-bucket", "call-1.mp3")),
        ("s3://my-bucket/a/b/", S3Location("my-bucket", "a/b/call-1.mp3")),
        ("s3://my-bucket/a/b.mp3", S3Location("my-bucket", "a/b.mp3")),
        ("S3://My-Bucket/a", S3Location("my-bucket", "a")),
    ],
)
def test_places(url: str, expected: S3Location) -> None:
    assert s3_address.place(url).of("call-1.mp3") == expected


@pytest.mark.parametrize(
    "url", ["", "s3://", "s3://x", "http://bucket/a", "s3://a_b/c", "s3://bucket/a\nb", "s3://b@c/d"]
)
def test_what_is_not_an_address(url: str) -> None:
    with pytest.raises(ValueError, match="s3://bucket"):
        s3_address.place(url)


def test_credentials_are_read_and_never_shown() -> None:
    read = s3_address.keys(" AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY:eu-central-1 ")
    assert read == KEYS._replace(region="eu-central-1")
    assert "wJalr" not in repr(KEYS)
    for wrong in ("", "a:b", "AKIA:secretsecret:evil.example.com/", "AKIA:secretsecret:eu:west"):
        with pytest.raises(ValueError, match="access key") as refused:
            s3_address.keys(wrong)
        assert "secretsecret" not in str(refused.value)
