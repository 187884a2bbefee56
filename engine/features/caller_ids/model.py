"""What caller ids are: plain types. Times are Unix seconds; numbers are international digits."""

from typing import Literal

import msgspec

How = Literal["text", "call"]
CODE = "{code}"
"""Where a message has the code."""
DIGITS = 6
"""Of a code."""
TRIES = 5
"""Answers to one code."""
VALID_SECONDS = 600.0
"""For how long a code may be answered."""
HOUR, DAY = 3600.0, 86_400.0
AGAIN_SECONDS = 30.0
"""Between two codes to one number of one account."""
MOST_TO_NUMBER, MOST_TO_NUMBER_A_DAY = 5, 10
"""Codes to one number, whoever asks, in an hour and in a day."""
MOST_OF_ACCOUNT, MOST_OF_ACCOUNT_A_DAY = 20, 100
"""Codes of one account."""
MOST_OF_ALL = 1000
"""Codes of all accounts in an hour."""
LONGEST_MESSAGE = 300


class CallerId(msgspec.Struct, frozen=True, kw_only=True):
    """A number that an account may show; `default`: it is shown where nothing else is said."""

    number: str
    verified: float
    default: bool = False


class WantedCode(msgspec.Struct, frozen=True, kw_only=True):
    """A code to send to `number`, which is read as in the account's country.

    `message` has `{code}` in it; "": our own. In a call it is spoken in `locale` (BCP 47), twice, its digits one by
    one. `make_default`: once it is proved, the number is the default of `user`, or of the account if that is "".
    `again`: also if the account may show the number already.
    """

    number: str
    how: How = "text"
    message: str = ""
    locale: str = "en-US"
    user: str = ""
    make_default: bool = False
    again: bool = False


class SentCode(msgspec.Struct, frozen=True, kw_only=True):
    """A code that was sent: by the text or call `sent`. It may be answered until `expires`, in so many `tries`."""

    number: str
    how: How
    expires: float
    tries: int
    sent: str


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """A code as it is stored; `tries` are those that are left."""

    id: str
    account: str
    user: str
    number: str
    how: How
    code: str
    make_default: bool
    created: float
    expires: float
    tries: int
