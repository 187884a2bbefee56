"""The fields of a call in words; JSON output has the fields themselves (docs/api.md)."""

from collections.abc import Mapping
from typing import Any

HUNG_UP_BY = {
    "far": "the party that called or was called",
    "us": "Carillon: a request, a task or a limit",
    "network": "the network or a trunk, not a party",
    "other": "the other one of two connected parties",
}
_FROM_EXTENSION = "from extension"


def direction_of(call: Mapping[str, Any]) -> str:
    """Return a call's direction; a call that a softphone placed is "from extension"."""
    return _FROM_EXTENSION if call.get("origin") == "extension" else str(call["direction"])


def listed(call: Mapping[str, Any]) -> dict[str, Any]:
    """Return a call as a row of a table."""
    return {**call, "direction": direction_of(call), "application": call.get("application_name")}


def shown(call: Mapping[str, Any]) -> dict[str, Any]:
    """Return a call's fields as text."""
    fields = {name: value for name, value in call.items() if name not in ("origin", "application_name")}
    fields["direction"] = direction_of(call)
    if call.get("application_name"):
        fields["application"] = f"{call['application_name']} ({call['application']})"
    if by := HUNG_UP_BY.get(call.get("hung_up_by") or ""):
        fields["hung_up_by"] = f"{call['hung_up_by']} ({by})"
    if "verstat" in fields:
        fields["verstat"] = verstat_of(fields["verstat"])
    return fields


def verstat_of(verstat: Mapping[str, Any] | None) -> str | None:
    """Return what is known of the right to a caller's number as text; None for nothing."""
    if not verstat:
        return None
    said = [f"{verstat['result']} (the carrier's check)"] if verstat["result"] else []
    if verstat["attestation"]:
        by = "the carrier" if verstat["attestation_from"] == "carrier" else "Identity, signature not checked"
        said.append(f"attestation {verstat['attestation']} ({by})")
    if verstat["problem"]:
        said.append(f"Identity is not used: {verstat['problem']}")
    return ", ".join(said)
