"""What every call needs around it, wired by engine.engine."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.ari.bus import Bus
from engine.ari.client import AriClient
from engine.ari.generated import ChannelTransfer
from engine.calls.admission_protocol import Admission
from engine.calls.conversation import Conversations
from engine.calls.directory import Directory
from engine.calls.trunk_gate import TrunkGate
from engine.calls.watch import Watch
from engine.events import QuestionAsked
from engine.media.prompts import Prompts
from engine.media.recordings import RecordingFiles
from engine.model.conference_rules import RulesOf
from engine.settings import EngineSettings
from engine.store.database import Database
from engine.store.writer import Writer


@dataclass(frozen=True, kw_only=True)
class CallServices:
    """Asterisk (client and bus), the store's writer, media, admission, directory, wall clock, watch and settings."""

    client: AriClient
    bus: Bus
    database: Database
    writer: Writer
    prompts: Prompts
    files: RecordingFiles
    admission: Admission
    gate: TrunkGate
    directory: Directory
    rules_of: RulesOf
    settings: EngineSettings
    clock: Callable[[], float]
    watch: Watch
    conversations: Conversations
    """Who leads conversations with calls, by topic."""
    on_sip_call_id: Callable[[str, str], None]
    """Takes the id of a call and its SIP Call-ID as soon as that is known, another one for each trunk that is tried."""
    ask: Callable[[QuestionAsked], None]
    """Hands a question that is committed over to whoever asks the customer; also again, after a restart."""
    on_refer: Callable[[str, ChannelTransfer], None]
    """Takes the id of a call and what its phone asked by REFER (engine.calls.referring)."""
    leaving: Callable[[], bool]
    """Whether this controller is on its way out: what it stops doing then goes on with the next one."""
