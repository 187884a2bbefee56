"""The numbers that new accounts are given: what an operator owns and nobody has yet."""

from collections.abc import Container, Iterator

from sqlalchemy import Connection

from engine.features.errors import InvalidNumber, InvalidSetting
from engine.features.numbers.phone_numbers import checked
from engine.store import numbers
from engine.store.numbers import Number

NONE = "none"
_MOST = 1_000_000  # numbers of one range


class Pool:
    """Numbers in their order, e.g. `+12015552000-+12015559999,+442079460000`; `none` holds nothing."""

    def __init__(self, ranges: tuple[tuple[int, int], ...] = ()) -> None:
        self._ranges = ranges

    @classmethod
    def read(cls, text: str) -> "Pool":
        """Read the setting: numbers and ranges with commas between them; raises InvalidSetting."""
        if text.strip().lower() == NONE:
            return cls()
        return cls(tuple(_range(part) for part in text.split(",") if part.strip()))

    def __iter__(self) -> Iterator[str]:
        return (str(number) for first, last in self._ranges for number in range(first, last + 1))

    def __contains__(self, number: object) -> bool:
        digits = int(number) if isinstance(number, str) and number.isascii() and number.isdigit() else -1
        return any(first <= digits <= last for first, last in self._ranges)

    def first_free(self, taken: Container[str]) -> str | None:
        """Return the first number that is not taken; None where there is none left."""
        return next((number for number in self if number not in taken), None)


def give(
    conn: Connection, pool: Pool, account: str, application: str | None, destination: str | None = None
) -> str | None:
    """Give an account a number of the pool that leads to an application, or to another destination.

    None where the pool has none left.
    """
    number = pool.first_free({row.number for row in numbers.list(conn)})
    if number is not None:
        numbers.assign(
            conn, Number(number=number, account=account, application=application, destination=destination)
        )
    return number


def _range(text: str) -> tuple[int, int]:
    first, dash, last = (part.strip() for part in text.strip().partition("-"))
    try:
        low, high = int(_digits(first)), int(_digits(last if dash else first))
    except InvalidNumber as error:
        raise InvalidSetting(f"The pool of numbers has {text.strip()!r}. {error}") from None
    if not low <= high < low + _MOST:
        raise InvalidSetting(
            f"The range {text.strip()!r} of the pool of numbers goes from the lower to the higher one."
        )
    return low, high


def _digits(text: str) -> str:
    digits = checked(text)
    if digits.startswith("0"):
        raise InvalidNumber("An international number does not begin with 0.")
    return digits
