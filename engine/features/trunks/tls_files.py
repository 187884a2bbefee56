"""The files that transports of TLS read: certificates, keys and authorities, each named by what is in it."""

import hashlib
import os
import socket
import tempfile
from collections.abc import Collection
from pathlib import Path

from engine.features.errors import InvalidSetting
from engine.features.trunks.certificates import checked_certificate, self_signed
from engine.store.trunk_groups import Signalling

_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
_OURS = ("*.crt", "*.key", "*.ca")
_MADE = ("own.crt", "own.key")
"""The certificate that was made for this installation, and its key."""


class TlsFiles:
    """Writes them into a folder. `certificate` and `key` were given for this installation; where they are empty or
    missing, a certificate for `name` is made once, which signs itself."""

    def __init__(self, folder: Path, certificate: Path, key: Path, name: str) -> None:
        self._folder, self._certificate, self._key, self._name = folder, certificate, key, name

    def write(self, signalling: Signalling) -> dict[str, str]:
        """Write what the transport of a trunk reads; return its fields that name them. Raises InvalidSetting."""
        if signalling.certificate:
            certificate, key = signalling.certificate, signalling.key
        else:
            certificate, key = self._installation()
        named = hashlib.sha256((certificate + key).encode()).hexdigest()[:16]
        return {
            "cert_file": self._put(f"{named}.crt", certificate),
            "priv_key_file": self._put(f"{named}.key", key),
            "ca_list_file": self._put_authorities(signalling.ca or _AUTHORITIES.read_text()),
        }

    def remove_others(self, used: Collection[str]) -> None:
        """Remove all files but those of these paths, and the one that was made for this installation."""
        for pattern in _OURS:
            for file in self._folder.glob(pattern):
                if file.name not in _MADE and str(file) not in used:
                    file.unlink(missing_ok=True)

    def _installation(self) -> tuple[str, str]:
        """Return the installation's certificate and its key."""
        certificate, key = given = [_text(file) for file in (self._certificate, self._key)]
        if any(given):
            if not all(given):
                raise InvalidSetting("CARILLON_TLS_CERT and CARILLON_TLS_KEY go together: one of the files is empty.")
            checked_certificate(certificate, key)
            return certificate, key
        kept = [_text(self._folder / name) for name in _MADE]
        if not all(kept):
            kept = list(self_signed(self._name))
            for name, text in zip(_MADE, kept, strict=True):
                self._put(name, text)
        return kept[0], kept[1]

    def _put_authorities(self, text: str) -> str:
        return self._put(f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.ca", text)

    def _put(self, name: str, text: str) -> str:
        """Write a file that only its owner reads, whole or not at all; one that is there as it should be stays."""
        file = self._folder / name
        if _text(file) != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            handle, unnamed = tempfile.mkstemp(dir=file.parent)
            with os.fdopen(handle, "w") as out:
                out.write(text)
            Path(unnamed).replace(file)
        return str(file)


def is_free(address: str, port: int) -> bool:
    """Whether a TCP port of an address can be listened on."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True


def _text(file: Path) -> str:
    try:
        return file.read_text()
    except FileNotFoundError:
        return ""
    except PermissionError:
        raise InvalidSetting(f"{file} cannot be read: make it readable for uid {os.getuid()}.") from None
