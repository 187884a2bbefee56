"""Options of `carillon trunks add` and `set`: one class for each group of a trunk's settings."""

from dataclasses import asdict, dataclass
from typing import Any, Protocol

from cyclopts import Parameter

from api.cli.context import present
from api.cli.secrets import GivenFile, text_of


class Options(Protocol):
    """The options of a group."""

    def body(self) -> dict[str, Any]:
        """Return the group's fields in a request: those that were given. Raises CommandFailed."""


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class SignallingOptions:
    """How SIP is spoken with the carrier.

    Parameters
    ----------
    transport
        udp, tcp or tls.
    ca_file
        With tls: a file with the certificates (PEM) of who may have signed the carrier's; "" is the system's.
    certificate_file
        With tls: a file with our certificate for this carrier (PEM).
    key_file
        With tls: a file with the certificate's key, without a pass phrase.
    verify_server
        With tls: whether the carrier's certificate must be valid for --host.
    auth_user
        The user of digest authentication, if it is not --user.
    from_user
        Replaces the user of From, for carriers that want the account's there.
    from_domain
        Replaces the host of From; by default --host if the trunk registers, else our address.
    contact_user
        The user of Contact, if it is not --user.
    outbound_proxy
        host or host:port through which every request goes first; "" is none.
    options_seconds
        Seconds between two OPTIONS, which show whether the carrier is there; 0 sends none.
    register_seconds
        How long a registration asks to last.
    session_timers
        no, yes (if the carrier wants them), required or always.
    session_seconds
        The interval of session timers.
    prack
        Reliable provisional responses (100rel): no, yes or required.
    """

    transport: str | None = None
    ca_file: GivenFile = None
    certificate_file: GivenFile = None
    key_file: GivenFile = None
    verify_server: bool | None = None
    auth_user: str | None = None
    from_user: str | None = None
    from_domain: str | None = None
    contact_user: str | None = None
    outbound_proxy: str | None = None
    options_seconds: int | None = None
    register_seconds: int | None = None
    session_timers: str | None = None
    session_seconds: int | None = None
    prack: str | None = None

    def body(self) -> dict[str, Any]:
        """Return the group's fields in a request."""
        given = present(**asdict(self))
        for name in ("ca", "certificate", "key"):
            if (file := given.pop(f"{name}_file", None)) is not None:
                given[name] = text_of(file, f"--{name}-file") if file else ""
        return given


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class NumberingOptions:
    """How numbers are written to the carrier, and where the called one of its calls stands.

    Parameters
    ----------
    number_format
        How a called number is written: e164, e164-plus, national (in --country) or as-dialled.
    caller_format
        How the caller's number is written; "" is like --number-format.
    strip_digits
        How many digits are taken away at the front of a called number.
    tech_prefix
        What is put before a called number: 0-9, * and #.
    identity
        Where the caller's number is shown: pai (P-Asserted-Identity and From), rpid, from or none.
    default_caller
        The number that is shown for calls without one of their own; "" is none: they are anonymous.
    called_in
        Where the called number of its calls stands: uri, to, or the name of a header such as P-Called-Party-ID.
    verstat_in
        Where it says whether it checked the caller's number: pai, from, none, or the name of a header.
    attestation_in
        The name of a header that has its attestation A, B or C, such as P-Attestation-Indicator; "" is none.
    """

    number_format: str | None = None
    caller_format: str | None = None
    strip_digits: int | None = None
    tech_prefix: str | None = None
    identity: str | None = None
    default_caller: str | None = None
    called_in: str | None = None
    verstat_in: str | None = None
    attestation_in: str | None = None

    def body(self) -> dict[str, Any]:
        """Return the group's fields in a request."""
        return present(**asdict(self))


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class MediaOptions:
    """How audio travels.

    Parameters
    ----------
    srtp
        Whether audio is encrypted: off, offered or required.
    srtp_keys
        How the keys are agreed on: sdes or dtls.
    t38
        Whether faxes may go over T.38, if the carrier offers it.
    """

    srtp: str | None = None
    srtp_keys: str | None = None
    t38: bool | None = None

    def body(self) -> dict[str, Any]:
        """Return the group's fields in a request."""
        return present(**asdict(self))


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class RoutingOptions:
    """Which calls the trunk gets, and when the next one is tried.

    Parameters
    ----------
    weight
        Its share of the calls among trunks of the same prefix, priority and cost; by default 1.
    next_on
        Which endings let the next trunk be tried: default, never, causes such as congestion, SIP statuses such as 403
        and classes such as 5xx, with commas between; with - those that are final: default,403,-503.
    response_seconds
        Within how many seconds it must answer an INVITE, be it with 100 Trying; by default 2.5, 0 waits.
    rest_seconds
        For how many seconds it is tried last after it did not answer; by default 60.
    max_calls
        How many calls may go out by it at once; 0 is any number.
    calls_per_second
        How many calls a second may go out by it; 0 is any number.
    hours
        When it carries calls, such as "mon-fri 08:00-18:00, sat 09:00-12:30"; "" is always.
    time_zone
        The time zone of --hours, e.g. Europe/Berlin; by default UTC.
    """

    weight: int | None = None
    next_on: str | None = None
    response_seconds: float | None = None
    rest_seconds: int | None = None
    max_calls: int | None = None
    calls_per_second: float | None = None
    hours: str | None = None
    time_zone: str | None = None

    def body(self) -> dict[str, Any]:
        """Return the group's fields in a request."""
        return present(**asdict(self))


def groups(**given: Options | None) -> dict[str, Any]:
    """Return the groups of a request: those of which an option was given."""
    bodies = {name: options.body() for name, options in given.items() if options is not None}
    return {name: body for name, body in bodies.items() if body}
