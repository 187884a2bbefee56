"""Trunks, rates, the lab, callbacks, calls of all accounts and the installation's state, in the administrator's API."""

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from api.own.schema.calls import Callback, CallFields, TimelineFields, Verstat
from api.own.schema.fields import Given, Moment, Money, Shown, says
from api.own.schema.trunk_groups import (
    MEDIA,
    NUMBERING,
    ROUTING,
    SIGNALLING,
    GivenMedia,
    GivenNumbering,
    GivenRouting,
    GivenSignalling,
    Media,
    Numbering,
    Routing,
    Signalling,
)

HOST = "The carrier's host name or address."
PROFILE = "Ready-made settings, which the other fields replace one by one (`GET /trunk-profiles`)."
PORT = (
    "The carrier's SIP port, 1 to 65535; null: the host is looked up by NAPTR and SRV, an address is called at 5060, "
    "or at 5061 by TLS."
)
USER = "The user name that the carrier gave; null: none."
PASSWORD = "The password that the carrier gave; null: none."
REGISTER = "Whether Carillon registers with the carrier."
CODECS = "The codecs in their order, such as ulaw,alaw."
DTMF = "How digits travel: rfc4733, inband, info or auto."
PREFIX = "The numbers that it carries, by their first digits, separated by commas; * for every number."
PRIORITY = "Among trunks that carry a number the lowest is tried first."
SOURCES = "Addresses, networks and host names that its calls come from, besides `host`."
COUNTRY = "The country (ISO 3166-1) in which the numbers that it sends are read; empty: the account's."

STATE = (
    "online: the carrier answers OPTIONS; offline or unknown: it does not; checking: it was made just now; "
    "unwatched: it is sent none; missing: Asterisk does not have it."
)


class NewTrunk(Given, frozen=True, kw_only=True):
    """A trunk to add."""

    name: Annotated[str, says("Its name: 1 to 32 characters, of a-z, 0-9 and -.")]
    host: Annotated[str, says(HOST)]
    profile: Annotated[str | UnsetType, says(PROFILE)] = UNSET
    port: Annotated[int | None, says(PORT)] = None
    user: Annotated[str | None, says(USER)] = None
    password: Annotated[str | None, says(PASSWORD, writeOnly=True)] = None
    register: Annotated[bool | UnsetType, says(REGISTER)] = UNSET
    codecs: Annotated[str, says(CODECS)] = "ulaw,alaw"
    dtmf: Annotated[str, says(DTMF)] = "rfc4733"
    prefix: Annotated[str, says(PREFIX)] = ""
    priority: Annotated[int, says(PRIORITY)] = 10
    sources: Annotated[list[str], says(SOURCES)] = msgspec.field(default_factory=list, name="from")
    country: Annotated[str, says(COUNTRY)] = ""
    signalling: Annotated[GivenSignalling | UnsetType, says(SIGNALLING)] = UNSET
    numbering: Annotated[GivenNumbering | UnsetType, says(NUMBERING)] = UNSET
    media: Annotated[GivenMedia | UnsetType, says(MEDIA)] = UNSET
    routing: Annotated[GivenRouting | UnsetType, says(ROUTING)] = UNSET


class ChangedTrunk(Given, frozen=True, kw_only=True):
    """What changes of a trunk. What is left out stays."""

    host: Annotated[str | UnsetType, says(HOST)] = UNSET
    port: Annotated[int | UnsetType | None, says(PORT)] = UNSET
    user: Annotated[str | UnsetType | None, says(USER)] = UNSET
    password: Annotated[str | UnsetType | None, says(PASSWORD, writeOnly=True)] = UNSET
    register: Annotated[bool | UnsetType, says(REGISTER)] = UNSET
    codecs: Annotated[str | UnsetType, says(CODECS)] = UNSET
    dtmf: Annotated[str | UnsetType, says(DTMF)] = UNSET
    prefix: Annotated[str | UnsetType, says(PREFIX)] = UNSET
    priority: Annotated[int | UnsetType, says(PRIORITY)] = UNSET
    sources: Annotated[list[str] | UnsetType, says(SOURCES)] = msgspec.field(default=UNSET, name="from")
    country: Annotated[str | UnsetType, says(COUNTRY)] = UNSET
    signalling: Annotated[GivenSignalling | UnsetType, says(SIGNALLING)] = UNSET
    numbering: Annotated[GivenNumbering | UnsetType, says(NUMBERING)] = UNSET
    media: Annotated[GivenMedia | UnsetType, says(MEDIA)] = UNSET
    routing: Annotated[GivenRouting | UnsetType, says(ROUTING)] = UNSET


class Trunk(Shown, frozen=True, kw_only=True):
    """A trunk."""

    name: Annotated[str, says("Its name.")]
    host: Annotated[str, says(HOST)]
    port: Annotated[int | None, says(PORT)]
    user: Annotated[str | None, says(USER)]
    register: Annotated[bool, says(REGISTER)]
    codecs: Annotated[str, says(CODECS)]
    dtmf: Annotated[str, says(DTMF)]
    prefix: Annotated[str, says(PREFIX)]
    priority: Annotated[int, says(PRIORITY)]
    sources: Annotated[tuple[str, ...], says(SOURCES)] = msgspec.field(name="from")
    country: Annotated[str, says(COUNTRY)]
    signalling: Annotated[Signalling, says(SIGNALLING)]
    numbering: Annotated[Numbering, says(NUMBERING)]
    media: Annotated[Media, says(MEDIA)]
    routing: Annotated[Routing, says(ROUTING)]
    state: Annotated[str, says(STATE)]


class ListedTrunk(Trunk, frozen=True, kw_only=True):
    """A trunk, and what came by it and reached nobody."""

    unmatched: Annotated[int, says("How many calls by it reached no number.")]


class RefusedRequests(Shown, frozen=True, kw_only=True):
    """SIP requests of one kind that were refused since the controller's start."""

    kind: Annotated[str, says("Why, in a word.")]
    count: Annotated[int, says("How many.")]
    at: Moment
    source: Annotated[str, says("Where the last one came from.")]
    detail: Annotated[str, says("Its method, trunk, header or extension.")]
    addresses: Annotated[tuple[str, ...], says("The last addresses, the newest first.")]
    sentence: Annotated[str, says("All of that in a sentence.")]


class TrunkList(Shown, frozen=True, kw_only=True):
    """All trunks, and which SIP requests were refused."""

    trunks: Annotated[tuple[ListedTrunk, ...], says("The trunks.")]
    refused: Annotated[tuple[RefusedRequests, ...], says("Refused requests, by their kind.")]


class Rate(Shown, frozen=True, kw_only=True):
    """The price of calls to a prefix."""

    account: Annotated[str | None, says("The account's name; null: every account that has no rates of its own.")]
    prefix: Annotated[str, says("The first digits of the numbers.")]
    price: Money
    first: Annotated[int, says("The first interval that is charged, in seconds.")]
    next: Annotated[int, says("Each further interval that is charged, in seconds.")]
    currency: Annotated[str, says("The currency, as ISO 4217.")]


class Rates(Shown, frozen=True, kw_only=True):
    """Rates."""

    rates: Annotated[tuple[Rate, ...], says("The rates.")]


class LoadedRates(Shown, frozen=True, kw_only=True):
    """Rates that were loaded."""

    loaded: Annotated[int, says("How many.")]


class RemovedRates(Shown, frozen=True, kw_only=True):
    """Rates that were removed."""

    removed: Annotated[int, says("How many.")]


class LabMapping(Given, frozen=True, kw_only=True):
    """A number of the lab, and the persona that it gets."""

    number: Annotated[str, says("The number.")]
    persona: Annotated[str | None, says("The persona's number or its last four digits; null: none any more.")]


class LabCall(Given, frozen=True, kw_only=True):
    """A call that the lab places."""

    number: Annotated[str, says("The number that is called.")]
    persona: Annotated[str, says("The persona that calls: its number or its last four digits.")] = "12015550101"
    seconds: Annotated[int, says("How long the call lasts at most, 1 to 3600 seconds.", minimum=1, maximum=3600)] = 20
    trunk: Annotated[str, says("The trunk of the lab by which it goes.")] = "carillon"


class Persona(Shown, frozen=True, kw_only=True):
    """A number in the lab's network."""

    number: Annotated[str, says("The number.")]
    does: Annotated[str, says("What happens when it is called.")]
    tone: Annotated[int | None, says("The frequency of its tone, in Hz; null: it has none.")]


class Personas(Shown, frozen=True, kw_only=True):
    """The lab's personas."""

    personas: Annotated[tuple[Persona, ...], says("The personas.")]


class LabCarrier(Shown, frozen=True, kw_only=True):
    """A carrier of the lab."""

    name: Annotated[str, says("Its name.")]
    host: Annotated[str, says("Its address, or its name in the lab's DNS.")]
    port: Annotated[int | None, says("Its port; null: it is found by its name's SRV records.")]
    transport: Annotated[str, says("udp or tls.")]
    does: Annotated[str, says("What it wants, and what it does.")]
    calls: Annotated[bool, says("Whether the lab can call our numbers by it.")]
    command: Annotated[str, says("The command that connects us to it.")]


class LabCarriers(Shown, frozen=True, kw_only=True):
    """The lab's carriers."""

    carriers: Annotated[tuple[LabCarrier, ...], says("The carriers.")]
    authority: Annotated[str, says("The certificate, as PEM, of who signed that of the carrier that speaks TLS.")]


class MappedNumbers(Shown, frozen=True, kw_only=True):
    """Numbers of the lab that were given a persona."""

    mapped: Annotated[dict[str, str], says("The persona's number, by number.")]


class MappedNumber(Shown, frozen=True, kw_only=True):
    """A number of the lab, and its persona."""

    number: Annotated[str, says("The number in digits.")]
    persona: Annotated[str | None, says("The persona's number; null: none.")]


class LabCallPlaced(Shown, frozen=True, kw_only=True):
    """A call that the lab placed."""

    channel: Annotated[str, says("The lab's id of the call.")]
    sip_call_id: Annotated[str, says("Its SIP Call-ID.")]
    state: Annotated[str, says("How it goes.")]
    known: Annotated[bool, says("Whether the number leads anywhere.")]


class Callbacks(Shown, frozen=True, kw_only=True):
    """Callbacks that were given up."""

    callbacks: Annotated[tuple[Callback, ...], says("The callbacks, oldest first.")]


class ResentCallbacks(Shown, frozen=True, kw_only=True):
    """Callbacks that are sent again."""

    resent: Annotated[int, says("How many.")]


class Check(Shown, frozen=True, kw_only=True):
    """One check of the installation."""

    name: Annotated[str, says("What was looked at.")]
    ok: Annotated[bool, says("Whether it is well.")]
    detail: Annotated[str, says("What was seen.")]
    mend: Annotated[str, says("What mends it; empty if it is well.")]


class Checks(Shown, frozen=True, kw_only=True):
    """Checks of the installation."""

    checks: Annotated[tuple[Check, ...], says("The checks.")]


class Line(Shown, frozen=True, kw_only=True):
    """An endpoint, and how it is."""

    name: Annotated[str, says("Its name in Asterisk.")]
    state: Annotated[str, says("online, offline, unknown or missing.")]


class Status(Shown, frozen=True, kw_only=True):
    """How the installation is."""

    api: Annotated[str, says("The URL of the API.")]
    sip: Annotated[str, says("HOST:PORT of the SIP server.")]
    healthy: Annotated[bool, says("Whether new calls can be taken.")]
    version: Annotated[str, says("The version of Carillon.")]
    asterisk: Annotated[bool, says("Whether Asterisk's events arrive.")]
    database: Annotated[bool, says("Whether the database answers and can be written.")]
    redis: Annotated[bool, says("Whether Redis answers.")]
    calls: Annotated[int, says("How many calls are up.")]
    accounts: Annotated[int | None, says("How many accounts there are; null if the database does not answer.")]
    writes_waiting: Annotated[int, says("How many changes wait for their commit.")]
    lines: Annotated[tuple[Line, ...], says("Trunks and extensions.")]


class AnyCall(CallFields, frozen=True, kw_only=True, omit_defaults=True):
    """A call of any account, with its name, or one by a trunk that reached no number: then its account is "-"."""

    currency: Annotated[str | None, says("The currency of the price, as ISO 4217.")]
    origin: Annotated[str, says("api, extension or trunk; not of a call that reached no number.")] = ""
    private: Annotated[bool, says("Whether the caller asked not to be shown; not of one that reached no number.")] = (
        False
    )
    verstat: Annotated[
        Verstat | None, says("What the INVITE says of the right to its caller's number; null: it says nothing.")
    ] = None
    application_name: Annotated[str | None, says("The name of the application.")] = None
    reason: Annotated[str, says("Why it reached no number.")] = ""
    times: Annotated[int, says("How often that happened.")] = 0


class AnyCalls(Shown, frozen=True, kw_only=True):
    """A page of calls of all accounts."""

    calls: Annotated[tuple[AnyCall, ...], says("The calls, newest first.")]


class AnyTimeline(TimelineFields, frozen=True, kw_only=True):
    """All that is known of a call."""

    call: Annotated[AnyCall, says("The call.")]
    legs: Annotated[tuple[AnyCall, ...], says("The other legs of its call tree.")]


class Dialect(Shown, frozen=True, kw_only=True):
    """A vendor's dialect."""

    name: Annotated[str, says("Its name.")]
    keys_of: Annotated[str, says("What has a key and a secret: account or application.")]
    key: Annotated[str, says("What the dialect calls a key.")]
    secret: Annotated[str, says("What the dialect calls a secret.")]
    settings: Annotated[dict[str, tuple[str, ...]], says("The settings of an account, with their possible values.")]
    url: Annotated[bool, says("Whether its applications have a URL.")]
    fallback: Annotated[bool, says("Whether its applications have a second URL.")]
    asks: Annotated[bool, says("Whether its applications are asked what a call does.")]
    signs: Annotated[bool, says("Whether its requests to applications are signed.")]
    first_call: Annotated[str, says("How to place a first call.")]


class Dialects(Shown, frozen=True, kw_only=True):
    """The dialects that the installation serves."""

    dialects: Annotated[tuple[Dialect, ...], says("The dialects.")]
