"""The engine's settings; every one has the default that docs name."""

from pathlib import Path

import msgspec


class EngineSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds everywhere. `recordings` is the folder that Asterisk records into."""

    node: str = "asterisk-0"
    ari_application: str = "carillon-0"
    recordings: Path = Path("/var/spool/asterisk/recording")
    ring_seconds: float = 60.0
    max_call_seconds: float = 14400.0
    offer_seconds: float = 10.0
