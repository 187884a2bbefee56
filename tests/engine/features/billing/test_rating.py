import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.features.billing.rate_table import RateTable
from engine.features.billing.rating import billed, max_seconds, price, read_csv
from engine.features.billing.store import Rate
from engine.features.errors import RatesInvalid


def rate(per_minute: int = 12_000, first: int = 60, next: int = 60, prefix: str = "1") -> Rate:
    return Rate(prefix=prefix, currency="USD", per_minute=per_minute, first=first, next=next)


@pytest.mark.parametrize(
    ("first", "next", "seconds", "amount"),
    [
        (60, 60, 0, 0), (60, 60, 0.2, 12_000), (60, 60, 60, 12_000), (60, 60, 60.5, 24_000), (60, 60, 121, 36_000),
        (30, 6, 5, 6_000), (30, 6, 30, 6_000), (30, 6, 31, 7_200), (1, 1, 61, 12_200), (0, 10, 5, 2_000),
    ],
)  # fmt: skip
def test_a_call_is_charged_by_begun_increments(first: int, next: int, seconds: float, amount: int) -> None:
    assert price(rate(first=first, next=next), seconds) == amount


def test_the_seconds_that_are_charged_are_whole_increments() -> None:
    assert [billed(rate(first=30, next=6), seconds) for seconds in (0, 0.1, 30, 30.1, 60.4)] == [0, 30, 30, 36, 66]


def test_a_price_is_rounded_up_to_a_millionth() -> None:
    assert price(rate(per_minute=1, first=1, next=1), 1) == 1


@given(
    per_minute=st.integers(1, 10**9),
    first=st.integers(0, 3600),
    next=st.integers(1, 3600),
    balance=st.integers(0, 10**12),
)
def test_a_balance_pays_for_max_seconds_and_not_for_one_increment_more(
    per_minute: int, first: int, next: int, balance: int
) -> None:
    tariff = rate(per_minute, first, next)
    longest = max_seconds(tariff, balance)
    assert longest is not None
    assert price(tariff, longest) <= balance
    assert price(tariff, longest + 1 if longest else 0.5) > balance or (first == 0 and longest == 0)


def test_a_free_call_is_not_capped_and_an_empty_balance_pays_nothing() -> None:
    assert max_seconds(rate(per_minute=0), 0) is None
    assert max_seconds(rate(), 11_999) == 0
    assert max_seconds(rate(), -1) == 0
    assert max_seconds(rate(), 24_000) == 120


def test_the_longest_prefix_gives_the_rate() -> None:
    table = RateTable([rate(prefix=""), rate(prefix="1"), rate(prefix="1201")])
    assert [found.prefix for digits in ("1201555", "12", "44") if (found := table.match(digits, "USD"))] == [
        "1201",
        "1",
        "",
    ]
    assert table.match("1201555", "EUR") is None
    assert RateTable().match("1", "USD") is None


def test_a_file_is_read_with_and_without_a_header() -> None:
    expected = [Rate(prefix="1201", currency="USD", per_minute=12_500, first=60, next=6)]
    assert read_csv("1201,0.0125,60,6,usd\n") == expected
    assert (
        read_csv(
            "\ufeffprefix, price per minute, first increment, next increment, currency\r\n+1201,0.0125,60,6,USD\r\n"
        )
        == expected
    )
    assert read_csv("currency,prefix,next,first,price\n\n# by hand\nUSD,1201,6,60,0.0125\n") == expected


def test_every_wrong_line_of_a_file_is_named() -> None:
    text = "\n".join(
        [
            *("prefix,price,first,next,currency", "1,x,60,60,USD", "44,0.01,60,60,USD", "44,0.02,60,60,USD"),
            *("ab,1,1,1,USD", "1,1,1", "2,1,1,0,USD", "3,-1,1,1,USD", "4,1,1,1,DOLLARS", "5,0.0000001,1,1,USD"),
            "6,nan,1,1,USD",
        ]
    )
    with pytest.raises(RatesInvalid) as refused:
        read_csv(text)
    assert [problem.partition(":")[0] for problem in refused.value.problems] == [
        f"line {number}" for number in (2, 4, 5, 6, 7, 8, 9, 10, 11)
    ]
    assert "line 2: the price 'x' is not a number" in str(refused.value)
    assert str(refused.value).endswith("and 4 more.")


def test_a_file_without_rates_is_refused() -> None:
    with pytest.raises(RatesInvalid, match="no rates"):
        read_csv("prefix,price,first,next,currency\n")
