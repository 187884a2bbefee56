"""The events of campaigns. Their subject and root is the campaign's id."""

from engine.events.base import Event
from engine.features.campaigns.contact import Status


class CampaignStarted(Event, frozen=True, kw_only=True, tag="campaign_started"):
    """A campaign began; `contacts` is how many were chosen."""

    name: str
    contacts: int


class CampaignPaused(Event, frozen=True, kw_only=True, tag="campaign_paused"):
    """A campaign was paused. `reason`: why we paused it, as a sentence; "": it was asked for."""

    name: str
    reason: str = ""


class CampaignResumed(Event, frozen=True, kw_only=True, tag="campaign_resumed"):
    """A campaign goes on."""

    name: str


class CampaignEnded(Event, frozen=True, kw_only=True, tag="campaign_ended"):
    """A campaign is over: everybody was reached or given up, or (`stopped`) it was asked for.

    `counts` is how many of its contacts have each status, `price` what all their attempts cost (millionths).
    """

    name: str
    stopped: bool
    counts: dict[str, int]
    price: int = 0
    currency: str = "USD"


class ContactEnded(Event, frozen=True, kw_only=True, tag="campaign_contact_ended"):
    """A contact was reached, or given up; no other attempt is made. Of those that a stop ended there is none.

    `contact` is its id, `call` the call or text of its last attempt (None: there was none). The others are as in
    engine.features.campaigns.model.Contact.
    """

    contact: int
    number: str
    status: Status
    call: str | None = None
    attempts: int = 0
    seconds: float | None = None
    playback: float | None = None
    digits: str = ""
    reason: str = ""
    price: int = 0
    currency: str = "USD"


class DoNotCallAdded(Event, frozen=True, kw_only=True, tag="campaign_opted_out"):
    """A number pressed the key that asks for no more calls; it is on the account's do-not-call list now."""

    number: str
    call: str
