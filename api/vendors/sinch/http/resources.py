"""What Sinch's operations answer, field by field in the document's order (Calling API document)."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import phonenumbers
from aiohttp import web
from msgspec import UNSET, UnsetType, field

from api.vendors.sinch import call_data
from api.vendors.sinch.http.results import ONGOING, SinchEnding
from api.vendors.sinch.script import limits
from engine.commands import ConferenceMember, ConferenceView

_JSON = "application/json"
_MILLION = 1_000_000
SHORTEST_NUMBER = 7  # of a telephone number's digits, which the document prints with a plus; others are extensions
_TYPES = {
    phonenumbers.PhoneNumberType.FIXED_LINE: "Fixed",
    phonenumbers.PhoneNumberType.MOBILE: "Mobile",
    phonenumbers.PhoneNumberType.UNKNOWN: "Unknown",
}  # all others, «fixed or mobile» (North America) among them, are «Other»


class Resource(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An object of the document; a field that is UNSET is left out."""


class Money(Resource, frozen=True, kw_only=True):
    """`{currencyId, amount}`; both are always there, the vendor's clients need them."""

    currency_id: str
    amount: float


class Identity(Resource, frozen=True, kw_only=True):
    """`{type, endpoint}`, spelled as the customer gave it."""

    type: str
    endpoint: str


class NumberItem(Resource, frozen=True, kw_only=True):
    """An owned number. «If the number is not assigned to an app, no application key is returned.»"""

    number: str
    applicationkey: str | UnsetType = UNSET
    capability: str = limits.CAPABILITY


class NumberList(Resource, frozen=True, kw_only=True):
    """Get Numbers."""

    numbers: Sequence[NumberItem]


class UrlItem(Resource, frozen=True, kw_only=True):
    """The callback URLs of an application."""

    primary: str | UnsetType = UNSET
    fallback: str | UnsetType = UNSET


class CallbackUrls(Resource, frozen=True, kw_only=True):
    """Get Callbacks."""

    url: UrlItem


class QueriedNumber(Resource, frozen=True, kw_only=True):
    """What is known of a number; `rate` is the cost of a minute to it."""

    country_id: str
    number_type: str
    normalized_number: str
    restricted: bool
    rate: Money


class QueryNumber(Resource, frozen=True, kw_only=True):
    """Query Number: the definition says `number`, the example `numberItem`; both are there."""

    number: QueriedNumber
    number_item: QueriedNumber


class CallResult(Resource, frozen=True, kw_only=True):
    """Get Call Result. `debitMinutes` is in the document's list only."""

    from_: Identity | UnsetType = field(name="from", default=UNSET)
    to: Identity | UnsetType = UNSET
    domain: str
    call_id: str
    duration: int
    status: str
    result: str
    reason: str
    timestamp: str
    custom: str
    user_rate: Money
    debit: Money
    debit_minutes: float


class Participant(Resource, frozen=True, kw_only=True):
    """One party of a conference: exactly these fields, the vendor's Python client takes no other."""

    cli: str
    id: str
    duration: int
    muted: bool
    onhold: bool


class ConferenceInfo(Resource, frozen=True, kw_only=True):
    """Get Conference Info."""

    participants: Sequence[Participant]


class Placed(Resource, frozen=True, kw_only=True):
    """What a callout answers."""

    call_id: str


class EmptyObject(Resource, frozen=True, kw_only=True):
    """«Empty»: `{}`, which every client reads."""


def money(millionths: int, currency: str) -> Money:
    """Return an amount given in millionths of a currency, e.g. 36800 as 0.0368."""
    return Money(currency_id=currency, amount=millionths / _MILLION)


def timestamp(at: float) -> str:
    """Return Unix seconds as the document prints times: `2014-09-24T10:59:41Z`."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def numbers(items: Iterable[tuple[str, str | None, str]]) -> NumberList:
    """Return Get Numbers from (E.164 number, application's key or None, capability)."""
    return NumberList(
        numbers=[
            NumberItem(number=number, applicationkey=key or UNSET, capability=capability)
            for number, key, capability in items
        ]
    )


def callbacks(primary: str | None, fallback: str | None) -> CallbackUrls:
    """Return Get Callbacks; a URL that is not set is left out."""
    return CallbackUrls(url=UrlItem(primary=primary or UNSET, fallback=fallback or UNSET))


def query_number(digits: str, *, restricted: bool, rate: Money) -> QueryNumber:
    """Return Query Number for international digits (no plus); `restricted`: this account may not call it."""
    country, kind = "", "Unknown"
    try:
        parsed = phonenumbers.parse(f"+{digits}", None)
        country = phonenumbers.region_code_for_number(parsed) or ""
        kind = _TYPES.get(phonenumbers.number_type(parsed), "Other")
    except phonenumbers.NumberParseException:
        pass
    item = QueriedNumber(
        country_id="" if country == "001" else country,
        number_type=kind,
        normalized_number=f"+{digits}",
        restricted=restricted,
        rate=rate,
    )
    return QueryNumber(number=item, number_item=item)


def call_result(
    *,
    call: str,
    caller: Identity | None,
    callee: Identity | None,
    domain: str,
    seconds: float,
    ended: SinchEnding | None,
    at: float,
    custom: str,
    user_rate: Money,
    debit: Money,
    minutes: float,
) -> CallResult:
    """Return Get Call Result; `ended` None: the call is going on, ONGOING and N/A."""
    how = ended or ONGOING
    return CallResult(
        from_=caller or UNSET,
        to=callee or UNSET,
        domain=domain,
        call_id=call,
        duration=round(seconds),
        status="FINAL" if ended else "ONGOING",
        result=how.result.value,
        reason=how.reason.value,
        timestamp=timestamp(at),
        custom=custom,
        user_rate=user_rate,
        debit=debit,
        debit_minutes=round(minutes, 4),
    )


def conference(view: ConferenceView, now: float) -> ConferenceInfo:
    """Return Get Conference Info; durations are whole seconds until `now` (Unix seconds)."""
    return ConferenceInfo(participants=[_participant(member, now) for member in view.participants])


def _participant(member: ConferenceMember, now: float) -> Participant:
    number = member.number.removeprefix("+")
    written = call_data.participant(member.data)
    return Participant(
        cli=written or (f"+{number}" if number.isdecimal() and len(number) >= SHORTEST_NUMBER else member.number),
        id=member.call,
        duration=max(0, int(now - member.joined)) if member.joined else 0,
        muted=member.muted,
        onhold=member.held,
    )


def encode(resource: Any) -> bytes:
    """Return an object as JSON."""
    return msgspec.json.encode(resource)


def render(resource: Resource) -> web.Response:
    """Return an object as a 200."""
    return web.Response(body=encode(resource), content_type=_JSON)
