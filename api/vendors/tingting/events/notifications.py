"""Notifications: TingTing's document has none, so no event becomes one."""

from collections.abc import Sequence

from api.callbacks.callback import Callback
from api.vendors.tingting.events.callbacks import NOTHING
from engine.events import Event
from engine.model.call_data import CallData


class Notifications:
    """Makes the callbacks that notify (see api.vendors.vendor.Vendor.callbacks)."""

    async def callbacks(self, event: Event, data: CallData) -> Sequence[Callback]:
        """None, whatever happened."""
        return NOTHING
