"""What `carillon calls show` says of the right to a caller's number."""

import pytest

from api.cli.wording import shown
from engine.model.verstat import FAILED, PASSED, IdentityProblem, Verstat, fields_of


@pytest.mark.parametrize(
    ("verstat", "text"),
    [
        (None, None),
        (Verstat(result=FAILED), f"{FAILED} (the carrier's check)"),
        (
            Verstat(result=PASSED, attestation="A", attestation_from="carrier"),
            f"{PASSED} (the carrier's check), attestation A (the carrier)",
        ),
        (
            Verstat(attestation="B", attestation_from="identity", origid="x"),
            "attestation B (Identity, signature not checked)",
        ),
        (Verstat(problem=IdentityProblem.STALE), "Identity is not used: stale"),
    ],
)
def test_who_says_it_is_in_the_words(verstat: Verstat | None, text: str | None) -> None:
    assert shown({"direction": "inbound", "verstat": fields_of(verstat)})["verstat"] == text
