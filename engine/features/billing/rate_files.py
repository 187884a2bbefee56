"""Files of rates: CSV with a prefix, a price and a currency in each line, and what else a kind of rate has."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple, Protocol, TypeVar

from engine.features.accounts.currencies import is_currency
from engine.features.errors import InvalidNumber, RatesInvalid
from engine.features.numbers.phone_numbers import prefix_of
from engine.model.money import MILLION

_HIGHEST_PRICE = Decimal(1000)


class _Rate(Protocol):
    @property
    def prefix(self) -> str: ...
    @property
    def currency(self) -> str: ...


R = TypeVar("R", bound=_Rate)


class Line(NamedTuple):
    """One line. Its methods raise ValueError with what is wrong."""

    fields: Mapping[str, str]

    @property
    def prefix(self) -> str:
        """The digits that numbers begin with; "": every number."""
        try:
            return prefix_of(self.fields["prefix"])
        except InvalidNumber:
            raise ValueError(f"the prefix {self.fields['prefix']!r} is not digits") from None

    @property
    def currency(self) -> str:
        """The currency, in capital letters."""
        currency = self.fields["currency"].upper()
        if not is_currency(currency):
            raise ValueError(f"the currency must be one of ISO 4217, such as USD (got {self.fields['currency']!r})")
        return currency

    def price(self, of: str) -> int:
        """The price in millionths; `of` says of how much it is, such as "a minute"."""
        text = self.fields["price"]
        try:
            amount = Decimal(text)
        except InvalidOperation:
            raise ValueError(f"the price {text!r} is not a number") from None
        if not (amount.is_finite() and 0 <= amount <= _HIGHEST_PRICE):
            raise ValueError(f"the price {text!r} is not between 0 and {_HIGHEST_PRICE} {of}")
        if amount * MILLION != int(amount * MILLION):
            raise ValueError(f"the price {text!r} has more than 6 decimals")
        return int(amount * MILLION)


def read(text: str, columns: Sequence[str], currency: str | None, make: Callable[[Line], R]) -> list[R]:
    """Read lines of `columns`; the first line may name them, in any order.

    `currency` is the only one that is taken; None: every one of ISO 4217. Raises RatesInvalid that names each line that
    is wrong.
    """
    order, rates, problems = columns, dict[tuple[str, str], R](), list[str]()
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        for row in rows:
            fields = [field.strip() for field in row]
            if not any(fields) or fields[0].startswith("#"):
                continue
            if not rates and not problems and (named := _header(fields, columns)):
                order = named
                continue
            try:
                rate = make(_line(fields, order, columns))
                if currency and rate.currency != currency:
                    raise ValueError(f"the currency must be the account's, {currency} (got {rate.currency!r})")
                if (key := (rate.prefix, rate.currency)) in rates:
                    raise ValueError(f"the prefix {rate.prefix or '(every number)'} is there twice")
                rates[key] = rate
            except ValueError as error:
                problems.append(f"line {rows.line_num}: {error}")
    except csv.Error as error:
        problems.append(f"line {rows.line_num}: {error}")
    if problems or not rates:
        raise RatesInvalid(problems or ["the file has no rates"])
    return list(rates.values())


def _header(fields: list[str], columns: Sequence[str]) -> tuple[str, ...] | None:
    names = tuple(_column(field, columns) for field in fields)
    return names if "prefix" in names and "price" in names else None


def _column(title: str, columns: Sequence[str]) -> str:
    """Map a title such as "price per minute" or "first_increment" to one of the columns."""
    words = title.lower().replace("_", " ").split()
    return words[0] if words and words[0] in columns else "price" if words[:1] == ["per"] else title


def _line(fields: list[str], order: Sequence[str], columns: Sequence[str]) -> Line:
    named = dict(zip(order, fields, strict=False))
    missing = [name for name in columns if not named.get(name) and name != "prefix"]
    if missing or len(fields) != len(columns):
        raise ValueError(f"{len(columns)} columns are needed ({', '.join(columns)}), {len(fields)} are there")
    return Line(named)
