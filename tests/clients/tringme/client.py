"""A client of TringMe's REST API as its document describes it, and nothing more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import aiohttp


class Refused(AssertionError):
    """The server answered something that does not begin with OK."""


@dataclass
class TringMe:
    """One customer. `users` have their cookies by their addresses. `verb` is how it asks, GET or POST (form)."""

    session: aiohttp.ClientSession
    base: str
    apikey: str
    cookie: str
    conference_number: str = ""
    private: str = ""
    users: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    verb: str = "GET"

    async def ask(self, op: str, *, verb: str | None = None, **fields: str) -> str:
        """Send one request, whatever comes of it; returns the text."""
        verb = verb or self.verb
        given = {"op": op, "apikey": self.apikey, "sig": "f1234567890123456789012345678901", **fields}
        sent = {"params": given} if verb == "GET" else {"data": given}
        async with self.session.request(verb, f"{self.base}/api.php", **sent) as answer:  # type: ignore[arg-type]
            assert answer.status == 200, f"{op} {fields}: {answer.status}"
            assert answer.content_type == "text/plain"
            return await answer.text()

    async def ok(self, op: str, **fields: str) -> str:
        """Send one request that must succeed; returns what follows OK, without the blank before it."""
        text = await self.ask(op, **fields)
        if not (text == "OK" or text.startswith(("OK ", "OKJ "))):
            raise Refused(f"{op} {fields}: {text}")
        return text.partition(" ")[2]

    async def failed(self, op: str, **fields: str) -> str:
        """Send one request that must fail; returns the text."""
        text = await self.ask(op, **fields)
        assert text and not text.startswith("OK"), f"{op} {fields}: {text}"
        return text

    async def printed(self, sample: str) -> str:
        """GET a sample URL of the document as it is printed, its host replaced; returns the text."""
        from yarl import URL

        async with self.session.get(URL(self.base + sample, encoded=True)) as answer:
            return await answer.text()


def fields_of(path: str, form: dict[str, str]) -> dict[str, str]:
    """Return the fields of a notification: those of the query of a GET, or of a POST's form."""
    return form or dict(parse_qsl(urlsplit(path).query, keep_blank_values=True))
