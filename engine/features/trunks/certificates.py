"""Certificates and keys of TLS, as PEM text (RFC 7468)."""

import datetime

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from engine.features.errors import InvalidSetting

LONGEST = 200_000  # characters
_YEARS = 10


def checked_authorities(pem: str) -> list[x509.Certificate]:
    """Return the certificates of authorities in a text; raises InvalidSetting that names what is wrong."""
    found = _certificates("ca", pem)
    for each in found:
        if not _may_sign(each):
            name = each.subject.rfc4514_string()
            raise InvalidSetting(f"ca must be certificates that may sign others; the one of {name!r} may not.")
    return found


def checked_certificate(pem: str, key: str) -> None:
    """Raise InvalidSetting unless a text is a certificate, and the other one its key without a pass phrase."""
    certificate, *_ = _certificates("certificate", pem)
    try:
        private = serialization.load_pem_private_key(key.encode(), password=None)
    except TypeError:
        raise InvalidSetting("key must not have a pass phrase: Asterisk cannot be asked for it.") from None
    except ValueError:
        raise InvalidSetting("key must be a private key as PEM text (-----BEGIN PRIVATE KEY-----).") from None
    if private.public_key() != certificate.public_key():
        raise InvalidSetting("key must belong to the certificate: the two do not fit together.")


def described(pem: str) -> str:
    """Return whose the certificates of a text are and until when, for people to read."""
    return "; ".join(
        f"{each.subject.rfc4514_string()}, until {each.not_valid_after_utc:%Y-%m-%d}"
        for each in x509.load_pem_x509_certificates(pem.encode())
    )


def self_signed(name: str) -> tuple[str, str]:
    """Make a certificate for a host's name that it signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365 * _YEARS))
        .sign(key, SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode(), private.decode()


def _certificates(field: str, pem: str) -> list[x509.Certificate]:
    if len(pem) > LONGEST:
        raise InvalidSetting(f"{field} must have at most {LONGEST} characters (got {len(pem)}).")
    try:
        found = x509.load_pem_x509_certificates(pem.encode())
    except ValueError:
        raise InvalidSetting(f"{field} must be certificates as PEM text (-----BEGIN CERTIFICATE-----).") from None
    now = datetime.datetime.now(datetime.UTC)
    if expired := [each for each in found if each.not_valid_after_utc < now]:
        name, day = expired[0].subject.rfc4514_string(), expired[0].not_valid_after_utc
        raise InvalidSetting(f"{field} must be valid; the certificate of {name!r} ended on {day:%Y-%m-%d}.")
    return found


def _may_sign(certificate: x509.Certificate) -> bool:
    """Whether a certificate is an authority's, or one that signs itself (which has no constraints if it is old)."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return certificate.subject == certificate.issuer
