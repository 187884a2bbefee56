"""Asking a carrier whether it takes a trunk's password."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from engine.features.trunks import registration
from engine.features.trunks.registration import Registration
from engine.store.trunks import Trunk
from tests.support.registrar import CONTACT, PLAIN, Registrar

Serve = Callable[[Registrar], Awaitable[Trunk]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start a registrar; returns a trunk to it with the right password."""
    transports = []

    async def start(registrar: Registrar) -> Trunk:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: registrar, local_addr=("127.0.0.1", 0))
        transports.append(transport)
        port = transport.get_extra_info("sockname")[1]
        return Trunk(name="office", host="127.0.0.1", port=port, username="us", password="letmein", register=True)

    yield start
    for transport in transports:
        transport.close()


@pytest.mark.parametrize(
    "challenge",
    [PLAIN, f'{PLAIN}, algorithm=MD5, qop="auth,auth-int", opaque="o"', f'{PLAIN}, algorithm=SHA-256, qop="auth"'],
)
async def test_a_carrier_that_has_our_contact_says_so_and_nothing_is_changed(serve: Serve, challenge: str) -> None:
    registrar = Registrar(challenge, CONTACT)
    assert await registration.ask(await serve(registrar)) == Registration(200, known=True)
    assert not any("Contact:" in text for text in registrar.asked)


async def test_a_password_that_is_taken_without_a_contact_of_ours_is_told_apart(serve: Serve) -> None:
    assert await registration.ask(await serve(Registrar(PLAIN))) == Registration(200)
    other = Registrar(PLAIN, "Contact: <sip:them@127.0.0.1>")
    assert await registration.ask(await serve(other)) == Registration(200)


@pytest.mark.parametrize("status", [401, 403])
async def test_a_wrong_password_is_refused(serve: Serve, status: int) -> None:
    registrar = Registrar(PLAIN, final=status)
    right = await serve(registrar)
    wrong = Trunk(name="office", host="127.0.0.1", port=right.port, username="us", password="other", register=True)
    found = await registration.ask(wrong)
    assert (found.status, found.refused, len(registrar.asked)) == (status, True, 2)


async def test_a_lost_datagram_is_sent_again_and_a_silent_carrier_is_no_refusal(serve: Serve) -> None:
    assert (await registration.ask(await serve(Registrar(PLAIN, CONTACT, lost=1)))).known
    silent = await registration.ask(await serve(Registrar(PLAIN, lost=100)), seconds=0.2)
    assert (silent.status, silent.refused) == (None, False)
    nobody = Trunk(name="office", host="127.0.0.1", port=1, username="us", password="x", register=True)
    assert (await registration.ask(nobody)).status is None


async def test_a_challenge_of_an_unknown_kind_says_nothing_about_the_password(serve: Serve) -> None:
    found = await registration.ask(await serve(Registrar(f"{PLAIN}, algorithm=AKAv1-MD5")))
    assert (found.status, found.refused) == (None, False)
