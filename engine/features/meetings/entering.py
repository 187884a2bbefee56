"""What the call of a guest's browser does: it enters the meeting that its ticket is for, without a PIN."""

from engine.calls.directory import Answering
from engine.features.meetings.service import MeetingService
from engine.features.rooms.entering import Place, asking

GUEST, HOST = "Guest", "Host"
"""What those are called who gave no name."""


class MeetingGuests:
    """Answers the calls of guests (engine.features.numbers.directory.GuestsOf)."""

    def __init__(self, meetings: MeetingService) -> None:
        self._meetings = meetings

    async def __call__(self, dialled: str) -> Answering | None:
        """Return what a guest's call does that dialled this; None: it may not."""
        found = await self._meetings.called(dialled)
        if found is None:
            return None
        view, ticket = found
        place = Place(room=view.room.id, opened="host" if ticket.host else "guest", called=ticket.name)
        role = HOST if ticket.host else GUEST
        # a caller that looks like an extension's number would count as a call of that extension
        name = ticket.name if any(each.isalpha() for each in ticket.name) else f"{role} {ticket.name}".strip()
        ask = asking(place, view.room.settings.language)
        return Answering(account=view.meeting.account, tasks=(ask,), caller=name, callee=view.meeting.id)
