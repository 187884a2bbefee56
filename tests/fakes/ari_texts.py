"""Asterisk's part in texts: what the dialplan keeps of them in astdb, which phones are registered, what these are sent.

As seen on Asterisk 22.10.1: the dialplan has run before TextMessageReceived; a text that is not UTF-8 has no such
event; a text to an endpoint without a contact is 404, to any other one 202. Only endpoints that are subscribed have
events, and one that is made anew has none until it is subscribed again.
"""

import base64
import hashlib
import itertools
from collections.abc import Callable
from typing import Any

from tests.fakes.ari_world import Json, Refusal

Answer = tuple[int, Any]
MOST_OF_REQUEST = 40960
MOST_OF_BODY = 1023
TRUNKS = "TEXTS_OF_TRUNKS"


class Texts:
    def __init__(self, emit: Callable[[Json], None]) -> None:
        self.emit = emit
        self.kept: dict[str, list[str]] = {}
        self.counts: set[str] = set()
        self.globals: dict[str, str] = {}
        self.states: dict[str, str] = {}
        self.contacts: set[str] = set()
        self.followed: set[str] = set()
        self.sent: list[Json] = []
        self._times = itertools.count(1795994219736250)

    def arrives(
        self, endpoint: str, recipient: str, body: bytes, *, sender: str = "", call_id: str = "", kind: str = ""
    ) -> None:
        """A phone of the endpoint sends a text."""
        name = call_id or f"call-{next(self._times)}"
        key = hashlib.md5(f"{endpoint} {name}".encode(), usedforsecurity=False).hexdigest()
        held = body if len(body) <= MOST_OF_BODY else b""
        text = base64.urlsafe_b64encode(held.replace(b")", b"\x01")).decode().rstrip("=")
        fields = [str(next(self._times)), key, sender or endpoint, recipient, str(len(body)), f"textplain{kind}", text]
        self.kept.setdefault(endpoint, []).append("|".join(fields))
        self.counts |= {endpoint, "all"}
        try:
            shown = held.decode()
        except UnicodeDecodeError:
            return
        if endpoint == "trunk":
            self.globals[TRUNKS] = str(int(self.globals.get(TRUNKS, "0")) + 1)
        if endpoint not in self.followed:
            return
        message = {"from": f"<sip:{sender or endpoint}@host>", "to": f"pjsip:{recipient}@host", "body": shown}
        self.emit({"type": "TextMessageReceived", "endpoint": self._endpoint(endpoint), "message": message})

    def registers(self, endpoint: str, state: str = "online") -> None:
        """A phone registers and answers OPTIONS, or ends that ("offline")."""
        self.states[endpoint] = state
        (self.contacts.add if state == "online" else self.contacts.discard)(endpoint)
        if endpoint not in self.followed:
            return
        reachable = {"peer_status": "Reachable" if state == "online" else "Unreachable"}
        self.emit({"type": "PeerStatusChange", "endpoint": self._endpoint(endpoint), "peer": reachable})

    def provisioned(self, *endpoints: str) -> None:
        """Endpoints are made, or made anew; their phones stay registered."""
        for endpoint in endpoints:
            self.states.setdefault(endpoint, "offline")
            self.followed.discard(endpoint)

    def follow(self, endpoint: str) -> None:
        """An application subscribes to an endpoint; those of a list before one that is not there are subscribed."""
        if endpoint not in self.states:
            raise Refusal(422, "Event source does not exist")
        self.followed.add(endpoint)

    def keys(self, function: str) -> Answer:
        """DB_KEYS(im), DB_KEYS(im/ENDPOINT), DB_KEYS(im-count) and DB_KEYS(registrar/contact)."""
        family, _, endpoint = function.removeprefix("DB_KEYS(").removesuffix(")").partition("/")
        if family == "registrar":
            return 200, {"value": ",".join(f"{name};@f7e01788" for name in self.contacts)}
        found = self.kept.get(endpoint, []) if endpoint else [name for name, keys in self.kept.items() if keys]
        return 200, {"value": ",".join(sorted(self.counts if family == "im-count" else found))}

    async def read_global(self, query: Json, body: Any) -> Answer:
        """A function is not evaluated here: it is a variable that is not set."""
        return 200, {"value": self.globals.get(query["variable"], "")}

    async def set_global(self, query: Json, body: Any) -> Answer:
        """DB_DELETE(im/ENDPOINT/KEY), DB_DELETE(im-count/NAME), or a variable."""
        name = query["variable"]
        if not name.startswith("DB_DELETE("):
            self.globals[name] = query["value"]
            return 204, None
        family, part, *key = name.removeprefix("DB_DELETE(").removesuffix(")").split("/", 2)
        if family == "im-count":
            self.counts.discard(part)
        elif key[0] in self.kept.get(part, []):
            self.kept[part].remove(key[0])
        return 204, None

    async def endpoints(self, query: Json, body: Any) -> Answer:
        return 200, [self._endpoint(name) for name in self.states]

    async def endpoint(self, query: Json, body: Any, name: str) -> Answer:
        if name not in self.states:
            raise Refusal(404, "Endpoint not found")
        return 200, self._endpoint(name)

    async def send(self, query: Json, body: Any) -> Answer:
        if len(str(body)) > MOST_OF_REQUEST:
            raise Refusal(413, "Request body too large")
        asked = {**query, **(body or {})}
        if asked["to"].removeprefix("pjsip:").partition("/")[0] not in self.contacts:
            raise Refusal(404, "Endpoint not found")
        self.sent.append(asked)
        return 202, {}

    def _endpoint(self, name: str) -> Json:
        state = self.states.get(name, "unknown")
        return {"technology": "PJSIP", "resource": name, "state": state, "channel_ids": []}
