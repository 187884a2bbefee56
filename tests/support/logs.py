"""How logs look in tests."""

import structlog
from structlog.dev import ConsoleRenderer, plain_traceback


def plain_tracebacks() -> None:
    """Let structlog write tracebacks as Python does: it would use rich if that is installed, as it is for tests, which
    takes a tenth of a second for each, and many of an error with a long text.
    """
    kept = structlog.get_config()["processors"][:-1]
    structlog.configure(processors=[*kept, ConsoleRenderer(colors=False, exception_formatter=plain_traceback)])
