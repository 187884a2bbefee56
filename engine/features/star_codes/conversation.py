"""What a call does by which a phone dials a star code: it changes the extension, and says so."""

from typing import Any

import msgspec
import structlog

from engine.calls.conversation import Next
from engine.calls.talk import Talk
from engine.features.accounts.allowed_prefixes import not_allowed
from engine.features.destinations.choosing import LeadsTo, nowhere, to_destination
from engine.features.destinations.extension_settings import DiversionFields, ExtensionDiversions
from engine.features.destinations.registry import Destinations
from engine.features.errors import FeatureError
from engine.features.star_codes.languages import language_of, said, text
from engine.features.star_codes.orders import ORDERS, Dialled, Order
from engine.model.call import Call
from engine.model.destination import Destination
from engine.platform.audit import Actor
from engine.platform.settings_cache import SettingsCache
from engine.queues.roles import SteeringSubject
from engine.store.accounts import Account
from engine.tasks.converse import Converse
from engine.tasks.hang_up import HangUp
from engine.tasks.next_digit import Keys

log = structlog.get_logger(__name__)
TOPIC = "star_codes"


def task_of(dialled: Dialled, country: str) -> Converse:
    """Return the turn that carries out a code for an account of this country."""
    order = ORDERS[dialled.code]
    asks = order.numbered and not dialled.number
    says = (said(language_of(country), "number"),) if asks else ()
    return Converse(topic=TOPIC, state=msgspec.json.encode(dialled).decode(), says=says)


class StarCodes:
    """Carries out codes (engine.calls.conversation.Conversation). A restart repeats a turn, which changes no more."""

    def __init__(self, cache: SettingsCache, destinations: Destinations, extensions: ExtensionDiversions) -> None:
        self._cache, self._destinations, self._extensions = cache, destinations, extensions

    async def turn(self, call: Call, state: str, on: SteeringSubject) -> Next:
        """Ask for the number that is missing, change the extension, and confirm it."""
        dialled = msgspec.json.decode(state, type=Dialled)
        account = self._cache.find(call.account)
        language, order = language_of(account.country if account else ""), ORDERS[dialled.code]
        with on.keypad.taking(typed_ahead=True) as digits:
            talk = Talk(on, Keys(digits), language)
            number = dialled.number
            if order.numbered and not number:
                number = await talk.digits(text(language, "number"))
            phrase = await self._carried_out(account, dialled.extension, order, number)
            await talk.say(text(language, phrase, number))
        return Next((HangUp(),))

    async def _carried_out(self, account: Account | None, extension: str, order: Order, number: str) -> str:
        """Change the extension; returns the phrase that says what became of it."""
        if account is None:
            return "failed"
        by = Actor("account", account.id, f"the phone of {extension}")
        try:
            fields = self._fields(account, order, number)
            if fields is None:
                return "refused"
            await self._extensions.change(by, account.id, extension, fields)
        except FeatureError as error:
            log.info("A star code was refused.", account=account.id, extension=extension, why=str(error))
            return "refused" if order.numbered else "failed"
        return order.said

    def _fields(self, account: Account, order: Order, number: str) -> DiversionFields | None:
        """Return what changes; None where no call may be led to the number. Raises FeatureError."""
        leads_to: LeadsTo = nowhere
        if order.numbered:
            to = self._destination(account, number)
            if to is None:
                return None
            leads_to = to_destination(self._destinations, to)
        changes: dict[str, Any] = dict.fromkeys(order.reasons, leads_to) | dict(order.switches)
        return DiversionFields(**changes)

    def _destination(self, account: Account, number: str) -> str | None:
        """Return where a typed number leads: to an extension, or to a number that the account may call."""
        if self._cache.extension(account.id, number):
            return f"extension:{number}"
        if not number:
            return None
        found = Destination.read(self._destinations.checked(account, f"forward:{number}")).target
        digits = found.removeprefix("+")
        own = self._cache.number(digits)
        if own and own.account == account.id:
            return f"forward:{found}"
        why = not_allowed(digits, self._cache.rules(account.id).prefixes)
        return None if why else f"forward:{found}"
