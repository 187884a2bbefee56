"""An HTTP client of our APIs: JSON in and out; every failure is an exception with one sentence."""

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

_TIMEOUT_SECONDS = 60.0
# The environment's proxies are not for our own ports.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class CommandFailed(Exception):
    """A command failed; the message is printed to the user."""


class RequestRefused(CommandFailed):
    """The API answered with an error; `status` is the HTTP status."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


class ApiClient:
    """A client of one API. Every method raises RequestRefused if the API answers with an error, else CommandFailed."""

    def __init__(self, base: str, token: str = "") -> None:
        self._base = base.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **query: str | None) -> Any:
        """Send GET; returns the parsed JSON."""
        return self.ask("GET", path, query=query)

    def post(self, path: str, body: Any = None) -> Any:
        """Send POST with a JSON body; returns the parsed JSON."""
        return self.ask("POST", path, body={} if body is None else body)

    def delete(self, path: str, **query: str | None) -> None:
        """Send DELETE."""
        self.ask("DELETE", path, query=query)

    def ask(self, method: str, path: str, *, query: dict[str, str | None] | None = None, body: Any = None) -> Any:
        """Send a request with a JSON body; returns the parsed JSON, or None if the answer is empty."""
        data = None if body is None else json.dumps(body).encode()
        return self._parsed(self.raw(method, path, query=query, data=data, content_type="application/json"))

    def ask_raw(self, method: str, path: str, data: bytes) -> Any:
        """Send bytes unchanged; returns the parsed JSON."""
        return self._parsed(self.raw(method, path, data=data))

    def upload(self, path: str, data: bytes, *, name: str) -> Any:
        """Send a file by POST; returns the parsed JSON."""
        return self._parsed(self.raw("POST", path, query={"name": name}, data=data))

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
        """Send a request; returns the body of the answer."""
        return self._answer(method, path, query=query, data=data, content_type=content_type)[0]

    def file(self, path: str) -> tuple[bytes, str]:
        """Fetch a file; returns its bytes and its media type, e.g. audio/wav."""
        return self._answer("GET", path)

    def file_of(self, path: str, body: Any) -> bytes:
        """Send POST with a JSON body; returns the file that is answered."""
        return self.raw("POST", path, data=json.dumps(body).encode(), content_type="application/json")

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
    """Return a text, percent-encoded, as one segment of a URL's path."""
    return urllib.parse.quote(text, safe="")


def _sentence(body: bytes, status: int) -> str:
    text = body.decode(errors="replace").strip()
    try:
        return str(json.loads(text)["error"])
    except (ValueError, KeyError, TypeError):
        return text[:500] or f"The API answered {status}."
