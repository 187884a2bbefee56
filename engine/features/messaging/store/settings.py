"""What sending reads of the settings of texts: SMSCs, routes, rates, and the rules of accounts."""

from typing import NamedTuple

from sqlalchemy import Connection

from engine.features.messaging import tables
from engine.features.messaging.model import MessageRate, MessageRoute, Smsc, TextingRules
from engine.store.rows import Mapped, seal_of
from engine.store.statement import Row, Statement


class Stored(NamedTuple):
    """All of it, as of one moment."""

    smscs: list[Smsc]
    routes: list[MessageRoute]
    rates: list[MessageRate]
    rules: list[TextingRules]


class _Smscs(Mapped[Smsc]):
    """Reads SMSCs with their passwords opened."""

    def __init__(self) -> None:
        super().__init__(Smsc, tables.smscs)

    def opened(self, conn: Connection, row: Row) -> Smsc:
        seal = seal_of(conn)
        values = dict(zip(self.names, row, strict=True))
        if seal is not None:
            values["password"] = seal.open(values["password"])
        return self.of(tuple(values.values()))


_smscs = _Smscs()
_routes = Mapped(MessageRoute, tables.message_routes)
_rates = Mapped(MessageRate, tables.message_rates)
_rules = Mapped(TextingRules, tables.texting)
_all_smscs = Statement(_smscs.select.order_by(tables.smscs.c.name))
_all_routes = Statement(_routes.select)
_all_rates = Statement(_rates.select)
_all_rules = Statement(_rules.select)


def read(conn: Connection) -> Stored:
    """Read all of it."""
    return Stored(
        [_smscs.opened(conn, row) for row in _all_smscs.all(conn)],
        _routes.all(conn, _all_routes),
        _rates.all(conn, _all_rates),
        _rules.all(conn, _all_rules),
    )
