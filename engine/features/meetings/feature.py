"""Meetings: rooms that browsers enter by a link."""

from collections.abc import Iterable

from sqlalchemy import Connection

from engine.features.meetings import store
from engine.features.meetings.entering import MeetingGuests
from engine.features.meetings.links import MeetingLinks
from engine.features.meetings.service import REMOVE, MeetingService
from engine.features.meetings.tables import meetings
from engine.features.rooms.service import RoomService
from engine.platform.feature import Feature
from engine.platform.leads import Lead
from engine.platform.platform import Platform
from engine.platform.scheduler import Timer
from engine.tasks.secret import Seal


class MeetingsFeature(Feature):
    """The meetings of accounts. `guests` answers calls of browsers that have no extension."""

    name = "meetings"
    tables = (meetings,)

    def __init__(self, platform: Platform, rooms: RoomService) -> None:
        service = MeetingService(platform, rooms, MeetingLinks(platform.seal or Seal("")))
        self.guests = MeetingGuests(service)
        self.services = (service,)
        self.timers = {REMOVE: Timer(service.remove_old, at_once=5)}

    def leads(self, conn: Connection, account: str) -> Iterable[Lead]:
        """A meeting's room is removed with it alone."""
        for meeting in store.list(conn, account):
            yield Lead(f"the meeting {meeting.id}", f"rooms:{meeting.room}")
