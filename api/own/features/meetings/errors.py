"""What can be wrong with meetings."""

from engine.features.meetings.model import MeetingNotOpen, NoMeeting

ERRORS = {NoMeeting: (404, "not_found"), MeetingNotOpen: (409, "not_open")}
