"""Tasks of requests, made the engine's: numbers are read, lists of tasks within destinations too."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from api.own import spoken
from api.own.bodies import number_as_read, refuse_nul
from api.own.errors import BadRequest
from api.own.schema import tasks as given
from api.own.schema.tasks import LONGEST_SECONDS
from engine.model.destination import Destination, Diversions
from engine.model.leg_options import LegOptions
from engine.tasks import kinds, secret
from engine.tasks.answer import Answer
from engine.tasks.detect_dtmf import DetectDtmf
from engine.tasks.detect_machine import DetectMachine
from engine.tasks.dial import Dial
from engine.tasks.go_to import GoTo
from engine.tasks.hang_up import HangUp
from engine.tasks.join_conference import ConferenceDigits, JoinConference
from engine.tasks.leave_conference import LeaveConference
from engine.tasks.menu import Choice, Menu
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

MOST_TASKS = 100
TASK_LIST = "tasks"
"""The kind of destination whose target is a list of tasks as JSON."""
_lists = msgspec.json.Decoder(list[given.AnyTask], dec_hook=secret.read)
_SAME: dict[type[Any], type[Any]] = {
    given.Play: Play,
    given.Say: Say,
    given.Record: Record,
    given.WaitForDigits: WaitForDigits,
    given.DetectDtmf: DetectDtmf,
    given.SendDtmf: SendDtmf,
    given.Pause: Pause,
    given.LeaveConference: LeaveConference,
    given.StopBackground: StopBackground,
    given.HangUp: HangUp,
    given.Answer: Answer,
    given.DetectMachine: DetectMachine,
    given.Offer: Offer,
}
"""The kinds whose fields the engine takes as they are given."""


def engine_tasks(tasks: Sequence[given.AnyTask], country: str, at: str = "$.tasks") -> tuple[kinds.AnyTask, ...]:
    """Return tasks as the engine queues them, their numbers read as in `country` (ISO 3166).

    `at` is where they stand in the request. Raises BadRequest, NumberRefused, and PromptError for a text that cannot be
    spoken.
    """
    if len(tasks) > MOST_TASKS:
        raise BadRequest(f"At most {MOST_TASKS} tasks may be queued at once.")
    reading = _Reading(country)
    made: tuple[kinds.AnyTask, ...] = reading.all(tasks, at)
    spoken.check(made)
    return made


def check_seconds(**given_seconds: float | None) -> None:
    """Raise BadRequest for the first that is no time for which a call may ring or last; None: it is not limited."""
    for name, seconds in given_seconds.items():
        if seconds is not None and not 1 <= seconds <= LONGEST_SECONDS:
            raise BadRequest(f"{name} must be 1 to {LONGEST_SECONDS} seconds (got {seconds:g}).")


def listed_tasks(text: str) -> list[given.AnyTask] | None:
    """Read the tasks of a destination that is a list of tasks; None: it is another one, or none. Raises BadRequest."""
    kind, _, target = text.strip().partition(":")
    if kind != TASK_LIST:
        return None
    try:
        tasks = _lists.decode(target)
    except msgspec.DecodeError as error:
        raise BadRequest(f"tasks must be a list of tasks as JSON: {error}.") from error
    refuse_nul(target.encode())
    if not tasks:
        raise BadRequest("A list of tasks must have at least one task.")
    return tasks


class _Reading:
    """Makes what a request has the engine's; a value that the engine refuses is named with its place."""

    def __init__(self, country: str) -> None:
        self._country = country
        self._made: dict[type[Any], Callable[[Any, str], Any]] = {
            given.Dial: self._dial,
            given.Diversions: self._diversions,
            given.Ring: self._ring,
            given.GoTo: self._go_to,
            given.JoinConference: self._join_conference,
            given.Park: self._park,
            given.RunMenu: self._run_menu,
            given.Menu: self._menu,
            given.Choice: self._choice,
        }

    def all(self, parts: Sequence[Any], at: str) -> tuple[Any, ...]:
        """Return each of several parts."""
        return tuple(self.one(part, f"{at}[{index}]") for index, part in enumerate(parts))

    def one(self, part: Any, at: str) -> Any:
        """Return one part of a request; raises BadRequest in msgspec's manner."""
        same = _SAME.get(type(part))
        try:
            return self._made[type(part)](part, at) if same is None else same(**_fields(part))
        except ValueError as error:
            raise BadRequest(f"{error} - at `{at}`") from error

    def _dial(self, part: given.Dial, at: str) -> Dial:
        check_seconds(ring_seconds=part.ring_seconds, max_seconds=part.max_seconds)
        changed = {
            "to": part.to if part.reach == "sip" else number_as_read(part.to, self._country),
            "before_bridge": self.all(part.before_bridge, f"{at}.before_bridge"),
            "diversions": part.diversions and self.one(part.diversions, f"{at}.diversions"),
        }
        return Dial(**self._with_leg(part, changed))

    def _diversions(self, part: given.Diversions, at: str) -> Diversions:
        return Diversions(**{name: self._destination(text, f"{at}.{name}") for name, text in _fields(part).items()})

    def _ring(self, part: given.Ring, at: str) -> Ring:
        check_seconds(max_seconds=part.max_seconds)
        changed = {
            "members": tuple(number_as_read(member, self._country) for member in part.members),
            "otherwise": self._destination(part.otherwise, f"{at}.otherwise"),
        }
        return Ring(**self._with_leg(part, changed))

    def _go_to(self, part: given.GoTo, at: str) -> GoTo:
        return GoTo(destination=self._destination(part.destination, f"{at}.destination"))

    def _join_conference(self, part: given.JoinConference, at: str) -> JoinConference:
        return JoinConference(**_fields(part) | {"digits": ConferenceDigits(part.digits)})

    def _park(self, part: given.Park, at: str) -> Park:
        changed = {"intro": self.all(part.intro, f"{at}.intro"), "hold": self.all(part.hold, f"{at}.hold")}
        return Park(**_fields(part) | changed)

    def _run_menu(self, part: given.RunMenu, at: str) -> RunMenu:
        return RunMenu(**_fields(part) | {"menus": self.all(part.menus, f"{at}.menus")})

    def _menu(self, part: given.Menu, at: str) -> Menu:
        changed = {
            "main": self.all(part.main, f"{at}.main"),
            "repeat": self.all(part.repeat, f"{at}.repeat"),
            "choices": self.all(part.choices, f"{at}.choices"),
            "otherwise": self._destination(part.otherwise, f"{at}.otherwise"),
        }
        return Menu(**_fields(part) | changed)

    def _choice(self, part: given.Choice, at: str) -> Choice:
        to = None if part.to is None else self._destination(part.to, f"{at}.to")
        return Choice(**_fields(part) | {"to": to})

    def _with_leg(self, part: given.Dial | given.Ring, changed: dict[str, Any]) -> dict[str, Any]:
        """Return a task's fields, those that are leg options as one struct."""
        fields = _fields(part)
        options = {name: fields.pop(name) for name in LegOptions.__struct_fields__ if name in fields}
        return fields | changed | {"leg": LegOptions(**options | {"caller": self._number(part.caller)})}

    def _number(self, text: str | None) -> str | None:
        return None if text is None else number_as_read(text, self._country)

    def _destination(self, text: str, at: str) -> str:
        """Read a destination: one that is a list of tasks as the engine stores it, any other as it is."""
        tasks = listed_tasks(text)
        if tasks is None:
            return text
        try:
            made = engine_tasks(tasks, self._country, at)
            return str(Destination(TASK_LIST, kinds.encode_without_secrets(made)))
        except TypeError:
            raise BadRequest("A list of tasks within a destination cannot hold credentials.") from None


def _fields(part: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(part, name) for name in part.__struct_fields__}
