"""What passcodes are: plain types. Times are Unix seconds; numbers are international digits."""

from enum import StrEnum
from typing import Literal

import msgspec

from engine.tasks.secret import Secret

PREFIX = "passcode"
"""Of a passcode's id (engine.ids)."""
Way = Literal["voice", "text"]
CODE = "{otp}"
"""Where a message has the code."""
SHORTEST, LONGEST = 4, 10
"""Digits of a code."""
TRIES = 5
"""Answers to one passcode."""
LONGEST_MESSAGE = 300
SHORTEST_SECONDS, LONGEST_SECONDS = 30.0, 86_400.0
"""For how long a passcode may be answered."""
SHORTEST_FALLBACK, LONGEST_FALLBACK = 5.0, 3600.0
"""For how long a receipt of the text is awaited before a call is made."""
HOUR, DAY = 3600.0, 86_400.0
KEPT_DAYS = 30.0
"""For how long passcodes are kept."""
AGAIN_SECONDS = 30.0
"""Between two passcodes to one number of one account."""
MOST_TO_NUMBER, MOST_TO_NUMBER_A_DAY = 10, 20
"""Passcodes to one number in an hour and in a day, of all accounts: the phone that rings belongs to somebody else."""
LAST_DIGITS = 4
"""The last digits of a number that its range does not have: numbers are rented in ranges of 10,000."""


class State(StrEnum):
    """Where a passcode stands. The last two are final.

    `sending`: it is stored, and no carrier has it yet. `sent`: a carrier has the text, or the call is placed.
    `delivered`: a receipt says so, or the code was spoken to its end.
    """

    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    VERIFIED = "verified"
    FAILED = "failed"

    @property
    def final(self) -> bool:
        """Whether it changes no more."""
        return self in (State.VERIFIED, State.FAILED)


class Reason(StrEnum):
    """Why a passcode failed. `undelivered`: neither text nor call brought it."""

    EXPIRED = "expired"
    TOO_MANY_TRIES = "too_many_tries"
    UNDELIVERED = "undelivered"


class WantedPasscode(msgspec.Struct, frozen=True, kw_only=True):
    """A passcode to send to `number`, which is read as in the account's country.

    `code` is the customer's own, 4 to 10 digits; None: one of `length` digits is made. `message` has `{otp}` where the
    code is to be; "": our own. In a call it is spoken by `voice` (None: one for `locale`, BCP 47), its digits one by
    one, and repeated once. `sender` is the number that is shown, for both ways; None: the account's default.
    `fallback_seconds`: if the text fails, or no receipt comes in this time, a call brings the code; None: no call does.
    `address` is the IP address of the person who asked for the code, "": unknown. `verified_elsewhere`: the customer
    compares the code itself, so it does not count for the share of passcodes that are verified.
    """

    number: str
    way: Way = "text"
    code: Secret | None = None
    length: int = 6
    message: str = ""
    locale: str = "en-US"
    voice: str | None = None
    sender: str | None = None
    valid_seconds: float = 600.0
    fallback_seconds: float | None = None
    address: str = ""
    verified_elsewhere: bool = False


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What of a passcode is kept sealed until it has ended."""

    code: str
    message: str
    locale: str
    voice: str | None
    sender: str | None


class Passcode(msgspec.Struct, frozen=True, kw_only=True):
    """A passcode as last committed, without its code.

    `way` is how it was sent last. `tries` are those that are left. `text` and `call` are the ids of the last text and
    call that bring it; "": none does. `reason` says why it failed; "": it has not.
    """

    id: str
    account: str
    number: str
    way: Way
    state: State
    created: float
    expires: float
    tries: int
    length: int
    valid_seconds: float
    fallback_seconds: float | None = None
    verified_elsewhere: bool = False
    address: str = ""
    text: str = ""
    call: str = ""
    ended: float | None = None
    reason: str = ""


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A passcode that was sent, with its code, for the caller of the service alone: in memory, never stored or logged.

    `message` is the customer's message with the code as it is texted, `spaced` with a space between its digits.
    """

    passcode: Passcode
    code: Secret
    message: Secret
    spaced: Secret

    @property
    def id(self) -> str:
        """The passcode's id."""
        return self.passcode.id


class PasscodeSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an account has set for its passcodes; the limits are for an hour.

    `countries` (ISO 3166): where the numbers may be; empty: wherever the account may call. `most_to_range` counts
    numbers that differ in their last four digits only. `most_of_address` counts those that one IP address (IPv6: one
    /64) asked for. Sending is stopped if of at least `least_sent` passcodes of the last hour fewer than
    `least_verified` percent were verified; 0: never.
    """

    countries: tuple[str, ...] = ()
    most_to_number: int = 5
    most_to_range: int = 50
    most_of_address: int = 20
    most_of_account: int = 1000
    least_sent: int = 50
    least_verified: int = 10


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an account sends passcodes: `stopped` is when it was stopped, and `why`; `resumed` is when that ended."""

    settings: PasscodeSettings = PasscodeSettings()
    stopped: float | None = None
    why: str = ""
    resumed: float = 0.0
