"""The errors of voicemail."""

from engine.features.voicemail.errors import BoxFull, PinRefused

ERRORS = {BoxFull: (409, "voicemail_full"), PinRefused: (400, "pin_refused")}
