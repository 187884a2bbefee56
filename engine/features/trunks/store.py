"""The addresses that trunks' host names had last, in the database."""

from sqlalchemy import Connection, bindparam, delete, select

from engine.features.trunks.tables import host_addresses
from engine.store.database import Database
from engine.store.statement import Statement
from engine.store.writer import Writer

_all = Statement(select(host_addresses.c.host, host_addresses.c.addresses))
_put = Statement(
    lambda insert: (
        insert(host_addresses)
        .values(host=bindparam("host"), addresses=bindparam("addresses"))
        .on_conflict_do_update(index_elements=["host"], set_={"addresses": bindparam("addresses")})
    )
)
_remove = Statement(delete(host_addresses).where(host_addresses.c.host == bindparam("the_host")))


class HostAddresses:
    """What is kept of names (engine.features.trunks.addresses.Kept)."""

    def __init__(self, db: Database, writer: Writer) -> None:
        self._db, self._writer = db, writer

    async def read(self) -> dict[str, tuple[str, ...]]:
        """Return the addresses by the names."""
        return await self._db.read(everything)

    def write(self, name: str, addresses: tuple[str, ...]) -> None:
        """Keep the addresses of a name, without waiting; none: forget it."""
        self._writer.post(lambda conn: keep(conn, name, addresses))


def everything(conn: Connection) -> dict[str, tuple[str, ...]]:
    """Return the addresses of each name."""
    return {host: tuple(addresses.split(",")) for host, addresses in _all.all(conn)}


def keep(conn: Connection, host: str, addresses: tuple[str, ...]) -> None:
    """Store the addresses of a name instead of those it had; none: remove it."""
    if addresses:
        _put.run(conn, host=host, addresses=",".join(addresses))
    else:
        _remove.run(conn, the_host=host)
