"""What campaigns ask of what is around them."""

from collections.abc import Callable
from typing import NamedTuple

from engine.features.campaigns.contact import Contact
from engine.features.campaigns.model import Campaign
from engine.features.campaigns.trunk_outages import TrunkOutages
from engine.features.campaigns.trunk_queues import TrunkQueues


class Around(NamedTuple):
    """What a campaign's account may have: calls at once, calls a second, and the trunk that would carry a number (None:
    none); what a contact costs, heard to the end (millionths); which accounts wait for a trunk; and which trunks take
    no calls.
    """

    at_once: Callable[[str], int]
    per_second: Callable[[str], float]
    trunk_of: Callable[[str, str, str], str | None]
    price: Callable[[Campaign, Contact], int]
    queues: TrunkQueues
    outages: TrunkOutages
