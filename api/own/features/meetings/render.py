"""Meetings as they are shown."""

from functools import partial

from api.meeting_links import link_of
from api.own.access import Caller
from api.own.render import Shape, moment
from api.own.services import OwnServices
from engine.features.meetings.model import MeetingView
from engine.features.meetings.service import MeetingService


def meeting(services: OwnServices, view: MeetingView, caller: Caller) -> Shape:
    """A meeting, with the PINs that were set just now; its host's link for its owner, and for who may change it."""
    row, settings = view.meeting, view.room.settings
    owner = services.cache.user(row.account, row.owner) if row.owner else None
    link = partial(link_of, services.addresses.api, services.features[MeetingService].links, row)
    is_host = caller.user is None or caller.user.role.may_change or caller.user.id == row.owner
    pins = {"pin": view.pin, "host_pin": view.host_pin}
    return {
        "id": row.id,
        "name": view.room.name,
        "link": link(),
        "host_link": link(host=True) if is_host else None,
        "numbers": _numbers(services, view),
        "starts": moment(row.starts),
        "ends": moment(row.ends),
        "owner": owner.email if owner else None,
        "language": settings.language,
        "timezone": settings.timezone,
        "room": row.room,
        "created": moment(row.created),
    } | {name: pin for name, pin in pins.items() if pin is not None}


def _numbers(services: OwnServices, view: MeetingView) -> list[str]:
    """The numbers that lead to the account's rooms, or to this one."""
    leading = {"rooms", f"rooms:{view.room.id}"}
    return [row.number for row in services.cache.numbers(view.room.account) if str(row.leads_to) in leading]
