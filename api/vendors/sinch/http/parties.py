"""Who takes part in a call, and what it costs, as Sinch's objects say it."""

from api.vendors.sinch import call_data
from api.vendors.sinch.http import resources
from api.vendors.sinch.http.resources import Identity, Money
from api.vendors.sinch.script import limits
from engine.features.billing.call_rates import CallRates
from engine.features.billing.model import Rate
from engine.model.call import Call, Direction
from engine.model.call_data import CallData
from engine.platform.settings_cache import SettingsCache

SHORTEST_NUMBER = 7


class Parties:
    """Reads extensions and rates from what is in memory; `api_url` is where our API is reached."""

    def __init__(self, cache: SettingsCache, rates: CallRates, api_url: str = "") -> None:
        self._cache, self._rates, self._api_url = cache, rates, api_url.rstrip("/")

    def minute(self, leg: Call) -> Rate | None:
        """By which rate a leg out is priced; None: it costs nothing."""
        return self._rates.rate_of(leg.account, leg.callee)

    def user(self, account: str, number: str) -> str | None:
        """The name of an own extension; None: it is none."""
        extension = self._cache.extension_named(account, number)
        return (extension.name or extension.number) if extension else None

    def initiator(self, root: Call) -> str | None:
        """The name of the own extension that began a call; None: it came from outside, or is a callout.

        A trunk's caller may show the digits of an extension, and is none.
        """
        by_phone = root.direction is Direction.INBOUND and root.trunk is None
        return self.user(root.account, root.caller) if by_phone else None

    def from_data_client(self, root: Call) -> bool:
        """Whether a data client began a call: an extension whose calls are its application's to decide.

        Who is connected to a data client's call is not asked about (ACE). A plain extension's call is any caller's.
        """
        if root.direction is not Direction.INBOUND or root.trunk is not None:
            return False
        extension = self._cache.extension_named(root.account, root.caller)
        return bool(extension and extension.application)

    def identity(self, account: str, number: str) -> Identity | None:
        """A party: an own extension by its name, else a number; None where there is none, e.g. withheld."""
        if user := self.user(account, number):
            return Identity(type="username", endpoint=user)
        return Identity(type="number", endpoint=self.shown(number)) if number else None

    def calling(self, root: Call) -> Identity | None:
        """Who calls: an own extension by its name (no trunk's caller is one), else a number; None: withheld."""
        if root.direction is Direction.INBOUND and root.trunk is not None:
            return Identity(type="number", endpoint=self.shown(root.caller)) if root.caller else None
        return self.identity(root.account, root.caller)

    def called(self, root: Call) -> Identity:
        """Whom the caller of a call dialled; «did» where it is a number of ours that is called from outside."""
        found = self.identity(root.account, root.callee) or Identity(type="number", endpoint="")
        outside = root.direction is Direction.INBOUND and not self.initiator(root)
        if outside and found.type == "number":
            return Identity(type="did", endpoint=found.endpoint)
        return found

    def shown(self, number: str) -> str:
        """A number in E.164; a shorter one, or a text, as it is."""
        international = number.isascii() and number.isdigit() and len(number) >= SHORTEST_NUMBER
        return f"+{number}" if international else number

    def cli(self, root: Call) -> str:
        """Who calls; of one that asked not to be shown, the word that hides a `cli` in a script."""
        return limits.PRIVATE if root.private and not root.caller else self.shown(root.caller)

    def rate(self, account: str, number: str) -> Money:
        """What a minute costs, 0 where no rate is loaded."""
        rate = self._rates.rate_of(account, number)
        owner = self._cache.find(account)
        return resources.money(rate.per_minute if rate else 0, owner.currency if owner else "USD")

    def rate_of(self, leg: Call) -> Money:
        """What a minute of a leg costs; one that comes in costs nothing."""
        if leg.direction is Direction.INBOUND:
            return resources.money(0, leg.currency)
        return self.rate(leg.account, leg.callee)

    def resource(self, call: str) -> str:
        """Where a call is managed (`callResourceUrl`)."""
        return f"{self._api_url}/calling/v1/calls/id/{call}"


def as_shown(data: CallData) -> Identity | None:
    """Return whom a callout shows as its caller, as the customer wrote it; None: nobody was named, or it is hidden."""
    cli = data.values.get(call_data.CALLER, "")
    return Identity(type="number", endpoint=cli) if cli and cli.lower() != limits.PRIVATE else None


def as_written(data: CallData) -> Identity | None:
    """Return whom a callout calls as the customer wrote it; None where the call is none."""
    endpoint = data.values.get(call_data.CALLEE)
    return Identity(type=data.values.get(call_data.KIND, "number"), endpoint=endpoint) if endpoint else None
