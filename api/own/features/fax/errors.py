"""What can be wrong with faxes."""

from engine.features.fax.model import NotSendable
from engine.features.fax.pages.model import DocumentRefused

ERRORS = {NotSendable: (409, "fax_state"), DocumentRefused: (400, "document_refused")}
