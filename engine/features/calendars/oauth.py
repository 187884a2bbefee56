"""OAuth 2.0 with a provider: the address where consent is given (RFC 6749 section 4.1, RFC 7636), and tokens.

Authlib makes the requests; engine.net sends them.
"""

import hashlib
from typing import Any
from urllib.parse import urlencode

import aiohttp
import msgspec
from authlib.common.security import generate_token
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from yarl import URL

from engine.features.calendars.model import Client, ProviderFailed
from engine.net import Net

TOTAL_SECONDS, CONNECT_SECONDS = 10.0, 5.0
LARGEST_ANSWER = 64 * 1024
_FORM = "application/x-www-form-urlencoded"
_SECRET_LETTERS = 48


def new_secret() -> str:
    """Return a state, or a code verifier: 48 random letters and digits, 285 bits."""
    return str(generate_token(_SECRET_LETTERS))


def digest_of(state: str) -> str:
    """Return what is kept of a state."""
    return hashlib.sha256(state.encode()).hexdigest()


def consent_url(client: Client, redirect: str, state: str, verifier: str) -> str:
    """Return the address where a user gives consent; the provider then leads it to `redirect`."""
    url: str = prepare_grant_uri(
        client.authorize,
        client.id,
        "code",
        redirect_uri=redirect,
        scope=client.scope,
        state=state,
        code_challenge=create_s256_code_challenge(verifier),
        code_challenge_method="S256",
        **client.more,
    )
    return url


class OAuth:
    """Asks a provider. Every method raises ProviderFailed."""

    def __init__(self, net: Net) -> None:
        self._net = net

    async def tokens(self, client: Client, redirect: str, code: str, verifier: str) -> tuple[str, str]:
        """Exchange a code: returns the access token, and the refresh token that is kept."""
        given = await self._form(
            client.token,
            prepare_token_request(
                "authorization_code",
                code=code,
                redirect_uri=redirect,
                client_id=client.id,
                client_secret=client.secret,
                code_verifier=verifier,
            ),
        )
        access, refresh = given.get("access_token"), given.get("refresh_token")
        if not isinstance(access, str) or not isinstance(refresh, str) or not access or not refresh:
            raise ProviderFailed("The provider gave no access that lasts. Give your consent again.")
        return access, refresh

    async def address(self, client: Client, access: str) -> str:
        """Return the e-mail address of the user whose access it is."""
        headers = {"Authorization": f"Bearer {access}"}
        given = await self._asked(client.address, "GET", b"", headers)
        found = next((given[name] for name in client.address_fields if given.get(name)), None)
        if not isinstance(found, str) or "@" not in found or len(found) > 254:
            raise ProviderFailed("The provider did not say whose calendar it is.")
        return found.lower()

    async def revoke(self, client: Client, token: str) -> None:
        """Take a token back (RFC 7009), where the provider can; one that it does not know is taken back already."""
        if client.revoke:
            await self._form(client.revoke, urlencode({"token": token}), fine=(400,))

    async def _form(self, url: str, body: str, fine: tuple[int, ...] = ()) -> dict[str, Any]:
        return await self._asked(url, "POST", body.encode(), {"Content-Type": _FORM}, fine)

    async def _asked(
        self, url: str, method: str, body: bytes, headers: dict[str, str], fine: tuple[int, ...] = ()
    ) -> dict[str, Any]:
        host = URL(url).host
        try:
            answer = await self._net.post(
                URL(url),
                allow_private=True,  # the operator's setting, or a constant
                data=body,
                headers={"Accept": "application/json", **headers},
                total=TOTAL_SECONDS,
                connect=CONNECT_SECONDS,
                method=method,
            )
            async with answer:
                text = await _whole(answer)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ProviderFailed(f"{host} does not answer. Try again.") from error
        if answer.status in fine:
            return {}
        if answer.status >= 300:
            raise ProviderFailed(f"{host} refused it with the status {answer.status}.")
        try:
            given = msgspec.json.decode(text) if text.strip() else {}
        except msgspec.DecodeError as error:
            raise ProviderFailed(f"The answer of {host} cannot be read.") from error
        return given if isinstance(given, dict) else {}


async def _whole(answer: aiohttp.ClientResponse) -> bytes:
    """Read an answer to its end; raises ProviderFailed if it is longer than LARGEST_ANSWER."""
    found = bytearray()
    async for part in answer.content.iter_chunked(LARGEST_ANSWER):
        found += part
        if len(found) > LARGEST_ANSWER:
            raise ProviderFailed("The provider's answer is too long.")
    return bytes(found)
