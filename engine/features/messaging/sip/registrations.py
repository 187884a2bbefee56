"""Which extensions have a phone that is registered and answers, as Asterisk says by its events."""

import re
from collections.abc import Callable, Iterable

import structlog

from engine.ari import generated as ari
from engine.features.endpoints.user_names import PATTERN
from engine.store.extensions import BROWSER

log = structlog.get_logger(__name__)
ONLINE = "online"
_TECHNOLOGY = "PJSIP"
_NAME = re.compile(PATTERN)


class Registrations:
    """The extensions that are online, by their SIP user names; none while Asterisk's events are not followed.

    Asterisk calls an endpoint online once its contact has answered an OPTIONS: 4 ms after the REGISTER (22.10.1). After
    its own restart it asks the stored contacts only within a minute; until then they count as registered.
    """

    def __init__(self) -> None:
        self._online: set[str] = set()
        self._callbacks: list[Callable[[str], None]] = []
        self._watching: list[Callable[[str], None]] = []

    def is_registered(self, sip_user: str) -> bool:
        """Whether an extension has a phone or a browser that can be reached now."""
        return bool(self.reachable(sip_user))

    def reachable(self, sip_user: str) -> list[str]:
        """Return which of an extension's endpoints can be reached now: the one of its phones, that of its browsers."""
        return [name for name in (sip_user, f"{BROWSER}{sip_user}") if name in self._online]

    def on_registered(self, callback: Callable[[str], None]) -> None:
        """Call `callback` with the SIP user name of each extension that becomes registered.

        It is called too for each that is found registered at a connect to Asterisk: the first one, and any later one.
        It must return at once.
        """
        self._callbacks.append(callback)

    def on_changed(self, callback: Callable[[str], None]) -> None:
        """Call `callback` with the SIP user name of each extension that becomes registered or is found not to be.

        At a connect to Asterisk it is called for every one. It must return at once, and look by itself: none is
        registered while Asterisk's events are not followed, and nothing is called then.
        """
        self._watching.append(callback)

    def replace(self, endpoints: Iterable[ari.Endpoint], contacts: Iterable[str]) -> None:
        """Take all endpoints as they are now, and the extensions of `contacts` as registered, whatever they are."""
        for endpoint in endpoints:
            self.note(endpoint)
        for name in contacts:
            self._add(name)

    def note(self, endpoint: ari.Endpoint) -> None:
        """Take one endpoint as it is now."""
        name = endpoint.resource
        if endpoint.technology != _TECHNOLOGY or not _NAME.fullmatch(name):
            return
        if endpoint.state != ONLINE:
            self._online.discard(name)
            self._call(self._watching, name)
        else:
            self._add(name)

    def drop(self, sip_user: str) -> None:
        """Take one as not registered, until Asterisk says that it is."""
        self._online.discard(sip_user)

    def forget(self) -> None:
        """Take none as registered: Asterisk's events are lost."""
        self._online.clear()

    def _add(self, name: str) -> None:
        if name in self._online:
            return
        self._online.add(name)
        self._call([*self._callbacks, *self._watching], name)

    def _call(self, callbacks: Iterable[Callable[[str], None]], name: str) -> None:
        for callback in callbacks:
            try:
                callback(name.removeprefix(BROWSER))
            except Exception:
                log.exception("What waits for a registration failed.", sip_user=name)
