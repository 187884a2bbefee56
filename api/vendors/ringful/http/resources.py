"""What Ringful's requests answer: a bare id, nothing, or the people in a conference."""

from collections.abc import Mapping
from xml.sax.saxutils import escape

from aiohttp import web

from engine.commands import ConferenceMember, ConferenceView


def identifier(value: str) -> web.Response:
    """A bare id as text."""
    return web.Response(text=value)


def nothing() -> web.Response:
    """The document's "none": an empty 200."""
    return web.Response(text="")


def conference(view: ConferenceView, written: Mapping[str, str]) -> web.Response:
    """QueryConf's XML; `written` has the numbers as the customer spelled them, by call."""
    moderator = _member(view.moderator, written, " " * 8) if view.moderator else ""
    participants = "".join(
        f"        <participant>\n{_member(member, written, ' ' * 12)}        </participant>\n"
        for member in view.participants
    )
    text = (
        "<conference>\n"
        f"    <moderator>\n{moderator}    </moderator>\n"
        f"    <participants>\n{participants}    </participants>\n"
        "</conference>\n"
    )
    return web.Response(text=text, content_type="text/xml")


def _member(member: ConferenceMember, written: Mapping[str, str], indent: str) -> str:
    phone = escape(written.get(member.call, member.number))
    return f"{indent}<phone>{phone}</phone>\n{indent}<id>{escape(member.call)}</id>\n"
