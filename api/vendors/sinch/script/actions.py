"""SVAML's actions: what follows the instructions. «Not all Actions are supported by all events.» (Callback API)"""

import re
from collections.abc import Callable
from enum import Enum

from api.vendors.sinch.fields import Fields, Illegal, Missing, fold
from api.vendors.sinch.ids import is_conference
from api.vendors.sinch.script import limits
from api.vendors.sinch.script.dtmf import sequence
from api.vendors.sinch.script.menus import run_menu
from api.vendors.sinch.script.prompts import Reader
from api.vendors.sinch.script.svaml import (
    PartyAddress,
    SvamlAmd,
    SvamlConnect,
    SvamlConnectConf,
    SvamlConnectStream,
    SvamlContinue,
    SvamlHangUp,
    SvamlPark,
    SvamlRecord,
    SvamlStopRecording,
    Then,
)
from engine.features.errors import InvalidNumber
from engine.features.numbers.phone_numbers import normalise
from engine.tasks.secret import Secret

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}")  # RFC 3261 §25.1: token
_SIP = re.compile(r"(?:sips?:)?[A-Za-z0-9\-_.!~*'()&=+$,;?/%]+@[A-Za-z0-9.\-]+(?::\d{1,5})?(?:;[A-Za-z0-9\-=.;]+)?")
_LONGEST_SIP = 255


class ScriptEvent(Enum):
    """What a script answers, or the request that brings it."""

    ICE = "ice"
    ACE = "ace"
    PIE = "pie"
    DICE = "dice"
    PATCH = "patch"
    UNPARK = "unpark"
    """The PATCH of a parked call: «the SVML you normally would have responded with in the ICE response»."""


# Callback API, «Actions», «Allowed in», with what the vendor's clients allow besides (runMenu in PIE, and so on).
ALLOWED: dict[str, frozenset[ScriptEvent]] = {
    "hangup": frozenset(ScriptEvent),
    "continue": frozenset({ScriptEvent.ACE, ScriptEvent.PIE, ScriptEvent.PATCH, ScriptEvent.DICE}),
    "connectpstn": frozenset({ScriptEvent.ICE, ScriptEvent.PIE, ScriptEvent.UNPARK}),
    "connectmxp": frozenset({ScriptEvent.ICE, ScriptEvent.UNPARK}),
    "connectconf": frozenset({ScriptEvent.ICE, ScriptEvent.ACE, ScriptEvent.PIE, ScriptEvent.UNPARK}),
    "connectsip": frozenset({ScriptEvent.ICE, ScriptEvent.PIE, ScriptEvent.UNPARK}),
    "connectstream": frozenset({ScriptEvent.ICE, ScriptEvent.UNPARK}),
    "runmenu": frozenset({ScriptEvent.ICE, ScriptEvent.ACE, ScriptEvent.PIE, ScriptEvent.PATCH, ScriptEvent.UNPARK}),
    "park": frozenset({ScriptEvent.ICE, ScriptEvent.UNPARK}),
    "startrecording": frozenset({ScriptEvent.PATCH}),
    "stoprecording": frozenset({ScriptEvent.PATCH}),
}


class Actions:
    """Reads actions of one account's script; `country` (ISO 3166) says how its national numbers are read."""

    def __init__(self, reader: Reader, country: str) -> None:
        self._reader = reader
        self._country = country
        self._readers: dict[str, Callable[[Fields], Then]] = {
            "hangup": lambda action: SvamlHangUp(),
            "continue": lambda action: SvamlContinue(record=self._record(action)),
            "connectpstn": self._pstn,
            "connectmxp": self._mxp,
            "connectconf": self._conf,
            "connectsip": self._sip,
            "connectstream": self._stream,
            "runmenu": lambda action: run_menu(action, self._reader),
            "park": self._park,
            "startrecording": lambda action: SvamlContinue(
                record=recording(action.inner_or_none("recordingOptions", "options"))
            ),
            "stoprecording": lambda action: SvamlStopRecording(),
        }

    def read(self, action: Fields, event: ScriptEvent) -> Then:
        """Read an action; raises BadField for one that is unknown, wrong or not allowed in this event."""
        name = action.text("name")
        read = self._readers.get(fold(name))
        if read is None:
            raise Illegal(f"There is no action {name[:64]!r}.")
        if event not in ALLOWED[fold(name)]:
            raise Illegal(f"The action {name[:64]!r} is not allowed here ({event.value}).")
        return read(action)

    def number(self, written: str, name: str) -> PartyAddress:
        """Read a telephone number; raises Illegal."""
        try:
            return PartyAddress(kind_of="number", written=written, dialled=normalise(written, self._country))
        except InvalidNumber as error:
            raise Illegal(f"{name} is not a telephone number. {error}") from None

    def destination(self, fields: Fields) -> PartyAddress:
        """Read `{type, endpoint}`; raises BadField."""
        kind = fields.word("type") or ("username" if fields.raw("username") is not None else "number")
        if kind == "username":
            return _user(fields)
        endpoint = fields.text("endpoint", most=_LONGEST_SIP)
        match kind:
            case "number" | "did":
                return self.number(endpoint, fields.name_of("endpoint"))
            case "sip":
                return sip_address(fields)
        raise Illegal(f"{fields.name_of('type')} must be number, username or sip.")

    def caller(self, fields: Fields) -> tuple[str | None, bool]:
        """Read `cli`: the number to show (as written), and whether it is hidden."""
        cli = fields.text_or_none("cli", most=64)
        if cli is None:
            return None, False
        if cli.lower() == limits.PRIVATE:
            return None, True
        return self.number(cli, fields.name_of("cli")).dialled, False

    def _pstn(self, action: Fields) -> SvamlConnect:
        number = action.text_or_none("number", most=64)
        caller, private = self.caller(action)
        amd = action.inner_or_none("amd")
        detect = amd is not None and amd.flag("enabled", default=False)
        return SvamlConnect(
            to=self.number(number, "number") if number else None,
            caller=caller,
            private=private,
            max_seconds=self.seconds(action, "maxDuration", limits.MOST_SECONDS),
            ring_seconds=self.seconds(action, "dialTimeout", limits.MOST_DIAL_SECONDS),
            dtmf=sequence(action.text_or_none("dtmf"), "dtmf"),
            ringback=self._ringback(action),
            detect=SvamlAmd(beside=amd.flag("async", default=False)) if amd and detect else None,
            silent=action.flag("suppressCallbacks", default=False),
            locale=self._reader.locale(action.text_or_none("locale")),
            record=self._record(action),
        )

    def _mxp(self, action: Fields) -> SvamlConnect:
        destination = action.inner_or_none("destination")
        if destination is not None and (destination.word("type") or "username") != "username":
            raise Illegal("destination.type must be username.")
        return SvamlConnect(to=_user(destination) if destination else None, domain="mxp", headers=headers(action))

    def _sip(self, action: Fields) -> SvamlConnect:
        caller, private = self.caller(action)
        transport = action.word("transport") or limits.TRANSPORT
        if transport not in limits.TRANSPORTS:
            raise Illegal("transport must be udp, tcp or tls.")
        return SvamlConnect(
            to=sip_address(action.inner("destination")),
            domain="sip",
            caller=caller,
            private=private,
            max_seconds=self.seconds(action, "maxDuration", limits.MOST_SECONDS),
            transport=transport,
            headers=headers(action),
            music=self.music(action, "moh"),
            silent=action.flag("suppressCallbacks", default=False),
            record=self._record(action),
        )

    def _conf(self, action: Fields) -> SvamlConnectConf:
        return self.conference(action, "conferenceId", "moh")

    def conference(self, fields: Fields, id_name: str, music_name: str) -> SvamlConnectConf:
        """Read which conference to join and how; raises BadField."""
        conference = fields.text(id_name)
        if not is_conference(conference):
            raise Illegal(f"{fields.name_of(id_name)} must be 1 to 64 printable characters.")
        options = fields.inner_or_none("conferenceDtmfOptions") or Fields({})
        mode = options.word("mode") or limits.CONFERENCE_MODE
        if mode not in limits.CONFERENCE_MODES:
            raise Illegal("conferenceDtmfOptions.mode must be ignore, forward or detect.")
        milliseconds = options.whole("timeoutMills") or limits.CONFERENCE_MILLISECONDS
        return SvamlConnectConf(
            conference=conference,
            music=self.music(fields, music_name),
            digits=mode,
            most_digits=min(options.whole("maxDigits", least=1) or limits.CONFERENCE_DIGITS, limits.MOST_DIGITS),
            silence_seconds=min(milliseconds, limits.MOST_MENU_MILLISECONDS) / 1000,
            record=self._record(fields),
        )

    def _park(self, action: Fields) -> SvamlPark:
        locale = self._reader.locale(action.text_or_none("locale"))
        prompts = {
            name: self._reader.prompts((text,), name, locale) if text else ()
            for name in ("introPrompt", "holdPrompt")
            for text in (action.text_or_none(name, most=limits.LONGEST_PROMPTS),)
        }
        seconds = self.seconds(action, "maxDuration", limits.MOST_PARK_SECONDS)
        return SvamlPark(
            intro=prompts["introPrompt"],
            hold=prompts["holdPrompt"],
            max_seconds=seconds or float(limits.MOST_PARK_SECONDS),
        )

    def _stream(self, action: Fields) -> SvamlConnectStream:
        destination = action.inner("destination")
        url = destination.text("endpoint", most=limits.LONGEST_URL)
        if not re.fullmatch(r"wss?://[^\s/]+(/\S*)?", url) or not url.isprintable():
            raise Illegal("destination.endpoint must be a ws:// or wss:// address.")
        most = self.seconds(action, "maxDuration", limits.MOST_SECONDS)
        return SvamlConnectStream(url=url, headers=headers(action), max_seconds=most)

    def seconds(self, fields: Fields, name: str, most: int) -> float | None:
        """Read a duration; one above `most` is cut, with a warning; 0 and none are no limit of its own."""
        seconds = fields.whole(name)
        if not seconds:
            return None
        if seconds > most:
            self._reader.warn(f"{fields.name_of(name)} was cut to {most}.")
        return float(min(seconds, most))

    def music(self, fields: Fields, name: str) -> str | None:
        """Read a music class; an unknown one is silence, with a warning."""
        music = fields.word(name)
        if music is not None and music not in limits.MUSIC:
            self._reader.warn(f"{fields.name_of(name)} must be ring, music1, music2 or music3; silence is played.")
            return None
        return music

    def _ringback(self, action: Fields) -> str | None:
        country = action.word("indications")
        if country is not None and country not in limits.INDICATIONS:
            self._reader.warn("indications must be one of the listed countries.")
            return None
        return country

    def _record(self, action: Fields) -> SvamlRecord | None:
        """Read `record` and `recordingOptions`; without options («record»: true alone) our own store keeps it."""
        options = action.inner_or_none("recordingOptions")
        return recording(options) if action.flag("record", default=False) else None


def _user(destination: Fields) -> PartyAddress:
    """Read a data client, `{type: username, endpoint}` or `{username}`; raises BadField."""
    name = destination.text("endpoint", "username", most=_LONGEST_SIP)
    if not name.isprintable():
        raise Illegal(f"{destination.name_of('endpoint')} must not contain control characters.")
    return PartyAddress(kind_of="username", written=name, dialled=name)


def sip_address(fields: Fields) -> PartyAddress:
    """Read `user@host`; raises BadField. What it may reach is asked when it is dialled."""
    endpoint = fields.text("endpoint", most=_LONGEST_SIP)
    if (fields.word("type") or "sip") != "sip" or not _SIP.fullmatch(endpoint):
        raise Illegal(f"{fields.name_of('endpoint')} must be a SIP address such as 46708000000@sip.example.com.")
    return PartyAddress(kind_of="sip", written=endpoint, dialled=re.sub(r"^sips?:", "", endpoint))


def headers(fields: Fields) -> tuple[tuple[str, str], ...]:
    """Read `callHeaders`; raises BadField. They become SIP headers: names are tokens, values hold no line's end."""
    found = []
    for header in fields.objects("callHeaders", most=limits.MOST_CALL_HEADERS):
        key, value = header.text("key"), header.text_or_none("value") or ""
        if not _HEADER.fullmatch(key) or not value.isprintable():
            raise Illegal(f"{header.name_of('key')} or its value has characters that a SIP header cannot have.")
        if len(key.encode()) + len(value.encode()) > (most := limits.CALL_HEADER_BYTES):
            raise Illegal(f"{header.name_of('value')} must have at most {most} bytes together with its key.")
        found.append((key, value))
    return tuple(found)


def recording(options: Fields | None) -> SvamlRecord:
    """Read RecordingOptions; `destination` is an older page's name of destinationUrl. Raises BadField."""
    if options is None:
        return SvamlRecord(format=limits.RECORDING_FORMAT, notify=limits.RECORDING_NOTIFIES)
    kind = options.word("format") or limits.RECORDING_FORMAT
    if kind not in limits.RECORDING_FORMATS:
        raise Illegal(f"{options.name_of('format')} must be mp3 or wav.")
    destination = options.text_or_none("destinationUrl", "destination", most=limits.LONGEST_URL)
    credentials = options.text_or_none("credentials")
    if destination and not re.fullmatch(r"(s3|azure|sdrive)://\S*", destination, re.IGNORECASE):
        raise Illegal(f"{options.name_of('destinationUrl')} must be an s3:// address.")
    if destination and destination.lower().startswith("s3://") and credentials is None:
        raise Missing(f"{options.name_of('credentials')} is missing.")
    transcription = options.inner_or_none("transcriptionOptions") or Fields({})
    return SvamlRecord(
        destination=destination,
        credentials=Secret(credentials) if credentials else None,
        format=kind,
        notify=options.flag("notificationEvents", default=limits.RECORDING_NOTIFIES),
        transcribe=transcription.flag("enabled", default=False),
        transcribe_locale=transcription.text_or_none("locale"),
    )
