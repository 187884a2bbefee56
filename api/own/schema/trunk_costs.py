"""What calls by a trunk cost us, in the administrator's API."""

from typing import Annotated

from api.own.schema.fields import Shown, says


class TrunkCost(Shown, frozen=True, kw_only=True):
    """What a minute by a trunk costs us."""

    prefix: Annotated[str, says("The first digits of the numbers; empty: every number.")]
    price: Annotated[str, says("What a minute costs, as a decimal, such as 0.012.")]
    currency: Annotated[str, says("The currency, as ISO 4217; the same in the costs of all trunks.")]


class TrunkCostList(Shown, frozen=True, kw_only=True):
    """The costs of a trunk."""

    costs: Annotated[tuple[TrunkCost, ...], says("The costs, by prefix.")]
