"""Codecs that Asterisk translates, and encrypted audio."""

from typing import Any

import pytest

from engine.features.errors import InvalidSetting
from engine.features.trunks import media
from engine.features.trunks import trunk as trunks
from engine.features.trunks.model import made
from engine.store.trunks import Trunk

MODULES = ("codec_ulaw.so", "codec_alaw.so", "codec_opus_open_source.so", "codec_resample.so")


def trunk(codecs: str = "ulaw,alaw", **fields: Any) -> Trunk:
    return trunks.checked(made({"name": "itsp", "host": "192.0.2.1", "codecs": codecs, "media": fields}))


def told(one: Trunk) -> dict[str, str]:
    (endpoint,) = [piece.fields for piece in trunks.pieces(one) if piece.kind == "endpoint"]
    return endpoint


def test_codecs_keep_their_order_and_stand_once() -> None:
    assert told(trunk(" alaw, ULAW,alaw "))["allow"] == "alaw,ulaw"


def test_a_codec_that_asterisk_does_not_translate_is_refused_by_its_name() -> None:
    media.translated(trunk("opus,slin16,ulaw").codecs, MODULES)
    with pytest.raises(InvalidSetting, match="g729 needs its module codec_g729, which is not loaded"):
        media.translated(trunk("ulaw,g729").codecs, MODULES)


@pytest.mark.parametrize(
    ("fields", "encryption", "optimistic"),
    [
        ({"srtp": "required"}, "sdes", "no"),
        ({"srtp": "offered"}, "sdes", "yes"),
        ({"srtp": "required", "srtp_keys": "dtls"}, "dtls", "no"),
    ],
)
def test_audio_is_encrypted_as_it_is_set(fields: dict[str, Any], encryption: str, optimistic: str) -> None:
    endpoint = told(trunk(**fields))
    assert (endpoint["media_encryption"], endpoint["media_encryption_optimistic"]) == (encryption, optimistic)
    assert ("dtls_auto_generate_cert" in endpoint) is (encryption == "dtls")


def test_without_srtp_nothing_of_it_is_told() -> None:
    assert "media_encryption" not in told(trunk())


def test_t38_is_taken_where_it_is_set() -> None:
    assert "t38_udptl" not in told(trunk())
    for fields in ({}, {"srtp": "offered"}):
        endpoint = told(trunk(t38=True, **fields))
        assert (endpoint["t38_udptl"], endpoint["t38_udptl_ec"]) == ("yes", "redundancy")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"srtp": "yes"}, "srtp must be off, offered or required (got 'yes')"),
        ({"srtp": "required", "srtp_keys": "zrtp"}, "srtp_keys must be sdes or dtls (got 'zrtp')"),
        ({"srtp_keys": "dtls"}, "srtp_keys dtls needs srtp offered or required"),
        ({"srtp": "required", "t38": True}, "t38 must be off where srtp is required"),
    ],
)
def test_what_cannot_be_is_refused_with_the_field_s_name(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        trunk(**fields)
    assert named in str(refused.value)
