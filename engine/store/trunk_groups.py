"""Groups of a trunk's settings: each is one column, which holds as JSON what differs from the defaults."""

from typing import ClassVar

import msgspec


class Group(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Settings that one module of rules checks. A field that is not stored has its default.

    `secrets` are the fields that are never shown.
    """

    secrets: ClassVar[frozenset[str]] = frozenset()


class Signalling(Group, frozen=True, kw_only=True, omit_defaults=True):
    """How SIP is spoken with a carrier (engine.features.trunks.signalling).

    `transport`: udp, tcp or tls. `ca`, `certificate` and `key` are PEM text: who may have signed the carrier's
    certificate ("": the system's authorities), and what we prove ourselves with. `verify_server`: the carrier's
    certificate must be valid for its host's name.
    `auth_user`: the user of digest authentication, "": the trunk's. `from_user` and `from_domain` replace user and host
    of From, `contact_user` the user of Contact. `outbound_proxy`: host[:port] that every request goes through first.
    `options_seconds`: between two OPTIONS, 0: none is sent. `register_seconds`: what a registration asks to last.
    `session_timers` (RFC 4028): no, yes, required or always; `session_seconds`: their interval. `prack` (RFC 3262,
    100rel): no, yes or required.
    """

    secrets: ClassVar[frozenset[str]] = frozenset({"key"})

    transport: str = "udp"
    ca: str = ""
    certificate: str = ""
    key: str = ""
    verify_server: bool = True
    auth_user: str = ""
    from_user: str = ""
    from_domain: str = ""
    contact_user: str = ""
    outbound_proxy: str = ""
    options_seconds: int = 15
    register_seconds: int = 300
    session_timers: str = "yes"
    session_seconds: int = 1800
    prack: str = "yes"


class Numbering(Group, frozen=True, kw_only=True, omit_defaults=True):
    """How numbers are written to a carrier, and where its own stand (engine.features.trunks.numbering).

    `number_format`: e164, e164-plus, national (in the trunk's country) or as-dialled; `strip_digits` are then taken
    away at its front, and `tech_prefix` is put there. `caller_format`: the caller's, "": like `number_format`.
    `identity`: where the caller's number is shown: pai (RFC 3325), rpid, from or none; the first two also in From.
    `default_caller`: shown for calls that have no caller of their own to show.
    `called_in`: where the called number of an incoming call is: uri, to, or the name of a header.
    `verstat_in`: where the carrier says whether it checked the caller's number (engine.calls.verstat): pai, from, none
    or the name of a header; `attestation_in`: the header that has the attestation A, B or C, "": none.
    """

    number_format: str = "e164"
    caller_format: str = ""
    strip_digits: int = 0
    tech_prefix: str = ""
    identity: str = "pai"
    default_caller: str = ""
    called_in: str = "uri"
    verstat_in: str = "pai"
    attestation_in: str = ""


class Media(Group, frozen=True, kw_only=True, omit_defaults=True):
    """How audio travels (engine.features.trunks.media). `srtp`: off, offered or required; `srtp_keys`: sdes (RFC 4568)
    or dtls (RFC 5763). `t38`: whether faxes may go over T.38 (UDPTL).
    """

    srtp: str = "off"
    srtp_keys: str = "sdes"
    t38: bool = False


class Routing(Group, frozen=True, kw_only=True, omit_defaults=True):
    """Which calls a trunk gets, and when the next one is tried (engine.features.trunks.routing_settings).

    `weight`: its share of the calls among trunks of the same prefix, priority and cost. `next_on`: which endings let
    the next trunk be tried (engine.model.next_on), "": the default ones. `response_seconds`: within which the carrier
    must answer an INVITE, be it with 100 Trying (0: at any time); one that does not is tried last for `rest_seconds`.
    `max_calls` at once and `calls_per_second` are those that go out (0: no limit). `hours`: when it carries calls
    (engine.features.trunks.hours), "": always; `time_zone` (IANA), "": UTC.
    """

    weight: int = 1
    next_on: str = ""
    response_seconds: float = 2.5
    rest_seconds: int = 60
    max_calls: int = 0
    calls_per_second: float = 0.0
    hours: str = ""
    time_zone: str = ""
