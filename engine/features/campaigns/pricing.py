"""What a campaign's calls and texts cost."""

from engine.features.campaigns import template
from engine.features.campaigns.contact import Contact
from engine.features.campaigns.errors import UnknownTag
from engine.features.campaigns.model import Campaign, Message
from engine.features.messaging.encoding import TextTooLong, parts_of
from engine.platform.money import NoPrice, Prices

_LEAST_SECONDS = 0.001
"""Of a call that costs something."""


def price(prices: Prices, campaign: Campaign, contact: Contact, message: Message, seconds: float) -> int:
    """Return what one call of so many seconds costs, or one text (millionths)."""
    kind, quantity = ("call", seconds) if campaign.kind == "voice" else ("message", _parts(message, contact))
    try:
        return prices.price(kind, campaign.account, contact.number, quantity).amount
    except NoPrice:
        return 0


def whole_price(prices: Prices, campaign: Campaign, contact: Contact) -> int:
    """Return what a contact's text costs, or its call if it hears the message to the end."""
    return price(prices, campaign, contact, campaign.message, max(_LEAST_SECONDS, campaign.call_seconds))


def _parts(message: Message, contact: Contact) -> int:
    try:
        return len(parts_of(template.filled(message.text, contact.tags))[1])
    except (TextTooLong, UnknownTag):
        return 1
