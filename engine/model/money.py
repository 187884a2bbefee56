"""Money: amounts in millionths of a currency, as whole numbers."""

import msgspec

MILLION = 1_000_000


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """What something costs: millionths of `currency` (ISO 4217)."""

    amount: int
    currency: str


def decimal(millionths: int) -> str:
    """Return millionths as a decimal with at least two places: 1230000 is "1.23"."""
    sign, amount = ("-" if millionths < 0 else ""), abs(millionths)
    fraction = f"{amount % MILLION:06}".rstrip("0").ljust(2, "0")
    return f"{sign}{amount // MILLION}.{fraction}"
