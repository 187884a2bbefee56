"""Texts that nobody may see but who needs them."""

from typing import Any

MASK = "***"
"""What is shown in place of a secret."""


class Secret:
    """A secret text. It is masked wherever it is shown; JSON holds it only where `revealed` is asked for."""

    __slots__ = ("value",)

    def __init__(self, value: str) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.value == self.value

    def __hash__(self) -> int:
        return hash((Secret, self.value))


def revealed(found: Any) -> Any:
    """For msgspec's encoders (enc_hook): a secret in the clear. For the store only."""
    if isinstance(found, Secret):
        return found.value
    raise NotImplementedError(f"{type(found).__name__} has no JSON")


def masked(found: Any) -> Any:
    """For msgspec's encoders (enc_hook): that there is a secret, for whoever looks."""
    if isinstance(found, Secret):
        return MASK
    raise NotImplementedError(f"{type(found).__name__} has no JSON")


def read(kind: type, found: Any) -> Any:
    """For msgspec's decoders (dec_hook)."""
    if kind is Secret and isinstance(found, str):
        return Secret(found)
    raise ValueError("Expected a text.")
