"""The process that converts one document, under limits that it sets itself first:
`python -m engine.features.fax.pages.worker`.

Standard input has a line of JSON (engine.features.fax.pages.model.Job) and then the document; standard output gets a
line of JSON (Answered) and then what was made.
"""

import math
import os
import resource
import sys
import tempfile
from pathlib import Path

import msgspec

from engine.features.fax.pages.model import Answered, DocumentRefused, Job, Made, PageLimits

_NICE = 10
"""Calls come first."""
_TOO_LARGE = "The document's pages are too large: split it, or make its pictures smaller"


def main() -> None:
    """Convert, and answer."""
    asked = msgspec.json.decode(sys.stdin.buffer.readline(), type=Job)
    _confine(asked.limits)
    try:
        made = _made(asked, sys.stdin.buffer.read())
        answer, content = Answered(pages=made.pages), made.content
    except DocumentRefused as error:
        answer, content = Answered(refused=str(error)), b""
    except MemoryError:
        answer, content = Answered(refused=f"{_TOO_LARGE}."), b""
    most = asked.limits.sent if asked.what == "tiff" else asked.limits.made
    if len(content) > most:
        answer, content = Answered(refused=f"{_TOO_LARGE} (more than {most:,} bytes)"), b""
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n" + content)


def _confine(limits: PageLimits) -> None:
    os.nice(_NICE)
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    seconds = math.ceil(limits.seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * limits.made, 2 * limits.made))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _made(asked: Job, document: bytes) -> Made:
    # Behind the limits: what these import counts as well.
    from engine.features.fax.pages import documents, pictures

    with tempfile.TemporaryDirectory(prefix="fax-") as folder:
        try:
            if asked.what == "tiff":
                return documents.tiff(document, Path(folder), asked.limits, asked.cover)
            return pictures.of_fax(document, asked.what, asked.limits)
        except (DocumentRefused, MemoryError):
            raise
        except Exception as error:  # whatever a broken file makes of a library
            raise DocumentRefused("The document is damaged: print it to a PDF, and send that.") from error


if __name__ == "__main__":
    main()
