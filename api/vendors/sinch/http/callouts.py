"""Callouts (Calling API document, «Conference and Text-To-Speech Callouts»; customCallout from the public pages)."""

import json

import msgspec

from api.callbacks.callback import BadAddress, address
from api.vendors.sinch.errors import ILLEGAL_PARAMETERS, INVALID_REQUEST, MISSING_PARAMETER, SinchOperation, failure
from api.vendors.sinch.fields import BadField, Fields, Illegal, Malformed, Missing, decode, fold
from api.vendors.sinch.script import limits
from api.vendors.sinch.script.actions import Actions, ScriptEvent
from api.vendors.sinch.script.dtmf import sequence
from api.vendors.sinch.script.instructions import of_fields
from api.vendors.sinch.script.prompts import Reader
from api.vendors.sinch.script.svaml import PartyAddress, PromptTask, Svaml, SvamlConnectConf, Value
from engine.tasks.pause import Pause
from engine.tasks.secret import Seal
from engine.tasks.send_dtmf import SendDtmf

_METHODS = {"ttscallout": "ttsCallout", "conferencecallout": "conferenceCallout", "customcallout": "customCallout"}


class EventUrl(Value, frozen=True, kw_only=True, tag="ask"):
    """An event of a customCallout goes to this URL, instead of the application's."""

    url: str


class EventScript(Value, frozen=True, kw_only=True, tag="follow"):
    """An event of a customCallout is answered by the request itself, and nobody is asked; `text` is the script."""

    answer: Svaml
    text: str


Script = EventUrl | EventScript


class Callout(msgspec.Struct, frozen=True, kw_only=True):
    """What every callout says. `caller` None: none was asked for; `domain`: pstn, mxp or sip."""

    to: PartyAddress | None
    caller: str | None = None
    private: bool = False
    written_caller: str = ""
    domain: str = limits.DOMAIN
    transport: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    ring_seconds: float | None = None
    dtmf: tuple[SendDtmf | Pause, ...] = ()
    custom: str = ""
    max_seconds: float | None = None
    warnings: tuple[str, ...] = ()


class TtsCallout(Value, frozen=True, kw_only=True, tag="tts_callout"):
    """Call, say or play, hang up."""

    callout: Callout
    prompts: tuple[PromptTask, ...]
    enable_ace: bool
    enable_dice: bool
    enable_pie: bool


class ConferenceCallout(Value, frozen=True, kw_only=True, tag="conference_callout"):
    """Call, greet, connect to a conference. With ACE the answer decides the room; no answer means this one."""

    callout: Callout
    conference: SvamlConnectConf
    greeting: tuple[PromptTask, ...]
    enable_ace: bool
    enable_dice: bool
    enable_pie: bool


class CustomCallout(Value, frozen=True, kw_only=True, tag="custom_callout"):
    """Call as the scripts say. A script that is None: the application's callback URL is asked."""

    callout: Callout
    ice: Script | None = None
    ace: Script | None = None
    pie: Script | None = None
    dice: Script | None = None


AnyCallout = TtsCallout | ConferenceCallout | CustomCallout


def sealed(callout: CustomCallout, seal: Seal) -> CustomCallout:
    """Return a callout whose scripts that hold a bucket's credentials are sealed: the call keeps them in its data."""
    scripts = {"ice": callout.ice, "ace": callout.ace, "pie": callout.pie, "dice": callout.dice}
    closed = {
        name: msgspec.structs.replace(script, text=seal.close(script.text))
        for name, script in scripts.items()
        if isinstance(script, EventScript) and "credentials" in script.text.lower()
    }
    return msgspec.structs.replace(callout, **closed)


def read(body: bytes, country: str) -> AnyCallout:
    """Read [POST] /callouts; raises SinchError 40001, 40002 or 40003."""
    try:
        return _callout(decode(body), country)
    except Malformed as error:
        raise failure(INVALID_REQUEST, str(error), SinchOperation.CALLOUT) from None
    except Missing as error:
        raise failure(MISSING_PARAMETER, str(error), SinchOperation.CALLOUT) from None
    except BadField as error:
        raise failure(ILLEGAL_PARAMETERS, str(error), SinchOperation.CALLOUT) from None


def _callout(fields: Fields, country: str) -> AnyCallout:
    given = fields.text("method")
    method = _METHODS.get(fold(given))
    if method is None:
        raise Illegal("method must be ttsCallout, conferenceCallout or customCallout.")
    reading = _Reading(fields, fields.inner(method), country)
    match method:
        case "ttsCallout":
            return reading.tts()
        case "conferenceCallout":
            return reading.conference()
    return reading.custom()


class _Reading:
    def __init__(self, outer: Fields, fields: Fields, country: str) -> None:
        self._outer, self._fields, self._country = outer, fields, country
        self._reader = Reader()
        self._actions = Actions(self._reader, country)
        self._locale = self._reader.locale(fields.text_or_none("locale"))

    def tts(self) -> TtsCallout:
        prompts = self._prompts("prompts") or self._spoken("text")
        if not prompts:
            raise Missing("text or prompts is missing.")
        return TtsCallout(
            callout=self._common(),
            prompts=prompts,
            enable_ace=self._enabled("enableAce"),
            enable_dice=self._enabled("enableDice"),
            enable_pie=self._pie(),
        )

    def conference(self) -> ConferenceCallout:
        conference = self._actions.conference(self._fields, "conferenceId", "mohClass")
        return ConferenceCallout(
            greeting=self._spoken("greeting"),
            callout=self._common(),
            conference=conference,
            enable_ace=self._enabled("enableAce"),
            enable_dice=self._enabled("enableDice"),
            enable_pie=self._pie(),
        )

    def custom(self) -> CustomCallout:
        scripts = [
            self._script(event.value, event)
            for event in (ScriptEvent.ICE, ScriptEvent.ACE, ScriptEvent.PIE, ScriptEvent.DICE)
        ]
        written = (one.url if isinstance(one, EventUrl) else one.text for one in scripts if one)
        if sum(len(text.encode()) for text in written) > limits.SCRIPT_BYTES:
            most = f"{limits.SCRIPT_BYTES} bytes in all"
            raise Illegal(f"The scripts of customCallout must have at most {most}; give URLs instead.")
        ice, ace, pie, dice = scripts
        return CustomCallout(callout=self._common(needed=False), ice=ice, ace=ace, pie=pie, dice=dice)

    def _common(self, *, needed: bool = True) -> Callout:
        destination = self._fields.inner("destination") if needed else self._fields.inner_or_none("destination")
        to = self._actions.destination(destination) if destination else None
        # In the document's example `domain` stands after the destination; here and beside the method it is taken too.
        domain = self._fields.word("domain") or self._outer.word("domain")
        if domain not in (None, "pstn", "mxp"):
            raise Illegal(f"{self._fields.name_of('domain')} must be pstn or mxp.")
        if to is not None and to.kind_of == "number" and domain == "mxp":
            to = PartyAddress(kind_of="username", written=to.written, dialled=to.written)
        caller, private = self._actions.caller(self._fields)
        return Callout(
            to=to,
            caller=caller,
            private=private,
            written_caller=self._fields.text_or_none("cli", most=64) or "",
            domain={"username": "mxp", "sip": "sip"}.get(to.kind_of, "pstn") if to else limits.DOMAIN,
            dtmf=sequence(self._fields.text_or_none("dtmf"), self._fields.name_of("dtmf")),
            custom=custom_data(self._fields),
            max_seconds=self._actions.seconds(self._fields, "maxDuration", limits.MOST_SECONDS),
            warnings=tuple(self._reader.warnings),
        )

    def _enabled(self, name: str) -> bool:
        return self._fields.flag(name, default=limits.ENABLE_CALLBACKS)

    def _pie(self) -> bool:
        """Whether a menu's end is asked about: as enablePie says, else wherever an ACE may run one."""
        return self._fields.flag("enablePie", default=self._enabled("enableAce"))

    def _prompts(self, name: str) -> tuple[PromptTask, ...]:
        text = self._fields.text_or_none(name, most=limits.LONGEST_PROMPTS)
        return self._reader.prompts((text,), self._fields.name_of(name), self._locale) if text else ()

    def _spoken(self, name: str) -> tuple[PromptTask, ...]:
        """Read a text to speak; one written as a prompt (`#tts[…]`) is read as one."""
        text = self._fields.spoken(name, most=limits.LONGEST_PROMPTS)
        if text and text.lower().startswith(("#tts[", "#ssml[", "#href[")):
            return self._prompts(name)
        return (self._reader.say(text, self._fields.name_of(name), self._locale),) if text else ()

    def _script(self, name: str, event: ScriptEvent) -> Script | None:
        """Read a URL, or a script as a (JSON-escaped) text; a client that forgets to escape it sends an object."""
        inner = self._fields.raw(name)
        if isinstance(inner, dict):
            answer = of_fields(Fields(inner), event, self._country)
            return EventScript(answer=answer, text=json.dumps(inner, separators=(",", ":")))
        text = self._fields.text_or_none(name, most=limits.LONGEST_PROMPTS)
        if text is None:
            return None
        if text.startswith("{"):
            try:
                return EventScript(answer=of_fields(decode(text.encode()), event, self._country), text=text)
            except BadField as error:
                raise Illegal(f"{self._fields.name_of(name)}: {error}") from None
        try:
            address(text)
        except BadAddress as error:
            raise Illegal(f"{self._fields.name_of(name)} must be a script or a URL. {error}") from None
        return EventUrl(url=text)


def custom_data(fields: Fields) -> str:
    """Return `custom` as the text that events carry; an object («object - custom») becomes its JSON."""
    value = fields.raw("custom")
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Illegal(f"{fields.name_of('custom')} contains half of a surrogate pair.")
    if len(text.encode()) > limits.CUSTOM_BYTES:
        raise Illegal(f"{fields.name_of('custom')} must have at most {limits.CUSTOM_BYTES} bytes.")
    return text
