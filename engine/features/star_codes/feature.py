"""Star codes of phones."""

from engine.calls.directory import Answering
from engine.features.destinations.extension_settings import ExtensionDiversions
from engine.features.destinations.registry import Destinations
from engine.features.star_codes.conversation import TOPIC, StarCodes, task_of
from engine.features.star_codes.orders import ORDERS, PICK_UP_ANY, PICK_UP_OF, Dialled
from engine.platform.codes import Code, CodeWith
from engine.platform.feature import Feature
from engine.platform.platform import Platform
from engine.store.accounts import Account
from engine.store.extensions import Extension
from engine.tasks.pick_up import PickUp


class StarCodesFeature(Feature):
    """The codes by which phones set their extensions, and take calls that ring elsewhere."""

    name = "star_codes"

    def __init__(self, platform: Platform, destinations: Destinations, extensions: ExtensionDiversions) -> None:
        self.conversations = {TOPIC: StarCodes(platform.cache, destinations, extensions)}
        self.codes_with = {code: _with_number(code) for code, order in ORDERS.items() if order.numbered}
        self.codes = {code: _alone(code) for code, order in ORDERS.items() if not order.numbered}
        self.codes_with[PICK_UP_OF] = _pick_up
        self.codes[PICK_UP_ANY] = lambda account, extension: _pick_up(account, extension, "")


def _with_number(code: str) -> CodeWith:
    def answering(account: Account, extension: Extension, number: str) -> Answering:
        dialled = Dialled(code=code, extension=extension.number, number=number)
        return Answering(account=account.id, tasks=(task_of(dialled, account.country),), callee=code + number)

    return answering


def _alone(code: str) -> Code:
    def answering(account: Account, extension: Extension) -> Answering:
        dialled = Dialled(code=code, extension=extension.number)
        return Answering(account=account.id, tasks=(task_of(dialled, account.country),))

    return answering


def _pick_up(account: Account, extension: Extension, number: str) -> Answering:
    return Answering(account=account.id, tasks=(PickUp(extension=number),))
