"""Calendars that users connect."""

from engine.features.calendars.clients import Clients
from engine.features.calendars.service import CalendarService
from engine.features.calendars.tables import calendar_consents, calendars
from engine.net import Net
from engine.platform.feature import Feature
from engine.platform.platform import Platform


class CalendarsFeature(Feature):
    """The calendars of users. `clients` are this installation's at the providers; `callback` is where they lead to."""

    name = "calendars"
    tables = (calendars, calendar_consents)

    def __init__(self, platform: Platform, net: Net, clients: Clients, callback: str) -> None:
        self.services = (CalendarService(platform, net, clients, callback),)
