"""Transports of TLS in Asterisk: one for all trunks, and one for each authority and certificate that trunks bring.

A transport of Asterisk listens on a port, and has one certificate and one list of authorities for all of its
connections. Asterisk takes transports over ARI (sorcery.conf) and keeps them until it ends. None is made anew under its
name: Asterisk frees the old one with its table of transports locked, waits for a thread of SIP to do that, and stops
for good if that thread wants the table (res_pjsip/config_transport.c; seen on 22.10.1 under a few calls). So other
certificates get another name and the next port. One that is removed listens until Asterisk ends; its files go at once.
The files are on a volume that Asterisk reads too.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec
import structlog

from engine.addresses import Addresses, at_port
from engine.features.endpoints.provisioner import Piece, Provisioner, mark_of
from engine.features.errors import NotProvisioned
from engine.features.trunks.tls_files import TlsFiles, is_free
from engine.store.trunk_groups import Signalling

log = structlog.get_logger(__name__)
NAMES = {4: "transport-tls", 6: "transport-tls6"}
"""Of the transport that all trunks share, by the family of its address."""
MOST = 50
"""So many ports behind the first one may be used, each by one transport."""
_METHOD = "tlsv1_2"
"""Without a method PJSIP's clients speak TLS 1.0 alone (22.10.1), which servers refuse (RFC 8996)."""
_PLAIN = Signalling(transport="tls")


class TlsSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What all transports of TLS have in common.

    `folder` is the one that Asterisk reads at the same path. `certificate` and `key` are files that were given for this
    installation; an empty or missing one stands for a certificate that is made once and signs itself.
    """

    folder: Path
    bind: Addresses = Addresses("127.0.0.1")
    port: int = 5061
    external: Addresses = Addresses()
    local_nets: tuple[str, ...] = ()
    certificate: Path = Path("/run/carillon/tls-certificate.pem")
    key: Path = Path("/run/carillon/tls-key.pem")


class TlsTransports:
    """Sees that Asterisk has the transports that trunks need, and no others."""

    def __init__(self, provisioner: Provisioner, settings: TlsSettings) -> None:
        self._provisioner, self._settings = provisioner, settings
        own_name = settings.external.first or settings.bind.first
        self._files = TlsFiles(settings.folder, settings.certificate, settings.key, own_name)
        self._making = asyncio.Lock()  # of two at once neither takes the other's port
        self._known: dict[str, dict[str, str]] | None = None  # what Asterisk has, by the names
        self._warned_of: set[str] = set()  # names of which it was logged that they are not as they should be

    def forget(self) -> None:
        """Look anew at what Asterisk has: it may have been restarted."""
        self._known = None

    async def of(self, signalling: Signalling, family: int = 4) -> str:
        """Return the name of the transport of a trunk with TLS whose addresses are of this family (4, 6).

        Raises InvalidSetting (the installation's certificate), NotProvisioned, Unreachable.
        """
        async with self._making:
            files = await asyncio.to_thread(self._files.write, _PLAIN)
            await self._make(NAMES[family], _PLAIN, files)  # carriers call at the port of the one that all share
            if _is_plain(signalling):
                return NAMES[family]
            files = await asyncio.to_thread(self._files.write, signalling)
            if (name := await self._found(signalling, files, family)) is None:
                name = await self._free_name(family)
                await self._make(name, signalling, files)
            return name

    async def share(self) -> None:
        """Make the transports that all trunks and the phones share. Raises as `of`."""
        async with self._making:
            files = await asyncio.to_thread(self._files.write, _PLAIN)
            for family in self._settings.bind.families:
                await self._make(NAMES[family], _PLAIN, files)

    async def keep(self, signallings: Iterable[Signalling]) -> None:
        """Remove the transports that none of these trunks has, with the files. The one that all share stays.

        Raises InvalidSetting, NotProvisioned, Unreachable.
        """
        async with self._making:
            families = self._settings.bind.families
            used = {NAMES[family] for family in families}
            for signalling in dict.fromkeys(each for each in signallings if each.transport == "tls"):
                files = await asyncio.to_thread(self._files.write, signalling)
                used |= {await self._found(signalling, files, family) or NAMES[family] for family in families}
            there = await self._there()
            for name in [name for name in there if name not in used]:
                await self._remove(name)
            await asyncio.to_thread(
                self._files.remove_others, [value for each in there.values() for value in each.values()]
            )

    async def _make(self, name: str, signalling: Signalling, files: Mapping[str, str]) -> None:
        """Make a transport if there is none of this name."""
        there, piece = await self._there(), self._piece(name, signalling, files)
        if name in there:
            if there[name]["@mark"] != mark_of(piece) and name not in self._warned_of:
                self._warned_of.add(name)
                log.warning(
                    "TLS has another certificate, address or port than the settings say, until Asterisk is restarted: "
                    "make restart SERVICE=asterisk.",
                    transport=name,
                )
            return
        bind, port = self._bind(name), self._port(name)
        if not is_free(bind, port):
            raise NotProvisioned(
                f"TCP port {port} is not free for TLS on {bind}: free it, or set CARILLON_SIP_TLS_PORT."
            )
        await self._provisioner.renew(piece)
        there[name] = {**piece.fields, "@mark": mark_of(piece)}
        log.info("A transport of TLS was made.", transport=name, port=port)

    async def _remove(self, name: str) -> None:
        await self._provisioner.remove("transport", name)
        del (await self._there())[name]
        log.info("A transport of TLS was removed. Asterisk listens on its port until it is restarted.", transport=name)

    async def _there(self) -> dict[str, dict[str, str]]:
        """Return what Asterisk has, by the names."""
        if self._known is None:
            names = [name for family in NAMES for name in (NAMES[family], *self._own_names(family))]
            found = {name: await self._provisioner.fields("transport", name) for name in names}
            self._known = {name: fields for name, fields in found.items() if fields}
        return self._known

    async def _found(self, signalling: Signalling, files: Mapping[str, str], family: int) -> str | None:
        """Return the transport that was made of these settings, if there is one."""
        there = await self._there()
        names = (NAMES[family],) if _is_plain(signalling) else tuple(self._own_names(family))
        made = (name for name in names if name in there)
        return next((one for one in made if there[one]["@mark"] == mark_of(self._piece(one, signalling, files))), None)

    async def _free_name(self, family: int) -> str:
        there, bind = await self._there(), self._settings.bind.of(family)
        for name in self._own_names(family):
            if name not in there and is_free(bind, self._port(name)):
                return name
        first = self._settings.port + 1
        raise NotProvisioned(
            f"No TCP port is free for TLS on {bind} (tried {first} to {first + MOST - 1}): restart Asterisk, which "
            "keeps the ports of certificates that were changed (make restart SERVICE=asterisk), or set "
            "CARILLON_SIP_TLS_PORT."
        )

    def _piece(self, name: str, signalling: Signalling, files: Mapping[str, str]) -> Piece:
        settings = self._settings
        outside = settings.external.of(_family(name))
        external = {"external_signaling_address": outside, "external_media_address": outside} if outside else {}
        fields = {
            "protocol": "tls",
            "method": _METHOD,
            "bind": at_port(self._bind(name), self._port(name)),
            "allow_wildcard_certs": "yes",
            "verify_server": "yes" if signalling.verify_server else "no",
        }
        nets = tuple(("local_net", net) for net in settings.local_nets) if outside else ()
        return Piece(kind="transport", id=name, fields={**fields, **external, **files}, repeated=nets)

    def _bind(self, name: str) -> str:
        return self._settings.bind.of(_family(name))

    def _port(self, name: str) -> int:
        return self._settings.port + int(name.removeprefix(NAMES[_family(name)]).removeprefix("-") or 0)

    def _own_names(self, family: int) -> Iterator[str]:
        return (f"{NAMES[family]}-{number}" for number in range(1, MOST + 1))


def _family(name: str) -> int:
    return 6 if name.startswith(NAMES[6]) else 4


def _is_plain(signalling: Signalling) -> bool:
    return (signalling.ca, signalling.certificate, signalling.verify_server) == ("", "", True)
