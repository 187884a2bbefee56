"""Moments as customers read them."""

from datetime import UTC, datetime


def moment(at: float) -> str:
    """Return Unix seconds in UTC after RFC 3339, e.g. 2030-01-31T23:59:59.123Z."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
