"""What an INVITE says of the right to its caller's number: STIR/SHAKEN (RFC 8224, RFC 8225, RFC 8588)."""

from enum import StrEnum
from typing import Any

import msgspec

PASSED, FAILED, NOT_VALIDATED = "TN-Validation-Passed", "TN-Validation-Failed", "No-TN-Validation"
"""What a carrier says of a number that it checked, or did not check: 3GPP TS 24.229 section 7.2A.20."""


class IdentityProblem(StrEnum):
    """Why nothing is taken from the Identity headers of a call."""

    UNREADABLE = "unreadable"  # one is no PASSporT, or has not the claims of SHAKEN
    SEVERAL = "several"  # more than one is of SHAKEN
    STALE = "stale"  # it was signed more than a minute ago, or will be
    OTHER_CALLER = "other_caller"  # it is for another number than the caller's
    OTHER_CALLEE = "other_callee"  # it is for a call to another number, as after a diversion


class Verstat(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of a caller's right to its number. No signature is checked here.

    `result`: PASSED, FAILED or NOT_VALIDATED, as the carrier says; "" where it says nothing. `attestation`: A, B or C
    (RFC 8588 section 4), or "". `attestation_from`: `carrier`, or `identity`: an Identity header claims it. `origid`
    says in an Identity header which entry of the first carrier's network the call came by (RFC 8588 section 5).
    `problem`: why the Identity headers say nothing.
    """

    result: str = ""
    attestation: str = ""
    attestation_from: str = ""
    origid: str = ""
    problem: IdentityProblem | None = None

    @property
    def verified(self) -> bool:
        """Whether the carrier says that it checked the signature, and that it is good."""
        return self.result == PASSED


def fields_of(verstat: Verstat | None) -> dict[str, Any] | None:
    """Return what customers see of it; None: the INVITE said nothing."""
    if verstat is None:
        return None
    return {
        "result": verstat.result or None,
        "verified": verstat.verified,
        "attestation": verstat.attestation or None,
        "attestation_from": verstat.attestation_from or None,
        "origid": verstat.origid or None,
        "problem": verstat.problem,
    }
