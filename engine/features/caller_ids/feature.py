"""Caller ids: numbers of others that an account proved to be its own, so that it may show them."""

from collections.abc import Callable

from engine.features.caller_ids.service import CallerIds, Check, Engine, Texts
from engine.features.caller_ids.speaking import TOPIC, Speaking
from engine.features.caller_ids.tables import caller_id_codes, user_caller_ids
from engine.platform.feature import Feature
from engine.platform.platform import Platform


class CallerIdsFeature(Feature):
    """Caller ids. `check` refuses numbers; `engine` and `texts` carry codes, and the engine is asked for then."""

    name = "caller_ids"
    tables = (caller_id_codes, user_caller_ids)

    def __init__(self, platform: Platform, check: Check, engine: Callable[[], Engine], texts: Texts) -> None:
        self.services = (CallerIds(platform, check, engine, texts),)
        self.conversations = {TOPIC: Speaking(platform)}
