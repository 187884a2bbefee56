"""Finds the application of inbound calls, and so the dialect that is notified of them."""

from collections.abc import Mapping

import structlog

from api.vendors.vendor import Vendor
from engine.events import CallAnswered, CallEnded, CallOffered, Event, QuestionAsked
from engine.features.applications.model import Application
from engine.features.applications.service import ApplicationService
from engine.features.call_history.views import CallHistory
from engine.model.call import Call, Direction
from engine.model.call_data import CallData
from engine.platform.feature import Features

log = structlog.get_logger(__name__)
INBOUND_EVENTS = (CallOffered, CallAnswered, CallEnded)
"""The events of an inbound call of which its application's dialect is notified."""


def data_of(vendors: Mapping[str, Vendor], application: Application) -> CallData | None:
    """Return the data of an application's inbound calls; None if its dialect has none."""
    vendor = vendors.get(application.dialect)
    return vendor.inbound_data(application.settings) if vendor else None


class Inbound:
    """Adds to the events of an inbound call the data that its application's dialect needs.

    The engine knows only the id of an application. The data of a live call are in memory here, and after a restart
    they are found by the call. Must be given all events in their order.
    """

    def __init__(self, features: Features, vendors: Mapping[str, Vendor]) -> None:
        self._applications, self._calls, self._vendors = features[ApplicationService], features[CallHistory], vendors
        self._data: dict[str, CallData] = {}

    async def data(self, event: Event, *, restarted: bool = False) -> CallData | None:
        """Return the data of an event without any; None if it is not of an inbound call of a dialect.

        `restarted`: the call may have been offered before this process began.
        """
        if isinstance(event, CallOffered):
            return await self._offered(event)
        if not isinstance(event, INBOUND_EVENTS):
            return None
        if restarted and event.subject not in self._data:
            await self._remember(event.subject)
        return self._data.get(event.subject)

    def forget(self, call: str) -> None:
        """Forget the data of a call that has ended, once its end is published."""
        self._data.pop(call, None)

    async def data_of_question(self, event: QuestionAsked) -> CallData | None:
        """Return the data of a question without any: that of its call's application."""
        if event.subject not in self._data:
            await self._remember(event.subject)
        return self._data.get(event.subject)

    async def load(self) -> None:
        """Find the data of the inbound calls that are up."""
        for call in await self._calls.live():
            await self._recall(call)

    async def _offered(self, event: CallOffered) -> CallData | None:
        data = await self._keep(event.subject, event.application)
        if data is None:
            log.warning("an offered call's application has no data", call=event.subject, application=event.application)
        return data

    async def _remember(self, call_id: str) -> None:
        call = await self._calls.get(call_id)
        if call is not None:
            await self._recall(call)

    async def _recall(self, call: Call) -> None:
        if call.direction is Direction.INBOUND and call.application and not call.data:
            await self._keep(call.id, call.application)

    async def _keep(self, call_id: str, application_id: str) -> CallData | None:
        application = await self._applications.get(application_id)
        vendor = self._vendors.get(application.dialect) if application else None
        data = vendor.inbound_data(application.settings) if application and vendor else None
        if data:
            self._data[call_id] = data
        return data
