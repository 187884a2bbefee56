"""Every kind of task, and their JSON."""

from typing import Any

import msgspec

from engine.tasks import secret
from engine.tasks.answer import Answer
from engine.tasks.ask import Ask
from engine.tasks.detect_dtmf import DetectDtmf
from engine.tasks.detect_machine import DetectMachine
from engine.tasks.dial import Dial
from engine.tasks.go_to import GoTo
from engine.tasks.hang_up import HangUp
from engine.tasks.join_conference import JoinConference
from engine.tasks.leave_conference import LeaveConference
from engine.tasks.offer import Offer
from engine.tasks.park import Park
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from engine.tasks.record import Record
from engine.tasks.ring import Ring
from engine.tasks.run_menu import RunMenu
from engine.tasks.say import Say
from engine.tasks.send_dtmf import SendDtmf
from engine.tasks.stop import StopBackground
from engine.tasks.wait_for_digits import WaitForDigits

AnyTask = (
    Play
    | Say
    | Record
    | WaitForDigits
    | DetectDtmf
    | SendDtmf
    | Pause
    | Dial
    | JoinConference
    | LeaveConference
    | StopBackground
    | Ask
    | HangUp
    | Answer
    | RunMenu
    | Park
    | DetectMachine
    | Ring
    | GoTo
    | Offer
)
_encoder = msgspec.json.Encoder(enc_hook=secret.revealed)
_decoder: msgspec.json.Decoder[AnyTask] = msgspec.json.Decoder(AnyTask, dec_hook=secret.stored)
_list_decoder: msgspec.json.Decoder[list[AnyTask]] = msgspec.json.Decoder(list[AnyTask], dec_hook=secret.stored)


def kind_of(task: AnyTask) -> str:
    """Return a task's kind as stored and told, e.g. "play"."""
    return str(task.__struct_config__.tag)


def encode(task: AnyTask, seal: secret.Seal | None = None) -> str:
    """Return a task as JSON for the store: its secrets sealed, or in the clear where there is no seal."""
    encoder = _encoder if seal is None else seal.encoder
    return encoder.encode(task).decode()


def shown(task: AnyTask) -> dict[str, Any]:
    """Return a task's fields for whoever looks, its secrets masked."""
    fields: dict[str, Any] = msgspec.to_builtins(task, enc_hook=secret.masked)
    return fields


def decode(text: str | bytes) -> AnyTask:
    """Read a task of the store; raises msgspec.ValidationError that says what is wrong."""
    return _decoder.decode(text)


def decode_list(text: str | bytes) -> list[AnyTask]:
    """Read a fixed list of tasks of the store; raises msgspec.ValidationError that says what is wrong."""
    return _list_decoder.decode(text)
