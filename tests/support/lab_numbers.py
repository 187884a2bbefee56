"""Numbers of the lab that have no persona: each is given to one test."""

import itertools
import os
import secrets

FIRST, EACH, PROCESSES = 6000, 480, 8
_drawn = itertools.count(secrets.randbelow(EACH))
"""A system that was kept from an earlier run knows numbers from then: the first one is drawn."""


def unused() -> str:
    """A number that no other test calls or texts, in this process or another one, before 480 more were given."""
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % PROCESSES
    return f"1201555{FIRST + process * EACH + next(_drawn) % EACH}"
