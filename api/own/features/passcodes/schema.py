"""Passcodes: one-time codes that prove a phone number to a customer's program. No answer has a code."""

from typing import Annotated, Literal

from api.own.schema.fields import Given, Moment, MomentOrNone, Shown, says

PATH = {"passcode": "The passcode's id."}
NOUNS = ("passcodes", "passcode-settings")
_LIMIT = {"minimum": 1, "maximum": 100_000}


class NewPasscode(Given, frozen=True, kw_only=True):
    """A passcode to send."""

    number: Annotated[str, says("Whom it is sent to, written as in the account's country.")]
    way: Annotated[Literal["text", "voice"], says("Whether a text brings the code, or a call that says it twice.")] = (
        "text"
    )
    code: Annotated[
        str | None, says("The account's own code, 4 to 10 digits; null: one is made.", pattern="^[0-9]{4,10}$")
    ] = None
    length: Annotated[int, says("How many digits a code that is made has, 4 to 10.", minimum=4, maximum=10)] = 6
    message: Annotated[
        str, says("What is sent or said, with {otp} where the code is to be, at most 300 characters; empty: our own.")
    ] = ""
    locale: Annotated[str, says("The language in which it is said, as BCP 47, such as en-US.")] = "en-US"
    voice: Annotated[str | None, says("The voice that says it; null: one for the language.")] = None
    sender: Annotated[
        str | None, says("The number that is shown as its sender or caller; null: the account's default.")
    ] = None
    valid_seconds: Annotated[
        float, says("For how long it may be answered, 30 to 86400 seconds.", minimum=30, maximum=86400)
    ] = 600.0
    fallback_seconds: Annotated[
        float | None,
        says(
            "If the text fails, or no receipt comes within these 5 to 3600 seconds, a call says the code; null: none "
            "does.",
            minimum=5,
            maximum=3600,
        ),
    ] = None
    address: Annotated[
        str, says("The IP address of the person who asked for the code: its passcodes are limited; empty: unknown.")
    ] = ""


class PasscodeAgain(Given, frozen=True, kw_only=True):
    """How a passcode is sent again."""

    way: Annotated[Literal["text", "voice"] | None, says("text or voice; null: as it was sent last.")] = None


class PasscodeAnswer(Given, frozen=True, kw_only=True):
    """The answer to a passcode."""

    code: Annotated[str, says("The code as the person gave it; blanks and hyphens do not count.")]


class Passcode(Shown, frozen=True, kw_only=True):
    """A passcode, without its code."""

    id: Annotated[str, says("The passcode's id.")]
    account: Annotated[str, says("The account's id; its name in the administrator's API.")]
    number: Annotated[str, says("The number, in international digits.")]
    way: Annotated[str, says("How it was sent last: text or voice.")]
    state: Annotated[str, says("sending, sent, delivered, verified or failed; the last two are final.")]
    reason: Annotated[str | None, says("Why it failed: expired, too_many_tries or undelivered; null: it has not.")]
    length: Annotated[int, says("How many digits its code has.")]
    tries: Annotated[int, says("How many answers are left.")]
    created: Moment
    expires: Moment
    ended: MomentOrNone
    text: Annotated[str | None, says("The id of the last text that brings it; null: none does.")]
    call: Annotated[str | None, says("The id of the last call that says it; null: none does.")]


class Passcodes(Shown, frozen=True, kw_only=True):
    """A page of passcodes."""

    passcodes: Annotated[tuple[Passcode, ...], says("The passcodes, the newest first.")]


class NewPasscodeSettings(Given, frozen=True, kw_only=True):
    """What an account sets for its passcodes. The limits are for an hour; a field that is left out gets its default."""

    countries: Annotated[
        tuple[str, ...],
        says("The countries to whose numbers passcodes are sent, such as US; empty: wherever the account may call."),
    ] = ()
    most_to_number: Annotated[int, says("To one number.", **_LIMIT)] = 5
    most_to_range: Annotated[int, says("To numbers that differ in their last four digits only.", **_LIMIT)] = 50
    most_of_address: Annotated[int, says("For one IP address (of IPv6: one /64).", **_LIMIT)] = 20
    most_of_account: Annotated[int, says("Of the account.", **_LIMIT)] = 1000
    least_sent: Annotated[int, says("Of how many passcodes at least the share that was verified counts.", **_LIMIT)] = (
        50
    )
    least_verified: Annotated[
        int,
        says(
            "The percentage of the last hour's passcodes that must be verified, else sending is stopped; 0: never.",
            minimum=0,
            maximum=100,
        ),
    ] = 10


class PasscodeSettings(Shown, frozen=True, kw_only=True):
    """What an account has set for its passcodes, and whether sending is stopped."""

    countries: Annotated[tuple[str, ...], says("Where the numbers may be; empty: wherever the account may call.")]
    most_to_number: Annotated[int, says("To one number in an hour.")]
    most_to_range: Annotated[int, says("To numbers that differ in their last four digits only, in an hour.")]
    most_of_address: Annotated[int, says("For one IP address (of IPv6: one /64), in an hour.")]
    most_of_account: Annotated[int, says("Of the account in an hour.")]
    least_sent: Annotated[int, says("Of how many passcodes at least the share that was verified counts.")]
    least_verified: Annotated[int, says("The percentage that must be verified; 0: sending is never stopped.")]
    stopped: MomentOrNone
    why: Annotated[str | None, says("Why sending is stopped; null: it is not.")]
