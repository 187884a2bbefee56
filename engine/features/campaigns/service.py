"""What is done with campaigns: made, changed, filled with contacts, planned, started, paused and stopped."""

from engine.features.campaigns.booking import Booking
from engine.features.campaigns.going import Going
from engine.features.campaigns.listing import Listing


class CampaignService(Booking, Listing, Going):
    """The campaigns of accounts.

    Every method that takes an account takes its id (None: of any account), and raises NotThere where the account has no
    such campaign or contact. A campaign is named by its id.
    """
