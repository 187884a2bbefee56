"""Notifications: which events Ringful's customers are notified of, and where."""

from collections.abc import Sequence

from api.accounts import Accounts
from api.callbacks.callback import Callback, form
from api.recordings import Recordings
from api.vendors.ringful.events import callbacks
from api.vendors.ringful.ids import DIALECT
from engine.events import Event
from engine.model.call_data import CallData


class Notifications:
    """Makes the callbacks that tell (see api.vendors.vendor.Vendor.callbacks)."""

    def __init__(self, accounts: Accounts, recordings: Recordings) -> None:
        self._accounts, self._recordings = accounts, recordings

    async def callbacks(self, event: Event, data: CallData) -> Sequence[Callback]:
        """One form by POST for an event of the document, and for our two additions unless they are switched off."""
        fields = callbacks.fields(event, data, self._recordings.url)
        if fields is None:
            return ()
        if fields["action"] in callbacks.ADDITIONS and not await self._wanted(event.account, fields["action"]):
            return ()
        return (form(data.address, fields),)

    async def _wanted(self, account_id: str, addition: str) -> bool:
        account = await self._accounts.get(account_id)
        return account is None or account.settings.get(DIALECT, {}).get(addition, "on") != "off"
