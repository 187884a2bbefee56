"""Links to files: signed, good until a moment, and needing no key."""

import secrets
from collections.abc import Callable

from engine.media import Links
from engine.tasks.secret import Seal


class FileLinks:
    """Makes and reads them. `address` is where the API serves them, without a slash at its end. `clock`: Unix seconds.

    Without a seal they are good until the next start.
    """

    def __init__(self, seal: Seal | None, address: str, clock: Callable[[], float]) -> None:
        secret = seal.digest("links of files", "links") if seal else secrets.token_hex(32)
        self._links, self._address = Links(secret, clock), address

    def of(self, file: str, expires: float) -> str:
        """Return a link to the file of this id that is good until `expires` (Unix seconds)."""
        return f"{self._address}/{self._links.sign(file, expires)}"

    def read(self, token: str) -> str:
        """Return the id of the file that a link's last part names; raises LinkInvalid, LinkExpired (engine.media)."""
        return self._links.verify(token)
