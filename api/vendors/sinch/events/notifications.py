"""Notifications: what an event of the engine's is as DiCE, notify, or the PIE of a menu in which somebody hung up."""

import time
from collections.abc import Callable, Mapping, Sequence

import msgspec
from msgspec import UNSET

from api.callbacks.callback import Callback
from api.callbacks.model import DeliveryRow
from api.recordings import Recordings
from api.vendors.sinch import call_data
from api.vendors.sinch.events import callbacks as bodies
from api.vendors.sinch.events.callbacks import MenuEnding, MenuResult
from api.vendors.sinch.http import summary
from api.vendors.sinch.http.parties import Parties, as_written
from api.vendors.sinch.http.resources import Identity, money, timestamp
from api.vendors.sinch.ids import FALLBACK, PRIMARY
from api.vendors.sinch.signing import CONTENT_TYPE, signed_headers
from engine.events import Event, RecordingAvailable, ReplyRefused, RootEnded, TaskEnded
from engine.features.applications.model import Application
from engine.features.applications.service import ApplicationService
from engine.features.call_history.views import CallHistory
from engine.model.call import Call
from engine.model.call_data import CallData
from engine.platform.feature import Features
from engine.tasks.results import Completed, Detected, Recorded, Stopped
from engine.tasks.secret import SEALED


class Notifications:
    """Makes and signs the callbacks that tell (see api.vendors.vendor.Vendor.callbacks). `clock`: Unix seconds."""

    def __init__(
        self,
        features: Features,
        parties: Parties,
        recordings: Recordings,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._applications, self._calls = features[ApplicationService], features[CallHistory]
        self._parties, self._recordings, self._clock = parties, recordings, clock

    async def callbacks(self, event: Event, data: CallData) -> Sequence[Callback]:
        """A POST for each thing that Sinch tells; to the URL that the call names, else to the application's two."""
        where = _where(event, data)
        if where == call_data.OFF or where.startswith(("{", SEALED)):  # nobody is asked: the request brought the answer
            return ()
        body = await self._body(event, data)
        if body is None:
            return ()
        url, fallback = (where, "") if where else await self._urls(event.root)
        if not (url or fallback):
            return ()
        return [
            Callback(
                url=url or fallback,
                fallback=fallback if url else "",
                body=bodies.encode(body).decode(),
                content_type=CONTENT_TYPE,
            )
        ]

    async def sign(self, delivery: DeliveryRow) -> Mapping[str, str]:
        """Sign with the secret of the application whose call it is about, at this attempt's time."""
        found = await self._applications.of_call(delivery.root, delivery.subject)
        if found is None or not found.key:
            return {}
        signed = signed_headers(delivery.url, delivery.body.encode(), found.key, found.secret, self._clock())
        return {**call_data.headers_of(call_data.data_of(found.call)), **signed}

    async def _body(self, event: Event, data: CallData) -> bodies.AnyBody | None:
        match event:
            case RootEnded():
                return await self._dice(event, data)
            case TaskEnded(kind="run_menu", outcome=Stopped(reason="call_ended", where=menu)) if menu:
                return await self._hung_up_in_menu(event, menu, data)
        notify = self._notify(event)
        return await self._carrying(notify, data) if notify else None

    async def _carrying(self, notify: bodies.Notify, data: CallData) -> bodies.Notify:
        """Return a notification with what every event of its call carries now: a recording's data may be older."""
        root = await self._calls.get(notify.callid)
        now = call_data.data_of(root) if root else data
        return msgspec.structs.replace(
            notify,
            custom=now.values.get(call_data.CUSTOM) or UNSET,
            user=(self._parties.initiator(root) if root else None) or UNSET,
            cookies=bodies.cookies(call_data.cookies_of(now)),
        )

    def _notify(self, event: Event) -> bodies.Notify | None:
        match event:
            case ReplyRefused(reason=reason):
                return bodies.illegal_svaml(event.root, reason)
            case TaskEnded(kind="record", outcome=Completed(result=Recorded(notify=True))):
                return bodies.recording_finished(event.root)
            case RecordingAvailable() as saved:
                url = saved.destination or self._recordings.url(saved.recording, saved.name, saved.format)
                return bodies.recording_available(event.root, url)
            case TaskEnded(kind="detect_machine", outcome=Completed(result=Detected() as found)):
                return bodies.detected(event.root, bodies.amd_of(found))
        return None

    async def _hung_up_in_menu(self, event: TaskEnded, menu: str, data: CallData) -> bodies.Pie:
        _, key = await self._application(event.root)
        return bodies.Pie(
            callid=event.root,
            timestamp=timestamp(event.at),
            custom=data.values.get(call_data.CUSTOM) or UNSET,
            application_key=key,
            menu_result=MenuResult(menu_id=menu, type=MenuEnding.HANGUP, value=""),
            cookies=bodies.cookies(call_data.cookies_of(data)),
        )

    async def _dice(self, event: RootEnded, data: CallData) -> bodies.Dice | None:
        legs = await self._calls.tree(event.root)
        found = summary.of(legs, event.root)
        ending = summary.outcome(found) if found else None
        if found is None or ending is None:
            return None
        root, talked, parties = found.root, found.talked, self._parties
        _, key = await self._application(event.root)
        callee = parties.identity(root.account, talked.callee) or Identity(type="number", endpoint="")
        return bodies.Dice(
            callid=event.root,
            timestamp=timestamp(event.at),
            reason=ending.reason.value,
            result=ending.result.value,
            custom=data.values.get(call_data.CUSTOM, ""),
            user=parties.initiator(root) or UNSET,
            debit=money(event.price, event.currency),
            user_rate=parties.rate_of(talked),
            to=as_written(data) or callee,
            duration=round(event.seconds) if event.answered else UNSET,
            from_=data.values.get(call_data.CALLER) or _from(parties, root),
            call_headers=bodies.pairs(call_data.call_headers_of(data) or root.headers) or UNSET,
            application_key=key,
            cookies=bodies.cookies(call_data.cookies_of(data)),
        )

    async def _urls(self, root: str) -> tuple[str, str]:
        application, _ = await self._application(root)
        settings = application.settings if application else {}
        return settings.get(PRIMARY, ""), settings.get(FALLBACK, "")

    async def _application(self, root: str) -> tuple[Application | None, str]:
        """Return the application of a call and its key."""
        found = await self._applications.of_call(root)
        return (found.application, found.key) if found else (None, "")


def _where(event: Event, data: CallData) -> str:
    """Return where the call's request wants an event told: OFF, a URL, a script, or "", the application's URLs."""
    match event:
        case RootEnded():
            return data.values.get(call_data.DICE, "")
        case TaskEnded(kind="run_menu"):
            return data.values.get(call_data.PIE, "")
    return ""


def _from(parties: Parties, root: Call) -> str:
    return parties.cli(root)
