"""What a program gives of an extension, as the platform takes it; what the platform has no use for is kept."""

import re
from typing import Any

import msgspec

from api.vendors.ringplan import fields
from api.vendors.ringplan.errors import Invalid
from api.vendors.ringplan.fields import Fields
from api.vendors.ringplan.http import extension_media
from api.vendors.ringplan.http.extension_shapes import DESTINATIONS, SOFTPHONE
from engine.features.details.model import checked
from engine.features.endpoints.model import Dtmf, Records

MOST_CONTACTS = 10
"""Phones at once; the document's samples have 30."""
LONGEST_RING = 300
_OURS = ("_id", "id", "pbx", "phone", "subscriber", "outbound_callerid", "user")
_OURS_OF_DATA = (
    *("avpf", "icesupport", "noanswer_dest", "busy_dest", "chanunavail_dest"),
    *("id", "extension", "user", "name", "callerid", "callwaiting_enable", "cid_masquerade", "dial", "do_not_disturb"),
    *("mailbox", "max_contacts", "ringtimer", "secret", "voicemail", "voicemail_email", "voicemail_enable"),
    *("voicemail_vmpwd", *extension_media.READ_ANEW),
)
_DESTINATION = re.compile(r"(?:ext-local|from-did-direct),(?P<box>vm[ubs])?(?P<number>[0-9]{2,10}),1")
_OWN_DESTINATION = re.compile(r"[a-z_]+:\S+")
_SWITCHES = {"yes": True, "enabled": True, "on": True, "no": False, "disabled": False, "off": False, "": False}


class WantedExtension(msgspec.Struct, frozen=True, kw_only=True):
    """What is given, and is not as it was shown; None: nothing is said, so it stays as it is.

    `ring_seconds` 0: as long as a call may ring. `diversions` are destinations as they are written, "" for nowhere, by
    our names. `codecs` "": the usual ones; `outbound_caller` "": the account's. `user`: the contact's id or e-mail
    address, "": nobody's. `kept` is what is stored for the program.
    """

    number: str | None
    name: str | None
    password: str | None
    max_contacts: int | None
    webrtc: bool | None
    dtmf: Dtmf | None
    codecs: str | None
    outbound_caller: str | None
    record_external: Records | None
    record_internal: Records | None
    ring_seconds: float | None
    call_waiting: bool | None
    do_not_disturb: bool | None
    diversions: dict[str, str]
    voicemail: bool | None
    voicemail_email: str | None
    voicemail_pin: str | None
    user: str | None
    location: str | None
    kept: Fields


def read(given: Fields, shown: Fields) -> WantedExtension:
    """Read an extension object, or a part of one; raises Invalid and InvalidSetting.

    `shown`: the extension as it is shown now, empty for a new one. Programs send whole objects back, so what is as it
    was shown is not given.
    """
    given = {name: value for name, value in given.items() if name not in shown or value != shown[name]}
    data = fields.inner(given, "data")
    had: Fields = shown.get("data") or {}
    if had:
        data = {name: value for name, value in data.items() if name not in had or value != had[name]}
    kept = fields.without(given, *_OURS)
    if data:
        kept["data"] = fields.without(data, *_OURS_OF_DATA)
    purpose = fields.text_or_none(given, "purpose", 40)
    return WantedExtension(
        number=_number(data),
        name=fields.text_or_none(data, "name", 64),
        password=fields.text_or_none(data, "secret", 64) or None,
        max_contacts=_whole(data, "max_contacts", 1, MOST_CONTACTS, cut=True),
        webrtc=_browsers(data, purpose),
        dtmf=extension_media.dtmf(data),
        codecs=extension_media.codecs(data, had),
        outbound_caller=extension_media.outbound_caller(data),
        record_external=extension_media.records_external(data, had),
        record_internal=extension_media.records_internal(data, had),
        ring_seconds=_whole(data, "ringtimer", 0, LONGEST_RING),
        call_waiting=_switch(data, "callwaiting_enable"),
        do_not_disturb=_switch(data, "do_not_disturb"),
        diversions={
            ours: _destination(data, theirs) for theirs, ours in DESTINATIONS.items() if data.get(theirs) is not None
        },
        voicemail=_voicemail(data),
        voicemail_email=fields.text_or_none(data, "voicemail_email", 254),
        voicemail_pin=fields.text_or_none(data, "voicemail_vmpwd", 10) or None,
        user=_user(given),
        location=fields.text_or_none(given, "location_id", 80),
        kept=checked(kept),
    )


def _browsers(data: Fields, purpose: str | None) -> bool | None:
    """Return whether browsers may register: a softphone's may, and those of WebRTC's settings."""
    said = [on for name in ("avpf", "icesupport") if (on := _switch(data, name)) is not None]
    if purpose == SOFTPHONE or any(said):
        return True
    return False if said else None


def _number(data: Fields) -> str | None:
    for name in ("id", "extension"):
        if (found := fields.text_or_none(data, name, 20)) is not None:
            return found
    return None


def _whole(data: Fields, name: str, least: int, most: int, *, cut: bool = False) -> int | None:
    """Return a whole number, which is written as a text in the document; `cut`: a larger one counts as the most."""
    text = fields.text_or_none(data, name, 20)
    if text is None or text == "":
        return None
    if not (text.isascii() and text.isdigit() and least <= int(text) and (cut or int(text) <= most)):
        raise Invalid(f"data.{name} must be {least} to {most} (got {text!r}).")
    return min(int(text), most)


def _switch(data: Fields, name: str) -> bool | None:
    value = data.get(name)
    if value is None or isinstance(value, bool):
        return value
    found = _SWITCHES.get(value.strip().lower()) if isinstance(value, str) else None
    if found is None:
        raise Invalid(f"data.{name} must be yes or no (got {str(value)[:40]!r}).")
    return found


def _voicemail(data: Fields) -> bool | None:
    """Return whether the extension has a box: it says so, or gives what only a box has; "novm" is FreePBX's no."""
    if (enabled := _switch(data, "voicemail_enable")) is not None:
        return enabled
    if (text := fields.text_or_none(data, "voicemail", 40)) is not None:
        return text not in ("novm", "")
    return True if data.get("voicemail_email") or data.get("voicemail_vmpwd") else None


def _destination(data: Fields, name: str) -> str:
    """Return where calls go that are not taken: FreePBX's way to write it, or ours (kind:target)."""
    text = fields.text_or_none(data, name, 200) or ""
    if not text or _OWN_DESTINATION.fullmatch(text):
        return text
    if found := _DESTINATION.fullmatch(text):
        return f"{'voicemail' if found['box'] else 'extension'}:{found['number']}"
    raise Invalid(
        f"data.{name} must be an extension such as from-did-direct,1002,1, its voicemail such as ext-local,vmu1002,1, "
        f"or a destination such as forward:+12015550100 (got {text[:60]!r})."
    )


def _user(given: Fields) -> str | None:
    """Return the id or the e-mail address of the contact that it is assigned to; "" for none."""
    if "user" not in given:
        return None
    value: Any = given["user"]
    if value is None or value == "" or value == {}:
        return ""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        raise Invalid("user must be a contact with its id, or null.")
    named = fields.text_or_none(value, "id", 80) or fields.text_or_none(value, "_id", 80)
    named = named or fields.text_or_none(fields.inner(value, "contacts"), "email", 254)
    if not named:
        raise Invalid("user must be a contact with its id, or null.")
    return named
