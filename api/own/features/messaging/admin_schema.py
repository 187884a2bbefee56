"""SMSCs, routes, rates of texts, keywords and texts that reached nobody, in the administrator's API."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from api.own.schema.fields import Given, Moment, MomentOrNone, Money, Shown, says
from api.own.schema.leading import ACCOUNT, Leads, Wanted

HOST = "The SMSC's host name or address."
PORT = "The SMSC's port, 1 to 65535."
USER = "The system_id that the carrier gave."
PASSWORD = "The password that the carrier gave."
PACE = "How many texts are submitted to it in a second."
LINK = (
    "Settings of its link: system_type, mode (trx, tx+rx), tls, tls_verify, window, enquire_seconds, answer_seconds, "
    "parts_by (udh, sar, payload), source_type, dest_type, receipt_ids (same, hex_to_decimal, decimal_to_hex), "
    "alphabet (gsm7, latin1)."
)
DISABLED = "Whether no link to it is kept."
COUNTRY = "The country (ISO 3166-1) in which numbers without + that it sends are read; empty: they are international."
PREFIX = "The first digits of the numbers; empty or *: every number."
PRIORITY = "Among routes of the same prefix the lowest is tried first."
OWNER = "The account's name whose own route it is; empty: everybody's."


class NewSmsc(Given, frozen=True, kw_only=True):
    """An SMSC to connect to."""

    name: Annotated[str, says("Its name: 1 to 32 characters, of a-z, 0-9 and -.")]
    host: Annotated[str, says(HOST)]
    user: Annotated[str, says(USER)]
    port: Annotated[int, says(PORT)] = 2775
    password: Annotated[str, says(PASSWORD, writeOnly=True)] = ""
    prefixes: Annotated[tuple[str, ...], says("The numbers that it carries for everybody, by their first digits.")] = ()
    priority: Annotated[int, says(PRIORITY)] = 10
    per_second: Annotated[float, says(PACE)] = 100.0
    country: Annotated[str, says(COUNTRY)] = ""
    disabled: Annotated[bool, says(DISABLED)] = False
    settings: Annotated[dict[str, Any], says(LINK)] = msgspec.field(default_factory=dict)


class ChangedSmsc(Given, frozen=True, kw_only=True):
    """What changes of an SMSC. What is left out stays."""

    host: Annotated[str | UnsetType, says(HOST)] = UNSET
    user: Annotated[str | UnsetType, says(USER)] = UNSET
    port: Annotated[int | UnsetType, says(PORT)] = UNSET
    password: Annotated[str | UnsetType, says(PASSWORD, writeOnly=True)] = UNSET
    per_second: Annotated[float | UnsetType, says(PACE)] = UNSET
    country: Annotated[str | UnsetType, says(COUNTRY)] = UNSET
    disabled: Annotated[bool | UnsetType, says(DISABLED)] = UNSET
    settings: Annotated[dict[str, Any] | UnsetType, says(f"{LINK} Those left out stay.")] = UNSET


class NewRoute(Given, frozen=True, kw_only=True):
    """Numbers for an SMSC to carry."""

    prefix: Annotated[str, says(PREFIX)] = ""
    account: Annotated[str, says(OWNER)] = ""
    priority: Annotated[int, says(PRIORITY)] = 10


class Route(Shown, frozen=True, kw_only=True):
    """Which SMSC carries texts to which numbers: an account's own first, then the longest prefix."""

    prefix: Annotated[str, says(PREFIX)]
    smsc: Annotated[str, says("The SMSC's name.")]
    account: Annotated[str, says(OWNER)]
    priority: Annotated[int, says(PRIORITY)]


class Routes(Shown, frozen=True, kw_only=True):
    """Routes of texts."""

    routes: Annotated[tuple[Route, ...], says("The routes, everybody's first.")]


class Smsc(Shown, frozen=True, kw_only=True):
    """An SMSC."""

    name: Annotated[str, says("Its name.")]
    host: Annotated[str, says(HOST)]
    port: Annotated[int, says(PORT)]
    user: Annotated[str, says(USER)]
    per_second: Annotated[float, says(PACE)]
    country: Annotated[str, says(COUNTRY)]
    disabled: Annotated[bool, says(DISABLED)]
    settings: Annotated[dict[str, Any], says(LINK)]
    routes: Annotated[tuple[Route, ...], says("The numbers that it carries.")]
    state: Annotated[str, says("bound, connecting, lost, refused, stopped or disabled.")]
    since: Annotated[MomentOrNone, says("Since when it is so; null: not known.")]
    error: Annotated[str, says("Why there is no link; empty: nothing is wrong.")]


class Smscs(Shown, frozen=True, kw_only=True):
    """All SMSCs."""

    smscs: Annotated[tuple[Smsc, ...], says("The SMSCs, by name.")]


class NewKeyword(Given, frozen=True, kw_only=True):
    """A keyword of a number to add."""

    number: Annotated[str, says("The number for texts.")]
    word: Annotated[str, says("The first word of texts, in any case.")]
    to: Annotated[Wanted, says("Where they lead: application:NAME or extension:101.")]
    account: Annotated[str | None, says(f"{ACCOUNT} Null: that of the number.")] = None


class Keyword(Shown, frozen=True, kw_only=True):
    """The first word of texts to a number, and where these lead."""

    number: Annotated[str, says("The number.")]
    word: Annotated[str, says("The word, in upper case.")]
    account: Annotated[str, says("The account's name.")]
    leads_to: Annotated[Leads | None, says("Where the texts lead.")]


class Keywords(Shown, frozen=True, kw_only=True):
    """Keywords."""

    keywords: Annotated[tuple[Keyword, ...], says("The keywords, by number.")]


class MessageRate(Shown, frozen=True, kw_only=True):
    """What one part of a text costs."""

    account: Annotated[str | None, says("The account's name whose own rate it is; null: it is every account's.")]
    prefix: Annotated[str, says("The first digits of the numbers; empty: every number.")]
    price: Annotated[Money, says("The price of one part.")]
    currency: Annotated[str, says("The currency, as ISO 4217.")]


class MessageRates(Shown, frozen=True, kw_only=True):
    """Rates of texts."""

    rates: Annotated[tuple[MessageRate, ...], says("The rates.")]


class UnmatchedMessage(Shown, frozen=True, kw_only=True):
    """A text that reached no number."""

    id: Annotated[str, says("Its id.")]
    at: Moment
    carrier: Annotated[str, says("The SMSC that brought it.")]
    sender: Annotated[str, says("Who sent it.")]
    recipient: Annotated[str, says("To whom, as the SMSC wrote it.")]
    text: Annotated[str, says("The text.")]
    reason: Annotated[str, says("no_number, ambiguous or account_disabled.")]


class UnmatchedMessages(Shown, frozen=True, kw_only=True):
    """The newest texts that reached no number."""

    messages: Annotated[tuple[UnmatchedMessage, ...], says("The texts, the newest first.")]
