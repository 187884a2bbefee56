"""Calendars that users connect."""

from typing import Annotated

from api.own.schema.fields import Moment, Shown, says

PATH = {"provider": "google or outlook.", "address": "The calendar's e-mail address."}
NOUNS = ("calendars",)


class Calendar(Shown, frozen=True, kw_only=True):
    """A calendar."""

    provider: Annotated[str, says("google or outlook.")]
    address: Annotated[str, says("Its e-mail address.")]
    connected: Moment
    updated: Moment


class Calendars(Shown, frozen=True, kw_only=True):
    """Calendars that were connected."""

    calendars: Annotated[tuple[Calendar, ...], says("The calendars of the one who asks, the oldest first.")]


class Consent(Shown, frozen=True, kw_only=True):
    """Where consent is given."""

    auth_url: Annotated[str, says("The address to open in a browser, within 10 minutes.")]
