"""What a vendor's folder offers to the rest of the API: its description, and what it does once it is made."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import msgspec
from aiohttp import web

from api.callbacks.callback import Callback
from api.callbacks.model import DeliveryRow
from api.dialects import Dialect
from engine.events import Event, QuestionAsked
from engine.model.call import Call
from engine.model.call_data import CallData, DataPatch
from engine.tasks.kinds import AnyTask

if TYPE_CHECKING:
    from api.vendors.parts import VendorParts


class Vendor(Protocol):
    """One dialect: its routes, its errors, its callbacks.

    A vendor's `vendor.py` has one class of this kind and names it `VENDOR`; api.vendors.registry finds it there.
    """

    @staticmethod
    def describe() -> Dialect:
        """What the rest of the program knows of the dialect: all of it, and before the vendor is made."""

    @classmethod
    def make(cls, parts: "VendorParts") -> "Vendor":
        """Make the vendor of the parts that all vendors get; it takes those that it needs."""

    notices: ClassVar[tuple[type[Event], ...]] = ()
    """Kinds of events that belong to no request, and of which its customers are notified nevertheless."""

    @property
    def name(self) -> str:
        """The dialect's name in call data, credentials, applications and account settings."""

    @property
    def paths(self) -> re.Pattern[str]:
        """Matches the beginning of every path whose errors this dialect renders."""

    @property
    def questions(self) -> "AskingVendor | None":
        """How its customers are asked what a call does next; None: they are not asked."""

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Its routes, authenticated and with its errors rendered."""

    async def leave(self) -> None:
        """End what it has open: the process leaves."""
        return

    def render_error(self, status: int, sentence: str) -> web.Response:
        """An error in this dialect's format."""

    def inbound_data(self, settings: Mapping[str, Any]) -> CallData | None:
        """The data of the calls that an application with these settings answers; None: no notifications."""

    async def callbacks(self, event: Event, data: CallData) -> Sequence[Callback]:
        """The callbacks that notify the customer of an event with this dialect's data; empty: none."""

    def message(self, topic: str, event: Event, call: Call | None) -> str | None:
        """The JSON of an event for subscriptions of this dialect to a topic; `call` is the event's subject, None if
        that is no call. None: nothing is sent.
        """
        return None

    async def sign(self, delivery: DeliveryRow, attempt: int) -> Mapping[str, str]:
        """Headers that prove one attempt's origin; called at each attempt."""

    def heard(self, delivery: DeliveryRow, reply: bytes) -> str:
        """What the answer to a delivered callback says, in words to be kept with it; "" where nothing is wanted."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One request that asks: where to, with the address that is asked when the first fails ("": none), and what.

    `credential` names the key that it is signed with, `headers` are sent besides; `seconds` is the time for an answer
    at each address. `name` is the dialect's word for it; `shown` is the body as it may be kept and shown, where
    something in it must not be.
    """

    url: str
    body: bytes
    fallback: str = ""
    credential: str = ""
    headers: dict[str, str] = {}
    content_type: str = "application/json"
    seconds: float = 5.0
    name: str = ""
    shown: bytes | None = None


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What the customer said to a question, as engine.commands.Reply takes it; `patch` changes the calls' data."""

    tasks: tuple[AnyTask, ...] = ()
    replace: bool = True
    patch: DataPatch | None = None
    refused: str = ""
    remarks: tuple[str, ...] = ()
    silent: bool = False


class AskingVendor(Protocol):
    """A dialect whose customers are asked what a call does next."""

    @property
    def name(self) -> str:
        """The dialect's name in call data, credentials, applications and account settings."""

    async def question(self, event: QuestionAsked, data: CallData) -> Question | Said:
        """How the customer is asked, or what is known to be his answer without asking."""

    async def sign_question(self, question: Question, url: str) -> Mapping[str, str]:
        """Headers that prove one request's origin."""

    async def said(self, event: QuestionAsked, data: CallData, reply: bytes | None) -> Said:
        """Read the customer's reply; None: there was none, at no address. Never raises."""
