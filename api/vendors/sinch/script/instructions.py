"""SVAML, whole: `{instructions: […], action: {…}}` to an Answer, or to the sentence that says why not.

(Callback API, «Sinch Voice Application Markup Language (SVAML)».) Pure: the same text gives the same answer.
"""

from collections.abc import Callable, Iterable

from api.vendors.sinch.fields import BadField, Fields, Missing, decode, fold
from api.vendors.sinch.fields import Illegal as IllegalField
from api.vendors.sinch.script import limits
from api.vendors.sinch.script.actions import Actions, ScriptEvent, recording
from api.vendors.sinch.script.dtmf import sequence
from api.vendors.sinch.script.prompts import Reader
from api.vendors.sinch.script.svaml import (
    IllegalSvaml,
    Leg,
    Report,
    Step,
    Svaml,
    SvamlAnswer,
    SvamlContinue,
    SvamlHangUp,
    Then,
)
from engine.tasks.stop import StopBackground


def read(text: bytes, event: ScriptEvent, country: str, leg: Leg = Leg.CALLER) -> Svaml | IllegalSvaml:
    """Read what a customer's server answered to an event, or a request's body; never raises.

    `country` (ISO 3166) says how national numbers are read. An empty text is for the caller: no answer was given.
    """
    try:
        return of_fields(decode(text), event, country, leg)
    except BadField as error:
        return IllegalSvaml(reason=str(error))


def of_fields(script: Fields, event: ScriptEvent, country: str, leg: Leg = Leg.CALLER) -> Svaml:
    """Read a script that is decoded already; raises BadField."""
    return _Script(script, event, country).answer(leg)


def merged(
    before: Iterable[tuple[str, str]], new: Iterable[tuple[str, str]]
) -> tuple[tuple[str, str], ...] | IllegalSvaml:
    """Return a call's cookies after an answer; illegal where they would be more than 1024 bytes in all."""
    cookies = {**dict(before), **dict(new)}
    if sum(len(key.encode()) + len(value.encode()) for key, value in cookies.items()) > limits.COOKIE_BYTES:
        return IllegalSvaml(reason=f"The call's cookies must have at most {limits.COOKIE_BYTES} bytes in all.")
    return tuple(cookies.items())


class _Script:
    def __init__(self, script: Fields, event: ScriptEvent, country: str) -> None:
        self._script, self._event = script, event
        self._reader = Reader()
        self._actions = Actions(self._reader, country)
        self._cookies: dict[str, str] = {}
        self._report: Report | None = None
        self._readers: dict[str, Callable[[Fields], tuple[Step, ...]]] = {
            "playfiles": self._play_files,
            "say": self._say,
            "senddtmf": lambda fields: sequence(fields.text("value"), fields.name_of("value")),
            "setcookie": self._set_cookie,
            "answer": lambda fields: (SvamlAnswer(),) if event in (ScriptEvent.ICE, ScriptEvent.UNPARK) else (),
            "startrecording": lambda fields: (recording(fields.inner_or_none("options", "recordingOptions")),),
            "stoprecording": lambda fields: (StopBackground(stops="record"),),
            "reportcallstatus": self._report_status,
        }

    def answer(self, leg: Leg) -> Svaml:
        instructions = self._script.objects("instructions", most=limits.MOST_INSTRUCTIONS)
        action = self._script.inner_or_none("action")
        if not instructions and action is None and self._event is not ScriptEvent.DICE:
            raise Missing("The script must have an instruction or an action.")
        steps = tuple(step for instruction in instructions for step in self._step(instruction))
        return Svaml(
            steps=steps,
            then=self._then(action),
            leg=leg,
            cookies=tuple(self._cookies.items()),
            warnings=tuple(self._reader.warnings),
            report=self._report,
        )

    def _then(self, action: Fields | None) -> Then:
        """Without an action an answered call goes on («optionally hangs up», Manage Call); ICE has to say where to,
        and so has what takes a call out of its park."""
        if action is not None:
            return self._actions.read(action, self._event)
        if self._event in (ScriptEvent.ICE, ScriptEvent.UNPARK):
            raise Missing("The action is missing.")
        return SvamlHangUp() if self._event is ScriptEvent.DICE else SvamlContinue()

    def _step(self, instruction: Fields) -> tuple[Step, ...]:
        name = instruction.text("name")
        read = self._readers.get(fold(name))
        if read is None:
            raise IllegalField(f"There is no instruction {name[:64]!r}.")
        if (fold(name) == "reportcallstatus") is not (self._event is ScriptEvent.DICE):
            raise IllegalField(f"The instruction {name[:64]!r} is not allowed here ({self._event.value}).")
        return read(instruction)

    def _play_files(self, fields: Fields) -> tuple[Step, ...]:
        name = fields.name_of("ids")
        texts = fields.texts("ids", most=limits.MOST_PROMPTS)
        if not texts:
            raise Missing(f"{name} is missing.")
        return self._reader.prompts(texts, name, self._reader.locale(fields.text_or_none("locale")))

    def _say(self, fields: Fields) -> tuple[Step, ...]:
        text = fields.spoken("text", most=limits.LONGEST_TEXT * 4)
        if text is None:
            raise Missing(f"{fields.name_of('text')} is missing.")
        return (self._reader.say(text, fields.name_of("text"), self._reader.locale(fields.text_or_none("locale"))),)

    def _set_cookie(self, fields: Fields) -> tuple[Step, ...]:
        self._cookies[fields.text("key")] = fields.text_or_none("value", trimmed=False) or ""
        found = merged((), self._cookies.items())
        if isinstance(found, IllegalSvaml):
            raise IllegalField(found.reason)
        return ()

    def _report_status(self, fields: Fields) -> tuple[Step, ...]:
        value = fields.word("value")
        if value not in ("success", "failure"):
            raise IllegalField(f"{fields.name_of('value')} must be success or failure.")
        details = fields.text_or_none("details") or ""
        if len(details) > limits.LONGEST_REPORT:
            self._reader.warn(f"{fields.name_of('details')} was cut to {limits.LONGEST_REPORT} characters.")
        self._report = Report(success=value == "success", details=details[: limits.LONGEST_REPORT])
        return ()
