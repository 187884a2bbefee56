"""What can be wrong with campaigns."""

from engine.features.campaigns.errors import UnknownTag, WrongState

ERRORS = {UnknownTag: (400, "unknown_tag"), WrongState: (409, "wrong_state")}
