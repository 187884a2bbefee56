"""How extensions are shown, and what a phone is set up with."""

from collections.abc import Mapping
from urllib.parse import quote

from api.own.render import Shape
from api.own.schema.shown_tasks import as_given
from api.own.services import OwnServices
from api.sip_socket import PATH
from engine.features.destinations.extension_settings import ExtensionDiversions
from engine.features.endpoints.model import Extension
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
        "srtp": row.srtp,
        **as_given(services.features[ExtensionDiversions].of(row)),
    }


def credentials(services: OwnServices, row: Extension) -> Shape:
    """Return what a softphone is set up with."""
    addresses = services.addresses
    server = f"{addresses.sip_host}:{addresses.sip_port}"
    socket = f"{addresses.api.replace('http', 'ws', 1)}{PATH}"
    return {
        "number": row.number,
        "name": row.name,
        "account": services.features[Extensions].account_name(row),
        "user": row.sip_user,
        "password": row.password,
        "server": server,
        "transport": "udp",
        "tls_server": f"{addresses.sip_host}:{addresses.sip_tls_port}",
        "srtp": row.srtp,
        "uri": f"sip:{row.sip_user}:{quote(row.password, safe=_UNESCAPED)}@{server}",
        "max_contacts": row.max_contacts,
        "browser": {"user": row.browser_user, "url": socket} if row.webrtc else None,
    }


def _state_of(row: Extension, states: Mapping[str, str]) -> str:
    """Return the state of an extension's phones; online if one of them, or a browser, is."""
    found = [states.get(name, "missing") for name in row.sip_users]
    return "online" if "online" in found else found[0]
