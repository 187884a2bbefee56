"""The Sinch Calling dialect."""

from api.vendors.sinch.auth import Policy
from api.vendors.sinch.calls import CallOperations, CalloutOperations
from api.vendors.sinch.conferences import ConferenceOperations
from api.vendors.sinch.dialogue import Questions
from api.vendors.sinch.handlers import operations
from api.vendors.sinch.ids import issue
from api.vendors.sinch.parties import Parties
from api.vendors.sinch.routes import Sinch
from api.vendors.sinch.telling import Telling

__all__ = [
    "CallOperations",
    "CalloutOperations",
    "ConferenceOperations",
    "Parties",
    "Policy",
    "Questions",
    "Sinch",
    "Telling",
    "issue",
    "operations",
]
