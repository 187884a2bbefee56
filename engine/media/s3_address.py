"""Parses a recording's destination `s3://…` and its credentials `access key:secret key:region`."""

from __future__ import annotations

import re
from typing import NamedTuple

_PLACE = re.compile(
    r"s3://(?P<bucket>[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9])(?:/(?P<key>[^\x00-\x1f]{0,1024}))?", re.IGNORECASE
)
_KEYS = re.compile(r"(?P<id>[^:\s]{1,128}):(?P<secret>[^:\s]{1,256}):(?P<region>[a-z0-9\-]{2,40})")


class S3Location(NamedTuple):
    """A bucket and the object's key in it; a key that is empty or ends in "/" is a folder."""

    bucket: str
    key: str

    def of(self, file: str) -> S3Location:
        """Return the address of this file: in the folder, or under the given key."""
        return self if self.key and not self.key.endswith("/") else S3Location(self.bucket, self.key + file)

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


class S3Keys(NamedTuple):
    """The keys that sign a request, and the region."""

    id: str
    secret: str
    region: str

    def __repr__(self) -> str:
        return "Keys(***)"


def place(url: str) -> S3Location:
    """Parse `s3://bucket/[folder/][file]`; raises ValueError."""
    found = _PLACE.fullmatch(url)
    if found is None:
        raise ValueError("destination must be s3://bucket/[folder/][file].")
    return S3Location(found["bucket"].lower(), found["key"] or "")


def keys(text: str) -> S3Keys:
    """Parse `access key:secret key:region`; raises ValueError, whose text does not contain them."""
    found = _KEYS.fullmatch(text.strip())
    if found is None:
        raise ValueError("The credentials must be the access key, secret key and region: id:secret:region.")
    return S3Keys(found["id"], found["secret"], found["region"])
