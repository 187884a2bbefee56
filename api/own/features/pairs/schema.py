"""Pairs: two parties that are called one after the other and connected."""

from typing import Annotated

from api.own.schema.fields import Given, Moment, MomentOrNone, MoneyOrNone, Shown, says
from api.own.schema.tasks import CALLEE, MUSIC, RINGBACK, SECONDS, Play, Say

PATH = {"pair": "The pair's id: that of its first party's call."}
NOUNS = ("pairs",)
RESULT = (
    "How it ended: completed (the two were connected), first_no_answer, first_busy, first_failed, second_no_answer, "
    "second_busy, second_congested, second_failed, abandoned (the first party hung up before the second one answered), "
    "cancelled, or refused (it could not be placed at its time); null before."
)


class NewPair(Given, frozen=True, kw_only=True):
    """Two parties to connect."""

    first: Annotated[str, says(f"Who is called first. {CALLEE}")]
    second: Annotated[str, says(f"Who is called when the first one has answered. {CALLEE}")]
    caller: Annotated[
        str | None,
        says(
            "The caller that the first party sees: a number that the account owns or has verified; null: its default."
        ),
    ] = None
    second_caller: Annotated[
        str | None,
        says(
            "The caller that the second party sees, a number as in caller; null: the first party's number, which has "
            "just answered there."
        ),
    ] = None
    private: Annotated[
        bool, says("Whether neither sees the other's number: without a second_caller both see the same caller.")
    ] = False
    greeting: Annotated[
        tuple[Play | Say, ...],
        says(
            "Prompts that the first party hears while the second one is called, at most 10. The two are connected when "
            "they have ended.",
            maxItems=10,
        ),
    ] = ()
    ringback: Annotated[str, says(f"{RINGBACK} It follows the greeting.")] = "us"
    music: Annotated[str, says(f"{MUSIC} It is heard instead of a ringing tone.")] = ""
    ring_seconds: Annotated[
        float | None, says("How long each of them rings at most, 1 to 86400 seconds; null: 60.", **SECONDS)
    ] = None
    max_seconds: Annotated[
        float | None,
        says(
            "How long they are connected at most, 1 to 86400 seconds; null: as long as the calls may last.", **SECONDS
        ),
    ] = None
    at: Annotated[
        float | str | None,
        says("When it is placed: Unix seconds, or a date and a time with an offset as ISO 8601; null: now."),
    ] = None


class PairLeg(Shown, frozen=True, kw_only=True):
    """One of the two calls, at its end."""

    call: Annotated[str, says("The call's id.")]
    caller: Annotated[str, says("The number that was shown.")]
    callee: Annotated[str, says("The number or extension that was called.")]
    cause: Annotated[str, says("Why it ended, in a word such as normal or busy.")]
    hung_up_by: Annotated[str, says("far, other, us or network.")]
    answered: Annotated[bool, says("Whether it was answered.")]
    seconds: Annotated[float, says("Seconds from the answer to the end.")]
    price: MoneyOrNone


class Pair(Shown, frozen=True, kw_only=True):
    """A pair: two parties that are called one after the other and connected."""

    id: Annotated[str, says("The pair's id: that of its first party's call.")]
    account: Annotated[str, says("The account's id; its name in the administrator's API.")]
    first: Annotated[str, says("Who is called first.")]
    second: Annotated[str, says("Who is called when the first one has answered.")]
    state: Annotated[
        str,
        says("scheduled, calling (the first party), first_answered (the second one is called), connected or ended."),
    ]
    created: Moment
    at: MomentOrNone
    first_answered: MomentOrNone
    connected: MomentOrNone
    cancelled: MomentOrNone
    ended: MomentOrNone
    result: Annotated[str | None, says(RESULT)]
    reason: Annotated[str | None, says("Why it was refused, as a sentence.")]
    seconds: Annotated[float, says("For how many seconds the two were connected, at the end.")]
    legs: Annotated[tuple[PairLeg, ...], says("The calls of both, the first party's first, at the end.")]
    price: MoneyOrNone
    currency: Annotated[str, says("The currency of the price, as ISO 4217.")]


class Pairs(Shown, frozen=True, kw_only=True):
    """A page of pairs."""

    pairs: Annotated[tuple[Pair, ...], says("The pairs, newest first.")]
