"""What Asterisk is told of how SIP is spoken with a carrier."""

from typing import Any

import pytest

from engine.features.errors import InvalidSetting
from engine.features.trunks import trunk as trunks
from engine.features.trunks.certificates import self_signed
from engine.features.trunks.model import made
from engine.features.trunks.signalling import contact_user
from engine.features.trunks.sources import match
from engine.store.trunks import Trunk

CERTIFICATE, KEY = self_signed("carrier.example")
OTHER_CERTIFICATE, _ = self_signed("other.example")


def trunk(**fields: Any) -> Trunk:
    return trunks.checked(made({"name": "itsp", "host": "192.0.2.1", **fields}))


def told(one: Trunk, transport: str | None = None) -> dict[str, dict[str, str]]:
    return {piece.kind: piece.fields for piece in trunks.pieces(one, transport=transport)}


def test_a_trunk_without_settings_is_what_it_was() -> None:
    found = told(trunk())
    assert found["aor"]["contact"] == "sip:192.0.2.1:5060" and found["aor"]["qualify_frequency"] == "15"
    assert found["endpoint"]["transport"] == "transport-udp" and "from_domain" not in found["endpoint"]
    assert "auth" not in found and "registration" not in found and "outbound_auth" not in found["endpoint"]


def test_a_transport_is_in_the_contact_and_in_every_object_that_sends() -> None:
    tcp = told(trunk(username="me", password="x", register=True, signalling={"transport": "tcp"}))
    assert tcp["aor"]["contact"] == "sip:192.0.2.1:5060;transport=tcp"
    assert tcp["registration"]["server_uri"] == "sip:192.0.2.1:5060;transport=tcp"
    assert {tcp["endpoint"]["transport"], tcp["registration"]["transport"]} == {"transport-tcp"}
    tls = told(trunk(port=5061, signalling={"transport": "tls"}), "transport-tls-1")
    assert tls["aor"]["contact"] == "sip:192.0.2.1:5061;transport=tls"
    assert tls["endpoint"]["transport"] == "transport-tls-1"


def test_who_authenticates_may_be_another_one_than_who_registers() -> None:
    found = told(trunk(username="4420", password="x", register=True, signalling={"auth_user": "acct-7"}))
    assert found["auth"] == {"auth_type": "digest", "username": "acct-7", "password": "x"}
    assert found["registration"]["client_uri"] == "sip:4420@192.0.2.1"
    assert found["registration"]["contact_user"] == "4420"
    alone = told(trunk(password="x", signalling={"auth_user": "acct-7"}))
    assert alone["auth"]["username"] == "acct-7" and alone["endpoint"]["outbound_auth"] == "trunk-itsp"


def test_from_has_the_carrier_s_domain_where_the_trunk_registers_and_what_is_set_everywhere() -> None:
    registered = trunk(host="sip.example.com", username="me", password="x", register=True)
    assert told(registered)["endpoint"]["from_domain"] == "sip.example.com"
    named = told(trunk(username="me", password="x", register=True, signalling={"from_domain": "ims.example.net"}))
    assert named["endpoint"]["from_domain"] == "ims.example.net"
    assert named["registration"]["client_uri"] == "sip:me@ims.example.net"
    assert named["registration"]["server_uri"] == "sip:192.0.2.1:5060"
    user = told(trunk(signalling={"from_user": "acct-7", "contact_user": "line1"}))["endpoint"]
    assert (user["from_user"], user["contact_user"]) == ("acct-7", "line1")


def test_a_user_of_odd_characters_is_escaped_in_addresses_and_as_it_is_in_the_digest() -> None:
    odd = trunk(username="a@b%c;d<e>f$#", password='p @+%;<>"$#w', register=True)
    found = told(odd)
    assert found["auth"]["username"] == "a@b%c;d<e>f$#" and found["auth"]["password"] == 'p @+%;<>"$#w'
    assert found["registration"]["client_uri"] == "sip:a%40b%2525c;d%3Ce%3Ef$%23@192.0.2.1"
    assert found["registration"]["contact_user"] == contact_user(odd) == "itsp"


def test_every_request_goes_through_the_outbound_proxy_which_may_send_calls_too() -> None:
    proxied = trunk(
        username="me",
        password="x",
        register=True,
        signalling={"outbound_proxy": "203.0.113.9:5080", "transport": "tcp"},
    )
    found, route = told(proxied), "sip:203.0.113.9:5080;transport=tcp;lr"
    assert {found[kind]["outbound_proxy"] for kind in ("aor", "endpoint", "registration")} == {route}
    assert match(proxied, {}) == "203.0.113.9,192.0.2.1"


def test_options_timers_and_registration_are_as_they_are_set() -> None:
    signalling = {
        "options_seconds": 0, "session_timers": "required", "session_seconds": 600, "prack": "no",
        "register_seconds": 120,
    }  # fmt: skip
    found = told(trunk(username="me", password="x", register=True, signalling=signalling))
    assert found["aor"]["qualify_frequency"] == "0"
    endpoint = found["endpoint"]
    assert (endpoint["timers"], endpoint["timers_sess_expires"], endpoint["100rel"]) == ("required", "600", "no")
    assert found["registration"]["expiration"] == "120"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"transport": "sctp"}, "transport must be udp, tcp or tls (got 'sctp')"),
        ({"ca": CERTIFICATE}, "ca needs transport tls (got udp)"),
        ({"transport": "tls", "ca": "hello"}, "ca must be certificates as PEM text"),
        ({"transport": "tls", "certificate": CERTIFICATE}, "key is missing"),
        ({"transport": "tls", "key": KEY}, "certificate is missing"),
        ({"transport": "tls", "certificate": OTHER_CERTIFICATE, "key": KEY}, "key must belong to the certificate"),
        ({"transport": "tls", "certificate": CERTIFICATE, "key": "no"}, "key must be a private key as PEM text"),
        ({"auth_user": "me"}, "auth_user needs a password"),
        ({"auth_user": "a\tb"}, "A trunk's auth_user is 1 to 128 printable ASCII characters"),
        ({"from_user": "a b"}, "from_user must be letters, digits and"),
        ({"contact_user": "a@b"}, "contact_user must be letters, digits and"),
        ({"from_domain": "a/b"}, "from_domain must be a host name or an address"),
        ({"outbound_proxy": "sip:proxy"}, "outbound_proxy must be a host or host:port"),
        ({"outbound_proxy": "proxy:99999"}, "outbound_proxy must be a host or host:port"),
        ({"options_seconds": 2}, "options_seconds must be 5 to 3600, or 0: no OPTIONS is sent (got 2)"),
        ({"register_seconds": 0}, "register_seconds must be 30 to 86400 (got 0)"),
        ({"session_timers": "on"}, "session_timers must be no, yes, required or always (got 'on')"),
        ({"session_seconds": 89}, "session_seconds must be 90 to 86400 (got 89)"),
        ({"prack": "maybe"}, "prack must be no, yes or required (got 'maybe')"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_the_field_s_name(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        trunk(signalling=fields)
    assert named in str(refused.value)


@pytest.mark.parametrize("user", ['a"b', "a\\b"])
def test_a_user_that_would_break_the_digest_is_refused_and_is_fine_without_one(user: str) -> None:
    with pytest.raises(InvalidSetting, match="PJSIP does not escape them in Authorization"):
        trunk(username=user, password="x")
    assert trunk(username=user, password="x", signalling={"auth_user": "plain"}).username == user
