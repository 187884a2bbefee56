"""Where the pages of meetings are, which every dialect may name; api.own.features.meetings serves them."""

from engine.features.meetings.links import MeetingLinks
from engine.features.meetings.model import Meeting

PATH = "/join"


def link_of(api_url: str, links: MeetingLinks, meeting: Meeting, *, host: bool = False) -> str:
    """Return the link of a meeting, for its guests or its host; `api_url` has no slash at its end."""
    return f"{api_url}{PATH}/{links.link(meeting, host=host)}"
