"""How a trunk's audio travels: its codecs, whether it is encrypted, and whether faxes may go over T.38."""

from collections.abc import Collection

from engine.features.trunks.settings import listed, must, one_of
from engine.store.trunk_groups import Media
from engine.store.trunks import Trunk

CODECS = {
    "ulaw": "codec_ulaw", "alaw": "codec_alaw", "g722": "codec_g722", "opus": "codec_opus", "g729": "codec_g729",
    "gsm": "codec_gsm", "slin16": "codec_resample", "ilbc": "codec_ilbc", "g726": "codec_g726", "speex": "codec_speex",
}  # fmt: skip
"""The codecs that may be named, each with what the module's name begins with that translates it."""
SRTP = ("off", "offered", "required")
SRTP_KEYS = ("sdes", "dtls")
_DATAGRAM = "400"
"""Bytes of a UDPTL datagram that the far end takes, whatever it says: some say too little (res_pjsip_t38.c)."""


def checked(trunk: Trunk) -> Media:
    """Return a trunk's media settings; raises InvalidSetting."""
    media = trunk.media
    one_of("srtp", media.srtp, SRTP)
    one_of("srtp_keys", media.srtp_keys, SRTP_KEYS)
    must(
        media.srtp != "off" or media.srtp_keys == "sdes",
        f"srtp_keys {media.srtp_keys} needs srtp offered or required: without it nothing is encrypted.",
    )
    must(
        not media.t38 or media.srtp != "required",
        "t38 must be off where srtp is required: faxes over T.38 are not encrypted.",
    )
    return media


def checked_codecs(text: str, known: Collection[str] = CODECS) -> str:
    """Return codecs as they are stored, in their order; raises InvalidSetting."""
    codecs = [codec.strip().lower() for codec in text.split(",")]
    for codec in codecs:
        must(codec in known, f"codecs must be of {listed(known)} (got {codec[:40]!r}).")
    return ",".join(dict.fromkeys(codecs))


def translated(codecs: str, modules: Collection[str]) -> None:
    """Raise InvalidSetting unless Asterisk, which runs these modules, translates every one of these codecs.

    It takes and passes on any codec that it knows by name; but nothing can be played in one, and a caller of another
    codec cannot be connected.
    """
    for codec in codecs.split(","):
        module = CODECS[codec]
        must(
            any(name.startswith(module) for name in modules),
            f"codecs must be ones that Asterisk translates: {codec} needs its module {module}, which is not loaded.",
        )


def fields(trunk: Trunk) -> dict[str, str]:
    """Return what Asterisk's endpoint has of it."""
    media = trunk.media
    fax = {"t38_udptl": "yes", "t38_udptl_ec": "redundancy", "t38_udptl_maxdatagram": _DATAGRAM} if media.t38 else {}
    if media.srtp == "off":
        return fax
    optimistic = "yes" if media.srtp == "offered" else "no"
    found = {"media_encryption": media.srtp_keys, "media_encryption_optimistic": optimistic}
    if media.srtp_keys == "dtls":
        found |= {"dtls_auto_generate_cert": "yes", "dtls_verify": "fingerprint", "dtls_setup": "actpass"}
    return fax | found
