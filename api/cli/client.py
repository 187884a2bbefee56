"""Asking an API: JSON in and out, every failure one sentence."""

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

_TIMEOUT_SECONDS = 60.0
# What the environment says about proxies is for the outside, not for our own ports.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class CommandFailed(Exception):
    """A command could not do its work; the message is what the user reads."""


class RequestRefused(CommandFailed):
    """The API answered with an error; `status` is HTTP's."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


class ApiClient:
    """One API. Every method raises CommandFailed, RequestRefused where the API itself said no."""

    def __init__(self, base: str, token: str = "") -> None:
        self._base = base.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **query: str | None) -> Any:
        """Ask for something; returns parsed JSON."""
        return self.ask("GET", path, query=query)

    def post(self, path: str, body: Any = None) -> Any:
        """Send something; returns parsed JSON."""
        return self.ask("POST", path, body={} if body is None else body)

    def delete(self, path: str, **query: str | None) -> None:
        """Delete something."""
        self.ask("DELETE", path, query=query)

    def ask(self, method: str, path: str, *, query: dict[str, str | None] | None = None, body: Any = None) -> Any:
        """Send a request with a JSON body; returns parsed JSON, None for an empty answer."""
        data = None if body is None else json.dumps(body).encode()
        return self._parsed(self.raw(method, path, query=query, data=data, content_type="application/json"))

    def ask_raw(self, method: str, path: str, data: bytes) -> Any:
        """Send bytes as they are; returns parsed JSON."""
        return self._parsed(self.raw(method, path, data=data))

    def _parsed(self, text: bytes) -> Any:
        try:
            return json.loads(text) if text else None
        except ValueError:
            raise CommandFailed(f"{self._base} did not answer with JSON: is it Carillon?") from None

    def raw(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str | None] | None = None,
        data: bytes | None = None,
        content_type: str = "application/octet-stream",
    ) -> bytes:
        """Send a request; returns the answer's body."""
        return self._answer(method, path, query=query, data=data, content_type=content_type)[0]

    def file(self, path: str) -> tuple[bytes, str]:
        """Ask for a file; returns its bytes and its media type, e.g. audio/wav."""
        return self._answer("GET", path)

    def _answer(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str | None] | None = None,
        data: bytes | None = None,
        content_type: str = "application/octet-stream",
    ) -> tuple[bytes, str]:
        given = {name: value for name, value in (query or {}).items() if value is not None}
        url = f"{self._base}{path}" + (f"?{urllib.parse.urlencode(given)}" if given else "")
        headers = self._headers | ({"Content-Type": content_type} if data is not None else {})
        request = urllib.request.Request(url, data=data, headers=headers, method=method)
        try:
            with _opener.open(request, timeout=_TIMEOUT_SECONDS) as answer:
                return answer.read(), answer.headers.get_content_type()
        except urllib.error.HTTPError as error:
            with error:
                raise RequestRefused(_sentence(error.read(), error.code), error.code) from None
        except OSError as error:
            reason = getattr(error, "reason", error)
            raise CommandFailed(
                f"{self._base} does not answer ({reason}). Start the system with `make run`, and see `make logs`."
            ) from None


def part(text: str) -> str:
    """Return text as one segment of a path."""
    return urllib.parse.quote(text, safe="")


def _sentence(body: bytes, status: int) -> str:
    text = body.decode(errors="replace").strip()
    try:
        return str(json.loads(text)["error"])
    except (ValueError, KeyError, TypeError):
        return text[:500] or f"The API answered {status}."
