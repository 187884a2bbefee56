"""Prints the SIP messages of a call as a flow: a line for each, and under it what does not fit into one."""

from collections.abc import Iterator, Mapping
from typing import Any

from api.cli.output import Output

_SENT = {True: "-->", False: "<--", None: "-?-"}
_SHORTEST = 24
_COLUMN = 44


def show_sip(output: Output, trace: Mapping[str, Any], call: str) -> None:
    """Print what /calls/{call}/sip answered."""
    dialogs = trace["dialogs"]
    if not dialogs:
        output.say(nothing_kept(trace, call))
        return
    for place, dialog in enumerate(dialogs):
        if place:
            output.say()
        for line in _lines(dialog, output.width):
            output.say(line)


def nothing_kept(trace: Mapping[str, Any], call: str) -> str:
    """Return why there is nothing to show of a call."""
    if not trace["kept_hours"]:
        return "SIP messages are not kept (CARILLON_SIP_TRACE_HOURS is 0)."
    return f"No SIP message of {call} is kept; they are kept for {trace['kept_hours']:g} hours."


def _lines(dialog: Mapping[str, Any], width: int) -> Iterator[str]:
    yield f"{dialog['call'] or 'a call that reached no number'}, Call-ID {_printable(dialog['sip_call_id'])}"
    ends: tuple[str, str] | None = None
    for message in dialog["messages"]:
        here, there = _ends(message)
        if ends != (here, there):
            ends = (here, there)
            yield f"  {here} <-> {there}, {message['transport'] or 'transport not known'}"
        if message["gap"]:
            yield "  (messages may be missing here)"
        yield _line(message, width)
        if message["reason"]:
            yield _cut(f"{'':21}Reason: {_printable(message['reason'])}", width)
    if dialog["left_out"]:
        yield f"  ({dialog['left_out']} more messages were not kept: the call had too many)"


def _line(message: Mapping[str, Any], width: int) -> str:
    time = str(message["time"])[11:23]
    begin = f"  {time}  {_SENT[message['sent']]}  "
    end = f"  {_printable(message['cseq'])}{', repeated' if message['repeated'] else ''}"
    left = max(width - len(begin) - len(end), _SHORTEST)
    what = _cut(_printable(_what(message)), left)
    return f"{begin}{what.ljust(min(left, _COLUMN))}{end}"


def _what(message: Mapping[str, Any]) -> str:
    body = " (SDP)" if message["sdp"] else ""
    if message["status"] is not None:
        return f"{message['status']} {message['phrase'] or ''}".rstrip() + body
    if message["method"]:
        return f"{message['method']}{body} {message['uri']}"
    return "not readable"


def _ends(message: Mapping[str, Any]) -> tuple[str, str]:
    """Return our and the other place of a message; of one of which that is not known, where it came from first."""
    ends = (str(message["source"]), str(message["target"]))
    return ends if message["sent"] is not False else (ends[1], ends[0])


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
