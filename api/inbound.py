"""Inbound calls: the application that answers them, and so the dialect that is notified."""

from collections.abc import Mapping

import structlog

from api.vendors.vendor import Vendor
from engine.calls.call import Call, Direction
from engine.events import AnyEvent, CallAnswered, CallEnded, CallOffered, QuestionAsked
from engine.features.applications.model import Application
from engine.features.services import FeatureServices
from engine.model.call_data import CallData

log = structlog.get_logger(__name__)
INBOUND_EVENTS = (CallOffered, CallAnswered, CallEnded)
"""The events of an inbound call that its application's dialect is notified of."""


def data_of(vendors: Mapping[str, Vendor], application: Application) -> CallData | None:
    """Return the data of an application's inbound calls; None where its dialect has none."""
    vendor = vendors.get(application.dialect)
    return vendor.inbound_data(application.settings) if vendor else None


class Inbound:
    """Gives the events of an inbound call the data that its application's dialect needs.

    The engine knows an application by id only; while a call is up its data is kept here, and after a restart it is
    found again from the call. Fed with events in their order.
    """

    def __init__(self, features: FeatureServices, vendors: Mapping[str, Vendor]) -> None:
        self._applications, self._calls, self._vendors = features.applications, features.calls, vendors
        self._data: dict[str, CallData] = {}

    async def data(self, event: AnyEvent, *, restarted: bool = False) -> CallData | None:
        """Return the data of an event that carries none; None for one that is of no dialect's inbound call.

        `restarted`: the call may have been offered before this process began.
        """
        if isinstance(event, CallOffered):
            return await self._offered(event)
        if not isinstance(event, INBOUND_EVENTS):
            return None
        if restarted and event.subject not in self._data:
            await self._remember(event.subject)
        if isinstance(event, CallEnded):
            return self._data.pop(event.subject, None)
        return self._data.get(event.subject)

    async def data_of_question(self, event: QuestionAsked) -> CallData | None:
        """Return the data of a question that has none: that of its call's application."""
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
            log.warning("an offered call's application tells nobody", call=event.subject, application=event.application)
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
