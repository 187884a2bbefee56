"""The Sinch Calling dialect."""

from api.vendors.sinch.auth import Policy
from api.vendors.sinch.handlers import operations
from api.vendors.sinch.ids import issue
from api.vendors.sinch.routes import Sinch

__all__ = ["Policy", "Sinch", "issue", "operations"]
