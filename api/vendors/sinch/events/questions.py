"""Asking: what a question of the engine's is as ICE, ACE or PIE, and what the answer's script means."""

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from msgspec import UNSET

from api.accounts import Accounts
from api.exchange import About
from api.vendors.parts import Inquire, Live
from api.vendors.sinch import call_data, signing
from api.vendors.sinch.errors import ILLEGAL_PARAMETERS, MISSING_PARAMETER, SinchOperation, failure
from api.vendors.sinch.events import callbacks
from api.vendors.sinch.events.callbacks import Amd, MenuEnding, MenuResult
from api.vendors.sinch.http import requests
from api.vendors.sinch.http.authenticated import AuthenticatedRequest
from api.vendors.sinch.http.callouts import Callout, EventScript, EventUrl
from api.vendors.sinch.http.parties import Parties
from api.vendors.sinch.http.resources import Identity, timestamp
from api.vendors.sinch.ids import DIALECT, FALLBACK, PRIMARY
from api.vendors.sinch.script import instructions, plan
from api.vendors.sinch.script.actions import ScriptEvent
from api.vendors.sinch.script.svaml import IllegalSvaml, Leg, SvamlContinue
from api.vendors.vendor import Question, Said
from engine.events import QuestionAsked
from engine.features.applications.model import Application
from engine.features.applications.service import ApplicationService
from engine.features.call_history.views import CallHistory
from engine.model.call import Call, Direction
from engine.model.call_data import CallData
from engine.model.cause import HangupCause
from engine.platform.feature import Features
from engine.tasks.hang_up import HangUp
from engine.tasks.results import Completed, Detected, Digits, MenuEnded
from engine.tasks.secret import Seal, Unreadable

_EVENTS = {
    plan.OFFERED: ScriptEvent.ICE,
    plan.ANSWERED: ScriptEvent.ACE,
    plan.MENU_ENDED: ScriptEvent.PIE,
    plan.MENU_BESIDE: ScriptEvent.PIE,
    plan.DIGITS: ScriptEvent.PIE,
}
_BESIDE = frozenset({plan.MENU_BESIDE, plan.DIGITS})
_ENDINGS = {"invalid_input": MenuEnding.INVALID_INPUT}
CONFERENCE_MENU = "confmenu"
"""The menuId of digits that were pressed in a conference: ours, no source names one."""


class Facts(NamedTuple):
    """What is known of the call that asks: its root, the application and its key."""

    root: Call
    application: Application
    key: str


class Questions:
    """The dialect's side of a dialogue (api.vendors.vendor.AskingVendor)."""

    name = DIALECT

    def __init__(
        self,
        features: Features,
        accounts: Accounts,
        parties: Parties,
        live: Live,
        seal: Seal | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._applications, self._calls, self._accounts = features[ApplicationService], features[CallHistory], accounts
        self._parties, self._live, self._seal, self._clock = parties, live, seal, clock

    async def question(self, event: QuestionAsked, data: CallData) -> Question | Said:
        """How the customer is asked, or what is known to be his answer without asking.

        A script that came with the callout is the answer; an event that is off lets it go on.
        """
        kind = _EVENTS[event.question]
        where = data.values.get(kind.value, "")
        if where == call_data.OFF:
            return Said(replace=False)
        try:
            where = self._seal.open(where) if self._seal else where
        except Unreadable as error:
            return _refused(str(error))
        if where.startswith("{"):
            return await self.said(event, data, where.encode())
        facts = await self._facts(event)
        if facts is None:
            return Said(silent=True, remarks=("The call's application was removed, so no question was sent.",))
        settings = facts.application.settings
        primary, fallback = (where, "") if where else (settings.get(PRIMARY, ""), settings.get(FALLBACK, ""))
        if not (primary or fallback):
            # «If no URL is configured, the callback will not be invoked»: who answered is then nobody's question.
            remark = "The application has no callback URL, so no question was sent."
            return Said(silent=kind is not ScriptEvent.ACE, replace=False, remarks=(remark,))
        body = self._body(kind, event, data, facts)
        return Question(
            url=primary or fallback,
            fallback=fallback if primary else "",
            body=callbacks.encode(body),
            credential=facts.key,
            headers=call_data.headers_of(data),
            name=kind.value,
            shown=callbacks.encode(callbacks.shown(body)),
        )

    async def offered(
        self, request: AuthenticatedRequest, call: str, callout: Callout, ice: EventUrl | None, inquire: Inquire
    ) -> EventScript:
        """Ask what a callout without a destination shall do (ICE), under its id: at the URL of the request, or at the
        application's two where it names none. Raises SinchError.
        """
        settings = request.application.settings
        primary, fallback = (ice.url, "") if ice else (settings.get(PRIMARY, ""), settings.get(FALLBACK, ""))
        if not (primary or fallback):
            sentence = "destination and ice are missing, and the application has no callback URL for ICE."
            raise failure(MISSING_PARAMETER, sentence, SinchOperation.CALLOUT)
        key = await self._applications.key(request.application.id)
        body = callbacks.Ice(
            callid=call,
            timestamp=timestamp(self._clock()),
            custom=callout.custom,
            user_rate=self._parties.rate(request.account.id, ""),
            cli=callout.written_caller,
            to=Identity(type="number", endpoint=""),
            domain="pstn",
            application_key=key,
            origination_type="SERVER",
            call_resource_url=self._parties.resource(call),
        )
        question = Question(
            url=primary or fallback,
            fallback=fallback if primary else "",
            body=callbacks.encode(body),
            credential=body.application_key,
            headers=requests.custom_headers(request.http.headers.items()),
            name=ScriptEvent.ICE.value,
        )
        about = About(account=request.account.id, subject=call, root=call)
        reply, remarks = await inquire(self, question, about)
        if reply is None:
            raise failure(ILLEGAL_PARAMETERS, f"ice: {' '.join(remarks)}", SinchOperation.CALLOUT)
        answer = instructions.read(reply, ScriptEvent.ICE, request.account.country)
        if isinstance(answer, IllegalSvaml):
            raise failure(ILLEGAL_PARAMETERS, f"ice: {answer.reason}", SinchOperation.CALLOUT)
        return EventScript(answer=answer, text=reply.decode())

    async def sign_question(self, question: Question, url: str) -> Mapping[str, str]:
        """Headers that prove one request's origin."""
        holder = await self._accounts.by_key(DIALECT, question.credential)
        secret = holder.secret if holder else ""
        return signing.signed_headers(url, question.body, question.credential, secret, self._clock())

    async def said(self, event: QuestionAsked, data: CallData, reply: bytes | None) -> Said:
        """Read the customer's reply; None: there was none, at no address."""
        kind = _EVENTS[event.question]
        if reply is None or not reply.strip():
            return _unsaid(kind, reply)
        account = await self._accounts.get(event.account)
        answer = instructions.read(reply, kind, account.country if account else "", Leg.CALLER)
        if isinstance(answer, IllegalSvaml):
            return _refused(answer.reason)
        asking = self._live(event.subject)
        data = (asking.data if asking else None) or data  # another leg's answer may have changed it since
        cookies = instructions.merged(call_data.cookies_of(data), answer.cookies)
        if isinstance(cookies, IllegalSvaml):
            return _refused(cookies.reason)
        data = plan.carrying(answer, data)
        alone = event.subject == event.root and event.question not in _BESIDE
        place = await self._place(event, data, alone=alone)
        try:
            tasks = plan.tasks(answer, place)
        except plan.CannotBeDone as error:
            return _refused(str(error))
        return Said(
            tasks=tasks,
            replace=not isinstance(answer.then, SvamlContinue),
            patch=plan.carried(answer),
            remarks=answer.warnings,
        )

    def _body(self, kind: ScriptEvent, event: QuestionAsked, data: CallData, facts: Facts) -> callbacks.AnyBody:
        at, custom = timestamp(event.at), data.values.get(call_data.CUSTOM, "")
        match kind:
            case ScriptEvent.ICE:
                return self._ice(at, custom, facts)
            case ScriptEvent.ACE:
                return callbacks.Ace(
                    callid=event.root,
                    timestamp=at,
                    custom=custom,
                    application_key=facts.key,
                    amd=_amd(event) or UNSET,
                    cookies=callbacks.cookies(call_data.cookies_of(data)),
                )
        return callbacks.Pie(
            callid=event.root,
            timestamp=at,
            custom=custom or UNSET,
            application_key=facts.key,
            menu_result=_menu_result(event),
            cookies=callbacks.cookies(call_data.cookies_of(data)),
        )

    def _ice(self, at: str, custom: str, facts: Facts) -> callbacks.Ice:
        root, parties = facts.root, self._parties
        user, to = parties.initiator(root), parties.called(root)
        return callbacks.Ice(
            callid=root.id,
            timestamp=at,
            custom=custom,
            user=user or UNSET,
            user_rate=parties.rate(root.account, root.callee),
            cli=parties.cli(root),
            to=to,
            domain="mxp" if to.type == "username" else "pstn",  # «where the call is supposed to be terminated»
            application_key=facts.key,
            origination_type=_origin(root, user),
            rdnis=parties.shown(root.diverted_from.removeprefix("+")) or UNSET,
            call_headers=callbacks.pairs(root.headers),
            call_resource_url=parties.resource(root.id),
        )

    async def _facts(self, event: QuestionAsked) -> Facts | None:
        root = await self._root(event)
        keyed = await self._accounts.application(root.application) if root and root.application else None
        return Facts(root, keyed.application, keyed.key) if root and keyed else None

    async def _root(self, event: QuestionAsked) -> Call | None:
        """Return the root of the call that asks; a leg may ask when its root is over, or not up yet after a restart."""
        return self._live(event.root) or await self._calls.get(event.root)

    async def _place(self, event: QuestionAsked, data: CallData, *, alone: bool) -> plan.ScriptLeg:
        root = await self._root(event)
        if root is None:
            return plan.ScriptLeg(alone=alone, dialled="", data=data)
        return plan.ScriptLeg(
            alone=alone, dialled=root.callee, data=data, ask_on_answer=not self._parties.from_data_client(root)
        )


def _origin(root: Call, user: str | None) -> str:
    """Return who began a call: a callout's is the server, which places it."""
    if root.direction is Direction.OUTBOUND:
        return "SERVER"
    return "MXP" if user else "PSTN"


def _unsaid(kind: ScriptEvent, reply: bytes | None) -> Said:
    """Read a missing or empty answer. An empty answer to ACE shows that the server was reached: the call goes on."""
    if reply is None:
        return Said(silent=True, replace=False)
    if kind is ScriptEvent.ACE:
        return Said(replace=False, remarks=("The answer to ACE was empty, so the call continues.",))
    remark = f"The answer to {kind.value.upper()} was empty; it must be SVAML in JSON with an action, such as hangup."
    return Said(silent=True, replace=False, remarks=(remark,))


def _refused(reason: str) -> Said:
    return Said(tasks=(HangUp(cause=HangupCause.ILLEGAL_SCRIPT.value),), refused=reason)


def _amd(event: QuestionAsked) -> Amd | None:
    match event.outcome:
        case Completed(result=Detected() as found):
            return callbacks.amd_of(found)
    return None


def _menu_result(event: QuestionAsked) -> MenuResult:
    match event.outcome:
        case Completed(result=MenuEnded() as ended):
            ending = _ENDINGS.get(ended.how) or MenuEnding(ended.how)
            return MenuResult(menu_id=ended.menu, type=ending, value=ended.value)
        case Completed(result=Digits() as pressed):
            return MenuResult(menu_id=CONFERENCE_MENU, type=MenuEnding.SEQUENCE, value=pressed.digits)
    return MenuResult(menu_id="", type=MenuEnding.ERROR, value="")
