"""What Asterisk is told about trunks and extensions: ARI's dynamic configuration, without a reload."""

import re
from collections.abc import Iterable, Sequence

import msgspec

from engine.ari.client import Client
from engine.ari.errors import AriError, Forbidden, NotFound
from engine.ari.generated import Endpoint
from engine.features.errors import NotProvisioned

MODULE = "res_pjsip"  # registrations and identifies are found below it too, other names answer 404
TRANSPORT = "transport-udp"
RTP_TIMEOUT = "30"  # seconds without RTP after which Asterisk ends a call; its own default is never
HELD_RTP_TIMEOUT = "3600"
RTP_KEEPALIVE = "5"  # seconds: a call that waits sends comfort noise (RFC 3389), or NAT and carriers would drop it
_OURS = re.compile(r"trunk-[a-z0-9-]{1,32}|[0-9]{2,6}")
_KINDS = ("registration", "identify", "endpoint", "aor", "auth")  # what points to others goes first
_HINTS = {"identify": " It is told by its host's address: does that name have one?"}


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """One object of Asterisk's configuration."""

    kind: str
    id: str
    fields: dict[str, str]


class Provisioner:
    """Puts trunks and extensions into Asterisk and takes them out; every step may be repeated."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def put(self, pieces: Sequence[Piece]) -> None:
        """Make or renew objects, in the order given (auth, aor, endpoint, identify, registration).

        Raises NotProvisioned with Asterisk's words, Unreachable.
        """
        for piece in pieces:
            fields = [{"attribute": name, "value": value} for name, value in piece.fields.items()]
            try:
                await self._client.asterisk.update_object(MODULE, piece.kind, piece.id, fields=fields)
                # A 200 alone proves nothing: an endpoint without `allow` is answered 200 and is not there.
                await self._client.asterisk.get_object(MODULE, piece.kind, piece.id)
            except NotFound as error:
                raise NotProvisioned(f"Asterisk did not keep the {piece.kind} {piece.id}.") from error
            except AriError as error:
                if error.status is None:
                    raise
                hint = _HINTS.get(piece.kind, "")
                raise NotProvisioned(f"Asterisk refused the {piece.kind} {piece.id}: {error.detail}.{hint}") from error

    async def take_out(self, name: str) -> None:
        """Remove every object called `name`; what is not there is skipped. Raises Unreachable."""
        for kind in _KINDS:
            try:
                await self._client.asterisk.delete_object(MODULE, kind, name)
            except (NotFound, Forbidden):  # 403: it stands in pjsip.conf and is not ours
                continue

    async def take_out_strangers(self, known: Iterable[str]) -> list[str]:
        """Remove the trunks and extensions that Asterisk has and we do not; returns their names."""
        wanted = frozenset(known)
        present = [endpoint.resource for endpoint in await self._endpoints()]
        strangers = [name for name in present if _OURS.fullmatch(name) and name not in wanted]
        for name in strangers:
            await self.take_out(name)
        return strangers

    async def states(self) -> dict[str, str]:
        """Return each endpoint's state in Asterisk's word: online, offline or unknown (no answer to its OPTIONS)."""
        return {endpoint.resource: endpoint.state or "unknown" for endpoint in await self._endpoints()}

    async def _endpoints(self) -> list[Endpoint]:
        """Every PJSIP endpoint; asking for the technology alone answers 404 where there is none yet."""
        return [one for one in await self._client.endpoints.list() if one.technology == "PJSIP"]
