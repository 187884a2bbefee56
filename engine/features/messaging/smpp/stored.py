"""Makes the link to an SMSC of what is stored of it."""

import msgspec

from engine.features.messaging.carrier import Inbox
from engine.features.messaging.model import Smsc
from engine.features.messaging.smpp.carrier import SmppCarrier
from engine.features.messaging.smpp.settings import SmscSettings


def connect(smsc: Smsc, inbox: Inbox) -> SmppCarrier:
    """Return the carrier; raises ValueError for settings that a link cannot have."""
    own = {name: getattr(smsc, name) for name in ("name", "host", "port", "system_id", "password")}
    return SmppCarrier(msgspec.convert(msgspec.json.decode(smsc.settings) | own, SmscSettings, strict=False), inbox)
