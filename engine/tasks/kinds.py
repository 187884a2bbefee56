"""Every kind of task, and their JSON.

In JSON the leg options of a task are fields of its own: {"kind": "dial", "to": "101", "ringback": "de"}. They are put
into their struct when they are read, and laid flat when they are written (docs/decisions/023).
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec

from engine.model.leg_options import LegOptions
from engine.tasks import secret
from engine.tasks.answer import Answer
from engine.tasks.ask import Ask
from engine.tasks.converse import Converse
from engine.tasks.detect_dtmf import DetectDtmf
from engine.tasks.detect_fax import DetectFax
from engine.tasks.detect_machine import DetectMachine
from engine.tasks.dial import Dial
from engine.tasks.fax import ReceiveFax, SendFax
from engine.tasks.go_to import GoTo
from engine.tasks.hang_up import HangUp
from engine.tasks.join_conference import JoinConference
from engine.tasks.leave_conference import LeaveConference
from engine.tasks.offer import Offer
from engine.tasks.park import Park
from engine.tasks.pause import Pause
from engine.tasks.pick_up import PickUp
from engine.tasks.play import Play
from engine.tasks.record import Record
from engine.tasks.ring import Ring
from engine.tasks.run_menu import RunMenu
from engine.tasks.say import Say
from engine.tasks.send_dtmf import SendDtmf
from engine.tasks.stop import StopBackground
from engine.tasks.transfer import Transfer
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
    | Converse
    | Transfer
    | PickUp
    | SendFax
    | ReceiveFax
    | DetectFax
)
T = TypeVar("T")
Hook = Callable[[type, Any], Any]
FLAT: dict[type[msgspec.Struct], tuple[str, ...]] = {
    Dial: LegOptions.__struct_encode_fields__,
    Ring: ("caller", "ringback", "music"),
}
"""The leg options that a kind of task has as fields of its own in JSON."""
_LEG = "leg"
_BY_KIND = {str(kind.__struct_config__.tag): names for kind, names in FLAT.items()}
_QUOTED = tuple(f'"{kind}"' for kind in _BY_KIND)
_KEYS = re.compile("[0-9*#]+")
_encoder = msgspec.json.Encoder(enc_hook=secret.revealed)
_plain_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[AnyTask] = msgspec.json.Decoder(AnyTask, dec_hook=secret.stored)
_list_decoder: msgspec.json.Decoder[list[AnyTask]] = msgspec.json.Decoder(list[AnyTask], dec_hook=secret.stored)


def kind_of(task: AnyTask) -> str:
    """Return a task's kind as stored and told, e.g. "play"."""
    return str(task.__struct_config__.tag)


def encode(task: AnyTask, seal: secret.Seal | None = None) -> str:
    """Return a task as JSON for the store: its secrets sealed, or in the clear where there is no seal."""
    return _encoded(task, _store_encoder(seal), flat=type(task) in FLAT)


def encode_list(tasks: Sequence[AnyTask], seal: secret.Seal | None = None) -> str:
    """Return a fixed list of tasks as JSON for the store, as `encode` does."""
    return _encoded(tasks, _store_encoder(seal), flat=_any_flat(tasks))


def encode_without_secrets(tasks: Sequence[AnyTask]) -> str:
    """Return a list of tasks as JSON for a place that holds no secrets; raises TypeError if one has any."""
    return _encoded(tasks, _plain_encoder, flat=_any_flat(tasks))


def _store_encoder(seal: secret.Seal | None) -> msgspec.json.Encoder:
    return _encoder if seal is None else seal.encoder


def _any_flat(tasks: Sequence[AnyTask]) -> bool:
    return any(type(task) in FLAT for task in tasks)


def _encoded(value: object, encoder: msgspec.json.Encoder, *, flat: bool) -> str:
    text = encoder.encode(value)
    return (msgspec.json.encode(_flat(msgspec.json.decode(text))) if flat else text).decode()


def shown(task: AnyTask) -> dict[str, Any]:
    """Return a task's fields for whoever looks, its secrets masked."""
    if isinstance(task, Say) and task.masked:
        task = msgspec.structs.replace(task, text=secret.MASK)
    if isinstance(task, Converse) and task.secret:
        task = msgspec.structs.replace(task, state=_without_keys(task.state))
    fields: dict[str, Any] = _flat(msgspec.to_builtins(task, enc_hook=secret.masked))
    return fields


def _without_keys(state: str) -> str:
    """The state of a conversation with whatever may have been typed masked: each text of keys alone."""
    try:
        fields = msgspec.json.decode(state, type=dict[str, Any])
    except msgspec.DecodeError:
        return secret.MASK
    masked = {
        name: secret.MASK if isinstance(one, str) and _KEYS.fullmatch(one) else one for name, one in fields.items()
    }
    return msgspec.json.encode(masked).decode()


def decode(text: str | bytes) -> AnyTask:
    """Read a task of the store; raises msgspec.ValidationError that says what is wrong."""
    if _may_be_flat(text):
        return read(text, AnyTask, secret.stored)  # type: ignore[arg-type]
    return _decoder.decode(text)


def decode_list(text: str | bytes) -> list[AnyTask]:
    """Read a fixed list of tasks of the store; raises msgspec.ValidationError that says what is wrong."""
    return read(text, list[AnyTask], secret.stored) if _may_be_flat(text) else _list_decoder.decode(text)


def read(text: str | bytes, kind: type[T], hook: Hook) -> T:
    """Read JSON with tasks anywhere in it as a `kind`, as msgspec.json.decode does with this dec_hook.

    Raises msgspec.DecodeError, and msgspec.ValidationError with the place of what is wrong as in the JSON.
    """
    try:
        return msgspec.convert(_lifted(msgspec.json.decode(text)), kind, dec_hook=hook)
    except msgspec.ValidationError as error:
        raise msgspec.ValidationError(str(error).replace(f".{_LEG}.", ".").replace(f".{_LEG}`", "`")) from error
    except RecursionError:
        raise msgspec.DecodeError("JSON is nested too deeply") from None


def _may_be_flat(text: str | bytes) -> bool:
    """Whether a text of the store, which escapes no letter, has a task with leg options."""
    plain = text if isinstance(text, str) else text.decode()
    return any(kind in plain for kind in _QUOTED)


def _lifted(value: Any) -> Any:
    """Return decoded JSON with the leg options of each task in a struct of their own."""
    if isinstance(value, list):
        return [_lifted(each) for each in value]
    if not isinstance(value, dict):
        return value
    fields = {name: _lifted(each) for name, each in value.items()}
    kind = fields.get("kind")
    names = _BY_KIND.get(kind, ()) if isinstance(kind, str) else ()
    if leg := {name: fields.pop(name) for name in names if name in fields}:
        fields[_LEG] = leg
    return fields


def _flat(value: Any) -> Any:
    """Return tasks, as built-in types, with their leg options as fields of their own."""
    if isinstance(value, list):
        return [_flat(each) for each in value]
    names = _BY_KIND.get(value["kind"])
    if names is None:
        return value
    flat: dict[str, Any] = {}
    for name, each in value.items():
        flat |= {inner: each[inner] for inner in names} if name == _LEG else {name: each}
    return flat
