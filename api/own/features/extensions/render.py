"""How extensions are shown, and what a phone is set up with."""

from collections.abc import Mapping
from urllib.parse import quote

from api.own.render import Shape
from api.own.schema.shown_tasks import as_given
from api.own.services import OwnServices
from api.sip_socket import PATH
from engine.features.destinations.extension_settings import ExtensionDiversions
from engine.features.endpoints.model import Extension, Srtp
from engine.features.endpoints.service import Extensions

_UNESCAPED = "-_.!~*'()&=+$,"  # RFC 3261 section 25.1: what a password in a URI may have beside letters and digits


def extension(services: OwnServices, row: Extension, states: Mapping[str, str]) -> Shape:
    """Return an extension, with the state of its phones of `states`, by the names of their endpoints."""
    extensions = services.features[Extensions]
    return {
        "number": row.number,
        "name": row.name,
        "account": extensions.account_name(row),
        "user": row.sip_user,
        "application": extensions.application_name(row),
        "state": _state_of(row, states),
        "max_contacts": row.max_contacts,
        "webrtc": row.webrtc,
        **media(row),
        **as_given(services.features[ExtensionDiversions].of(row)),
    }


def credentials(services: OwnServices, row: Extension) -> Shape:
    """Return what a softphone is set up with."""
    addresses = services.addresses
    server, tls = (f"{addresses.sip_host}:{port}" for port in (addresses.sip_port, addresses.sip_tls_port))
    encrypted = row.srtp is Srtp.REQUIRED  # its keys are in the SIP messages, so these are to be encrypted too
    login = f"{row.sip_user}:{quote(row.password, safe=_UNESCAPED)}"
    socket = f"{addresses.api.replace('http', 'ws', 1)}{PATH}"
    return {
        "number": row.number,
        "name": row.name,
        "account": services.features[Extensions].account_name(row),
        "user": row.sip_user,
        "password": row.password,
        "server": server,
        "transport": "tls" if encrypted else "udp",
        "tls_server": tls,
        **media(row),
        "uri": f"sip:{login}@{tls};transport=tls" if encrypted else f"sip:{login}@{server}",
        "max_contacts": row.max_contacts,
        "browser": {"user": row.browser_user, "url": socket} if row.webrtc else None,
    }


def media(row: Extension) -> Shape:
    """Return how an extension's audio and digits travel, and what its calls show and record."""
    return {
        "srtp": row.srtp,
        "dtmf": row.dtmf,
        "codecs": row.codecs or None,
        "outbound_caller": row.outbound_caller or None,
        "record_external": row.record_external,
        "record_internal": row.record_internal,
    }


def _state_of(row: Extension, states: Mapping[str, str]) -> str:
    """Return the state of an extension's phones; online if one of them, or a browser, is."""
    found = [states.get(name, "missing") for name in row.sip_users]
    return "online" if "online" in found else found[0]
