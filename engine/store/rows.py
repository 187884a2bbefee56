"""Converts between a table's rows and frozen Structs."""

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import Connection, Select, Table, select

from engine.store.statement import Row, Statement
from engine.tasks.secret import Seal, revealed

T = TypeVar("T", bound=msgspec.Struct)
SEAL = "seal"
"""The key in `Connection.info` of the Seal that encrypts secrets; without it they are stored in the clear."""
_encoder = msgspec.json.Encoder()
_revealing = msgspec.json.Encoder(enc_hook=revealed)


def plain(struct: msgspec.Struct) -> dict[str, Any]:
    """Return a Struct's fields by name in the driver's types (an enum as its value)."""
    values: dict[str, Any] = msgspec.to_builtins(struct)
    return values


def to_json(value: Any) -> str:
    """Return a value as JSON; raises TypeError if it contains a Secret."""
    return _encoder.encode(value).decode()


def to_sealed_json(conn: Connection, value: Any) -> str:
    """Return a value as JSON with its secrets encrypted."""
    seal = seal_of(conn)
    return (seal.encoder if seal else _revealing).encode(value).decode()


def seal_of(conn: Connection) -> Seal | None:
    """Return the Seal of this database, or None."""
    found: Seal | None = conn.info.get(SEAL)
    return found


class Mapped(Generic[T]):
    """Reads rows of one table into a Struct whose fields have the columns' names.

    `converters` are for columns that hold JSON: each converts the column's value to the field's.
    """

    def __init__(
        self,
        struct: type[T],
        table: Table,
        *,
        converters: dict[str, Callable[[Any], Any]] | None = None,
    ) -> None:
        self._struct, self._converters = struct, converters or {}
        self.names = tuple(field for field in struct.__struct_encode_fields__ if field in table.c)
        self.select: Select[Any] = select(*(table.c[name] for name in self.names))

    def of(self, row: Row) -> T:
        """Read one row."""
        values = dict(zip(self.names, row, strict=True))
        for name, converter in self._converters.items():
            values[name] = converter(values[name])
        return msgspec.convert(values, self._struct, strict=False)

    def each(self, rows: Iterable[Any]) -> list[T]:
        """Read rows."""
        return [self.of(tuple(row)) for row in rows]

    def one(self, conn: Connection, statement: Statement, **values: Any) -> T | None:
        """Run a statement and read its first row; None if there is none."""
        row = statement.first(conn, **values)
        return None if row is None else self.of(row)

    def all(self, conn: Connection, statement: Statement, **values: Any) -> list[T]:
        """Run a statement and read its rows."""
        return self.each(statement.all(conn, **values))
