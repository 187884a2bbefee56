"""Caller ids: numbers of others that an account proved to be its own."""

from typing import Annotated, Literal

from api.own.schema.fields import Given, Moment, Shown, says

NOUNS = ("caller-ids",)


class NewCode(Given, frozen=True, kw_only=True):
    """A number to prove; a code is sent to it."""

    number: Annotated[str, says("The number, written as in the account's country.")]
    how: Annotated[Literal["text", "call"], says("Whether a text brings the code, or a call that says it twice.")] = (
        "text"
    )
    message: Annotated[
        str, says("What is sent or said, with {code} where the code is to be, at most 300 characters; empty: our own.")
    ] = ""
    locale: Annotated[str, says("The language in which it is said, as BCP 47, such as en-US.")] = "en-US"
    make_default: Annotated[bool, says("Whether the number is shown by default once it is proved.")] = False
    again: Annotated[bool, says("Whether a code is sent even if the account may show the number already.")] = False


class SentCode(Shown, frozen=True, kw_only=True):
    """A code that was sent."""

    number: Annotated[str, says("The number, in international digits.")]
    how: Annotated[str, says("text or call.")]
    expires: Moment
    tries: Annotated[int, says("How many answers it takes at most.")]
    sent: Annotated[str, says("The id of the text or call that brings it.")]


class CodeAnswer(Given, frozen=True, kw_only=True):
    """The answer to a code."""

    code: Annotated[str, says("The code, 6 digits.")]


class Preference(Given, frozen=True, kw_only=True):
    """What changes of a caller id."""

    default: Annotated[
        bool, says("Whether it is shown by default: for the user whose token is sent, else for the account.")
    ]


class VerifiedCallerId(Shown, frozen=True, kw_only=True):
    """A number that the account may show as its caller."""

    number: Annotated[str, says("The number, in international digits.")]
    verified: Moment
    default: Annotated[bool, says("Whether the account shows it by default.")]


class VerifiedCallerIds(Shown, frozen=True, kw_only=True):
    """An account's caller ids."""

    caller_ids: Annotated[tuple[VerifiedCallerId, ...], says("The caller ids, the default one first.")]
    default_of_user: Annotated[
        str | None, says("The caller id that the user whose token is sent shows by default; null: the account's.")
    ]
