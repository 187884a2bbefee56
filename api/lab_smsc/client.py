"""A client of the HTTP side of the lab's SMSC."""

from types import TracebackType
from typing import Any, Self

import aiohttp
import msgspec

from api.lab import LabError
from api.lab_smsc.smsc import State
from api.lab_smsc.texts import Arrived

_TIMEOUT_SECONDS = 5.0


class _Arrived(msgspec.Struct):
    texts: list[Arrived]


class LabSmscClient:
    """Use it as `async with LabSmscClient(url, password) as smsc`, or call `close`.

    `url` is the base, `http://127.0.0.1:2776`. Every method raises LabError.
    """

    def __init__(self, url: str, password: str) -> None:
        self._url = url
        self._session = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {password}"}, timeout=aiohttp.ClientTimeout(total=_TIMEOUT_SECONDS)
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def arrived(self, number: str) -> list[Arrived]:
        """Return the texts that arrived at a number, the oldest first."""
        return msgspec.json.decode(await self._ask("GET", f"/numbers/{_digits(number)}/texts"), type=_Arrived).texts

    async def clear(self, number: str) -> None:
        """Forget the texts that arrived at a number."""
        await self._ask("DELETE", f"/numbers/{_digits(number)}/texts")

    async def send(self, sender: str, recipient: str, text: str) -> int:
        """Send a text from a number of the network to one of ours; return how many parts it has."""
        body = {"sender": sender, "recipient": recipient, "text": text}
        return int(msgspec.json.decode(await self._ask("POST", "/texts", body))["parts"])

    async def state(self) -> State:
        """Return how the SMSC is."""
        return State(msgspec.json.decode(await self._ask("GET", "/health"))["state"])

    async def become(self, state: State) -> None:
        """Set the SMSC up, down or slow."""
        await self._ask("PUT", "/state", {"state": state})

    async def cut(self) -> None:
        """End all links without a word."""
        await self._ask("POST", "/cut")

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> bytes:
        try:
            async with self._session.request(method, self._url + path, json=body) as response:
                answer = await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise LabError(f"the lab's SMSC does not answer at {self._url}: start it with `make run`") from error
        if response.status >= 400:
            raise LabError(f"the lab's SMSC refused that: {answer.decode(errors='replace')}")
        return answer


def _digits(number: str) -> str:
    """Return a number as it stands in a path. Raises LabError."""
    digits = number.strip().removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        raise LabError(f"{number} is not a number: only digits, with or without a + before them")
    return digits
