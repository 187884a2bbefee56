"""What Asterisk is told about trunks and extensions: ARI's dynamic configuration, without a reload."""

import asyncio
import hashlib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress

import msgspec
import structlog

from engine.ari.client import AriClient
from engine.ari.errors import AriError, AriNotFound, Forbidden
from engine.ari.generated import Endpoint
from engine.features.endpoints.user_names import PATTERN
from engine.features.errors import NotProvisioned
from engine.features.trunks.sources import is_literal

log = structlog.get_logger(__name__)
MODULE = "res_pjsip"  # registrations and identifies are found below it too, other names answer 404
TRANSPORTS_OF_FAMILY = {4: ("transport-udp", "transport-tcp"), 6: ("transport-udp6", "transport-tcp6")}
"""The transports of UDP and TCP in pjsip.conf, by the family of their address."""
RTP_TIMEOUT = "30"  # seconds without RTP after which Asterisk ends a call; its own default is never
HELD_RTP_TIMEOUT = "3600"
RTP_KEEPALIVE = "5"  # seconds: a call that waits sends comfort noise (RFC 3389), or NAT and carriers would drop it
DTMF_MODE = "auto"
"""RFC 4733, as `rfc4733`; but a party whose SDP has no telephone-event is sent tones, and heard by them."""
GUEST = "guest"
"""The endpoint of browsers that have no extension (engine.features.endpoints.guests)."""
_OURS = re.compile(rf"trunk-[a-z0-9-]{{1,32}}|{GUEST}|{PATTERN}")
# The order of removal: the endpoint is last, for by it one that was removed by half is found again.
_KINDS = ("registration", "identify", "aor", "auth", "endpoint")
_MARK = "@carillon"  # a field of our own, which Asterisk keeps with the object: the digest of what it was made of
_NO_CALLER = (None, "", "<unknown>")
_GONE_SECONDS, _AGAIN_SECONDS = 2.0, 0.02
_HINTS = {"identify": " It is told by its host's address: does that name have one?"}


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """One object of Asterisk's configuration; `repeated` are fields that may be there more than once."""

    kind: str
    id: str
    fields: dict[str, str]
    repeated: tuple[tuple[str, str], ...] = ()


def mark_of(piece: Piece) -> str:
    """Return what tells an object that was made of these very fields."""
    what = (piece.fields, piece.repeated) if piece.repeated else piece.fields
    fields = msgspec.json.encode(what, order="deterministic")
    return hashlib.sha256(fields).hexdigest()[:16]


def _spoilt(piece: Piece, there: Mapping[str, str]) -> bool:
    """Whether what was made of these very fields is not what would be made of them now.

    An endpoint without a callerid gets one by being kept in astdb, as text: what is kept is Asterisk's "<unknown>", and
    what is read from that is a caller whose number is "unknown". With it every caller of a trunk would be, unless the
    INVITE has a P-Asserted-Identity (tried on Asterisk 22.10.1). An identify keeps the addresses that its host had, and
    of several only the last one is kept in astdb (tried: the others are gone after a restart).
    """
    if piece.kind == "identify":
        wanted, known = piece.fields["match"].split(","), there.get("match", "").split(",")
        return len(known) != len(wanted) or not all(is_literal(entry) for entry in wanted)
    return piece.kind == "endpoint" and "callerid" not in piece.fields and there.get("callerid") not in _NO_CALLER


class Provisioner:
    """Puts trunks and extensions into Asterisk and takes them out; every step may be repeated."""

    def __init__(self, client: AriClient) -> None:
        self._client = client
        self._on_made: list[Callable[[str], None]] = []

    def on_made(self, hear: Callable[[str], None]) -> None:
        """Call `hear` with the name of each endpoint that is made, or made anew."""
        self._on_made.append(hear)

    async def put(self, pieces: Sequence[Piece]) -> None:
        """See that Asterisk has exactly these objects of an endpoint, made in the order given (auth, endpoint, aor, …).

        What is there as it should be is left alone: phones stay registered and a registration is not made anew. What is
        not is removed and made, for Asterisk merges what it is given into what it has. Running calls go on either way.
        Raises NotProvisioned with Asterisk's words, Unreachable.
        """
        wanted = {(piece.kind, piece.id) for piece in pieces}
        try:
            for kind in _KINDS:
                for name in dict.fromkeys(piece.id for piece in pieces):
                    if (kind, name) not in wanted:
                        await self._remove(kind, name)
            for piece in pieces:
                await self._ensure(piece)
        except NotProvisioned:
            raise
        except AriError as error:
            if error.status is None:
                raise
            raise NotProvisioned(f"Asterisk refused the endpoint {pieces[-1].id}: {error.detail}.") from error

    async def renew(self, piece: Piece) -> bool:
        """Make one object anew if it was made of other fields; whether it was. Raises as put()."""
        there = await self._read(piece)
        if there is not None and there.get(_MARK) == mark_of(piece):
            return False
        await self._ensure(piece)
        return True

    async def fields(self, kind: str, name: str) -> dict[str, str]:
        """Return the fields of an object, and as `@mark` what it was made of (`mark_of`); none where it is not there.

        Raises Unreachable.
        """
        found = await self._read(Piece(kind=kind, id=name, fields={}))
        return {} if found is None else found | {"@mark": found.get(_MARK, "")}

    async def remove(self, kind: str, name: str) -> None:
        """Remove an object; harmless where it is not there. Raises Unreachable."""
        await self._remove(kind, name)

    async def _ensure(self, piece: Piece) -> None:
        mark = mark_of(piece)
        there = await self._read(piece)
        if there is not None:
            if there.get(_MARK) == mark and not _spoilt(piece, there):
                return
            await self._remove(piece.kind, piece.id)
        if piece.kind == "endpoint":
            await self._until_gone(piece.id)
        given = (*piece.fields.items(), *piece.repeated, (_MARK, mark))
        fields = [{"attribute": name, "value": value} for name, value in given]
        try:
            await self._client.asterisk.update_object(MODULE, piece.kind, piece.id, fields=fields)
        except AriError as error:
            if error.status is None:
                raise
            hint = _HINTS.get(piece.kind, "")
            raise NotProvisioned(f"Asterisk refused the {piece.kind} {piece.id}: {error.detail}.{hint}") from error
        # A 200 alone proves nothing: an endpoint without `allow` is answered 200 and is not there.
        if await self._read(piece) is None:
            raise NotProvisioned(f"Asterisk did not keep the {piece.kind} {piece.id}.")
        for hear in self._on_made if piece.kind == "endpoint" else ():
            hear(piece.id)

    async def _read(self, piece: Piece) -> dict[str, str] | None:
        try:
            found = await self._client.asterisk.get_object(MODULE, piece.kind, piece.id)
        except AriNotFound:
            return None
        fields: dict[str, str] = {}
        for one in found:  # an identify has its match once for each entry
            fields[one.attribute] = f"{fields[one.attribute]},{one.value}" if one.attribute in fields else one.value
        return fields

    async def _remove(self, kind: str, name: str) -> None:
        with suppress(AriNotFound, Forbidden):  # 403: it stands in pjsip.conf and is not ours
            await self._client.asterisk.delete_object(MODULE, kind, name)

    async def _until_gone(self, name: str) -> None:
        """Wait until Asterisk shows an endpoint no more whose object was removed.

        It goes a little later than the object, and one that was made meanwhile goes with it: its object is there, and
        it is not shown any more (Asterisk 22.10.1: once in 60 times; never in 300 with this wait).
        """
        try:
            async with asyncio.timeout(_GONE_SECONDS):
                while True:
                    await self._client.endpoints.get("PJSIP", name)
                    await asyncio.sleep(_AGAIN_SECONDS)
        except AriNotFound:
            return
        except TimeoutError:
            log.warning("An endpoint that was removed is still shown.", endpoint=name)

    async def take_out(self, name: str) -> None:
        """Remove every object called `name`; what is not there is skipped. Raises Unreachable."""
        for kind in _KINDS:
            await self._remove(kind, name)

    async def take_out_strangers(self, known: Callable[[], Collection[str]]) -> list[str]:
        """Remove the trunks and extensions that Asterisk has and we do not; returns their names.

        `known` is asked anew before each: one may be added meanwhile.
        """
        present = [endpoint.resource for endpoint in await self._endpoints()]
        wanted, taken = frozenset(known()), []
        for name in present:
            if _OURS.fullmatch(name) and name not in wanted and name not in known():
                await self.take_out(name)
                taken.append(name)
        return taken

    async def objects(self, name: str) -> dict[str, dict[str, str]]:
        """Return the objects called `name` by their kinds, without passwords and empty fields. Raises Unreachable."""
        found = {kind: await self._read(Piece(kind=kind, id=name, fields={})) for kind in _KINDS}
        return {
            kind: {name: value for name, value in fields.items() if value and name not in ("password", _MARK)}
            for kind, fields in found.items()
            if fields is not None
        }

    async def modules(self) -> frozenset[str]:
        """Return the names of the modules that Asterisk runs, such as codec_ulaw.so."""
        running = await self._client.asterisk.list_modules()
        return frozenset(module.name for module in running if module.status.lower() == "running")

    async def rotate_log(self, name: str) -> None:
        """Let Asterisk go on with a new file of this log; raises AriError."""
        await self._client.asterisk.rotate_log(name)

    async def states(self) -> dict[str, str]:
        """Return each endpoint's state in Asterisk's word: online, offline or unknown (no answer to its OPTIONS)."""
        return {endpoint.resource: endpoint.state or "unknown" for endpoint in await self._endpoints()}

    async def state(self, name: str) -> str:
        """Return one endpoint's state in Asterisk's word; missing: it is not there. Raises Unreachable."""
        try:
            return (await self._client.endpoints.get("PJSIP", name)).state or "unknown"
        except AriNotFound:
            return "missing"

    async def _endpoints(self) -> list[Endpoint]:
        """Every PJSIP endpoint; asking for the technology alone answers 404 where there is none yet."""
        return [one for one in await self._client.endpoints.list() if one.technology == "PJSIP"]
