"""The plain types of the settings of texts; all but this one are in engine.features.messaging.model."""

import msgspec


class OptOut(msgspec.Struct, frozen=True, kw_only=True):
    """A number that gets no texts of an account. `word` is what it sent, such as STOP; "": an operator added it."""

    account: str
    number: str
    since: float
    word: str = ""
