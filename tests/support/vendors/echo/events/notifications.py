"""Notifications: the end of a call, and nothing else."""

from collections.abc import Sequence

from api.vendors.echo.events import callbacks

from api.callbacks.callback import Callback, form
from engine.events import CallEnded, Event
from engine.model.call_data import CallData


class Notifications:
    """Makes the callbacks."""

    async def callbacks(self, event: Event, data: CallData) -> Sequence[Callback]:
        """A form for the end of a call."""
        return (form(data.address, callbacks.over(event.subject)),) if isinstance(event, CallEnded) else ()
