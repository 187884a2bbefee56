"""The lab's numbers, by what the person does (docs/lab.md)."""

from api.lab import PERSONAS

LISTENS = "12015550100"
SPEAKS_440 = "12015550101"
PRESSES_1 = "12015550102"
PRESSES_5_THEN_1 = "12015550103"
BUSY = "12015550104"
NEVER_ANSWERS = "12015550105"
DECLINES = "12015550106"
DOES_NOT_EXIST = "12015550107"
UNAVAILABLE = "12015550108"
CONGESTED = "12015550109"
HANGS_UP = "12015550110"
EARLY_MEDIA_THEN_BUSY = "12015550111"
VOICEMAIL = "12015550112"
VOICEMAIL_WITHOUT_BEEP = "12015550113"
SAYS_ITS_NAME = "12015550114"
ECHOES = "12015550115"
ASKS_FOR_1234 = "12015550116"
FALLS_SILENT = "12015550117"
ANSWERS_AFTER_8_SECONDS = "12015550118"
HOLDS = "12015550160"
TAKES_FAXES = "12015550170"
SENDS_A_FAX = "12015550171"
CUTS_FAXES_OFF = "12015550172"

APART = 150
"""Hz between two tones that are mixed in a test."""

TONES: dict[str, int] = {
    persona.number: persona.tone
    for persona in PERSONAS
    if persona.tone is not None and "12015550120" <= persona.number <= "12015550139"
}
"""The twenty who speak a tone of their own and listen: number to Hz."""


def speakers(count: int, first: int = 0) -> list[tuple[str, int]]:
    """So many of the twenty, each (number, Hz), whose tones can be told from each other when they are mixed."""
    apart: list[tuple[str, int]] = []
    for number, hz in TONES.items():
        if not apart or hz - apart[-1][1] >= APART:
            apart.append((number, hz))
    return [apart[(first + place) % len(apart)] for place in range(count)]
