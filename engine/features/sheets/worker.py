"""The process that reads one file: `python -m engine.features.sheets.worker`, under limits that it sets itself first.

Standard input has a line of JSON (engine.features.sheets.model.Job) and then the file; standard output gets lines of
JSON: Answered, and then lists of rows.
"""

import math
import os
import resource
import sys
from typing import BinaryIO

import msgspec

from engine.features.sheets.model import ROWS_AT_ONCE, Answered, Job, SheetLimits, SheetRefused

_NICE = 10
"""Calls come first."""
_TOO_LARGE = "The file needs too much memory to be read: split it into several files."


def main() -> None:
    """Read, and answer."""
    head = sys.stdin.buffer.readline()
    asked = msgspec.json.decode(head, type=Job)
    _confine(asked.limits)
    try:
        answer = _answer(asked, sys.stdin.buffer.read(asked.limits.bytes + 1))
    except MemoryError:
        answer = Answered(refused=_TOO_LARGE)
    _write(sys.stdout.buffer, answer)


def _write(out: BinaryIO, answer: Answered) -> None:
    rows = answer.contacts.rows if answer.contacts else ()
    if answer.contacts:
        answer = Answered(contacts=msgspec.structs.replace(answer.contacts, rows=()))
    out.write(msgspec.json.encode(answer))
    for at in range(0, len(rows), ROWS_AT_ONCE):
        out.write(b"\n" + msgspec.json.encode(rows[at : at + ROWS_AT_ONCE]))


def _confine(limits: SheetLimits) -> None:
    os.nice(_NICE)
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    seconds = math.ceil(limits.seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(asked: Job, data: bytes) -> Answered:
    # Behind the limits: what these import counts as well.
    from engine.features.sheets.contacts import contacts
    from engine.features.sheets.table import lines

    try:
        return Answered(contacts=contacts(lines(data, asked.limits), asked.country, asked.limits))
    except SheetRefused as error:
        return Answered(refused=str(error))
    except MemoryError:
        raise
    except Exception:  # whatever a broken file makes of a library
        return Answered(refused="The file cannot be read: save it as .xlsx or .csv again.")


if __name__ == "__main__":
    main()
