"""Notifications: which events TringMe's customers are notified of, where, and how that is signed."""

import secrets
from collections.abc import Callable, Sequence

from api.accounts import Accounts
from api.callbacks.callback import Callback, form, query
from api.vendors.tringme.auth import kvmd5
from api.vendors.tringme.events import callbacks
from api.vendors.tringme.http.account_state import AccountState
from api.vendors.tringme.http.users import Users
from api.vendors.tringme.ids import DIALECT
from engine.events import Event
from engine.features.accounts.service import AccountService
from engine.features.voicemail.events import VoicemailReceived
from engine.model.call_data import CallData

METHODS = ("get", "post")
"""The values of an account's setting `notify`; the first is the default. The document does not state the method."""


def random_number() -> str:
    """Return the number that goes into the signature."""
    return str(secrets.randbelow(10**9))


class Notifications:
    """Makes the callbacks that notify (see api.vendors.vendor.Vendor.callbacks). `number` makes `r`."""

    def __init__(
        self,
        accounts: Accounts,
        keys: AccountService,
        state: AccountState,
        users: Users,
        number: Callable[[], str] = random_number,
    ) -> None:
        self._accounts, self._keys, self._state, self._number = accounts, keys, state, number
        self._users = users

    async def callbacks(self, event: Event, data: CallData) -> Sequence[Callback]:
        """One request for an event of the document, signed with the account's private key."""
        fields = callbacks.fields(event, data)
        if fields is None:
            return ()
        url = data.address or await self._url_of(event)
        if not url:
            return ()
        fields |= {"r": self._number()}
        fields["sig"] = kvmd5(tuple(fields.items()), await self._secret(event.account))
        account = await self._accounts.get(event.account)
        method = account.settings.get(DIALECT, {}).get("notify", METHODS[0]) if account else METHODS[0]
        return (form(url, fields) if method == "post" else query(url, fields),)

    async def _url_of(self, event: Event) -> str:
        """Return the URL that is notified of a voicemail: that of the user who sees it listed; "": none."""
        if not isinstance(event, VoicemailReceived):
            return ""
        user = await self._users.of_box(event.account, event.box)
        return "" if user is None else await self._state.own_notify_url(event.account, user)

    async def _secret(self, account: str) -> str:
        own = (await self._keys.keys(account)).own
        return next((each.secret for each in own if each.dialect == DIALECT), "")
