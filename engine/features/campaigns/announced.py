"""What customers hear of campaigns."""

from engine.features.campaigns.events import (
    CampaignEnded,
    CampaignPaused,
    CampaignResumed,
    CampaignStarted,
    ContactEnded,
    DoNotCallAdded,
)
from engine.model.money import decimal
from engine.platform.catalogue import Entry, Fields, only


def _ended(event: CampaignEnded) -> Fields:
    return only("name", "stopped", "counts", "currency")(event) | {"price": decimal(event.price)}


def _contact(event: ContactEnded) -> Fields:
    shown = only("contact", "number", "status", "call", "attempts", "digits", "reason", "currency")(event)
    seconds = None if event.seconds is None else round(event.seconds, 3)
    playback = None if event.playback is None else round(event.playback, 3)
    return shown | {"seconds": seconds, "playback": playback, "price": decimal(event.price)}


ENTRIES = (
    Entry("campaign.started", CampaignStarted, only("name", "contacts"), subject="campaign"),
    Entry("campaign.paused", CampaignPaused, only("name", "reason"), subject="campaign"),
    Entry("campaign.resumed", CampaignResumed, only("name"), subject="campaign"),
    Entry("campaign.ended", CampaignEnded, _ended, subject="campaign"),
    Entry("campaign.contact_ended", ContactEnded, _contact, subject="campaign"),
    Entry("campaign.opted_out", DoNotCallAdded, only("number", "call"), subject="campaign"),
)
EVENTS = (CampaignStarted, CampaignPaused, CampaignResumed, CampaignEnded, ContactEnded, DoNotCallAdded)
