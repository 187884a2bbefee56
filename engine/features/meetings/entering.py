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
        # no digits: a caller's are compared with numbers, of an extension or of a conference's moderator
        name = " ".join("".join(each for each in ticket.name if not each.isnumeric()).split())
        name = name if any(each.isalpha() for each in name) else role
        ask = asking(place, view.room.settings.language)
        return Answering(account=view.meeting.account, tasks=(ask,), caller=name, callee=view.meeting.id)
