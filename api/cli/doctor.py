"""carillon doctor"""

import socket
import uuid
from contextlib import suppress
from typing import Any

from api.cli.client import CommandFailed, part
from api.cli.context import Cli
from api.cli.follow import follow
from api.cli.setup import ACCOUNT
from engine.addresses import at_port, bracketed, reached

ECHO, TONE = "12015550115", "12015550101"
_HEARD_DBFS = -45.0
_TEXT = "One, two, three, four. This is a test of the audio."
_WAIT_SECONDS = 3.0
Check = dict[str, Any]


class DoctorCommand:
    """Checks every part of the system, and audio in both directions."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def examine(self) -> int:
        """Check ports, Asterisk and its modules, Redis, disk, clock, speech, trunks, and audio through the lab.

        A check that fails is printed with one line that says how to mend it; the exit status is then 1.
        """
        checks = [self._show(check) for check in self._ports()]
        if checks[0]["ok"]:
            checks += [self._show(check) for check in self._inside()]
        if all(check["ok"] for check in checks if check["name"] in ("ari", "asterisk events", "redis", "api")):
            checks.append(self._show(self._audio()))
        failed = [check for check in checks if not check["ok"]]
        if self._cli.output.json:
            self._cli.output.data({"healthy": not failed, "checks": checks})
        else:
            self._cli.output.say(f"\n{len(checks) - len(failed)} of {len(checks)} checks passed.")
        return 1 if failed else 0

    def _show(self, check: Check) -> Check:
        say = self._cli.output.say
        say(f"{'ok  ' if check['ok'] else 'FAIL'}  {check['name']:<20} {check['detail']}")
        if not check["ok"] and check["mend"]:
            say(f"      -> {check['mend']}")
        return check

    def _ports(self) -> list[Check]:
        settings = self._cli.settings
        mend = "Start the system with `make run`; `make logs` shows what the services say."
        return [
            _port("admin", "127.0.0.1", settings.admin_port, mend),
            *(_port("api", each, settings.api_port, mend) for each in settings.bind.all),
            _port("ari port", "127.0.0.1", settings.ari_port, mend),
            _port("redis port", "127.0.0.1", settings.redis_port, mend),
            *(_sip(each, settings.sip_port, settings.lab_address) for each in settings.bind.all),
        ]

    def _inside(self) -> list[Check]:
        try:
            checks: list[Check] = self._cli.admin.get("/doctor")["checks"]
        except CommandFailed as error:
            return [_check("inside", False, str(error), "See `make logs`.")]
        return checks

    def _audio(self) -> Check:
        """Speak to the lab's echo and measure what comes back; if nothing does, find the direction that fails."""
        try:
            heard = self._level(ECHO)
            if heard > _HEARD_DBFS:
                return _check("audio both ways", True, f"the lab's echo came back at {heard:.1f} dBFS", "")
            tone = self._level(TONE)
        except CommandFailed as error:
            return _check("audio both ways", False, str(error), "`carillon trunks status`: is the trunk lab online?")
        if tone > _HEARD_DBFS:
            detail = "audio from the lab arrives, audio to the lab does not"
            mend = "Open CARILLON_LAB_RTP_START to _END (UDP) between the two Asterisks, and check the prompts volume."
        else:
            detail = "no audio arrives from the lab"
            mend = "Open CARILLON_RTP_START to CARILLON_RTP_END (UDP), and check CARILLON_BIND."
        return _check("audio both ways", False, detail, mend)

    def _level(self, number: str) -> float:
        """Call a persona, speak, and return the level (dBFS) of what it sent meanwhile; raises CommandFailed."""
        tasks = [
            {"kind": "record"},
            {"kind": "say", "text": _TEXT},
            {"kind": "pause", "seconds": 0.5},
            {"kind": "hang_up"},
        ]
        body = {"callee": number, "tasks": tasks, "ring_seconds": 15, "max_seconds": 30}
        placed = self._cli.admin.post(f"/accounts/{part(self._account())}/calls", body)
        timeline = follow(self._cli, placed["id"], within=60, quiet=True)
        if timeline["call"]["answered"] is None:
            raise CommandFailed(f"{number} did not answer: {timeline['call']['cause']}.")
        finished = [each for each in timeline["recordings"] if each["seconds"] is not None]
        if not finished:
            raise CommandFailed(f"The call to {number} left no recording: {_why(timeline)}.")
        measure = self._cli.admin.get(f"/recordings/{part(finished[0]['id'])}/measure")
        self._cli.admin.delete(f"/recordings/{part(finished[0]['id'])}")
        return float(measure["level_dbfs"])

    def _account(self) -> str:
        """Return an account that may call the lab: the demonstration's, else the first one that may."""
        accounts = [each for each in self._cli.admin.get("/accounts")["accounts"] if not each["disabled"]]
        able = [each["name"] for each in accounts if any(ECHO.startswith(prefix) for prefix in each["allowed"])]
        if not able:
            raise CommandFailed("No account may call the lab: run `carillon setup`.")
        return ACCOUNT if ACCOUNT in able else str(able[0])


def _why(timeline: dict[str, Any]) -> str:
    failed = [task["outcome"] for task in timeline["tasks"] if task["state"] == "failed"]
    return str((failed[0] or {}).get("detail") or failed[0]) if failed else str(timeline["call"]["cause"])


def _check(name: str, ok: bool, detail: str, mend: str) -> Check:
    return {"name": name, "ok": ok, "detail": detail, "mend": "" if ok else mend}


def _port(name: str, host: str, port: int, mend: str) -> Check:
    try:
        with socket.create_connection((host, port), timeout=_WAIT_SECONDS):
            return _check(name, True, f"{at_port(host, port)} answers", "")
    except OSError as error:
        return _check(name, False, f"{at_port(host, port)}: {error.strerror or error}", mend)


def _sip(host: str, port: int, lab: str) -> Check:
    """Send an OPTIONS request (RFC 3261 §11); any answer passes the check.

    Over IPv4 it is sent from the lab's address, which is a trunk's: for an unknown address Asterisk logs a security
    error.
    """
    host = reached(host)
    place = at_port(host, port)
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.settimeout(_WAIT_SECONDS)
        with suppress(OSError):
            line.bind((lab, 0))
        try:
            line.connect((host, port))
            own, own_port, *_ = line.getsockname()
            mark, at, contact = uuid.uuid4().hex, f"sip:{place}", at_port(own, own_port)
            line.send(
                f"OPTIONS {at} SIP/2.0\r\nVia: SIP/2.0/UDP {contact};branch=z9hG4bK{mark};rport\r\n"
                f"From: <sip:doctor@{bracketed(own)}>;tag={mark[:8]}\r\nTo: <{at}>\r\nCall-ID: {mark}\r\n"
                f"CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContact: <sip:doctor@{contact}>\r\n"
                "Content-Length: 0\r\n\r\n".encode()
            )
            answer = line.recv(4096).split(b"\r\n", 1)[0].decode(errors="replace")
        except OSError as error:
            mend = "Check that Asterisk is up (make logs) and that nothing else uses CARILLON_SIP_PORT."
            return _check("sip", False, f"{place}/udp: {error.strerror or 'no answer'}", mend)
    return _check("sip", True, f"{place}/udp answers {answer.removeprefix('SIP/2.0 ')}", "")
