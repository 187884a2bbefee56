"""What is kept of a user's calendar."""

from enum import StrEnum

import msgspec

from engine.features.errors import FeatureError

MOST_OF_USER = 10
"""How many calendars a user may have connected."""
MOST_ASKED = 10
"""How many consents a user may have asked for that were not given; the oldest are forgotten first."""
ASKED_SECONDS = 600.0
"""So long a user has to give its consent."""


class Provider(StrEnum):
    """Whose calendar it is."""

    GOOGLE = "google"
    OUTLOOK = "outlook"


class NotSetUp(FeatureError):
    """This installation has no client at that provider."""


class ConsentFailed(FeatureError):
    """The consent was not given, is too old, or was used already."""


class ProviderFailed(Exception):
    """The provider did not answer, or refused what was asked. The message says which."""


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """An OAuth 2.0 client of this installation at a provider (RFC 6749), with the provider's addresses.

    `revoke` "": the provider has no such address. `address` is where the user's e-mail address is asked for, in one of
    the fields `address_fields`. `more` goes with the request for consent.
    """

    id: str
    secret: str
    authorize: str
    token: str
    address: str
    address_fields: tuple[str, ...]
    scope: str
    revoke: str = ""
    more: dict[str, str] = {}


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """A calendar that a user (its id, or its account's) has connected. `token`, sealed, is what access is got by
    from the provider. Times are Unix seconds.
    """

    id: str
    account: str
    user: str
    provider: Provider
    address: str
    token: str
    created: float
    updated: float


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """A request for consent that is under way: `state` is a digest of what the provider brings back (RFC 6749 section
    10.12), `verifier`, sealed, is RFC 7636's.
    """

    state: str
    account: str
    user: str
    provider: Provider
    verifier: str
    expires: float
