"""Extensions as objects: every documented field of them, and what a phone is set up with."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from api.vendors.ringplan.http import extension_media
from api.vendors.ringplan.http.resources import Shape
from api.vendors.ringplan.ids import instance_of
from engine.features.details.model import Fields, merged
from engine.features.endpoints.model import Extension
from engine.features.voicemail.model import Box
from engine.model.destination import Destination

NO, YES = "no", "yes"
SOFTPHONE, UNASSIGNED = "softphone", "unassigned"
DESTINATIONS: Mapping[str, str] = {
    "noanswer_dest": "no_answer",
    "busy_dest": "busy",
    "chanunavail_dest": "unregistered",
}
"""Where calls go that are not taken, by our names."""
_UNESCAPED = "-_.!~*'()&=+$,"  # RFC 3261 section 25.1: what a password in a URI may have beside letters and digits
DATA: Mapping[str, Any] = {
    **dict.fromkeys(("accountcode", "busy_cid", "busy_dest", "chanunavail_cid", "chanunavail_dest"), ""),
    "answermode": "disabled",
    **dict.fromkeys(("avpf", "bundle"), NO),
    "callwaiting_enable": "ENABLED",
    "concurrency_limit": 3,
    "context": "from-internal",
    "device_state_busy_at": "0",
    "devicetype": "fixed",
    **dict.fromkeys(("disable_star_voicemail", "icesupport", "media_encryption", "rtcp_mux"), NO),
    **dict.fromkeys(("disallow", "emergency_cid"), ""),
    "findmefollow_annmsg_id": "0",
    "findmefollow_calendar_id": "",
    "findmefollow_calendar_match": YES,
    "findmefollow_changecid": "default",
    "findmefollow_dring": None,
    **dict.fromkeys(("findmefollow_enabled", "findmefollow_fixedcid"), ""),
    "findmefollow_grppre": None,
    "findmefollow_grptime": 30,
    "findmefollow_needsconf": False,
    "findmefollow_postdest": "",
    "findmefollow_pre_ring": 20,
    "findmefollow_remotealert_id": "0",
    "findmefollow_ringing": None,
    "findmefollow_strategy": "ringallv2",
    "findmefollow_toolate_id": "0",
    "findmefollow_voicemail": "default",
    "force_rport": YES,
    "intercom": "enabled",
    "maximum_expiration": "3600",
    **dict.fromkeys(("media_encryption_optimistic", "media_use_received_transport"), NO),
    "mohclass": "default",
    "mwi_subscription": "auto",
    **dict.fromkeys(("namedcallgroup", "namedpickupgroup", "noanswer", "noanswer_cid", "noanswer_dest"), ""),
    "password": "",
    "qualifyfreq": "25",
    "recording": "",
    "recording_ondemand": "disabled",
    "recording_priority": 10,
    **dict.fromkeys(("rewrite_contact", "rtp_symmetric", "timers", "trustrpid"), YES),
    "sendrpid": "pai",
    "sipdriver": "chan_pjsip",
    "sipname": "",
    "tech": "pjsip",
    "transport": "",
    **dict.fromkeys(("vmx_busy_enabled", "vmx_temp_enabled", "vmx_unavail_enabled"), "blocked"),
    **{f"vmx_option_{number}_number": "" for number in range(3)},
    "vmx_play_instructions": False,
    "voicemail_options": "attach=yes",
    "voicemail_pager": "",
    "voicemail_same_exten": NO,
    "voicemail_vmpwd": "",
}
"""What an extension has of the document's data where nothing is known of it."""


def extension(row: Extension, kept: Fields, *, box: Box | None, user: Shape | None, server: str, secret: bool) -> Shape:
    """An extension. `kept`: what a program gave beside what the platform knows; `user`: the contact whose it is.

    `secret`: whether the one who asks may see the password.
    """
    given: Fields = kept.get("data") or {}
    known = _known(row, box, row.password if secret else "") | extension_media.shown(row, given)
    data = merged({**DATA}, given) | known
    data.setdefault("description", f"{row.name} {row.number}".strip())
    caller = str(data["outboundcid"] or "")
    return {
        "_id": row.id,
        "id": row.id,
        "location_id": None,
        "purpose": purpose(row, kept),
        "reserved": {"config_id": None, "to": None},
        **{name: value for name, value in kept.items() if name != "data"},
        "data": data,
        "outbound_callerid": {"name": _name(caller), "number": _digits(caller), "value": caller or None},
        "pbx": instance_of(row.account),
        "phone": [_phone(row, server, row.password if secret else "")],
        "subscriber": {"call_status": None, "extension_id": row.id, "state": None},
        "user": user,
    }


def purpose(row: Extension, kept: Fields) -> str:
    """What an extension is for: as it was given, else by whether browsers may register."""
    return str(kept.get("purpose") or (SOFTPHONE if row.webrtc else UNASSIGNED))


def settings(row: Extension, *, server: str, socket: str) -> Shape:
    """What a softphone is set up with; `socket` is where browsers connect."""
    uri = f"sip:{row.sip_user}:{quote(row.password, safe=_UNESCAPED)}@{server}"
    return {
        "displayname": row.name or row.number,
        "outbound_server": server,
        "password": row.password,
        "server": server,
        "user": row.sip_user,
        "uri": uri,
        "browser": {"user": row.browser_user, "url": socket} if row.webrtc else None,
    }


def _known(row: Extension, box: Box | None, password: str) -> Fields:
    """What the platform knows of an extension, by the names of its data."""
    return {
        **dict.fromkeys(("id", "extension"), _whole(row.number)),
        **dict.fromkeys(("avpf", "icesupport"), YES if row.webrtc else NO),
        **{theirs: destination(getattr(row, ours)) for theirs, ours in DESTINATIONS.items()},
        "user": row.sip_user,
        "name": row.name,
        "callerid": f"{row.name} <{row.number}>".strip(),
        "callwaiting_enable": "ENABLED" if row.call_waiting else "",
        "cid_masquerade": row.number,
        "dial": f"PJSIP/{row.sip_user}",
        "do_not_disturb": row.do_not_disturb,
        "findmefollow_grplist": row.number,
        "mailbox": f"{row.number}@device" if box else "",
        "max_contacts": str(row.max_contacts),
        "ringtimer": f"{row.ring_seconds or 0:g}",
        "secret": password,
        "voicemail": "default" if box and box.enabled else "novm",
        "voicemail_email": box.email if box else "",
        "voicemail_enable": YES if box and box.enabled else NO,
    }


def destination(stored: str) -> str:
    """A destination as FreePBX writes it, where it can; else as ours, and of one that holds more its kind alone."""
    kind, _, target = stored.partition(":")
    if kind == "extension":
        return f"from-did-direct,{target},1"
    if kind == "voicemail" and target.isdigit():
        return f"ext-local,vmu{target},1"
    return Destination.read(stored).noted if stored else ""


def _whole(number: str) -> int | str:
    """A number as JSON has it; a text where it begins with 0."""
    return number if number.startswith("0") else int(number)


def _phone(row: Extension, server: str, password: str) -> Shape:
    register = {
        "displayname": row.name or row.number,
        "label": row.number,
        "password": password,
        "server": [{"address": server}],
        "userid": row.sip_user,
    }
    return {"_id": row.id, "company": row.account, "data": {"reg": [register]}, "extensions": []}


def _name(caller: str) -> str | None:
    return caller.partition("<")[0].strip().strip('"') or None


def _digits(caller: str) -> str | None:
    number = caller.partition("<")[2].partition(">")[0] or caller
    return number.strip() if number.strip().lstrip("+").isdigit() else None
