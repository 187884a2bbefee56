"""Logs: one JSON line for each event, a fixed sentence with fields. Our code masks secrets and numbers before it logs.

The lines of libraries and the texts of exceptions cannot be masked where they are made; credentials in them are masked
here.
"""

import logging
import re
import sys
from collections.abc import Iterable

import structlog
from structlog.typing import EventDict, WrappedLogger

_MASK = "***"
_SHORTEST = 8
_SHAPES = re.compile(
    r"""(?P<kept>
      \b(?:Bearer|Basic|Application)[ ]+(?=[^\s'"]{12})                       # RFC 9110 §11.4, and a scheme with a key
    | \bauthorization\b\W{0,4}(?:b['"])?(?:(?:Bearer|Basic|Application)[ ]+)? # a header, as bytes or in a line
    | /apikey/(?=[^/?&]+)                                                     # a key in a path
    | ://[^\s/:@]*:(?=[^\s/@]+@)                                               # a password in a URL
    )(?:(?<=/apikey/)[^\s'"/?&]+|(?<=:)[^\s/@]+|[^\s'",;)\]}\\]+)""",
    re.VERBOSE | re.IGNORECASE,
)


class Masking:
    """Replaces credentials in a text: those of known forms, and this process's own secrets."""

    def __init__(self) -> None:
        self._own: re.Pattern[str] | None = None

    def learn(self, own: Iterable[str]) -> None:
        """Mask these secrets from now on; those of fewer than 8 characters are not masked."""
        known = sorted({text for text in own if len(text) >= _SHORTEST}, key=len, reverse=True)
        self._own = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, text: str) -> str:
        masked = _SHAPES.sub(rf"\g<kept>{_MASK}", text)
        return self._own.sub(_MASK, masked) if self._own else masked


masked = Masking()


class _Masked(logging.Formatter):
    """Formats a library's line and its traceback, masked."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record as logging does, then mask credentials in the text."""
        return masked(super().format(record))


def configure() -> None:
    """Send every log line to standard output, including the libraries' warnings."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Masked("%(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _mask_exception,
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stdout),
        cache_logger_on_first_use=True,
    )


def _mask_exception(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    if isinstance(text := event.get("exception"), str):
        event["exception"] = masked(text)
    return event
