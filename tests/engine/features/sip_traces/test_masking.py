"""Masking: no secret of a message is kept, its length is, and what one looks for is still there."""

import time
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.features.sip_traces.masking import masked

HEAD = b"INVITE sip:1@127.0.0.2 SIP/2.0\r\nCall-ID: x\r\n"


def body(kind: str, text: str, more: str = "") -> bytes:
    return HEAD + f"Content-Type: {kind}\r\n{more}\r\n{text}".encode()


@pytest.mark.parametrize(
    ("message", "secrets", "kept"),
    [
        (
            HEAD + b'Authorization: Digest username="acme", realm="sip.example", nonce="n0nce/=", '
            b'uri="sip:x@y", response="abcdef0123456789", cnonce="c\\"nonce", nc=00000001, '
            b'qop=auth, opaque="0paque"\r\n\r\n',
            ("n0nce", "abcdef", "nonce/", "0paque"),
            ('username="acme"', 'realm="sip.example"', 'uri="sip:x@y"', "nc=00000001", "qop=auth"),
        ),
        (
            HEAD + b"proxy-authorization : digest response=unquoted1,\r\n\trealm=\"r\",\r\n nonce='x1x'\r\n\r\n",
            ("unquoted1", "x1x"),
            ('realm="r"',),
        ),
        (HEAD + b'WWW-Authenticate: Digest realm="r",nonce="secret"\r\n\r\n', ("secret",), ('realm="r"',)),
        (
            HEAD + b'Authentication-Info: nextnonce="secret", qop=auth, rspauth="proof"\r\n\r\n',
            ("secret", "proof"),
            ("qop=auth",),
        ),
        (HEAD + b"Authorization: Basic YWNtZTpwYXNz\r\n\r\n", ("YWNtZ",), ("Basic ",)),
        (HEAD + b"Authorization: Bearer to=ken.of/me\r\n\r\n", ("ken", "of/me"), ("Bearer ",)),
        (HEAD + b'Authorization: Digest response="never closed\r\n\r\n', ("never",), ("Digest ",)),
        (HEAD + b"To: <sips:ann:pa$$;w0rd@host>;tag=1\r\n\r\n", ("pa$$", "w0rd"), ("sips:ann:", "@host>;tag=1")),
        (b"INVITE sip:ann:pw1@host:5061 SIP/2.0\r\n\r\n", ("pw1",), ("sip:ann:***@host:5061 SIP/2.0",)),
        (
            body(
                "application/sdp",
                "v=0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:S2V5S2V5|2^20\r\n"
                "a=ice-pwd:icesecret\r\n"
                "a=key-mgmt:mikey AQAFgM0\r\nk=clear:keykey\r\nk=base64:a2V5\r\na=rtpmap:0 PCMU/8000\r\n",
            ),
            ("S2V5", "icesecret", "AQAF", "keykey", "a2V5"),
            ("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:", "a=rtpmap:0 PCMU/8000", "v=0"),
        ),
        (body("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n"), ("=5", "160"), ("application/dtmf-relay",)),
        (body("application/dtmf", "7"), ("\r\n\r\n7",), ("\r\n\r\n*",)),
        (body("text/plain", "the code is 4711"), ("code", "4711"), ("text/plain",)),
        (body("application/kpml-response+xml", '<kpml-response digits="42"/>'), ("42",), ()),
        (HEAD + b"\r\nno type at all: 99", ("99",), ()),
        (HEAD + b"c: application/sdp\r\n\r\nv=0\r\n", (), ("v=0",)),
        (
            body(
                'multipart/mixed;boundary="b b"',
                "lead 11\r\n--b b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\nk=prompt5\r\n--b b\r\n"
                "Content-Type: application/pidf+xml\r\n\r\n<place>52.5</place>\r\n--b b--\r\n",
            ),
            ("lead", "11", "prompt5", "52.5", "place>"),
            ("v=0", "--b b--"),
        ),
        (
            body(
                "multipart/mixed;boundary=b",
                "--b\r\nContent-Type: multipart/mixed;boundary=c\r\n\r\n--c\r\n\r\nin x31x",
            ),
            ("31",),
            (),
        ),
        (body("message/sipfrag", "SIP/2.0 200 OK\r\n\r\nbody x31x"), ("31",), ("SIP/2.0 200 OK",)),
    ],
    ids=count(1),
)
def test_no_secret_is_kept(message: bytes, secrets: tuple[str, ...], kept: tuple[str, ...]) -> None:
    text = masked(message).decode()
    assert [one for one in secrets if one in text] == []
    assert [one for one in kept if one not in text] == []
    assert len(text.encode()) == len(message), "Content-Length stays right"


def test_what_has_no_secret_is_unchanged() -> None:
    message = body("application/sdp", "v=0\r\nc=IN IP4 127.0.0.1\r\n", 'Reason: Q.850;cause=16;text="bye"\r\n')
    assert masked(message) == message


@given(st.binary(max_size=300))
def test_the_length_of_any_octets_is_kept(octets: bytes) -> None:
    for message in (octets, HEAD + octets, HEAD + b"Authorization: Digest " + octets + b"\r\n\r\n" + octets):
        assert len(masked(message)) == len(message)


@pytest.mark.parametrize(
    "attack",
    [
        b"sip:",
        b"sip:a:",
        b"Authorization: ",
        b'a="',
        b"\r\n ",
        b"a=crypto:",
        b";boundary=",
        b"\n\t",
        b"--b\r\n\r\n",
        b"=",
    ],
)
def test_a_large_hostile_message_takes_no_longer_than_its_length_asks(attack: bytes) -> None:
    message = HEAD + b"Authorization: Digest " + attack * (60_000 // len(attack)) + b"@"
    shaped = body("multipart/mixed;boundary=b", "") + attack * (60_000 // len(attack))
    began = time.process_time()
    assert (len(masked(message)), len(masked(shaped))) == (len(message), len(shaped))
    assert time.process_time() - began < 1.0
