"""Groups of a trunk's settings. In a request a field that is left out has its default, or stays as it is."""

from typing import Annotated

from msgspec import UNSET, UnsetType

from api.own.schema.fields import Given, Shown, says

SIGNALLING = "How SIP is spoken with the carrier."
NUMBERING = "How numbers are written to the carrier, and where the called one of its calls stands."
MEDIA = "How audio travels."
ROUTING = "Which calls it gets, and when the next trunk is tried."

TRANSPORT = "udp, tcp or tls."
CA = "Certificates of the authorities that may have signed the carrier's, as PEM text; empty: those of the system."
CERTIFICATE = "Our certificate for the carrier, as PEM text; empty: none."
KEY = "The key of the certificate, as PEM text without a pass phrase."
HAS_KEY = "Whether there is a key of the certificate."
VERIFY_SERVER = "Whether the carrier's certificate must be valid for its host's name."
AUTH_USER = "The user of digest authentication; empty: the trunk's `user`."
FROM_USER = "Replaces the user of From; empty: the caller's number."
FROM_DOMAIN = "Replaces the host of From; empty: `host` if the trunk registers, else our address."
CONTACT_USER = "The user of Contact; empty: the trunk's `user`."
OUTBOUND_PROXY = "The host, or host:port, through which every request goes first; empty: none."
OPTIONS_SECONDS = "Seconds between two OPTIONS, which show whether the carrier is there, 5 to 3600; 0: none is sent."
REGISTER_SECONDS = "How long a registration asks to last, in seconds, 30 to 86400."
SESSION_TIMERS = "Session timers (RFC 4028): no, yes (if the carrier wants them), required or always."
SESSION_SECONDS = "The interval of session timers, in seconds, 90 to 86400."
PRACK = "Reliable provisional responses (RFC 3262, 100rel): no, yes or required."

NUMBER_FORMAT = "How a called number is written: e164, e164-plus, national (in the trunk's country) or as-dialled."
CALLER_FORMAT = "How the caller's number is written; empty: like `number_format`."
STRIP_DIGITS = "How many digits are taken away at the front of a called number, 0 to 14."
TECH_PREFIX = "What is put before a called number: at most 16 of 0-9, * and #."
IDENTITY = "Where the caller's number is shown: pai (P-Asserted-Identity and From), rpid, from or none."
DEFAULT_CALLER = "The number that is shown for calls without one of their own; empty: such calls are anonymous."
CALLED_IN = "Where the called number of the carrier's calls stands: uri (the request URI), to, or the name of a header."
VERSTAT_IN = (
    "Where the carrier says whether it checked the caller's number: pai (verstat in P-Asserted-Identity), from, none, "
    "or the name of a header."
)
ATTESTATION_IN = "The name of a header in which the carrier gives the attestation A, B or C; empty: none."

SRTP = "Whether audio is encrypted (SRTP): off, offered or required."
SRTP_KEYS = "How the keys of SRTP are agreed on: sdes (RFC 4568) or dtls (RFC 5763)."
T38 = "Whether faxes may go over T.38, if the carrier offers it; else they go as sound."

WEIGHT = "Its share of the calls among trunks of the same prefix, priority and cost, 1 to 1000."
NEXT_ON = (
    "Which endings let the next trunk be tried: default, never, causes, SIP statuses and classes such as 5xx, with "
    "commas between, and with - those that are final; empty: default."
)
RESPONSE_SECONDS = "Within how many seconds it must answer an INVITE, be it with 100 Trying, up to 32; 0: at any time."
REST_SECONDS = "For how many seconds it is tried last after it did not answer, 1 to 86400; 0: it is not."
MAX_CALLS = "How many calls may go out by it at once, up to 100000; 0: any number."
CALLS_PER_SECOND = "How many calls a second may go out by it, up to 10000; 0: any number."
HOURS = "When it carries calls: days and times, such as mon-fri 08:00-18:00, sat 09:00-12:30; empty: always."
TIME_ZONE = "The time zone of `hours`, as the IANA database names it; empty: UTC."


class GivenSignalling(Given, frozen=True, kw_only=True):
    """How SIP is spoken with a carrier."""

    transport: Annotated[str | UnsetType, says(TRANSPORT)] = UNSET
    ca: Annotated[str | UnsetType, says(CA)] = UNSET
    certificate: Annotated[str | UnsetType, says(CERTIFICATE)] = UNSET
    key: Annotated[str | UnsetType, says(KEY, writeOnly=True)] = UNSET
    verify_server: Annotated[bool | UnsetType, says(VERIFY_SERVER)] = UNSET
    auth_user: Annotated[str | UnsetType, says(AUTH_USER)] = UNSET
    from_user: Annotated[str | UnsetType, says(FROM_USER)] = UNSET
    from_domain: Annotated[str | UnsetType, says(FROM_DOMAIN)] = UNSET
    contact_user: Annotated[str | UnsetType, says(CONTACT_USER)] = UNSET
    outbound_proxy: Annotated[str | UnsetType, says(OUTBOUND_PROXY)] = UNSET
    options_seconds: Annotated[int | UnsetType, says(OPTIONS_SECONDS)] = UNSET
    register_seconds: Annotated[int | UnsetType, says(REGISTER_SECONDS)] = UNSET
    session_timers: Annotated[str | UnsetType, says(SESSION_TIMERS)] = UNSET
    session_seconds: Annotated[int | UnsetType, says(SESSION_SECONDS)] = UNSET
    prack: Annotated[str | UnsetType, says(PRACK)] = UNSET


class Signalling(Shown, frozen=True, kw_only=True):
    """How SIP is spoken with a carrier."""

    transport: Annotated[str, says(TRANSPORT)]
    ca: Annotated[str, says(CA)]
    certificate: Annotated[str, says(CERTIFICATE)]
    has_key: Annotated[bool, says(HAS_KEY)]
    verify_server: Annotated[bool, says(VERIFY_SERVER)]
    auth_user: Annotated[str, says(AUTH_USER)]
    from_user: Annotated[str, says(FROM_USER)]
    from_domain: Annotated[str, says(FROM_DOMAIN)]
    contact_user: Annotated[str, says(CONTACT_USER)]
    outbound_proxy: Annotated[str, says(OUTBOUND_PROXY)]
    options_seconds: Annotated[int, says(OPTIONS_SECONDS)]
    register_seconds: Annotated[int, says(REGISTER_SECONDS)]
    session_timers: Annotated[str, says(SESSION_TIMERS)]
    session_seconds: Annotated[int, says(SESSION_SECONDS)]
    prack: Annotated[str, says(PRACK)]


class GivenNumbering(Given, frozen=True, kw_only=True):
    """How numbers are written to a carrier."""

    number_format: Annotated[str | UnsetType, says(NUMBER_FORMAT)] = UNSET
    caller_format: Annotated[str | UnsetType, says(CALLER_FORMAT)] = UNSET
    strip_digits: Annotated[int | UnsetType, says(STRIP_DIGITS)] = UNSET
    tech_prefix: Annotated[str | UnsetType, says(TECH_PREFIX)] = UNSET
    identity: Annotated[str | UnsetType, says(IDENTITY)] = UNSET
    default_caller: Annotated[str | UnsetType, says(DEFAULT_CALLER)] = UNSET
    called_in: Annotated[str | UnsetType, says(CALLED_IN)] = UNSET
    verstat_in: Annotated[str | UnsetType, says(VERSTAT_IN)] = UNSET
    attestation_in: Annotated[str | UnsetType, says(ATTESTATION_IN)] = UNSET


class Numbering(Shown, frozen=True, kw_only=True):
    """How numbers are written to a carrier."""

    number_format: Annotated[str, says(NUMBER_FORMAT)]
    caller_format: Annotated[str, says(CALLER_FORMAT)]
    strip_digits: Annotated[int, says(STRIP_DIGITS)]
    tech_prefix: Annotated[str, says(TECH_PREFIX)]
    identity: Annotated[str, says(IDENTITY)]
    default_caller: Annotated[str, says(DEFAULT_CALLER)]
    called_in: Annotated[str, says(CALLED_IN)]
    verstat_in: Annotated[str, says(VERSTAT_IN)]
    attestation_in: Annotated[str, says(ATTESTATION_IN)]


class GivenMedia(Given, frozen=True, kw_only=True):
    """How audio travels to and from a carrier."""

    srtp: Annotated[str | UnsetType, says(SRTP)] = UNSET
    srtp_keys: Annotated[str | UnsetType, says(SRTP_KEYS)] = UNSET
    t38: Annotated[bool | UnsetType, says(T38)] = UNSET


class Media(Shown, frozen=True, kw_only=True):
    """How audio travels to and from a carrier."""

    srtp: Annotated[str, says(SRTP)]
    srtp_keys: Annotated[str, says(SRTP_KEYS)]
    t38: Annotated[bool, says(T38)]


class GivenRouting(Given, frozen=True, kw_only=True):
    """Which calls a trunk gets, and when the next one is tried."""

    weight: Annotated[int | UnsetType, says(WEIGHT)] = UNSET
    next_on: Annotated[str | UnsetType, says(NEXT_ON)] = UNSET
    response_seconds: Annotated[float | UnsetType, says(RESPONSE_SECONDS)] = UNSET
    rest_seconds: Annotated[int | UnsetType, says(REST_SECONDS)] = UNSET
    max_calls: Annotated[int | UnsetType, says(MAX_CALLS)] = UNSET
    calls_per_second: Annotated[float | UnsetType, says(CALLS_PER_SECOND)] = UNSET
    hours: Annotated[str | UnsetType, says(HOURS)] = UNSET
    time_zone: Annotated[str | UnsetType, says(TIME_ZONE)] = UNSET


class Routing(Shown, frozen=True, kw_only=True):
    """Which calls a trunk gets, and when the next one is tried."""

    weight: Annotated[int, says(WEIGHT)]
    next_on: Annotated[str, says(NEXT_ON)]
    response_seconds: Annotated[float, says(RESPONSE_SECONDS)]
    rest_seconds: Annotated[int, says(REST_SECONDS)]
    max_calls: Annotated[int, says(MAX_CALLS)]
    calls_per_second: Annotated[float, says(CALLS_PER_SECOND)]
    hours: Annotated[str, says(HOURS)]
    time_zone: Annotated[str, says(TIME_ZONE)]
