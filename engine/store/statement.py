"""Statements that are compiled once for each SQL dialect and run on the driver's cursor.

For one row, SQLAlchemy's execution and result objects cost three times what SQLite does, for every task of every call.
So frequent statements are module-level `Statement`s; rare or composed ones use `Connection.execute` as usual. Both may
be used in one transaction.
"""

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any, Protocol, cast

from sqlalchemy import Connection, Table, bindparam, insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement

Row = tuple[Any, ...]
Values = Mapping[str, Any]


class _Cursor(Protocol):
    rowcount: int

    def execute(self, sql: str, values: Any) -> Any: ...
    def executemany(self, sql: str, values: Any) -> Any: ...
    def fetchall(self) -> list[Row]: ...
    def close(self) -> None: ...


class _Compiled:
    """The text of a statement in one SQL dialect, and how its values are passed to the driver."""

    def __init__(self, construct: ClauseElement, conn: Connection) -> None:
        compiled = construct.compile(dialect=conn.dialect)
        self.sql = str(compiled)
        given = {bind.key for bind in compiled.binds.values() if bind.required}  # type: ignore[attr-defined]
        self._constants = {name: value for name, value in compiled.params.items() if name not in given}
        names = cast("list[str] | None", getattr(compiled, "positiontup", None))
        self._pick = _picker(names)

    def values(self, values: Values) -> Any:
        """Return the values as the driver needs them: by position, or by name."""
        return self._pick({**self._constants, **values} if self._constants else values)


def _picker(names: list[str] | None) -> Callable[[Values], Any]:
    if names is None:
        return lambda values: values
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple(values[name] for name in names)


class Statement:
    """One statement. Every bound value must be given by name; a column's default is not used."""

    def __init__(self, construct: ClauseElement | Callable[[Any], ClauseElement]) -> None:
        """Take a construct, or a function that makes one with the dialect's own `insert` (for ON CONFLICT)."""
        self._construct = construct
        self._compiled: dict[str, _Compiled] = {}

    def run(self, conn: Connection, **values: Any) -> int:
        """Run it and return the number of affected rows."""
        cursor = _execute(conn, compiled := self._for(conn), compiled.values(values))
        count = cursor.rowcount
        cursor.close()
        return count

    def many(self, conn: Connection, rows: Iterable[Values]) -> None:
        """Run it once for each row; without rows, not at all."""
        compiled = self._for(conn)
        values = [compiled.values(row) for row in rows]
        if values:
            _execute(conn, compiled, values, many=True).close()

    def all(self, conn: Connection, **values: Any) -> list[Row]:
        """Run it and return its rows."""
        cursor = _execute(conn, compiled := self._for(conn), compiled.values(values))
        try:
            return cursor.fetchall()
        finally:
            cursor.close()

    def first(self, conn: Connection, **values: Any) -> Row | None:
        """Run it and return its first row; None if there is none."""
        rows = self.all(conn, **values)
        return rows[0] if rows else None

    def value(self, conn: Connection, **values: Any) -> Any:
        """Run it and return the first column of its first row; None if there is none."""
        row = self.first(conn, **values)
        return row[0] if row else None

    def _for(self, conn: Connection) -> _Compiled:
        name = conn.dialect.name
        compiled = self._compiled.get(name)
        if compiled is None:
            construct = self._construct
            if not isinstance(construct, ClauseElement):
                construct = construct(postgresql.insert if name == "postgresql" else sqlite.insert)
            compiled = self._compiled[name] = _Compiled(construct, conn)
        return compiled


def _execute(conn: Connection, compiled: _Compiled, values: Any, *, many: bool = False) -> _Cursor:
    if not conn.in_transaction():
        conn.begin()
    raw = conn.connection.dbapi_connection
    assert raw is not None
    cursor = cast(_Cursor, raw.cursor())
    try:
        (cursor.executemany if many else cursor.execute)(compiled.sql, values)
    except Exception as error:
        raise _translated(conn, compiled.sql, error, raw, cursor) from error
    return cursor


def _translated(conn: Connection, sql: str, error: Exception, raw: Any, cursor: Any) -> BaseException:
    """Return the driver's error as SQLAlchemy's, without the values, which may be secrets."""
    driver = conn.dialect.loaded_dbapi
    if not isinstance(error, driver.Error):
        return error
    gone = conn.dialect.is_disconnect(cast(Any, error), raw, cursor)
    if gone:
        conn.invalidate(error)
    else:
        cursor.close()
    return DBAPIError.instance(
        sql, None, error, driver.Error, hide_parameters=True, connection_invalidated=gone, dialect=conn.dialect
    )


def insert_into(table: Table, *, without: tuple[str, ...] = ()) -> Statement:
    """Return the statement that inserts one row with a value for every column except `without`."""
    return Statement(insert(table).values({c.name: bindparam(c.name) for c in table.c if c.name not in without}))


class Updates:
    """`UPDATE table SET … WHERE key = …`: one statement for each set of columns that is changed together."""

    def __init__(self, table: Table, key: str) -> None:
        self._table, self._key = table, key
        self._statements: dict[tuple[str, ...], Statement] = {}

    def run(self, conn: Connection, key: str, values: Values) -> int:
        """Set these columns of the row with this key; returns 1, or 0 if there is no such row."""
        if not values:
            return 0
        names = tuple(values)
        statement = self._statements.get(names)
        if statement is None:
            columns: dict[str, Any] = {name: bindparam(name) for name in names}
            where = self._table.c[self._key] == bindparam("the_key")
            statement = self._statements[names] = Statement(update(self._table).where(where).values(columns))
        return statement.run(conn, the_key=key, **values)
