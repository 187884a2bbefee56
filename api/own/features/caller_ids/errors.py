"""What can be wrong with codes."""

from engine.features.caller_ids.errors import NoCode, WrongCode

ERRORS = {NoCode: (409, "no_code"), WrongCode: (403, "wrong_code")}
