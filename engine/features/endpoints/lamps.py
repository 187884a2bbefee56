"""The lamps of phones that say whether messages wait (RFC 3842): how Asterisk is told what to notify them of.

Each extension's endpoint has a mailbox in Asterisk's sense: a name to which counts belong, and no messages. Asterisk
notifies the endpoint's phone of each change, and of the counts that there are when it registers or subscribes. It keeps
them in memory only: after its restart they are to be told again.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from engine.ari.client import AriClient

CONTEXT = "lamps"
"""Where the dialplan sets them (asterisk-config/engine/extensions.conf)."""
LONGEST_BATCH = 2_000
"""Characters that are told at once: what the dialplan's CUT handles has at most 4,096."""


class Lamp(NamedTuple):
    """How many messages wait that nobody has heard, and how many that were heard."""

    new: int = 0
    saved: int = 0


def mailbox_of(sip_user: str) -> str:
    """The mailbox of an extension, by the SIP user name of its phone."""
    return f"{sip_user}@carillon"


class Lamps:
    """Tells Asterisk."""

    def __init__(self, client: AriClient) -> None:
        self.client = client

    async def show(self, lamps: Mapping[str, Lamp]) -> None:
        """Set the lamps of extensions, by the SIP user names of their phones. Raises engine.ari.errors.AriError.

        Telling the same again is harmless: Asterisk notifies a phone again.
        """
        for batch in _batches(lamps):
            await self.client.channels.originate(
                endpoint=f"Local/s@{CONTEXT}",
                context=CONTEXT,
                extension="end",
                priority=1,
                variables={"__LAMPS": batch},
            )


def _batches(lamps: Mapping[str, Lamp]) -> Iterator[str]:
    """Yield mailbox:new:saved|…, none longer than LONGEST_BATCH."""
    batch = ""
    for name, lamp in lamps.items():
        one = f"{mailbox_of(name)}:{lamp.new}:{lamp.saved}"
        if batch and len(batch) + 1 + len(one) > LONGEST_BATCH:
            yield batch
            batch = ""
        batch = f"{batch}|{one}" if batch else one
    if batch:
        yield batch
