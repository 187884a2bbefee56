"""Calendars that users connect."""

from sqlalchemy import Connection

from engine.features.calendars.clients import Clients
from engine.features.calendars.service import REVOKE, CalendarService
from engine.features.calendars.tables import calendar_consents, calendars
from engine.net import Net
from engine.platform.feature import Feature
from engine.platform.platform import Platform
from engine.platform.scheduler import Timer


class CalendarsFeature(Feature):
    """The calendars of users. `clients` are this installation's at the providers; `callback` is where they lead to."""

    name = "calendars"
    tables = (calendars, calendar_consents)

    def __init__(self, platform: Platform, net: Net, clients: Clients, callback: str) -> None:
        self._calendars = CalendarService(platform, net, clients, callback)
        self.services = (self._calendars,)
        self.timers = {REVOKE: Timer(self._calendars.revoke_due, at_once=3)}

    def leave(self, conn: Connection, account: str) -> None:
        """The calendars of an account that is closed."""
        self._calendars.let_go(conn, account)

    def forget_person(self, conn: Connection, account: str, user: str) -> None:
        """Those of a user who is removed."""
        self._calendars.let_go(conn, account, user)
