"""Digits to press: «"ww1234#w#" will render a 1s pause, the DTMF tones "1", "2", "3", "4" and "#" …» (Callback API)."""

import re

from api.vendors.sinch.fields import Illegal
from api.vendors.sinch.script import limits
from engine.tasks.pause import Pause
from engine.tasks.send_dtmf import SendDtmf

_RUN = re.compile(r"w+|[^w]+")


def sequence(text: str | None, name: str) -> tuple[SendDtmf | Pause, ...]:
    """Return the pauses and digits that a text stands for; raises Illegal."""
    if text is None:
        return ()
    text = text.lower()
    if not set(text) <= limits.DTMF or len(text) > limits.LONGEST_DTMF:
        raise Illegal(f"{name} must be 1 to {limits.LONGEST_DTMF} of 0-9, # and w.")
    return tuple(
        Pause(seconds=len(run) * limits.DTMF_PAUSE_SECONDS) if run[0] == "w" else SendDtmf(digits=run)
        for run in _RUN.findall(text)
    )
