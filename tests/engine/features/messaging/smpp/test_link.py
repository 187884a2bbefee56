"""Binding, asking whether the other side is there, and connecting again."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmpplib.state import SmppCommandStatus
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from engine.features.messaging.carrier import Accepted, NotSent, Unknown
from engine.features.messaging.smpp import pdu
from engine.features.messaging.smpp.link import LinkState
from tests.engine.features.messaging.smpp.conftest import NewCarrier
from tests.fakes.smsc import ScriptedSmsc, answer, silence
from tests.support.clock import settled
from tests.support.texts import part

S = SmppCommandStatus
NOW = asyncio.get_running_loop


async def test_the_bind_has_what_the_settings_have(smsc: ScriptedSmsc, carrier: NewCarrier) -> None:
    one = await carrier(smsc.port, system_id="us", password="0123456789abcdef", system_type="OTP")
    (bind,) = smsc.requests(pdu.BIND_TRANSCEIVER)
    assert bind.body == b"us\x000123456789abcdef\0OTP\0\x34\0\0\0"
    assert (one.state, one.last_error, one.ready, one.name) == (LinkState.BOUND, "", True, "one")


async def test_two_links_one_for_each_direction(smsc: ScriptedSmsc, carrier: NewCarrier) -> None:
    one = await carrier(smsc.port, mode="tx+rx")
    await smsc.got(pdu.BIND_RECEIVER)
    await settled()
    assert not smsc.requests(pdu.BIND_TRANSCEIVER)
    assert len(smsc.requests(pdu.BIND_TRANSMITTER)) == 1
    assert one.state is LinkState.BOUND
    assert isinstance(await one.submit(part()), Accepted)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (S.ESME_RINVPASWD, "ESME_RINVPASWD (0x0E: Invalid Password): correct the password."),
        (S.ESME_RINVSYSID, "ESME_RINVSYSID (0x0F: Invalid System ID): correct the system_id."),
        (S.ESME_RALYBND, "the SMSC allows no further link with it; end the other one."),
        (0x432, "0x432 (a status of the carrier's own): ask the carrier what it means."),
        (0x99, "0x99 (an unknown status): ask the carrier what it means."),
    ],
)
async def test_a_refused_bind_is_a_sentence_and_is_tried_ever_more_slowly(
    smsc: ScriptedSmsc, carrier: NewCarrier, status: int, sentence: str
) -> None:
    smsc.on[pdu.BIND_TRANSCEIVER] = answer(status=status)
    one = await carrier(smsc.port, bound=False)
    await settled()
    assert one.state is LinkState.REFUSED
    assert one.last_error.startswith("The SMSC refused the bind of system_id 'carillon' with ")
    assert one.last_error.endswith(sentence)
    assert isinstance(await one.submit(part()), NotSent)
    await asyncio.sleep(600)
    assert 600 / 30 <= smsc.connections <= 600 / 15 + 6
    smsc.on[pdu.BIND_TRANSCEIVER] = answer(b"smsc\0")
    await one.wait_ready()
    assert (one.state, one.last_error) == (LinkState.BOUND, "")


async def test_an_smsc_that_is_back_is_noticed_within_a_second(smsc: ScriptedSmsc, carrier: NewCarrier) -> None:
    one = await carrier(smsc.port)
    await smsc.stop()
    await asyncio.sleep(120)
    assert one.state in (LinkState.LOST, LinkState.CONNECTING)
    await smsc.start()
    began = NOW().time()
    await one.wait_ready()
    assert NOW().time() - began <= 1


async def test_a_bind_without_an_answer(smsc: ScriptedSmsc, carrier: NewCarrier) -> None:
    smsc.on[pdu.BIND_TRANSCEIVER] = silence
    one = await carrier(smsc.port, bound=False, answer_seconds=4)
    await asyncio.sleep(4.1)
    assert one.last_error == "The SMSC did not answer the bind within 4 s."
    await smsc.connected(2)


async def test_a_silent_smsc_is_asked_and_given_up(smsc: ScriptedSmsc, carrier: NewCarrier) -> None:
    one = await carrier(smsc.port, enquire_seconds=20, answer_seconds=5)
    await asyncio.sleep(19)
    assert not smsc.requests(pdu.ENQUIRE_LINK)
    await asyncio.sleep(42)
    assert len(smsc.requests(pdu.ENQUIRE_LINK)) == 3
    assert one.ready
    smsc.on[pdu.ENQUIRE_LINK] = silence
    await asyncio.sleep(24.5)
    assert not one.ready
    assert one.last_error == "The SMSC did not answer enquire_link within 5 s."
    await smsc.connected(2)


async def test_an_smsc_that_asks_is_answered(smsc: ScriptedSmsc, carrier: NewCarrier) -> None:
    await carrier(smsc.port)
    smsc.send(pdu.packed(pdu.ENQUIRE_LINK, 77))
    (response,) = await smsc.got(pdu.ENQUIRE_LINK | pdu.RESPONSE)
    assert (response.sequence, response.status, response.body) == (77, 0, b"")


async def test_an_unbind_is_answered_and_the_link_opened_again(smsc: ScriptedSmsc, carrier: NewCarrier) -> None:
    one = await carrier(smsc.port)
    smsc.send(pdu.packed(pdu.UNBIND, 5))
    (response,) = await smsc.got(pdu.UNBIND | pdu.RESPONSE)
    assert response.sequence == 5
    await settled()
    assert one.last_error == "The SMSC ended the link (unbind)."
    await smsc.connected(2)
    await one.wait_ready()


async def test_stopping_unbinds_and_leaves_no_task(smsc: ScriptedSmsc, carrier: NewCarrier) -> None:
    before = asyncio.all_tasks()
    one = await carrier(smsc.port, mode="tx+rx")
    await smsc.got(pdu.BIND_RECEIVER)
    smsc.on[pdu.SUBMIT_SM] = silence
    waiting = asyncio.create_task(one.submit(part()))
    await smsc.got(pdu.SUBMIT_SM)
    await one.stop()
    assert await waiting == Unknown("The link to one ended before it answered.")
    assert len(smsc.requests(pdu.UNBIND)) == 2
    assert one.state is LinkState.STOPPED
    assert isinstance(await one.submit(part()), NotSent)
    await settled()
    assert asyncio.all_tasks() == before


async def test_stopping_does_not_wait_for_an_smsc_that_does_not_answer(smsc: ScriptedSmsc, carrier: NewCarrier) -> None:
    one = await carrier(smsc.port)
    smsc.on[pdu.UNBIND] = silence
    began = NOW().time()
    await one.stop()
    assert NOW().time() - began <= 4


async def test_what_is_answered_during_the_unbind_is_accepted(smsc: ScriptedSmsc, carrier: NewCarrier) -> None:
    one = await carrier(smsc.port)
    smsc.on[pdu.SUBMIT_SM] = silence
    waiting = asyncio.create_task(one.submit(part()))
    (submit,) = await smsc.got(pdu.SUBMIT_SM)

    def late(got: pdu.Pdu) -> bytes:
        response = pdu.packed(pdu.SUBMIT_SM | pdu.RESPONSE, submit.sequence, b"id\0")
        return response + pdu.packed(pdu.UNBIND | pdu.RESPONSE, got.sequence)

    smsc.on[pdu.UNBIND] = late
    await one.stop()
    assert await waiting == Accepted("id")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of 127.0.0.1 with its key, which no authority signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now - timedelta(1), now + timedelta(1)
    )
    signed = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False).sign(
        key, hashes.SHA256()
    )
    file = tmp_path / "smsc.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return file


async def test_tls_with_a_certificate_that_must_be_trusted(
    certificate: Path, carrier: NewCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    smsc = ScriptedSmsc(context)
    await smsc.start()
    strict = await carrier(smsc.port, bound=False, tls=True, host="localhost")
    lax = await carrier(smsc.port, tls=True, tls_verify=False)
    assert isinstance(await lax.submit(part()), Accepted)
    await asyncio.sleep(5)
    assert not strict.ready
    assert f"The certificate of localhost:{smsc.port} cannot be trusted: self" in strict.last_error
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    await strict.wait_ready()
    await strict.stop()
    await lax.stop()
    await smsc.stop()


async def test_tls_towards_an_smsc_without_it(smsc: ScriptedSmsc, carrier: NewCarrier) -> None:
    one = await carrier(smsc.port, bound=False, tls=True, answer_seconds=3)
    await asyncio.sleep(4)
    assert one.state is not LinkState.BOUND
    assert one.last_error
