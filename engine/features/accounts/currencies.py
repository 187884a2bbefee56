"""Which currencies there are: ISO 4217, list one, by the package iso4217."""

from iso4217 import Currency


def is_currency(code: str) -> bool:
    """Whether three capital letters are the code of money that is in use.

    What has no minor unit in ISO 4217 (gold, XTS for tests, XXX for none) is not: nobody pays with it.
    """
    found = Currency.__members__.get(code)
    return found is not None and found.code == code and found.exponent is not None
