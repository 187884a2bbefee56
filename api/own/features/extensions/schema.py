"""Extensions: what phones register as, which calls they take, and where the others go."""

from typing import Annotated

from msgspec import UNSET, UnsetType

from api.own.schema.fields import Given, Shown, says
from api.own.schema.leading import ACCOUNT, Leads, Wanted
from engine.features.endpoints.model import Dtmf, Records, Srtp

NOUNS = ("extensions",)
ALWAYS = "Where every call goes: its phone does not ring."
BUSY = "Where a call goes if it is busy or declines."
DISTURB = "Whether it is busy for whoever calls (do not disturb)."
MAX_CONTACTS = "How many phones may be registered at once, 1 to 10; with webrtc as many browsers. All of them ring."
CODECS = "The codecs of its phones and browsers in their order, of ulaw, alaw, g722 and opus, such as g722,ulaw"
DTMF = (
    "How its phones send digits: auto (RFC 4733, or tones where a phone does not offer it), auto_info (RFC 4733, or "
    "SIP INFO), rfc4733, info (SIP INFO) or inband (tones)."
)
NAME = "The name that is shown."
NO_ANSWER = "Where a call goes that it does not answer."
OWNER = "The user whose phone it is, by e-mail address or id."
OUTBOUND_CALLER = (
    "The number that its calls to numbers outside show: one that the account owns or has verified. A number that the "
    "account has no more is not shown"
)
RECORD_EXTERNAL = (
    "Which of its calls with numbers outside are recorded, from the answer on: never, in (those that it takes), out "
    "(those that it makes) or both."
)
RECORD_INTERNAL = "Which of its calls with extensions of the account are recorded: never, in, out or both."
SRTP = (
    "Encryption of the sound of its phones (SRTP, RFC 4568): optional (phones with and without it), or required (a "
    "phone without it has no calls). Browsers always encrypt."
)
UNREGISTERED = "Where a call goes if no phone is registered."
WAITING = "Whether its phone rings while it is in a call; else it is busy then."
WEBRTC = "Whether browsers may register."


class ExtensionSettings(Given, frozen=True, kw_only=True):
    """What changes of the calls that an extension takes. What is left out stays; null is nowhere."""

    always: Annotated[Wanted | UnsetType, says(ALWAYS)] = UNSET
    no_answer: Annotated[Wanted | UnsetType, says(NO_ANSWER)] = UNSET
    busy: Annotated[Wanted | UnsetType, says(BUSY)] = UNSET
    unregistered: Annotated[Wanted | UnsetType, says(UNREGISTERED)] = UNSET
    do_not_disturb: Annotated[bool | UnsetType, says(DISTURB)] = UNSET
    call_waiting: Annotated[bool | UnsetType, says(WAITING)] = UNSET
    ring_seconds: Annotated[
        float | UnsetType | None,
        says("How long it rings, 1 to 600 seconds; null or 0: as long as a call may ring.", minimum=0, maximum=600),
    ] = UNSET
    owner: Annotated[str | UnsetType | None, says(f"{OWNER} Null or empty: nobody.")] = UNSET


class ChangedDiversions(ExtensionSettings, frozen=True, kw_only=True):
    """What changes of an extension. What is left out stays; null is nowhere."""

    account: Annotated[str | None, says(f"{ACCOUNT} Needed if several accounts have the extension.")] = None


class NewPhone(Given, frozen=True, kw_only=True):
    """An extension to add to the account."""

    number: Annotated[str, says("2 to 6 digits.")]
    name: Annotated[str, says(NAME)] = ""
    password: Annotated[str | None, says("The password of its phone; null: one is made.", writeOnly=True)] = None
    application: Annotated[str | None, says("The name of an application that its calls are led to.")] = None
    owner: Annotated[str | None, says(OWNER)] = None
    max_contacts: Annotated[int, says(MAX_CONTACTS)] = 5
    webrtc: Annotated[bool, says(WEBRTC)] = False
    srtp: Annotated[Srtp, says(SRTP)] = Srtp.OPTIONAL
    dtmf: Annotated[Dtmf, says(DTMF)] = Dtmf.AUTO
    codecs: Annotated[str, says(f"{CODECS}; empty: the usual ones.")] = ""
    outbound_caller: Annotated[str, says(f"{OUTBOUND_CALLER}. Empty: the account's first one.")] = ""
    record_external: Annotated[Records, says(RECORD_EXTERNAL)] = Records.NEVER
    record_internal: Annotated[Records, says(RECORD_INTERNAL)] = Records.NEVER


class NewExtension(NewPhone, frozen=True, kw_only=True):
    """An extension to add."""

    account: Annotated[str, says(ACCOUNT)]


class PhoneSettings(Given, frozen=True, kw_only=True):
    """What changes of an extension's phones; what is left out stays as it is."""

    name: Annotated[str | None, says(NAME)] = None
    max_contacts: Annotated[int | None, says(MAX_CONTACTS)] = None
    webrtc: Annotated[bool | None, says(WEBRTC)] = None
    srtp: Annotated[Srtp | None, says(SRTP)] = None
    password: Annotated[str | None, says("Their new password: they register anew with it.", writeOnly=True)] = None
    dtmf: Annotated[Dtmf | None, says(DTMF)] = None
    codecs: Annotated[str | None, says(f"{CODECS}; empty: the usual ones.")] = None
    outbound_caller: Annotated[str | None, says(f"{OUTBOUND_CALLER}. Empty: the account's first one.")] = None
    record_external: Annotated[Records | None, says(RECORD_EXTERNAL)] = None
    record_internal: Annotated[Records | None, says(RECORD_INTERNAL)] = None


class ChangedPhones(PhoneSettings, frozen=True, kw_only=True):
    """What changes of an extension's phones; what is left out stays as it is."""

    account: Annotated[str | None, says(ACCOUNT)] = None


class Diverted(Shown, frozen=True, kw_only=True):
    """An extension, and where calls go that it does not take."""

    number: Annotated[str, says("Its digits.")]
    account: Annotated[str, says("The account's name.")]
    always: Annotated[Leads | None, says(ALWAYS)]
    no_answer: Annotated[Leads | None, says(NO_ANSWER)]
    busy: Annotated[Leads | None, says(BUSY)]
    unregistered: Annotated[Leads | None, says(UNREGISTERED)]
    do_not_disturb: Annotated[bool, says(DISTURB)]
    call_waiting: Annotated[bool, says(WAITING)]
    ring_seconds: Annotated[float | None, says("How long it rings, in seconds; null: as long as a call may ring.")]
    owner: Annotated[str | None, says("The e-mail address of the user whose phone it is; null: nobody's.")]


class Extension(Diverted, frozen=True, kw_only=True):
    """An extension."""

    name: Annotated[str, says(NAME)]
    user: Annotated[str, says("The SIP user name of its phone.")]
    application: Annotated[str | None, says("The name of the application that its calls are led to.")]
    state: Annotated[str, says("online, offline, unknown or missing.")]
    max_contacts: Annotated[int, says(MAX_CONTACTS)]
    webrtc: Annotated[bool, says(WEBRTC)]
    srtp: Annotated[Srtp, says(SRTP)]
    dtmf: Annotated[Dtmf, says(DTMF)]
    codecs: Annotated[str | None, says(f"{CODECS}; null: the usual ones.")]
    outbound_caller: Annotated[str | None, says(f"{OUTBOUND_CALLER}. Null: the account's first one.")]
    record_external: Annotated[Records, says(RECORD_EXTERNAL)]
    record_internal: Annotated[Records, says(RECORD_INTERNAL)]


class ExtensionList(Shown, frozen=True, kw_only=True):
    """Extensions."""

    extensions: Annotated[tuple[Extension, ...], says("The extensions.")]


class BrowserCredentials(Shown, frozen=True, kw_only=True):
    """What a telephone in a browser is set up with; its password is the extension's."""

    user: Annotated[str, says("The SIP user name.")]
    url: Annotated[str, says("The websocket's URL (RFC 7118).")]


class ExtensionCredentials(Shown, frozen=True, kw_only=True):
    """What a softphone is set up with."""

    number: Annotated[str, says("The extension's digits.")]
    name: Annotated[str, says(NAME)]
    account: Annotated[str, says("The account's name.")]
    user: Annotated[str, says("The SIP user name.")]
    password: Annotated[str, says("The SIP password.")]
    server: Annotated[str, says("HOST:PORT of the SIP server, by UDP and TCP.")]
    transport: Annotated[str, says("What a phone is set to that asks for one: udp, or tls if SRTP is required.")]
    tls_server: Annotated[str, says("HOST:PORT of the SIP server, by TLS.")]
    srtp: Annotated[Srtp, says(SRTP)]
    dtmf: Annotated[Dtmf, says(DTMF)]
    codecs: Annotated[str | None, says(f"{CODECS}; null: the usual ones.")]
    outbound_caller: Annotated[str | None, says(f"{OUTBOUND_CALLER}. Null: the account's first one.")]
    record_external: Annotated[Records, says(RECORD_EXTERNAL)]
    record_internal: Annotated[Records, says(RECORD_INTERNAL)]
    uri: Annotated[str, says("All of it as a SIP URI (RFC 3261), as a QR code of it has it.")]
    max_contacts: Annotated[int, says(MAX_CONTACTS)]
    browser: Annotated[BrowserCredentials | None, says("What a browser is set up with; null: none may register.")]
