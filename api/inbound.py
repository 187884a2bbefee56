"""Finds the application of inbound calls, and so the dialect that is notified of them."""

from collections.abc import Mapping

import structlog

from api.callbacks.tags import Tag, encode
from api.vendors.vendor import Vendor
from engine.calls.call import Call, Direction
from engine.events import AnyEvent, CallAnswered, CallEnded, CallOffered, QuestionAsked
from engine.features.applications.model import Application
from engine.features.applications.service import ApplicationService
from engine.features.call_history.views import CallHistory
from engine.platform.feature import Features

log = structlog.get_logger(__name__)
INBOUND_EVENTS = (CallOffered, CallAnswered, CallEnded)
"""The events of an inbound call of which its application's dialect is notified."""


def tag_of(vendors: Mapping[str, Vendor], application: Application) -> str:
    """Return the tag of an application's inbound calls; "" if its dialect has none."""
    vendor = vendors.get(application.dialect)
    tag = vendor.inbound_tag(application.settings) if vendor else None
    return encode(tag) if tag else ""


class Inbound:
    """Adds to the events of an inbound call the tag that its application's dialect needs.

    The engine knows only the id of an application. The tag of a live call is in memory here, and after a restart it is
    found by the call. Must be given all events in their order.
    """

    def __init__(self, features: Features, vendors: Mapping[str, Vendor]) -> None:
        self._applications, self._calls, self._vendors = features[ApplicationService], features[CallHistory], vendors
        self._tags: dict[str, Tag] = {}

    async def tag(self, event: AnyEvent, *, restarted: bool = False) -> Tag | None:
        """Return the tag of an untagged event; None if it is not of an inbound call of a dialect.

        `restarted`: the call may have been offered before this process began.
        """
        if isinstance(event, CallOffered):
            return await self._offered(event)
        if not isinstance(event, INBOUND_EVENTS):
            return None
        if restarted and event.subject not in self._tags:
            await self._remember(event.subject)
        return self._tags.get(event.subject)

    def forget(self, call: str) -> None:
        """Forget the tag of a call that has ended, once its end is published."""
        self._tags.pop(call, None)

    async def tag_of_question(self, event: QuestionAsked) -> Tag | None:
        """Return the tag of a question without one: that of its call's application."""
        if event.subject not in self._tags:
            await self._remember(event.subject)
        return self._tags.get(event.subject)

    async def load(self) -> None:
        """Find the tags of the inbound calls that are up."""
        for call in await self._calls.live():
            await self._recall(call)

    async def _offered(self, event: CallOffered) -> Tag | None:
        tag = await self._keep(event.subject, event.application)
        if tag is None:
            log.warning("an offered call's application has no tag", call=event.subject, application=event.application)
        return tag

    async def _remember(self, call_id: str) -> None:
        call = await self._calls.get(call_id)
        if call is not None:
            await self._recall(call)

    async def _recall(self, call: Call) -> None:
        if call.direction is Direction.INBOUND and call.application and not call.tag:
            await self._keep(call.id, call.application)

    async def _keep(self, call_id: str, application_id: str) -> Tag | None:
        application = await self._applications.get(application_id)
        vendor = self._vendors.get(application.dialect) if application else None
        tag = vendor.inbound_tag(application.settings) if application and vendor else None
        if tag:
            self._tags[call_id] = tag
        return tag
