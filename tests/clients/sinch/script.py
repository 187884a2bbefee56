"""The words of SVAML, as a customer of Sinch writes them (Callback API page)."""

import json
from collections.abc import Sequence
from typing import Any

Script = dict[str, Any]
LOCALE = "en-US"
HANG_UP: Script = {"name": "hangup"}
GO_ON: Script = {"name": "continue"}


def svaml(*instructions: Script, action: Script | None = None) -> Script:
    """A script: what to do one after the other, and what follows."""
    return {"instructions": list(instructions)} | ({} if action is None else {"action": action})


def ending(*instructions: Script) -> Script:
    """A script that does this and hangs up."""
    return svaml(*instructions, action=HANG_UP)


def going_on(*instructions: Script) -> Script:
    """A script that does this and goes on."""
    return svaml(*instructions, action=GO_ON)


def escaped(script: Script) -> str:
    """A script as a customCallout takes it: JSON in a text."""
    return json.dumps(script)


def say(text: str) -> Script:
    """Speak."""
    return {"name": "say", "text": text, "locale": LOCALE}


def play(*ids: str) -> Script:
    """Play files, URLs, `#tts[…]`."""
    return {"name": "playFiles", "ids": list(ids), "locale": LOCALE}


def press(digits: str) -> Script:
    """Press digits; `w` waits half a second."""
    return {"name": "sendDtmf", "value": digits}


def cookie(key: str, value: str) -> Script:
    """Give the call a cookie."""
    return {"name": "setCookie", "key": key, "value": value}


ANSWER: Script = {"name": "answer"}
STOP_RECORDING: Script = {"name": "stopRecording"}


def record(**options: Any) -> Script:
    """Start a recording."""
    return {"name": "startRecording", "options": options}


def connect(number: str | None = None, **fields: Any) -> Script:
    """connectPstn."""
    return {"name": "connectPstn", **({} if number is None else {"number": f"+{number}"}), **fields}


def connect_client(username: str, **fields: Any) -> Script:
    """connectMxp."""
    return {"name": "connectMxp", "destination": {"type": "username", "endpoint": username}, **fields}


def connect_sip(address: str, **fields: Any) -> Script:
    """connectSip."""
    return {"name": "connectSip", "destination": {"endpoint": address}, **fields}


def confer(conference: str, **fields: Any) -> Script:
    """connectConf."""
    return {"name": "connectConf", "conferenceId": conference, **fields}


def park(intro: str = "", hold: str = "", seconds: int = 600) -> Script:
    """park."""
    return {"name": "park", "introPrompt": intro, "holdPrompt": hold, "maxDuration": seconds}


def run_menu(*menus: Script, **fields: Any) -> Script:
    """runMenu."""
    return {"name": "runMenu", "menus": list(menus), **fields}


def menu(id_: str = "main", prompt: str = "", options: Sequence[tuple[str, str]] = (), **fields: Any) -> Script:
    """A menu; `options` are (digit, "return(x)" or "menu(x)")."""
    made: Script = {"id": id_, **fields}
    if prompt:
        made["mainPrompt"] = prompt
    if options:
        made["options"] = [{"dtmf": digit, "action": action} for digit, action in options]
    return made
