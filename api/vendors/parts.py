"""What every vendor is made of, handed in by the composition root."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from api.accounts import Accounts
from api.clients import Clients
from api.command_taker import CommandTaker
from api.exchange import About
from api.guess_throttle import Guesses
from api.recordings import Recordings
from api.vendors.vendor import AskingVendor, Question
from engine.media.prompts import Prompts
from engine.model.call import Call
from engine.platform.feature import Features
from engine.platform.settings_cache import SettingsCache
from engine.tasks.secret import Seal

Inquire = Callable[[AskingVendor, Question, About], Awaitable[tuple[bytes | None, tuple[str, ...]]]]
"""Puts a question about a call; returns what was answered, and a sentence for each address that gave no answer."""
Live = Callable[[str], Call | None]
"""Returns a call that is up, from memory."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VendorParts:
    """The same for all vendors: the engine, the services of the features, and what this installation is.

    `live` finds a call that is up, `inquire` puts a question, `guesses` throttles who guesses keys, `clients` names who
    sends requests, `seal` seals secrets that a call keeps, `prompts` prepares what is played. `api_url` is where the
    API is reached, `mounted_at` the path that a proxy puts before ours ("": none), `sip_host` and `sip_port` where
    phones register. A signed request may be `replay_seconds` old. `clock`: Unix seconds.
    """

    engine: CommandTaker
    features: Features
    cache: SettingsCache
    accounts: Accounts
    recordings: Recordings
    live: Live
    inquire: Inquire
    guesses: Guesses = field(default_factory=Guesses)
    clients: Clients = field(default_factory=Clients)
    prompts: Prompts | None = None
    seal: Seal | None = None
    api_url: str = ""
    mounted_at: str = ""
    sip_host: str = ""
    sip_port: int = 5060
    replay_seconds: float = 900.0
    clock: Callable[[], float] = time.time
