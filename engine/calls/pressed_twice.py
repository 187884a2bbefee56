"""Tells a key that was reported twice from one that was pressed twice.

A phone may send a digit as an RFC 4733 event and as a SIP INFO or an audible tone as well, and Asterisk takes all of
them in every mode (22.10.1: res_pjsip_dtmf_info.c has no look at the mode, and a tone detector runs beside events), so
one press becomes two ChannelDtmfReceived. They say when a key was released and how long it was held.

A digit that comes while Asterisk still gives the one before its length is put off and then reported a second time
(main/channel.c, `__ast_read`), or only then: an INFO has no beginning, so Asterisk makes one up and lasts as long as it
says. So of a phone that is known to send a digit in two ways, the second report may come that much later.
"""

from datetime import datetime
from typing import NamedTuple

from engine.ari import generated as ari

TWO_PRESSES_MS = 80
"""Two presses of one key need at least 40 ms of tone and 40 ms of pause (ITU-T Q.24, table A-1)."""
PAUSE_MS = 40
_GAP_MS = 45  # main/channel.c, AST_MIN_DTMF_GAP
_LATE_MS = 40  # a digit that was put off is reported with the next frame, which comes every 20 ms


class _Report(NamedTuple):
    digit: str
    held: int
    """Milliseconds."""
    released: int
    """Unix milliseconds."""


class PressedTwice:
    """Of one call: asked with each ChannelDtmfReceived in its turn."""

    def __init__(self) -> None:
        self._press: _Report | None = None  # the last one that counted
        self._again: _Report | None = None  # the report of it in the other way
        self._repeated = False  # that one came a second time
        self._both_ways = False  # the phone is known to report a press in two ways
        self._longest = 0  # of all that were held

    def __call__(self, event: ari.ChannelDtmfReceived) -> bool:
        """Whether it is no press of its own, but one that was reported before."""
        report = _report(event)
        if report is None:
            return False
        self._longest = max(self._longest, report.held)
        if (press := self._press) and press.digit == report.digit:
            if self._again is None and self._is_other_way(press, report):
                self._again, self._both_ways = report, True
                return True
            if self._again and not self._repeated and self._again.held == report.held:
                self._repeated = self._is_put_off(self._again, report)
                if self._repeated:
                    return True
        self._press, self._again, self._repeated = report, None, False
        return False

    def _is_other_way(self, press: _Report, report: _Report) -> bool:
        return _overlap(press, report) or (self._both_ways and self._is_put_off(press, report))

    def _is_put_off(self, before: _Report, report: _Report) -> bool:
        """Whether it may have waited for the end of one that came before."""
        return report.released <= before.released + self._longest + _GAP_MS + _LATE_MS


def _overlap(first: _Report, second: _Report) -> bool:
    """Whether two reports of one key came too close to be two presses, or the second began before the first had ended.

    The latter is not looked at where both were held for equally long: a phone that only sends INFO names one and the
    same length for each digit, whenever it was released.
    """
    near = second.released - first.released < TWO_PRESSES_MS
    overlap = first.held != second.held and second.released - second.held - first.released < PAUSE_MS
    return near or overlap


def _report(event: ari.ChannelDtmfReceived) -> _Report | None:
    try:
        released = datetime.fromisoformat(event.timestamp).timestamp()
    except ValueError:
        return None
    return _Report(event.digit, event.duration_ms, round(released * 1000))
